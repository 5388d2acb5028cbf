"""Events about pages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Change, Event, Moment, Part


class PageInfo(Part, frozen=True):
    """A page, as it was right after the change."""

    id: int
    path: str
    locale: str
    title: str | None = None
    description: str | None = None
    content_type: str | None = Field(default=None, description="Such as markdown or html.")
    is_published: bool | None = None
    tags: list[str] = Field(default_factory=list[str], description="Sorted.")
    created_at: Moment | None = None
    updated_at: Moment | None = None


class PageData(Part, frozen=True):
    """Which page, and what was done to it."""

    page: PageInfo
    change: Change
    url: str = Field(description="Where people read the page.")
    content: str | None = Field(default=None, description='The source, in payloads of the kind "full" only.')
    truncated: bool = Field(default=False, description="Whether `content` was cut because it is long.")


class PageEvent(Event, frozen=True):
    """Something happened to a page."""

    data: PageData

    @property
    def page(self) -> PageInfo:
        """The page."""
        return self.data.page

    @property
    def change(self) -> Change:
        """What was done."""
        return self.data.change


class PageCreated(PageEvent, frozen=True):
    """A page was created."""

    type: Literal["page.created"] = "page.created"


class PageUpdated(PageEvent, frozen=True):
    """A page was saved: one event for each version that its history has. A version restored is one, too."""

    type: Literal["page.updated"] = "page.updated"


class PageMoved(PageEvent, frozen=True):
    """A page got another path or locale. Wiki.js does not record who moved it."""

    type: Literal["page.moved"] = "page.moved"


class PageDeleted(PageEvent, frozen=True):
    """A page is gone, by the server's own word. Wiki.js does not tell who deleted it, or when."""

    type: Literal["page.deleted"] = "page.deleted"


class PageHidden(PageEvent, frozen=True):
    """A page is still there, but the feed may not see it any more."""

    type: Literal["page.hidden"] = "page.hidden"


class PageVisible(PageEvent, frozen=True):
    """A page that the feed could not see can be seen."""

    type: Literal["page.visible"] = "page.visible"


class PagePublished(PageEvent, frozen=True):
    """A draft was published."""

    type: Literal["page.published"] = "page.published"


class PageUnpublished(PageEvent, frozen=True):
    """A page was made a draft."""

    type: Literal["page.unpublished"] = "page.unpublished"


class PageTagged(PageEvent, frozen=True):
    """The tags of a page changed without a new version: a tag was renamed or deleted for all pages."""

    type: Literal["page.tagged"] = "page.tagged"


class PageTouched(PageEvent, frozen=True):
    """The server wrote a page that nobody edited: it was rendered again, or a page that it links to came or went."""

    type: Literal["page.touched"] = "page.touched"
