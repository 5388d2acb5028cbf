"""A folder of HTML, such as a site made by hand, or an export of another program."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, refusing
from wikijs.core.values.installing import pip_line

from ...markdown.parsing import shown_of_html
from ...model import ForeignPage, InteropError, Links, Remark, Site
from ...pandoc.running import to_markdown
from ..addresses import split
from ..docusaurus import slug
from ..markdown_site import joined
from ..reading import decoded_html

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

SUFFIXES: Final = (".html", ".htm", ".xhtml")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_AROUND: Final = "script, style, noscript, template, nav, iframe, object, embed"
_MAIN: Final = "main, [role=main], article, #content, #main, .content"


def read(source: Path) -> Site:
    """Read a folder, or a single file.

    Raises:
        InteropError: There is no page in it.
    """
    try:
        from bs4 import BeautifulSoup
    except ModuleNotFoundError:
        raise InteropError("Reading HTML needs Beautiful Soup.", hint=pip_line("interop")) from None
    tree = Tree(source.parent if source.is_file() else source)
    site = Site(slug=slug)
    files: dict[str, Path] = {}
    for file in tree.files():
        if not file.name.lower().endswith(SUFFIXES):
            files[file.name] = file.path
            continue
        if source.is_file() and file.path.name != source.name:
            continue
        try:
            content = tree.read(file.name, BOUNDS.text_bytes)
            with refusing(file.name):
                text, problem = decoded_html(content)
                site.remarks += [Remark(file.name, problem)] if problem else []
                site.pages.append(_page(file.name, BeautifulSoup(text, "html.parser"), site))
        except FileRefusedError as error:
            site.remarks.append(Remark(file.name, f"It was left out: {error.reason}."))
    if not site.pages:
        raise InteropError(f"{source} holds no HTML.", hint="Give the folder with the pages.")
    site.files = files
    for page in site.pages:
        site.aliases.setdefault(page.path or "index", page.key)
    return site


def _page(name: str, soup: BeautifulSoup, site: Site) -> ForeignPage:
    body = _body(soup)
    frames = body.select("iframe, object, embed")
    for frame in frames:
        what = frame.get("src") or frame.get("data") or "elsewhere"
        site.remarks.append(Remark(name, f"What is embedded from {what} is not shown."))
    for element in body.select(_AROUND):
        element.decompose()
    heading = body.find("h1")
    title = (
        " ".join((heading or soup.find("title") or body).get_text().split()) if heading or soup.find("title") else ""
    )
    for element in body.select("title"):  # where there is no head it stands among the rest
        element.decompose()
    folder, _, own = posixpath.splitext(name)[0].rpartition("/")
    route = folder if own.lower() in {"index", "default"} else posixpath.join(folder, own)
    return ForeignPage(
        key=name,
        path=route,
        title=title or own.replace("-", " ").replace("_", " ") or "Untitled",
        description=_meta(soup, "description"),
        tags=tuple(tag.strip() for tag in _meta(soup, "keywords").split(",") if tag.strip()),
        translate=partial(_translated, str(body), name),
        raw=str(body),
        visible=partial(shown_of_html, str(body)),
        anchors=partial(tuple[tuple[str, str], ...], _anchors(body)),
    )


def _body(soup: BeautifulSoup) -> Tag:
    """What a page says: its main part where it names one, else all of it."""
    return soup.select_one(_MAIN) or soup.body or soup


def _meta(soup: BeautifulSoup, name: str) -> str:
    found = soup.find("meta", attrs={"name": name})
    return " ".join(str(found.get("content", "")).split()) if found else ""


def _anchors(body: Tag) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for heading in body.select("h1, h2, h3, h4, h5, h6"):
        for element in (heading, *heading.select("[id], [name]")):
            found += [(str(element[key]), heading.get_text()) for key in ("id", "name") if element.get(key)]
    return found


def _translated(html: str, name: str, links: Links) -> str:
    return to_markdown(html, "html", rewrite=partial(_target, name=name, links=links), remark=links.remark)


def _target(target: str, is_image: bool, *, name: str, links: Links) -> str | None:
    parts = split(target)
    if parts is None or _SCHEME.match(target):
        return target
    path = unquote(parts.path)
    if not path:
        return links.anchor("", parts.fragment) or None
    beside = joined("" if path.startswith("/") else posixpath.dirname(name), path)
    for each in (beside, posixpath.join(beside, "index.html"), posixpath.join(beside, "index.htm")):
        if not is_image and (page := links.page(each)) is not None:
            return page + links.anchor(each, parts.fragment)
        if (found := links.file(each)) is not None:
            return found
    links.remark(
        f"The {'image' if is_image else 'link to'} {target} {'is not there' if is_image else 'leads nowhere'}."
    )
    return target if is_image else None
