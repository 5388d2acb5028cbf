"""What commands read: texts, secrets and data, from files, stdin or the person at the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .failures import CommandError, ExitCode

# There is no option for a password itself: arguments can be read by everybody in the list of processes.
PasswordFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="Read the password from the first line of a file; - is stdin.")
]
TextFile = Annotated[
    str | None, typer.Option("-f", "--file", metavar="FILE", help="Read the text from a file; - is stdin.")
]
DataFile = Annotated[str, typer.Argument(metavar="FILE", help="JSON or YAML; - is stdin.")]


def read_text(file: str) -> str:
    """The text of a file, or of stdin.

    Raises:
        CommandError: It cannot be read, or is no text.
    """
    # As bytes, so that line ends stay as they are.
    return _decoded(sys.stdin.buffer.read(), "-") if file == "-" else read_file(Path(file))


def read_file(file: Path) -> str:
    """The text of a file.

    Raises:
        CommandError: It cannot be read, or is no text.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error.strerror or "unreadable") from None
    return _decoded(content, file)


def _decoded(content: bytes, file: Path | str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(file, "not a text in UTF-8") from None


def _unreadable(file: Path | str, reason: str) -> CommandError:
    return CommandError(f"The file {file} cannot be read: {reason}.", code=ExitCode.USAGE)


def read_password(file: str | None, prompt: str) -> str:
    """A password: from a file, else from whoever is at the terminal, asked twice.

    Raises:
        CommandError: Nobody can be asked, or the file is empty.
    """
    if file is not None:
        lines = read_text(file).splitlines()
        if not lines or not lines[0]:
            raise CommandError(f"The password file {file} is empty.", code=ExitCode.USAGE)
        return lines[0]
    if not sys.stdin.isatty():
        raise CommandError(
            "No password was given.", hint="Give --password-file; --password-file - is stdin.", code=ExitCode.USAGE
        )
    password: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    return password


def read_data(file: str) -> Any:
    """What a JSON or YAML file holds.

    Raises:
        CommandError: It cannot be read, or is neither.
    """
    import yaml

    try:
        return yaml.safe_load(read_text(file))  # YAML reads JSON too
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise CommandError(f"The file {file}{place} is neither JSON nor YAML.", code=ExitCode.USAGE) from None


def assignments(pairs: list[str]) -> dict[str, Any]:
    """`name=value` words as data: JSON where the value is JSON, else a text.

    Raises:
        CommandError: One has no equals sign.
    """
    import json

    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise CommandError(f"{pair!r} is no setting.", hint="Write name=value.", code=ExitCode.USAGE)
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value
    return found
