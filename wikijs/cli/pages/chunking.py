"""`wikijs pages chunks` and `wikijs pages llms-txt`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command
from ..frame.inputs import write_file
from ..frame.output import note, show_data, show_done, show_text, wants_data, write_text
from ..frame.progress import counting
from ..frame.session import Session
from .arguments import FolderOption, SomeLocaleOption, TagsOption
from .telling import disk, failures, leave, tell

if TYPE_CHECKING:
    from wikijs.transfer.chunks import ChunkReport

app = typer.Typer()

CHUNKED: Final = ("pages", "read", "written", "unchanged", "deleted", "failed")

DraftsOption = Annotated[bool, typer.Option("--drafts", help="Pages that are not published, too.")]


@command(app, "chunks", example="wikijs pages chunks chunks.jsonl --state chunks.state", fields=CHUNKED)
def chunks(
    session: Session,
    target: Annotated[str, typer.Argument(metavar="OUT.jsonl", help="The file to write; - prints them.")],
    *,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="FILE", help="Remember here what was written; write what changed.")
    ] = None,
    max_chars: Annotated[
        int, typer.Option("--max-chars", min=200, metavar="N", help="Characters of one at most.")
    ] = 2000,
    folder: FolderOption = "",
    tag: TagsOption = None,
    locale: SomeLocaleOption = None,
    drafts: DraftsOption = False,
) -> None:
    """Cut pages at their headings into pieces for search and language models, one JSON object a line.

    Each has id, page, path, locale, url, title, headings, text, chars, links, hash, updatedAt and tags. Ids stay when
    pages are edited. With --state only what changed is read and written, and {"id": ..., "deleted": true} for what is
    gone: put the lines into your index before the next run replaces the file.
    """
    from wikijs.transfer.chunks import ChunkOptions, export_chunks

    options = ChunkOptions(folder=folder, tags=tag or (), locale=locale, max_chars=max_chars, drafts=drafts)
    session.no_cache = True
    is_stdout = target == "-"
    with session.client() as client, disk(target, "written"), counting(session, "Reading") as count:
        into = sys.stdout.buffer if is_stdout else target
        report = export_chunks(client, into, options, state=state, progress=count)
    _show(session, report, is_stdout=is_stdout)
    tell(report.failed)
    leave(bool(report.failed), bool(report.read or report.unchanged))


def _show(session: Session, report: ChunkReport, *, is_stdout: bool) -> None:
    if not is_stdout and wants_data(session):
        counts = {name: getattr(report, name) for name in CHUNKED if name != "failed"}
        show_data(session, {**counts, "failed": failures(report.failed)})
        return
    said = (
        f"{report.written} chunks written, {report.deleted} deleted, {report.unchanged} unchanged; "
        f"{report.read} of {report.pages} pages read."
    )
    if is_stdout:
        note(said)
    elif not session.quiet:
        write_text(f"{said}\n")


@command(app, "llms-txt", example="wikijs pages llms-txt -o llms.txt --folder docs")
def llms_txt(
    session: Session,
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write; else it is printed.")
    ] = None,
    folder: FolderOption = "",
    tag: TagsOption = None,
    locale: SomeLocaleOption = None,
    drafts: DraftsOption = False,
) -> None:
    """Print the wiki's llms.txt: its pages by folder with address and description, for language models."""
    from wikijs.transfer.chunks import ChunkOptions
    from wikijs.transfer.chunks import llms_txt as made

    options = ChunkOptions(folder=folder, tags=tag or (), locale=locale, drafts=drafts)
    with session.client() as client:
        text = made(client, options)
    if output is None or str(output) == "-":
        show_text(session, text)
    else:
        write_file(output, text)
        show_done(session, f"Wrote {output}.", {"file": str(output)}, key="file")
