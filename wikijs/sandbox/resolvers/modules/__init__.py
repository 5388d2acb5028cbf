"""Resolvers of what the server keeps as modules with settings."""
