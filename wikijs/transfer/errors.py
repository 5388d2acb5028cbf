"""What is wrong with files."""

from __future__ import annotations

from wikijs.exceptions import ValidationError


class FileRefusedError(ValidationError):
    """A file cannot be a page, or a page cannot be a file. Nothing was sent or written for it.

    Attributes:
        name: Name of the file within its folder, with `/`.
    """

    def __init__(self, message: str, *, name: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.name = name
