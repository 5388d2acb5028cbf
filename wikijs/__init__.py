"""Typed Wiki.js client."""
