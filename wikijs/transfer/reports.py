"""What exports and imports did, by names of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from wikijs import exceptions as exc

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of files done and the total."""


@dataclass(slots=True)
class ExportReport:
    """What an export did, by names of files.

    Attributes:
        written: Files that are new or changed.
        unchanged: Files that were as they should be.
        deleted: Files of pages that are gone.
        kept: Files of pages that are gone, but which were changed since they were written.
        failed: Pages and assets that are not there, with the reason.
        partly: Pages of which the server does not show all to this caller.
        missing: What it does not show, by file: names of fields.
        not_held: What the style cannot hold, by file: names of fields.
    """

    written: list[str] = field(default_factory=list[str])
    unchanged: list[str] = field(default_factory=list[str])
    deleted: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    failed: list[tuple[str, Exception]] = field(default_factory=list[tuple[str, Exception]])
    partly: list[str] = field(default_factory=list[str])
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    not_held: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def note(self, name: str, *, written: bool) -> None:
        """A file is done."""
        (self.written if written else self.unchanged).append(name)


@dataclass(slots=True)
class ImportReport:
    """What an import did, by names of files.

    Attributes:
        created, updated, uploaded: Pages and assets that were written.
        unchanged: Files with nothing to do.
        done_before: Pages that the journal knows to be written.
        failed: What could not be written, and why.
        not_attempted: What was left when the work was interrupted or had to stop.
        interrupted: Whether Ctrl-C ended it.
        stopped_by: What ended it: the server cannot be reached, or does not know us any more.
    """

    created: list[str] = field(default_factory=list[str])
    updated: list[str] = field(default_factory=list[str])
    uploaded: list[str] = field(default_factory=list[str])
    unchanged: list[str] = field(default_factory=list[str])
    done_before: list[str] = field(default_factory=list[str])
    failed: list[tuple[str, Exception]] = field(default_factory=list[tuple[str, Exception]])
    not_attempted: list[str] = field(default_factory=list[str])
    interrupted: bool = False
    stopped_by: exc.WikiJSException | None = None

    @property
    def done(self) -> int:
        """Number of pages and assets written."""
        return len(self.created) + len(self.updated) + len(self.uploaded)
