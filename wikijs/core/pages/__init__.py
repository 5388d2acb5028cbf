"""What can be said of a page by its text and fields alone: sections, chunks, the tag of its state. Pure functions."""
