"""What to do: a pure three-way comparison of what was known, what the folder has and what the wiki has.

    in the folder   in the wiki   then
    same            same          nothing
    same            changed       the file is written
    changed         same          the page is updated
    changed         changed       nothing where both are the same now, both changes where they are in different parts of
                                  the page (title, tags, lines of the content...), else a conflict
    gone            same          the page is deleted
    same            gone          the file is deleted
    gone            changed       the file is written: an edit wins over a deletion
    changed         gone          the page is created
    gone            gone          it is forgotten

A page that was not known is created where it is missing, and a conflict where both sides have it with different texts.
Moves are followed first, and count as a change beside a deletion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from wikijs.core.values.paths import PagePath
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.moving import is_on_its_way

from .actions import IN_FOLDER, IN_WIKI, Action, Blocked, Kind
from .match import Trio, match
from .model import Direction, KnownPage, Layout, LocalPage, OpenConflict, RemotePage, Rule
from .order import in_safe_order, without_clashes
from .texts import digest, extension

OPEN = "{} and the wiki were changed both; merge {} into it and delete that, or use --ours, --theirs or --newer"
MARKED = "both versions are in {}, between marks: leave what is right and take the marks out, or use --theirs"
TWINS = "{} and {} would be the same page; delete or rename one of them"


@dataclass(frozen=True)
class Plan:
    """What to do.

    Attributes:
        actions: The steps, in an order in which each finds its place free.
        blocked: Pages that are left alone.
        left: What the direction forbids.
    """

    actions: Sequence[Action]
    blocked: Sequence[Blocked]
    left: Sequence[Action] = ()

    def deletions(self, kind: Kind) -> int:
        """How many files or pages are to be deleted."""
        return sum(action.kind is kind for action in self.actions)


def plan(
    known: Sequence[KnownPage],
    local: Iterable[LocalPage],
    remote: Iterable[RemotePage],
    *,
    layout: Layout | None = None,
    rule: Rule | None = None,
    direction: Direction = "both",
    files: Iterable[str] = (),
    ignores_case: bool = False,
    markers: bool = False,
) -> Plan:
    """Decide.

    Args:
        known, local, remote: Pages as they were known, as they are in the folder and in the wiki.
        layout: Which file a page is.
        rule: Who wins in a conflict; None keeps both versions side by side.
        direction: Which side may be changed.
        files: All files of the folder, to see which conflicts were settled.
        ignores_case: Whether the folder's file system does not tell upper and lower case apart.
        markers: Whether the two versions of a conflict are put into the file, where that can be done.
    """
    layout = layout or Layout()
    there = frozenset(files)
    trios = match(known, local, remote)
    steps: dict[int, list[Action]] = {}
    blocked: list[Blocked] = []
    left: list[Action] = []
    rules = _Rules(layout, rule, there, markers and direction != "push")
    forbidden = {"both": frozenset[Kind](), "pull": IN_WIKI, "push": IN_FOLDER}[direction]
    for index, trio in enumerate(trios):
        found = _decide(trio, rules)
        if isinstance(found, Blocked):
            blocked.append(found)
        elif any(action.kind in forbidden for action in found):
            left += [action for action in found if action.kind in forbidden]
        else:
            steps[index] = found
    free, clashing = without_clashes(trios, steps, ignores_case=ignores_case)
    blocked += [Blocked.of(trios[index], reason) for index, reason in clashing.items()]
    return Plan(in_safe_order(free), blocked, left)


@dataclass(frozen=True)
class _Rules:
    """What is the same for all pages: see the arguments of `plan`."""

    layout: Layout
    rule: Rule | None
    files: frozenset[str]
    markers: bool


def _decide(trio: Trio, rules: _Rules) -> list[Action] | Blocked:
    """The steps of one page."""
    known, local, remote = trio.known, trio.local, trio.remote
    if (problem := _problem(local, remote)) is not None:
        return Blocked.of(trio, problem)
    if local is not None and local.twin is not None:
        return _without_twin(trio, local, local.twin, rules)
    if local is not None and trio.has_marks and (remote is None or rules.rule != "theirs"):
        return Blocked.of(trio, MARKED.format(local.file), theirs=local.file)  # nothing between marks is ever pushed
    if local is not None and remote is not None:
        return _Both(trio, known, local, remote, rules).steps()
    if remote is not None:
        return _without_file(trio, remote, rules.layout)
    return _forget(trio) if local is None else _without_page(trio, local, rules.layout)


def _problem(local: LocalPage | None, remote: RemotePage | None) -> str | None:
    return (local and local.problem) or (remote and remote.problem) or None


def _forget(trio: Trio) -> list[Action]:
    assert trio.known is not None  # noqa: S101
    return [Action(Kind.FORGET, trio, trio.known.place, trio.known.file, known_at=trio.known.place)]


def _without_file(trio: Trio, remote: RemotePage, layout: Layout) -> list[Action]:
    """The wiki has the page and the folder has not."""
    known = trio.known
    if known is not None and known.digest == remote.digest and known.place == remote.place:
        return [Action(Kind.DELETE_PAGE, trio, known.place, known.file, known_at=known.place)]
    file = _file(trio, remote, layout)
    return [Action(Kind.WRITE_FILE, trio, remote.place, file, known_at=known.place if known else None)]


def _without_page(trio: Trio, local: LocalPage, layout: Layout) -> list[Action] | Blocked:
    """The folder has the page and the wiki has not."""
    known = trio.known
    at = known.place if known else None
    if known is not None and known.digest == trio.local_digest and known.place == local.place:
        return [Action(Kind.DELETE_FILE, trio, known.place, local.file, known_at=at, old_file=local.file)]
    try:
        layout.place(local.file)
    except FileRefusedError as error:
        return Blocked.of(trio, error.message)
    return [Action(Kind.CREATE_PAGE, trio, local.place, local.file, known_at=at, old_file=local.file)]


def _without_twin(trio: Trio, local: LocalPage, twin: LocalPage, rules: _Rules) -> list[Action] | Blocked:
    """Two files are one page. Where a run was killed between writing a file of another kind and removing the old one,
    the old one goes now.
    """
    known, remote = trio.known, trio.remote
    if twin.twin is None and known is not None and remote is not None:
        for one, other in ((local, twin), (twin, local)):
            new, old = (Trio(known, replace(page, twin=None), remote) for page in (one, other))
            if other.file == known.file and old.local_digest == known.digest and new.local_digest == remote.digest:
                tidy = Action(Kind.TIDY, old, remote.place, one.file, known.place, other.file)
                return [tidy, *_Both(new, known, one, remote, rules).agreed()]
    return Blocked.of(trio, TWINS.format(local.file, twin.file))


def _file(trio: Trio, remote: RemotePage, layout: Layout) -> str:
    page = remote.page or (trio.known.header if trio.known else None)
    assert page is not None  # noqa: S101  a page that is not known is always read
    return layout.file(remote.place, page.content_type)


@dataclass(frozen=True)
class _Both:
    """A page that both sides have."""

    trio: Trio
    known: KnownPage | None
    local: LocalPage
    remote: RemotePage
    rules: _Rules

    def steps(self) -> list[Action] | Blocked:
        """What makes both sides have the same text at the same place."""
        base = self.known.digest if self.known else None
        conflict = self.known.conflict if self.known else None
        if self._agree:
            return self._moves() or self.agreed()
        if conflict is not None and conflict.digest == self.remote.digest:
            if self._is_settled(conflict):
                base = self.remote.digest  # whoever removed the wiki's version has seen it
            elif self.rules.rule is None and not conflict.marks:
                return Blocked.of(self.trio, OPEN.format(self.local.file, conflict.file), theirs=conflict.file)
        moves = self._moves()
        place, file, at = (moves[0].place, moves[0].file, moves[0].place) if moves else self._here()
        kind = self._kind(base)
        target = file
        if kind in {Kind.WRITE_FILE, Kind.MERGE}:
            target = self._name(place, kind)
        elif kind is Kind.CONFLICT and self.rules.markers and self.trio.marked is not None:
            kind = Kind.MARK
        elif kind is Kind.CONFLICT:
            target = self._beside(file)
        return [*moves, Action(kind, self.trio, place, target, at, file)]

    def _is_settled(self, conflict: OpenConflict) -> bool:
        if conflict.marks:  # unless a run was killed before it wrote them, somebody has taken them out
            return self.local.written != conflict.written
        return conflict.file not in self.rules.files

    def agreed(self) -> list[Action]:
        """Remember that both have the same, unless that is known."""
        known, remote, local = self.known, self.remote, self.local
        if (
            known is not None
            and (known.place, known.id, known.file, known.digest, known.seen)
            == ((remote.place, remote.id, local.file, remote.digest, remote.seen))
            and known.conflict is None
            and known.merging is None
        ):
            return []
        at = known.place if known else None
        return [Action(Kind.RECORD, self.trio, remote.place, local.file, at, local.file)]

    @property
    def _agree(self) -> bool:
        return self.trio.local_digest == self.remote.digest

    def _here(self) -> tuple[PagePath, str, PagePath | None]:
        return self.remote.place, self.local.file, self.known.place if self.known else None

    def _kind(self, base: str | None) -> Kind:
        rule = self.rules.rule
        if self.trio.local_digest == base or self._is_half_merged or self.trio.has_marks:
            return Kind.WRITE_FILE  # marks come as far as here only where the wiki is to win
        if self.remote.digest == base:
            return Kind.UPDATE_PAGE
        if (both := self.trio.merged) is not None:
            # Where one side has all of it already, as after a run that was killed, only the other one follows.
            kinds = {self.remote.digest: Kind.WRITE_FILE, self.trio.local_digest: Kind.UPDATE_PAGE}
            return kinds.get(digest(both), Kind.MERGE)
        if rule == "newer":
            rule = "ours" if self.local.modified > self.remote.updated.timestamp() else "theirs"
        return {"ours": Kind.UPDATE_PAGE, "theirs": Kind.WRITE_FILE, None: Kind.CONFLICT}[rule]

    @property
    def _is_half_merged(self) -> bool:
        """Whether a run was killed when the wiki had what was merged, and the file had not."""
        merging = self.known.merging if self.known else None
        return merging == (self.trio.local_digest, self.remote.digest)

    def _moves(self) -> list[Action]:
        """Where only one side moved the page, the other follows; where both did, the wiki decides, or the rule."""
        here, there = self.local.place, self.remote.place
        if here == there or self.known is None:
            return []
        follow_folder = (
            self.known.place == there
            or is_on_its_way(there, here)
            or (self.known.place != here and self.rules.rule == "ours")
        )
        if follow_folder:
            return [Action(Kind.MOVE_PAGE, self.trio, here, self.local.file, self.known.place, self.local.file)]
        text = self.trio.text
        assert text is not None  # noqa: S101  files that cannot be read were sorted out before
        file = self.rules.layout.file(there, text.content_type)
        return [Action(Kind.MOVE_FILE, self.trio, there, file, self.known.place, self.local.file)]

    def _name(self, place: PagePath, kind: Kind) -> str:
        page = self.trio.merged if kind is Kind.MERGE else self.remote.page
        assert page is not None  # noqa: S101  what differs from what was known has been read
        return self.rules.layout.file(place, page.content_type)

    def _beside(self, file: str) -> str:
        assert self.remote.page is not None  # noqa: S101
        moment = f"{self.remote.updated.astimezone(UTC):%Y-%m-%d-%H%M%S}"
        return f"{file.rpartition('.')[0]}.conflict-{moment}.{extension(self.remote.page)}"
