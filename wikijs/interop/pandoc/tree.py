"""Pandoc's tree of a page as Wiki.js can show it. Pure functions.

Nodes are `{"t": kind, "c": content}`; links and images have attributes, text, target.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from string import punctuation
from typing import Any, Final, TypeAlias, cast

Node: TypeAlias = dict[str, Any]
Rewrite: TypeAlias = Callable[[str, bool], str | None]
"""The new target of a link, or of an image if the second argument is true; None for text without a link."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][\w.:-]*+)([^<>]*+)>")
_FORMATS: Final[Mapping[str, str]] = {
    "b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph", "s": "Strikeout", "strike": "Strikeout",
    "del": "Strikeout", "sub": "Subscript", "sup": "Superscript", "u": "Underline", "ins": "Underline",
}  # fmt: skip
"""What elements of HTML are to pandoc."""
_SHOWN: Final = frozenset(
    """
    a abbr address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup dd del details
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q
    rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u
    ul var video wbr
    """.split()  # noqa: SIM905  a list with quotes fills a page
)
"""Elements that the server leaves in a page."""
_TAKEN_OUT: Final = frozenset({"script", "style", "iframe", "object", "embed", "noscript", "form", "input", "applet"})
_SILENT: Final = frozenset({"references", "onlyinclude", "includeonly", "noinclude", "nowiki", "html", "body"})
_IMAGES: Final = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "ico", "apng", "tif", "tiff"})
_EXTENSION: Final = re.compile(r"\.([a-z0-9]{2,5})$", re.IGNORECASE)
_LINE: Final[Node] = {"t": "RawInline", "c": ["html", "<br>"]}
PLAIN: Final = "wjs-plain"
"""The language of code without one, until the page is written."""
SIZE: Final = "#wjs-size-"
"""What stands behind the address of an image in front of its size, until `sized` writes it."""
_SIZED_LINK: Final = re.compile(rf'{SIZE}(\d*x\d*)((?:\s+"(?:[^"\\\n]|\\.)*+")?)\)')
_SIZED_ELEMENT: Final = re.compile(rf'{SIZE}(\d*)x(\d*)"')
_EMPHASIS: Final = {"Strong": "strong", "Emph": "em", "Strikeout": "del"}
_DOWN: Final[list[Node]] = [{"t": "Plain", "c": [{"t": "Str", "c": ":::"}]}]
"""What stands in a cell of DokuWiki that belongs to the one above."""
_MEANING: Final = re.compile(r"[\\`*_\[\]<>&|~^]")
"""What means something to Markdown or HTML between two elements."""
_NO_PAGE: Final = re.compile(r"#|//|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PARAGRAPHS: Final = {"Para", "Plain"}


class Walker:
    """Makes the tree of a page another one.

    Args:
        rewrite: Gives links and images their new targets.
        remark: Told of what stays as it was, or cannot be shown.
    """

    def __init__(self, rewrite: Rewrite, remark: Callable[[str], None]) -> None:
        self._rewrite = rewrite
        self._remark = remark

    def blocks(self, nodes: list[Node]) -> list[Node]:
        """Blocks one after the other."""
        return [new for node in nodes for new in self._block(node)]

    def _block(self, node: Node) -> list[Node]:
        kind, content = cast("str", node["t"]), cast("Any", node.get("c"))
        match kind:
            case "RawBlock":
                return self._raw(content, "RawBlock")
            case "Div":
                return [*_target_of(content[0], "RawBlock"), *self.blocks(content[1])]
            case "Figure":
                return self._figure(content)
            case "Table":
                for body in content[4]:
                    _grow(body[3])
                return [{"t": kind, "c": [*content[:3], *(self._rows(part) for part in content[3:])]}]
            case "CodeBlock":
                # Without a language pandoc would indent it, and lists would take it for theirs.
                language = content[0][1][:1] or [PLAIN]
                return [{"t": kind, "c": [["", language, []], content[1]]}]
            case _:
                return [{**node, "c": self._inside(content)}] if "c" in node else [node]

    def _figure(self, content: Any) -> list[Node]:
        """A picture with its caption below it; the caption is also what it says where it says nothing."""
        caption = self.inlines([each for block in content[1][1] for each in _content_of(block)])
        shown: list[Node] = [{"t": "Para", "c": [{"t": "Emph", "c": caption}]}] if caption else []
        pictures = self.blocks(content[2])
        for node in (each for block in pictures for each in _content_of(block)):
            if node["t"] == "Image":
                node["c"][1] = node["c"][1] or caption
                node["c"][2][1] = "" if node["c"][2][1] == _plain(caption) else node["c"][2][1]
        return [*pictures, *shown]

    def _inside(self, content: Any) -> Any:
        """Lists of blocks or of inlines at any depth, with what else stands between them."""
        if not isinstance(content, list):
            return content
        items = cast("list[Any]", content)  # type: ignore[redundant-cast]  # pyright sees no type here
        if items and all(isinstance(each, dict) and "t" in each for each in items):
            nodes = cast("list[Node]", items)
            return self.blocks(nodes) if all(_is_block(each) for each in nodes) else self.inlines(nodes)
        return [self._inside(each) for each in items]

    def _rows(self, part: Any) -> Any:
        """Head, bodies or foot of a table: cells are `[attributes, alignment, rows, columns, blocks]`."""
        if isinstance(part, list):
            items = cast("list[Any]", part)  # type: ignore[redundant-cast]  # pyright sees no type here
            if (
                len(items) == 5
                and isinstance(items[1], dict)
                and str(cast("Node", items[1]).get("t")).startswith("Align")
            ):
                return [*items[:4], _in_one_line(self.blocks(items[4]))]
            return [self._rows(each) for each in items]
        return part

    def inlines(self, nodes: list[Node]) -> list[Node]:
        """What stands in a line."""
        found: list[Node] = []
        opened: list[tuple[str, int]] = []
        for node in nodes:
            tag = _TAG.fullmatch(node["c"][1]) if node["t"] == "RawInline" and node["c"][0] == "html" else None
            name = tag[2].lower() if tag else ""
            if tag and name in _FORMATS and not tag[1] and not tag[3].strip().endswith("/"):
                opened.append((name, len(found)))
            elif tag and tag[1] and any(name == each for each, _ in opened):
                while opened[-1][0] != name:
                    opened.pop()
                _, start = opened.pop()
                found[start:] = [{"t": _FORMATS[name], "c": found[start + 1 :]}]
                continue
            found += self._inline(node)
        return _firm(found)

    def _inline(self, node: Node) -> list[Node]:
        kind, content = cast("str", node["t"]), cast("Any", node.get("c"))
        match kind:
            case "RawInline":
                return self._raw(content, "RawInline")
            case "Link" | "Image":
                return self._link(kind, content)
            case "Span":
                inner = self.inlines(content[1])
                for name in {"kbd", "mark"}.intersection(content[0][1]):
                    inner = [_html(f"<{name}>"), *inner, _html(f"</{name}>")]
                return [*_target_of(content[0], "RawInline"), *inner]
            case "Math":
                return [{"t": kind, "c": [content[0], " ".join(content[1].split())]}]
            case "Code" | "Str" | "Space" | "SoftBreak" | "LineBreak":
                return [node]
            case _:
                return [{**node, "c": self._inside(content)}] if "c" in node else [node]

    def _raw(self, content: list[str], kind: str) -> list[Node]:
        form, text = content
        if form != "html":
            self._remark(f"{short(text)} was left as it is.")
            if kind == "RawInline":
                return [_node("Code", text)]
            return [code_block(text)]
        tag = _TAG.match(text)
        name = tag[2].lower() if tag else ""
        if name in _SILENT and not _TAG.sub("", text).strip():
            return []
        if name in _TAKEN_OUT:
            self._remark(f"{short(text)} stays in the source, but the wiki does not show it.")
        elif tag and name not in _SHOWN and name not in _SILENT:
            # No element of HTML: the other program shows it as text, and Wiki.js would take it out.
            shown: Node = {"t": "Str", "c": text}
            return [shown] if kind == "RawInline" else [{"t": "Para", "c": [shown]}]
        return [{"t": kind, "c": [form, text]}]

    def _link(self, kind: str, content: Any) -> list[Node]:
        inner = self.inlines(content[1])
        old = cast("str", content[2][0])
        new = self._rewrite(old, kind == "Image")
        if new is None:
            return inner
        extension = _EXTENSION.search(new.partition("#")[0].partition("?")[0])
        if kind == "Image" and extension and extension[1].lower() not in _IMAGES:
            kind = "Link"  # a file to be downloaded
        if kind == "Image":
            return [_node(kind, inner, [new + _size(content[0][2]), _tip(content, inner)])]
        if not any(each.get("c") for each in inner):
            if _NO_PAGE.match(new):
                return []  # nobody sees it: the sign beside a heading that leads to it
            # The program itself would show the title of the page.
            inner = [{"t": "Str", "c": new.strip("/")}]
        return [_node(kind, inner, [new, _tip(content, inner)])]


def _tip(content: Any, inner: list[Node]) -> str:
    """What a link or an image says when the mouse is on it, unless that is to be seen anyway."""
    title = " ".join(str(content[2][1]).split())
    return "" if title.casefold() in {"wikilink", _plain(inner).casefold()} else title


def _plain(nodes: list[Node]) -> str:
    """The text of what stands in a line."""
    parts: list[str] = []
    for node in nodes:
        inner = node.get("c")
        if node["t"] == "Str":
            parts.append(str(inner))
        elif node["t"] in {"Space", "SoftBreak", "LineBreak"}:
            parts.append(" ")
        elif node["t"] == "Code":
            parts.append(str(cast("Any", inner)[1]))
        elif node["t"] in _EMPHASIS:
            parts.append(_plain(cast("list[Node]", inner)))
    return " ".join("".join(parts).split())


def _firm(nodes: list[Node]) -> list[Node]:
    """What stands in a line, with elements of HTML where marks of Markdown would not be read as such: between a letter
    and a sign, as in `b**.x**`, which is the rule where words have no spaces, and between marks.
    """
    found: list[Node] = []
    for index, node in enumerate(nodes):
        name = _EMPHASIS.get(node["t"])
        if name is None:
            found.append(node)
            continue
        node["c"] = _without(node["t"], node["c"])
        before = _edge(nodes[index - 1], -1) if index else " "
        after = _edge(nodes[index + 1], 0) if index + 1 < len(nodes) else " "
        is_loose = (before.isalnum() and _is_sign(_edge(node, 0))) or (after.isalnum() and _is_sign(_edge(node, -1)))
        if is_loose or (index and nodes[index - 1]["t"] in _EMPHASIS):
            found += [_html(f"<{name}>"), *node["c"], _html(f"</{name}>")]
        else:
            found.append(node)
    return found


def _without(kind: str, nodes: list[Node]) -> list[Node]:
    """What stands in a line, without marks of a kind that it is in already: `~~~~` would begin code."""
    found: list[Node] = []
    for node in nodes:
        inner = node["c"] if node["t"] in _EMPHASIS or node["t"] == "Underline" else None
        if inner is None:
            found.append(node)
        elif node["t"] == kind:
            found += _without(kind, inner)
        else:
            found.append({**node, "c": _without(kind, inner)})
    return found


def _edge(node: Node, index: int) -> str:
    """The first or the last sign that Markdown writes for a node."""
    content = cast("Any", node.get("c"))
    if node["t"] == "Str":
        return cast("str", content)[index : index + 1 or None] or " "
    if node["t"] in _EMPHASIS:
        return _edge(content[index], index) if content else " "
    return " " if node["t"] in {"Space", "SoftBreak", "LineBreak"} else "`"


def _is_sign(text: str) -> bool:
    return text in punctuation or unicodedata.category(text).startswith("P")


def _size(attributes: list[list[str]]) -> str:
    """The size of an image behind its address, where `sized` finds it: pandoc does not know how Wiki.js writes it."""
    known = {key: value.removesuffix("px") for key, value in attributes if value.removesuffix("px").isdecimal()}
    width, height = (known.get(name, "").lstrip("0") for name in ("width", "height"))
    return f"{SIZE}{width}x{height}" if width or height else ""


def sized(text: str) -> str:
    """Markdown with the sizes of images as the server reads them."""
    text = _SIZED_LINK.sub(r"\2 =\1)", text)
    return _SIZED_ELEMENT.sub(
        lambda match: (
            '"' + "".join(f' {name}="{value}"' for name, value in (("width", match[1]), ("height", match[2])) if value)
        ),
        text,
    )


def _content_of(block: Node) -> list[Node]:
    """What stands in the lines of a paragraph."""
    return cast("list[Node]", block["c"]) if block["t"] in _PARAGRAPHS else []


def _is_block(node: Node) -> bool:
    return node["t"] in {
        "Plain", "Para", "LineBlock", "CodeBlock", "RawBlock", "BlockQuote", "OrderedList", "BulletList",
        "DefinitionList", "Header", "HorizontalRule", "Table", "Figure", "Div", "Null",
    }  # fmt: skip


def _in_one_line(blocks: list[Node]) -> list[Node]:
    """The blocks of a cell such that a table of Markdown can hold them; lists and code cannot be."""
    if not blocks or not all(block["t"] in _PARAGRAPHS for block in blocks):
        return blocks
    line: list[Node] = []
    for block in blocks:
        line += [_LINE, _LINE] if line else []
        line += [each for node in block["c"] for each in _in_cell(node)]
    return [{"t": "Plain", "c": line}]


def _grow(rows: list[Any]) -> None:
    """Let cells reach down where DokuWiki says so.

    A row is `[attributes, cells]`, a cell `[attributes, alignment, rows, columns, blocks]`.
    """
    above: dict[int, list[Any]] = {}
    for row in rows:
        cells: list[Any] = []
        for column, cell in enumerate(row[1]):
            if cell[4] == _DOWN and column in above:
                above[column][2] += 1
            else:
                above[column] = cell
                cells.append(cell)
        row[1] = cells


def _in_cell(node: Node) -> list[Node]:
    kind, content = cast("str", node["t"]), cast("Any", node.get("c"))
    if kind in {"LineBreak", "SoftBreak"}:
        return [_LINE if kind == "LineBreak" else {"t": "Space"}]
    if kind == "Code" and "|" in content[1]:
        # The server would show the backslash that keeps the sign from ending the cell.
        return [_html(f"<code>{_MEANING.sub(lambda sign: f'&#{ord(sign[0])};', content[1])}</code>")]
    if kind == "Str" and "\\|" in content:
        # Pandoc would leave out the sign behind a backslash.
        parts = cast("str", content).split("|")
        return [each for part in parts for each in (_html("&#124;"), {"t": "Str", "c": part})][1:]
    if kind in {*_FORMATS.values()}:
        return [{"t": kind, "c": [new for each in content for new in _in_cell(each)]}]
    if kind in {"Link", "Span", "Quoted"}:
        return [{"t": kind, "c": [content[0], [new for each in content[1] for new in _in_cell(each)], *content[2:]]}]
    return [node]


def _target_of(attributes: list[Any], kind: str) -> list[Node]:
    """An empty element with the id that links may lead to."""
    name = escape(str(attributes[0]))
    element = f'<span id="{name}"></span>' if kind == "RawInline" else f'<div id="{name}"></div>'
    return [{"t": kind, "c": ["html", element]}] if name else []


def _html(text: str) -> Node:
    return {"t": "RawInline", "c": ["html", text]}


def _node(kind: str, *content: object) -> Node:
    no_attributes: list[object] = ["", [], []]
    return {"t": kind, "c": [no_attributes, *content]}


def code_block(text: str) -> Node:
    """Code in no language."""
    return {"t": "CodeBlock", "c": [["", [PLAIN], []], text]}


def short(text: str) -> str:
    """The beginning of a text, for a sentence."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:57]}...")
