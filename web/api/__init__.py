"""What programs ask for, not people."""
