"""Publishing a folder: first a plan, then the work, one page after the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.outcomes import after_write
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath
from wikijs.interop import Remark
from wikijs.interop.sources.markdown_site import led_nowhere
from wikijs.resources.pages.values.models import read_state
from wikijs.transfer.assets.importing import plan_assets, upload_assets
from wikijs.transfer.moving import move_page
from wikijs.transfer.plan import ImportPlan
from wikijs.transfer.reports import ImportReport

from . import marks, planning
from .model import PublishOptions, PublishPlan, PublishReport, Step, There, UnclearLinksError
from .project import Project

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor, PageSummary

    from wikijs import WikiJSClient

Progress: TypeAlias = Callable[[int, int], None]

_STOPPING: Final = (exc.TransportError, exc.AuthenticationError)
"""Errors that the next page would meet as well."""
_AT_ONCE: Final = 200


def plan_publish(
    client: WikiJSClient,
    folder: Path,
    to: str,
    options: PublishOptions | None = None,
    *,
    strict: bool = False,
    progress: Progress | None = None,
) -> PublishPlan:
    """Find out what publishing a folder has to do, without changing anything.

    Args:
        client: A client of the wiki.
        folder: A folder of Markdown, or a project of MkDocs or Docusaurus.
        to: Path of the wiki that the folder becomes: its index is the page there, all others lie below; "/" is the top.
            An address of the wiki is understood, too.
        options: How.
        strict: Refuse to publish what did not convert whole, such as links that lead nowhere.
        progress: Called with the number of files read and the total.

    Raises:
        InteropError: The folder holds no pages, or a converter is missing.
        PageIllegalPathError: The wiki could serve no page at this path.
        ValidationError: `to` is an address of another wiki.
        ManyDeletionsError: More than half of all pages would be deleted.
        UnclearLinksError: With `strict`, something did not convert.
        WikiJSException: The pages of the wiki cannot be listed.

    Permission: `read:pages` and `read:assets`; `write:pages` with `manage:pages` or `delete:pages` below the path,
        without which pages cannot be read whole.
    Operation: `pages.list`, `pages.single`, `assets.list`, `localization.config` (queries).
    """
    options = options or PublishOptions()
    to, said = paths.of_place(paths.text("path", to), options.locale, client.url, folder=True)
    locale = said or client.localization.default()
    place = paths.destination(to, locale) if to.strip("/") else PagePath("", locale)
    project = Project(folder, place.path, locale, options, progress)
    listed = client.execute(ops.pages_list(), cache=False)
    plan = PublishPlan(place.path)
    plan.remarks = _open_remarks(project, listed)
    if strict and plan.remarks:
        first = plan.remarks[0]
        raise UnclearLinksError(
            f"{len(plan.remarks)} things would not be on the wiki what they are in the files. The first one:"
            f" {f'{first.page}: ' if first.page else ''}{first.text}",
            hint="Mend them, or publish without being strict.",
        )
    below = [page for page in listed if page.locale == locale and paths.is_below(page.path, place.path)]
    there = _read(client, below)
    before = {name for page in there if page.mark for name in page.mark.files}
    files = ImportPlan()
    plan_assets(client, project.assets(), files)
    stored: set[str] = set()
    if options.delete and before - set(project.whole.files.values()):
        stored = {asset.path.strip("/") for asset in client.assets.list(recursive=True)}
    plan.unchanged += files.unchanged
    plan.refused += [(error.name, error.reason or error.message) for error in files.refused]
    plan.refused += [(name, "the wiki cannot hold it; see the remark above") for name in project.left_out]
    planning.steps(plan, project.wanted, there, options, left_out=project.left_out, uploads=files.assets, stored=stored)
    return plan


def _open_remarks(project: Project, listed: list[PageSummary]) -> list[Remark]:
    """What did not convert, but for links to pages of the wiki that are not in the folder."""
    known = {page.path for page in listed} | {str(PagePath(page.path, page.locale)) for page in listed}
    remarks: list[Remark] = []
    for remark in project.whole.report.remarks:
        target = led_nowhere(remark.text)
        path = target.partition("#")[0].partition("?")[0] if target and target.startswith("/") else ""
        if not path or path.strip("/") not in known:
            remarks.append(remark)
    return remarks


def _read(client: WikiJSClient, pages: list[PageSummary]) -> list[There]:
    found: list[There] = []
    for start in range(0, len(pages), _AT_ONCE):
        some = pages[start : start + _AT_ONCE]
        answers = client.batch(*(read_state(page.id) for page in some), return_exceptions=True)
        for page, state in zip(some, answers, strict=True):
            if isinstance(state, exc.PageNotFoundError):
                continue
            if isinstance(state, Exception) and not isinstance(state, exc.APIError):
                raise state
            place = PagePath(unicodedata.normalize("NFC", page.path), page.locale)
            found.append(_there(page.id, place, state))
    return sorted(found, key=lambda page: page.id)


def _there(page_id: int, place: PagePath, state: PageForEditor | Exception) -> There:
    if isinstance(state, Exception):
        return There(page_id, place, state)
    mark, text = marks.read(state.content)
    return There(page_id, place, state, mark, text)


def run_publish(client: WikiJSClient, plan: PublishPlan, *, progress: Progress | None = None) -> PublishReport:
    """Do what a plan says. A failure does not stop the rest.

    What is done is known from the wiki itself, page by page: a run that ended at any point is finished by the next one.

    Args:
        client: A client of the wiki.
        plan: The plan.
        progress: Called with the number of steps done and the total.

    Returns:
        What was done. Ctrl-C ends the work early.

    Permission: `write:pages`, `manage:pages` to move, `delete:pages` to delete; `write:assets`, and `manage:assets` to
        delete files.
    Operation: `pages.create`, `pages.update`, `pages.move`, `pages.delete`, `assets.deleteAsset` (mutations),
        `POST /u`.
    """
    report = PublishReport(plan)
    total = len(plan.steps)
    try:
        _upload(client, report, progress, total)
        for step in plan.steps:
            if step.action != "upload":
                _do(client, step, report)
                if progress is not None:
                    progress(len(report.done) + len(report.failed), total)
    except KeyboardInterrupt:
        report.interrupted = True
    except _STOPPING as error:
        report.stopped_by = error
    attempted = {id(step) for step in report.done} | {id(step) for step, _ in report.failed}
    report.not_attempted = [step for step in plan.steps if id(step) not in attempted]
    return report


def _upload(client: WikiJSClient, report: PublishReport, progress: Progress | None, total: int) -> None:
    steps = {step.asset.name: step for step in report.plan.steps if step.asset is not None}
    told = ImportReport()
    uploads = [step.asset for step in steps.values() if step.asset is not None]

    def count(done: int, all_: int) -> None:
        if progress is not None:
            progress(done, total)

    try:
        upload_assets(client, uploads, told, count, len(uploads))
    finally:
        report.done += [steps[name] for name in told.uploaded]
        report.failed += [(steps[name], error) for name, error in told.failed]


def _do(client: WikiJSClient, step: Step, report: PublishReport) -> None:
    try:
        _ACTIONS[step.action](client, step)
    except _STOPPING:
        raise
    except exc.WikiJSException as error:
        report.failed.append((step, error))
    else:
        report.done.append(step)


def _create(client: WikiJSClient, step: Step) -> None:
    assert step.wanted is not None  # noqa: S101
    place = step.wanted.place
    values: dict[str, Any] = dict(step.values)
    try:
        client.pages.create(place.path, locale=place.locale, **values)
    except exc.PageExistsError:
        # A run that was killed may have made it after this one had listed the pages.
        page_id = client.pages.find_ids([place.path], locale=place.locale)[0]
        page = _there(page_id, place, client.execute(read_state(page_id), cache=False))
        if page.mark is None or not page.mark.is_of(step.wanted.mark.to, step.wanted.mark.name):
            raise
        _bring_up_to_date(client, step, page)


def _update(client: WikiJSClient, step: Step) -> None:
    assert step.there is not None  # noqa: S101
    client.pages.update(step.there.id, expected=step.there.known, **step.values)


def _move(client: WikiJSClient, step: Step) -> None:
    assert step.wanted is not None  # noqa: S101
    assert step.there is not None  # noqa: S101
    place = step.wanted.place
    move_page(client, step.there.id, place)
    with after_write("pages.move"):
        state = client.execute(read_state(step.there.id), cache=False)
        _bring_up_to_date(client, step, _there(step.there.id, place, state))


def _bring_up_to_date(client: WikiJSClient, step: Step, page: There) -> None:
    assert step.wanted is not None  # noqa: S101
    values = planning.values_for(step.wanted, page)
    if values:
        client.pages.update(page.id, expected=page.known, **values)


def _delete(client: WikiJSClient, step: Step) -> None:
    assert step.there is not None  # noqa: S101
    try:
        now = client.execute(read_state(step.there.id), cache=False)
    except exc.PageNotFoundError:
        return
    if (now.content, now.path) != (step.there.known.content, step.there.known.path):
        raise exc.ConflictError(
            f"The page {step.there.place} was changed meanwhile.", hint="The next run looks at it anew."
        )
    client.pages.delete(step.there.id)


def _delete_file(client: WikiJSClient, step: Step) -> None:
    try:
        client.assets.delete(step.path)
    except exc.AssetNotFoundError:
        return


_ACTIONS: Final[dict[str, Callable[[WikiJSClient, Step], None]]] = {
    "create": _create,
    "update": _update,
    "move": _move,
    "delete": _delete,
    "delete-file": _delete_file,
}
