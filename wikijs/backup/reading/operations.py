"""What is asked of the server: operations that no facade has, because they bring no more than a backup needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import Field
from wikijs_generated.base_model import BaseModel
from wikijs_generated.specs.pages import PAGES_LIST, PAGES_SINGLE_FOR_EDITOR
from wikijs_generated.specs.system import SYSTEM_INFO

from wikijs.core.operations import Operation

if TYPE_CHECKING:
    from wikijs.core.operations import OperationSpec


class Listed(BaseModel):
    """See `ListReply`."""

    list_: list[Any] = Field(alias="list")  # copied one by one otherwise, for nothing


class ListReply(BaseModel):
    """The list of pages as the server answers it."""

    pages: Listed


class Info(BaseModel):
    """See `InfoReply`."""

    info: dict[str, Any]


class InfoReply(BaseModel):
    """What the server says of itself."""

    system: Info


class Single(BaseModel):
    """See `PageReply`."""

    single: dict[str, Any]


class PageReply(BaseModel):
    """A page as the server answers it."""

    pages: Single


_LIST: Final = cast(
    "OperationSpec[list[dict[str, Any]]]",
    replace(
        PAGES_LIST,
        name="PagesListForBackup",
        model=f"{__name__}:ListReply",
        selection="""\
\x01pages: pages {
  list { id path locale title description contentType isPublished createdAt updatedAt tags }
}""",
        variable_definitions="",
        fragments=(),
    ),
)
_BRIEF: Final = replace(
    _LIST,
    name="PagesListBriefly",
    selection="""\
\x01pages: pages {
  list { id path locale updatedAt tags }
}""",
)
_PAGE: Final = cast(
    "OperationSpec[dict[str, Any]]",
    replace(
        PAGES_SINGLE_FOR_EDITOR,
        name="PagesSingleForBackup",
        model=f"{__name__}:PageReply",
        selection="""\
\x01pages: pages {
  single(id: $\x01id) {
    id path locale title description content contentType editor isPublished publishStartDate publishEndDate
    tags { tag } scriptCss scriptJs createdAt updatedAt authorName authorEmail creatorName creatorEmail
  }
}""",
        fragments=(),
    ),
)
_SERVER: Final = cast(
    "OperationSpec[dict[str, Any]]",
    replace(
        SYSTEM_INFO,
        name="SystemInfoForBackup",
        model=f"{__name__}:InfoReply",
        selection="""\
\x01system: system {
  info { currentVersion }
}""",
        fragments=(),
    ),
)


def server() -> Operation[dict[str, Any]]:
    """The server's release, and nothing of what takes it longer to tell."""
    return Operation(_SERVER, {})


def list_pages() -> Operation[list[dict[str, Any]]]:
    """The heads of all pages."""
    return Operation(_LIST, {})


def list_briefly() -> Operation[list[dict[str, Any]]]:
    """What of all heads tells whether a page has changed: the rest takes the server half as long again.

    Whatever writes a page writes its `updatedAt`, but for what renames or deletes a tag.
    """
    return Operation(_BRIEF, {})


def read_page(page_id: int) -> Operation[dict[str, Any]]:
    """All of a page that can be written back, and who wrote it."""
    return Operation(_PAGE, {"id": page_id})


def head(listed: dict[str, Any]) -> dict[str, Any]:
    """An entry of the list in one form: the server answers tags in any order."""
    tags: list[str] | None = listed.get("tags")
    if tags is None:
        listed["tags"] = []
    elif len(tags) > 1:
        tags.sort()
    return listed
