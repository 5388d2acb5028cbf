"""Confluence: a space exported as HTML."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, Tree, refusing

from .addresses import split
from .model import ForeignPage, InteropError, Links, Site

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CLASSES: Final = {
    "confluence-information-macro-information": "is-info",
    "confluence-information-macro-note": "is-warning",
    "confluence-information-macro-warning": "is-danger",
    "confluence-information-macro-tip": "is-success",
}
"""Boxes, and the class that Wiki.js gives a quotation for the same."""
_KNOWN: Final = {"info", "note", "warning", "tip", "code", "panel", "expand", "toc"}


def read(source: Path) -> Site:
    """Read the folder of an export.

    Raises:
        InteropError: There is no page in it.
    """
    try:
        from bs4 import BeautifulSoup
    except ModuleNotFoundError:
        raise InteropError("Reading HTML needs markdownify.", hint='pip install "py-wikijs[interop]"') from None
    tree = Tree(source)
    pages: dict[str, BeautifulSoup] = {}
    for file in tree.files():
        if "/" not in file.name and file.name.endswith(".html") and file.name != "index.html":
            content = tree.read(file.name, BOUNDS.text_bytes)
            with refusing(file.name):
                soup = BeautifulSoup(content, "html.parser")
                if soup.select_one("#main-content"):
                    pages[file.name] = soup
    if not pages:
        raise InteropError(f"{source} holds no page of Confluence.", hint="Give the folder of an HTML export.")
    files = {file.name: file.path for folder in ("attachments", "images") for file in tree.files(folder)}
    titles = {name: _title(soup) for name, soup in pages.items()}
    return Site(
        pages=[
            ForeignPage(
                key=name,
                path="/".join([*_above(soup, titles), titles[name].replace("/", "-")]),
                title=titles[name],
                tags=tuple(
                    label.get_text(strip=True) for label in soup.select("#labels-section .label a, .label-list a")
                ),
                translate=partial(_translated, soup),
            )
            for name, soup in pages.items()
        ],
        files=files,
    )


def _title(soup: BeautifulSoup) -> str:
    found = soup.select_one("#title-text") or soup.find("title")
    text = " ".join(found.get_text().split()) if found else "Untitled"
    return text.partition(" : ")[2] or text  # the name of the space stands in front


def _above(soup: BeautifulSoup, titles: dict[str, str]) -> list[str]:
    """Titles of the pages above, without the space."""
    names = [str(link.get("href", "")) for link in soup.select("#breadcrumbs a")]
    return [titles[name].replace("/", "-") for name in names if name in titles]


def _translated(soup: BeautifulSoup, links: Links) -> str:
    from markdownify import MarkdownConverter

    body = soup.select_one("#main-content")
    assert body is not None  # noqa: S101  pages without one were left out
    for link in body.select("a[href]"):
        _relink(link, links)
    for image in body.select("img"):
        _reimage(image, links)
    for macro in body.select("[data-macro-name]"):
        if macro["data-macro-name"] not in _KNOWN:
            links.remark(f"The macro {macro['data-macro-name']} became plain text.")
    boxes = [_boxed(box) for box in body.select("div.confluence-information-macro")]
    converter = MarkdownConverter(heading_style="ATX", bullets="-", code_language_callback=_language)
    with refusing("The page"):
        text = str(converter.convert_soup(body))
    for mark, name in boxes:
        text = re.sub(rf"(?<!\s)\s*+{mark}", f"\n{{.{name}}}\n", text)  # right below the quotation it belongs to
    return re.sub(r"\n{3,}", "\n\n", text)


def _relink(link: Tag, links: Links) -> None:
    target = split(str(link["href"]))
    if target is None or target.scheme or target.netloc:
        return
    name = unquote(target.path)
    anchor = f"#{target.fragment}" if target.fragment else ""
    if not name:
        return
    found = links.page(name) or links.file(name)
    if found is None:
        links.remark(f"The link to {name} leads nowhere.")
        link.unwrap()
    else:
        link["href"] = found + anchor


def _reimage(image: Tag, links: Links) -> None:
    source = split(str(image.get("src", "")))
    if source is None or source.scheme or source.netloc:
        return
    name = unquote(source.path)
    found = links.file(name)
    if found is None:
        links.remark(f"The image {name} is not in the export.")
        return
    image["src"] = found
    if not image.get("alt"):
        image["alt"] = name.rpartition("/")[2]


def _boxed(box: Tag) -> tuple[str, str]:
    """Make a box a quotation with a mark behind it, which becomes the line with its class."""
    classes = box.get_attribute_list("class")
    name = next((_CLASSES[str(each)] for each in classes if str(each) in _CLASSES), "is-info")
    mark = f"BOX{id(box)}END"
    box.name = "blockquote"
    for icon in box.select(".confluence-information-macro-icon"):
        icon.decompose()
    box.insert_after(mark)
    return mark, name


def _language(element: Any) -> str | None:
    found = re.search(r"brush:\s*([\w#+-]+)", str(element.get("data-syntaxhighlighter-params", "")))
    return found[1] if found else None
