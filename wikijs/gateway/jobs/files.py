"""Kinds of jobs about files: exports, imports, and many uploads at once."""

from __future__ import annotations

import asyncio
import base64
import binascii
import shutil
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, Field

from wikijs.core.jobs.results import BatchError, BatchResult

from ..routes.pages.models import In
from .work import Progress, Work

if TYPE_CHECKING:
    from wikijs.transfer.reports import ExportReport, ImportReport

T = TypeVar("T")
MOST_FILES: Final = 2_000


class ExportPages(In):
    """Pages to write into one file, which can be downloaded once the job is done."""

    format: Literal["zip", "json", "yaml"] = "zip"
    folder: str = Field(default="", max_length=255)
    locale: str | None = Field(default=None, max_length=10)
    tags: list[str] = Field(default_factory=list[str], max_length=200)
    assets: bool = Field(default=False, description="Also the files; a zip only.")


def _a_name(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or any(ord(each) < 32 for each in name):
        raise ValueError("it is no path of a file inside a folder, such as docs/intro.md")
    return name


Name = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_a_name)]


class ImportPages(In):
    """Files as an export writes them: texts by their names, such as `docs/intro.md`."""

    files: dict[Name, str] = Field(min_length=1, max_length=MOST_FILES)
    update: bool = Field(default=True, description="Whether pages that are there are changed.")
    prefix: str = Field(default="", max_length=255, description="Path that all pages are put below.")


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is no base64") from None
    return text


class UploadFile(In):
    """A file to upload."""

    name: str = Field(min_length=1, max_length=255)
    folder: str = Field(default="/", max_length=255)
    content: Annotated[str, AfterValidator(_base64)] = Field(description="Its bytes as base64.")


class UploadMany(In):
    """Files to upload."""

    files: list[UploadFile] = Field(min_length=1, max_length=MOST_FILES)
    overwrite: bool = False


async def in_thread(work: Callable[[Progress], T], progress: Progress) -> T | None:
    """Run something that blocks and tells how far it is; None where it was told to end.

    The way to end it is what it knows as Ctrl-C, thrown by its report; it must not get out of the thread.
    """
    gone = threading.Event()

    def report(done: int, total: int) -> None:
        if gone.is_set():
            raise KeyboardInterrupt
        progress(done, total)

    def run() -> T | None:
        try:
            return work(report)
        except KeyboardInterrupt:
            return None

    try:
        return await asyncio.to_thread(run)
    except asyncio.CancelledError:
        gone.set()
        raise


async def export(work: Work, body: ExportPages) -> BatchResult[str, Any]:
    """Write pages into a file beside the journal."""
    from wikijs.transfer.exporting import ExportOptions, export_pages

    options = ExportOptions(
        style="yaml", folder=body.folder, locale=body.locale, tags=tuple(body.tags), assets=body.assets
    )
    target = exported(work.journal, body.format)

    def write(progress: Progress) -> ExportReport:
        with work.blocking() as client:
            return export_pages(client, target, options, progress=progress)

    report = await in_thread(write, work.progress)
    if report is None:
        target.unlink(missing_ok=True)
        return BatchResult(not_attempted=[target.name])
    target.chmod(0o600)
    return _of_report([*report.written, *report.unchanged], report.failed, [])


def exported(journal: Path, format: str) -> Path:
    """The file that an export writes."""
    return journal.with_name(f"{journal.stem}.export.{format}")


async def import_(work: Work, body: ImportPages) -> BatchResult[str, Any]:
    """Write files as pages, one after the other."""
    from wikijs.transfer.importing import ImportOptions, planned, run_import

    folder = work.journal.with_suffix(".files")
    options = ImportOptions(update=body.update, prefix=body.prefix)

    def write(progress: Progress) -> tuple[ImportReport, list[Any]]:
        for name, text in body.files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.write_text(text, encoding="utf-8", newline="")
        with work.blocking() as client, planned(client, folder, options) as plan:
            refused = [(error.name, error) for error in plan.refused]
            return run_import(client, plan, journal=work.journal, progress=progress), refused

    try:
        found = await in_thread(write, work.progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if found is None:
        return BatchResult(not_attempted=list(body.files))
    report, refused = found
    if report.stopped_by is not None and not report.done:
        raise report.stopped_by
    done = [*report.created, *report.updated, *report.unchanged, *report.done_before]
    return _of_report(done, [*report.failed, *refused], report.not_attempted)


def _of_report(
    done: list[str], failed: list[tuple[str, Exception]], left: list[str]
) -> BatchResult[str, dict[str, str]]:
    """What became of files: those that are done first, then those that failed, then those that were left."""
    errors = [BatchError(len(done) + place, name, error) for place, (name, error) in enumerate(failed)]
    return BatchResult([{"path": name} for name in sorted(done)], errors, sorted(left))


async def upload_many(work: Work, body: UploadMany) -> BatchResult[Any, Any]:
    """Upload files."""
    from wikijs.resources.assets.models import Upload

    items = [Upload(base64.b64decode(each.content), folder=each.folder, name=each.name) for each in body.files]
    return await work.client.assets.upload_many(
        items, overwrite=body.overwrite, progress=work.progress, journal=work.journal
    )
