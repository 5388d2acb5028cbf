"""What a run did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from .actions import CONFLICTS, IN_FOLDER, IN_WIKI, Action, Blocked, Kind
from .apply import Failure
from .assets.model import AssetAction

AnyAction: TypeAlias = Action | AssetAction
"""One step, with a page or with another file."""


@dataclass
class Report:
    """What a run did, or would do.

    Attributes:
        done: Steps that were done; on a dry run those that would be.
        failures: Steps that failed.
        blocked: Pages that were left alone, conflicts among them.
        left: Steps that the direction forbade.
        refused: Files that cannot be pages, and why.
        passed_over: Files that are no pages and can only be on the side where they are, and why.
        notes: Remarks for a person.
        interrupted: Whether Ctrl+C or SIGTERM ended it; the next run does the rest.
    """

    done: list[AnyAction] = field(default_factory=list[AnyAction])
    failures: list[Failure] = field(default_factory=list[Failure])
    blocked: list[Blocked] = field(default_factory=list[Blocked])
    left: list[AnyAction] = field(default_factory=list[AnyAction])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    passed_over: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    notes: list[str] = field(default_factory=list[str])
    interrupted: bool = False

    @property
    def conflicts(self) -> int:
        """How many conflicts are open."""
        return sum(blocked.conflict for blocked in self.blocked) + sum(self.count(kind) for kind in CONFLICTS)

    @property
    def is_whole(self) -> bool:
        """Whether both sides agree now, as far as the direction allows."""
        return not (self.interrupted or self.failures or self.blocked or self.refused or self.conflicts)

    @property
    def changes(self) -> list[AnyAction]:
        """Those steps done that changed the folder or the wiki."""
        return [action for action in self.done if action.kind in IN_FOLDER | IN_WIKI | CONFLICTS]

    def count(self, kind: Kind) -> int:
        """How many steps of a kind were done."""
        return sum(action.kind is kind for action in self.done)
