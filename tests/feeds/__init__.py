"""Tests of the CAD adapters."""
