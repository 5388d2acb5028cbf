"""The asynchronous client under its traditional address."""

from .client import AsyncWikiJSClient

__all__ = ["AsyncWikiJSClient"]
