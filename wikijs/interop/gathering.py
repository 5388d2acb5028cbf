"""From a foreign site to pages of this wiki: places, links, titles, and the words that were lost."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wikijs.core.files import FileRefusedError, refusing
from wikijs.core.values.paths import DEFAULT_LOCALE, MAX_LENGTH, PagePath
from wikijs.transfer.format import PageFile
from wikijs.transfer.plan import BODY_LIMIT, Incoming, check
from wikijs.transfer.titles import first_heading, without_title

from . import naming
from .markdown.boxes import with_classes
from .markdown.lines import fenced, unixed
from .markdown.parsing import Heading, headings, shown
from .model import ForeignPage, Links, Remark, Report, Site
from .places import Places
from .words import missing, told


@dataclass(frozen=True, slots=True)
class Gathered:
    """A page of the source as one of this wiki.

    Attributes:
        key: What the source calls it.
        place: Where it goes.
        page: What it holds.
        files: Keys of the files that it refers to.
    """

    key: str
    place: PagePath
    page: PageFile
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class Gathering:
    """All pages of a site, and the files they refer to.

    Attributes:
        pages: The pages that the wiki can hold.
        files: Names for files by what the source calls them.
        sources: Where those files are.
        left_out: Keys of pages that the wiki cannot hold; why is among the remarks.
        report: What did not convert.
    """

    pages: list[Gathered] = field(default_factory=list[Gathered])
    files: dict[str, str] = field(default_factory=dict[str, str])
    sources: dict[str, Path] = field(default_factory=dict[str, Path])
    left_out: list[str] = field(default_factory=list[str])
    report: Report = field(default_factory=Report)


def gathered(
    site: Site,
    *,
    prefix: str = "",
    locale: str = DEFAULT_LOCALE,
    is_exact: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Gathering:
    """Translate all pages of a site.

    Args:
        site: The site.
        prefix: Path that all pages get in front, such as "old-wiki".
        locale: Locale of the pages.
        is_exact: Whether the prefix is a path of this wiki, and stays letter by letter.
        progress: Called after each page with the number done and the total.

    Raises:
        InteropError: A converter is missing.
    """
    report = Report(remarks=[*site.remarks])
    places = Places(site, prefix, is_exact=is_exact)
    found = Gathering(report=report)
    contents: dict[str, str] = {}
    marks: dict[str, list[Heading]] = {}
    for index, page in enumerate(site.pages):
        contents[page.key], marks[page.key] = _translated(page, places.links(page, report))
        if progress is not None:
            progress(index + 1, len(site.pages))
    contents = places.settle(contents, marks, report)
    for page in site.pages:
        place = PagePath(places.of_page[page.key], locale)
        with telling(page.key, report):
            file = _checked(page, contents[page.key], place, report)
            found.pages.append(Gathered(page.key, place, file, tuple(sorted(places.files_of(page.key)))))
    held = {page.key for page in found.pages}
    found.left_out = [page.key for page in site.pages if page.key not in held]
    found.files = places.of_used_files
    found.sources = {key: site.files[key] for key in found.files}
    order = {page.key: number for number, page in enumerate(site.pages, 1)}
    report.remarks.sort(key=lambda remark: order.get(remark.page, 0))
    return found


@contextmanager
def telling(key: str, report: Report) -> Generator[None]:
    """Leave out what is refused, and tell."""
    try:
        yield
    except FileRefusedError as error:
        report.remarks.append(Remark(key, f"It was left out. {error.message}" if key else error.message))


def _translated(page: ForeignPage, links: Links) -> tuple[str, list[Heading]]:
    """The Markdown of a page, and its headings, with the one that went from it because it only repeats the title."""
    try:
        with refusing(page.key):
            content = with_classes(unixed(page.translate(links)))
            whole = first_heading(content)
            content = without_title(content, page.title)
            found = headings(content)
    except FileRefusedError as error:
        links.remark(f"It could not be translated and is kept as code: {error.reason}.")
        return fenced(page.raw), []
    is_gone = whole is not None and whole.is_first and first_heading(content) != whole
    return content, [Heading(whole.text, whole.id), *found] if whole and is_gone else found


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
        title=page.title.strip()[:MAX_LENGTH].rstrip() or place.path.rpartition("/")[2],
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
    try:
        with refusing(page.key):
            visible, there = page.visible(), shown(content)
    except FileRefusedError as error:
        report.remarks.append(Remark(page.key, f"Its words were not compared: {error.reason}."))
        return file
    if lost := missing(visible, [there, file.title or "", file.description or "", *page.tags, page.description]):
        report.remarks.append(Remark(page.key, told(lost)))
    return file


def _tags(page: ForeignPage, report: Report) -> tuple[str, ...]:
    tags = dict.fromkeys(" ".join(tag.replace(",", " ").split()).lower() for tag in page.tags)
    for tag in [tag for tag in tags if len(tag) > MAX_LENGTH]:
        report.remarks.append(Remark(page.key, f"A tag is too long and was left out: {tag[:60]}..."))
        del tags[tag]
    return tuple(tag for tag in tags if tag)
