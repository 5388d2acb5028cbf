"""`wikijs assets`."""
