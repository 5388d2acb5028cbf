"""What to do with each file: the rules of `wikijs.sync.plan`, with the bytes as the only part that can change. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from ..actions import IN_FOLDER, IN_WIKI, Blocked, Kind
from ..model import Direction, Layout, Rule
from .model import AssetAction, AssetTrio, KnownAsset, LocalAsset, RemoteAsset

OPEN: Final = "{} and the wiki's file were changed both: keep the right one as {} and delete {}, or use --ours"
HIDDEN: Final = "the wiki does not show it to this caller"


@dataclass
class AssetPlan:
    """What to do.

    Attributes:
        actions: The steps.
        blocked: Files that are left alone.
        left: What the direction forbids.
    """

    actions: list[AssetAction] = field(default_factory=list[AssetAction])
    blocked: list[Blocked] = field(default_factory=list[Blocked])
    left: list[AssetAction] = field(default_factory=list[AssetAction])


def plan_assets(
    known: Iterable[KnownAsset],
    local: Iterable[LocalAsset],
    remote: Iterable[RemoteAsset],
    *,
    layout: Layout,
    rule: Rule | None,
    direction: Direction,
    files: Collection[str],
) -> AssetPlan:
    """Decide; the arguments are those of `wikijs.sync.plan.plan`."""
    before = {each.path: each for each in known}
    here = {each.path: each for each in local}
    there = {each.path: each for each in remote}
    found = AssetPlan()
    forbidden = {"both": frozenset[Kind](), "pull": IN_WIKI, "push": IN_FOLDER}[direction]
    for path in sorted(before.keys() | here.keys() | there.keys()):
        trio = AssetTrio(before.get(path), here.get(path), there.get(path))
        step = _decide(trio, path, layout, rule, files)
        if isinstance(step, Blocked):
            found.blocked.append(step)
        elif step is not None:
            (found.left if step.kind in forbidden else found.actions).append(step)
    return found


def _decide(
    trio: AssetTrio, path: str, layout: Layout, rule: Rule | None, files: Collection[str]
) -> AssetAction | Blocked | None:
    known, local, remote = trio.known, trio.local, trio.remote
    file = local.file if local else known.file if known else layout.asset_file(path)
    if remote is not None and remote.asset is None:
        return Blocked(path, HIDDEN, file)
    if local is not None and remote is not None:
        found = _of_both(trio, local, remote, rule, files)
        if found is Kind.CONFLICT:
            return AssetAction(found, trio, path, _beside(file, remote))
    else:
        found = _of_one(known, local, remote)
    return AssetAction(found, trio, path, file) if isinstance(found, Kind) else found


def _of_one(known: KnownAsset | None, local: LocalAsset | None, remote: RemoteAsset | None) -> Kind:
    """What to do with a file that one side has, or none."""
    if remote is not None:
        return Kind.DELETE_ASSET if known is not None and remote.digest == known.there else Kind.WRITE_FILE
    if local is not None:
        return Kind.DELETE_FILE if known is not None and local.digest == known.here else Kind.UPLOAD
    return Kind.FORGET


def _of_both(
    trio: AssetTrio, local: LocalAsset, remote: RemoteAsset, rule: Rule | None, files: Collection[str]
) -> Kind | Blocked | None:
    """What to do with a file that both sides have."""
    known = trio.known
    same_here = known is not None and local.digest == known.here
    same_there = known is not None and remote.digest == known.there
    if (same_here and same_there) or remote.digest == local.digest or remote.is_local:
        return None if _is_remembered(trio) else Kind.RECORD
    conflict = known.conflict if known else None
    is_open = conflict is not None and conflict.digest == remote.digest and conflict.file in files
    if conflict is not None and is_open and rule is None:
        return Blocked(local.path, OPEN.format(local.file, local.file, conflict.file), local.file, conflict.file)
    if conflict is not None and conflict.digest == remote.digest and not is_open:
        return Kind.UPLOAD  # settled: whoever removed the wiki's version has seen it
    if same_here or same_there:
        return Kind.WRITE_FILE if same_here else Kind.UPLOAD
    if rule == "newer":
        rule = "ours" if local.modified > remote.updated.timestamp() else "theirs"
    return {"ours": Kind.UPLOAD, "theirs": Kind.WRITE_FILE, None: Kind.CONFLICT}[rule]


def _is_remembered(trio: AssetTrio) -> bool:
    known, local, remote = trio.known, trio.local, trio.remote
    if known is None or local is None or remote is None:
        return False
    now = (known.file, known.here, known.seen, known.conflict)
    return now == (local.file, local.digest, remote.seen, None) and known.stamp in {"", local.stamp}


def _beside(file: str, remote: RemoteAsset) -> str:
    stem, dot, suffix = file.rpartition(".")
    return f"{stem}.conflict-{remote.updated.astimezone(UTC):%Y-%m-%d-%H%M%S}{dot}{suffix}"


def deletions(actions: Sequence[AssetAction], kind: Kind) -> int:
    """How many files are to be deleted on one side."""
    return sum(action.kind is kind for action in actions)
