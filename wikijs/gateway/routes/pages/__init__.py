"""Pages: reading, writing, their parts, what is around them."""
