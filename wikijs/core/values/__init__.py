"""Rules for paths, what must not be shown, defaults."""
