"""YAML, JSON and TOML of others: bounded in size, in depth, and in what aliases make of it."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final, cast

from .bounds import BOUNDS
from .refusal import FileRefusedError, refused, why

if TYPE_CHECKING:
    import yaml

_EXPANDED: Final = 10
"""Aliases may make a document so many times larger than its text, beyond the first 100,000 characters."""
_FREE: Final = 100_000
_TOO_DEEP: Final = "exceeded maximum nesting depth"
"""What libyaml says."""
_NESTED: Final = "it is nested too deeply"
_DOTTED: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]{0,100}+"|'[^'\n]{0,100}+')[ \t]*+\.[ \t]*+){100}""", re.ASCII
)
"""A name of TOML that leads through more tables than anything honest."""


def load_json(text: str | bytes, *, name: str = "", most: int = BOUNDS.text_bytes) -> object:
    """What JSON says.

    Args:
        text: The JSON.
        name: The file, for the message.
        most: Bytes, or characters, that it may have.

    Raises:
        FileRefusedError: It is no JSON, too large, or nested too deeply.
    """
    if len(text) > most:
        raise refused(name, f"it has more than {most:,} bytes")
    try:
        loaded: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(
            name, why(error) if isinstance(error, UnicodeDecodeError) else f"it is no JSON: {why(error)}"
        ) from None
    _check_nesting(loaded, name)
    return loaded


def parse_toml(text: str) -> dict[str, Any]:
    """What TOML says.

    Raises:
        ValueError: It is no TOML, or nested too deeply; the message is the reason.
    """
    if _DOTTED.search(text):  # the library's time grows with the square of it
        raise ValueError(_NESTED)
    try:
        loaded = tomllib.loads(text)
        _check_nesting(loaded, "")
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, FileRefusedError):
        raise ValueError(_NESTED) from None
    except ValueError:
        raise ValueError("it has a number or date that is none") from None
    return loaded


def _check_nesting(value: object, name: str) -> None:
    level = [value]
    for _ in range(BOUNDS.nesting + 1):
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner += cast("dict[str, object]", each).values()
            elif isinstance(each, list):
                inner += cast("list[object]", each)
        if not inner:
            return
        level = inner
    raise refused(name, _NESTED)


def load_yaml(
    text: str, *, name: str = "", most: int = BOUNDS.text_bytes, loader: type[yaml.SafeLoader] | None = None
) -> object:
    """What YAML says, as plain data.

    Args:
        text: The YAML.
        name: The file, for the message.
        most: Characters that it may have.
        loader: A loader made from `safe_loader()`; that one itself unless given.

    Raises:
        FileRefusedError: It is no YAML, too large, nested too deeply, or made far larger by its aliases.
    """
    if len(text) > most:
        raise refused(name, f"it has more than {most:,} characters")
    try:
        return parse_yaml(text, loader)
    except FileRefusedError as error:
        raise refused(name, error.reason) from None
    except Exception as error:
        raise refused(name, f"it is no YAML: {yaml_reason(error)}") from None


def parse_yaml(text: str, loader: type[yaml.SafeLoader] | None = None) -> object:
    """The same with the errors of PyYAML, for those who make something else of what is no YAML.

    Raises:
        FileRefusedError: Its message is the reason: nested too deeply, or an alias bomb.
        Exception: It is no YAML.
    """
    reader = (loader or safe_loader())(text)
    try:
        node = reader.get_single_node()
        if node is None:
            return None
        _check_size(node, _FREE + _EXPANDED * len(text))
        return cast("object", cast("Any", reader).construct_document(node))
    except Exception as error:
        if isinstance(error, RecursionError) or getattr(error, "problem", None) == _TOO_DEEP:
            raise FileRefusedError(_NESTED) from None
        raise
    finally:
        reader.dispose()


def safe_loader() -> type[yaml.SafeLoader]:
    """The loader that makes plain data only; libyaml's where there is one, which takes a tenth of the time."""
    import yaml

    return cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def yaml_reason(error: Exception) -> str:
    """Why something is no YAML, with the line."""
    import yaml

    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem or error.context}"
    return why(error)


def _check_size(root: yaml.Node, most: int) -> None:
    """Refuse a document that would be larger than that without aliases, is nested too deeply, or is a part of itself.

    The loader itself makes little of aliases; whoever writes out what it has made, or merges mappings, makes much.
    """
    import yaml

    sizes: dict[int, tuple[int, int]] = {}
    under_way: set[int] = set()
    stack: list[tuple[yaml.Node, bool]] = [(root, False)]
    while stack:
        node, is_done = stack.pop()
        key = id(node)
        if isinstance(node, yaml.ScalarNode):
            sizes[key] = (1 + len(cast("str", node.value)), 0)
            continue
        inner = _inner(node)
        if is_done:
            under_way.discard(key)
            size = 1 + sum(sizes[id(each)][0] for each in inner)
            depth = 1 + max((sizes[id(each)][1] for each in inner), default=0)
            if size > most:
                raise FileRefusedError("its aliases make it larger than its text may be")
            if depth > BOUNDS.nesting:
                raise FileRefusedError("it is nested too deeply")
            sizes[key] = (size, depth)
        elif key in under_way:
            raise FileRefusedError("it is a part of itself")
        elif key not in sizes:
            under_way.add(key)
            stack.append((node, True))
            stack += [(each, False) for each in inner]


def _inner(node: yaml.Node) -> list[yaml.Node]:
    value: Any = node.value
    if isinstance(value, list):
        items = cast("list[yaml.Node | tuple[yaml.Node, ...]]", value)
        return [each for item in items for each in (item if isinstance(item, tuple) else (item,))]
    return []
