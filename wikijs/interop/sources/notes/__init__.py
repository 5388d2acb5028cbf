"""Programs for notes: Obsidian, Notion."""
