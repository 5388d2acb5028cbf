"""Whether a backup is whole: every snapshot, every object, every digest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wikijs.core.files import FileRefusedError
from wikijs.core.files.refusal import refused

from .store import Part, Snapshot, Store

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Verified:
    """What became of looking at backups.

    Attributes:
        snapshots: Names of those that were looked at.
        objects: How many objects were read.
        problems: What is wrong, by snapshot.
    """

    snapshots: list[str] = field(default_factory=list[str])
    objects: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def objects_of(store: Store, snapshot: Snapshot) -> set[str]:
    """The names of all objects that a snapshot needs.

    Raises:
        FileRefusedError: One that names others is damaged.
    """
    return {each for kind, part in snapshot.parts.items() for each in _objects_of(store, kind, part)}


def _objects_of(store: Store, kind: str, part: Part) -> set[str]:
    index = part.object
    found = {index} if part.needs is None else {index, part.needs}
    listed = store.get_json(index)
    try:
        if kind == "pages":
            for page in listed:
                found.add(page["object"])
                if page.get("history"):
                    found.add(page["history"])
                    found |= {version["object"] for version in store.get_json(page["history"])}
        elif kind == "assets":
            found |= {file["object"] for file in listed["files"]}
    except (KeyError, TypeError, AttributeError):
        raise refused(index, f"it is no list of {kind}") from None
    return found


def verify(store: Store, names: Iterable[str] = (), progress: Progress | None = None) -> Verified:
    """Read all that backups hold and compare it with its digests.

    Args:
        store: The store.
        names: Snapshots; all unless given.
        progress: Called after each snapshot with the number done and the total.

    Raises:
        ConfigurationError: There is no such snapshot, or none at all.
    """
    wanted = [store.snapshot(name).name for name in names] or store.names()
    result = Verified()
    good: set[str] = set()
    bad: dict[str, str] = {}
    if not wanted:
        store.snapshot()  # says that there is none
    for done, name in enumerate(wanted, 1):
        result.snapshots.append(name)
        problems: list[str] = []
        try:
            snapshot = store.snapshot(name)
            for kind, part in snapshot.parts.items():
                try:
                    needed = _objects_of(store, kind, part)
                except FileRefusedError as error:
                    problems.append(f"{kind}: {error.message}")
                    continue
                for digest in sorted(needed - good - bad.keys()):
                    try:
                        store.check(digest)
                        good.add(digest)
                    except FileRefusedError as error:
                        bad[digest] = error.message
                problems += [f"{kind}: {bad[digest]}" for digest in sorted(needed & bad.keys())]
        except FileRefusedError as error:
            problems.append(error.message)
        if problems:
            result.problems[name] = problems
        if progress is not None:
            progress(done, len(wanted))
    result.objects = len(good) + len(bad)
    return result
