"""What commands read: texts, secrets and data, from files, stdin or the person at the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, cast, overload

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

_AGO: Final = re.compile(r"(\d{1,6}) {0,9}([a-z]{1,7}?)s?(?: {1,9}ago)?")
_UNITS: Final = {
    **dict.fromkeys(("m", "min", "minute"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day"), timedelta(days=1)),
    **dict.fromkeys(("w", "week"), timedelta(weeks=1)),
    **dict.fromkeys(("y", "year"), timedelta(days=365)),
}
_TRUTHS: Final = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_DAYS: Final = {"today": 0, "yesterday": 1}


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


def write_file(file: Path, text: str) -> None:
    """Write a text into a file as it is.

    Raises:
        CommandError: It cannot be written.
    """
    try:
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise CommandError(f"The file {file} cannot be written: {error.strerror or 'no reason given'}.") from None


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

    from wikijs.core.files import FileRefusedError
    from wikijs.core.files.data import parse_yaml

    try:
        return parse_yaml(read_text(file))  # YAML reads JSON too
    except FileRefusedError as error:
        raise CommandError(f"The file {file} is refused: {error.reason}.", code=ExitCode.USAGE) from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise CommandError(f"The file {file}{place} is neither JSON nor YAML.", code=ExitCode.USAGE) from None


def assignments(pairs: list[str], types: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`name=value` words as data: JSON where the value is JSON, else a text.

    Args:
        pairs: The words.
        types: Types of those names that are known: str, bool, int or list[str]. Their values are read as such, a title
            of digits too. Others are left as they are.

    Raises:
        CommandError: One has no equals sign, or a value that is not of its type.
    """
    import json

    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise CommandError(f"{pair!r} is no setting.", hint="Write name=value.", code=ExitCode.USAGE)
        name = name.strip()
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
        if types is not None and name in types:
            found[name] = _fitting(name, value, found[name], types[name])
    return found


def _fitting(name: str, word: str, value: Any, wanted: Any) -> Any:
    """A value of a setting as its type wants it; `word` is how it was written."""
    if value is None:
        hint = f"Leave it out to keep it{f', or write {name}= to empty it' if wanted is str else ''}."
        raise CommandError(f"{name} cannot be null.", hint=hint, code=ExitCode.USAGE)
    if wanted is bool:
        value = _TRUTHS.get(word.strip().lower())
        if value is None:
            raise CommandError(f"{name} is true or false, not {word!r}.", code=ExitCode.USAGE)
    elif wanted is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise CommandError(f"{name} is a whole number, not {word!r}.", code=ExitCode.USAGE)
    elif wanted is str:
        value = value if isinstance(value, str) else word
    else:
        split = [each.strip() for each in word.split(",") if each.strip()]
        words = cast("list[object]", value) if isinstance(value, list) else split
        if not all(isinstance(each, str) for each in words):
            raise CommandError(f"{name} is a list of words, such as {name}=a,b.", code=ExitCode.USAGE)
        return words
    return value


def known_as(name: str, known: Iterable[str]) -> str:
    """The one spelling of a name, however it was written: apiKeyFile and api-key-file are api_key_file."""
    wanted = _bare(name)
    return next((each for each in known if _bare(each) == wanted), name)


def _bare(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).casefold()


@overload
def moment(text: str, option: str) -> datetime: ...
@overload
def moment(text: str | None, option: str) -> datetime | None: ...
def moment(text: str | None, option: str) -> datetime | None:
    """The moment that an option says, in this machine's time zone unless it has one; None without it.

    Args:
        text: Such as "2026-01-31", "2026-01-31 12:00:00Z", "yesterday" or "30d" for thirty days ago.
        option: Its name, for the message.

    Raises:
        CommandError: It says none.
    """
    if text is None:
        return None
    words = text.strip().lower()
    try:
        if words == "now":
            return datetime.now(UTC)
        if words in _DAYS:
            today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
            return (today - timedelta(days=_DAYS[words])).astimezone()
        if (ago := _AGO.fullmatch(words)) and ago[2] in _UNITS:
            return datetime.now(UTC) - int(ago[1]) * _UNITS[ago[2]]
        found = datetime.fromisoformat(re.sub(r" UTC$", "+00:00", text.strip()))
        return found if found.tzinfo else found.astimezone()
    except (OverflowError, ValueError, OSError):
        raise _no_moment(text, option) from None


def _no_moment(text: str, option: str) -> CommandError:
    return CommandError(
        f"{option} cannot read {text!r}: that is no time.",
        hint="Write a date such as 2026-01-31, a moment such as 2026-01-31 12:00:00Z, yesterday, or how long ago: 30d.",
        code=ExitCode.USAGE,
    )
