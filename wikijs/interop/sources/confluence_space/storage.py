"""Confluence's storage format as HTML that pandoc reads: macros, links to pages, attachments, tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ..emoticons import sign

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

PAGE: Final = "wjs-page:"
"""What an address begins with that means a page by its title."""
FILE: Final = "wjs-file:"
"""What an address begins with that means an attachment by its name."""
BOXES: Final = {
    "info": "is-info",
    "note": "is-warning",
    "warning": "is-danger",
    "tip": "is-success",
    "panel": "is-info",
}
_CDATA: Final = re.compile(r"<!\[CDATA\[")
_CDATA_END: Final = re.compile(r"\]\]\s?>")
_DROPPED: Final = frozenset(
    {"toc", "anchor", "children", "pagetree", "recently-updated", "livesearch", "contentbylabel"}
)
_THROUGH: Final = frozenset({"excerpt", "details", "section", "column", "div"})
"""Macros that only stand around something."""
_INCLUDES: Final = frozenset({"include", "excerpt-include"})
_PANELS: Final = {"note": "is-warning", "warning": "is-warning", "error": "is-danger", "success": "is-success"}
_LEFT_OUT: Final = frozenset({"children", "pagetree", "recently-updated", "livesearch", "contentbylabel"})


def parsed(text: str) -> BeautifulSoup:
    """Storage format as a tree; what stands in CDATA is text."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(_without_cdata(text), "html.parser")


def _without_cdata(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (begin := _CDATA.search(text, position)) is not None:
        parts.append(text[position : begin.start()])
        end = _CDATA_END.search(text, begin.end())
        stop, position = (end.start(), end.end()) if end else (len(text), len(text))
        parts.append(escape(text[begin.end() : stop], quote=False))
    return "".join([*parts, text[position:]])


def as_html(soup: BeautifulSoup, remark: Callable[[str], None]) -> list[tuple[str, str]]:
    """Change the tree to plain HTML. Boxes become quotations with a mark behind them.

    Returns:
        Marks, and the classes that stand for them.
    """
    boxes: list[tuple[str, str]] = []
    for extension in soup.find_all("ac:adf-extension"):
        _extension(soup, extension, boxes)
    for link in soup.find_all("ac:link"):
        _link(soup, link, remark)
    for moment in soup.find_all("time"):  # which says when, and nothing else
        if not moment.get_text(strip=True):
            moment.string = str(moment.get("datetime", ""))
    for image in soup.find_all("ac:image"):
        _image(soup, image, remark)
    for emoticon in soup.find_all("ac:emoticon"):
        name = str(emoticon.get("ac:name", ""))
        emoticon.replace_with(sign(name, str(emoticon.get("ac:emoji-fallback", "")), f":{name}:"))
    for task in soup.find_all("ac:task"):
        done = task.find("ac:task-status")
        box = "\u2612 " if done is not None and done.get_text(strip=True) == "complete" else "\u2610 "
        for part in task.find_all(["ac:task-id", "ac:task-uuid", "ac:task-status"]):
            part.decompose()
        task.insert(0, box)
        task.name = "li"
    for tasks in soup.find_all("ac:task-list"):
        tasks.name = "ul"
    for macro in reversed(soup.find_all(["ac:structured-macro", "ac:macro"])):  # the inner ones first
        _macro(soup, macro, boxes, remark)
    for user in soup.find_all("ri:user"):
        remark("A mention of a user has no name in the export.")
        user.replace_with("@user")
    for rest in soup.find_all(re.compile("^(?:ac|ri|at):")):
        rest.unwrap()
    return boxes


def _extension(soup: BeautifulSoup, extension: Tag, boxes: list[tuple[str, str]]) -> None:
    """What the newer editor keeps in a form of its own, and beside it in the older one."""
    content, older = extension.find("ac:adf-content"), extension.find("ac:adf-fallback")
    kind = extension.find("ac:adf-attribute", attrs={"key": "panel-type"})
    if content is not None and kind is not None:
        _box(soup, extension, content, "", boxes, _PANELS.get(kind.get_text(strip=True), "is-info"))
    elif older is not None or content is not None:
        extension.replace_with(older or content or "")


def _link(soup: BeautifulSoup, link: Tag, remark: Callable[[str], None]) -> None:
    # What is deeper belongs to a picture in the link.
    page, file, user = (link.find(name, recursive=False) for name in ("ri:page", "ri:attachment", "ri:user"))
    page = page if page is not None else link.find("ri:blog-post", recursive=False)
    body = link.find(["ac:link-body", "ac:plain-text-link-body"])
    part = str(link.get("ac:anchor") or "")
    title = str(page.get("ri:content-title", "")) if page is not None else ""
    name = str(file.get("ri:filename", "")) if file is not None else ""
    if user is not None and page is None and file is None:
        link.unwrap()
        return
    other = link.find(["ri:space", "ri:shortcut", "ri:content-entity"], recursive=False)
    said = " ".join(str(value) for value in other.attrs.values()) if other is not None else ""
    space = str(page.get("ri:space-key") or "") if page is not None else ""
    if said:
        remark(f"Where a link to {said} leads is not known here; its text stays.")
    anchor = soup.new_tag("a")
    begin = f"{FILE}{quote(name)}" if name else f"{PAGE}{quote(title, safe='')}" if title else ""
    begin += f"?{quote(space, safe='')}" if space and title and not name else ""
    anchor["href"] = begin + (f"#{quote(part)}" if part else "")
    if body is not None and (body.get_text(strip=True) or body.find("ac:image") is not None):
        for child in list(body.children):
            anchor.append(child.extract())
    else:
        anchor.string = title or name or part or said
    link.replace_with(anchor)
    if not anchor["href"]:
        anchor.unwrap()


def _image(soup: BeautifulSoup, image: Tag, remark: Callable[[str], None]) -> None:
    file, address = image.find("ri:attachment"), image.find("ri:url")
    shown = soup.new_tag("img")
    if file is not None:
        name = str(file.get("ri:filename", ""))
        shown["src"], shown["alt"] = f"{FILE}{quote(name)}", str(image.get("ac:alt") or name)
    elif address is not None:
        shown["src"], shown["alt"] = str(address.get("ri:value", "")), str(image.get("ac:alt") or "")
    else:
        remark("An image names no file.")
        image.decompose()
        return
    for side in ("width", "height"):
        if str(image.get(f"ac:{side}") or "").isdecimal():
            shown[side] = str(image[f"ac:{side}"])
    caption = image.find("ac:caption")
    if caption is not None:
        text = caption.get_text(" ", strip=True)
        line = soup.new_tag("em")
        line.string = text
        image.insert_after(line)
    image.replace_with(shown)


def _macro(soup: BeautifulSoup, macro: Tag, boxes: list[tuple[str, str]], remark: Callable[[str], None]) -> None:
    name = str(macro.get("ac:name", ""))
    values = {str(each.get("ac:name", "")): _value(each) for each in macro.find_all("ac:parameter", recursive=False)}
    body = macro.find(["ac:rich-text-body", "ac:plain-text-body"], recursive=False)
    files = [str(file.get("ri:filename", "")) for file in macro.select("ac\\:parameter > ri\\:attachment")]
    for each in macro.find_all("ac:parameter", recursive=False):
        each.decompose()
    if name in {"code", "noformat"}:
        code = soup.new_tag("pre")
        if values.get("language"):
            code["class"] = values["language"]
        code.string = body.get_text() if body is not None else ""
        macro.replace_with(code)
    elif name in BOXES:
        _box(soup, macro, body, values.get("title", ""), boxes, BOXES[name])
    elif name == "expand":
        title = soup.new_tag("p")
        bold = soup.new_tag("strong")
        bold.string = values.get("title", "") or "More"
        title.append(bold)
        macro.insert_before(title)
        _unwrapped(macro, body)
    elif name == "status":
        text = soup.new_tag("strong")
        text.string = values.get("title", "")
        macro.replace_with(text)
    elif name == "anchor":
        target = soup.new_tag("span", attrs={"id": values.get("", "")})
        macro.replace_with(target)
    elif name in _THROUGH:
        _unwrapped(macro, body)
    elif name in _DROPPED:
        if name in _LEFT_OUT:
            remark(f"The list that the macro {name} makes is not there.")
        macro.decompose()
    else:
        _other(soup, macro, name, values, body, files, remark)


def _other(
    soup: BeautifulSoup,
    macro: Tag,
    name: str,
    values: dict[str, str],
    body: Tag | None,
    files: list[str],
    remark: Callable[[str], None],
) -> None:
    """A macro that has no form here: a link to what it shows, or its text."""
    if name in _INCLUDES and (title := values.get("") or values.get("default-parameter") or ""):
        remark(f"The page {title}, which was included, is a link now.")
        macro.replace_with(soup.new_tag("a", attrs={"href": f"{PAGE}{quote(title, safe='')}"}, string=title))
    elif files:
        remark(f"The macro {name} became a link to its file.")
        for file in files:
            macro.insert_before(soup.new_tag("a", attrs={"href": f"{FILE}{quote(file)}"}, string=file), " ")
        _unwrapped(macro, body)
    else:
        remark(f"The macro {name} became plain text.")
        for value in (value for key, value in values.items() if value and key in {"", "title", "key", "url", "name"}):
            shown = soup.new_tag("a" if value.startswith(("https://", "http://")) else "span")
            shown.string = value
            if shown.name == "a":
                shown["href"] = value
            macro.insert_before(shown, " ")
        _unwrapped(macro, body)


def _value(parameter: Tag) -> str:
    """What a macro is told: a text, or an address."""
    address = parameter.find("ri:url")
    return parameter.get_text() or (str(address.get("ri:value", "")) if address is not None else "")


def _unwrapped(macro: Tag, body: Tag | None) -> None:
    if body is not None:
        body.unwrap()
    macro.unwrap()


def _box(
    soup: BeautifulSoup, macro: Tag, body: Tag | None, title: str, boxes: list[tuple[str, str]], name: str
) -> None:
    mark = f"wjsbox{len(boxes)}end"
    boxes.append((mark, name))
    quotation = soup.new_tag("blockquote")
    if title:
        head = soup.new_tag("p")
        bold = soup.new_tag("strong")
        bold.string = title
        head.append(bold)
        quotation.append(head)
    for child in list(body.children) if body is not None else []:
        quotation.append(child.extract())
    line = soup.new_tag("p")
    line.string = mark
    macro.insert_after(line)
    macro.replace_with(quotation)


def with_boxes(text: str, boxes: list[tuple[str, str]]) -> str:
    """Markdown with the class of each box right below the quotation that it belongs to."""
    for mark, name in boxes:
        text = re.sub(rf"\n(?:[ >]{{0,40}}\n){{0,4}}([ >]{{0,40}}){mark}", rf"\n\1{{.{name}}}", text)
    return text
