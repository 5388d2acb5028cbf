"""What the server's Markdown has on top of the common one, worked into the tree: links found in texts, subscripts and
superscripts, task lists, and classes or ids in braces."""

from __future__ import annotations

import re

from wikijs.core.values.emoji import emoji, smiley_pattern, smileys

from .tree import Element

VERBATIM = {"a", "code", "pre", "script", "style", "math"}
MARKS = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]|www\.[\w-]+(?:\.[\w-]+)+[^\s<>\"'.,;:!?)\]]*)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
    r"|~(?P<sub>[^\s~]+)~|\^(?P<sup>[^\s^]+)\^"
)
BRACES = re.compile(r"(?<![\s{])\s*+\{([^{}\n]++)\}\s*+$")
"""Whatever is in them at the end of a text: what is no class and no id goes, too."""
LEADING = re.compile(r"\{([^{}\n]++)\}")
TAKERS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th"}
MARKED = {"code", "a", "em", "strong", "s", "img"}
"""Elements that take braces right behind them."""
NAMED_OR_SIGN = re.compile(r":([\w+-]{1,50}):")
TASK = re.compile(r"\[([ xX])\] ")


def marked_up(parent: Element) -> None:
    """Work the marks in, below an element."""
    children: list[Element | str] = []
    for child in parent.children:
        if isinstance(child, str):
            children += pieces(child if not children else without_braces(child, children[-1]))
        else:
            if child.name not in VERBATIM:
                marked_up(child)
            elif child.name == "a":
                child.children = [
                    new for each in child.children for new in (pictured(each) if isinstance(each, str) else [each])
                ]
            children.append(child)
    parent.children = children
    if parent.name == "li":
        make_task(parent)
    for child in children:
        if isinstance(child, Element):
            if parent.name != "blockquote":
                take_attributes(child)
            if child.name == "li" and "task-list-item" in child.attributes.get("class", ""):
                parent.add_class("contains-task-list")


def pieces(text: str) -> list[Element | str]:
    """A text with its marks as elements."""
    found: list[Element | str] = []
    position = 0
    for match in MARKS.finditer(text):
        found += pictured(text[position : match.start()])
        found.append(element_of(match))
        position = match.end()
    return [*found, *pictured(text[position:])]


def pictured(text: str) -> list[Element | str]:
    """A text with its emoji as pictures: those that are named, and smileys."""
    found: list[Element | str] = []
    position = 0
    matches = [(match, emoji().get(match[1])) for match in NAMED_OR_SIGN.finditer(text)]
    matches += [(match, smileys()[match[0]]) for match in smiley_pattern().finditer(text)]
    for match, sign in sorted(matches, key=lambda each: each[0].start()):
        if sign is None or match.start() < position:
            continue
        found += [text[position : match.start()]] if match.start() > position else []
        found.append(picture(sign))
        position = match.end()
    return [*found, text[position:]] if position < len(text) else found


def picture(sign: str) -> Element:
    """An emoji as the picture that the server has for it."""
    plain = sign if "\u200d" in sign else sign.replace("\ufe0f", "")
    name = "-".join(f"{ord(letter):x}" for letter in plain)
    source = f"/_assets/svg/twemoji/{name}.svg"
    return Element("img", {"class": "emoji", "draggable": "false", "alt": sign, "src": source})


def without_braces(text: str, before: Element | str) -> str:
    """A text without the braces right behind an element, which takes what they say."""
    match = LEADING.match(text)
    if match is None or isinstance(before, str) or before.name not in MARKED:
        return text
    take(before, match[1])
    return text[match.end() :]


def element_of(match: re.Match[str]) -> Element:
    """The element that a mark stands for."""
    for name in ("sub", "sup"):
        if match[name]:
            return Element(name, {}, [match[name]])
    if match["mail"]:
        return Element("a", {"href": f"mailto:{match['mail']}"}, [match["mail"]])
    href = match["url"] if match["url"].startswith("http") else f"http://{match['url']}"
    return Element("a", {"href": href}, [match["url"]])


def make_task(item: Element) -> None:
    """Turn a list's item that begins with a box into a task."""
    first = item.children[0] if item.children else None
    match = TASK.match(first) if isinstance(first, str) else None
    if isinstance(first, str) and match is not None:
        checked = {"checked": ""} if match[1] in "xX" else {}
        box = Element("input", {"class": "task-list-item-checkbox", **checked, "disabled": "", "type": "checkbox"})
        item.children[:1] = [box, " " + first[match.end() :]]
        item.add_class("task-list-item")


def take_attributes(element: Element) -> None:
    """Give an element the classes and the id in braces that its text ends with.

    Braces on a line of their own below a quote or a list are about all of it.
    """
    holder = element
    if element.name in {"blockquote", "ul", "ol"}:
        while (inner := last_element(holder)) is not None and inner.name != "br":
            holder = inner
    elif element.name not in TAKERS:
        return
    last = holder.children[-1] if holder.children else None
    match = BRACES.search(last) if isinstance(last, str) else None
    if not isinstance(last, str) or match is None or (holder is not element and match.start() > 0):
        return
    holder.children[-1:] = [last[: match.start()]] if match.start() else []
    if holder is not element and holder.children:
        holder.children.pop()  # the line break before the braces
    take(element, match[1])


def take(element: Element, said: str) -> None:
    """Give an element the classes and the id that stand in braces."""
    for part in re.findall(r"(?:^|(?<=\s))[.#][\w-]+", said):
        if part[0] == "#":
            element.attributes["id"] = part[1:]
        else:
            element.add_class(part[1:])


def last_element(parent: Element) -> Element | None:
    """The last element inside, if nothing but space follows it."""
    for child in reversed(parent.children):
        if isinstance(child, Element):
            return child
        if child.strip():
            return None
    return None
