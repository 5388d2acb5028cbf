"""Bringing a backup back: first a plan, which says what cannot come back, then the work."""
