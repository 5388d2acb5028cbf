"""Files and their folders."""
