"""What MkDocs and Docusaurus have in common: folders of Markdown with front matter, links and boxes of their own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote

from wikijs.core.files import FileRefusedError, Tree
from wikijs.core.values.code import outside_code
from wikijs.transfer import header
from wikijs.transfer.titles import title_of

from ..markdown.parsing import readdressed, shown
from ..model import ForeignPage, InteropError, Links, Remark, Site
from ..pandoc.tree import SIZE
from .addresses import split
from .reading import page_text

SUFFIXES: Final = (".md", ".mdx", ".markdown")
_NOWHERE: Final = "The link to {} leads nowhere."
_OUTSIDE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """How a program differs from others of its kind.

    Attributes:
        route: The address of a page within the documents, by its file and front matter.
        prepared: The Markdown of a page as common Markdown; told of what is left.
        plain: The same as plainly as possible, for the comparison of words; nothing of it is published.
        candidates: Names of files and addresses that a link may mean, best first: page, its address, target, kind.
        slug, number: As in `Site`.
        hides: Whether a file is no page of its own.
        finished: What is done last, to Markdown whose addresses are right.
        titles: Titles that the navigation gives to files; they come first.
        front: Reads what stands in front of a page's text.
    """

    route: Callable[[str, Mapping[str, object]], str]
    prepared: Callable[[str, Callable[[str], None]], str]
    plain: Callable[[str], str]
    candidates: Callable[[str, str, str, str], Sequence[str]]
    slug: Callable[[str], str]
    number: Callable[[str, int], str]
    hides: Callable[[str], bool] = lambda name: False
    finished: Callable[[str], str] = lambda text: text
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    front: Callable[[str], header.FrontMatter] = header.front_matter


def read_site(docs: Tree, flavour: Flavour) -> Site:
    """Read a folder of documents.

    Raises:
        InteropError: There are no pages in it.
    """
    site = Site(slug=flavour.slug, number=flavour.number)
    files: dict[str, Path] = {}
    hidden: list[str] = []
    for file in docs.files():
        if flavour.hides(file.name):
            hidden.append(file.name)
        elif file.name.lower().endswith(SUFFIXES):
            try:
                site.pages.append(_page(page_text(docs, file.name, site, file.name), file.name, flavour, site))
            except FileRefusedError as error:
                site.remarks.append(Remark(file.name, f"It was left out: {error.reason}."))
        else:
            files[file.name] = file.path
    if not site.pages:
        raise InteropError(
            f"{docs.root} holds no Markdown.", hint="Give the folder of the project, or of its documents."
        )
    if hidden:
        site.remarks.append(Remark("", f"{len(hidden)} files that are parts of others were left out: {_some(hidden)}."))
    site.files = files
    for page in site.pages:  # a folder's page beats one of the same name without extension
        for name in (posixpath.splitext(page.key)[0], page.path):
            site.aliases.setdefault(name, page.key)
    return site


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")


def _page(text: str, name: str, flavour: Flavour, site: Site) -> ForeignPage:
    front = flavour.front(text)
    if front.problem:
        site.remarks.append(Remark(name, f"{front.problem} It stays in the page."))
    if front.mended:
        site.remarks.append(Remark(name, front.mended))
    route = flavour.route(name, front.fields)
    return ForeignPage(
        key=name,
        path=route,
        title=flavour.titles.get(name)
        or _text(front.fields.get("title"))
        or title_of(front.body)
        or _name(name, route),
        description=_text(front.fields.get("description")),
        tags=tuple(_tags(front.fields.get("tags"))),
        is_published=_text(front.fields.get("draft")).lower() not in {"true", "yes", "on"},
        translate=partial(_translated, front.body, name, route, flavour),
        raw=text,
        visible=partial(_visible, front.body, flavour),
    )


def _visible(body: str, flavour: Flavour) -> str:
    return shown(flavour.plain(body))


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _name(name: str, route: str) -> str:
    """A title made of the name of a file, or of its folder where the file has a name that says nothing."""
    stem = posixpath.splitext(posixpath.basename(name))[0]
    own = posixpath.basename(route)
    is_numbered = bool(own) and stem.endswith(own)  # Docusaurus leaves out the number in front
    said = own if is_numbered or stem.lower() in {"index", "readme"} else stem
    words = re.sub(r"[-_\s]+", " ", said or stem).strip()
    return words[:1].upper() + words[1:]


def _tags(tags: object) -> Iterator[str]:
    if isinstance(tags, str):
        yield from tags.split(",")
    for tag in cast("list[object]", tags) if isinstance(tags, list) else ():
        if isinstance(tag, dict):
            known = cast("dict[str, object]", tag)
            yield _text(known.get("label") or known.get("name"))
        else:
            yield _text(tag)


def _translated(body: str, name: str, route: str, flavour: Flavour, links: Links) -> str:
    text = flavour.prepared(body, links.remark)
    return flavour.finished(readdressed(text, partial(_target, name=name, route=route, flavour=flavour, links=links)))


def _target(target: str, kind: str, *, name: str, route: str, flavour: Flavour, links: Links) -> str:
    parts = split(target)
    if parts is None or (_OUTSIDE.match(target) and not target.startswith(("pathname:", "@site"))):
        return target
    if not parts.path or (not parts.scheme and target.startswith(("#", "?"))):
        return links.anchor("", parts.fragment) or target
    path = unquote(target.partition("#")[0].partition("?")[0])
    for each in flavour.candidates(name, route, path, kind):
        if (found := links.page(each)) is not None:
            return found + links.anchor(each, parts.fragment)
        if (found := links.file(each)) is not None:
            return found + (f"#{parts.fragment}" if f"#{parts.fragment}".startswith(SIZE) else "")
    links.remark(_NOWHERE.format(target))
    return target


def led_nowhere(remark: str) -> str | None:
    """The target of a link that a remark says leads nowhere; None where it says something else."""
    before, after = _NOWHERE.split("{}")
    return remark[len(before) : -len(after)] if remark.startswith(before) and remark.endswith(after) else None


def joined(folder: str, path: str) -> str:
    """A path relative to a folder of the site; an absolute one is relative to the site itself."""
    return posixpath.normpath(posixpath.join("/", folder, path)).strip("/")


def without_code(text: str) -> str:
    """The text of a page without its code."""
    return outside_code(text, lambda line: line, keep_code=False)
