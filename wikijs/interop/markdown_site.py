"""MkDocs and Docusaurus: folders of Markdown with front matter, relative links, and boxes of their own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, load_yaml
from wikijs.core.files.data import safe_loader

from .addresses import split
from .markdown_text import outside_code, without_colon_boxes, without_indented_boxes
from .model import ForeignPage, InteropError, Links, Site

_FRONT: Final = re.compile(r"\A---[ \t]*+\n")
_FRONT_END: Final = re.compile(r"^---[ \t]*+\n", re.MULTILINE)
_HEADING: Final = re.compile(r"\A\s*+#[ \t]++([^\n]*)\n")
# Every part is atomic or bounded: somebody else wrote what is read here.
_LINK: Final = re.compile(
    r"(!?)\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\]"
    r"\(\s*+<?([^()\s>]++(?:\([^()]*+\)[^()\s>]*+)?+)>?(\s++[^)]{0,1000}+)?\)"
)
_DEFINITION: Final = re.compile(r"^(\s{0,3}\[[^\]]+\]:\s*)<?(\S+?)>?(\s.*)?$")
_HTML: Final = re.compile(r"""(<(?:img|a)\b[^<>]*?\b(?:src|href)=)(["'])([^"']+)\2""", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\d+[-_. ]+(?=\D)")
_SUFFIXES: Final = {".md", ".mdx", ".markdown"}
_LEFT: Final = (
    (re.compile(r"^[ \t]*+(?:import|export)\s.+", re.MULTILINE), "Code of MDX was left as it is: {}"),
    (re.compile(r"^[ \t]*+<[A-Z]\w*[\s/>]", re.MULTILINE), "A component was left as it is: {}"),
    (re.compile(r"--8<--.*"), "A snippet was not included: {}"),
    (re.compile(r"\{%(?:[^%{\n]|%(?!\})|\{(?!%))*+%\}"), "A macro was left as it is: {}"),
)


def read_mkdocs(source: Path) -> Site:
    """Read a project with mkdocs.yml, or its folder of documents.

    Raises:
        InteropError: There are no pages.
    """
    root = Tree(source.parent if source.is_file() else source)
    name = source.name if source.is_file() else "mkdocs.yml"
    settings: dict[str, Any] = {}
    if root.is_file(name):
        loaded = load_yaml(root.text(name), name=name, loader=_mkdocs_loader())
        settings = cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}
    wanted = str(settings.get("docs_dir", "docs"))
    docs = root.below(wanted) if root.place(wanted).is_dir() else root
    titles = dict(_nav(settings.get("nav")))
    return _site(docs, titles=titles, keeps_numbers=True, unboxed=without_indented_boxes)


def _mkdocs_loader() -> Any:
    class Loader(safe_loader()):  # type: ignore[misc]
        """Takes tags of Python for nothing: names of functions, which only MkDocs can call."""

    def nothing(loader: object, suffix: str, node: object) -> None:
        """What stands for a function."""

    cast("Any", Loader).add_multi_constructor("", nothing)
    return Loader


def read_docusaurus(source: Path) -> Site:
    """Read a project, or its folder `docs`.

    Raises:
        InteropError: There are no pages.
    """
    root = Tree(source)
    docs = root.below("docs") if root.place("docs").is_dir() else root
    site = _site(docs, titles={}, keeps_numbers=False, unboxed=without_colon_boxes)
    static = Tree(docs.root.parent).files("static")
    shared = {f"/{file.name.removeprefix('static/')}": file.path for file in static}
    site.files = {**site.files, **shared}
    return site


def _nav(entries: object, inside: bool = False) -> Iterator[tuple[str, str]]:
    """Titles of the navigation by file."""
    for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            for title, target in cast("dict[str, object]", entry).items():
                if isinstance(target, str):
                    yield target, str(title)
                else:
                    yield from _nav(target)


def _site(docs: Tree, *, titles: Mapping[str, str], keeps_numbers: bool, unboxed: Callable[[str], str]) -> Site:
    site = Site()
    files: dict[str, Path] = {}
    for file in docs.files():
        name = file.name
        if any(part.startswith("_") for part in name.split("/")):
            continue
        if file.path.suffix.lower() in _SUFFIXES:
            page = _page(docs.text(name), name, titles.get(name), keeps_numbers=keeps_numbers, unboxed=unboxed)
            site.pages.append(page)
        else:
            files[name] = file.path
    if not site.pages:
        raise InteropError(
            f"{docs.root} holds no Markdown.", hint="Give the folder of the project, or of its documents."
        )
    site.files = files
    for page in site.pages:  # links may leave the extension out
        site.aliases.setdefault(posixpath.splitext(page.key)[0], page.key)
    return site


def _page(
    text: str, name: str, title: str | None, *, keeps_numbers: bool, unboxed: Callable[[str], str]
) -> ForeignPage:
    front, body = _front(text, name)
    heading = _HEADING.match(body)
    stem = posixpath.splitext(name)[0]
    path = _path(stem if keeps_numbers else "/".join(_NUMBER.sub("", part) for part in stem.split("/")), front)
    shown = (
        front.get("title")
        or title
        or (heading and heading[1].rstrip().rstrip("#").strip())
        or stem.rpartition("/")[2].replace("-", " ").capitalize()
    )
    return ForeignPage(
        key=name,
        path=path,
        title=str(shown),
        description=str(front.get("description") or ""),
        tags=_tags(front.get("tags")),
        is_published=not front.get("draft", False),
        # Wiki.js shows the title above the page: the same heading would stand there twice.
        translate=partial(_translated, body[heading.end() :] if heading else body, name, unboxed),
    )


def _front(text: str, name: str) -> tuple[dict[str, Any], str]:
    begin = _FRONT.match(text)
    end = _FRONT_END.search(text, begin.end()) if begin else None
    if not begin or not end:
        return {}, text
    try:
        front = load_yaml(text[begin.end() : end.start()], name=name, most=BOUNDS.header_bytes)
    except FileRefusedError as error:
        raise InteropError(f"The front matter of {name} is refused: {error.reason}.") from None
    return (cast("dict[str, Any]", front) if isinstance(front, dict) else {}), text[end.end() :]


def _path(stem: str, front: Mapping[str, Any]) -> str:
    folder, _, name = stem.rpartition("/")
    slug = front.get("slug")
    if isinstance(slug, str) and slug:
        return slug.strip("/") if slug.startswith("/") else posixpath.join(folder, slug)
    if isinstance(front.get("id"), str):
        name = str(front["id"])
    if name.lower() in {"index", "readme"} or name == folder.rpartition("/")[2]:
        return folder
    return posixpath.join(folder, name)


def _tags(tags: object) -> tuple[str, ...]:
    if isinstance(tags, str):
        return tuple(tags.split(","))
    found = cast("list[object]", tags) if isinstance(tags, list) else []
    return tuple(
        str(cast("dict[str, object]", tag).get("label", "")) if isinstance(tag, dict) else str(tag) for tag in found
    )


def _translated(body: str, name: str, unboxed: Callable[[str], str], links: Links) -> str:
    folder = posixpath.dirname(name)
    retarget = partial(_target, folder=folder, links=links)

    def line(text: str) -> str:
        text = _LINK.sub(lambda m: f"{m[1]}[{relabel(m[2])}]({retarget(m[3])}{m[4] or ''})", text)
        text = _DEFINITION.sub(lambda m: f"{m[1]}{retarget(m[2])}{m[3] or ''}", text)
        return _HTML.sub(lambda m: f"{m[1]}{m[2]}{retarget(m[3])}{m[2]}", text)

    def relabel(label: str) -> str:  # an image inside a link
        return _LINK.sub(lambda m: f"{m[1]}[{m[2]}]({retarget(m[3])}{m[4] or ''})", label)

    for pattern, remark in _LEFT:
        for match in pattern.finditer(outside_code(body, lambda text: text, keep_code=False)):
            links.remark(remark.format(match[0].strip()[:60]))
    return outside_code(unboxed(body), line)


def _target(target: str, *, folder: str, links: Links) -> str:
    parts = split(target)
    if parts is None or parts.scheme or parts.netloc or not parts.path:
        return target
    path = unquote(parts.path)
    anchor = f"#{parts.fragment}" if parts.fragment else ""
    absolute = path.startswith("/")
    key = posixpath.normpath(path if absolute else posixpath.join(folder, path))
    for each in (key, key.removeprefix("/"), f"{key.removeprefix('/')}/index", f"{key.removeprefix('/')}/README"):
        found = links.page(each) or links.file(each)
        if found is not None:
            return found + anchor
    links.remark(f"The link to {target} leads nowhere.")
    return target
