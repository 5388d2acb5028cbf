"""Markdown: read by the parser that the server uses, and line by line."""
