"""Pandoc: run in bounds, and its tree made one that Wiki.js can show."""
