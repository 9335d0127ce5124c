"""Measure what the appliance promises: `make bench` runs the worker and the pages as real processes."""
