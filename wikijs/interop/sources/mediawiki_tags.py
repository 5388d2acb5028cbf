"""Elements of MediaWiki's extensions as markup that pandoc reads: translated, kept as code, or left out.

Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..pandoc.tree import short
from ..spans import replaced

_MADE: Final = (
    "ask|calendar|categorytree|chart|choose|datatable2|display_map|display_points|dpl|dynamicpagelist|embedvideo|forum"
    "|googlemap|graph|graphviz|hiero|inputbox|kml|listen|mapframe|maplink|mermaid|mscgen|pages|pdf|phonos|plantuml|quiz"
    "|randomimage|rss|score|slideshow|templatedata|timeline|uml|video|websiteframe|youtube"
)
"""What a program makes something of that a page cannot show."""
_END: Final = r"(?=[\s/>])[^<>]*+"
_CODE: Final = re.compile(rf"<(nowiki|pre|syntaxhighlight|source|code|{_MADE}){_END}(?<!/)>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<!--")
_SINGLE: Final = re.compile(rf"<(?:{_MADE}){_END}(?<=/)>", re.IGNORECASE)
_NAMES: Final = re.compile(_MADE, re.IGNORECASE)
_INLINE: Final = re.compile(r"<(?:syntaxhighlight|source)\b[^<>]*?\sinline\b", re.IGNORECASE)
_SHOWN: Final = {
    re.compile(rf"<({name}){_END}(?<!/)>", re.IGNORECASE): "</{0}>"
    for name in ("poem", "ce", "chem", "imagemap", "tabber")
}
_MARKS: Final = (
    r"</?(?:translate|indicator|data|charinsert|html|noinclude|onlyinclude)(?=[\s/>])[^<>]*+>"
    r"|<tvar[|\s][^<>]*+>|</(?:tvar)?>|<section\s[^<>]*+(?<=/)>"
)
_AROUND: Final = re.compile(rf"(?m:^)(?:{_MARKS})++[ \t]*+|{_MARKS}", re.IGNORECASE)
"""What only stands around text, or marks a place in it; at the beginning of a line with the spaces behind it, which
would begin code.
"""
_SHEETS: Final = r"<(?:templatestyles|languages)(?=[\s/>])[^<>]*+>(?:\s*+</(?:templatestyles|languages)\s*+>)?"
_LEFT: Final = re.compile(rf"(?m:^)({_SHEETS})[ \t]*+|{_SHEETS}", re.IGNORECASE)
_INCLUDED: Final = {re.compile(r"<includeonly\s*+>", re.IGNORECASE): "</includeonly>"}
_LINK: Final = re.compile(r"\[\[[^\[\]]++\]\]|\[(?:https?:)?//[^\[\]]++\]")
_AT_BEGIN: Final = re.compile(r"[*#;=]|\{\||\||!")
"""What means something at the beginning of a line only."""
_ALONE: Final = re.compile(r"^[ \t]*+\x02[ \t\x02]*+(?:\n|\Z)", re.MULTILINE)
_QUOTES: Final = re.compile("('{2,})")
_BOTH: Final = re.compile(r"(?<!')'{5}(?!')((?:[^'\n]|'(?!'))++)'{5}(?!')")
_GALLERY: Final = re.compile(r"\bcaption\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)


def protected(text: str, remark: Callable[[str], None]) -> tuple[str, list[str]]:
    """Markup in which marks stand for code, and for what only a program of MediaWiki reads; comments are gone.

    Returns:
        The markup, and what belongs in the places of `\\x01number\\x01`.
    """
    kept: list[str] = []

    def mark(content: str) -> str:
        kept.append(content)
        return f"\x01{len(kept) - 1}\x01"

    def keep(opening: re.Match[str], inside: str, whole: str) -> str:
        if not opening.groups():
            return "\x02"
        name = opening[1].lower()
        if _NAMES.fullmatch(name):
            remark(f"What MediaWiki makes of <{name}> is not there; it is kept as code: {short(inside)}.")
            return mark(_as_code(whole))
        if _INLINE.match(opening[0]) and "\n" not in inside.strip("\n"):
            return mark(_as_code(inside.strip("\n")))
        return mark(whole)

    def single(found: re.Match[str]) -> str:
        remark(f"What MediaWiki makes of it is not there; it is kept as code: {short(found[0])}.")
        return mark(_as_code(found[0]))

    text = re.sub("[\x01\x02]", "", text)
    text = replaced(text, {_CODE: "</{0}>", _COMMENT: "-->"}, keep)
    return _SINGLE.sub(single, _ALONE.sub("", text).replace("\x02", "")), kept


def restored(text: str, kept: list[str]) -> str:
    """Markup with what `protected` took out of it."""
    return re.sub("\x01(\\d+)\x01", lambda match: kept[int(match[1])], text)


def _as_code(text: str) -> str:
    if "\n" not in text and "</nowiki" not in text.lower():
        return f"<code><nowiki>{text}</nowiki></code>"
    name = "pre" if "</syntaxhighlight" in text.lower() else "syntaxhighlight"
    return f"\n<{name}>\n{text}\n</{name}>\n"


def page_itself(text: str) -> str:
    """Markup as the page itself has it: without what only pages that include it have, and without what only stands
    around text.
    """
    return _AROUND.sub("", replaced(text, _INCLUDED, lambda opening, inside, whole: ""))


def plain(text: str, remark: Callable[[str], None]) -> str:
    """Markup with MediaWiki's own in the place of what its extensions add, and nothing for what cannot be shown."""

    def included(opening: re.Match[str], inside: str, whole: str) -> str:
        if inside.strip():
            remark(f"What only pages that include this one show was left out: {short(inside)}.")
        return ""

    def left(found: re.Match[str]) -> str:
        remark(f"{short(found[0])} was left out.")
        return ""

    def shown(opening: re.Match[str], inside: str, whole: str) -> str:
        name = opening[1].lower()
        if name in {"ce", "chem"}:
            return f"<math>\\ce{{{inside.strip()}}}</math>"
        if name == "poem":
            is_alone = not opening.string[: opening.start()].rpartition("\n")[2].strip()
            return f"\n\n{_verses(inside)}\n\n" if is_alone else _verses(inside)
        if name == "tabber":
            return _tabs(inside)
        remark("An image with areas that lead somewhere became an image and a list of its links.")
        return image_and_links(inside)

    text = _AROUND.sub("", replaced(text, _INCLUDED, included))
    return replaced(_LEFT.sub(left, text), _SHOWN, shown)


def _verses(text: str) -> str:
    """Lines that stay lines, with the spaces in front of them."""
    parts: list[str] = []
    for line in text.strip("\n").split("\n"):
        before = len(line) - len(line.lstrip(" :"))
        if _AT_BEGIN.match(line):
            parts.append(f"\n{line}\n")
        else:
            indent = sum(4 if letter == ":" else 1 for letter in line[:before])
            parts.append("&nbsp;" * indent + line[before:].rstrip() + "<br>")
    return "".join(parts).removesuffix("<br>").replace("\n\n", "\n")


def image_and_links(text: str) -> str:
    """An `<imagemap>` as an image and a list of what its areas lead to."""
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#")]
    if not lines:
        return ""
    links = [link for line in lines[1:] for link in _LINK.findall(line)]
    return "\n\n".join(["", f"[[{lines[0]}]]", "\n".join(f"* {link}" for link in links), ""])


def _tabs(text: str) -> str:
    parts: list[str] = []
    for tab in text.split("|-|"):
        name, _, content = tab.partition("=")
        parts.append(f"'''{name.strip()}'''\n\n{content.strip()}" if content else name.strip())
    return "\n\n".join(["", *parts, ""])


def plain_quotes(text: str) -> str:
    """Markup in which bold and slanted text begins and ends with a letter: pandoc loses the spaces at its edges, which
    would join words, and it does not find the ends of text that is both.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "''" in line:
            lines[number] = "".join(_outside(_with_apostrophes(_QUOTES.split(line))))
            lines[number] = _BOTH.sub(r"'''<i>\1</i>'''", lines[number])
    return "\n".join(lines)


def _with_apostrophes(parts: list[str]) -> list[str]:
    """Texts and the marks between them, apostrophes among the texts, by MediaWiki's rules: in `''Iliad'''s` is one."""
    for index in range(1, len(parts), 2):
        count = len(parts[index])
        marks = 3 if count == 4 else min(count, 5)
        parts[index - 1] += "&#39;" * (count - marks)
        parts[index] = "'" * marks
    counts = [len(mark) for mark in parts[1::2]]
    bold = [2 * number + 1 for number, count in enumerate(counts) if count == 3]
    if bold and sum(count != 2 for count in counts) % 2 and sum(count != 3 for count in counts) % 2:
        loose = [index for index in bold if not parts[index - 1].endswith(" ")]
        alone = [index for index in loose if parts[index - 1][-2:-1] == " "]
        chosen = (alone or loose or bold)[0]
        parts[chosen - 1] += "&#39;"
        parts[chosen] = "''"
    return parts


def _outside(parts: list[str]) -> list[str]:
    """Texts and the marks between them, spaces moved to the outer side of marks."""
    is_open = {2: False, 3: False}
    for index in range(1, len(parts), 2):
        kinds = {2: (2,), 3: (3,), 4: (3,)}.get(len(parts[index]), (2, 3))
        before, after = parts[index - 1], parts[index + 1]
        if all(is_open[kind] for kind in kinds):
            kept = before.rstrip(" ")
            parts[index - 1], parts[index + 1] = kept, before[len(kept) :] + after
        elif not any(is_open[kind] for kind in kinds):
            kept = after.lstrip(" ")
            spaces = after[: len(after) - len(kept)] if before or index > 1 else ""  # in front of a line it means code
            parts[index - 1], parts[index + 1] = before + spaces, kept
        for kind in kinds:
            is_open[kind] = not is_open[kind]
    if _is_whole("".join(parts)):
        last = parts[-1].rstrip("= ")
        parts[-1:] = [last, *("'" * kind for kind in (2, 3) if is_open[kind]), parts[-1][len(last) :]]
    return parts


def _is_whole(line: str) -> bool:
    """Whether what is open at the end of a line ends there, as MediaWiki has it, and not in a cell or an element."""
    return not any(sign in line for sign in ("<", "\x01", "||", "!!", "{{")) and line.count("[[") == line.count("]]")


def gallery_caption(opening: str) -> str:
    """What stands above a gallery, by its `<gallery ...>`."""
    found = _GALLERY.search(opening)
    return next((text.strip() for text in found.groups() if text), "") if found else ""
