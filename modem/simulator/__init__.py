"""A simulated modem and network on a pty, with named faults; ships, for the demo and the tests."""
