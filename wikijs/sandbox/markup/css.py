"""Style sheets written the way the server gives them back: one declaration a line, without comments."""

from __future__ import annotations

import re

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TOKEN = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{};"'(]|\([^)]*\))+|[{};]""", re.DOTALL)
NESTING = ("@media", "@supports", "@document", "@layer", "@container", "@keyframes", "@-webkit-keyframes")
ZERO = re.compile(r"(?<![\w.#-])0(?:\.0+)?(?:px|em|rem|pt|cm|mm|in|pc|ex|vh|vw)\b")
HEX = re.compile(r"#([0-9a-fA-F])\1([0-9a-fA-F])\2([0-9a-fA-F])\3\b")
SHORTER = {
    "#f00": "red", "blue": "#00f", "black": "#000", "white": "#fff", "yellow": "#ff0", "magenta": "#f0f",
    "fuchsia": "#f0f", "#808080": "gray", "#008000": "green", "#000080": "navy", "#800080": "purple",
    "#008080": "teal", "#c0c0c0": "silver", "#800000": "maroon", "#ffa500": "orange",
}  # fmt: skip
COLOUR = re.compile(r"(?<![\w.#-])(#[0-9a-f]{3,6}|[a-z]+)\b(?![(-])", re.IGNORECASE)


def beautified(text: str) -> str:
    """A style sheet in its tidy form. What is not complete is left out."""
    tokens = [match[0].strip() for match in TOKEN.finditer(without_comments(text))]
    blocks, _ = parsed([token for token in tokens if token], 0)
    return "\n".join(blocks)


def without_comments(text: str) -> str:
    """The text without comments; one without an end stays."""
    end = text.rfind("*/") + 2
    return COMMENT.sub("", text[:end]) + text[end:] if end > 1 else text


def parsed(tokens: list[str], depth: int) -> tuple[list[str], list[str]]:
    """The statements up to the end of a block as lines, and the tokens after it."""
    found: list[str] = []
    pad = "  " * depth
    while tokens:
        part, *tokens = tokens
        if part == "}":
            break
        following = tokens[0] if tokens else ""
        if part.startswith("@") and following == ";":
            found.append(f"{pad}{squeezed(part)};")
        elif following == "{":
            inner, tokens = body(part, tokens[1:], depth)
            if inner:
                found.append(f"{pad}{prelude(part)} {{\n{inner}\n{pad}}}")
    return found, tokens


def body(head: str, tokens: list[str], depth: int) -> tuple[str, list[str]]:
    """What is between braces, and the tokens after them."""
    if head.startswith(NESTING):
        found, rest = parsed(tokens, depth + 1)
        return "\n".join(found), rest
    declarations: dict[str, str] = {}
    pad = "  " * (depth + 1)
    while tokens:
        part, *tokens = tokens
        if part == "}":
            return ";\n".join(declarations.values()), tokens
        name, colon, value = part.partition(":")
        if colon and value.strip():
            line = f"{pad}{name.strip()}: {shortened(value)}"
            declarations[line] = line
    return "", tokens


def squeezed(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def prelude(text: str) -> str:
    """Selectors, one a line, or the head of a nesting rule."""
    if text.startswith("@"):
        return squeezed(text)
    return ",\n".join(re.sub(r"\s*([>+~])\s*", r" \1 ", squeezed(item)) for item in text.split(","))


def shortened(value: str) -> str:
    """A value written as briefly as it can be."""
    value = re.sub(r"\s*,\s*", ",", squeezed(value))
    if '"' in value or "'" in value or "url(" in value:
        return value
    brief = HEX.sub(lambda match: f"#{match[1]}{match[2]}{match[3]}".lower(), ZERO.sub("0", value))
    return COLOUR.sub(lambda match: SHORTER.get(match[1].lower(), match[1]), brief)
