"""`wikijs users` and `wikijs groups`."""
