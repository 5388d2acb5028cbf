"""Pages to chunks, reading only what changed since the last time."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from wikijs.core.files.writing import replacing
from wikijs.core.pages.chunks import DEFAULT_SIZE, SMALLEST_SIZE, chunks
from wikijs.core.scalars import timestamp
from wikijs.exceptions import ConfigurationError

from .state import PageChunks, State, load, save

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSummary

    from wikijs import WikiJSClient
    from wikijs.core.pages.chunks import Chunk

Progress: TypeAlias = Callable[[int, int], object]

_BATCH: Final = 50
_LINK: Final = re.compile(r"""\]\(<?([^\s()<>]++)|\b(?:href|src)\s*+=\s*+["']([^"']++)""")


@dataclass(frozen=True, kw_only=True)
class ChunkOptions:
    """Which pages to cut, and how.

    Attributes:
        folder: Path of a folder: the page there and all below it.
        tags: Tags that a page must all have.
        locale: Code of a locale; all where it is None.
        max_chars: Characters of a chunk at most; at least 200.
        drafts: Whether pages that are not published are among them.
    """

    folder: str = ""
    tags: Sequence[str] = ()
    locale: str | None = None
    max_chars: int = DEFAULT_SIZE
    drafts: bool = False

    def __post_init__(self) -> None:
        if self.max_chars < SMALLEST_SIZE:
            raise ConfigurationError(f"max_chars must be at least {SMALLEST_SIZE}.")


@dataclass
class ChunkReport:
    """What became of it.

    Attributes:
        pages: Pages that there are.
        read: Pages that were read, because they are new or have changed.
        written: Chunks that were written: new ones and changed ones.
        unchanged: Chunks that are as they were.
        deleted: Chunks that are gone.
        failed: Pages that could not be read, by path, and why. What was known of them stays.
    """

    pages: int = 0
    read: int = 0
    written: int = 0
    unchanged: int = 0
    deleted: int = 0
    failed: list[tuple[str, Exception]] = field(default_factory=list[tuple[str, Exception]])


def export_chunks(
    client: WikiJSClient,
    target: str | os.PathLike[str] | BinaryIO,
    options: ChunkOptions | None = None,
    *,
    state: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> ChunkReport:
    """Write the wiki in pieces, one JSON object a line.

    With a state only what is new or has changed is read and written, and `{"id": …, "deleted": true}` for what is gone:
    put the lines into an index, by id, before the next run writes the file anew. The file and then the state are
    replaced as a whole, so that a run that breaks off is simply run again.

    Args:
        client: A client of the wiki.
        target: Path of the file, or an open one.
        options: Which pages, and how large the pieces are.
        state: Path of a file that remembers what was written; everything is written where it is None.
        progress: Called after each page that was read with the number done and the total.

    Raises:
        ConfigurationError: The state is none, or of another wiki.
        WikiJSException: The list of pages cannot be read.
        OSError: A file cannot be written.

    Permission: `read:pages`, and what `pages.get` needs for each page.
    Operation: `pages.list`, `pages.single` (queries).
    """
    options = options or ChunkOptions()
    known = State(client.url, "") if state is None else load(state, client.url)
    if isinstance(target, str | os.PathLike):
        with replacing(Path(target)) as file:
            report, now = _export(client, file, options, known, progress)
    else:
        report, now = _export(client, target, options, known, progress)
    if state is not None:
        save(state, now)
    return report


def _export(
    client: WikiJSClient, file: BinaryIO, options: ChunkOptions, known: State, progress: Progress | None
) -> tuple[ChunkReport, State]:
    how = f"1 {options.max_chars}"
    pages = client.pages.list(
        folder=options.folder,
        tags=options.tags,
        locale=options.locale,
        published=None if options.drafts else True,
    )
    report = ChunkReport(pages=len(pages))
    now = State(client.url, how)
    listed = {page.id: _listed(page) for page in pages}
    changed = [page for page in pages if not known.knows(page.id, listed[page.id], how)]
    for page in pages:
        if known.knows(page.id, listed[page.id], how):
            now.pages[page.id] = known.pages[page.id]
            report.unchanged += len(known.pages[page.id].digests)
    done = 0
    for start in range(0, len(changed), _BATCH):
        batch = changed[start : start + _BATCH]
        whole = client.pages.get_many([page.id for page in batch], return_exceptions=True)
        for page, read in zip(batch, whole, strict=True):
            before = known.pages.get(page.id)
            if isinstance(read, Exception):
                report.failed.append((f"{page.locale}/{page.path}", read))
                if before is not None:
                    now.pages[page.id] = PageChunks("", before.digests)
            else:
                report.read += 1
                now.pages[page.id] = _write(file, client.url, read, options, before, report, listed[page.id])
            done += 1
            if progress is not None:
                progress(done, len(changed))
    for number, gone in known.pages.items():
        kept = now.pages[number].digests if number in now.pages else {}
        for name in sorted(gone.digests.keys() - kept.keys()):
            _line(file, {"id": name, "deleted": True})
            report.deleted += 1
    return report, now


def _write(
    file: BinaryIO,
    url: str,
    page: Page,
    options: ChunkOptions,
    before: PageChunks | None,
    report: ChunkReport,
    listed: str,
) -> PageChunks:
    """Write what is new of a page."""
    digests: dict[str, str] = {}
    for record in records(url, page, options.max_chars):
        digest = _digest({key: value for key, value in record.items() if key != "updatedAt"})
        digests[record["id"]] = digest
        if before is not None and before.digests.get(record["id"]) == digest:
            report.unchanged += 1
            continue
        _line(file, record)
        report.written += 1
    return PageChunks(listed, digests)


def records(url: str, page: Page, max_chars: int = DEFAULT_SIZE) -> Iterator[dict[str, Any]]:
    """The chunks of a page as they are written.

    Args:
        url: Address of the wiki.
        page: The page with its content.
        max_chars: Characters of a chunk at most.
    """
    kind = page.content_type
    for chunk in chunks(page.content, max_chars=max_chars, html=kind == "html", plain=kind not in {"markdown", "html"}):
        yield {
            "id": f"{page.id}#{chunk.section}.{chunk.number}",
            "page": page.id,
            "path": page.path,
            "locale": page.locale,
            "url": f"{url.rstrip('/')}/{page.locale}/{page.path}{_anchor(chunk)}",
            "title": page.title,
            "headings": list(chunk.headings),
            "text": chunk.text,
            "chars": len(chunk.text),
            "links": links(chunk.text),
            "hash": chunk.hash,
            "updatedAt": timestamp(page.updated_at),
            "tags": sorted(tag.tag for tag in page.tags),
        }


def links(text: str) -> list[str]:
    """The addresses that a piece of a page refers to, each once, in their order."""
    return list(dict.fromkeys(found[1] or found[2] for found in _LINK.finditer(text)))


def _anchor(chunk: Chunk) -> str:
    return f"#{chunk.section}" if chunk.headings else ""


def _listed(page: PageSummary) -> str:
    return _digest(page.model_dump(mode="json"))


def _digest(value: dict[str, Any]) -> str:
    written = json.dumps(value, sort_keys=True, ensure_ascii=True).encode()
    return blake2b(written, digest_size=12).hexdigest()


def _line(file: BinaryIO, record: dict[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
