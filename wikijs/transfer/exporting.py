"""Exporting: pages of a wiki into a folder, an archive, or one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.values.paths import PagePath
from wikijs.exceptions import ConfigurationError, PageNotFoundError, WikiJSException

from . import format as page_format
from .assets.exporting import export_assets
from .documents import DocumentFile
from .errors import FileRefusedError
from .format import PageFile, Style
from .names import collisions, file_name
from .notes import Notes, digest, state_of_page
from .reading import Listed, list_pages, read_pages
from .reports import ExportReport, Progress
from .targets import FATAL, Archive, Folder, kind_of

if TYPE_CHECKING:
    from wikijs import WikiJSClient


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What to export, and how.

    Attributes:
        style: Format of the files: Wiki.js's own, byte for byte, or with YAML front matter that holds all of a page.
        locale: Only pages of this locale.
        folder: Only the page there and those below it, at any depth.
        tags: Only pages that have all of these.
        assets: Whether to write assets beside the pages.
        portable: Write nothing that differs from wiki to wiki: no moments of creation and change, which each server
            sets itself, and tags sorted, which each has in an order of its own. The same pages give the same bytes.
        keep_dates: Leave a file alone where the page differs from it in nothing but these moments and this order.
        namespaced: Whether the main locale has a folder too, as the server's Git storage has on request.
        incremental: Keep notes in `.wikijs/export.json` of a folder, so that the next export reads only what changed.
        delete: Delete files of pages that are gone, if an earlier incremental export wrote them and nobody changed
            them since. Implies `incremental`.
        allow_case_collisions: Write files whose names differ only in upper and lower case.
    """

    style: Style = "wikijs"
    locale: str | None = None
    folder: str = ""
    tags: Sequence[str] = ()
    assets: bool = False
    portable: bool = False
    keep_dates: bool = False
    namespaced: bool = False
    incremental: bool = False
    delete: bool = False
    allow_case_collisions: bool = False


def export_pages(
    client: WikiJSClient,
    target: str | os.PathLike[str],
    options: ExportOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ExportReport:
    """Export pages into a folder, or by its suffix into a .zip, .tar.gz, .json or .yaml file.

    Each file is replaced as a whole; files that are as they should be are not touched, so that an export that broke off
    goes on when it is run again. A page that cannot be read or written does not stop the rest.

    Args:
        client: A client of the wiki.
        target: Where to.
        options: What, and how.
        progress: Called after each page with the number done and the total.

    Raises:
        ConfigurationError: The options exclude each other, or the target cannot be one. Nothing was written.
        FileRefusedError: Names would collide on disks that do not tell upper and lower case apart. Nothing was written.
        WikiJSException: The list of pages cannot be read.
        OSError: The disk is full, for instance.

    Permission: `read:pages`, and what `pages.get` needs for each page; `read:assets` for assets.
    Operation: `pages.list`, `pages.single`, `localization.config` (queries), `GET /<path>` for assets.
    """
    options = options or ExportOptions()
    place, kind = Path(target), kind_of(target)
    _check(options, kind)
    site_locale = client.localization.get().locale
    listed: Sequence[Listed]
    if options.tags or _is_incremental(options):
        listed = client.pages.list(tags=options.tags, locale=options.locale, folder=options.folder)
    else:
        listed = list_pages(client, locale=options.locale, folder=options.folder)
    report = ExportReport()
    named = _named(listed, site_locale, options, report)
    if not options.allow_case_collisions and kind not in {"json", "yaml"}:
        refuse_collisions(name for name, _ in named)
    match kind:
        case "json" | "yaml":
            with DocumentFile(place, kind) as file:
                _each(client, named, options, report, progress, _adder(file))
        case "zip" | "tar":
            with Archive(place, kind) as archive:
                _into(client, archive, named, options, report, progress)
        case "folder":
            with Folder(place) as folder:
                _into(client, folder, named, options, report, progress)
    return report


def export_files(
    client: WikiJSClient, target: str | os.PathLike[str], *, progress: Progress | None = None
) -> ExportReport:
    """Export all assets, and no pages, into a folder, or by its suffix into a .zip or .tar.gz file.

    Args:
        client: A client of the wiki.
        target: Where to.
        progress: Called after each file with the number done and the total.

    Raises:
        ConfigurationError: The target cannot be one. Nothing was written.
        OSError: The disk is full, for instance.

    Permission: `read:assets`.
    Operation: `assets.list`, `assets.folders` (queries), `GET /<path>`.
    """
    place, kind, report = Path(target), kind_of(target), ExportReport()
    if kind in {"json", "yaml"}:
        raise ConfigurationError("One file of JSON or YAML cannot hold assets.", hint="Use a folder or an archive.")
    with Folder(place) if kind == "folder" else Archive(place, "zip" if kind == "zip" else "tar") as into:
        export_assets(client, into, set(), report, None, progress)
    return report


def _into(
    client: WikiJSClient,
    into: Folder | Archive,
    named: Sequence[tuple[str, Listed]],
    options: ExportOptions,
    report: ExportReport,
    progress: Progress | None,
) -> None:
    """Write pages and assets; what was written is noted also when something breaks off."""
    notes = Notes(into, _how(options)) if isinstance(into, Folder) and _is_incremental(options) else None
    changed = named if notes is None else notes.changed(named, state_of_page, report.unchanged)
    try:
        _each(client, changed, options, report, progress, _writer(into, options, notes, report))
        if options.assets:
            export_assets(client, into, {name for name, _ in named}, report, notes, progress)
        if options.delete and notes is not None and isinstance(into, Folder):
            _delete_gone(client, into, notes, dict(named), report)
    finally:
        if notes is not None:
            notes.save()


def refuse_collisions(names: Iterable[str]) -> None:
    """Refuse names that are one and the same on some disks.

    Raises:
        FileRefusedError: There are such names.
    """
    found = collisions(names)
    if found:
        more = f", and {len(found) - 1} more pairs do" if len(found) > 1 else ""
        raise FileRefusedError(
            f"{found[0][0]} and {found[0][1]} differ only in case, which many disks do not tell apart{more}.",
            name=found[0][1],
            hint="Rename one of them, or allow case collisions where the disk and all that read it tell them apart.",
        )


def _check(options: ExportOptions, kind: str) -> None:
    if kind != "folder" and (options.incremental or options.delete or options.keep_dates):
        raise ConfigurationError("Only a folder can be brought up to date; an archive is written anew.")
    if kind in {"json", "yaml"} and options.assets:
        raise ConfigurationError("One file of JSON or YAML cannot hold assets.", hint="Use a folder or an archive.")
    if options.delete and (options.locale or options.folder or options.tags):
        raise ConfigurationError(
            "Deleting goes with an export of all pages only.", hint="Leave out the locale, the folder and the tags."
        )


def _named(
    listed: Iterable[Listed], site_locale: str, options: ExportOptions, report: ExportReport
) -> list[tuple[str, Listed]]:
    """Pages by the names of their files, sorted by them; those that cannot be files are reported."""
    named: dict[str, Listed] = {}
    for page in listed:
        where = PagePath(page.path, page.locale)
        try:
            name = file_name(where, page.content_type, site_locale=site_locale, namespaced=options.namespaced)
        except FileRefusedError as error:
            report.failed.append((str(where), error))
            continue
        if name in named:  # two creations at once make two pages at one path
            twice = FileRefusedError(f"Two pages would be {name}: {named[name].id} and {page.id}.", name=name)
            report.failed.append((str(where), twice))
        else:
            named[name] = page
    return sorted(named.items())


def _each(
    client: WikiJSClient,
    named: Sequence[tuple[str, Listed]],
    options: ExportOptions,
    report: ExportReport,
    progress: Progress | None,
    write: Callable[[str, Listed, PageFile], bool],
) -> None:
    """Read and write pages."""
    names = {page.id: name for name, page in named}
    for done, (summary, page, missing) in enumerate(read_pages(client, [page for _, page in named]), 1):
        name = names[summary.id]
        try:
            if isinstance(page, Exception):
                raise page
            report.note(name, written=write(name, summary, page.portable() if options.portable else page))
            if missing:
                report.partly.append(name)
                report.missing[name] = missing
        except WikiJSException as error:
            report.failed.append((name, error))
        except OSError as error:
            if error.errno in FATAL:
                raise
            reason = error.strerror or type(error).__name__
            report.failed.append((name, FileRefusedError(f"{name} cannot be written: {reason}.", name=name)))
        if progress is not None:
            progress(done, len(named))


def _adder(file: DocumentFile) -> Callable[[str, Listed, PageFile], bool]:
    def add(name: str, summary: Listed, page: PageFile) -> bool:
        file.add(PagePath(summary.path, summary.locale), page)
        return True

    return add


def _writer(
    into: Folder | Archive, options: ExportOptions, notes: Notes | None, report: ExportReport
) -> Callable[[str, Listed, PageFile], bool]:
    def write(name: str, summary: Listed, page: PageFile) -> bool:
        content = page_format.dump(page, options.style).encode("utf-8", "surrogatepass")
        if options.keep_dates and isinstance(into, Folder):
            content = _with_its_dates(into.read(name), page, options) or content
        written = into.write(name, content)
        if options.style == "wikijs" and (lost := page_format.not_held(page)):
            report.not_held[name] = lost
        if notes is not None:
            notes.wrote(name, summary.id, state_of_page(summary), digest(content))
        return written

    return write


def _with_its_dates(there: bytes | None, page: PageFile, options: ExportOptions) -> bytes | None:
    """The file that is there, if it holds the page with other dates, or its tags in another order."""
    try:
        known = page_format.load((there or b"").decode(), page_format.extension(page.content_type))
    except (UnicodeDecodeError, FileRefusedError):
        return None
    tags = known.tags if set(known.tags or ()) == set(page.tags or ()) else page.tags
    same = replace(page, updated_at=known.updated_at, created_at=known.created_at, tags=tags)
    return there if page_format.dump(same, options.style).encode("utf-8", "surrogatepass") == there else None


def _how(options: ExportOptions) -> str:
    return f"{options.style} {options.portable} {options.namespaced}"


def _is_incremental(options: ExportOptions) -> bool:
    return options.incremental or options.delete


def _delete_gone(
    client: WikiJSClient, into: Folder, notes: Notes, named: Mapping[str, Listed], report: ExportReport
) -> None:
    """Delete files whose pages were deleted or moved. The server is asked for each: it may just hide a page from us."""
    listed = {page.id for page in named.values()}
    gone = notes.gone(named.keys())
    missing = [page_id for _, page_id in gone if page_id not in listed]
    outcomes = client.batch(*map(ops.pages_single_metadata, missing), return_exceptions=True) if missing else ()
    answers = zip(missing, outcomes, strict=True)
    deleted = {page_id for page_id, outcome in answers if isinstance(outcome, PageNotFoundError)}
    for name, page_id in gone:
        if page_id not in listed | deleted:
            continue
        if notes.is_untouched(name):
            into.delete(name)
            notes.forget(name)
            report.deleted.append(name)
        else:
            report.kept.append(name)
