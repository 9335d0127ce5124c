"""The daemon: the one place where modem, feeds, ticks and walk meet."""
