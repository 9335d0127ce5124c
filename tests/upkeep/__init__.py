"""Mirrors appliance/upkeep."""
