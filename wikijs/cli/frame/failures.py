"""How commands fail: one sentence and a hint on stderr, and an exit code."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import typer

from .hints import for_commands
from .text import printable

if TYPE_CHECKING:
    from wikijs import exceptions as exc

NO_FIELD: Final = "wikijs.no_field"
"""Under this name a context keeps the word after `--json`, which may be none of its fields."""
_NEAR: Final = 0.7
"""How like an option must be to be proposed, from 0 to 1."""

_PROBLEMS: Final = (
    (r"Input should be a valid integer.*", "a whole number is needed, such as 10"),
    (r"Input should be a valid number.*", "a number is needed, such as 2.5"),
    (r"Input should be greater than or equal to (.*)", r"the least is \1"),
    (r"Input should be less than or equal to (.*)", r"the most is \1"),
    (r"(?:(?:File|Directory|Path) )?'(.*)' does not exist\.?", r"there is no \1"),
    (r"'(.*)' is not one of (.*)\.", r"\1 is none of \2"),
)
"""Reasons in the framework's words, and in ours."""


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


def report(error: Exception, *, has_credentials: bool, command: str = "") -> ExitCode:
    """Say on stderr what went wrong and what to do. Returns the exit code.

    Args:
        error: What was raised.
        has_credentials: Whether anything said who we are.
        command: The command as it was typed, which the message names in the place of the server's operation.
    """
    message, hint, code = _explained(error, has_credentials, command)
    sys.stderr.write(printable(f"wikijs: {message}") + "\n")
    if hint:
        sys.stderr.write(printable(f"  {hint}") + "\n")
    return code


def explained(error: Exception) -> str:
    """What went wrong, in one sentence."""
    return _explained(error, has_credentials=True)[0]


def _explained(error: Exception, has_credentials: bool, command: str = "") -> tuple[str, str | None, ExitCode]:
    from wikijs import exceptions as exc

    if isinstance(error, CommandError):
        return str(error), error.hint, error.code
    if isinstance(error, exc.WikiJSException):
        # The text ends with the hint, which has a line of its own here.
        message = _in_words_of(command, error, str(error).removesuffix(error.hint or "").rstrip())
        code = _code(error, has_credentials)
        is_login = command == "auth login" or isinstance(error, exc.LoginFailedError | exc.InvalidTokenError)
        if code is ExitCode.LOGIN_NEEDED and not has_credentials and not is_login:
            return message, "You are a guest here: set WIKIJS_API_KEY, or log in with `wikijs auth login`.", code
        return for_commands(message), error.hint and for_commands(error.hint), code
    if isinstance(error, OSError) and error.strerror:  # a full disk, a closed stream
        return f"Reading or writing {error.filename or 'the output'} failed: {error.strerror}.", None, ExitCode.FAILED
    # The text of an unexpected exception may hold anything, a token included; its kind is safe to show.
    return f"This is a bug in py-wikijs ({type(error).__name__}).", "--debug shows where it is.", ExitCode.FAILED


def _in_words_of(command: str, error: exc.WikiJSException, message: str) -> str:
    """A message that begins with what was typed, and not with the operation of the server that this came to."""
    if command.partition(" ")[0] in {"call", "graphql"} or not error.operation:
        return message
    before = f"{error.operation}: "
    if not message.startswith(before):
        return message
    return (f"{command}: " if command else "") + message.removeprefix(before)


def _code(error: exc.WikiJSException, has_credentials: bool) -> ExitCode:
    from wikijs import exceptions as exc

    if isinstance(error, exc.AuthenticationError | exc.InvalidTokenError):
        return ExitCode.LOGIN_NEEDED
    if isinstance(error, exc.PermissionDeniedError) and not has_credentials:
        return ExitCode.LOGIN_NEEDED
    if isinstance(error, exc.ConfigurationError) and not isinstance(error, exc.EndpointError):
        return ExitCode.USAGE
    return ExitCode.FAILED


def report_usage(error: typer.TyperException) -> ExitCode:
    """Say on stderr what is wrong with a command line. Returns the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":  # the help of the group was printed
        return ExitCode.USAGE
    context: Any = getattr(error, "ctx", None)
    sys.stderr.write(printable(f"wikijs: {_sentence(error)}") + "\n")
    path = context.command_path if context is not None else "wikijs"
    sys.stderr.write(f"  `{path} --help` shows how it is used.\n")
    return ExitCode.USAGE


def _sentence(error: typer.TyperException) -> str:
    wrong: Any = error  # its classes are private to typer
    option: str | None = getattr(wrong, "option_name", None)
    said = str(getattr(wrong, "message", "") or "")
    if option is not None and said.startswith("No such option"):
        return f"There is no option {option} here.{_proposal(option, wrong.possibilities or ())}"
    if found := re.fullmatch(r"No such command '(.*?)'\.(?: Did you mean (.*)\?)?", said):
        return f"There is no command {found[1]!r}.{f' Did you mean {found[2]}?' if found[2] else ''}"
    parameter: Any = getattr(wrong, "param", None)
    name = wrong.param_hint or parameter.get_error_hint() if parameter is not None else None
    name = str(name or "").strip("'")
    if type(error).__name__ == "MissingParameter":
        return f"{name} is missing."
    if found := re.fullmatch(r"Option '(.*?)' requires an argument\.", said):
        return f"{found[1]} needs a value."
    if found := re.fullmatch(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", said):
        context: Any = getattr(error, "ctx", None)
        fields = context.command.field_names() if context and context.meta.get(NO_FIELD) == found[1] else ()
        more = f", and no field of that name: there are {', '.join(fields)}" if fields else ""
        return f"There is no place for {found[1]!r}{more}."
    for pattern, replacement in _PROBLEMS:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            said = found.expand(replacement)
            break
    said = said.rstrip(".").removeprefix("Value error, ")  # words of the library that reads the choices
    return f"{name}: {said}." if name else f"{said}."


def _proposal(option: str, possible: Any) -> str:
    near = get_close_matches(option, [*possible], n=2, cutoff=_NEAR)
    return f" Did you mean {' or '.join(near)}?" if near else ""
