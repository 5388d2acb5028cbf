"""Reading a wiki whole: pages, what goes with them, people, and settings."""
