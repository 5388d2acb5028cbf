"""`wikijs gateway ...`."""
