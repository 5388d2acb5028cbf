"""From pages as they should be and pages as they are to steps. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import WikiJSException
from wikijs.transfer.plan import AssetStep, changes, creation

from .marks import Mark, digest, marked
from .model import ManyDeletionsError, PublishOptions, PublishPlan, Step, There, Wanted
from .renames import renamed

if TYPE_CHECKING:
    from wikijs.transfer.format import PageFile

MANY: Final = 10
"""From how many deletions on more than half of all pages is too much to happen unasked."""
FOREIGN: Final = "there is a page {} that was not published from here"


def steps(
    plan: PublishPlan,
    wanted: Sequence[Wanted],
    there: Sequence[There],
    options: PublishOptions,
    *,
    left_out: Collection[str] = (),
    uploads: Sequence[AssetStep] = (),
    stored: Collection[str] = (),
) -> None:
    """Fill a plan.

    Args:
        plan: The plan.
        wanted: Pages as they should be.
        there: Pages of the wiki at the path that is published to, and below.
        options: How.
        left_out: Files that are there and cannot be pages: theirs are not gone.
        uploads: Assets to upload.
        stored: Assets of the wiki, by their path without the first slash.

    Raises:
        ManyDeletionsError: See there.
    """
    ours = {page.id: page for page in there if page.mark and page.mark.is_of(plan.to, options.name)}
    pairs = _pairs(plan, wanted, there, ours, options, left_out)
    plan.steps += [Step("upload", step.name, step.path, asset=step) for step in uploads]
    writes = list(_writes(plan, wanted, pairs, options))
    taken = {page.id for page in pairs.values() if page is not None}
    placed = {name for name, page in pairs.items() if page is not None}
    left = [page for page in ours.values() if page.id not in taken]
    plan.copies = sorted(str(page.place) for page in left if page.mark and page.mark.file in placed)
    lost = [page for page in left if page.mark and page.mark.file not in {*left_out, *placed}]
    deletions = list(_deletions(plan, lost, options))
    if len(deletions) > MANY and 2 * len(deletions) > len(ours) and not options.many_deletions:
        raise ManyDeletionsError(len(deletions), len(ours))
    if options.delete:
        changed = {step.there.id for step in writes + deletions if step.there}
        plan.steps += _files_gone(wanted, list(ours.values()), changed, stored)
    plan.steps += writes + deletions


def _pairs(
    plan: PublishPlan,
    wanted: Sequence[Wanted],
    there: Sequence[There],
    ours: Mapping[int, There],
    options: PublishOptions,
    left_out: Collection[str],
) -> dict[str, There | None]:
    """The page of each file; None for a file that has none yet. Files that must not have theirs are refused."""
    at = {page.place: page for page in reversed(there)}
    pairs: dict[str, There | None] = {}
    unplaced: list[Wanted] = []
    for file in wanted:
        page = at.get(file.place)
        if page is None:
            unplaced.append(file)
        elif isinstance(page.state, Exception):
            plan.refused.append((file.file, f"the page {page.place} cannot be read: {_reason(page.state)}"))
        elif page.id in ours or options.adopt:
            pairs[file.file] = page
        else:
            plan.refused.append((file.file, FOREIGN.format(page.place)))
    taken = {page.id for page in pairs.values() if page}
    free = [page for page in ours.values() if page.id not in taken]
    known = {file.file for file in wanted}
    by_file = {page.mark.file: page for page in free if page.mark}
    for file in unplaced:
        pairs[file.file] = by_file.pop(file.file, None)
    lost = [page for name, page in by_file.items() if name not in known and name not in left_out]
    pairs |= renamed(lost, [file for file in unplaced if pairs[file.file] is None])
    return pairs


def _writes(
    plan: PublishPlan, wanted: Sequence[Wanted], pairs: Mapping[str, There | None], options: PublishOptions
) -> Iterator[Step]:
    moves: list[Step] = []
    others: list[Step] = []
    for file in wanted:
        if file.file not in pairs:
            continue
        page = pairs[file.file]
        if page is None:
            values = creation(whole(file, None), file.place)
            others.append(Step("create", file.file, str(file.place), values, wanted=file))
            continue
        values = values_for(file, page)
        is_edited = page.mark is not None and digest(page.text) != page.mark.text
        if (values or page.place != file.place) and is_edited and options.keep_edited:
            plan.kept.append(file.file)
        elif page.place != file.place:
            moves.append(Step("move", file.file, str(file.place), values, page, file, is_edited=is_edited))
        elif values:
            others.append(Step("update", file.file, str(file.place), values, page, file, is_edited=is_edited))
        else:
            plan.unchanged.append(file.file)
    yield from moves  # first, so that no page is made where one is to be moved
    yield from others


def whole(file: Wanted, before: Mark | None) -> PageFile:
    """A page as it is compared and sent: with its mark, and without what neither the file nor the mark speaks of."""
    says = {*file.mark.has, *(before.has if before else ())}
    return replace(
        file.page,
        content=marked(file.mark, file.page.content),
        description=file.page.description if "description" in says else None,
        tags=file.page.tags if "tags" in says else None,
    )


def values_for(file: Wanted, page: There) -> dict[str, Any]:
    """What to change of a page: nothing where it is as it should be."""
    return changes(whole(file, page.mark), page.known)


def _deletions(plan: PublishPlan, lost: Sequence[There], options: PublishOptions) -> Iterator[Step]:
    for page in sorted(lost, key=lambda each: each.place):
        assert page.mark is not None  # noqa: S101  only such pages are ours
        if not options.delete:
            plan.gone.append(str(page.place))
        elif digest(page.text) != page.mark.text:
            plan.kept.append(str(page.place))
        else:
            yield Step("delete", page.mark.file, str(page.place), there=page)


def _files_gone(
    wanted: Sequence[Wanted], ours: Sequence[There], changed: Collection[int], stored: Collection[str]
) -> Iterator[Step]:
    """Assets that were uploaded for pages that are gone or have changed, and that no page refers to any more."""
    kept = {name for file in wanted for name in file.mark.files}
    kept |= {name for page in ours if page.mark and page.id not in changed for name in page.mark.files}
    before = {name for page in ours if page.mark for name in page.mark.files}
    yield from (Step("delete-file", name, f"/{name}") for name in sorted(before - kept) if name in stored)


def _reason(error: Exception) -> str:
    return (error.message if isinstance(error, WikiJSException) else str(error)).rstrip(".")
