"""Jobs: long work that goes on by itself, and goes on after a crash."""
