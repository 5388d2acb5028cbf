"""MediaWiki: an XML dump, and its `images` folder where it lies beside the dump."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, open_file, refusing
from wikijs.core.values.installing import pip_line

from ..model import ForeignPage, InteropError, Links, Remark, Site
from ..naming import page_path
from ..pandoc.running import to_markdown
from ..spans import replaced
from . import mediawiki_tags
from .mediawiki_text import visible, with_references
from .reading import XMLFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENT: Final = {0, 4, 12}
"""Namespaces that hold pages for readers: articles, about the project, help. A wiki's own begin at 100."""
_NO_CONTENT: Final = {710, 828, 2300, 2302}
"""Subtitles, modules, gadgets."""
_REDIRECT: Final = re.compile(r"\s*#\w+:?\s*\[\[([^\]|]+)", re.IGNORECASE)
_SCHEME: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|//|(?:bitcoin|callto|geo|irc|magnet|mailto|matrix|news|sips?|skype|sms|tel|urn|xmpp):)",
    re.IGNORECASE,
)
_WITHOUT_SCHEME: Final = re.compile(r"(?<!\[)\[(?=//[^\s/\]])")
_NO_LINK: Final = re.compile(r"(?<!\[)\[([A-Za-z][\w+.-]{0,30}):(?!//)")
"""A bracket that pandoc takes for a link, whatever stands in front of the colon."""
_SWITCH: Final = re.compile(r"__[A-Z]{3,40}(?:_[A-Z]{1,40}){0,3}__")
_GALLERY: Final = {re.compile(r"<gallery\b[^<>]*+>", re.IGNORECASE): "</gallery>"}
_TABLE: Final = re.compile(r"[ \t:]*+(\{\||\|\})")
_INDENTED: Final = re.compile(r"^[ \t]*:[ \t:]*(?=\{\|)", re.MULTILINE)
_ROW: Final = re.compile(r"^(?=[ \t]*\|-)", re.MULTILINE)
_CELLS: Final = re.compile(r"^[ \t]*[|!](?![-+}])(.*)$", re.MULTILINE)
_SPAN: Final = re.compile(r"\bcolspan\s*=\s*[\"']?\s*(\d{1,3})", re.IGNORECASE)
_OPTION: Final = re.compile(
    r"\|\s*(?:miniatur|mini|hochkant[^|\[\]]{0,20}|gerahmt|rahmenlos|rechts|links|zentriert|ohne|vignette|gauche|droite|centré"
    r"|cadre|miniaturadeimagen|miniatura|derecha|izquierda|centro|destra|sinistra|мини|справа|слева)\s*(?=[|\]])",
    re.IGNORECASE,
)
_MAIN_PAGES: Final = {"Main Page", "Hauptseite", "Accueil"}


@dataclass(slots=True)
class _Names:
    """How this wiki calls things.

    Attributes:
        files, categories: Names of the namespaces, in lower case.
        main: Title of its first page.
    """

    files: set[str] = field(default_factory=lambda: {"file", "image", "media", "datei", "bild", "fichier"})
    categories: set[str] = field(default_factory=lambda: {"category", "kategorie", "catégorie"})
    main: str = ""

    def learn(self, information: Element) -> None:
        """Take over what the dump says of its wiki."""
        for element in information.iter():
            if _name(element) == "namespace" and (text := (element.text or "").strip().lower()):
                if element.get("key") in {"6", "-2"}:
                    self.files.add(text)
                elif element.get("key") == "14":
                    self.categories.add(text)
            elif _name(element) == "base":
                self.main = _key(urlsplit(element.text or "").path.rpartition("/")[2])

    def file(self) -> re.Pattern[str]:
        """Matches an image up to the first bracket in its caption."""
        names = "|".join(map(re.escape, sorted(self.files - {"media"})))
        return re.compile(rf"\[\[\s*+(?:{names})\s*+:([^\[\]]*+\]?)", re.IGNORECASE)

    def category(self) -> re.Pattern[str]:
        """Matches a page's membership in a category."""
        names = "|".join(map(re.escape, sorted(self.categories)))
        return re.compile(
            rf"(?:(?m:^)[ \t]+)?\[\[\s*+(?:{names})\s*+:\s*+([^\[\]|]++)(?:\|[^\[\]]*+)?\]\](?:\n|(?<=\]\])[ \t]+)?",
            re.IGNORECASE,
        )


def read(source: Path) -> Site:
    """Read a dump as `dumpBackup.php` or Special:Export writes it.

    Raises:
        InteropError: It is none.
    """
    dumps = _dumps(source)
    site = Site(files=_files(dumps[0]), slug=_slug, number=_number)
    names = _Names()
    left = 0
    try:
        for title, namespace, text in (page for dump in dumps for page in _pages(dump, names)):
            if namespace not in _CONTENT and (namespace < 100 or namespace % 2 or namespace in _NO_CONTENT):
                left += 1
                continue
            redirect = _REDIRECT.match(text) if text.lstrip().startswith("#") else None
            if redirect:
                site.aliases[_key(title)] = _key(redirect[1].partition("#")[0])
                continue
            site.pages.append(_page(title, text, names))
    except FileRefusedError as error:
        if not site.pages:
            raise
        site.remarks.append(Remark("", f"The dump ends too early, after {len(site.pages)} pages: {error.reason}."))
    if not site.pages:
        raise InteropError(f"{source} holds no page of MediaWiki.", hint="Give the XML file of Special:Export.")
    if left:
        site.remarks.append(
            Remark("", f"{left} pages of other namespaces (talk, users, templates, files) were left out.")
        )
    return site


def _dumps(source: Path) -> list[Path]:
    """The XML files of a dump: one, or those in its folder.

    Raises:
        InteropError: There is none.
    """
    if not source.is_dir():
        return [source]
    found = [file.path for file in Tree(source).files() if file.name.lower().endswith(".xml")]
    if not found:
        raise InteropError(f"{source} holds no .xml file.", hint="Give the XML file of Special:Export.")
    return sorted(found)


def _page(title: str, text: str, names: _Names) -> ForeignPage:
    is_main = _key(title) in ({names.main} if names.main else _MAIN_PAGES)
    category = names.category()
    return ForeignPage(
        key=_key(title),
        path="home" if is_main else title.replace(":", "/"),
        title=title,
        tags=tuple(name.strip() for name in category.findall(mediawiki_tags.protected(text, lambda sentence: None)[0])),
        translate=partial(_translated, text, title, names),
        raw=text,
        visible=partial(visible, text, names.files, names.categories),
    )


def _pages(source: Path, names: _Names) -> Iterator[tuple[str, int, str]]:
    """Title, namespace and newest text of each page."""
    try:
        xml: Any = import_module("defusedxml.ElementTree")  # it has no types
    except ModuleNotFoundError:
        raise InteropError("Reading XML needs defusedxml.", hint=pip_line("interop")) from None
    depth = 0
    with open_file(source) as file, refusing(str(source), "it is no XML"):
        for event, element in xml.iterparse(XMLFile(file), ("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > BOUNDS.nesting:
                raise RecursionError
            if event == "end" and _name(element) == "siteinfo":
                names.learn(element)
            if event == "end" and _name(element) == "page":
                yield _text(element, "title"), int(_text(element, "ns") or 0), _newest(element)
                element.clear()


def _newest(page: Element) -> str:
    revisions = [element for element in page if _name(element) == "revision"]
    newest = max(revisions, key=lambda revision: _text(revision, "timestamp"), default=None)
    return "" if newest is None else _text(newest, "text")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next((child.text or "" for child in element if _name(child) == name), "")


def _files(source: Path) -> dict[str, Path]:
    """Files by name: MediaWiki keeps them in folders named by hash, and old versions and thumbnails beside them."""
    passed = {"archive", "thumb", "deleted", "temp"}
    return {
        _key(file.path.name): file.path
        for file in Tree(source.resolve().parent).files("images")
        if passed.isdisjoint(file.name.split("/")[1:])
    }


def _key(title: str) -> str:
    """Titles are the same with underscores, and with a small first letter."""
    plain = " ".join(unquote(title).replace("_", " ").split())
    return plain[:1].upper() + plain[1:]


def _slug(text: str) -> str:
    """A heading is called by its text."""
    return " ".join(text.replace("_", " ").split())


def _number(name: str, count: int) -> str:
    return f"{name} {count + 1}"


def _translated(text: str, title: str, names: _Names, links: Links) -> str:
    def rewrite(target: str, is_image: bool) -> str | None:
        if _SCHEME.match(target):
            return target
        plain = target.lstrip(":")
        name, _, part = plain.partition("#")
        space, colon, rest = (each.strip() for each in name.partition(":"))
        if is_image or (colon and space.replace("_", " ").lower() in names.files):
            key = _key(rest if colon and space.lower() in names.files else name)
            found = links.file(key)
            if found is None:
                links.remark(f"The file {key} is not beside the dump.")
            return found or f"/{key.replace(' ', '_')}"
        if colon and space.lower() in names.categories:
            return f"/t/{page_path(rest)}"  # where the wiki lists the pages with a tag
        if not name:
            return links.anchor("", part) or None
        for key in _meant(name, title):
            if (page := links.page(key)) is not None:
                return page + links.anchor(key, part)
        links.remark(f"The page {_meant(name, title)[0] or name} is not in the dump.")
        return None

    return to_markdown(_plainer(text, names, links.remark), "mediawiki", rewrite=rewrite, remark=links.remark)


def _meant(name: str, title: str) -> list[str]:
    """Titles that a link may mean: `/Below` and `../Beside` are relative to the page."""
    if name.startswith("/"):
        return [_key(f"{title}/{name.strip('/')}"), _key(name.strip("/"))]
    above = _key(title)
    is_relative = name.startswith("../")
    while name.startswith("../"):
        name, above = name.removeprefix("../"), above.rpartition("/")[0]
    if not is_relative:
        return [_key(name)]
    return [_key(f"{above}/{name.strip('/')}" if name.strip("/") else above)]


def _plainer(text: str, names: _Names, remark: Callable[[str], None]) -> str:
    """Markup without what pandoc does not know: elements of extensions, galleries, switches, categories."""
    text, kept = mediawiki_tags.protected(text, remark)
    text = with_references(mediawiki_tags.plain(text, remark))
    text = _WITHOUT_SCHEME.sub("[https:", _INDENTED.sub("", mediawiki_tags.plain_quotes(text)))
    text = _NO_LINK.sub(lambda found: found[0] if _SCHEME.match(found[0], 1) else f"&#91;{found[1]}&#58;", text)
    text = _with_padded_tables(names.file().sub(_plain_options, text))
    text = replaced(text, _GALLERY, lambda opening, inside, whole: _images(opening[0], inside, names))
    text = names.category().sub("", _SWITCH.sub("", text))
    return mediawiki_tags.restored(text, kept)


def _plain_options(image: re.Match[str]) -> str:
    """The beginning of an image without options in other languages than English, which pandoc takes for captions."""
    return f"[[File:{_OPTION.sub('', image[1])}"


def _images(opening: str, gallery: str, names: _Names) -> str:
    lines = [line.strip() for line in gallery.split("\n") if line.strip()]
    above = mediawiki_tags.gallery_caption(opening)
    pictures = [above] if above else []
    for line in lines:
        name, _, caption = line.partition("|")
        space, colon, rest = name.partition(":")
        own = rest if colon and space.strip().lower() in names.files else name
        words = caption.strip() or own.strip()
        pictures.append(f"[[File:{own.strip()}|{words}]]" + (f" {caption.strip()}" if caption.strip() else ""))
    return "\n\n" + "\n\n".join(pictures) + "\n\n"


def _with_padded_tables(text: str) -> str:
    """Markup with the innermost tables mended."""
    lines: list[str] = []
    begin: int | None = None
    for line in text.split("\n"):
        lines.append(line)
        mark = _TABLE.match(line)
        if mark and mark[1] == "{|":
            begin = len(lines) - 1
        elif mark and begin is not None:
            end = line.index("|}")
            table = "\n".join([*lines[begin:-1], line[:end]])
            lines[begin:] = [_padded(table) + line[end:]]
            begin = None
    return "\n".join(lines)


def _padded(table: str) -> str:
    """A table whose first row has as many cells as any other: pandoc drops what comes behind."""
    head, *rows = _ROW.split(table)
    chunks = [head, *rows]
    counts = [_cells(chunk) for chunk in chunks]
    first = next((index for index, count in enumerate(counts) if count), None)
    if first is None or (lacking := max(counts) - counts[first]) <= 0:
        return table
    chunks[first] = chunks[first].rstrip("\n") + "\n|" * lacking + "\n"
    return "".join(chunks)


def _cells(row: str) -> int:
    count = 0
    for line in _CELLS.findall(row):
        count += 1 + line.count("||") + line.count("!!")
        count += sum(int(span) - 1 for span in _SPAN.findall(line))
    return count
