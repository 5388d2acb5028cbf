"""DokuWiki: its `data` folder, with `pages` and `media`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from wikijs.core.files import FileRefusedError, Tree

from ..model import ForeignPage, InteropError, Links, Remark, Site
from ..pandoc.running import to_markdown
from ..spans import replaced
from .dokuwiki_text import visible
from .reading import page_text

_TITLE: Final = re.compile(r"\A\s*+={2,6}([^=\n][^\n]*)\n?")
_TAGS: Final = re.compile(r"\{\{tag>([^{}]*+)\}\}\n?")
_MACRO: Final = re.compile(r"~~[A-Z_][A-Z_:\d-]*+~~")
_PLUGIN: Final = re.compile(r"~~[A-Z_:]++~~|\{\{(?!tag>)\w++>[^{}]*+\}\}|<(\w++)[^<>]*+>")
_CLOSING: Final = re.compile(r"</(\w++)>")
_OWN: Final = {"code", "file", "nowiki", "sub", "sup", "del", "html", "php", "todo"}
"""Elements of DokuWiki itself, and those that are translated."""
_WRAPPED: Final = re.compile(r"</?(?:WRAP|wrap|block|div|inline|span)\b[^<>\n]*+>")
_DONE: Final = re.compile(r"<todo\b[^<>\n#]*+#[^<>\n]*+>")
_TODO: Final = re.compile(r"<todo\b[^<>\n]*+>")
_CODE: Final = {
    re.compile(r"<(code|file|nowiki|html|php)\b[^<>]*+>", re.IGNORECASE): "</{0}>",
    re.compile(r"%%"): "%%",
}
_MASK: Final = re.compile("\x01(\\d+)\x01")
_BLOCK: Final = re.compile(r"<(?:code|file)\b[^<>]*+>(.*)</(?:code|file)>", re.IGNORECASE | re.DOTALL)
_ROWS: Final = re.compile(r"(?:^[|^][^\n]*+(?:\n|\Z))++", re.MULTILINE)
_BETWEEN: Final = re.compile(r"\[\[[^\[\]\n]*+\]\]|\{\{[^{}\n]*+\}\}|([|^])")
_LABELLED: Final = re.compile(r"\[\[([^\[\]|\n]{1,2000}+)\|([^|\n]{1,2000}?)\]\](?!\])")
_OPEN, _SHUT = "\ue0f0", "\ue0f1"
"""Stand for brackets in the text of a link, which pandoc takes for its end."""
_BEGIN, _END = "\ue0f2", "\ue0f3"
"""Stand around an image that is a link: pandoc knows none."""
_LABELLED_IMAGE: Final = re.compile(r"\[\[([^\[\]|\n]{1,2000}+)\|\s*+(\{\{[^{}\n]++\}\})\s*+\]\]")
_LINKED_IMAGE: Final = re.compile(rf"{_BEGIN}([^{_BEGIN}{_END}\n]*?)\[{_END}\]\(([^()\s]*+)\)")
_PARTS: Final = re.compile(r"\{\{\w++>[^{}]*+\}\}")
_PLAIN_HEADING: Final = re.compile(r"^[ \t]*+(={2,6})(?!=)[ \t]*+(\S[^\n]*?)[ \t]*+\1[ \t]*+$", re.MULTILINE)
_MARKUP: Final = re.compile(r"\*\*|//|__|''|\[\[|\{\{|\\\\|<")
_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://|mailto:|tel:|news:)", re.IGNORECASE)
_INTERWIKI: Final = re.compile(r"[\w.]++>")
_SHARE: Final = re.compile(r"\\\\(?=\w)")
_EMAIL: Final = re.compile(r"[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+")
_TEMPLATES: Final = {"_template", "__template", "c_template", "i_template"}
_ROMANISED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})
START: Final = "start"


def read(source: Path) -> Site:
    """Read pages and media.

    Raises:
        InteropError: There are no pages.
    """
    pages, media = _folders(source)
    site = Site(
        files={_key(file.name): file.path for file in Tree(media).files()} if media.is_dir() else {},
        slug=_slug,
        number="{}{}".format,
    )
    tree = Tree(pages)
    for file in tree.files():
        key = _key(file.name.removesuffix(".txt"))
        if not file.name.endswith(".txt") or key.rpartition(":")[2] in _TEMPLATES:
            continue
        try:
            text = page_text(tree, file.name, site, key)
        except FileRefusedError as error:
            site.remarks.append(Remark(key, f"It was left out: {error.reason}."))
            continue
        site.pages.append(_page(key, text))
        namespace, _, name = key.rpartition(":")
        if name == START and namespace:
            site.aliases.setdefault(namespace, key)
    if not site.pages:
        raise InteropError(f"{source} holds no page of DokuWiki.", hint="Give its folder data, which holds pages.")
    for page in site.pages:  # a page beats the start page of a namespace of its name
        site.aliases.pop(page.key, None)
    return site


def _page(key: str, text: str) -> ForeignPage:
    namespace, _, name = key.rpartition(":")
    title, rest = _heading(text)
    # The first heading is the title whatever its level; as one of level 1 it is known for what it is.
    bare, kept = _masked(f"====== {title} ======\n{rest}" if title else rest)
    body = _unmasked(_TAGS.sub("", bare), kept)
    return ForeignPage(
        key=key,
        path=(namespace if name == START else key).replace(":", "/"),
        title=title or name.replace("_", " ").capitalize(),
        tags=tuple(word for found in _TAGS.findall(_masked(text)[0]) for word in found.split()),
        translate=partial(_translated, body, namespace),
        raw=text,
        visible=partial(visible, text),
    )


def _heading(text: str) -> tuple[str, str]:
    """The title that a page begins with, and the text below it."""
    line = _TITLE.match(text)
    words = line[1].rstrip() if line else ""
    title = " ".join(words.rstrip("=").split())
    return (title, text[line.end() :]) if line and title and words.endswith("==") else ("", text)


def _folders(source: Path) -> tuple[Path, Path]:
    for root in (source / "data", source, source.parent):
        if (root / "pages").is_dir():
            return root / "pages", root / "media"
    return source, source / "media"


def _key(name: str) -> str:
    """The id of a page or a file; names of files may be encoded as in addresses."""
    return unicodedata.normalize("NFC", unquote(name)).replace("/", ":")


def _slug(text: str) -> str:
    """The id of a heading."""
    return re.sub(r"[\W_]+", "_", text.lower()).strip("_")


def _plugins(text: str) -> Iterator[str]:
    """What only plugins understand: macros, and elements that are closed in the same line."""
    for line in text.split("\n"):
        closings = {closing[1]: closing.start() for closing in _CLOSING.finditer(line)}
        for found in _PLUGIN.finditer(line):
            if not found[1] or (found[1] not in _OWN and closings.get(found[1], 0) >= found.end()):
                yield found[0]


def _translated(text: str, namespace: str, links: Links) -> str:
    def rewrite(target: str, is_image: bool) -> str | None:
        if (outside := _outside(target, links)) is not None:
            return outside or None
        target = target.partition("?")[0]
        name, _, part = target.partition("#")
        if not name:
            return links.anchor("", part) or None
        candidates = _candidates(unquote(name), namespace)
        for key in candidates:
            if not is_image and (page := links.page(key)) is not None:
                return page + links.anchor(key, part)
            if (found := links.file(key)) is not None:
                return found
        links.remark(f"{'The file' if is_image else 'The page'} {candidates[0]} does not exist.")
        return f"/{candidates[0].replace(':', '/')}" if is_image else None

    translated = to_markdown(_plainer(text, links), "dokuwiki", rewrite=rewrite, remark=links.remark)
    translated = _LINKED_IMAGE.sub(r"[\1](\2)", translated)
    return translated.replace(_OPEN, "\\[").replace(_SHUT, "\\]").replace(_BEGIN, "").replace(_END, "")


def _outside(target: str, links: Links) -> str | None:
    """Where a link leads out of this wiki, nothing where that is not known, None where it does not."""
    if _SCHEME.match(target):
        return target
    if _EMAIL.fullmatch(target):
        return f"mailto:{target}"
    if _INTERWIKI.match(target):
        links.remark(f"Where {target} leads is not known here; its text stays.")
        return ""
    if _SHARE.match(target):
        links.remark(f"The link to {target} stays in the source, but the wiki does not show where it leads.")
        return "file:" + target.replace("\\", "/")
    return None


def _plainer(text: str, links: Links) -> str:
    """Markup without what pandoc does not know."""
    text, kept = _masked(text)
    for plugin in _plugins(text):
        links.remark(f"{plugin!r} belongs to a plugin and was not translated.")
    for wrapped in _WRAPPED.findall(text):
        if not wrapped.startswith("</"):
            links.remark(f"{wrapped!r} belongs to a plugin and was taken off; what was in it stays.")
    text = _WRAPPED.sub("", _MACRO.sub("", text))
    text = _TODO.sub("\u2610 ", _DONE.sub("\u2612 ", text)).replace("</todo>", "")
    text = _PARTS.sub(lambda part: _shown(part[0], kept), text)
    text = _PLAIN_HEADING.sub(partial(_as_text, kept=kept), text)
    text = _LABELLED_IMAGE.sub(rf"{_BEGIN}\2[[\1|{_END}]]", text)
    text = _LABELLED.sub(_with_brackets, _ROWS.sub(partial(_even, kept=kept), text))
    return _unmasked(text, kept)


def _masked(text: str) -> tuple[str, list[str]]:
    """A text with marks in the place of code and of what is to be shown as it is, and these."""
    kept: list[str] = []

    def keep(opening: re.Match[str], inside: str, whole: str) -> str:
        if (
            "\n" in inside.strip()
            and inside.lstrip(" \t")[:1] != "\n"
            and (opening[0][1:5].lower() in {"code", "file"})
        ):
            whole = f"{opening[0]}\n{whole[len(opening[0]) :]}"  # pandoc takes it for code only where a line ends here
        if opening[0][1:4] == "php":  # what nobody is allowed to run is shown
            whole = f"''<nowiki>{inside}</nowiki>''"
        elif opening[0][1:4] == "PHP":
            whole = f"<code php>\n{inside.strip()}\n</code>"
        kept.append(whole)
        return f"\x01{len(kept) - 1}\x01"

    return replaced(text.replace("\x01", ""), _CODE, keep), kept


def _unmasked(text: str, kept: list[str]) -> str:
    return _MASK.sub(lambda match: kept[int(match[1])], text)


def _even(table: re.Match[str], kept: list[str]) -> str:
    """A table whose first row has as many cells as the longest: pandoc leaves out what is beyond.

    Blocks of code become code in the line, the only one that pandoc reads in a cell.
    """
    rows = _MASK.sub(lambda mark: _in_cell(mark, kept), table[0]).split("\n")
    counts = [sum(1 for found in _BETWEEN.finditer(row.rstrip()) if found[1]) for row in rows]
    return "\n".join([rows[0].rstrip() + " |" * (max(counts) - counts[0]), *rows[1:]])


def _in_cell(mark: re.Match[str], kept: list[str]) -> str:
    code = _BLOCK.fullmatch(kept[int(mark[1])])
    if code is None:
        return mark[0]
    lines = filter(None, map(str.strip, code[1].split("\n")))
    return " \\\\ ".join(f"''{_shown(line, kept)}''" for line in lines)


def _shown(text: str, kept: list[str]) -> str:
    """A mark for a text that is no markup."""
    kept.append(f"<nowiki>{text}</nowiki>")
    return f"\x01{len(kept) - 1}\x01"


def _as_text(heading: re.Match[str], kept: list[str]) -> str:
    """A heading that pandoc leaves as it is: DokuWiki knows no markup in headings."""
    text = heading[2]
    if "\x01" not in text and _MARKUP.search(text):
        text = _shown(text, kept)
    return f"{heading[1]} {text} {heading[1]}"


def _with_brackets(link: re.Match[str]) -> str:
    label = link[2].replace("[", _OPEN).replace("]", _SHUT)
    return f"[[{link[1]}|{label}]]"


def _candidates(name: str, namespace: str) -> list[str]:
    """Keys that a name may mean: absolute ones as they are, others from the namespace, then from the root."""
    parts = [part for part in re.split(r"[/:]", name.strip()) if part]
    above = [] if name.startswith(("/", ":")) else namespace.split(":") if namespace else []
    is_relative = parts[:1] in (["."], [".."])
    found: list[list[str]] = [[*above, *parts]]
    if above and not is_relative:
        found.append(parts)
    keys = [":".join(_resolved(each)) for each in found]
    keys += [key.translate(_ROMANISED) for key in keys] + [_bare(key) for key in keys]
    starts = [f"{key}:{START}".lstrip(":") for key in keys]
    ends = [*starts, *(f"{key}:{key.rpartition(':')[2]}" for key in keys)] if name.endswith((":", "/")) else []
    return [key for key in dict.fromkeys([*ends, *keys, *starts]) if key]


def _bare(key: str) -> str:
    """A key without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", key) if not unicodedata.combining(each))


def _resolved(parts: list[str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == "..":
            found = found[:-1]
        elif part != ".":
            found.append(re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", part).lower()).strip("_.-") or part)
    return found
