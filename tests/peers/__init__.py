"""The simulated modem driven by SMS daemons nobody here wrote; `make peers` runs it."""
