"""Putting steps in an order in which each finds its place free, and finding those for which there is none. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeAlias

from wikijs.core.collation import folded
from wikijs.transfer import names

from .actions import Action, Kind
from .match import Trio

Steps: TypeAlias = Mapping[int, Sequence[Action]]
"""The steps of each page, by its number."""
Spot: TypeAlias = tuple[str, object]
"""Something that one page alone can occupy: a place in the wiki, a file, a row of the state."""

_RANKS: Final = {
    kind: rank
    for rank, kind in enumerate(
        (
            Kind.RECORD,
            Kind.TIDY,
            Kind.WRITE_FILE,
            Kind.UPDATE_PAGE,
            Kind.MERGE,
            Kind.CONFLICT,
            Kind.MARK,
            Kind.MOVE_FILE,
            Kind.MOVE_PAGE,
            Kind.CREATE_PAGE,
            Kind.DELETE_FILE,
            Kind.DELETE_PAGE,
            Kind.FORGET,
        )
    )
}
"""What goes first where nothing else decides: what adds, then what moves, then what deletes."""


def _spot(file: str) -> Spot:
    return "folder", file.rpartition(".")[0]


def _filled(action: Action) -> set[Spot]:
    """What a step begins to occupy."""
    spots: set[Spot] = set()
    if action.kind in {Kind.MOVE_FILE, Kind.WRITE_FILE}:
        spots.add(_spot(action.file))
    if action.kind in {Kind.MOVE_PAGE, Kind.CREATE_PAGE}:
        spots.add(("wiki", action.place))
    if action.place != action.known_at:
        spots.add(("state", action.place))
    return spots


def _vacated(action: Action) -> set[Spot]:
    """What a step ceases to occupy."""
    spots: set[Spot] = set()
    if action.kind in {Kind.MOVE_FILE, Kind.DELETE_FILE} and action.old_file is not None:
        spots.add(_spot(action.old_file))
    if action.kind in {Kind.MOVE_PAGE, Kind.DELETE_PAGE} and action.trio.remote is not None:
        spots.add(("wiki", action.trio.remote.place))
    if action.known_at is not None and (
        action.place != action.known_at or action.kind in {Kind.DELETE_FILE, Kind.DELETE_PAGE, Kind.FORGET}
    ):
        spots.add(("state", action.known_at))
    return spots


def _occupied(trio: Trio, steps: Iterable[Action]) -> set[Spot]:
    """What a page occupies in the end."""
    spots: set[Spot] = set()
    if trio.local is not None:
        spots.add(_spot(trio.local.file))
    if trio.remote is not None:
        spots.add(("wiki", trio.remote.place))
    for action in steps:
        spots = (spots - _vacated(action)) | _filled(action)
    return {spot for spot in spots if spot[0] != "state"}


def without_clashes(
    trios: Sequence[Trio], steps: Steps, *, ignores_case: bool
) -> tuple[dict[int, Sequence[Action]], dict[int, str]]:
    """The steps without those of pages that would come to where another page stays; and why, for each of these."""
    kept = dict(steps)
    reasons: dict[int, str] = {}
    while clashing := _clashing(trios, kept, ignores_case=ignores_case):
        for index, reason in clashing.items():
            kept.pop(index)
            reasons[index] = reason
    return kept, reasons


def _clashing(trios: Sequence[Trio], steps: Steps, *, ignores_case: bool) -> dict[int, str]:
    occupants: defaultdict[Spot, list[int]] = defaultdict(list)
    for index, trio in enumerate(trios):
        for spot in _occupied(trio, steps.get(index, ())):
            occupants[spot].append(index)
    reasons: dict[int, str] = {}
    filled = {index: set[Spot]().union(*map(_filled, actions)) for index, actions in steps.items()}
    for spot, indexes in occupants.items():
        for index in indexes if len(indexes) > 1 else ():
            if spot in filled.get(index, ()):
                reasons[index] = f"{spot[1]} is taken by another page; move or rename one of the two"
    if ignores_case:
        reasons |= _clashing_case(steps, [str(spot[1]) for spot in occupants if spot[0] == "folder"])
    return reasons


def _clashing_case(steps: Steps, stems: Iterable[str]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for group in names.collisions(stems):
        for index, actions in steps.items():
            for action in actions:
                stem = action.file.rpartition(".")[0]
                if action.kind in {Kind.MOVE_FILE, Kind.WRITE_FILE} and any(
                    stem == name or stem.startswith(f"{name}/") for name in group
                ):
                    reasons[index] = f"{' and '.join(group)} are one and the same on this disk; rename one of them"
    return reasons


def in_safe_order(steps: Steps) -> list[Action]:
    """The steps of all pages in order.

    There always is one: pages that changed places in a circle were taken for texts that changed, see `match`. Places
    that a database may take for one are vacated before they are filled, but for circles among these.
    """
    try:
        return _ordered(steps, _as_databases_compare)
    except CycleError:
        return _ordered(steps, lambda spot: spot)


def _as_databases_compare(spot: Spot) -> Spot:
    """The same for places of the wiki that MariaDB and the like take for one: they differ in case or accents."""
    kind, place = spot
    return (kind, folded(str(place))) if kind == "wiki" else spot


def _ordered(steps: Steps, key: Callable[[Spot], Spot]) -> list[Action]:
    actions = {(index, number): action for index, each in steps.items() for number, action in enumerate(each)}
    leaving: defaultdict[Spot, list[tuple[int, int]]] = defaultdict(list)
    for node, action in actions.items():
        for spot in _vacated(action):
            leaving[key(spot)].append(node)
    sorter = TopologicalSorter(
        {node: {(node[0], node[1] - 1)} if node[1] else set[tuple[int, int]]() for node in actions}
    )
    for node, action in actions.items():
        sorter.add(node, *(other for spot in _filled(action) for other in leaving[key(spot)] if other[0] != node[0]))
    sorter.prepare()
    order: list[Action] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda node: (_RANKS[actions[node].kind], node))
        order += [actions[node] for node in ready]
        sorter.done(*ready)
    return order
