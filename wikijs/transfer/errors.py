"""What is wrong with files."""

from __future__ import annotations

from wikijs.core.files.refusal import FileRefusedError

__all__ = ["FileRefusedError"]
