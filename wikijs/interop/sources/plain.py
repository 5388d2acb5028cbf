"""A plain folder of Markdown, as GitHub and GitLab show it: links between the files, READMEs for folders."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from wikijs.core.files import Tree

from ..markdown.callouts import without_callouts, without_heads
from ..model import Site
from .docusaurus import slug
from .markdown_site import SUFFIXES, Flavour, joined, read_site

_INDEXES = ("index", "readme")


def read(source: Path) -> Site:
    """Read a folder.

    Raises:
        InteropError: There are no pages.
    """
    root = Tree(source)
    names = {posixpath.splitext(file.name)[0].lower() for file in root.files() if file.name.lower().endswith(SUFFIXES)}
    return read_site(
        root,
        Flavour(
            route=partial(_route, names),
            prepared=_prepared,
            plain=without_heads,
            candidates=_candidates,
            slug=slug,
            number="{}-{}".format,
            hides=lambda name: "node_modules" in name.split("/"),
        ),
    )


def _route(names: set[str], name: str, front: Mapping[str, object]) -> str:
    """A folder's own page is its index, or its README where there is no index."""
    folder, _, own = posixpath.splitext(name)[0].rpartition("/")
    is_index = own.lower() == "index" or (own.lower() == "readme" and posixpath.join(folder, "index") not in names)
    return folder if is_index else posixpath.join(folder, own)


def _candidates(name: str, route: str, path: str, kind: str) -> list[str]:
    beside = joined("" if path.startswith("/") else posixpath.dirname(name), path)
    bare = beside.removesuffix(".html")
    return [beside, bare, *(posixpath.join(bare, index) for index in _INDEXES), joined("", path)]


def _prepared(body: str, remark: Callable[[str], None]) -> str:
    return without_callouts(body)
