"""Headers of page files: the server's raw lines, and YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from typing import Final, cast

from wikijs.core.files import BOUNDS, FileRefusedError, parse_toml
from wikijs.core.files.data import parse_yaml, safe_loader
from wikijs.core.files.refusal import why
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError
from wikijs.resources.pages.source.document import RAW_HEADER

KEYS: Final = (
    "title",
    "description",
    "published",
    "isPublished",
    "draft",
    "date",
    "tags",
    "editor",
    "dateCreated",
    "publishStartDate",
    "publishEndDate",
    "scriptCss",
    "scriptJs",
)
"""What headers of both styles know."""
_RAW_KEYS: Final = ("title", "description", "published", "date", "tags", "editor", "dateCreated")

_LINE: Final = re.compile(r"(\w+):(?: +([^'\"\[{|>&*!%@`\x00-\x1f].*)?)?")
"""A line that is meant as it stands; one with a quote or a bracket at its start is meant as YAML."""
_PAIR: Final = re.compile(
    r"^([A-Za-z][\w-]*+: ++)"
    r"((?:\[[^\[\]]*+\] *+[^\s#,]|[^\s'\"\[{|>&*!#\x00-\x1f])[^\x00-\x1f]*+)[ \t]*+"
)
"""A key and a value on one line that is meant as a text."""
_ANY_PAIR: Final = re.compile(
    r"^( *+(?:- ++)?[A-Za-z][\w-]*+: ++)"
    r"((?:\{[{%]|[*&!|>]|\"(?=.*\"[ \t]*$)|'(?=.*'[ \t]*$)|[^\s'\"\[{#\x00-\x1f])[^\x00-\x1f]*+)[ \t]*+"
)
"""The same for what begins as YAML's own and is none of it: `title: {{ name }}`, `title: *x*`."""
_NULL: Final = "tag:yaml.org,2002:null"
_MERGE: Final = "tag:yaml.org,2002:merge"
_LENIENT: Final = 20_000
"""Characters of a header that is read line by line where it is no YAML as a whole."""
_MISSING: Final = object()
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})


@cache
def need_yaml() -> None:
    """Refuse to go on without PyYAML, which the core does not need.

    Raises:
        ConfigurationError: It is missing.
    """
    if find_spec("yaml") is None:
        raise ConfigurationError("Front matter needs PyYAML.", hint=pip_line("cli"))


def raw_lines(fields: Mapping[str, str]) -> str:
    """The server's lines: values as they are, quoted by nothing."""
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def yaml_lines(fields: Mapping[str, str | bool], closing: str) -> str:
    """The same as YAML that does not hold the mark at which the header ends."""
    need_yaml()
    return "".join(_yaml_line(key, value, closing) for key, value in fields.items())


def _yaml_line(key: str, value: str | bool, closing: str) -> str:
    if isinstance(value, bool):
        return f"{key}: {'true' if value else 'false'}\n"
    if not value:
        return f"{key}:\n"  # the server's import makes a tag without a name of an empty text
    line = _serialized(key, value, "|" if "\n" in value else None)
    if closing in line or line.endswith("\n...\n") or _loaded(line) != {key: value}:
        line = _serialized(key, value, '"').replace(closing, f"\\x{ord(closing[0]):02X}{closing[1:]}")
    return line


def _serialized(key: str, value: str, style: str | None) -> str:
    import yaml

    text = "tag:yaml.org,2002:str"
    node = yaml.MappingNode(
        "tag:yaml.org,2002:map", [(yaml.ScalarNode(text, key), yaml.ScalarNode(text, value, style=style))]
    )
    # The stubs leave the type of the node open.
    line: str = yaml.serialize(  # pyright: ignore[reportUnknownMemberType]
        node, Dumper=yaml.SafeDumper, allow_unicode=True, width=float("inf")
    )
    return line


def split(
    text: str, opening: str, closing: str, name: str, mended: list[str] | None = None
) -> tuple[dict[str, object] | None, str]:
    """The fields of the header of a file, None where it has none, and the content below.

    Args:
        text: The file.
        opening, closing: The lines around its header.
        name: Its name, for messages.
        mended: Gets a sentence where the header is broken and was read as it is meant.

    Raises:
        FileRefusedError: The header is broken.
    """
    start = re.match(f"{re.escape(opening)}[ \\t]*\n", text)
    if start is None:
        return None, text
    raw = re.match(f"{opening}\n{RAW_HEADER}{closing}(?:\n\n|\\Z)", text)
    if raw is not None:
        fields: dict[str, object] = {key: value for key, value in raw.groupdict().items() if value is not None}
        return fields, text[raw.end() :]
    end = re.compile(rf"^{re.escape(closing)}[ \t]*(?:\n\n?|\Z)", re.MULTILINE).search(text, start.end())
    if end is None:
        return None, text
    found = _fields(text[start.end() : end.start()], name, [] if mended is None else mended)
    return (None, text) if found is None else (found, text[end.end() :])


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands in front of a text of any program, between two lines of `---`.

    Attributes:
        fields: What it says, all values as texts; empty where there is none.
        body: The text below, or all of it.
        problem: What is wrong with it, in a sentence; the text then holds it still.
        mended: What was wrong with it and was read as it is meant, in a sentence.
    """

    fields: Mapping[str, object]
    body: str
    problem: str = ""
    mended: str = ""


def front_matter(text: str) -> FrontMatter:
    """Read front matter whose keys are another program's. What is between two rules and is no mapping is text."""
    start = re.match(r"---[ \t]*\n", text)
    if start is None:
        return _other_front_matter(text)
    need_yaml()
    import yaml

    end = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, start.end())
    lines = text[start.end() : end.start() if end else start.end()]
    if end is None:
        is_meant = re.match(r"[A-Za-z][\w-]*:(?:[ \t]|\n)", text[start.end() :])
        return FrontMatter({}, text, "Its front matter has no end." if is_meant else "")
    try:
        loaded, mended = _leniently(lines)
    except (yaml.YAMLError, FileRefusedError) as error:
        is_meant = re.match(r"[A-Za-z][\w-]*:", lines)
        return FrontMatter({}, text, f"Its front matter is broken: {_reason(error)}." if is_meant else "")
    if loaded is None and not lines.strip():
        return FrontMatter({}, text[end.end() :])
    if not isinstance(loaded, dict):
        return FrontMatter({}, text)
    mapping = cast("dict[object, object]", loaded)
    return FrontMatter({str(key): value for key, value in mapping.items()}, text[end.end() :], mended=mended)


def _other_front_matter(text: str) -> FrontMatter:
    """What Hugo reads, too: TOML between two lines of `+++`, or an object of JSON on lines of its own."""
    toml = re.match(r"\+\+\+[ \t]*\n", text)
    if toml is not None:
        end = re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, toml.end())
        if end is None or end.start() > BOUNDS.header_bytes:
            return FrontMatter(
                {}, text, "Its front matter has no end." if re.match(r"\w+ *=", text[toml.end() :]) else ""
            )
        try:
            fields = parse_toml(text[toml.end() : end.start()])
        except ValueError as error:
            return FrontMatter({}, text, f"Its front matter is broken: {why(error)}.")
        return FrontMatter({key: _as_text(value) for key, value in fields.items()}, text[end.end() :])
    if re.match(r"\{[ \t]*\n", text):
        with suppress(ValueError, RecursionError):
            read, end_of = json.JSONDecoder().raw_decode(text[: BOUNDS.header_bytes])
            rest = text[end_of:]
            if set(KEYS) & set(read) and (not rest.strip() or rest.startswith("\n")):
                return FrontMatter({key: _as_text(value) for key, value in read.items()}, rest.lstrip("\n"))
    return FrontMatter({}, text)


def _as_text(value: object) -> object:
    """A value of TOML or JSON as this module gives those of YAML."""
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_as_text(each) for each in cast("list[object]", value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)


def _leniently(lines: str) -> tuple[object, str]:
    """What YAML says, where need be with quotes around values that people forget them for, as in `title: Foo: bar`, and
    what was wrong then.
    """
    import yaml

    try:
        return _loaded(lines), ""
    except yaml.YAMLError as error:
        mended = f"Its front matter is broken: {_reason(error)}. It was read as it is meant."
        if len(lines) > _LENIENT:  # each line is looked at by itself
            raise
        plain = [re.sub(r"^[ \t]+", lambda margin: margin[0].expandtabs(4), line) for line in lines.split("\n")]
        with suppress(yaml.YAMLError):
            return _loaded("\n".join(_quoted(line, _PAIR) for line in plain)), mended
        return _loaded("\n".join(_quoted(line, _ANY_PAIR) for line in plain)), mended


def _quoted(line: str, text: re.Pattern[str]) -> str:
    import yaml

    pair = text.fullmatch(line)
    if pair is None:
        return line
    try:
        _loaded(line)
    except (yaml.YAMLError, FileRefusedError):
        value = pair[2].rstrip()
        value = value[1:-1] if re.fullmatch(r"([\"']).+\1", value) else value
        return pair[1] + _serialized("x", value, '"').partition(": ")[2].rstrip("\n")
    return line


def _fields(lines: str, name: str, mended: list[str]) -> dict[str, object] | None:
    """What the lines of a header say; None where they are no header but content between two such marks."""
    if not lines.strip():
        return {}
    need_yaml()
    import yaml

    try:
        loaded, sentence = _leniently(lines)
    except (yaml.YAMLError, FileRefusedError) as error:
        pairs = [_LINE.fullmatch(line) for line in lines.splitlines()]
        found = {pair[1]: pair[2] or "" for pair in pairs if pair is not None}
        if all(pairs) and set(found) <= set(_RAW_KEYS):
            return dict(found)
        if not set(re.findall(r"^(\w+):", lines, re.MULTILINE)) & set(KEYS):
            return None
        raise _broken(name, _reason(error)) from None
    if not isinstance(loaded, dict):
        return None
    mapping = cast("dict[object, object]", loaded)
    if not set(KEYS) & set(mapping):
        return None
    mended += [sentence] if sentence else []
    return {str(key): value for key, value in mapping.items()}


def _reason(error: Exception) -> str:
    import yaml

    if isinstance(error, FileRefusedError):
        return error.reason
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 2}: {error.problem or error.context}"
    if isinstance(error, yaml.reader.ReaderError):
        return "it holds a control character"
    return why(error)


def _loaded(lines: str) -> object:
    """What YAML says, with scalars as texts: a title of `2026`, `1.10` or `yes` is none but that.

    Raises:
        yaml.YAMLError: It is no YAML.
        FileRefusedError: It has no bounds.
    """
    import yaml

    if len(lines) > BOUNDS.header_bytes:
        raise FileRefusedError(f"it has more than {BOUNDS.header_bytes:,} characters")
    try:
        return _loader()(lines)
    except (yaml.YAMLError, FileRefusedError):
        raise
    except Exception as error:  # PyYAML raises what it likes for values that it cannot make
        raise yaml.YAMLError(why(error)) from None


@cache
def _loader() -> Callable[[str], object]:
    import yaml

    class Loader(safe_loader()):  # type: ignore[misc]
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag in {_NULL, _MERGE}]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    return partial(parse_yaml, loader=Loader)


def text(fields: Mapping[str, object], key: str, name: str) -> str | None:
    """A field that is a text, None where it is missing; nothing is an empty text.

    Raises:
        FileRefusedError: It is a list or a mapping.
    """
    value = fields.get(key, _MISSING)
    if value is _MISSING:
        return None
    if value is None or isinstance(value, str):
        return value or ""
    raise _broken(name, f"{key} is no text")


def flag(fields: Mapping[str, object], key: str, name: str) -> bool | None:
    """A field that is true or false, None where it is missing.

    Raises:
        FileRefusedError: It is something else.
    """
    value = (text(fields, key, name) or "").lower()
    if value in _TRUE | _FALSE:
        return value in _TRUE
    if value:
        raise _broken(name, f"{key} is neither true nor false")
    return None


def tags(fields: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """Tags, as a list or as one text with commas; None where they are missing.

    Raises:
        FileRefusedError: They are something else.
    """
    given = fields.get("tags")
    if given is None:
        return () if "tags" in fields else None
    parts = cast("list[object]", given) if isinstance(given, list) else str(given).split(",")
    if isinstance(given, Mapping) or not all(isinstance(part, str) for part in parts):
        raise _broken(name, "tags are no list of texts")
    return tuple(stripped for part in parts if (stripped := str(part).strip()))


def _broken(name: str, reason: str) -> FileRefusedError:
    return FileRefusedError(
        f"The header of {name or 'the file'} is broken: {reason}.",
        name=name,
        hint="Mend it; a value with ': ' or '#' in it needs quotes.",
    )
