"""Style sheets as the server gives them back and stores them; the client knows the same."""

from __future__ import annotations

from wikijs.core.values.styles import beautified, minified

__all__ = ["beautified", "minified"]
