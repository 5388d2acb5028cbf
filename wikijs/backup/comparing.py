"""What differs between two backups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from .store import Snapshot, Store

_LISTS: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "users": lambda user: f"{user['email']} ({user['providerKey']})",
    "groups": lambda group: group["name"],
    "rendering": lambda module: module["key"],
    "search": lambda module: module["key"],
    "analytics": lambda module: module["key"],
    "commenting": lambda module: module["key"],
    "logins": lambda module: module["key"],
    "storage": lambda module: module["key"],
    "tags": lambda tag: tag["tag"],
    "keys": lambda key: key["name"],
    "flags": lambda flag: flag["key"],
    "navigation": lambda tree: tree["locale"],
}
"""Kinds that are lists, and what their items are called."""


@dataclass(slots=True)
class Difference:
    """What differs, from an older backup to a newer one.

    Attributes:
        old, new: Names of the two.
        added, changed, deleted: Names of things by kind.
        moved: Pages that moved, from where to where.
    """

    old: str
    new: str
    added: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    changed: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    deleted: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    moved: list[tuple[str, str]] = field(default_factory=list["tuple[str, str]"])

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.changed or self.deleted or self.moved)


def compare(store: Store, old: Snapshot, new: Snapshot) -> Difference:
    """Compare two backups.

    Raises:
        FileRefusedError: One of them is damaged.
    """
    result = Difference(old.name, new.name)
    for kind in sorted(old.parts.keys() | new.parts.keys()):
        before, after = old.parts.get(kind), new.parts.get(kind)
        if before == after:
            continue
        one = None if before is None else store.get_json(before.object)
        two = None if after is None else store.get_json(after.object)
        if kind == "pages":
            _pages(store, one or [], two or [], result)
        else:
            _items(kind, _named(kind, one), _named(kind, two), result)
    return result


def _pages(store: Store, old: list[dict[str, Any]], new: list[dict[str, Any]], result: Difference) -> None:
    before, after = ({page["id"]: page for page in pages} for pages in (old, new))
    places = {page_id: f"{page['head']['locale']}/{page['head']['path']}" for page_id, page in (before | after).items()}
    changed: list[str] = []
    for page_id in before.keys() & after.keys():
        if before[page_id] == after[page_id]:
            continue
        was = f"{before[page_id]['head']['locale']}/{before[page_id]['head']['path']}"
        if was != places[page_id]:
            result.moved.append((was, places[page_id]))
        if _content(store, before[page_id]) != _content(store, after[page_id]):
            changed.append(places[page_id])
    result.moved.sort()
    _note(result.added, "pages", [places[page_id] for page_id in after.keys() - before.keys()])
    _note(result.changed, "pages", changed)
    _note(result.deleted, "pages", [places[page_id] for page_id in before.keys() - after.keys()])


def _content(store: Store, page: dict[str, Any]) -> object:
    """What of a page somebody has written."""
    fields = store.get_json(page["object"])
    return {name: value for name, value in fields.items() if name not in {"path", "locale", "updatedAt"}}


def _named(kind: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if kind == "assets":
        return {file["path"]: file["object"] for file in value["files"]}
    if kind == "comments":
        return {f"{page['locale']}/{page['path']}": page["comments"] for page in value}
    if kind in _LISTS:
        return {_LISTS[kind](item): item for item in value}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {kind: value}


def _items(kind: str, before: Mapping[str, Any], after: Mapping[str, Any], result: Difference) -> None:
    _note(result.added, kind, [*(after.keys() - before.keys())])
    _note(result.changed, kind, [name for name in before.keys() & after.keys() if before[name] != after[name]])
    _note(result.deleted, kind, [*(before.keys() - after.keys())])


def _note(into: dict[str, list[str]], kind: str, names: list[str]) -> None:
    if names:
        into[kind] = sorted(names)
