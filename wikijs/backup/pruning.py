"""Letting go of old backups."""

from __future__ import annotations

from .checking import objects_of
from .store import Store


def prune(store: Store, keep: int) -> list[str]:
    """Delete all but the newest backups, and what none of those needs. Returns the names of those that went.

    Args:
        store: The store, held for writing.
        keep: How many stay.

    Raises:
        FileRefusedError: One that stays is damaged: what it needs is not known, so that nothing is deleted.
    """
    names = store.names()
    gone, kept = names[:-keep], names[-keep:]
    used: set[str] = set()
    for name in kept:
        used |= objects_of(store, store.snapshot(name))
    for name in gone:
        store.drop_snapshot(name)
    if gone:
        for digest in store.object_names():
            if digest not in used:
                store.drop_object(digest)
    return gone
