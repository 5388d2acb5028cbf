"""MkDocs and Docusaurus: folders of Markdown with front matter, relative links, and boxes of their own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from .markdown_text import outside_code, without_colon_boxes, without_indented_boxes
from .model import ForeignPage, InteropError, Links, Site

_FRONT: Final = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_HEADING: Final = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*\n")
_LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^()\s>]+(?:\([^()]*\))?[^()\s>]*)>?(\s+[^)]*)?\)")
_DEFINITION: Final = re.compile(r"^(\s{0,3}\[[^\]]+\]:\s*)<?(\S+?)>?(\s.*)?$")
_HTML: Final = re.compile(r"""(<(?:img|a)\b[^>]*?\b(?:src|href)=)(["'])([^"']+)\2""", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\d+[-_. ]+(?=\D)")
_SUFFIXES: Final = {".md", ".mdx", ".markdown"}
_LEFT: Final = (
    (re.compile(r"^\s*(?:import|export)\s.+", re.MULTILINE), "Code of MDX was left as it is: {}"),
    (re.compile(r"^\s*<[A-Z]\w*[\s/>]", re.MULTILINE), "A component was left as it is: {}"),
    (re.compile(r"--8<--.*"), "A snippet was not included: {}"),
    (re.compile(r"\{%.*?%\}"), "A macro was left as it is: {}"),
)


def read_mkdocs(source: Path) -> Site:
    """Read a project with mkdocs.yml, or its folder of documents.

    Raises:
        InteropError: There are no pages.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        """Takes tags of Python for nothing: names of functions, which only MkDocs can call."""

    def nothing(loader: object, suffix: str, node: object) -> None:
        """What stands for a function."""

    cast("Any", Loader).add_multi_constructor("", nothing)
    root = source.parent if source.is_file() else source
    settings: dict[str, Any] = {}
    config = source if source.is_file() else source / "mkdocs.yml"
    if config.is_file():
        try:
            # A loader that makes nothing but plain data, as `safe_load` uses.
            settings = yaml.load(config.read_text(encoding="utf-8"), Loader) or {}  # noqa: S506
        except (yaml.YAMLError, UnicodeDecodeError):
            raise InteropError(f"{config} is no YAML.") from None
    docs = root / str(settings.get("docs_dir", "docs"))
    docs = docs if docs.is_dir() else root
    titles = dict(_nav(settings.get("nav")))
    return _site(docs, titles=titles, keeps_numbers=True, unboxed=without_indented_boxes)


def read_docusaurus(source: Path) -> Site:
    """Read a project, or its folder `docs`.

    Raises:
        InteropError: There are no pages.
    """
    docs = source / "docs" if (source / "docs").is_dir() else source
    static = docs.parent / "static"
    site = _site(docs, titles={}, keeps_numbers=False, unboxed=without_colon_boxes)
    shared = {f"/{file.relative_to(static).as_posix()}": file for file in static.rglob("*") if file.is_file()}
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


def _site(docs: Path, *, titles: Mapping[str, str], keeps_numbers: bool, unboxed: Callable[[str], str]) -> Site:
    site = Site()
    files: dict[str, Path] = {}
    for file in sorted(docs.rglob("*")) if docs.is_dir() else []:
        name = file.relative_to(docs).as_posix()
        if not file.is_file() or any(part.startswith((".", "_")) for part in name.split("/")):
            continue
        if file.suffix.lower() in _SUFFIXES:
            site.pages.append(_page(file, name, titles.get(name), keeps_numbers=keeps_numbers, unboxed=unboxed))
        else:
            files[name] = file
    if not site.pages:
        raise InteropError(f"{docs} holds no Markdown.", hint="Give the folder of the project, or of its documents.")
    site.files = files
    for page in site.pages:  # links may leave the extension out
        site.aliases.setdefault(posixpath.splitext(page.key)[0], page.key)
    return site


def _page(
    file: Path, name: str, title: str | None, *, keeps_numbers: bool, unboxed: Callable[[str], str]
) -> ForeignPage:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InteropError(f"{file} is no text in UTF-8.") from None
    front, body = _front(text, file)
    heading = _HEADING.match(body)
    stem = posixpath.splitext(name)[0]
    path = _path(stem if keeps_numbers else "/".join(_NUMBER.sub("", part) for part in stem.split("/")), front)
    shown = (
        front.get("title")
        or title
        or (heading and heading[1])
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


def _front(text: str, file: Path) -> tuple[dict[str, Any], str]:
    import yaml

    found = _FRONT.match(text)
    if not found:
        return {}, text
    try:
        front = yaml.safe_load(found[1])
    except yaml.YAMLError:
        raise InteropError(f"The front matter of {file} is no YAML.") from None
    return (cast("dict[str, Any]", front) if isinstance(front, dict) else {}), text[found.end() :]


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
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
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
