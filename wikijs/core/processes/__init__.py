"""Threads, event loops and processes: what they share, and what they must not."""
