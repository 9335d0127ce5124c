"""The whole walk through real processes: once in seconds, and killed at every point."""
