"""What must not outlive a fork.

A process that forks, as gunicorn, Celery and multiprocessing do, copies locks that its other threads hold, and shares
its connections with the child: each would read the answers of the other. Whoever holds such things registers here, and
lets go of them in each child before anything else runs there.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import ref


class Renewable(Protocol):
    """Something that a forked process must not use as it is."""

    def after_fork(self) -> None:
        """Forget connections and locks of the parent process. No other thread runs yet."""
        ...


_registered: dict[int, ref[Renewable]] = {}


def renew_in_children(owner: Renewable) -> None:
    """Have an object renewed in each process that is forked from this one, for as long as it lives."""
    key = id(owner)
    _registered[key] = ref(owner, lambda _: _registered.pop(key, None))


def _renew() -> None:
    for known in list(_registered.values()):
        owner = known()
        if owner is not None:
            owner.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew)
