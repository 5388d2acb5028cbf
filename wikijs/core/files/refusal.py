"""The one failure of files of others."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from wikijs.exceptions import ValidationError, WikiJSException


class FileRefusedError(ValidationError):
    """A file cannot be a page, or a page cannot be a file. Nothing was sent or written for it.

    Attributes:
        name: Name of the file within its folder, with `/`.
        reason: What is wrong with it, as part of a sentence; the message where nothing shorter was said.
    """

    def __init__(self, message: str, *, name: str = "", hint: str | None = None, reason: str = "") -> None:
        super().__init__(message, hint=hint)
        self.name = name
        self.reason = reason or message


def refused(name: str, reason: str, *, hint: str | None = None) -> FileRefusedError:
    """The error for a file, in one sentence."""
    return FileRefusedError(f"The file {name!r} is refused: {reason}.", name=name, hint=hint, reason=reason)


@contextmanager
def refusing(name: str, what: str = "", *, hint: str | None = None) -> Generator[None]:
    """Turn whatever a library raises on a damaged or hostile file into `FileRefusedError`.

    For parsers only: they raise what they like (`zipfile.BadZipFile`, `lzma.LZMAError`, `RecursionError`, an
    `AttributeError` of their own), and no list of it is ever whole.

    Args:
        name: The file.
        what: What to say in front of the library's words, such as "it is no XML".
        hint: What to do.

    Raises:
        FileRefusedError: Something was raised that is no error of this package.
    """
    try:
        yield
    except WikiJSException:
        raise
    except Exception as error:
        raise refused(name, f"{what}: {why(error)}" if what else why(error), hint=hint) from None


def why(error: Exception) -> str:
    """The reason in an error of a library, as part of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split())
    text = text if len(text) <= 200 else f"{text[:197]}..."
    return text.rstrip(".") or type(error).__name__
