"""Backups of a whole wiki, and bringing them back.

Each name is loaded at first use, from where it is defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .archives import pack, unpacked
    from .checking import Verified, verify
    from .comparing import Difference, compare
    from .making import BackupOptions, BackupReport, back_up
    from .pruning import prune
    from .restoring.model import RestoreOptions, RestorePlan, RestoreReport, Step
    from .restoring.planning import plan_restore
    from .restoring.running import restore
    from .store import Part, Snapshot, Store

_HOMES: Final = {
    "pack": "archives",
    "unpacked": "archives",
    "Verified": "checking",
    "verify": "checking",
    "Difference": "comparing",
    "compare": "comparing",
    "BackupOptions": "making",
    "BackupReport": "making",
    "back_up": "making",
    "prune": "pruning",
    "RestoreOptions": "restoring.model",
    "RestorePlan": "restoring.model",
    "RestoreReport": "restoring.model",
    "Step": "restoring.model",
    "plan_restore": "restoring.planning",
    "restore": "restoring.running",
    "Part": "store",
    "Snapshot": "store",
    "Store": "store",
}

__all__ = [
    "BackupOptions",
    "BackupReport",
    "Difference",
    "Part",
    "RestoreOptions",
    "RestorePlan",
    "RestoreReport",
    "Snapshot",
    "Step",
    "Store",
    "Verified",
    "back_up",
    "compare",
    "pack",
    "plan_restore",
    "prune",
    "restore",
    "unpacked",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
