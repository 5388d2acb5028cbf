"""Figures of a whole wiki: pages by month, authors, folders, sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from .links import addresses, unread
from .model import Report, Table, Value
from .reading import PageFacts, WikiFacts

TOP: Final = 15
_SIZES: Final = ((1_000, "below 1 kB"), (5_000, "1 to 5 kB"), (20_000, "5 to 20 kB"), (100_000, "20 to 100 kB"))
_LAST: Final = "100 kB and more"


def statistics(wiki: WikiFacts) -> Report:
    """Figures about the pages, their authors, folders, tags, sizes and links, and about the files."""
    pages = wiki.chosen
    tables = [
        Table(title="Totals", columns=("what", "number"), rows=tuple(_totals(wiki))),
        _by_month("Pages by month of creation", [_month(page.created) for page in pages]),
        _by_month("Pages by month of the last change", [_month(page.updated) for page in pages]),
        _most("Authors of the last change", "author", (page.author for page in pages)),
        _most("Creators", "creator", (page.creator for page in pages)),
        _most("Folders", "folder", (_folder(page) for page in pages)),
        _most("Tags", "tag", (tag for page in pages for tag in page.tags)),
        _most("Locales", "locale", (page.locale for page in pages)),
        _most("Editors", "editor", (page.editor or page.content_type for page in pages)),
        _sizes(pages),
        Table(
            title="Largest pages",
            columns=("page", "bytes"),
            rows=tuple(
                (f"{page.locale}/{page.path}", page.size)
                for page in sorted(pages, key=lambda page: -page.size)[:TOP]
                if page.size
            ),
            chart="bars",
        ),
        _linked(wiki),
        *_files(wiki),
    ]
    return Report(
        name="stats",
        title="Statistics",
        looked_at={"pages": len(pages)},
        notes=unread(wiki),
        tables=tuple(table for table in tables if table.rows),
        url=wiki.url,
        made=wiki.now,
    )


def _totals(wiki: WikiFacts) -> Iterable[tuple[Value, ...]]:
    pages = wiki.chosen
    read = [page.markup for page in pages if page.markup is not None]
    kinds = Counter(address.kind for page in pages for _, _, address in addresses(wiki, page))
    yield "pages", len(pages)
    yield "published", sum(page.published for page in pages)
    yield "drafts", sum(not page.published for page in pages)
    yield "words", sum(markup.words for markup in read)
    yield "bytes of source", sum(page.size for page in pages)
    yield "headings", sum(len(markup.headings) for markup in read)
    yield "links to pages", kinds["page"] + kinds["id"]
    yield "references to files", kinds["file"]
    yield "links elsewhere", kinds["external"]
    if wiki.files is not None:
        yield "files", len(wiki.files)
        yield "bytes of files", sum(asset.file_size for asset in wiki.files.values())


def _month(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}"  # whose %Y has fewer digits in early years


def _by_month(title: str, months: list[str]) -> Table:
    counts = Counter(months)
    rows: list[tuple[Value, ...]] = []
    if counts:
        year, month = (int(part) for part in min(counts).split("-"))
        last = max(counts)
        while (name := f"{year:04}-{month:02}") <= last:
            rows.append((name, counts[name]))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return Table(title=title, columns=("month", "pages"), rows=tuple(rows), chart="columns")


def _most(title: str, head: str, names: Iterable[str]) -> Table:
    counts = Counter(name for name in names if name)
    rows = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return Table(title=title, columns=(head, "pages"), rows=tuple(rows[:TOP]), chart="bars")


def _folder(page: PageFacts) -> str:
    return page.path.partition("/")[0] if "/" in page.path else "(top)"


def _sizes(pages: Iterable[PageFacts]) -> Table:
    counts = Counter(next((name for limit, name in _SIZES if page.size < limit), _LAST) for page in pages if page.size)
    names = [*(name for _, name in _SIZES), _LAST]
    rows = tuple((name, counts[name]) for name in names) if counts else ()
    return Table(title="Sizes of pages", columns=("size", "pages"), rows=rows, chart="bars")


def _linked(wiki: WikiFacts) -> Table:
    counts: Counter[str] = Counter()
    for page in wiki.pages:
        leads = {(address.locale, address.path) for _, _, address in addresses(wiki, page) if address.kind == "page"}
        counts.update(f"{locale}/{path}" for locale, path in leads if (locale, path) != page.place)
    known = {f"{page.locale}/{page.path}" for page in wiki.chosen}
    rows = sorted(
        ((name, count) for name, count in counts.items() if name in known), key=lambda each: (-each[1], each[0])
    )
    return Table(title="Pages that most pages lead to", columns=("page", "from"), rows=tuple(rows[:TOP]), chart="bars")


def _files(wiki: WikiFacts) -> Iterable[Table]:
    if wiki.files:
        assets = wiki.files.values()
        kinds = Counter(asset.ext.lower() or "(none)" for asset in assets)
        rows = sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
        yield Table(title="Kinds of files", columns=("ending", "files"), rows=tuple(rows[:TOP]), chart="bars")
        largest = sorted(wiki.files.items(), key=lambda each: -each[1].file_size)[:TOP]
        yield Table(
            title="Largest files",
            columns=("file", "bytes"),
            rows=tuple((path, asset.file_size) for path, asset in largest),
            chart="bars",
        )
