"""Obsidian: a vault with its links by name, embedded files, callouts, aliases and marks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from wikijs.core.files import Tree
from wikijs.core.values.code import outside_code
from wikijs.transfer import header

from ...markdown.callouts import without_callouts, without_heads
from ...markdown.signs import without_pictures
from ...model import ForeignPage, Site
from ...pandoc.tree import SIZE, sized
from ...spans import replaced
from ..markdown_site import SUFFIXES, Flavour, joined, read_site, without_code

_LINK: Final = re.compile(r"(!?)\[\[([^\[\]\n|\\]*+)(?:\\?\|([^\[\]\n]*+))?\]\]")
_MARK: Final = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]*[^\s=])==(?![=\w])")
_BLOCK: Final = re.compile(r"(?:^|(?<=[\s\])>*_`.!?]))\^([A-Za-z0-9-]{1,64})[ \t]*$")
_TAG: Final = re.compile(r"(?<![\w/#&;(\[`\\])#((?=[\w/-]*[^\W\d])[\w/-]{1,100})")
_COMMENT: Final = {re.compile(r"%%"): "%%"}
_SIZED: Final = re.compile(r"!\[([^\[\]\n|]*+)\|(\d{1,5}(?:x\d{1,5})?)\]\(([^()<>\s#]++)\)")
_SIZE: Final = re.compile(r"\d{1,5}(?:x\d{1,5})?")
_IMAGES: Final = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp")
_QUERY: Final = re.compile(
    r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(dataview|dataviewjs|tasks|query|base|tracker)\b", re.MULTILINE
)
_HELD: Final = re.compile(r"\x00\d+\x00")
"""What stands for a span of code while its line is changed."""
_SAFE: Final = "/.-_~"


def read(source: Path) -> Site:
    """Read a vault.

    Raises:
        InteropError: There are no notes.
    """
    root = Tree(source)
    index = _Index([file.name for file in root.files()])
    site = read_site(
        root,
        Flavour(
            route=_route,
            prepared=partial(_prepared, index),
            plain=_plain,
            candidates=index.candidates,
            slug=_slug,
            number="{} {}".format,
            finished=sized,
        ),
    )
    site.pages = [_with_tags(page) for page in site.pages]
    for page in site.pages:
        for alias in _aliases(page.raw):
            index.alias(alias, page.key)
    return site


class _Index:
    """Files by what links call them: by their path, or by the end of it, whatever the case."""

    def __init__(self, names: Sequence[str]) -> None:
        self._by_end: dict[str, str] = {}
        for name in sorted(names, key=lambda name: (name.count("/"), len(name), name)):
            bare = posixpath.splitext(name)[0] if name.lower().endswith(SUFFIXES) else name
            parts = bare.lower().split("/")
            for start in range(len(parts)):
                self._by_end.setdefault("/".join(parts[start:]), name)

    def alias(self, alias: str, key: str) -> None:
        """Another name of a note."""
        self._by_end.setdefault(alias.lower(), key)

    def find(self, path: str) -> str | None:
        """The file that a link means."""
        plain = path.strip("/").lower()
        return self._by_end.get(plain) or self._by_end.get(plain.removesuffix(".md"))

    def candidates(self, name: str, route: str, path: str, kind: str) -> list[str]:
        """Names of files that an address may mean, best first."""
        beside = joined(posixpath.dirname(name), path)
        found = [beside, f"{beside}.md", joined("", path), f"{joined('', path)}.md"]
        known = self.find(path) or self.find(beside)
        return [*found, *([known] if known else ())]


def _route(name: str, front: Mapping[str, object]) -> str:
    return posixpath.splitext(name)[0]


def _slug(text: str) -> str:
    """Links call headings by their text, without the signs that mean something in links."""
    return " ".join(re.sub(r"[#^|\[\]:\\]+", " ", text).split()).lower()


def _aliases(raw: str) -> list[str]:
    front = header.front_matter(raw).fields
    given = front.get("aliases") or front.get("alias")
    if isinstance(given, str):
        return [each.strip() for each in given.split(",") if each.strip()]
    return [each for each in cast("list[object]", given) if isinstance(each, str)] if isinstance(given, list) else []


def _with_tags(page: ForeignPage) -> ForeignPage:
    """A note with the tags that stand in its text."""
    body = header.front_matter(page.raw).body
    found = (match[1].rstrip("/-") for match in _TAG.finditer(without_code(_without_comments(body))))
    return replace(page, tags=tuple(dict.fromkeys((*page.tags, *(tag for tag in found if tag)))))


def _prepared(index: _Index, body: str, remark: Callable[[str], None]) -> str:
    for match in _QUERY.finditer(body):
        remark(f"A query of the plugin {match[1]} is kept as code; its result is not there.")
    text = without_callouts(_without_comments(body))
    return outside_code(text, partial(_line, index, remark))


def _without_comments(text: str) -> str:
    return replaced(text, _COMMENT, lambda opening, inside, whole: "") if "%%" in text else text


def _line(index: _Index, remark: Callable[[str], None], line: str) -> str:
    line = _LINK.sub(partial(_linked, index, remark), line)
    line = _SIZED.sub(lambda match: f"![{match[1]}]({match[3]}{SIZE}{_in_full(match[2])})", line)
    line = without_pictures(_MARK.sub(r"<mark>\1</mark>", line))
    return _BLOCK.sub(r'<span id="\1"></span>', line)


def _linked(index: _Index, remark: Callable[[str], None], match: re.Match[str]) -> str:
    """A link by name as one of Markdown."""
    target, _, part = match[2].partition("#")
    target, text = target.strip(), (match[3] or "").strip()
    part = _HELD.sub("", part.rpartition("#")[2]).strip().removeprefix("^")
    address = quote(target, _SAFE) + (f"#{quote(part, _SAFE)}" if part else "")
    if not match[1]:
        return f"[{_escaped(text or _shown(match[2]))}]({address})"
    found = index.find(target)
    if (found or target).lower().endswith(_IMAGES):
        shown, size = _with_size(text)
        width = f"{SIZE}{_in_full(size)}" if size else ""
        return f"![{_escaped(shown or posixpath.basename(target))}]({address}{width})"
    if found is None or found.lower().endswith(SUFFIXES):
        remark(f"{match[2].strip()}, which was embedded, is a link now.")
    return f"[{_escaped(text or _shown(match[2]))}]({address})"


def _in_full(size: str) -> str:
    """A size as the wiki writes it: 100 is a width."""
    return size if "x" in size else f"{size}x"


def _with_size(text: str) -> tuple[str, str]:
    """The text of a picture, and its size: of "center|400" themes know the first."""
    before, _, last = text.rpartition("|")
    return (before.rstrip("\\ "), last.strip()) if _SIZE.fullmatch(last.strip()) else (text, "")


def _shown(target: str) -> str:
    """What Obsidian shows of a link without a text of its own."""
    return " > ".join(part.strip().removeprefix("^") for part in target.split("#") if part.strip())


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)


def _plain(body: str) -> str:
    """The same as plainly as possible, for the comparison of words."""
    text = without_heads(_without_comments(body))
    return outside_code(text, lambda line: _SIZED.sub(r"![\1](\3)", _LINK.sub(_plainly, _BLOCK.sub("", line))))


def _plainly(match: re.Match[str]) -> str:
    text = (match[3] or "").strip()
    target = match[2].partition("#")[0].strip()
    if match[1] and target.lower().endswith(_IMAGES):
        shown, size = _with_size(text)
        return shown if shown or size else posixpath.basename(target)
    return text or _shown(match[2])
