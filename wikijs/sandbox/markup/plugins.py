"""What the server's Markdown parser has on top of the common one where the text is parsed: formulas, foot notes, and
sizes of pictures.
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from .formulas import Unknown, mathml
from .refusals import refused

SIZED = re.compile(
    r"!\[([^\[\]\n]{0,1000}+)\]\([ \t]{0,9}([^\s()<>]{1,2000}+)[ \t]{1,9}=(\d{0,5})x(\d{0,5})[ \t]{0,9}\)"
)
SIGN = re.compile(r"[A-Za-z]|\d+|[^\sA-Za-z\d]")
BRACES = re.compile(r"(?<!\s)\s*+\{[^{}\n]++\}$")
NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def extend(parser: MarkdownIt) -> None:
    """Add them to a parser."""
    parser.use(footnote_plugin)
    # Like KaTeX's plugin: no space inside the dollars, no digit behind them.
    dollarmath_plugin(
        parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=False, renderer=formula
    )
    parser.inline.ruler.before("math_inline", "two_dollars", _two_dollars)
    parser.add_render_rule("math_inline", _inline)
    parser.core.ruler.after("inline", "braces_of_formulas", _lose_braces)
    parser.add_render_rule("math_block", _display)
    parser.inline.ruler.before("image", "sized_image", sized_image)


def _lose_braces(state: StateCore) -> None:
    """A formula at the end of a text loses the braces at its own end to the parser of classes and ids, and is shown as
    it is written then, since KaTeX refuses the rest.
    """
    for token in state.tokens:
        last = token.children[-1] if token.children else None
        if last is not None and last.type == "math_inline" and (match := BRACES.search(last.content)):
            last.type, last.content = "html_inline", f"{last.content[: match.start()]}<!-- -->"


def _two_dollars(state: StateInline, silent: bool) -> bool:
    """Within a line two dollars begin no formula: there is nothing between them."""
    if not state.src.startswith("$$", state.pos):
        return False
    if not silent:
        state.pending += "$$"
    state.pos += 2
    return True


def _inline(_: Any, tokens: Any, index: int, _options: Any, _environment: Any) -> str:
    return formula(tokens[index].content, {})


def _display(_: Any, tokens: Any, index: int, _options: Any, _environment: Any) -> str:
    made = formula(tokens[index].content, {"display_mode": True})
    return f"{made}\n" if refused(tokens[index].content) else f"<p>{made}</p>\n"


def formula(content: str, options: Any) -> str:
    """A formula the way KaTeX builds it: as MathML with its source, and as HTML. The signs stand in a row here; how
    high and how far apart they are, only KaTeX knows. What it refuses comes as it is written.
    """
    is_display = bool(options.get("display_mode"))
    if refused(content):
        return content.strip("\n")
    source = escapeHtml(content.strip("\n") + ("\n" if is_display else ""))
    try:
        signs = mathml(content, display=is_display)
    except Unknown:
        signs = f"<mrow>{''.join(_sign(sign) for sign in SIGN.findall(content))}</mrow>"
    display = ' display="block"' if is_display else ""
    inner = (
        f'<span class="katex"><span class="katex-mathml"><math xmlns="{NAMESPACE}"{display}>'
        f"{signs}{source}</math></span>"
        f'<span class="katex-html" aria-hidden="true"><span class="base">{_html(content)}</span></span></span>'
    )
    return f'<span class="katex-display">{inner}</span>' if is_display else inner


def _sign(sign: str) -> str:
    name = "mi" if sign.isalpha() else "mn" if sign.isdigit() else "mo"
    return f"<{name}>{escapeHtml(sign)}</{name}>"


def _html(content: str) -> str:
    return "".join(
        f'<span class="mord{" mathnormal" if sign.isalpha() else ""}">{escapeHtml(sign)}</span>'
        for sign in SIGN.findall(content)
    )


def sized_image(state: StateInline, silent: bool) -> bool:
    """A picture with its size: `![text](address =200x100)`, where one of the two may be missing."""
    match = SIZED.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("image", "img", 0)
        token.attrs = {"src": state.md.normalizeLink(match[2]), "alt": ""}
        token.content, token.children = match[1], []
        state.md.inline.parse(match[1], state.md, state.env, token.children)
        token.attrs |= {name: value for name, value in (("width", match[3]), ("height", match[4])) if value}
    state.pos = match.end()
    return True
