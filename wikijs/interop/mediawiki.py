"""MediaWiki: an XML dump, and its `images` folder where it lies beside the dump."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, Tree, open_file, refusing

from .model import ForeignPage, InteropError, Links, Remark, Site
from .pandoc import to_markdown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENT: Final = {0, 4, 12}
"""Namespaces that hold pages for readers: articles, about the project, help."""
_REDIRECT: Final = re.compile(r"\s*#\w+:?\s*\[\[([^\]|#]+)", re.IGNORECASE)
_CATEGORY: Final = re.compile(
    r"\[\[\s*+(?:Category|Kategorie|Catégorie)\s*+:\s*+([^\[\]|]++)(?:\|[^\[\]]*+)?\]\]\n?", re.IGNORECASE
)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read(source: Path) -> Site:
    """Read a dump as `dumpBackup.php` or Special:Export writes it.

    Raises:
        InteropError: It is none.
    """
    site = Site(files=_files(source))
    left = 0
    for title, namespace, text in _pages(source):
        if namespace not in _CONTENT:
            left += 1
            continue
        redirect = _REDIRECT.match(text) if text.lstrip().startswith("#") else None
        if redirect:
            site.aliases[_key(title)] = _key(redirect[1])
            continue
        path = "home" if title.replace(" ", "_") in {"Main_Page", "Hauptseite", "Accueil"} else title
        site.pages.append(
            ForeignPage(
                key=_key(title),
                path=path.replace(":", "/"),
                title=title,
                tags=tuple(name.strip() for name in _CATEGORY.findall(text)),
                translate=partial(_translated, text),
            )
        )
    if not site.pages:
        raise InteropError(f"{source} holds no page of MediaWiki.", hint="Give the XML file of Special:Export.")
    if left:
        site.remarks.append(
            Remark("", f"{left} pages of other namespaces (talk, users, templates, files) were left out.")
        )
    return site


def _pages(source: Path) -> Iterator[tuple[str, int, str]]:
    """Title, namespace and newest text of each page."""
    try:
        xml: Any = import_module("defusedxml.ElementTree")  # it has no types
    except ModuleNotFoundError:
        raise InteropError("Reading XML needs defusedxml.", hint='pip install "py-wikijs[interop]"') from None
    depth = 0
    with open_file(source) as file, refusing(str(source), "it is no XML"):
        for event, element in xml.iterparse(file, ("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > BOUNDS.nesting:
                raise RecursionError
            if event == "end" and _name(element) == "page":
                yield _text(element, "title"), int(_text(element, "ns") or 0), _newest(element)
                element.clear()


def _newest(page: Element) -> str:
    revisions = [element for element in page if _name(element) == "revision"]
    newest = max(revisions, key=lambda revision: _text(revision, "timestamp"), default=None)
    return "" if newest is None else _text(newest, "text")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next((child.text or "" for child in element if _name(child) == name), "")


def _files(source: Path) -> dict[str, Path]:
    """Files by name: MediaWiki keeps them in folders named by hash, and old versions and thumbnails beside them."""
    passed = {"archive", "thumb", "deleted", "temp"}
    return {
        _key(file.path.name): file.path
        for file in Tree(source.resolve().parent).files("images")
        if passed.isdisjoint(file.name.split("/")[1:])
    }


def _key(title: str) -> str:
    """Titles are the same with underscores, and with a small first letter."""
    plain = " ".join(unquote(title).replace("_", " ").split())
    return plain[:1].upper() + plain[1:]


def _translated(text: str, links: Links) -> str:
    def rewrite(target: str, is_image: bool) -> str | None:
        if _SCHEME.match(target) and "//" in target:
            return target
        target = target.lstrip(":")
        name, hash_, part = target.partition("#")
        if is_image or re.match(r"(file|image|media|datei|fichier):", name, re.IGNORECASE):
            key = _key(name.partition(":")[2] if ":" in name else name)
            found = links.file(key)
            if found is None:
                links.remark(f"The file {key} is not beside the dump.")
            return found or f"/{key.replace(' ', '_')}"
        if not name:
            return f"#{_anchor(part)}"
        found = links.page(_key(name))
        if found is None:
            links.remark(f"The page {_key(name)} is not in the dump.")
            return None
        return found + (f"#{_anchor(part)}" if hash_ else "")

    return to_markdown(_CATEGORY.sub("", text), "mediawiki", rewrite=rewrite, remark=links.remark)


def _anchor(part: str) -> str:
    """The anchor that Wiki.js gives a heading."""
    return re.sub(r"[\s_]+", "-", unquote(part).strip().lower())
