"""`wikijs access`."""
