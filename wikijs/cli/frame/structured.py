"""Results as data, for programs: JSON or YAML, whole, some fields of it, or what a path picks out of it.

And which rows and columns of a list people see: `--filter field:text` and `--columns`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, cast

from .failures import CommandError, ExitCode
from .text import cell, compact, escaped, plain

if TYPE_CHECKING:
    from .session import Session

T = TypeVar("T")

_COLOURS: Final = {
    "json.brace": "none",
    "json.key": "bold",
    "json.str": "green",
    "json.number": "cyan",
    "json.bool_true": "magenta",
    "json.bool_false": "magenta",
    "json.null": "magenta",
}
"""Of the terminal's own eight, and none that is hard to read on a light or on a dark background."""
EVERY_FIELD: Final = "*"
"""What `--json` without fields means."""
WILDCARDS: Final = frozenset("*?[")
_TRUE: Final = frozenset({"true", "yes"})
_FALSE: Final = frozenset({"false", "no"})


def wants_data(session: Session) -> bool:
    """Whether a program reads the result."""
    return session.json is not None or session.yaml or session.picks is not None


def show_data(session: Session, value: object) -> None:
    """Print a result as the options ask for it; as JSON unless they say otherwise.

    A filter on its own prints plain values a line each, for loops of the shell; with --json or --yaml it prints those.
    """
    data = plain(value)
    if session.json not in {None, EVERY_FIELD}:
        data = _picked(data, [name for name in (session.json or "").split(",") if name])
    if session.picks is not None:
        data = _found(data, session.picks)
        if session.json is None and not session.yaml and _is_flat(data):
            lines = cast("Sequence[object]", data) if isinstance(data, list) else (data,)
            sys.stdout.writelines(f"{_line(item)}\n" for item in lines)
            return
    if session.yaml:
        write_yaml(data)
    else:
        write_json(data)


def write_json(value: object) -> None:
    """Print JSON; in colours on a terminal."""
    from pydantic_core import to_json

    _write(escaped(to_json(plain(value), indent=2).decode()) + "\n", "json")


def write_yaml(value: object) -> None:
    """Print YAML; in colours on a terminal."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    def represent(dumper: Any, text: str) -> Any:
        style = None if escaped(text) == text else '"'  # only there can they be escaped
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    emitter: Any = yaml  # whose stubs leave types open
    text: str = emitter.dump(plain(value), Dumper=Dumper, allow_unicode=True, sort_keys=False)
    _write(escaped(text), "yaml")


def _write(text: str, language: Literal["json", "yaml"]) -> None:
    """Print data: coloured on a terminal, and never wrapped, since a line break inside a text is no JSON any more."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.highlighter import JSONHighlighter, RegexHighlighter
    from rich.text import Text
    from rich.theme import Theme

    class YAMLHighlighter(RegexHighlighter):
        base_style = "json."
        highlights: ClassVar = [r"^\s*(?:- )?(?P<key>[^\s:'\"][^:\n]*)(?=:(?: |$))"]

    shown = Text(text.rstrip("\n"))
    (JSONHighlighter() if language == "json" else YAMLHighlighter()).highlight(shown)
    Console(file=sys.stdout, highlight=False, theme=Theme(_COLOURS)).print(shown, soft_wrap=True)


def _picked(data: Any, names: Sequence[str]) -> Any:
    if isinstance(data, list):
        return [_picked(item, names) for item in cast("Sequence[Any]", data)]
    if not isinstance(data, dict):
        return data
    values = cast("dict[str, Any]", data)
    unknown = [name for name in names if name not in values]
    if unknown:
        raise CommandError(
            f"There is no field {unknown[0]!r} here.", hint=f"There are: {', '.join(values)}.", code=ExitCode.USAGE
        )
    return {name: values[name] for name in names}


def parse_filter(path: str) -> Any:
    """A JMESPath expression, compiled. The dot that paths of jq start with may stand before it.

    Raises:
        CommandError: It is none.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    expression = path.strip()
    if expression.startswith("."):
        expression = expression[1:] or "@"
    try:
        return jmespath.compile(expression)
    except JMESPathError:
        raise CommandError(
            f"--jq cannot read {path!r}.",
            hint="Write a path such as '[].title' or '[?isPublished].path' (JMESPath, see https://jmespath.org). "
            "Conditions on rows go into --filter as field:text.",
            code=ExitCode.USAGE,
        ) from None


def _found(data: Any, path: str) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return parse_filter(path).search(data)
    except JMESPathError as error:
        raise CommandError(f"--jq {path!r} does not fit the result: {error}.", code=ExitCode.USAGE) from None


def _is_flat(data: object) -> bool:
    values = cast("Sequence[object]", data) if isinstance(data, list) else (data,)
    return not any(isinstance(value, dict | list) for value in values)


def _line(value: object) -> str:
    """As JSON writes it, but texts without quotes."""
    if not isinstance(value, str):
        return compact(value)
    return cell(value) if sys.stdout.isatty() else value


# Rows and columns of lists.


def kept(session: Session, items: Iterable[T]) -> list[T]:
    """The rows that pass all conditions of `--filter field:text`.

    Raises:
        CommandError: There is no such field.
    """
    found = list(items)
    for condition in session.rows:
        found = [item for item in found if matches(_field(item, condition.field), condition.text)]
    return found


def chosen(session: Session, columns: Mapping[str, Callable[[T], object]]) -> Mapping[str, Callable[[T], object]]:
    """The columns that `--columns` names, in its order: those that are shown anyway, and fields of the rows."""
    if session.columns is None:
        return columns
    own = {_plain(name): (name, read) for name, read in columns.items()}
    names = [name.strip() for name in session.columns.split(",") if name.strip()]
    return dict(own.get(_plain(name), (name, _reader(name))) for name in names)


def fits(value: str, pattern: str) -> bool:
    """Whether a text has another one in it, or fits a pattern with * and ?; in upper or lower case."""
    text, wanted = value.casefold(), pattern.casefold()
    return wanted in text if WILDCARDS.isdisjoint(wanted) else fnmatchcase(text, wanted)


def matches(value: object, text: str) -> bool:
    """Whether the value of a field is what a condition wants."""
    if isinstance(value, Mapping):
        return any(matches(each, text) for each in cast("Mapping[str, object]", value).values())
    if isinstance(value, list):
        return any(matches(each, text) for each in cast("list[object]", value))
    if isinstance(value, bool):
        return text.casefold() in (_TRUE if value else _FALSE)
    if isinstance(value, int | float):
        return text == str(value)
    return text == "" if value is None else fits(str(value), text)


def _reader(name: str) -> Callable[[Any], object]:
    return lambda item: _field(item, name)


def _field(item: object, name: str) -> object:
    """The value of a field, however its name is written."""
    data: object = plain(item)
    fields = cast("dict[str, object]", data) if isinstance(data, dict) else {}
    for own, value in fields.items():
        if _plain(own) == _plain(name):
            return value
    raise CommandError(
        f"There is no field {name!r} here.",
        hint=f"There are: {', '.join(fields)}." if fields else "The rows have no fields.",
        code=ExitCode.USAGE,
    )


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()
