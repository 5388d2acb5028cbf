"""Importing: a folder, an archive or one file into a wiki. First a plan, then the work."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.jobs.journal import JournalError
from wikijs.core.outcomes import Outcome, classify
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath
from wikijs.resources.pages.values.models import read_state

from . import format as page_format
from . import plan as planning
from .assets.importing import plan_assets, upload_assets
from .documents import load as load_documents
from .errors import FileRefusedError
from .exporting import refuse_collisions
from .names import may_be_page, page_place, suffix
from .notes import digest
from .plan import BODY_LIMIT, ImportPlan, Incoming, Step
from .reading import AT_ONCE
from .reports import ImportReport
from .sources import SourceFile, opened
from .targets import kind_of

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

    from wikijs import WikiJSClient
    from wikijs.core.jobs.journal import Journal, JournalPath

Progress: TypeAlias = Callable[[int, int], None]

_STOPPING: Final = (exc.TransportError, exc.AuthenticationError, JournalError)
"""Errors that the next page would meet as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to import, and how.

    Attributes:
        assets: Whether files that are no pages are uploaded.
        update: Whether pages that are there are changed; without, only new ones are made.
        body_limit: Bytes of a request that the server takes.
        allow_case_collisions: Take files whose names differ only in upper and lower case.
        prefix: Path, or address, of the wiki that all pages and assets are put below.
    """

    assets: bool = False
    update: bool = True
    body_limit: int = BODY_LIMIT
    allow_case_collisions: bool = False
    prefix: str = ""


@contextmanager
def planned(
    client: WikiJSClient, source: str | os.PathLike[str], options: ImportOptions | None = None
) -> Generator[ImportPlan]:
    """Find out what an import has to do, without changing anything. The source stays open meanwhile, for assets.

    Pages are compared with those of the wiki field by field. What a file does not say is kept. Nothing of the wiki is
    ever deleted.

    Args:
        client: A client of the wiki, without a cache.
        source: A folder, a .zip, .tar.gz, a .json or .yaml file that was exported, or a single .md, .html or .adoc.
        options: What, and how.

    Raises:
        ConfigurationError: The source cannot be read.
        PageIllegalPathError: No page could be opened below the prefix.
        ValidationError: The prefix is an address of another wiki.
        WikiJSException: The pages of the wiki cannot be listed.

    Permission: `read:pages`, and what `pages.get` needs for pages that are there; `read:assets` for assets.
    Operation: `pages.list`, `pages.single`, `localization.config`, `localization.locales` (queries).
    """
    options = options or ImportOptions()
    if options.prefix:
        prefix = paths.of_folder(options.prefix, client.localization.default(), client.url)
        options = replace(options, prefix=prefix)
    kind = kind_of(source)
    if kind in {"json", "yaml"} and not Path(source).is_dir():
        plan = ImportPlan()
        _plan_pages(client, _documents(Path(source), plan, options.prefix), plan, options)
        yield plan
        return
    with opened(source) as (files, refused):
        plan = ImportPlan(refused=refused)
        others: list[SourceFile] = []
        site_locale = client.localization.get().locale
        _plan_pages(client, _pages(files, site_locale, plan, others, options), plan, options)
        if not options.allow_case_collisions:
            with _refusing(plan):
                refuse_collisions(page["name"] for page in plan.files)
        if options.assets:
            front = f"{options.prefix}/" if options.prefix else ""
            plan_assets(client, [replace(file, name=f"{front}{file.name}") for file in others], plan)
        else:
            plan.left += [file.name for file in others]
        plan.refused.sort(key=lambda error: error.name)
        yield plan


def _documents(path: Path, plan: ImportPlan, prefix: str) -> Generator[Incoming]:
    if not path.exists():
        raise exc.ConfigurationError(f"{path} does not exist.", hint="Give a file that was exported.")
    for entry in load_documents(path, "json" if kind_of(path) == "json" else "yaml"):
        if isinstance(entry, FileRefusedError):
            plan.refused.append(entry)
        else:
            with _refusing(plan):
                yield Incoming(
                    str(entry.place), _below(prefix, entry.place), entry.page, digest(repr(entry.page).encode())
                )


def _below(prefix: str, place: PagePath) -> PagePath:
    """Where a page goes whose file says where it was."""
    if not prefix:
        return place
    try:
        return paths.destination(f"{prefix}/{place.path}", place.locale)
    except exc.PageIllegalPathError as error:
        raise FileRefusedError(f"The page {place} cannot go below {prefix}. {error.message}", name=str(place)) from None


def _pages(
    files: Iterable[SourceFile], site_locale: str, plan: ImportPlan, others: list[SourceFile], options: ImportOptions
) -> Generator[Incoming]:
    """Files that are pages. The others are put aside, and what is wrong with files into the plan."""
    for file in files:
        with _refusing(plan):
            is_asset = suffix(file.name) not in page_format.CONTENT_TYPES and file.size > options.body_limit
            if is_asset or not may_be_page(file.name):
                others.append(file)
                continue
            content, extension = _read(file, options.body_limit), suffix(file.name)
            text = content.decode()
            if not page_format.is_page(text, extension):
                others.append(file)
                continue
            page = page_format.load(text, extension, name=file.name)
            if page.unknown:
                plan.unknown[file.name] = page.unknown
            if page.mended:
                plan.mended[file.name] = page.mended
            place = page_place(file.name, site_locale=site_locale, below=options.prefix)
            yield Incoming(file.name, place, page, digest(content))


def _read(file: SourceFile, limit: int) -> bytes:
    if file.size > limit and suffix(file.name) in page_format.CONTENT_TYPES:
        raise FileRefusedError(
            f"{file.name} has {planning.megabytes(file.size)}, more than the server takes: a request may have"
            f" {planning.megabytes(limit)}.",
            name=file.name,
            hint="Split the page, or raise bodyParserLimit in the server's configuration and the limit here.",
        )
    try:
        content = file.read()
        content.decode()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefusedError(f"{file.name} cannot be read: {reason}.", name=file.name) from None
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            f"{file.name} is no UTF-8 text: byte {error.start + 1} is none.", name=file.name, hint="Convert it."
        ) from None
    return content


@contextmanager
def _refusing(plan: ImportPlan) -> Generator[None]:
    """Put what is wrong with a file into the plan."""
    try:
        yield
    except FileRefusedError as error:
        plan.refused.append(error)


def _plan_pages(client: WikiJSClient, pages: Iterable[Incoming], plan: ImportPlan, options: ImportOptions) -> None:
    read, refused = planning.doubles(pages)
    plan.refused += refused
    plan.files = [{"name": page.name, "digest": page.digest} for page in read]
    installed = {locale.code for locale in client.execute(ops.localization_locales()) if locale.is_installed}
    good: list[Incoming] = []
    for page in read:
        with _refusing(plan):
            if page.place.locale not in installed:
                raise FileRefusedError(
                    f"{page.name} belongs to the locale {page.place.locale!r}, which the wiki does not have.",
                    name=page.name,
                    hint="Install it in the administration of the wiki.",
                )
            planning.check(page, options.body_limit)
            good.append(page)
    steps, plan.unchanged, refused = planning.steps(good, _there(client, [page.place for page in good]))
    plan.refused += refused
    plan.steps = [step for step in steps if options.update or step.action == "create"]
    plan.left += [step.name for step in steps if not options.update and step.action == "update"]


def _there(client: WikiJSClient, places: Sequence[PagePath]) -> dict[PagePath, PageForEditor | Exception]:
    """Pages of the wiki at these places, read whole."""
    wanted = set(places)
    listed = client.execute(ops.pages_list(), cache=False)
    ids: dict[PagePath, int] = {}
    for page in listed:
        exact = PagePath(page.path, page.locale)
        place = PagePath(unicodedata.normalize("NFC", page.path), page.locale)
        if exact in wanted:
            ids[exact] = page.id
        elif place in wanted:  # made with letters taken apart, and meant all the same
            ids.setdefault(place, page.id)
    found: dict[PagePath, PageForEditor | Exception] = {}
    there = list(ids.items())
    for start in range(0, len(there), AT_ONCE):
        some = there[start : start + AT_ONCE]
        outcomes = client.batch(*(read_state(page_id) for _, page_id in some), return_exceptions=True)
        answers = zip(some, outcomes, strict=True)
        found |= {where: page for (where, _), page in answers if not isinstance(page, exc.PageNotFoundError)}
    return found


def run_import(
    client: WikiJSClient,
    plan: ImportPlan,
    *,
    journal: JournalPath | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Do what a plan says: one page after the other, then the assets. A failure does not stop the rest.

    An import that broke off goes on when it is planned and run again: what is done is found as it should be. With a
    journal pages that it has written are not touched again, even where somebody has changed them since.

    Args:
        client: A client of the wiki.
        plan: The plan; files it refuses are left out.
        journal: Path of a file that notes what was done.
        progress: Called after each page and each asset with the number done and the total.

    Returns:
        What was done. Ctrl-C ends the work early.

    Raises:
        ConfigurationError: The journal belongs to another job, or is in use.

    Permission: `write:pages`; `write:assets` and `read:assets` for assets.
    Operation: `pages.create`, `pages.update` (mutations), `POST /u`.
    """
    report = ImportReport(unchanged=list(plan.unchanged))
    total = len(plan.steps) + len(plan.assets)
    with _journal(client, plan, journal) as notes:
        try:
            for done, step in enumerate(plan.steps, 1):
                _do(client, step, notes, report)
                if progress is not None:
                    progress(done, total)
            upload_assets(client, plan.assets, report, progress, total)
            if not report.failed:
                notes.finish()
        except KeyboardInterrupt:
            report.interrupted = True
        except _STOPPING as error:
            report.stopped_by = error
    attempted = {*report.created, *report.updated, *report.uploaded, *report.done_before}
    attempted |= {name for name, _ in report.failed}
    names = [step.name for step in plan.steps] + [step.name for step in plan.assets]
    report.not_attempted = [name for name in names if name not in attempted]
    return report


class _Notes:
    """A journal by names of files; without one nothing is noted."""

    def __init__(self, journal: Journal[str] | None, plan: ImportPlan) -> None:
        self._journal = journal
        self._places = {file["name"]: place for place, file in enumerate(plan.files)}

    def is_done(self, name: str) -> bool:
        """Whether the journal knows that a page was written."""
        return self._journal is not None and self._places[name] in self._journal.confirmed

    def was_in_flight(self, name: str) -> bool:
        """Whether a page was sent and nobody knows whether it was written."""
        return self._journal is not None and self._places[name] in self._journal.in_flight

    def sent(self, name: str) -> None:
        """A page is about to be sent."""
        if self._journal is not None:
            self._journal.sent(self._places[name])

    def confirm(self, name: str, action: str) -> None:
        """A page was written."""
        if self._journal is not None:
            self._journal.confirm(self._places[name], action)

    def finish(self) -> None:
        """Nothing is left to do."""
        if self._journal is not None:
            self._journal.finish()

    def refuse(self, name: str, error: exc.WikiJSException) -> None:
        """A page was certainly not written, where that is so."""
        if self._journal is not None and classify(error, "") in {Outcome.NOT_SENT, Outcome.REJECTED}:
            self._journal.refuse(self._places[name], error)


@contextmanager
def _journal(client: WikiJSClient, plan: ImportPlan, path: JournalPath | None) -> Generator[_Notes]:
    if path is None:
        yield _Notes(None, plan)
        return
    from wikijs.core.jobs.journal import Journal

    journal = Journal(path, "pages.import", client.url, plan.files, str)
    try:
        yield _Notes(journal, plan)
    finally:
        journal.close()


def _do(client: WikiJSClient, step: Step, notes: _Notes, report: ImportReport) -> None:
    """Write one page."""
    name = step.name
    if notes.is_done(name):
        report.done_before.append(name)
        return
    was_in_flight = notes.was_in_flight(name)
    notes.sent(name)
    try:
        action = _write(client, step, was_in_flight=was_in_flight)
    except KeyboardInterrupt:
        unknown = exc.OutcomeUnknownError("The work was interrupted here.", hint="Run the import again.")
        report.failed.append((name, unknown))
        raise
    except exc.WikiJSException as error:
        if not was_in_flight:  # else it may have been written before
            notes.refuse(name, error)
        if isinstance(error, _STOPPING):
            raise
        report.failed.append((name, error))
        return
    try:
        notes.confirm(name, action)
    except exc.FollowUpError as error:
        report.failed.append((name, error))
        raise (error.__cause__ or error) from None
    (report.created if action == "create" else report.updated).append(name)


def _write(client: WikiJSClient, step: Step, *, was_in_flight: bool) -> str:
    place = step.incoming.place
    if step.page is not None:
        client.pages.update(step.page.id, expected=step.page, **step.values)
        return step.action
    try:
        client.pages.create(place.path, locale=place.locale, **step.values)
    except exc.PageExistsError:
        if not was_in_flight:
            raise
        page = client.pages.get_by_path(place.path, locale=place.locale, content=False)
        client.pages.update(page.id, **step.values)
    return step.action
