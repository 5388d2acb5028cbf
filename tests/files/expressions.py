"""Every regular expression of a package, how it is used, and texts that make a bad one take for ever."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]  # no public module tells the parts of an expression
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

from wikijs.core.values.patterns import LazyPattern

USES = {"search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
ALWAYS = (" ", "\n", "a", "0")
SMALL, LARGE = 4_000, 16_000
QUICK = 0.004
"""Seconds of this thread in which every expression reads the small text, unless it is slower than linear."""


@dataclass(frozen=True)
class Expression:
    """An expression at the top of a module.

    Attributes:
        name: Module and name.
        pattern: The expression.
        uses: Methods that the module calls.
    """

    name: str
    pattern: re.Pattern[Any]
    uses: frozenset[str]


def expressions(package: str) -> Iterator[Expression]:
    """All compiled expressions at the top of the modules of a package."""
    root = importlib.import_module(package)
    names = [package]
    if hasattr(root, "__path__"):
        names += [found.name for found in pkgutil.walk_packages(root.__path__, f"{package}.")]
    for name in names:
        if not name.endswith("__main__"):
            yield from _of_module(importlib.import_module(name))


def _of_module(module: ModuleType) -> Iterator[Expression]:
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in USES:
            uses.setdefault(node.value.id, set()).add(node.attr)
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for name in sorted(assigned):
        for number, pattern in enumerate(_patterns(getattr(module, name, None))):
            used = frozenset(uses.get(name, ())) or frozenset({"search"})
            yield Expression(f"{module.__name__}.{name}[{number}]", pattern, used)


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, LazyPattern):
        yield value.compiled
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _patterns(each)
    elif isinstance(value, dict):
        for each in itertools.chain(value, value.values()):
            yield from _patterns(each)


def pieces(pattern: re.Pattern[Any]) -> list[str]:
    """Short texts that parts of the expression like."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found: dict[str, None] = {}
    _collect(parser.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0), found)
    found |= dict.fromkeys(ALWAYS)
    return list(found)[:14]


def _collect(tree: Any, found: dict[str, None]) -> None:
    run = ""
    for code, argument in tree:
        if code is codes.LITERAL:
            run += chr(argument)
            continue
        if run:
            found[run] = None
            run = ""
        if code is codes.IN:
            for kind, value in argument:
                if kind is codes.LITERAL:
                    found[chr(value)] = None
                elif kind is codes.RANGE:
                    found[chr(value[0])] = None
        elif code is codes.BRANCH:
            for each in argument[1]:
                _collect(each, found)
        elif code is codes.SUBPATTERN:
            _collect(argument[-1], found)
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            _collect(argument[2], found)
        elif code is codes.ATOMIC_GROUP:
            _collect(argument, found)
        elif code in {codes.ASSERT, codes.ASSERT_NOT}:
            _collect(argument[1], found)
    if run:
        found[run] = None


def texts(parts: list[str], length: int) -> Iterator[str]:
    """Texts of about this length: a piece again and again, alone, in pairs, behind another, and with an end."""
    for one in parts:
        yield one * (length // len(one))
    for one, other in itertools.permutations(parts, 2):
        yield one + other * (length // len(other)) + "\x01"
        both = one + other
        yield both * (length // len(both))
        yield "".join(parts[:3]) + both * (length // len(both))


def _nth(parts: list[str], length: int, number: int) -> str:
    return next(itertools.islice(texts(parts, length), number, None))


def seconds(expression: Expression, text: str) -> float:
    """Time of this thread that the expression takes on a text, in all its uses."""
    given: Any = text.encode("utf-8") if isinstance(expression.pattern.pattern, bytes) else text
    begin = time.thread_time()
    for use in expression.uses:
        if use in {"sub", "subn"}:
            expression.pattern.sub(given[:0], given)
        elif use == "finditer":
            for _ in expression.pattern.finditer(given):
                pass
        else:
            getattr(expression.pattern, use)(given)
    return time.thread_time() - begin


def slowest(expression: Expression) -> str | None:
    """A text on which the expression takes more than linear time; None where none was found."""
    parts = pieces(expression.pattern)
    for number, text in enumerate(texts(parts, SMALL)):
        if seconds(expression, text) < QUICK:
            continue
        before = min(seconds(expression, text) for _ in range(3))
        if before < QUICK:
            continue
        # Where the small text takes long already, a shorter one tells the same.
        is_slow = before > 8 * QUICK
        shorter, longer = (_nth(parts, SMALL // 4, number), text) if is_slow else (text, _nth(parts, LARGE, number))
        limit = 9 * (min(seconds(expression, shorter) for _ in range(3)) if is_slow else before)
        if min(seconds(expression, longer) for _ in range(3)) > limit:  # linear is 4, quadratic 16
            return text[:60]
    return None
