"""`wikijs report`."""
