"""What follows a change of the wiki: a file to write, something to remember. Its failure is none of the change."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from wikijs import exceptions as exc

from .folder import FileChangedError


@contextmanager
def after_change(operation: str, done: str, file: str) -> Generator[None]:
    """Around what follows a change of the wiki.

    Args:
        operation: The server's field.
        done: What was done, as the beginning of a sentence.
        file: The file that it is about.

    Raises:
        FollowUpError: What follows failed.
    """
    try:
        yield
    except exc.FollowUpError:
        raise
    except (exc.WikiJSException, OSError) as error:
        hint = "Nothing needs repeating by hand: the next run sees the change and does the rest."
        if isinstance(error, OSError):
            reason = unwritable(file, error)
            hint = f"Check the folder's permissions and space. {hint}"
        else:
            reason = error.message
            if error.hint and not isinstance(error, FileChangedError):
                hint = f"{error.hint} {hint}"
        raise exc.FollowUpError(f"{done}, but {reason}", operation=operation, hint=hint) from error


def unwritable(file: str, error: OSError) -> str:
    """Why a file could not be written."""
    return f"{file} cannot be written: {error.strerror or type(error).__name__}."
