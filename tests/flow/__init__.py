"""Mirrors appliance/flow."""
