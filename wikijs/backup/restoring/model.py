"""What is to be done, what was done, and what cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

from wikijs import exceptions as exc
from wikijs.core.files import FileRefusedError
from wikijs.core.outcomes import Outcome, classify

Kind: TypeAlias = Literal[
    "locales",
    "site",
    "theme",
    "flags",
    "rendering",
    "groups",
    "logins",
    "users",
    "assets",
    "pages",
    "tags",
    "navigation",
    "search",
    "analytics",
    "mail",
    "storage",
    "commenting",
    "comments",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What can be brought back, in the order in which it is: what others need comes first."""
SETTINGS: Final[frozenset[Kind]] = frozenset(KINDS) - {"groups", "users", "assets", "pages", "comments"}
"""Kinds that the word `settings` stands for."""
Action: TypeAlias = Literal["create", "update"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to write.

    Attributes:
        kind: What it is.
        name: What it is called.
        action: Whether it is there.
        data: What it is to be, as JSON.
    """

    kind: Kind
    name: str
    action: Action
    data: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"kind": self.kind, "name": self.name, "action": self.action, "data": dict(self.data)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """What to bring back, and how.

    Attributes:
        only: Kinds; all unless given.
        folder: Path or address: only pages there and below, their comments, and no other.
        update: Whether what is there and differs is changed; without, only what is missing is made.
        host: Whether the site's address is brought back too: to the same server.
        storage: Whether storage targets are switched on where they were: two wikis would write to one place.
    """

    only: frozenset[Kind] = frozenset(KINDS)
    folder: str = ""
    update: bool = True
    host: bool = False
    storage: bool = False


@dataclass(slots=True)
class RestorePlan:
    """What a restore would do. Making it sends nothing but questions.

    Attributes:
        snapshot: Name of the backup.
        steps: What to write, in order.
        unchanged: How many are as they should be, by kind.
        left: What differs and is left alone.
        lost: What cannot come back, and why.
        seconds: How long it takes at least, by the server's own limits and pace.
    """

    snapshot: str
    steps: list[Step] = field(default_factory=list[Step])
    unchanged: dict[str, int] = field(default_factory=dict[str, int])
    left: list[str] = field(default_factory=list[str])
    lost: list[tuple[str, str]] = field(default_factory=list["tuple[str, str]"])

    def same(self, kind: str, count: int = 1) -> None:
        """Some are as they should be."""
        self.unchanged[kind] = self.unchanged.get(kind, 0) + count

    @property
    def seconds(self) -> float:
        """How long the work takes at least."""
        return sum(_PACE.get(step.kind, 0.1) for step in self.steps)


_PACE: Final[Mapping[str, float]] = {"pages": 1.0, "comments": 30.0}
"""Seconds that a real server takes for one: it renders pages, and takes one comment of an account in 30 seconds."""


@dataclass(slots=True)
class RestoreReport:
    """What a restore did.

    Attributes:
        done: What was written.
        done_before: How much an earlier run of the same restore had done.
        failed: What could not be written, and why.
        not_attempted: What was left when the work was interrupted or had to stop.
        ids: New ids by the old ones, by kind: pages, users, groups.
        interrupted: Whether Ctrl-C ended it.
        stopped_by: What ended it: the server cannot be reached, or does not know us any more.
    """

    done: list[Step] = field(default_factory=list[Step])
    done_before: int = 0
    failed: list[tuple[Step, Exception]] = field(default_factory=list["tuple[Step, Exception]"])
    not_attempted: list[Step] = field(default_factory=list[Step])
    ids: dict[str, dict[int, int]] = field(default_factory=dict[str, "dict[int, int]"])
    interrupted: bool = False
    stopped_by: exc.WikiJSException | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it is known of each step what became of it: the next plan finds what is left without a journal."""
        sent = [error for _, error in self.failed if not isinstance(error, FileRefusedError)]
        unknown = any(classify(error, "") is Outcome.UNKNOWN for error in sent)
        return not (unknown or self.not_attempted or self.interrupted)

    @property
    def is_whole(self) -> bool:
        """Whether all was done."""
        return not (self.failed or self.not_attempted or self.interrupted)
