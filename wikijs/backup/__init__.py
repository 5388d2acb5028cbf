"""Backups of a whole wiki, and bringing them back."""
