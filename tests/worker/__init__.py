"""Mirrors appliance/worker."""
