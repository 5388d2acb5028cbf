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
from ..model import InteropError
from ..spans import replaced

_OPTIONS: Final = re.compile(
    r"(?:\d+(?:x\d+)?px|x\d+px|upright.*|thumb.*|frame.*|border|left|right|center|centre|none|baseline|middle|sub|super"
    r"|top|bottom|text-top|text-bottom|(?:link|alt|page|lang|class|start|end|thumbtime|manualthumb)\s*=.*"
    r"|miniatur|mini|rechts|links|zentriert|ohne|hochkant.*|vignette|gauche|droite|centré)",
    re.IGNORECASE,
)
"""What stands between the name and the caption of an image."""
_GALLERY: Final = {re.compile(r"<gallery\b[^<>]*+>", re.IGNORECASE): "</gallery>"}
_COMMENTS: Final = {re.compile(r"<!--"): "-->"}
_HIDDEN: Final = re.compile(r"__[A-Z]{3,40}(?:_[A-Z]{1,40}){0,3}__|<references\b[^<>]*+>")

_NOTE: Final = re.compile(r"<ref\s+name\s*=([^<>/]+)>((?:[^<]|<(?!/?ref\b))*+)</ref>", re.IGNORECASE)
_NOTED: Final = re.compile(r"<ref\s+name\s*=([^<>/]+)/>", re.IGNORECASE)
_LONGEST: Final = 2_000
"""Characters of a note that is written more than once."""
_INCLUDED: Final = {re.compile(r"<includeonly>", re.IGNORECASE): "</includeonly>"}
_INCLUSION: Final = re.compile(r"</?(?:noinclude|onlyinclude)\s*+/?>", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"</?(?:b|i|u|s|p|ul|ol|li|dl|dt|dd|br|hr|tt|em|strong|small|big|sub|sup|del|ins|div|span|font|center|code|pre"
    r"|table|tr|td|th|caption|thead|tbody|blockquote|h[1-6])\b[^<>]*+>",
    re.IGNORECASE,
)
"""Elements that nothing closes, which browsers close at the end of the page."""


def without_inclusions(text: str) -> str:
    """Markup as the page itself has it: what only pages that include it have goes."""
    return _INCLUSION.sub("", replaced(text, _INCLUDED, lambda opening, inside, whole: ""))


def with_references(text: str) -> str:
    """Markup whose notes say at each place what they say at one: pandoc gives those that only name another no text."""
    said = {match[1].strip("\"' ").lower(): match[2] for match in _NOTE.finditer(text) if match[2].strip()}
    if not said:
        return text

    def whole(found: re.Match[str]) -> str:
        content = said.get(found[1].strip("\"' ").lower())
        return found[0] if content is None or len(content) > _LONGEST else f"<ref>{content}</ref>"

    return _NOTED.sub(whole, text)


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
    text = replaced(text, _GALLERY, lambda opening, inside, whole: "\n\n".join(_captions(inside)))
    text = without_inclusions(replaced(text, _COMMENTS, lambda opening, inside, whole: " "))
    if is_markup_too_much(text):
        return text  # words of the markup are told as missing then, which is better than to wait
    code = parser.parse(_HIDDEN.sub(" ", text))
    return _shown(code, parser, files, categories)


def _captions(gallery: str) -> Iterator[str]:
    for line in gallery.split("\n"):
        yield line.partition("|")[2]


def _shown(code: Any, parser: Any, files: Set[str], categories: Set[str]) -> str:
    nodes = parser.nodes
    parts: list[str] = []

    def inner(each: Any) -> str:
        return _shown(each, parser, files, categories) if each is not None else ""

    for node in code.nodes:
        if isinstance(node, nodes.Wikilink):
            space = str(node.title).partition(":")[0].strip().lower() if ":" in str(node.title) else ""
            if space in files:
                options = [part for part in str(node.text or "").split("|") if not _OPTIONS.fullmatch(part.strip())]
                parts.append(f" {inner(parser.parse(options[-1]))} " if options else "")
            elif space not in categories:
                parts.append(inner(node.text if node.text is not None else node.title))
        elif isinstance(node, nodes.ExternalLink):
            parts.append(inner(node.title) if node.title is not None else "")
        elif isinstance(node, nodes.Tag):
            name = str(node.tag).strip().lower()
            if name in {"nowiki", "pre", "syntaxhighlight", "source", "code", "math"}:
                space = "" if name == "nowiki" else " "
                parts.append(f"{space}{node.contents or ''}{space}")
            elif name not in {"references", "script", "style", "templatestyles"}:
                space = "" if name in {"b", "i", "sub", "sup", "u", "s", "span", "small", "big"} else " "
                parts.append(f"{space}{inner(node.contents)}{space}")
        elif isinstance(node, nodes.Text):
            parts.append(_OPEN.sub(" ", str(node)))
        elif isinstance(node, nodes.HTMLEntity):
            parts.append(str(node.normalize()))
        elif isinstance(node, nodes.Heading):
            parts.append(f" {inner(node.title)} ")
        else:
            parts.append(" ")  # what a template makes stands between its neighbours
    return "".join(parts)
