"""What may come next on a command line: commands, options, and values of the kind that is wanted."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from glob import escape, glob
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from ..completing import KINDS
from ..frame.lazy import Placeholder

# Commands and parameters are typer's own copy of click, whose types it does not show: hence Any.


@dataclass(frozen=True)
class Word:
    """A word that may come next, and what to say of it."""

    text: str
    meaning: str = ""


def next_words(root: Any, line: str, things: Callable[[str], Iterable[str]]) -> tuple[str, list[Word]]:
    """What may stand at the end of a line.

    Args:
        root: The command that the line is for.
        line: The line up to the cursor.
        things: Names of things of a kind: "pages", "tags", "users", "groups", "locales".

    Returns:
        The word that was begun, and what it may become.
    """
    words = split(line)
    begun = words.pop() if words and not line[-1:].isspace() else ""
    command, rest = _command(root, words)
    found = [word for word in _candidates(command, rest, begun, things) if word.text.startswith(begun)]
    return begun, found


def split(line: str) -> list[str]:
    """The words of a line; what is quoted is one, also where the quote is still open."""
    for attempt in (line, f"{line}'", f'{line}"'):
        try:
            return shlex.split(attempt)
        except ValueError:
            continue
    return line.split()


def _command(root: Any, words: Sequence[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and those after its name."""
    command, rest = root, list(words)
    while rest and getattr(command, "commands", None) and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
        if isinstance(command, Placeholder):
            command = command.load()
    return command, rest


def _candidates(
    command: Any, words: Sequence[str], begun: str, things: Callable[[str], Iterable[str]]
) -> Iterator[Word]:
    if getattr(command, "commands", None):
        if begun.startswith("-"):
            yield from _options(command)
        elif not words:
            for name, each in sorted(command.commands.items()):
                yield Word(name, each.get_short_help_str(60))
        return
    wanted = _option_before(command, words)
    if wanted is None and begun.startswith("-"):
        yield from _options(command)
        return
    parameter = wanted or _argument(command, words)
    if parameter is not None:
        yield from _values(parameter, begun, things)


def _options(command: Any) -> Iterator[Word]:
    for parameter in command.params:
        for name in (*_names(parameter), *getattr(parameter, "secondary_opts", ())):
            if name.startswith("--"):
                yield Word(name, getattr(parameter, "help", None) or "")


def _option_before(command: Any, words: Sequence[str]) -> Any:
    """The option whose value comes next."""
    for parameter in command.params:
        if words and words[-1] in _names(parameter) and not getattr(parameter, "is_flag", True):
            return parameter if words[-1] != "--json" else None
    return None


def _argument(command: Any, words: Sequence[str]) -> Any:
    """The argument whose turn it is."""
    takers = {name for each in command.params if not getattr(each, "is_flag", True) for name in _names(each)}
    given, skip = 0, False
    for word in words:
        if skip:
            skip = False
        elif word in takers and word != "--json":
            skip = True
        elif not word.startswith("-"):
            given += 1
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    for each in arguments:
        if given == 0 or each.nargs == -1:
            return each
        given -= 1
    return None


def _names(parameter: Any) -> Sequence[str]:
    return parameter.opts if parameter.param_type_name == "option" else ()


def _values(parameter: Any, begun: str, things: Callable[[str], Iterable[str]]) -> Iterator[Word]:
    annotation = parameter.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (Word(str(choice.value)) for choice in annotation)
    elif get_origin(annotation) is Literal:
        yield from (Word(str(choice)) for choice in get_args(annotation))
    elif KINDS.get(parameter.name) not in {None, "fields", "profiles"}:
        yield from (Word(name) for name in things(KINDS[parameter.name]))
    elif annotation is Path or parameter.metavar in {"FILE", "DIR", "FILE..."}:
        yield from (Word(path + "/" * Path(path).is_dir()) for path in sorted(glob(f"{escape(begun)}*")))


def quoted(word: str) -> str:
    """A word as it is written on a line."""
    return shlex.quote(word)
