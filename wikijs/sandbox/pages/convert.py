"""From one kind of content to another."""

from __future__ import annotations

import re

from ..markup.tree import Element, outer, parse_html

BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "blockquote",
    "ul",
    "ol",
    "pre",
    "table",
    "hr",
    *(f"h{n}" for n in range(1, 7)),
}
AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "sub": "~", "sup": "^", "u": "_", "s": "~~", "del": "~~"}
SPECIAL = re.compile(r"([\\*_`\[\]])")


def without_anchors(html: str) -> str:
    """A page's render as the content of an HTML page: without the anchors of its headings."""
    root = parse_html(html)
    for element in [root, *root.elements()]:
        element.children = [child for child in element.children if not is_anchor(child)]
    return root.html()


def is_anchor(child: Element | str) -> bool:
    """Whether this is the link of a heading to itself."""
    return isinstance(child, Element) and "toc-anchor" in child.attributes.get("class", "").split()


def html_to_markdown(html: str) -> str:
    """HTML as Markdown."""
    return re.sub(r"\n{3,}", "\n\n", blocks(parse_html(html))).strip()


def blocks(parent: Element) -> str:
    """What is inside an element as Markdown, blocks apart by empty lines."""
    parts: list[str] = []
    loose = ""
    for child in parent.children:
        if isinstance(child, Element) and child.name in BLOCKS:
            parts += [loose.strip(), block(child)]
            loose = ""
        else:
            loose += inline(child)
    return "\n\n".join(part for part in [*parts, loose.strip()] if part)


def block(element: Element) -> str:  # noqa: PLR0911  # one for each kind
    """One block."""
    match element.name:
        case "hr":
            return "---"
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in blocks(element).split("\n"))
        case "ul" | "ol":
            return list_of(element)
        case "pre":
            return fenced(element)
        case "table":
            return table(element)
        case name if re.fullmatch(r"h[1-6]", name):
            return f"{'#' * int(name[1])} {inlines(element).strip()}"
        case _:
            return blocks(element)


def list_of(element: Element) -> str:
    """A list; its markers are four characters wide."""
    items = [child for child in element.children if isinstance(child, Element) and child.name == "li"]
    lines: list[str] = []
    for number, item in enumerate(items, int(element.attributes.get("start") or 1)):
        marker = f"{number}.  " if element.name == "ol" else "-   "
        text = re.sub(r"\n\n(?=    |- |\d+\. )", "\n", blocks(item))
        lines.append(marker + text.replace("\n", "\n    "))
    return "\n".join(lines)


def fenced(element: Element) -> str:
    """A block of code."""
    code = next((child for child in element.elements() if child.name == "code"), element)
    language = re.search(r"language-(\S+)", code.attributes.get("class", ""))
    return f"```{language[1] if language else ''}\n{code.text().removesuffix(chr(10))}\n```"


def table(element: Element) -> str:
    """A table; one without a heading stays as it is."""
    rows = [row for row in element.elements() if row.name == "tr"]
    cells = [[cell for cell in row.children if isinstance(cell, Element)] for row in rows]
    if not cells or any(cell.name != "th" for cell in cells[0]):
        return outer(element)
    lines = ["| " + " | ".join(inlines(cell).strip().replace("|", "\\|") for cell in row) + " |" for row in cells]
    return "\n".join([lines[0], "| " + " | ".join("---" for _ in cells[0]) + " |", *lines[1:]])


def inlines(parent: Element) -> str:
    """What is inside an element, in one line."""
    return "".join(inline(child) for child in parent.children)


def inline(child: Element | str) -> str:  # noqa: PLR0911  # one for each kind
    """A text or an element within a line."""
    if isinstance(child, str):
        return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", child))
    match child.name:
        case "br":
            return "  \n"
        case "code":
            return f"`{child.text()}`"
        case "kbd":
            return outer(child)
        case "img":
            return image(child)
        case "a":
            return "" if is_anchor(child) else link(child)
        case "input":
            return "[x] " if "checked" in child.attributes else "[ ] "
        case name if name in AROUND:
            text = inlines(child)
            return f"{AROUND[name]}{text}{AROUND[name]}" if text.strip() else text
        case _:
            return inlines(child)


def link(element: Element) -> str:
    """A link."""
    return f"[{inlines(element)}]({target(element, 'href')})" if element.attributes.get("href") else inlines(element)


def image(element: Element) -> str:
    """An image."""
    return f"![{element.attributes.get('alt', '')}]({target(element, 'src')})" if element.attributes.get("src") else ""


def target(element: Element, name: str) -> str:
    """Where a link or an image points to, with its title."""
    title = element.attributes.get("title")
    return element.attributes[name] + (f' "{title}"' if title else "")
