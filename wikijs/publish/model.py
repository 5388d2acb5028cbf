"""What publishing has to do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wikijs.exceptions import WikiJSException

from .marks import Mark

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

    from wikijs.core.values.paths import PagePath
    from wikijs.interop import Remark
    from wikijs.transfer.format import PageFile
    from wikijs.transfer.plan import AssetStep

Kind: TypeAlias = Literal["plain", "mkdocs", "docusaurus"]
Action: TypeAlias = Literal["create", "update", "move", "delete", "upload", "delete-file"]


class ManyDeletionsError(WikiJSException):
    """So much would be deleted that it may be a mistake, such as the wrong folder.

    Attributes:
        count: How many pages would be deleted.
        published: How many were published from there.
    """

    def __init__(self, count: int, published: int) -> None:
        super().__init__(
            f"This would delete {count} of {published} published pages. Nothing was done.",
            hint="Is it the right folder? Allow it where it is meant.",
        )
        self.count = count
        self.published = published


class UnclearLinksError(WikiJSException):
    """Something did not become what it was, and that was forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How to publish.

    Attributes:
        kind: What the folder is; None to find out.
        name: Name of the project, where several are published to one path.
        locale: Locale of the pages; None for the wiki's main one.
        delete: Delete pages and files that were published from there and are gone.
        many_deletions: Delete even more than half of all pages.
        adopt: Take over pages that are in the place of one's own.
        keep_edited: Leave pages alone that somebody has edited on the wiki since they were published.
        edit_url: Address for the note "Edit this page", with `{file}` for the file; None for what the project says,
            nothing for no note.
        exclude: Patterns of files to leave out, such as "drafts/*".
    """

    kind: Kind | None = None
    name: str = ""
    locale: str | None = None
    delete: bool = False
    many_deletions: bool = False
    adopt: bool = False
    keep_edited: bool = False
    edit_url: str | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page as it should be.

    Attributes:
        file: Its file.
        place: Where it goes.
        page: What it holds, without its mark.
        mark: Its mark.
    """

    file: str
    place: PagePath
    page: PageFile
    mark: Mark


@dataclass(frozen=True, slots=True)
class There:
    """A page of the wiki.

    Attributes:
        id, place: Which.
        state: What it holds; why it cannot be read where it cannot.
        mark: Its mark, if any.
        text: Its content without the mark.
    """

    id: int
    place: PagePath
    state: PageForEditor | Exception
    mark: Mark | None = None
    text: str = ""

    @property
    def known(self) -> PageForEditor:
        """What it holds; only of pages that could be read, which all pages of steps could."""
        assert not isinstance(self.state, Exception)  # noqa: S101
        return self.state


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do.

    Attributes:
        action: What.
        name: The page's file, or the asset.
        path: Where the page or asset is afterwards, or was.
        values: What to send, by the names of `pages.create` and `pages.update`.
        there: The page as it is now.
        wanted: The page as it should be.
        asset: What to upload.
        is_edited: Whether somebody has edited the page on the wiki, which is overwritten.
    """

    action: Action
    name: str
    path: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    there: There | None = None
    wanted: Wanted | None = None
    asset: AssetStep | None = None
    is_edited: bool = False

    @property
    def was(self) -> str:
        """Where a page is that moves."""
        return str(self.there.place) if self.action == "move" and self.there else ""


@dataclass(slots=True)
class PublishPlan:
    """What publishing would do. Making it sends nothing but questions.

    Attributes:
        to: The path that is published to.
        steps: What to do, in this order.
        unchanged: Files whose pages and assets are as they should be.
        refused: Files that cannot be published, and why.
        gone: Pages that were published from there, and whose files are gone; `delete` makes steps of them.
        kept: Pages that somebody has edited on the wiki, and which were left alone.
        copies: Pages that bear the mark of another page's file, such as copies; they are left alone.
        remarks: What did not become what it was.
    """

    to: str
    steps: list[Step] = field(default_factory=list[Step])
    unchanged: list[str] = field(default_factory=list[str])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    gone: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    copies: list[str] = field(default_factory=list[str])
    remarks: list[Remark] = field(default_factory=list["Remark"])

    @property
    def is_up_to_date(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps


@dataclass(slots=True)
class PublishReport:
    """What publishing did.

    Attributes:
        plan: What it had to do.
        done: Steps that were done.
        failed: Steps that were not, and why.
        not_attempted: Steps that were left when it was interrupted or had to stop.
        interrupted: Whether Ctrl-C ended it.
        stopped_by: What ended it: the server cannot be reached, or does not know us any more.
    """

    plan: PublishPlan
    done: list[Step] = field(default_factory=list[Step])
    failed: list[tuple[Step, Exception]] = field(default_factory=list[tuple[Step, Exception]])
    not_attempted: list[Step] = field(default_factory=list[Step])
    interrupted: bool = False
    stopped_by: WikiJSException | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the wiki is now as the folder is."""
        return not (self.failed or self.not_attempted or self.plan.refused or self.stopped_by)

    def count(self, action: Action) -> int:
        """How many steps of a kind were done."""
        return sum(step.action == action for step in self.done)
