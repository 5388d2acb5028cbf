"""One synchronisation from beginning to end, and doing it again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.values import paths
from wikijs.transfer import names

from .actions import IN_FOLDER, IN_WIKI, Action, Blocked, Kind
from .apply import Applier, Failure
from .folder import Folder
from .model import Direction, Layout, Rule
from .plan import Plan, plan
from .scan import local_pages, remote_pages
from .state import State

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.identity import Identity

MANY: Final = 10
"""From how many deletions on more than half of all pages is too much to happen unasked."""
POLL_SECONDS: Final = 1.0

Watcher = Callable[[Action, int, int], None]
"""Told of each step that was done: the step, how many were done, and how many there are."""


class ManyDeletionsError(exc.WikiJSException):
    """So much would be deleted that it may be a mistake: an empty disk, another wiki at the same address.

    Anything at all where somebody else made the last run: what is gone for one may be out of sight for the other.

    Attributes:
        files, pages: How many files and pages of the wiki would be deleted.
        known: How many pages there were.
    """

    def __init__(self, files: int, pages: int, known: int, *, because: str = "") -> None:
        what = " and ".join(
            f"{count} {name}" for count, name in ((files, "files"), (pages, "pages of the wiki")) if count
        )
        super().__init__(f"{because}This would delete {what}, of {known} pages. Nothing was done.")
        self.files = files
        self.pages = pages
        self.known = known


@dataclass
class Report:
    """What a run did, or would do.

    Attributes:
        done: Steps that were done; on a dry run those that would be.
        failures: Steps that failed.
        blocked: Pages that were left alone, conflicts among them.
        left: Steps that the direction forbade.
        refused: Files that cannot be pages, and why.
        notes: Remarks for a person.
    """

    done: list[Action] = field(default_factory=list[Action])
    failures: list[Failure] = field(default_factory=list[Failure])
    blocked: list[Blocked] = field(default_factory=list[Blocked])
    left: list[Action] = field(default_factory=list[Action])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    notes: list[str] = field(default_factory=list[str])

    @property
    def conflicts(self) -> int:
        """How many conflicts are open."""
        return sum(blocked.conflict for blocked in self.blocked) + self.count(Kind.CONFLICT)

    @property
    def is_whole(self) -> bool:
        """Whether both sides agree now, as far as the direction allows."""
        return not (self.failures or self.blocked or self.refused or self.conflicts)

    @property
    def changes(self) -> list[Action]:
        """Those steps done that changed the folder or the wiki."""
        return [action for action in self.done if action.kind in IN_FOLDER | IN_WIKI | {Kind.CONFLICT}]

    def count(self, kind: Kind) -> int:
        """How many steps of a kind were done."""
        return sum(action.kind is kind for action in self.done)


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
        below: Path of the wiki that the folder is: `intro.md` is the page `<below>/intro`, and what lies elsewhere
            does not matter; the whole wiki without it.
        on_step: Called after each step.

    Raises:
        AuthenticationRequiredError: The wiki takes us for a guest, whose list of pages says nothing about what exists.
        ManyDeletionsError: See there.
        PageIllegalPathError: The wiki could serve no page below that path.
        ConfigurationError: The folder does not exist, belongs to another wiki or path, or is being synchronised.
        WikiJSException: The wiki cannot be reached, or refuses all.

    Permission: `read:pages`, and page rules with `write:pages` and `manage:pages` for what is to be synchronised; to
        delete pages `delete:pages`.
    """
    folder = Folder(root)
    caller = client.whoami()
    _refuse_guest(caller)
    client.cache.clear()
    main_locale = client.execute(ops.localization_config(), cache=False).locale
    layout = Layout(main_locale, paths.destination(below, main_locale).path if below.strip("/") else "")
    with State(folder.root, client.url, layout, keep=not dry_run, adopt=adopt) as state:
        report = Report(notes=[*_made_elsewhere(state), *_changed_caller(state, caller)])
        found = _plan(client, folder, state, report, layout, rule, direction, dry_run=dry_run)
        if not allow_many_deletions:
            _refuse_many_deletions(found, state, caller)
        state.caller = _name(caller)
        if dry_run:
            report.done = list(found.actions)
        else:
            _apply(Applier(client, folder, state), found.actions, report, on_step)
    return report


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
    dry_run: bool,
) -> Plan:
    if not dry_run:
        folder.sweep()
    known = state.pages()
    remote = remote_pages(client, known, layout)
    files = local_pages(folder, known, layout)
    there = folder.files()
    found = plan(
        known,
        files.pages,
        remote,
        layout=layout,
        rule=rule,
        direction=direction,
        files=there,
        ignores_case=folder.ignores_case,
    )
    report.blocked += found.blocked
    report.left += found.left
    report.refused += files.refused
    report.notes += _clones_apart(found, there)
    return found


def _clones_apart(found: Plan, there: Iterable[str]) -> list[str]:
    """What to say of new files that a disk which ignores upper and lower case could not hold side by side."""
    new = [action.file for action in found.actions if action.kind in {Kind.WRITE_FILE, Kind.MOVE_FILE}]
    return [
        f"{' and '.join(group)} are one and the same on disks that ignore upper and lower case; rename one of them."
        for group in names.collisions({*there, *new})
        if any(f"{file}/".startswith(f"{name}/") for file in new for name in group)
    ]


def _refuse_many_deletions(found: Plan, state: State, caller: Identity) -> None:
    files, pages = found.deletions(Kind.DELETE_FILE), found.deletions(Kind.DELETE_PAGE)
    known = len(state.pages())
    most = max(files, pages)
    if most and state.caller not in {None, _name(caller)}:
        because = f"The last run was made as {state.caller}, this one as {_name(caller)}. "
        raise ManyDeletionsError(files, pages, known, because=because)
    if (most > MANY and most * 2 > known) or (most == known > 1):
        raise ManyDeletionsError(files, pages, known)


def _apply(applier: Applier, actions: Sequence[Action], report: Report, on_step: Watcher | None) -> None:
    failed: set[int] = set()
    for number, action in enumerate(actions, 1):
        if id(action.trio) in failed:
            continue
        failure = applier.apply(action)
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
