"""Confluence: a space exported as HTML."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, refusing
from wikijs.core.values.installing import pip_line

from ..markdown.parsing import shown_of_html
from ..model import ForeignPage, InteropError, Links, Remark, Site
from ..pandoc.running import to_markdown
from .addresses import confluence_page, split
from .emoticons import sign
from .reading import decoded_html

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CLASSES: Final = {
    "confluence-information-macro-information": "is-info",
    "confluence-information-macro-note": "is-warning",
    "confluence-information-macro-warning": "is-danger",
    "confluence-information-macro-tip": "is-success",
}
"""Boxes, and the class that Wiki.js gives a quotation for the same."""
_KNOWN: Final = {"info", "note", "warning", "tip", "code", "panel", "expand", "toc", "noformat", "anchor", "status"}
_BY_NUMBER: Final = re.compile(r"(?:.*_)?\d+\.html")
"""Names of pages in an export: title and number, or the number alone."""
_NUMBER: Final = re.compile(r"(?:^|_)(\d+)\.html$")
_ID: Final = "wjs-id:"
"""What the number of a page is called by among the names of pages."""
_MOST_NAMED: Final = 5
_FRAME: Final = "#main-header, #breadcrumb-section, .page-metadata, #footer, .pageSection"
"""What stands around the content of a page."""
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def read(source: Path) -> Site:
    """Read the folder of an export.

    Raises:
        InteropError: There is no page in it.
    """
    try:
        from bs4 import BeautifulSoup
    except ModuleNotFoundError:
        raise InteropError("Reading HTML needs Beautiful Soup.", hint=pip_line("interop")) from None
    tree = Tree(source)
    pages: dict[str, BeautifulSoup] = {}
    remarks: list[Remark] = []
    for file in tree.files():
        if "/" in file.name or not file.name.endswith(".html") or file.name == "index.html":
            continue
        try:
            content = tree.read(file.name, BOUNDS.text_bytes)
            with refusing(file.name):
                text, problem = decoded_html(content)
                soup = BeautifulSoup(text, "html.parser")
                is_page = soup.select_one("#main-content") or _BY_NUMBER.fullmatch(file.name)
        except FileRefusedError as error:
            remarks.append(Remark(file.name, f"It was left out: {error.reason}."))
            continue
        if is_page:
            pages[file.name] = soup
            remarks += [Remark(file.name, problem)] if problem else []
    if not pages:
        raise InteropError(f"{source} holds no page of Confluence.", hint="Give the folder of an HTML export.")
    files = {file.name: file.path for folder in ("attachments", "images") for file in tree.files(folder)}
    titles = {name: _title(soup, name) for name, soup in pages.items()}
    remarks += [Remark(name, text) for name, soup in pages.items() for text in _beside(soup)]
    return Site(
        pages=[_page(name, soup, titles) for name, soup in pages.items()],
        files=files,
        aliases={f"{_ID}{match[1]}": name for name in pages if (match := _NUMBER.search(name))},
        remarks=remarks,
        slug=_slug,
    )


def _page(name: str, soup: BeautifulSoup, titles: dict[str, str]) -> ForeignPage:
    body = _body(soup)
    for element in body.select("style, script, .toc-macro, .confluence-information-macro-icon, .expand-control-icon"):
        element.decompose()
    for image in body.select("img.emoticon"):
        called = str(image.get("data-emoticon-name", ""))
        image.replace_with(sign(called, str(image.get("data-emoji-fallback", "")), str(image.get("alt", ""))))
    return ForeignPage(
        key=name,
        path="/".join([*_above(soup, titles), titles[name].replace("/", "-")]),
        title=titles[name],
        tags=tuple(label.get_text(strip=True) for label in soup.select("#labels-section .label a, .label-list a")),
        # The tree is changed while it is translated: what was in it is asked before.
        translate=partial(_translated, soup),
        raw=str(body),
        visible=partial(shown_of_html, str(body)),
        anchors=partial(tuple[tuple[str, str], ...], _anchors(body)),
    )


def _body(soup: BeautifulSoup) -> Tag:
    """The content of a page; a page that is none but a folder for others has nothing but what stands around it."""
    main = soup.select_one("#main-content")
    if main is None:
        main = soup.select_one("#content") or soup.body or soup
        for element in main.select(_FRAME):
            element.decompose()
    return main


def _beside(soup: BeautifulSoup) -> list[str]:
    """What an export shows below the content of a page, and what is left out here."""
    main = soup.select_one("#main-content")
    shown = str(main) if main is not None else ""
    found: list[str] = []
    listed = soup.select(".pageSection a[href^='attachments/']")
    left = [link.get_text(" ", strip=True) for link in listed if str(link.get("href", "")) not in shown]
    if named := list(dict.fromkeys(name for name in left if name)):
        more = f" and {len(named) - _MOST_NAMED} others" if len(named) > _MOST_NAMED else ""
        found.append(f"Attachments that its text does not show were left out: {', '.join(named[:_MOST_NAMED])}{more}.")
    heading = soup.select_one(".pageSection #comments")
    section = heading.find_parent(class_="pageSection") if heading is not None else None
    if section is not None and (comments := len(section.select("td[id^='comment-'], .comment"))):
        found.append(f"Its comments were left out: {comments}.")
    return found


def _title(soup: BeautifulSoup, name: str) -> str:
    found = soup.select_one("#title-text") or soup.find("title")
    text = " ".join(found.get_text().split()) if found else ""
    plain = text.partition(" : ")[2] or text  # the name of the space stands in front
    return plain or re.sub(r"_\d+$", "", name.removesuffix(".html")).replace("-", " ") or "Untitled"


def _above(soup: BeautifulSoup, titles: dict[str, str]) -> list[str]:
    """Titles of the pages above, without the space."""
    names = [str(link.get("href", "")) for link in soup.select("#breadcrumbs a")]
    return [titles[name].replace("/", "-") for name in names if name in titles]


def _anchors(body: Tag) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for heading in body.select("h1, h2, h3, h4, h5, h6"):
        for element in (heading, *heading.select("[id], [name]")):
            found += [(str(element[key]), heading.get_text()) for key in ("id", "name") if element.get(key)]
    return found


def _slug(text: str) -> str:
    """Headings are called by their text without spaces, behind the title of the page."""
    return "".join(text.rpartition("-")[2].split())


def _translated(soup: BeautifulSoup, links: Links) -> str:
    body = _body(soup)
    for macro in body.select("[data-macro-name]"):
        if macro["data-macro-name"] not in _KNOWN:
            links.remark(f"The macro {macro['data-macro-name']} became plain text.")
    for frame in body.select("iframe, object, embed"):
        links.remark(f"What is embedded from {frame.get('src') or frame.get('data') or 'elsewhere'} is not shown.")
    for task in body.select("ul.inline-task-list > li"):
        task.insert(0, "\u2612 " if "checked" in task.get_attribute_list("class") else "\u2610 ")
    for image in body.select("img"):
        _picture(image)
    for code in body.select("pre"):
        if language := re.search(r"brush:\s*([\w#+-]+)", str(code.get("data-syntaxhighlighter-params", ""))):
            code["class"] = language[1]
    for table in body.select("table"):
        _head(soup, table)
    for heading in body.select(".panelHeader, .codeHeader, .expand-control-text"):
        heading.name = "p"
    boxes = [_boxed(soup, box, number) for number, box in enumerate(body.select("div.confluence-information-macro"))]
    text = to_markdown(body.decode_contents(), "html", rewrite=partial(_target, links=links), remark=links.remark)
    for mark, name in boxes:  # right below the quotation it belongs to
        text = re.sub(rf"\n(?:[ >]{{0,40}}\n){{0,4}}([ >]{{0,40}}){mark}", rf"\n\1{{.{name}}}", text)
    return text


def _head(soup: BeautifulSoup, table: Tag) -> None:
    """Make a first row of nothing but headings the head of its table."""
    row = table.find("tr")
    if row is None or table.find("thead") or row.find_parent("table") is not table:
        return
    cells = row.find_all(["th", "td"], recursive=False)
    if cells and all(cell.name == "th" for cell in cells):
        head = soup.new_tag("thead")
        head.append(row.extract())
        columns = table.find_all(["colgroup", "caption"], recursive=False)
        (columns[-1].insert_after if columns else partial(table.insert, 0))(head)


def _picture(image: Tag) -> None:
    """A picture without a text says its name."""
    if not image.get("alt"):
        name = unquote(str(image.get("src", "")).partition("?")[0]).rpartition("/")[2]
        image["alt"] = str(image.get("data-linked-resource-default-alias") or name)


def _target(target: str, is_image: bool, *, links: Links) -> str | None:
    # The export leaves addresses of the old server as they are; they name the page by its number.
    number = "" if is_image else confluence_page(target)
    parts = split(target)
    if number and parts is not None and (page := links.page(_ID + number)) is not None:
        return page + links.anchor(_ID + number, parts.fragment)
    if parts is None or _SCHEME.match(target):
        return target
    name = unquote(parts.path)
    if not name:
        return links.anchor("", parts.fragment) or None
    page = None if is_image else links.page(name)
    found = page + links.anchor(name, parts.fragment) if page is not None else links.file(name)
    if found is None:
        links.remark(f"The image {name} is not in the export." if is_image else f"The link to {name} leads nowhere.")
        found = target if is_image else None
    return found


def _boxed(soup: BeautifulSoup, box: Tag, number: int) -> tuple[str, str]:
    """Make a box a quotation with a mark behind it, which becomes the line with its class."""
    classes = box.get_attribute_list("class")
    name = next((_CLASSES[str(each)] for each in classes if str(each) in _CLASSES), "is-info")
    mark = f"wjsbox{number}end"
    box.name = "blockquote"
    line = soup.new_tag("p")
    line.string = mark
    box.insert_after(line)
    return mark, name
