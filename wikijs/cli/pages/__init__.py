"""`wikijs pages`."""
