"""Style sheets as the server stores them and gives them back: minified, or one declaration a line. Pure functions."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb
from typing import Final

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
HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")
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


LONG_NAMES = {"font-weight": {"bold": "700", "normal": "400"}, "background": {"none": "0 0"}}
"""Values that are shorter in other words, by property."""
RGB = re.compile(r"\brgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.IGNORECASE)
HSL = re.compile(r"\bhsl\(\s*(\d{1,3})\s*,\s*(\d{1,3})%\s*,\s*(\d{1,3})%\s*\)", re.IGNORECASE)
FRACTION = re.compile(r"(?<![\w.#-])(\d{1,20})\.(\d{1,20})")


def minified(text: str) -> str:
    """A style sheet as the server stores a page's: as short as it can be. What is not complete is left out."""
    tokens = [match[0].strip() for match in TOKEN.finditer(COMMENT.sub("", text))]
    return compacted([token for token in tokens if token])[0]


def compacted(tokens: list[str]) -> tuple[str, list[str]]:
    """The statements up to the end of a block, and the tokens after it."""
    found: list[str] = []
    while tokens:
        part, *tokens = tokens
        if part == "}":
            break
        following = tokens[0] if tokens else ""
        if part.startswith("@") and following == ";":
            found.append(f"{squeezed(part)};")
        elif following == "{":
            inner, tokens = inside(part, tokens[1:])
            found += [f"{compact_prelude(part)}{{{inner}}}"] if inner else []
    return "".join(found), tokens


def inside(head: str, tokens: list[str]) -> tuple[str, list[str]]:
    """What is between braces, and the tokens after them; nothing where the end is missing."""
    if head.startswith(NESTING):
        return compacted(tokens)
    declarations: dict[str, None] = {}
    while tokens:
        part, *tokens = tokens
        if part == "}":
            return ";".join(declarations), tokens
        name, colon, value = part.partition(":")
        if colon and value.strip():
            declarations[f"{name.strip()}:{compact_value(name.strip().lower(), value)}"] = None
    return "", tokens


def compact_prelude(text: str) -> str:
    """Selectors, or the head of a nesting rule, without spaces that say nothing."""
    if text.startswith("@"):
        return re.sub(r"\s*([:,()])\s*", r"\1", squeezed(text)) if "(" in text else squeezed(text)
    return re.sub(r"\s*([>+~,])\s*", r"\1", squeezed(text))


def compact_value(name: str, value: str) -> str:
    """A value in its shortest words."""
    value = re.sub(r"\s*!\s*important\b", "!important", squeezed(value))
    if '"' in value or "'" in value or "url(" in value:
        return re.sub(r"url\(\s*(.*?)\s*\)", r"url(\1)", value)
    value = RGB.sub(lambda match: hexadecimal(*(int(part) for part in match.groups())), value)
    value = HSL.sub(lambda match: of_hsl(*(int(part) for part in match.groups())), value)
    value = FRACTION.sub(fraction, shortened(HEX_COLOUR.sub(lambda match: match[0].lower(), value)))
    words = value.split(" ")
    if name == "margin" and words == ["0"] * len(words):
        value = "0"
    return LONG_NAMES.get(name, {}).get(value, value)


def fraction(match: re.Match[str]) -> str:
    """A number with a fraction, without zeros that say nothing."""
    whole, part = match[1].lstrip("0"), match[2].rstrip("0")
    return f"{whole}.{part}" if part else whole or "0"


def hexadecimal(red: int, green: int, blue: int) -> str:
    """A colour as six digits."""
    return "#" + "".join(f"{min(part, 255):02x}" for part in (red, green, blue))


def of_hsl(hue: int, saturation: int, lightness: int) -> str:
    """The same of hue, saturation and lightness."""
    parts = hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    return hexadecimal(*(round(part * 255) for part in parts))


MOST: Final = 100_000
"""Characters of a style sheet that is compared by what it says."""


def say_the_same(one: str, other: str) -> bool:
    """Whether the server stores these style sheets alike: it keeps none as it was written by hand."""
    if one == other or max(len(one), len(other)) > MOST:
        return one == other
    return minified(one) == minified(other)
