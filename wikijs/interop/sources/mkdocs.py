"""MkDocs: a project with `mkdocs.yml`, and Material's boxes, tabs, marks and keys."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from wikijs.core.files import Tree, load_yaml
from wikijs.core.files.data import safe_loader
from wikijs.core.values.code import outside_code
from wikijs.transfer import header

from ..markdown.lines import untabbed, without_indented_boxes
from ..model import InteropError, Site
from .markdown_site import Flavour, joined, read_site, without_code

_CONFIGURATIONS: Final = ("mkdocs.yml", "mkdocs.yaml")
_LEFT: Final = (
    (re.compile(r"-{1,5}8<-{1,5}(?!-).*"), "A snippet was not included: {}"),
    (re.compile(r"\{%(?:[^%{\n]|%(?!\})|\{(?!%))*+%\}"), "A macro was left as it is: {}"),
    (re.compile(r"^[ \t]*+:::[ \t]++[\w.]++[ \t]*+$", re.MULTILINE), "Documentation made of code was not made: {}"),
    (re.compile(r"(?<![\w:]):(?:material|fontawesome|octicons|simple)-[\w-]++:"), "An icon was left as it is: {}"),
)
_MARK: Final = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]*[^\s=])==(?![=\w])")
_KEYS: Final = re.compile(r"(?<![+\w])\+\+([\w\"-]++(?:\+[\w\"-]++)*+)\+\+(?![+\w])")
_ATTRIBUTES: Final = re.compile(r"\{:[ \t]*+([^{}\n]++)\}")
_CONTENTS: Final = re.compile(r"^\[TOC\][ \t]*$", re.MULTILINE)
_FACT: Final = re.compile(r"^ {0,3}([A-Za-z0-9_-]+):[ \t]*(.*?)[ \t]*$")
_FACTS: Final = frozenset({"title", "description", "summary", "author", "authors", "date", "tags", "template", "draft"})
_HEAD: Final = re.compile(r'^[\s>]*+(?:(?:!!!|\?\?\?\+?)\s*+([\w-]*+)[^"\n]*+|===[!+]?\s++)(?:"(.*)")?\s*+$')


def read(source: Path) -> Site:
    """Read a project, its configuration, or its folder of documents.

    Raises:
        InteropError: There are no pages.
    """
    if source.is_file() and source.suffix not in {".yml", ".yaml"}:
        raise InteropError(f"{source} is no configuration of MkDocs.", hint="Give mkdocs.yml, or the project's folder.")
    root = Tree(source.parent if source.is_file() else source)
    names = [source.name] if source.is_file() else [name for name in _CONFIGURATIONS if root.is_file(name)]
    settings: dict[str, Any] = {}
    if names:
        loaded = load_yaml(root.text(names[0]), name=names[0], loader=loader())
        settings = cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}
    wanted = str(settings.get("docs_dir", "docs"))
    docs = root.below(wanted) if root.place(wanted).is_dir() else root
    flavour = Flavour(
        route=_route,
        prepared=prepared_text,
        plain=plain_text,
        candidates=partial(_candidates, by_address=settings.get("use_directory_urls") is not False),
        slug=slug,
        number="{}_{}".format,
        titles=dict(_titles(settings.get("nav"))),
        front=_front,
    )
    return read_site(docs, flavour)


def loader() -> Any:
    """How YAML of MkDocs is read."""

    class Loader(safe_loader()):  # type: ignore[misc]
        """Takes tags of Python for nothing: names of functions, which only MkDocs can call."""

    def nothing(loader: object, suffix: str, node: object) -> None:
        """What stands for a function."""

    cast("Any", Loader).add_multi_constructor("", nothing)
    return Loader


def _titles(entries: object) -> Iterator[tuple[str, str]]:
    """Titles of the navigation by file."""
    for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            for title, target in cast("dict[str, object]", entry).items():
                if isinstance(target, str):
                    yield target, " ".join(str(title).split())
                else:
                    yield from _titles(target)


def _front(text: str) -> header.FrontMatter:
    """What MkDocs takes for facts about a page: front matter, and lines of MultiMarkdown, up to the first empty one."""
    found = header.front_matter(text)
    lines = text.split("\n")
    if found.fields or found.problem or found.body != text or not _FACT.match(lines[0]):
        return found
    fields: dict[str, str] = {}
    key = ""
    for number, line in enumerate(lines):
        fact = _FACT.match(line)
        if fact:
            key = fact[1].lower()
            fields[key] = f"{fields[key]}, {fact[2]}" if key in fields else fact[2]
        elif line.startswith(("    ", "\t")) and line.strip():
            fields[key] = f"{fields[key]}, {line.strip()}" if fields[key] else line.strip()
        else:
            body = "\n".join(lines[number + (not line.strip()) :])
            break
    else:
        body = ""
    # MkDocs shows none of it whatever the lines say; here a text that only looks like facts stays one.
    return header.FrontMatter(dict(fields), body) if _FACTS & fields.keys() else found


def _route(name: str, front: Mapping[str, object]) -> str:
    folder, _, own = posixpath.splitext(name)[0].rpartition("/")
    return folder if own.lower() in {"index", "readme"} else posixpath.join(folder, own)


def slug(text: str) -> str:
    """The id that Python-Markdown gives a heading."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _candidates(name: str, route: str, path: str, kind: str, *, by_address: bool) -> list[str]:
    beside = joined(posixpath.dirname(name), path)
    # MkDocs leaves addresses in HTML alone: browsers read them from the page's own address, which ends in a slash.
    below = joined(route, path) if by_address else beside
    first = [below, beside] if kind == "html" else [beside, below]
    return [
        *first,
        *(posixpath.join(each, "index") for each in first),
        *(each for path in first for each in _bare(path)),
    ]


def prepared_text(body: str, remark: Callable[[str], None]) -> str:
    bare = without_code(body)
    for pattern, sentence in _LEFT:
        for match in pattern.finditer(bare):
            remark(sentence.format(match[0].strip()[:60]))
    return outside_code(_CONTENTS.sub("", without_indented_boxes(body)), _marked)


def _bare(path: str) -> list[str]:
    """An address of the built site as one without its ending."""
    return [path.removesuffix(".html")] if path.endswith(".html") else []


def _marked(line: str) -> str:
    line = _ATTRIBUTES.sub(lambda match: f"{{{match[1].rstrip()}}}", _MARK.sub(r"<mark>\1</mark>", line))
    return _KEYS.sub(lambda match: "+".join(f"<kbd>{key}</kbd>" for key in match[1].split("+")), line)


def plain_text(body: str) -> str:
    """All at the left margin, so that no indentation makes code of text; heads of boxes as what they show."""
    lines: list[str] = []
    for line in body.split("\n"):
        head = _HEAD.match(line)
        if head is None:
            lines.append(untabbed(line).lstrip())
        else:
            lines += ["", head[2] if head[2] is not None else head[1] or "", ""]
    return _CONTENTS.sub("", "\n".join(lines))
