"""Tests of the simulated modem and its network."""
