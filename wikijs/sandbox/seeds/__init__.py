"""What is in a fresh sandbox."""
