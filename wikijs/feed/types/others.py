"""Events about everything else of a wiki: comments, files, people and settings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Author, Change, Event, Moment, Part


class PageRef(Part, frozen=True):
    """The page that something belongs to."""

    id: int
    path: str
    locale: str


class CommentInfo(Part, frozen=True):
    """A comment, without its text."""

    id: int
    page: PageRef
    author: Author | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class CommentData(Part, frozen=True):
    """Which comment, and what was done to it."""

    comment: CommentInfo
    change: Change
    url: str


class CommentEvent(Event, frozen=True):
    """Something happened to a comment."""

    data: CommentData


class CommentCreated(CommentEvent, frozen=True):
    """Somebody commented on a page."""

    type: Literal["comment.created"] = "comment.created"


class CommentUpdated(CommentEvent, frozen=True):
    """A comment was edited."""

    type: Literal["comment.updated"] = "comment.updated"


class CommentDeleted(CommentEvent, frozen=True):
    """A comment is gone while its page is there."""

    type: Literal["comment.deleted"] = "comment.deleted"


class AssetInfo(Part, frozen=True):
    """A file."""

    id: int
    path: str = Field(description="Folders and file name, without a slash in front.")
    filename: str
    kind: str | None = None
    mime: str | None = None
    size: int | None = Field(default=None, description="Bytes.")
    created_at: Moment | None = None
    updated_at: Moment | None = None


class AssetData(Part, frozen=True):
    """Which file, and what was done to it."""

    asset: AssetInfo
    change: Change
    url: str


class AssetEvent(Event, frozen=True):
    """Something happened to a file."""

    data: AssetData


class AssetUploaded(AssetEvent, frozen=True):
    """A file was uploaded."""

    type: Literal["asset.uploaded"] = "asset.uploaded"


class AssetReplaced(AssetEvent, frozen=True):
    """A file was uploaded again under its name; whether its content differs cannot be told."""

    type: Literal["asset.replaced"] = "asset.replaced"


class AssetRenamed(AssetEvent, frozen=True):
    """A file got another name."""

    type: Literal["asset.renamed"] = "asset.renamed"


class AssetDeleted(AssetEvent, frozen=True):
    """A file is no longer listed."""

    type: Literal["asset.deleted"] = "asset.deleted"


class FolderInfo(Part, frozen=True):
    """A folder of files."""

    id: int
    path: str


class FolderData(Part, frozen=True):
    """Which folder."""

    folder: FolderInfo
    change: Change


class FolderCreated(Event, frozen=True):
    """A folder was made. Wiki.js cannot rename or delete folders."""

    type: Literal["folder.created"] = "folder.created"
    data: FolderData


class UserInfo(Part, frozen=True):
    """A user, without mail address."""

    id: int
    name: str | None = None
    provider: str | None = None
    is_active: bool | None = None


class UserData(Part, frozen=True):
    """Which user, and what was done to the account."""

    user: UserInfo
    change: Change


class UserEvent(Event, frozen=True):
    """Something happened to a user's account."""

    data: UserData


class UserCreated(UserEvent, frozen=True):
    """There is a new user."""

    type: Literal["user.created"] = "user.created"


class UserUpdated(UserEvent, frozen=True):
    """The profile of a user changed."""

    type: Literal["user.updated"] = "user.updated"


class UserDeleted(UserEvent, frozen=True):
    """A user is no longer listed."""

    type: Literal["user.deleted"] = "user.deleted"


class UserActivated(UserEvent, frozen=True):
    """A user may log in again."""

    type: Literal["user.activated"] = "user.activated"


class UserDeactivated(UserEvent, frozen=True):
    """A user may not log in any more."""

    type: Literal["user.deactivated"] = "user.deactivated"


class GroupInfo(Part, frozen=True):
    """A group."""

    id: int
    name: str | None = None
    user_count: int | None = None


class GroupData(Part, frozen=True):
    """Which group, and what was done to it."""

    group: GroupInfo
    change: Change
    added: list[int] = Field(default_factory=list[int], description="Ids of users who came, of group.members.")
    removed: list[int] = Field(default_factory=list[int], description="Ids of users who left, of group.members.")


class GroupEvent(Event, frozen=True):
    """Something happened to a group."""

    data: GroupData


class GroupCreated(GroupEvent, frozen=True):
    """There is a new group."""

    type: Literal["group.created"] = "group.created"


class GroupUpdated(GroupEvent, frozen=True):
    """The name, the permissions or the page rules of a group changed."""

    type: Literal["group.updated"] = "group.updated"


class GroupDeleted(GroupEvent, frozen=True):
    """A group is no longer listed."""

    type: Literal["group.deleted"] = "group.deleted"


class GroupMembers(GroupEvent, frozen=True):
    """Users joined or left a group."""

    type: Literal["group.members"] = "group.members"


class SettingsData(Part, frozen=True):
    """Which settings changed; Wiki.js does not record who changed them, or when."""

    change: Change


class SettingsEvent(Event, frozen=True):
    """Settings of the wiki changed."""

    data: SettingsData


class NavigationUpdated(SettingsEvent, frozen=True):
    """The navigation changed."""

    type: Literal["navigation.updated"] = "navigation.updated"


class SiteUpdated(SettingsEvent, frozen=True):
    """Settings of the site changed."""

    type: Literal["site.updated"] = "site.updated"


class ThemeUpdated(SettingsEvent, frozen=True):
    """The look of the wiki changed."""

    type: Literal["theme.updated"] = "theme.updated"
