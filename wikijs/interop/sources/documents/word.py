"""Word: documents (.docx) become pages, by pandoc; their images are put beside them before."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, refusing

from ...model import ForeignPage, InteropError, Links, Remark, Site
from ...pandoc.running import from_tree, run_pandoc
from ...pandoc.tree import Node, short
from ..docusaurus import slug
from .said import Said, said

SUFFIX: Final = ".docx"
_FORMAT: Final = "docx"


def read(source: Path) -> Site:
    """Read a folder of documents, images beside them in folders named `<document>.media`.

    Raises:
        InteropError: There is no document in it, or no pandoc.
    """
    tree = Tree(source)
    site = Site(slug=slug)
    files: dict[str, Path] = {}
    for file in tree.files():
        if not file.name.lower().endswith(SUFFIX):
            files[file.name] = file.path
            continue
        try:
            content = tree.read(file.name, BOUNDS.file_bytes)
            with refusing(file.name, "it is no document of Word"):
                spoken = said(content)
                document = json.loads(run_pandoc(content, _FORMAT, "json"))
                site.pages.append(_page(file.name, document, spoken.text))
            site.remarks += [Remark(file.name, sentence) for sentence in _left_out(spoken, document)]
        except FileRefusedError as error:
            site.remarks.append(Remark(file.name, f"It was left out: {error.reason}."))
    if not site.pages:
        raise InteropError(f"{source} holds no document of Word that can be read.", hint="Give .docx files.")
    site.files = files
    return site


def _left_out(spoken: Said, document: dict[str, Any]) -> Iterator[str]:
    """Sentences about what a page has no place for."""
    if (lacking := spoken.pictures - _pictures(document["blocks"])) > 0:
        yield f"Images that pandoc does not find in the document, or that lie outside of it, are missing: {lacking}."
    if any(letter.isalpha() for letter in spoken.around):
        yield f"What stands at the head and the foot of its pages was left out: {short(spoken.around)}."
    if spoken.struck:
        yield f"Text that was deleted while changes were tracked was left out: {short(spoken.struck)}."
    if spoken.comments:
        yield f"Its comments were left out: {spoken.comments}."


def _page(name: str, tree: dict[str, Any], text: str) -> ForeignPage:
    route = posixpath.splitext(name)[0]
    return ForeignPage(
        key=name,
        path=route,
        title=_title(tree) or posixpath.basename(route).replace("_", " "),
        translate=partial(_translated, tree, name),
        raw=text,
        visible=lambda: text,
    )


def _title(tree: dict[str, Any]) -> str:
    """The title that the document names, else its first heading of level 1."""
    named = tree.get("meta", {}).get("title", {}).get("c")
    heading = next((node["c"][2] for node in tree["blocks"] if node["t"] == "Header" and node["c"][0] == 1), None)
    for inlines in (named, heading):
        if isinstance(inlines, list) and (text := " ".join(_text(inlines).split())):
            return text
    return ""


def _text(node: Any) -> str:
    """The text of a part of pandoc's tree."""
    if isinstance(node, list):
        return "".join(map(_text, cast("list[Any]", node)))  # type: ignore[redundant-cast]  # pyright sees no type
    if not isinstance(node, dict):
        return ""
    known = cast("dict[str, Any]", node)
    if known.get("t") in {"Space", "SoftBreak", "LineBreak"}:
        return " "
    return str(known.get("c")) if known.get("t") == "Str" else _text(known.get("c"))


def _pictures(node: Any) -> int:
    """How many images a part of pandoc's tree shows."""
    if isinstance(node, list):
        counts: list[int] = [_pictures(each) for each in cast("list[Any]", node)]  # type: ignore[redundant-cast]
        return sum(counts)
    if not isinstance(node, dict):
        return 0
    known = cast("dict[str, Any]", node)
    return int(known.get("t") == "Image") + _pictures(known.get("c"))


def _front(meta: dict[str, Any]) -> list[Node]:
    """What pandoc takes from the top of a document for facts about it, as the paragraphs that they are."""
    blocks: list[Node] = []
    for name in ("subtitle", "author", "date", "abstract"):
        value = meta.get(name, {})
        for part in value["c"] if value.get("t") == "MetaList" else [value]:
            if part.get("t") == "MetaInlines":
                blocks.append({"t": "Para", "c": part["c"]})
            elif part.get("t") == "MetaBlocks":
                blocks += part["c"]
    return blocks


def _translated(tree: dict[str, Any], name: str, links: Links) -> str:
    return from_tree(
        [*_front(tree.get("meta", {})), *tree["blocks"]],
        rewrite=partial(_target, name=name, links=links),
        remark=links.remark,
    )


def _target(target: str, is_image: bool, *, name: str, links: Links) -> str | None:
    if not is_image:
        return (links.anchor("", target[1:]) or None) if target.startswith("#") else target
    found = links.file(f"{name}.media/{posixpath.basename(target)}")
    if found is None:
        links.remark(f"The image {target} is not in the document.")
    return found or target
