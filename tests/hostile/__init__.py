"""The worker against a modem that misbehaves."""
