"""One synchronisation from beginning to end, and doing it again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.values import paths
from wikijs.transfer import names

from .actions import IN_WIKI, Kind
from .apply import Applier
from .assets.planning import AssetPlan, deletions, plan_assets
from .assets.reading import local_assets, remote_assets
from .folder import Folder
from .model import Direction, Layout, Rule
from .plan import Plan, plan
from .report import AnyAction, Report
from .scan import local_pages, remote_pages
from .state import State

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.identity import Identity

MANY: Final = 10
"""From how many deletions on more than half of all pages is too much to happen unasked."""
POLL_SECONDS: Final = 1.0

Watcher = Callable[[AnyAction, int, int], None]
"""Told of each step that was done: the step, how many were done, and how many there are."""


class ManyDeletionsError(exc.WikiJSException):
    """So much would be deleted that it may be a mistake: an empty disk, another wiki at the same address.

    Anything at all where somebody else made the last run: what is gone for one may be out of sight for the other.

    Attributes:
        files, pages: How many files and pages (or other files) of the wiki would be deleted.
        known: How many pages (or other files) there were.
    """

    def __init__(self, files: int, pages: int, known: int, *, because: str = "", what: str = "pages") -> None:
        counts = ((files, "files"), (pages, f"{what} of the wiki"))
        deleted = " and ".join(f"{count} {name}" for count, name in counts if count)
        super().__init__(f"{because}This would delete {deleted}, of {known} {what}. Nothing was done.")
        self.files = files
        self.pages = pages
        self.known = known


def synchronise(
    client: WikiJSClient,
    root: Path,
    *,
    direction: Direction = "both",
    rule: Rule | None = None,
    dry_run: bool = False,
    allow_many_deletions: bool = False,
    adopt: bool = False,
    below: str = "",
    markers: bool = False,
    assets: bool | None = None,
    on_step: Watcher | None = None,
) -> Report:
    """Make a folder and a wiki agree.

    Args:
        client: A client of the wiki, signed in.
        root: The folder.
        direction: Which side may be changed: "both", "pull" for the folder only, "push" for the wiki only.
        rule: Who wins where both changed a page: "ours" (the folder), "theirs" (the wiki) or "newer"; None keeps the
            wiki's version beside the file.
        dry_run: Change nothing and say what would be done.
        allow_many_deletions: Delete even more than half of all pages, and though another caller made the last run.
        adopt: Go on from a state that was made in another folder or on another machine, which otherwise is set aside:
            whoever wrote it decides what counts as deleted. For a folder that was moved.
        below: Path, or address, of the part of the wiki that the folder is: `intro.md` is the page `<below>/intro`,
            and what lies elsewhere does not matter; the whole wiki without it.
        markers: Put both versions of a conflict into the file, between marks, where they differ in lines of content.
        assets: Whether files that are no pages, such as images, are synchronised too, whatever they are. None for what
            was said the last time; of a folder that is new, those go to the wiki that pages show or offer.
        on_step: Called after each step.

    Raises:
        AuthenticationRequiredError: The wiki takes us for a guest, whose list of pages says nothing about what exists.
        ManyDeletionsError: See there.
        PageIllegalPathError: The wiki could serve no page below that path.
        ValidationError: `below` is an address of another wiki.
        ConfigurationError: The folder does not exist, belongs to another wiki or path, or is being synchronised.
        WikiJSException: The wiki cannot be reached, or refuses all.

    Ctrl+C ends it after the step that is under way: the report says what was done until then.

    Permission: `read:pages`, and page rules with `write:pages` and `manage:pages` for what is to be synchronised; to
        delete pages `delete:pages`. For other files `read:assets`, `write:assets` and `manage:assets`.
    """
    folder = Folder(root)
    caller = client.whoami()
    _refuse_guest(caller)
    client.cache.clear()
    main_locale = client.execute(ops.localization_config(), cache=False).locale
    layout = Layout(main_locale, paths.of_folder(below, main_locale, client.url))
    with State(folder.root, client.url, layout, keep=not dry_run, adopt=adopt) as state:
        report = Report(notes=[*_made_elsewhere(state), *_changed_caller(state, caller)])
        found = _plan(client, folder, state, report, layout, rule, direction, markers=markers, dry_run=dry_run)
        others = _plan_assets(client, folder, state, report, layout, rule, direction, wanted=assets)
        if not allow_many_deletions:
            _refuse_many_deletions(found, others, state, caller)
        state.caller = _name(caller)
        # Pages show files: these come first, and go last.
        first = [action for action in others.actions if not action.deletes]
        last = [action for action in others.actions if action.deletes]
        actions: list[AnyAction] = [*first, *found.actions, *last]
        if dry_run:
            report.done = actions
        else:
            _apply(Applier(client, folder, state), actions, report, on_step)
    return report


def _plan_assets(
    client: WikiJSClient,
    folder: Folder,
    state: State,
    report: Report,
    layout: Layout,
    rule: Rule | None,
    direction: Direction,
    *,
    wanted: bool | None,
) -> AssetPlan:
    said = state.with_assets
    if not (said in {"", "shown", "yes", "refused"} if wanted is None else wanted):
        if wanted is False:
            state.with_assets = "no"
        elif said == "unasked":
            report.notes.append("Images and other files are left alone in this folder; --assets takes them in, once.")
            state.with_assets = "no"
        return AssetPlan()
    known = state.assets()
    try:
        listed = client.assets.list(recursive=True)
    except exc.PermissionDeniedError:
        if wanted:
            raise
        if said != "refused":
            report.notes.append("Images and other files are left alone: that takes read:assets.")
            state.with_assets = "refused"
        return AssetPlan()
    every = wanted is True or said == "yes"
    state.with_assets = "yes" if every else "shown"
    there = {asset.path for asset in listed}
    local, passed_over = local_assets(folder, known, layout, every=every, there=there)
    remote, more = remote_assets(client, folder, known, local, listed, layout)
    report.passed_over += [*passed_over, *more]
    report.notes += _told_once(state, report.passed_over)
    files = frozenset(folder.files())
    found = plan_assets(known, local, remote, layout=layout, rule=rule, direction=direction, files=files)
    report.blocked += found.blocked
    report.left += found.left
    return found


def _told_once(state: State, passed_over: Sequence[tuple[str, str]]) -> list[str]:
    """What to say of files that stay where they are, unless that was said the last time."""
    names = [name for name, _ in passed_over]
    if state.passed_over == names:
        return []
    state.passed_over = names
    if not names:
        return []
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return [f"Not synchronised: {shown}. --json says why."]


def _refuse_guest(caller: Identity) -> None:
    if caller.is_guest:
        raise exc.AuthenticationRequiredError(
            "The wiki takes us for a guest, who sees too little to synchronise anything. Nothing was done.",
            hint=caller.warning or "Log in, or give an API key.",
        )


def _made_elsewhere(state: State) -> list[str]:
    if state.set_aside is None:
        return []
    return [
        "The state in this folder was made in another folder or on another machine, and is not trusted: all pages and"
        f" files are compared anew, and nothing is deleted. It was renamed to {state.set_aside.name}: where you"
        " have moved the folder yourself, rename it back and run with --adopt."
    ]


def _name(caller: Identity) -> str:
    return f"API key {caller.key_id}" if caller.kind == "api_key" else caller.email


def _changed_caller(state: State, caller: Identity) -> list[str]:
    before, name = state.caller, _name(caller)
    if before in {None, name}:
        return []
    return [f"The last run was made as {before}, this one as {name}: pages that {name} cannot see are left alone."]


def _plan(
    client: WikiJSClient,
    folder: Folder,
    state: State,
    report: Report,
    layout: Layout,
    rule: Rule | None,
    direction: Direction,
    *,
    markers: bool,
    dry_run: bool,
) -> Plan:
    if not dry_run:
        folder.sweep()
    known = state.pages()
    remote = remote_pages(client, known, layout)
    texts = {page.id: page.digest for page in remote}
    changed = {page.id for page in known if texts.get(page.id, page.digest) != page.digest}
    known = [replace(page, base=state.base(page.place)) if page.id in changed else page for page in known]
    files = local_pages(folder, known, layout)
    there = list(folder.files())
    found = plan(
        known,
        files.pages,
        remote,
        layout=layout,
        rule=rule,
        direction=direction,
        files=there,
        ignores_case=folder.ignores_case,
        markers=markers,
    )
    report.blocked += found.blocked
    report.left += found.left
    report.refused += files.refused
    report.notes += _clones_apart(found, there)
    changing = {action.place for action in found.actions if action.kind in IN_WIKI}
    report.notes += [
        f"{each.file}: {each.page.mended}"
        for each in files.pages
        if each.page is not None and each.page.mended and each.place in changing
    ]
    return found


def _clones_apart(found: Plan, there: Iterable[str]) -> list[str]:
    """What to say of new files that a disk which ignores upper and lower case could not hold side by side."""
    new = [action.file for action in found.actions if action.kind in {Kind.WRITE_FILE, Kind.MOVE_FILE}]
    return [
        f"{' and '.join(group)} are one and the same on disks that ignore upper and lower case; rename one of them."
        for group in names.collisions({*there, *new})
        if any(f"{file}/".startswith(f"{name}/") for file in new for name in group)
    ]


def _refuse_many_deletions(found: Plan, others: AssetPlan, state: State, caller: Identity) -> None:
    _refuse_many(
        found.deletions(Kind.DELETE_FILE), found.deletions(Kind.DELETE_PAGE), len(state.pages()), state, caller
    )
    files = deletions(others.actions, Kind.DELETE_FILE), deletions(others.actions, Kind.DELETE_ASSET)
    _refuse_many(*files, len(state.assets()), state, caller, what="other files")


def _refuse_many(files: int, pages: int, known: int, state: State, caller: Identity, *, what: str = "pages") -> None:
    most = max(files, pages)
    if most and state.caller not in {None, _name(caller)}:
        because = f"The last run was made as {state.caller}, this one as {_name(caller)}. "
        raise ManyDeletionsError(files, pages, known, because=because, what=what)
    if (most > MANY and most * 2 > known) or (most == known > 1):
        raise ManyDeletionsError(files, pages, known, what=what)


def _apply(applier: Applier, actions: Sequence[AnyAction], report: Report, on_step: Watcher | None) -> None:
    failed: set[int] = set()
    for number, action in enumerate(actions, 1):
        if id(action.trio) in failed:
            continue
        try:
            failure = applier.apply(action)
        except KeyboardInterrupt:
            report.interrupted = True
            return
        if failure is not None:
            failed.add(id(action.trio))
            report.failures.append(failure)
            continue
        report.done.append(action)
        if on_step is not None:
            on_step(action, number, len(actions))


def watch(
    once: Callable[[], Report],
    root: Path,
    *,
    interval: float = 60.0,
) -> Iterator[Report | exc.WikiJSException]:
    """Synchronise again and again: every `interval` seconds, and as soon as a file of the folder changed and stayed
    as it is for a second.

    Args:
        once: Does it once.
        root: The folder.
        interval: Seconds between two runs; changes in the wiki are noticed only so often.

    Yields:
        Reports, and instead of one the error of a run that failed, such as while the wiki cannot be reached.
    """
    folder = Folder(root)
    while True:
        try:
            yield once()
        except exc.WikiJSException as error:
            yield error
        before = latest = folder.stamps()
        waited = 0.0
        while waited < interval:
            sleep(POLL_SECONDS)
            waited += POLL_SECONDS
            now = folder.stamps()
            if now != before and now == latest:
                break
            latest = now
