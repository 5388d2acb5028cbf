"""What MediaWiki shows of a page, as plainly as possible: only for the comparison of words, so that it has to be read
by somebody else than pandoc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from importlib import import_module
from typing import Any, Final

from ...core.values.installing import pip_line
from ..effort import is_markup_too_much
from ..markdown.parsing import IN_LINES
from ..model import InteropError
from ..spans import replaced
from .mediawiki_tags import gallery_caption, image_and_links, page_itself, plain_quotes

_OPTIONS: Final = re.compile(
    r"(?:\d+(?:x\d+)?px|x\d+px|upright.*|thumb.*|frame.*|border|left|right|center|centre|none|baseline|middle|sub|super"
    r"|top|bottom|text-top|text-bottom|(?:link|alt|page|lang|class|start|end|thumbtime|manualthumb)\s*=.*"
    r"|miniatur|mini|rechts|links|zentriert|ohne|hochkant.*|vignette|gauche|droite|centré)",
    re.IGNORECASE,
)
"""What stands between the name and the caption of an image."""
_GALLERY: Final = {re.compile(r"<gallery\b[^<>]*+>", re.IGNORECASE): "</gallery>"}
_MAPS: Final = {re.compile(r"<imagemap\b[^<>]*+>", re.IGNORECASE): "</imagemap>"}
_COMMENTS: Final = {re.compile(r"<!--"): "-->"}
_HIDDEN: Final = re.compile(r"__[A-Z]{3,40}(?:_[A-Z]{1,40}){0,3}__|</?references\b[^<>]*+>")

_NOTE: Final = re.compile(r"<ref(?=[\s/>])([^<>]*+)(?<!/)>((?:[^<]|<(?!/?ref\b))*+)</ref>", re.IGNORECASE)
_NOTED: Final = re.compile(r"<ref(?=[\s/>])([^<>]*+)(?<=/)>", re.IGNORECASE)
_NAMED: Final = re.compile(r"\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'/<>]+))", re.IGNORECASE)
_BEGUN: Final = re.compile(r"<ref(?=\s)[^<>]*+(?<!/)>", re.IGNORECASE)
_ITEM: Final = re.compile(r"\n[ \t]*+[*#]++[ \t]*+")
_EMPTY_LINES: Final = re.compile(r"\n[ \t]*+\n\s*+")
_ENDS: Final = re.compile(r"<(/?)ref(?:\s[^<>]*+)?(?<!/)>", re.IGNORECASE)
_LIST: Final = {re.compile(r"<references(?=[\s>])[^<>]*+(?<!/)>", re.IGNORECASE): "</references>"}
_LONGEST: Final = 2_000
"""Characters of a note that is written more than once."""
_PIECES: Final = re.compile(r"\[\[|\]\]|\{\{|\}\}|\||[^\[\]{}|]++|.", re.DOTALL)
_NOWIKI: Final = re.compile(r"</?nowiki\s*+/?>", re.IGNORECASE)
_QUOTES: Final = re.compile("'{2,}")
_OPEN: Final = re.compile(
    r"</?(b|i|u|s|p|ul|ol|li|dl|dt|dd|br|hr|tt|em|strong|small|big|sub|sup|del|ins|div|span|font|center|code|pre"
    r"|table|tr|td|th|caption|thead|tbody|blockquote|h[1-6]|ref)\b[^<>]*+>",
    re.IGNORECASE,
)
"""Elements that nothing closes, which browsers close at the end of the page."""


def with_references(text: str) -> str:
    """Markup whose notes say at each place what they say at one: pandoc gives those that only name another no text, and
    shows those of a list of notes once more at its place.
    """
    said = {
        name: match[2]
        for match in _NOTE.finditer(text)
        if (name := _name(match[1])) and match[2].strip() and len(match[2]) <= _LONGEST
    }
    used: set[str] = set()

    def whole(found: re.Match[str]) -> str:
        name = _name(found[1])
        used.add(name)
        return f"<ref>{said[name]}</ref>" if name in said else found[0]

    def listed(opening: re.Match[str], inside: str, whole: str) -> str:
        return _NOTE.sub(lambda note: "" if _name(note[1]) in used else note[0], inside)

    text = replaced(_NOTED.sub(whole, text), _LIST, listed)
    text = _NOTE.sub(lambda note: note[0] if "{|" in note[2] else f"<ref>{_in_one_line(note[2])}</ref>", text)
    # Pandoc takes a slash in a name for the end of the element.
    return "\n".join(map(_with_whole_items, _without_stray_ends(_BEGUN.sub("<ref>", text)).split("\n")))


def _with_whole_items(line: str) -> str:
    """An item of a list without what begins in it and ends below it: pandoc would lose that."""
    if line.startswith(("*", "#", ":", ";")):
        lower = line.lower()
        begin = lower.rfind("<blockquote")
        if begin >= 0 and lower.count("<blockquote") > lower.count("</blockquote"):
            return f"{line[:begin]}\n{line[begin:]}"
    return line


def _in_one_line(note: str) -> str:
    """A note without lines: pandoc would end a list in it, or a cell with it, and lose what stands behind the note."""
    text = _ITEM.sub("<br>• ", note.strip())
    return _EMPTY_LINES.sub("<br><br>", text).replace("\n", " ")


def _without_stray_ends(text: str) -> str:
    """Markup without ends of notes that do not begin, behind which pandoc would lose the rest of an item."""
    depth = 0

    def ended(found: re.Match[str]) -> str:
        nonlocal depth
        is_stray = bool(found[1]) and not depth
        depth = 0 if found[1] else 1
        return "" if is_stray else found[0]

    return _ENDS.sub(ended, text)


def _name(attributes: str) -> str:
    """What a note is called by others."""
    found = _NAMED.search(attributes)
    return next((name.strip().lower() for name in found.groups() if name), "") if found else ""


def visible(text: str, files: Set[str], categories: Set[str]) -> str:
    """The text that a reader of the wiki sees; templates are told by themselves, and so are links to nothing.

    Args:
        text: The markup.
        files, categories: Names of these namespaces, in lower case.
    """
    try:
        parser: Any = import_module("mwparserfromhell")
    except ModuleNotFoundError:
        raise InteropError("Reading MediaWiki needs mwparserfromhell.", hint=pip_line("interop")) from None
    text = replaced(text, _GALLERY, lambda opening, inside, whole: "\n\n".join(_captions(opening[0], inside)))
    text = replaced(text, _MAPS, lambda opening, inside, whole: image_and_links(inside))
    text = page_itself(replaced(text, _COMMENTS, lambda opening, inside, whole: " "))
    if is_markup_too_much(text):
        return text  # words of the markup are told as missing then, which is better than to wait
    # An open end of bold text would make a whole table text.
    code = parser.parse(_HIDDEN.sub(" ", _QUOTES.sub("", plain_quotes(text))))
    return _shown(code, parser, files, categories)


def _captions(opening: str, gallery: str) -> Iterator[str]:
    yield gallery_caption(opening)
    for line in gallery.split("\n"):
        yield line.partition("|")[2]


def _parts(text: str) -> list[str]:
    """What stands between the strokes of an image, but for those in links and templates."""
    parts = [""]
    depth = 0
    for piece in _PIECES.findall(text):
        depth = max(depth + (piece in {"[[", "{{"}) - (piece in {"]]", "}}"}), 0)
        if piece == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _shown(code: Any, parser: Any, files: Set[str], categories: Set[str]) -> str:
    nodes = parser.nodes
    parts: list[str] = []

    def inner(each: Any) -> str:
        return _shown(each, parser, files, categories) if each is not None else ""

    for node in code.nodes:
        if isinstance(node, nodes.Wikilink):
            space = str(node.title).partition(":")[0].strip().lower() if ":" in str(node.title) else ""
            if space in files:
                options = [part for part in _parts(str(node.text or "")) if not _OPTIONS.fullmatch(part.strip())]
                parts.append(f" {inner(parser.parse(options[-1]))} " if options else "")
            elif space not in categories:
                parts.append(inner(node.text if node.text is not None else node.title))
        elif isinstance(node, nodes.ExternalLink):
            parts.append(inner(node.title) if node.title is not None else "")
        elif isinstance(node, nodes.Tag):
            name = str(node.tag).strip().lower()
            if name in {"nowiki", "pre", "syntaxhighlight", "source", "code", "math"}:
                space = "" if name == "nowiki" else " "
                parts.append(f"{space}{_NOWIKI.sub('', str(node.contents or ''))}{space}")
            elif name not in {"references", "script", "style", "templatestyles"}:
                space = "" if name in IN_LINES else " "
                parts.append(f"{space}{inner(node.contents)}{space}")
        elif isinstance(node, nodes.Text):
            parts.append(_OPEN.sub(lambda tag: "" if tag[1].lower() in IN_LINES else " ", str(node)))
        elif isinstance(node, nodes.HTMLEntity):
            parts.append(str(node.normalize()))
        elif isinstance(node, nodes.Heading):
            parts.append(f" {inner(node.title)} ")
        else:
            parts.append(" ")  # what a template makes stands between its neighbours
    return "".join(parts)
