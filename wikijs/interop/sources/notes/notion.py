"""Notion: an export as Markdown and CSV, with ids in the names of files, and databases as tables."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wikijs.core.files import FileRefusedError, Tree, refusing
from wikijs.core.values.code import outside_code

from ...markdown.lines import quoted
from ...markdown.signs import without_pictures
from ...model import ForeignPage, Links, Remark, Site
from ..docusaurus import slug
from ..markdown_site import Flavour, joined, read_site
from ..reading import page_text

_ID: Final = re.compile(r"[ _-]?\b[0-9a-f]{32}\b|[ _-][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_FENCE: Final = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ASIDE: Final = re.compile(r"^(?P<margin>[ \t]*)<aside>[ \t]*(?P<rest>.*)$")
_HASH: Final = re.compile(r"(?<=\]\()([^()\s#]*+)#(?=[^()\s]*[0-9a-f]{32})")
"""A hash in the name of a file, which Notion leaves as it is in links."""
_MOST_ROWS: Final = 2_000
_ALL: Final = "_all.csv"


def read(source: Path) -> Site:
    """Read the folder of an export.

    Raises:
        InteropError: There are no pages in it.
    """
    root = Tree(source)
    site = read_site(
        root,
        Flavour(
            route=_route,
            prepared=_prepared,
            plain=_plain,
            candidates=_candidates,
            slug=slug,
            number="{}-{}".format,
        ),
    )
    tables = sorted(name for name in site.files if name.lower().endswith(".csv"))
    keys = {_without_id(page.key): page.key for page in site.pages}
    for name in tables:
        whole = f"{name[: -len('.csv')]}{_ALL}"
        if name.endswith(_ALL) and f"{name[: -len(_ALL)]}.csv" in site.files:
            continue  # the same with the rows that a view hides: taken in its place
        _add_table(root, site, name, whole if whole in site.files else name, keys)
    return site


def _without_id(name: str) -> str:
    """The name of a file, or of folders, without the ids."""
    return "/".join(_ID.sub("", part).strip() or part for part in name.split("/"))


def _route(name: str, front: Mapping[str, object]) -> str:
    return _without_id(posixpath.splitext(name)[0])


def _candidates(name: str, route: str, path: str, kind: str) -> list[str]:
    beside = joined(posixpath.dirname(name), path)
    return [beside, joined("", path)]


def _prepared(body: str, remark: Callable[[str], None]) -> str:
    """Boxes as those of Wiki.js: Notion writes them as elements, with Markdown in them."""
    lines: list[str] = []
    inside: list[str] | None = None
    fence = margin = ""
    for line in outside_code(body, lambda text: without_pictures(_HASH.sub(r"\1%23", text))).split("\n"):
        if (mark := _FENCE.match(line)) and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        begun = _ASIDE.match(line) if inside is None and not fence else None
        if begun is not None:
            inside, margin = [begun["rest"]], begun["margin"]
        elif inside is not None and line.strip() == "</aside>":
            lines += [*quoted("", "info", "", inside), ""]
            inside = None
        elif inside is not None:
            inside.append(line.removeprefix(margin).rstrip())
        else:
            lines.append(line)
    return "\n".join([*lines, *(inside or ())])


def _plain(body: str) -> str:
    return outside_code(body, lambda line: "" if line.strip() in {"<aside>", "</aside>"} else line)


def _add_table(root: Tree, site: Site, name: str, source: str, keys: Mapping[str, str]) -> None:
    """A database becomes a page with a table, whose first column leads to the pages of its rows."""
    try:
        text = page_text(root, source, site, name)
        with refusing(name, "it is no table"):
            rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    except FileRefusedError as error:
        site.remarks.append(Remark(name, f"It was left out: {error.reason}."))
        return
    if not rows:
        return
    if len(rows) > _MOST_ROWS:
        site.remarks.append(Remark(name, f"Of its {len(rows) - 1} rows only the first {_MOST_ROWS - 1} are shown."))
    route = _without_id(name[: -len(".csv")])
    title = route.rpartition("/")[2]
    site.pages.append(
        ForeignPage(
            key=name,
            path=route,
            title=title,
            translate=partial(_table, rows[:_MOST_ROWS], route, keys),
            raw=text,
            visible=lambda: " ".join(cell for row in rows[:_MOST_ROWS] for cell in row),
        )
    )


def _table(rows: list[list[str]], route: str, keys: Mapping[str, str], links: Links) -> str:
    width = max(len(row) for row in rows)
    lines: list[str] = []
    for number, row in enumerate(rows):
        cells = [_cell(cell) for cell in [*row, *[""] * (width - len(row))]]
        key = keys.get(f"{route}/{row[0].strip()}.md") if number and row else None
        address = links.page(key) if key else None
        if address is not None and cells[0]:
            cells[0] = f"[{cells[0]}]({quote(address, '/-_.~')})"
        lines.append(f"| {' | '.join(cells)} |")
        if not number:
            lines.append(f"|{'---|' * width}")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text that stays in its cell, and is no markup."""
    plain = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text.strip())
    return "<br>".join(plain.splitlines())
