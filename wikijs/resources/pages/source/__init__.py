"""The source of a page as a file, which the server hands out where it shows no page: what is in it, and asking."""
