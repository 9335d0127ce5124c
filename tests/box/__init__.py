"""What a bare machine gets: the bundle, the installer, the units."""
