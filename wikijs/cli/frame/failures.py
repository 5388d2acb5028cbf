"""How commands fail: one sentence and a hint on stderr, and an exit code."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TYPE_CHECKING

from .hints import for_commands
from .text import printable

if TYPE_CHECKING:
    from wikijs import exceptions as exc


class ExitCode(IntEnum):
    """What the exit code of a command says."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    LOGIN_NEEDED = 4
    INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do what it was asked."""

    def __init__(self, message: str, *, hint: str | None = None, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


def report(error: Exception, *, has_credentials: bool) -> ExitCode:
    """Say on stderr what went wrong and what to do. Returns the exit code."""
    message, hint, code = _explained(error, has_credentials)
    sys.stderr.write(printable(f"wikijs: {message}") + "\n")
    if hint:
        sys.stderr.write(printable(f"  {hint}") + "\n")
    return code


def explained(error: Exception) -> str:
    """What went wrong, in one sentence."""
    return _explained(error, has_credentials=True)[0]


def _explained(error: Exception, has_credentials: bool) -> tuple[str, str | None, ExitCode]:
    from wikijs import exceptions as exc

    if isinstance(error, CommandError):
        return str(error), error.hint, error.code
    if isinstance(error, exc.WikiJSException):
        # The text ends with the hint, which has a line of its own here.
        message = str(error).removesuffix(error.hint or "").rstrip()
        code = _code(error, has_credentials)
        if code is ExitCode.LOGIN_NEEDED and not has_credentials and not isinstance(error, exc.LoginFailedError):
            return message, "You are a guest here: set WIKIJS_API_KEY, or log in with `wikijs auth login`.", code
        return for_commands(message), error.hint and for_commands(error.hint), code
    if isinstance(error, OSError) and error.strerror:  # a full disk, a closed stream
        return f"Reading or writing {error.filename or 'the output'} failed: {error.strerror}.", None, ExitCode.FAILED
    # The text of an unexpected exception may hold anything, a token included; its kind is safe to show.
    return f"This is a bug in py-wikijs ({type(error).__name__}).", "--debug shows where it is.", ExitCode.FAILED


def _code(error: exc.WikiJSException, has_credentials: bool) -> ExitCode:
    from wikijs import exceptions as exc

    if isinstance(error, exc.AuthenticationError | exc.InvalidTokenError):
        return ExitCode.LOGIN_NEEDED
    if isinstance(error, exc.PermissionDeniedError) and not has_credentials:
        return ExitCode.LOGIN_NEEDED
    if isinstance(error, exc.ConfigurationError) and not isinstance(error, exc.EndpointError):
        return ExitCode.USAGE
    return ExitCode.FAILED
