"""The steps that a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wikijs.core.values.paths import PagePath

from .match import Trio


class Kind(StrEnum):
    """What an action does."""

    RECORD = "record"
    FORGET = "forget"
    MOVE_FILE = "move-file"
    WRITE_FILE = "write-file"
    DELETE_FILE = "delete-file"
    MOVE_PAGE = "move-page"
    UPDATE_PAGE = "update-page"
    CREATE_PAGE = "create-page"
    DELETE_PAGE = "delete-page"
    MERGE = "merge"
    CONFLICT = "conflict"
    MARK = "mark-conflict"
    TIDY = "tidy"
    UPLOAD = "upload-asset"
    DELETE_ASSET = "delete-asset"


IN_FOLDER: Final = frozenset({Kind.MOVE_FILE, Kind.WRITE_FILE, Kind.DELETE_FILE, Kind.MERGE})
CONFLICTS: Final = frozenset({Kind.CONFLICT, Kind.MARK})
IN_WIKI: Final = frozenset(
    {
        *(Kind.MOVE_PAGE, Kind.UPDATE_PAGE, Kind.CREATE_PAGE, Kind.DELETE_PAGE, Kind.MERGE),
        *(Kind.UPLOAD, Kind.DELETE_ASSET),
    }
)


@dataclass(frozen=True)
class Action:
    """One step.

    Attributes:
        kind: What it does.
        trio: The page.
        place: Where the page is afterwards.
        file: Its file afterwards; of a conflict, where the wiki's version is put, which may be the file itself.
        known_at: Where it is known before the step; None where it is not.
        old_file: Its file before the step; None where there is none.
    """

    kind: Kind
    trio: Trio
    place: PagePath
    file: str
    known_at: PagePath | None = None
    old_file: str | None = None

    @property
    def changed(self) -> str:
        """Of a conflict, the file that was changed."""
        return self.old_file or self.file


@dataclass(frozen=True, slots=True)
class Blocked:
    """A page, or another file, that is left alone until a person does something.

    Attributes:
        place: The page, or the path of the file in the wiki.
        reason: Why.
        file: Its file; None where there is none.
        theirs: Of an open conflict, where the wiki's version is.
    """

    place: str
    reason: str
    file: str | None = None
    theirs: str | None = None

    @property
    def conflict(self) -> bool:
        """Whether it is an open conflict."""
        return self.theirs is not None

    @classmethod
    def of(cls, trio: Trio, reason: str, *, theirs: str | None = None) -> Blocked:
        """That a page is left alone."""
        return cls(str(trio.place), reason, trio.local.file if trio.local else None, theirs)
