"""Resolvers of pages."""
