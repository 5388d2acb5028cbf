"""Work on many things: what became of each, and what a job that was interrupted remembers."""
