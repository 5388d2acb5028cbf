"""Markdown line by line: code is left alone, boxes of MkDocs and Docusaurus become those of Wiki.js. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from wikijs.core.values.code import outside_code

from .signs import without_pictures

ADMONITIONS: Final = {
    "success": "is-success",
    "check": "is-success",
    "done": "is-success",
    "tip": "is-success",
    "hint": "is-success",
    "warning": "is-warning",
    "caution": "is-warning",
    "attention": "is-warning",
    "danger": "is-danger",
    "error": "is-danger",
    "failure": "is-danger",
    "fail": "is-danger",
    "missing": "is-danger",
    "bug": "is-danger",
}
"""Kinds of boxes and the class that Wiki.js has for them; all others are `is-info`."""

_FENCE: Final = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_QUOTE: Final = re.compile(r"^([ \t]*+)> ?")
_DEEPEST: Final = 20
"""Quotations in each other that are looked into."""
_OPENING: Final = re.compile(r"^(?:\s|>|[-*+]\s|\d{1,9}[.)]\s)*+(`{3,}|~{3,})")
"""A fence, also as the first thing in an item of a list."""
_INDENTED: Final = re.compile(r'^(\s*+)(?:!!!|\?\?\?\+?)\s*+([\w -]++)?(?:"(.*)")?\s*+$')
_TAB: Final = re.compile(r'^(\s*+)===[!+]?\s++"([^"]*+)"\s*+$')
_BRACES: Final = re.compile(
    r"(?:(?<=[*_`)\]~\x00])\{(?=[^{}\n]+\}))"  # right behind an element
    r"|\{(?=[^{}\n]+\}[ \t]*(?:$|\|))"  # at the end of a text, or of a cell
)
_LOW_OR_HIGH: Final = re.compile(r"(?<![\\~^\w/])([~^])((?!\1)[^\s~^<>()\[\]]+)\1(?![~^])")
_DASHES: Final = re.compile(r"^[ >]*+(?=-{2,60}[ ]*+$)")
"""Pandoc's own rules are longer."""
_BEGUN: Final = re.compile(
    r"^[ >]*+(?:\d{1,9}(?=[.)](?:[ ]|\\?$))|(?=[-+*#](?:[ ]|\\?$)|[=-]{1,999}\\?$|#{2,6} |`{3}|~{3}))"
)
_COLON: Final = re.compile(r"^(\s*+)(:{3,}+)\s*+(\w++)(?:\[([^\]]*+)\]\s*+|[ \t]++(.*))?$")


def unixed(text: str) -> str:
    """A text whose lines end the way Markdown's do here, without what databases refuse."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def untabbed(line: str) -> str:
    """A line whose indentation is spaces."""
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)].expandtabs(4) + bare


def fenced(text: str) -> str:
    """A text as a block of code, whatever is in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{unixed(text).rstrip()}\n{fence}\n"


def tight_fences(text: str, plain: str) -> str:
    """Markdown whose blocks of code name their language right behind the fence; one language stands for none."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = (_FENCE if fence else _OPENING).match(line)
        if mark and not fence:
            fence = mark[1]
            language = line[mark.end() :].strip()
            lines.append(mark[0] + ("" if language == plain else language))
            continue
        if mark and mark[1].startswith(fence) and not line.strip(" >`~"):
            fence = ""
        lines.append(line)
    return "\n".join(lines)


def guarded(text: str) -> str:
    """Markdown in which nothing is taken for what only Wiki.js has: braces at the end of a text or right behind an
    element are attributes there, a word between two tildes or carets stands low or high, and `:smile:` is a picture.
    """
    return outside_code(_with_flat_lines(text), _guarded)


def _with_flat_lines(text: str) -> str:
    """Markdown whose lines begin nothing but what pandoc began: below a hard break it leaves a `-` as it is, and dashes
    alone in a paragraph.
    """
    lines: list[str] = []
    fence, is_broken = "", False
    for line in text.split("\n"):
        lines.append(line)
        mark = (_FENCE if fence else _OPENING).match(line)
        if mark and (not fence or (mark[1].startswith(fence) and not line.strip(" >`~"))):
            fence = "" if fence else mark[1]
        elif not fence:
            begun = (_BEGUN if is_broken else _DASHES).match(line)
            lines[-1] = f"{line[: begun.end()]}\\{line[begun.end() :]}" if begun else line
        is_broken = not fence and line.endswith("\\")
    return "\n".join(lines)


def _guarded(line: str) -> str:
    line = without_pictures(_BRACES.sub("{<!-- -->", line))
    return line if line.lstrip().startswith("<") else _LOW_OR_HIGH.sub(r"\\\1\2\\\1", line)


def _quotes_changed(
    lines: Sequence[str], change: Callable[[Sequence[str]], Iterator[str]], depth: int = 0
) -> Iterator[str]:
    """Lines with what stands in quotations changed, the inner ones first."""
    index, fence = 0, ""
    while index < len(lines):
        line = lines[index]
        quote = None if fence or depth > _DEEPEST else _QUOTE.match(line)
        if quote is None:
            mark = _FENCE.match(line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            yield line
            index += 1
            continue
        first, inner = index, list[str]()
        while index < len(lines) and (found := _QUOTE.match(lines[index])) and found[1] == quote[1]:
            inner.append(lines[index][found.end() :])
            index += 1
        changed = list(change(list(_quotes_changed(inner, change, depth + 1))))
        if changed == inner:
            yield from lines[first:index]
            continue
        while len(changed) > 1 and not changed[-1].strip():
            changed.pop()
        yield from (f"{quote[1]}> {each}".rstrip() for each in changed)


def without_indented_boxes(text: str) -> str:
    """MkDocs: `!!! note "Title"` and `??? note` with an indented text, `=== "Tab"` likewise."""
    return "\n".join(_unindented(list(_quotes_changed(text.split("\n"), _unindented))))


def _unindented(lines: Sequence[str]) -> Iterator[str]:
    index, fence = 0, ""
    while index < len(lines):
        line = lines[index]
        index += 1
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        box, tab = (None, None) if fence else (_INDENTED.match(line), _TAB.match(line))
        head = box or tab
        if head is None:
            yield line
            continue
        margin = f"{untabbed(head[1])}    "
        inner: list[str] = []
        while index < len(lines) and (untabbed(lines[index]).startswith(margin) or not lines[index].strip()):
            inner.append(untabbed(lines[index])[len(margin) :])
            index += 1
        while inner and not inner[-1].strip():
            inner.pop()
        body = list(_unindented(inner))
        if box:
            yield from quoted(box[1], (box[2] or "").split(" ")[0], box[3], body)
        else:
            yield from [f"{head[1]}**{head[2]}**", "", *(f"{head[1]}{each}" for each in body)]
        yield ""


def without_colon_boxes(text: str) -> str:
    """Docusaurus: `:::note Title` until `:::`."""
    return "\n".join(_boxed(list(_quotes_changed(text.split("\n"), _boxed))))


def _boxed(lines: Sequence[str]) -> Iterator[str]:
    return _uncoloned(iter(lines))


def _uncoloned(lines: Iterator[str], closing: str = "") -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if not fence and closing and line.strip() == closing:
            return
        box = None if fence else _COLON.match(line)
        if box is None:
            yield line
        else:
            body = [_without_margin(each, len(box[1])) for each in _uncoloned(lines, box[2])]
            yield from quoted(box[1], box[3], box[4] or (box[5] or "").strip() or None, body)
            yield ""


def _without_margin(line: str, width: int) -> str:
    """A line without the blanks of the margin that it stands behind."""
    return line[min(width, len(line) - len(line.lstrip(" \t"))) :]


def quoted(margin: str, kind: str, title: str | None, body: Sequence[str]) -> Iterator[str]:
    """A box as Wiki.js writes it.

    Args:
        margin: What stands in front of each line.
        kind: What it is, such as "warning".
        title: Its title; None for what the kind says, nothing for none.
        body: Its lines.
    """
    shown = title if title is not None else kind.capitalize()
    lines = [f"**{shown}**", "", *_stripped(body)] if shown else _stripped(body)
    yield from (f"{margin}> {line}".rstrip() for line in lines)
    yield f"{margin}{{.{ADMONITIONS.get(kind.lower(), 'is-info')}}}"


def _stripped(lines: Sequence[str]) -> list[str]:
    found = list(lines)
    while found and not found[0].strip():
        found.pop(0)
    while found and not found[-1].strip():
        found.pop()
    return found
