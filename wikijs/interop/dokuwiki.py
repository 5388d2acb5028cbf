"""DokuWiki: its `data` folder, with `pages` and `media`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from wikijs.core.files import Tree

from .model import ForeignPage, InteropError, Links, Site
from .pandoc import to_markdown

_TITLE: Final = re.compile(r"\A\s*+={2,6}([^=\n][^\n]*)\n?")
_TAGS: Final = re.compile(r"\{\{tag>([^{}]*+)\}\}\n?")
_PLUGIN: Final = re.compile(r"~~[A-Z_:]++~~|\{\{(?!tag>)\w++>[^{}]*+\}\}|<(\w++)[^<>]*+>")
_CLOSING: Final = re.compile(r"</(\w++)>")
_OWN: Final = {"code", "file", "nowiki", "sub", "sup", "del", "html", "php"}
"""Elements of DokuWiki itself."""
START: Final = "start"


def read(source: Path) -> Site:
    """Read pages and media.

    Raises:
        InteropError: There are no pages.
    """
    pages, media = _folders(source)
    site = Site(files={_key(file.name): file.path for file in Tree(media).files()} if media.is_dir() else {})
    tree = Tree(pages)
    for file in tree.files():
        if not file.name.endswith(".txt"):
            continue
        key = _key(file.name.removesuffix(".txt"))
        text = tree.text(file.name)
        title, rest = _heading(text)
        namespace, _, name = key.rpartition(":")
        tags = tuple(word for found in _TAGS.findall(text) for word in found.split())
        site.pages.append(
            ForeignPage(
                key=key,
                path=(namespace if name == START else key).replace(":", "/"),
                title=title or name.replace("_", " ").capitalize(),
                tags=tags,
                translate=partial(_translated, _TAGS.sub("", rest), namespace),
            )
        )
        if name == START and namespace:
            site.aliases.setdefault(namespace, key)
    if not site.pages:
        raise InteropError(f"{source} holds no page of DokuWiki.", hint="Give its folder data, which holds pages.")
    for page in site.pages:  # a page beats the start page of a namespace of its name
        site.aliases.pop(page.key, None)
    return site


def _heading(text: str) -> tuple[str, str]:
    """The title that a page begins with, and the text below it."""
    line = _TITLE.match(text)
    words = line[1].rstrip() if line else ""
    title = words.rstrip("=").strip()
    return (title, text[line.end() :]) if line and title and words.endswith("==") else ("", text)


def _folders(source: Path) -> tuple[Path, Path]:
    for root in (source / "data", source, source.parent):
        if (root / "pages").is_dir():
            return root / "pages", root / "media"
    return source, source / "media"


def _key(name: str) -> str:
    return name.replace("/", ":")


def _plugins(text: str) -> Iterator[str]:
    """What only plugins understand: macros, and elements that are closed in the same line."""
    for line in text.split("\n"):
        closings = {closing[1]: closing.start() for closing in _CLOSING.finditer(line)}
        for found in _PLUGIN.finditer(line):
            if not found[1] or (found[1] not in _OWN and closings.get(found[1], 0) >= found.end()):
                yield found[0]


def _translated(text: str, namespace: str, links: Links) -> str:
    for plugin in _plugins(text):
        links.remark(f"{plugin!r} belongs to a plugin and was not translated.")

    def rewrite(target: str, is_image: bool) -> str | None:
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
            return target
        target = target.partition("?")[0]
        name, hash_, part = target.partition("#")
        anchor = f"#{re.sub(r'[_ ]+', '-', part.lower())}" if hash_ else ""
        if not name:
            return anchor
        candidates = _candidates(name, namespace)
        for key in candidates:
            found = links.file(key) if is_image else links.page(key) or links.file(key)
            if found is not None:
                return found + anchor
        links.remark(f"{'The file' if is_image else 'The page'} {candidates[0]} does not exist.")
        return f"/{candidates[0].replace(':', '/')}" if is_image else None

    return to_markdown(text, "dokuwiki", rewrite=rewrite, remark=links.remark)


def _candidates(name: str, namespace: str) -> list[str]:
    """Keys that a name may mean: absolute ones as they are, others from the namespace, then from the root."""
    parts = [part for part in re.split(r"[/:]", name) if part]
    above = [] if name.startswith(("/", ":")) else namespace.split(":") if namespace else []
    is_relative = parts[:1] in (["."], [".."])
    found: list[list[str]] = [[*above, *parts]]
    if above and not is_relative:
        found.append(parts)
    keys = [":".join(_resolved(each)).lower() for each in found]
    ends = [f"{key}:{START}" for key in keys] if name.endswith((":", "/")) else []
    return list(dict.fromkeys([*ends, *keys, *(f"{key}:{START}" for key in keys)]))


def _resolved(parts: list[str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == "..":
            found = found[:-1]
        elif part != ".":
            found.append(part.replace(" ", "_"))
    return found
