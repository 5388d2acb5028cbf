"""What is compared: pages as they were known, as they are in the folder, and as they are in the wiki."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from wikijs.core.values.paths import PagePath
from wikijs.transfer import names
from wikijs.transfer.format import PageFile

Rule: TypeAlias = Literal["ours", "theirs", "newer"]
"""Who wins where both sides changed a page: the folder, the wiki, or the later change."""
Direction: TypeAlias = Literal["both", "pull", "push"]
"""Which side may be changed: both, the folder only, the wiki only."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which file of the folder a page is.

    Attributes:
        main_locale: The wiki's main locale, whose pages have no folder of their own.
        below: Path of the wiki that the folder is: only pages below it count; all without it.
    """

    main_locale: str = "en"
    below: str = ""

    def holds(self, path: str) -> bool:
        """Whether a page at this path belongs into the folder."""
        return not self.below or path.startswith(f"{self.below}/")

    def file(self, place: PagePath, content_type: str) -> str:
        """The file of a page.

        Raises:
            FileRefusedError: It cannot be one.
        """
        return names.file_name(place, content_type, site_locale=self.main_locale, below=self.below)

    def asset_file(self, path: str) -> str:
        """The file of one of the wiki's files that are no pages."""
        return path.removeprefix(f"/{self.below}/" if self.below else "/")

    def place(self, name: str) -> PagePath:
        """The page that a file is.

        Raises:
            FileRefusedError: It cannot be one.
        """
        return names.page_place(name, site_locale=self.main_locale, below=self.below)


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict that a person has to settle: the wiki's version lies beside the file until somebody deletes it, or
    both versions lie in the file between marks, until somebody takes these out.

    Attributes:
        digest: The wiki's version.
        file: Where it was put.
        written: Digest of the bytes put there; with marks, of those that the file had before.
        marks: Length of the marks in the file itself; 0 where the wiki's version lies beside it.
    """

    digest: str
    file: str
    written: str
    marks: int = 0


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as both sides had it when they last agreed.

    Attributes:
        place, id: Where it was in the wiki, and its id.
        file: Its file, relative to the folder, with `/`.
        digest: What both sides had; None where they never agreed.
        header: All of it but the content; it completes files whose header says less.
        body: Digest of the content.
        seen: Fingerprint of the wiki's list entry when the wiki was last found to have `digest`; None makes sure that
            the page is read again.
        updated_at: When the wiki last changed it, as the wiki says.
        conflict: The conflict that is open.
        base: The content that belongs to `digest`, where it was asked for.
        merging: While both sides are given what was merged: digests of the file before, and of that.
    """

    place: PagePath
    id: int
    file: str
    digest: str | None
    header: PageFile
    body: str
    seen: str | None = None
    updated_at: str = ""
    conflict: OpenConflict | None = None
    base: str | None = None
    merging: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class LocalPage:
    """A page as it is in the folder.

    Attributes:
        place: Which page it is.
        file: Its file.
        page: What the file says; None where it cannot be read.
        written: Digest of the file's bytes.
        modified: When the file was changed, in seconds since 1970.
        problem: Why the file is left alone.
        twin: Another file that is the same page.
    """

    place: PagePath
    file: str
    page: PageFile | None
    written: str = ""
    modified: float = 0.0
    problem: str | None = None
    twin: LocalPage | None = None


@dataclass(frozen=True, slots=True)
class RemotePage:
    """A page as it is in the wiki.

    Attributes:
        place, id: Where it is, and its id.
        digest: Its text; None where it cannot be read.
        page: The text itself; None where it is known not to have changed, or cannot be read.
        seen: Fingerprint of its list entry.
        updated: When it was last changed.
        problem: Why the page is left alone.
    """

    place: PagePath
    id: int
    digest: str | None
    page: PageFile | None
    seen: str
    updated: datetime
    problem: str | None = None
