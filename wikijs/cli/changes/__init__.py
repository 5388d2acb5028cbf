"""Commands about what changes in the wiki, and who is told."""
