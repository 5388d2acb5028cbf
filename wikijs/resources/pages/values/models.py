"""Models of pages that the schema does not have, and the replies that are decoded into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from pydantic import Field
from wikijs_generated.base_model import BaseModel
from wikijs_generated.fragments import Page, PageForEditor, PageVersion
from wikijs_generated.specs.pages import PAGES_SINGLE_FOR_EDITOR, PAGES_VERSION

from wikijs.core.operations import Operation
from wikijs.core.scalars import PublishDate

if TYPE_CHECKING:
    from wikijs.core.operations import OperationSpec


class SavedPage(Page):
    """A page just written: made of the server's reply and of what was sent, without another request.

    Its `updated_at` is the stored one, so it can be given as `expected=` to the next update. `render`, `script_css`
    and `script_js` are None: the server does not say them here. Read the page to have them.
    """

    editor: str
    is_published: bool


class PageDetails(Page):
    """A page with what only those see who may write it: None for others.

    Attributes:
        url: Its address.
    """

    url: str
    editor: str | None = None
    is_published: bool | None = None
    is_private: bool | None = None
    publish_start_date: PublishDate = None
    publish_end_date: PublishDate = None
    author_id: int | None = None
    author_name: str | None = None
    author_email: str | None = None
    creator_id: int | None = None
    creator_name: str | None = None
    creator_email: str | None = None

    @classmethod
    def of(cls, page: Page, state: PageForEditor | None, url: str) -> PageDetails:
        """Of a page, what an editor sees of it, and its address."""
        known = {} if state is None else {name: value for name, value in state if name in cls.model_fields}
        return cls.model_construct(**known | dict(page), url=url)


class PageState(PageForEditor):
    """A page with its publish dates exactly as stored: the server keeps any text, and it must go back unchanged."""

    stored_publish_start: str | None = Field(default=None, validation_alias="publishStartDate")
    stored_publish_end: str | None = Field(default=None, validation_alias="publishEndDate")


class VersionState(PageVersion):
    """An old version with its publish dates exactly as stored."""

    stored_publish_start: str | None = Field(default=None, validation_alias="publishStartDate")
    stored_publish_end: str | None = Field(default=None, validation_alias="publishEndDate")


class StateReply(BaseModel):
    """The reply that holds a `PageState`."""

    pages: StatePages


class StatePages(BaseModel):
    """See `StateReply`."""

    single: PageState


class VersionReply(BaseModel):
    """The reply that holds a `VersionState`."""

    pages: VersionPages


class VersionPages(BaseModel):
    """See `VersionReply`."""

    version: VersionState | None = None


# The same documents as the generated operations', decoded into the models above.
_STATE: Final = cast("OperationSpec[PageState]", replace(PAGES_SINGLE_FOR_EDITOR, model=f"{__name__}:StateReply"))
_VERSION: Final = cast("OperationSpec[VersionState | None]", replace(PAGES_VERSION, model=f"{__name__}:VersionReply"))


def read_state(id: int) -> Operation[PageState]:
    """Read all of a page that an update has to send."""
    return Operation(_STATE, {"id": id})


def read_version(page_id: int, version_id: int) -> Operation[VersionState | None]:
    """Read an old version of a page."""
    return Operation(_VERSION, {"pageId": page_id, "versionId": version_id})
