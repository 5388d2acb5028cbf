"""From a foreign site to a folder that `wikijs.transfer` imports."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from wikijs.core.files import FileRefusedError, copy, refusing
from wikijs.core.values.paths import DEFAULT_LOCALE, MAX_LENGTH, PagePath
from wikijs.transfer.format import PageFile, dump
from wikijs.transfer.names import file_name
from wikijs.transfer.plan import BODY_LIMIT, Incoming, check
from wikijs.transfer.targets import Folder
from wikijs.transfer.titles import first_heading, without_title

from . import naming
from .markdown.lines import fenced, unixed
from .markdown.parsing import Heading, headings, shown
from .model import ForeignPage, InteropError, Links, Remark, Report, Site
from .places import Places
from .words import missing, told

Kind: TypeAlias = Literal["mediawiki-xml", "dokuwiki", "confluence-html", "docusaurus", "mkdocs"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_READERS: Final = {
    "mediawiki-xml": "mediawiki:read",
    "dokuwiki": "dokuwiki:read",
    "confluence-html": "confluence:read",
    "docusaurus": "docusaurus:read",
    "mkdocs": "mkdocs:read",
}


def convert(
    kind: Kind,
    source: Path,
    into: Path,
    *,
    prefix: str = "",
    locale: str = DEFAULT_LOCALE,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Convert a site to a folder of pages with YAML front matter, and the files they refer to.

    Args:
        kind: What the source is.
        source: Its file or folder.
        into: Folder to write to.
        prefix: Path that all pages get in front, such as "old-wiki".
        locale: Locale of the pages.
        progress: Called after each page with the number done and the total.

    Raises:
        InteropError: The source is not what it should be, or a converter is missing.
        OSError: The folder cannot be written.
    """
    module, _, name = _READERS[kind].partition(":")
    try:
        site: Site = getattr(import_module(f".sources.{module}", __package__), name)(source)
    except FileRefusedError as error:
        raise InteropError(error.message, hint=error.hint) from None
    report = Report(remarks=[*site.remarks])
    places = Places(site, prefix)
    contents: dict[str, str] = {}
    found: dict[str, list[Heading]] = {}
    for index, page in enumerate(site.pages):
        content, title = _translated(page, places.links(page, report))
        contents[page.key], found[page.key] = content, title + headings(content)
        if progress is not None:
            progress(index + 1, len(site.pages))
    contents = places.settle(contents, found, report)
    folder = Folder(into)
    for page in site.pages:
        place = PagePath(places.of_page[page.key], locale)
        with _telling(page, report):
            target = file_name(place, "markdown", namespaced=locale != DEFAULT_LOCALE)
            file = _checked(page, contents[page.key], place, report)
            folder.write(target, dump(file, "yaml").encode("utf-8", "surrogatepass"))
            report.pages.append(target)
    for key, target in places.of_used_files.items():
        with _telling(None, report):
            path = folder.place(target)
            path.parent.mkdir(parents=True, exist_ok=True)
            copy(site.files[key], path, name=key)
            report.files.append(target)
    order = {page.key: number for number, page in enumerate(site.pages, 1)}
    report.remarks.sort(key=lambda remark: order.get(remark.page, 0))
    return report


@contextmanager
def _telling(page: ForeignPage | None, report: Report) -> Generator[None]:
    """Leave out what is refused, and tell."""
    try:
        yield
    except FileRefusedError as error:
        name = page.key if page else ""
        report.remarks.append(Remark(name, f"It was left out. {error.message}" if page else error.message))


def _translated(page: ForeignPage, links: Links) -> tuple[str, list[Heading]]:
    """The Markdown of a page, and the heading that went from it because it only repeats the title."""
    try:
        with refusing(page.key):
            content = unixed(page.translate(links))
    except FileRefusedError as error:
        links.remark(f"It could not be translated and is kept as code: {error.reason}.")
        return fenced(page.raw), []
    whole = first_heading(content)
    content = without_title(content, page.title)
    is_gone = whole is not None and whole.is_first and first_heading(content) != whole
    return content, [Heading(whole.text, whole.id)] if whole and is_gone else []


def _checked(page: ForeignPage, content: str, place: PagePath, report: Report) -> PageFile:
    """The file of a page that the import takes, with a word on what it lacks.

    Raises:
        FileRefusedError: The import would refuse it.
    """
    if not content.strip():
        report.remarks.append(Remark(page.key, "It has a title and nothing else; the title is its content."))
        content = f"# {page.title}\n"
    file = PageFile(
        content=content.strip("\n") + "\n",
        title=page.title[:MAX_LENGTH],
        description=page.description[:MAX_LENGTH],
        tags=_tags(page, report),
        is_published=page.is_published,
        editor="markdown",
    )
    for name, text in (("title", page.title), ("description", page.description)):
        if len(text) > MAX_LENGTH:
            report.remarks.append(Remark(page.key, f"The {name} is cut off after {MAX_LENGTH} characters: {text}"))
    if naming.is_shortened(page.path, place.path):
        report.remarks.append(Remark(page.key, f"Its path is too long and was shortened to {place.path}."))
    check(Incoming(page.key, place, file, ""), BODY_LIMIT)
    shown_there = [shown(content), file.title or "", file.description or "", " ".join(page.tags), page.description]
    if lost := missing(page.visible(), shown_there):
        report.remarks.append(Remark(page.key, told(lost)))
    return file


def _tags(page: ForeignPage, report: Report) -> tuple[str, ...]:
    tags = dict.fromkeys(" ".join(tag.replace(",", " ").split()).lower() for tag in page.tags)
    for tag in [tag for tag in tags if len(tag) > MAX_LENGTH]:
        report.remarks.append(Remark(page.key, f"A tag is too long and was left out: {tag[:60]}..."))
        del tags[tag]
    return tuple(tag for tag in tags if tag)
