"""Published sessions, replayed against the driver."""
