"""From the content of a page to the HTML that is shown, its table of contents and its links to other pages."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from wikijs.core.anchors import anchor, behind_letter, unique_anchor

from ..markup.marks import marked_up
from ..markup.plugins import extend
from ..markup.safety import sanitised
from ..markup.tree import Element, parse_html
from .urls import parse_path

if TYPE_CHECKING:
    from ..storage.database import Database, Row

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SYSTEM = re.compile(r"/[a-z](/.*)?", re.IGNORECASE | re.DOTALL)


@dataclass
class Rendering:
    """What rendering a page gives."""

    html: str
    toc: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    links: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Pages that are linked to: locale and path."""


@cache
def markdown() -> MarkdownIt:
    """The Markdown parser as the server sets it up."""
    parser = MarkdownIt("js-default", {"html": True, "breaks": True, "linkify": False})
    parser.add_render_rule("fence", fence)
    extend(parser)
    return parser


@lru_cache(maxsize=256)  # sandboxes of tests begin with the same pages again and again
def html_of(content: str) -> str:
    """What Markdown becomes before anything of the wiki is done to it."""
    return str(markdown().render(content))


def fence(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _environment: Any) -> str:
    """A block of code; its language is a class, empty when it has none."""
    token = tokens[index]
    language = token.info.strip().split(" ")[0]
    if language == "diagram":
        return f'<div class="diagram">{b64decode(token.content).decode(errors="replace")}</div>\n'
    if language == "mermaid":
        return f'<div class="mermaid">{escapeHtml(token.content)}</div>\n'
    return f'<pre><code class="language-{language}">{escapeHtml(token.content)}</code></pre>\n'


def rendered(page: Row, db: Database) -> Rendering:
    """Render a page. Content that is neither Markdown nor HTML is shown as it is."""
    content: str = page["content"]
    if page["contentType"] not in {"markdown", "html"}:
        return Rendering(content)
    if page["contentType"] == "markdown":
        root = parse_html(html_of(content))
        marked_up(root)
    else:
        root = parse_html(content)
    for element in root.elements():
        if element.name == "pre":
            show_as_code(element)
    links = linked(root, page, db)
    anchor_headings(root)
    wrap_loose(root)
    sanitised(root)
    if root.children and isinstance(root.children[0], str) and not root.children[0].strip():
        del root.children[0]
    keep_mustaches(root)
    return Rendering(root.html(), contents(root), links)


def show_as_code(pre: Element) -> None:
    """Mark a block of code for the highlighter."""
    for child in pre.children:
        if isinstance(child, Element) and child.name == "code":
            if "language-" not in child.attributes.get("class", ""):
                child.add_class("language-")
            pre.add_class("prismjs")
            pre.add_class("line-numbers")


def linked(root: Element, page: Row, db: Database) -> list[tuple[str, str]]:
    """Give links their classes; the pages that are linked to, as often as they are."""
    host = db.setting("site").get("host") or ""
    found: list[tuple[str, str]] = []
    for element in root.elements():
        href = element.attributes.get("href")
        if element.name != "a" or not href or href.startswith(("#", "mailto:", "tel:")):
            continue
        href = href.replace(host, "", 1) if len(host) > 7 and href.startswith(f"{host}/") else href
        if "://" in href:
            element.add_class("is-external-link")
        elif SYSTEM.fullmatch(href):
            element.add_class("is-system-link")
        elif "." in href:
            element.add_class("is-asset-link")
        else:
            if not href.startswith("/"):
                href = f"/{href}" if page["path"] == "home" else f"/{page['path']}/{href}"
            target = parse_path(urlsplit(f"http://x{href}").path)
            found.append((target.locale, target.path))
            element.add_class("is-internal-link")
            element.add_class("is-valid-page" if exists(db, *found[-1]) else "is-invalid-page")
        element.attributes["href"] = href
    return found


def exists(db: Database, locale: str, path: str) -> bool:
    """Whether there is a page."""
    return db.one("SELECT id FROM pages WHERE path = ? AND localeCode = ?", path, locale) is not None


def anchor_headings(root: Element) -> None:
    """Give headings an id of their own and a link to themselves."""
    taken: dict[str, None] = {}
    for heading in [element for element in root.elements() if element.name in HEADINGS]:
        base = heading.attributes.get("id") or anchor(heading.text())
        name = unique_anchor(behind_letter(base), taken)
        taken[name] = None
        heading.attributes["id"] = name
        heading.add_class("toc-header")
        heading.children[:0] = [Element("a", {"class": "toc-anchor", "href": f"#{name}"}, ["¶"]), " "]


def wrap_loose(root: Element) -> None:
    """Put texts and tables that are in no other element into one."""
    for index, child in enumerate(root.children):
        if isinstance(child, str):
            if child != "\n":
                root.children[index] = Element("div", {}, [child])
        elif child.name == "table":
            root.children[index] = Element("div", {"class": "table-container"}, [child])


def has_mustache(text: str) -> bool:
    """Whether there is something between two pairs of braces."""
    begin = text.find("{{")
    return 0 <= begin < text.rfind("}}") - 2


def keep_mustaches(root: Element) -> None:
    """Have the front end leave alone what looks like an expression of its own, and all code."""
    for parent, children in [(root, root.children), *((element, element.children) for element in root.elements())]:
        for index, child in enumerate(children):
            if isinstance(child, str) and has_mustache(child.replace("\n", "")):
                if parent is root:
                    children[index] = Element("p", {"v-pre": "true"}, [child])
                else:
                    parent.attributes["v-pre"] = "true"
        if parent.name == "pre":
            parent.attributes["v-pre"] = "true"


def contents(root: Element) -> list[dict[str, Any]]:
    """The headings, nested. The top level is that of `h1`, or of `h2` where there is none; gaps are left out."""
    headings = [element for element in root.elements() if element.name in HEADINGS]
    top = 1 if any(heading.name == "h1" for heading in headings) else 2
    toc: list[dict[str, Any]] = []
    for heading in headings:
        level = toc
        for _ in range(int(heading.name[1]) - top):
            if not level:
                break
            level = level[-1]["children"]
        else:
            level.append(entry(heading))
    return toc


def entry(heading: Element) -> dict[str, Any]:
    """A heading in the table of contents."""
    anchors = [element for element in heading.elements() if "toc-anchor" in element.attributes.get("class", "")]
    title = "".join(texts(heading)).strip()
    return {"title": title, "anchor": anchors[0].attributes["href"] if anchors else None, "children": []}


def texts(element: Element) -> Iterator[str]:
    """The texts in a heading but for its anchor."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif "toc-anchor" not in child.attributes.get("class", ""):
            yield from texts(child)
