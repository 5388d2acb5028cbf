"""Confluence: a space exported as XML, a folder or a .zip with `entities.xml` and `attachments`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, Tree, open_file, refusing
from wikijs.core.values.installing import pip_line

from ...markdown.parsing import shown_of_html
from ...model import ForeignPage, InteropError, Links, Remark, Site
from ...pandoc.running import to_markdown
from ..addresses import confluence_page
from ..reading import XMLFile
from . import storage

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ENTITIES: Final = "entities.xml"
_KINDS: Final = frozenset({"Page", "BlogPost", "BodyContent", "Attachment", "Labelling", "Label", "Comment", "Space"})
_ID: Final = "wjs-id:"
"""What the number of a page is called by among the titles of pages."""
_SPACE: Final = "wjs-space:"
"""What a space of the export is called by among them."""
_MOST_NAMED: Final = 5
_BODY: Final = "2"
"""The type of a body that is in the storage format."""


@dataclass(slots=True)
class _Entry:
    """An object of the export: its own values, and ids of others."""

    id: str
    values: dict[str, str] = field(default_factory=dict[str, str])
    refers: dict[str, str] = field(default_factory=dict[str, str])


def read(source: Path) -> Site:
    """Read an unpacked export.

    Raises:
        InteropError: It is none.
    """
    tree = Tree(source)
    name = next((file.name for file in tree.files() if file.path.name == _ENTITIES), None)
    if name is None:
        raise InteropError(f"{source} holds no {_ENTITIES}.", hint="Give the .zip of an XML export of a space.")
    found = _entries(tree.root / name)
    bodies = {
        entry.refers["content"]: entry.values.get("body", "")
        for entry in found["BodyContent"].values()
        if "content" in entry.refers and entry.values.get("bodyType", _BODY) == _BODY
    }
    pages = {
        entry.id: entry
        for kind in ("Page", "BlogPost")
        for entry in found[kind].values()
        if _is_current(entry) and entry.values.get("title")
    }
    if not pages:
        raise InteropError(f"{source} holds no page of Confluence.", hint="Give the .zip of an XML export of a space.")
    site = Site(slug=lambda text: "".join(text.split()))
    site.remarks += [Remark("", sentence) for sentence in _left_out(found)]
    site.files, names = _attachments(tree, name.removesuffix(_ENTITIES), found["Attachment"])
    tags = _tags(found)
    site.aliases = {_ID + entry.id: _key(entry) for entry in pages.values()}
    first = _key(next(iter(pages.values())))
    site.aliases |= {_SPACE + entry.values.get("key", ""): first for entry in found["Space"].values()}
    comments = Counter(
        page for entry in found["Comment"].values() if (page := entry.refers.get("containerContent", "")) in pages
    )
    for entry in pages.values():
        if count := comments[entry.id]:
            site.remarks.append(Remark(_key(entry), f"Its comments were left out: {count}."))
        site.pages.append(_page(entry, pages, bodies, names, tags.get(entry.id, ())))
    return site


def _entries(file: Path) -> dict[str, dict[str, _Entry]]:
    """The objects that matter, by kind and id."""
    try:
        xml: Any = import_module("defusedxml.ElementTree")  # it has no types
    except ModuleNotFoundError:
        raise InteropError("Reading XML needs defusedxml.", hint=pip_line("interop")) from None
    found: dict[str, dict[str, _Entry]] = {kind: {} for kind in _KINDS}
    depth = 0
    with open_file(file) as stream, refusing(str(file), "it is no XML"):
        for event, element in xml.iterparse(XMLFile(stream), ("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > BOUNDS.nesting:
                raise RecursionError
            if event == "end" and element.tag == "object":
                kind = element.get("class", "")
                if kind in found:
                    entry = _entry(element)
                    found[kind][entry.id] = entry
                element.clear()
    return found


def _entry(element: Element) -> _Entry:
    number = next((child.text or "" for child in element if child.tag == "id"), "")
    entry = _Entry(number.strip())
    for child in element:
        if child.tag != "property":
            continue
        name, inner = child.get("name", ""), child.find("id")
        if inner is not None:
            entry.refers[name] = (inner.text or "").strip()
        else:
            entry.values[name] = child.text or ""
    return entry


def _left_out(found: Mapping[str, Mapping[str, _Entry]]) -> Iterator[str]:
    """Sentences about the pages that readers do not see."""
    entries = [entry for kind in ("Page", "BlogPost") for entry in found[kind].values() if not _is_current(entry)]
    titles: dict[str, list[str]] = {}
    for entry in entries:
        title = " ".join(entry.values.get("title", "").split()) or "(no title)"
        titles.setdefault(_status(entry), []).append(title)
    if old := len(titles.pop("", [])):
        yield f"{old} older versions of pages were left out."
    for status, names in titles.items():
        more = f" and {len(names) - _MOST_NAMED} others" if len(names) > _MOST_NAMED else ""
        named = ", ".join(sorted(names)[:_MOST_NAMED])
        yield f"{len(names)} pages were left out because they are {status}: {named}{more}."


def _status(entry: _Entry) -> str:
    """What makes a page none for readers, such as "draft" or "archived"; empty for any other."""
    return entry.values.get("contentStatus", "").strip().removeprefix("current")


def _is_current(entry: _Entry) -> bool:
    old = entry.refers.get("originalVersion") or entry.values.get("originalVersion", "").strip()
    return not old and not _status(entry)


def _attachments(
    tree: Tree, below: str, entries: Mapping[str, _Entry]
) -> tuple[dict[str, Path], dict[tuple[str, str], str]]:
    """Files by name, and those names by page and name of the attachment. They lie in `page/attachment/version`."""
    there: dict[tuple[str, str], list[tuple[int, Path]]] = {}
    for file in tree.files(f"{below}attachments"):
        parts = file.name.removeprefix(below).split("/")
        if len(parts) == 4 and parts[3].split(".")[0].isdecimal():
            there.setdefault((parts[1], parts[2]), []).append((int(parts[3].split(".")[0]), file.path))
    files: dict[str, Path] = {}
    names: dict[tuple[str, str], str] = {}
    for entry in entries.values():
        page = entry.refers.get("containerContent") or entry.refers.get("content", "")
        title = entry.values.get("title") or entry.values.get("fileName", "")
        versions = there.get((page, entry.id))
        if not _is_current(entry) or not versions or not title:
            continue
        key = f"{page}/{title}"
        files[key], names[page, title] = max(versions)[1], key
    return files, names


def _tags(found: Mapping[str, Mapping[str, _Entry]]) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for entry in found["Labelling"].values():
        label = found["Label"].get(entry.refers.get("label", ""))
        if label is not None and label.values.get("namespace", "global") == "global":
            page = entry.refers.get("content", "")
            tags[page] = (*tags.get(page, ()), label.values.get("name", ""))
    return tags


def _key(entry: _Entry) -> str:
    return " ".join(entry.values["title"].split())


def _page(
    entry: _Entry,
    pages: Mapping[str, _Entry],
    bodies: Mapping[str, str],
    names: Mapping[tuple[str, str], str],
    tags: tuple[str, ...],
) -> ForeignPage:
    title = _key(entry)
    body = bodies.get(entry.id, "")
    return ForeignPage(
        key=title,
        path="/".join([*_above(entry, pages), title.replace("/", "-")]),
        title=title,
        tags=tags,
        translate=partial(_translated, body, entry.id, names),
        raw=body,
        visible=partial(_visible, body),
    )


def _above(entry: _Entry, pages: Mapping[str, _Entry]) -> list[str]:
    """Titles of the pages above."""
    found: list[str] = []
    seen = {entry.id}
    parent = pages.get(entry.refers.get("parent", ""))
    while parent is not None and parent.id not in seen:
        seen.add(parent.id)
        found.insert(0, " ".join(parent.values["title"].split()).replace("/", "-"))
        parent = pages.get(parent.refers.get("parent", ""))
    return found


def _visible(body: str) -> str:
    soup = storage.parsed(body)
    storage.as_html(soup, lambda sentence: None)
    return re.sub(r"wjsbox\d+end", " ", shown_of_html(str(soup)))


def _translated(body: str, page: str, names: Mapping[tuple[str, str], str], links: Links) -> str:
    soup = storage.parsed(body)
    boxes = storage.as_html(soup, links.remark)
    rewrite = partial(_target, page=page, names=names, links=links)
    return storage.with_boxes(to_markdown(str(soup), "html", rewrite=rewrite, remark=links.remark), boxes)


def _target(
    target: str, is_image: bool, *, page: str, names: Mapping[tuple[str, str], str], links: Links
) -> str | None:
    address, _, part = target.partition("#")
    if address.startswith(storage.FILE):
        name = unquote(address.removeprefix(storage.FILE))
        key = names.get((page, name)) or next((key for (_, title), key in names.items() if title == name), "")
        found = links.file(key)
        if found is None:
            links.remark(f"The file {name} is not in the export.")
        return found
    if address.startswith(storage.PAGE):
        title, _, space = (unquote(each) for each in address.removeprefix(storage.PAGE).partition("?"))
        found = links.page(title) if not space or links.page(_SPACE + space) is not None else None
        if found is None:
            links.remark(f"The page {f'{space}:' if space else ''}{title} is not in the export.")
            return None
        return found + links.anchor(title, part)
    if not address:
        return links.anchor("", part) or None
    if (number := confluence_page(address)) and not is_image and (found := links.page(_ID + number)) is not None:
        return found + links.anchor(_ID + number, part)
    return target
