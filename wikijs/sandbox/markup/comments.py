"""Comments from Markdown to HTML: no HTML of the author's, links found in the text, and emoji."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from wikijs.core.values.emoji import emoji, smiley_pattern, smileys

from .tree import parse_html

LINK = re.compile(
    r"(?P<full>(?:https?|ftp):[/]{2}[^\s<>\"]+|(?<![:\w])[/]{2}(?=[\w-]+\.)[^\s<>\"]+)"
    r"|(?P<mail>(?:mailto:)?[\w.!#$%&'*+=?^`{|}~-]{1,64}+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
    r"|(?<![\w@.:/-])(?P<bare>(?:[\w-]+\.)+"
    r"(?:[a-z]{2}|biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|рф)"
    r"(?![\w-])(?:[/?#][^\s<>\"]*)?)",
    re.IGNORECASE,
)
NAMED = re.compile(r":([\w+-]+):")


@cache
def markdown() -> MarkdownIt:
    """The Markdown parser of comments."""
    parser = MarkdownIt("js-default", {"html": False, "breaks": True, "linkify": False})
    parser.add_render_rule("fence", fence)
    parser.core.ruler.push("links_and_emoji", decorate)
    return parser


def fence(_: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _environment: Any) -> str:
    """A block of code; its language is a class, empty when it has none."""
    language = (tokens[index].info.split() or [""])[0]
    code = escapeHtml(tokens[index].content)
    return f'<pre><code class="language-{escapeHtml(language)}">{code}</code></pre>\n'


def decorate(state: StateCore) -> None:
    """Put links and emoji into the texts."""
    for block in state.tokens:
        if block.type == "code_block" and block.map and block.map[1] > state.src.count("\n"):
            block.content = block.content.removesuffix("\n")  # nothing follows that it would have to be kept apart from
        inside_link = 0
        children: list[Token] = []
        for token in block.children or ():
            inside_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type != "text":
                children.append(token)
            elif inside_link:
                children.append(text(with_emoji(token.content)))
            else:
                children += linked(state.md, token.content)
        if block.children:
            block.children = children


def text(content: str) -> Token:
    """A token of text."""
    return Token("text", "", 0, content=content)


def linked(parser: MarkdownIt, content: str) -> list[Token]:
    """A text with its links."""
    found: list[Token] = []
    position = 0
    for match in LINK.finditer(content):
        if match.start() < position:
            continue
        shown = match[0] if match["mail"] else trimmed(match[0])
        found.append(text(with_emoji(content[position : match.start()])))
        href = shown
        if match["bare"]:
            href = f"http://{shown}"
        elif match["mail"] and not shown.startswith("mailto:"):
            href = f"mailto:{shown}"
        opening = Token("link_open", "a", 1, attrs={"href": parser.normalizeLink(href)})
        found += [opening, text(parser.normalizeLinkText(shown)), Token("link_close", "a", -1)]
        position = match.start() + len(shown)
    return [*found, text(with_emoji(content[position:]))]


def trimmed(link: str) -> str:
    """A link without the punctuation that ends the sentence, a smiley, or a bracket that was opened before it."""
    while link:
        unopened = link[-1] in ")]" and link.count(")") + link.count("]") > link.count("(") + link.count("[")
        if not unopened and link[-1] not in ".,;:!?'*":
            break
        link = link[:-1]
    return link


def with_emoji(content: str) -> str:
    """A text with its emoji; a sign in front of the one before it does not count."""
    named = NAMED.sub(lambda match: emoji().get(match[1], match[0]), content)
    return smiley_pattern().sub(lambda match: smileys()[match[0]], named)


def rendered_comment(content: str) -> str:
    """A comment as HTML."""
    return parse_html(markdown().render(content)).html()
