"""What the box does for itself, beside the walk."""
