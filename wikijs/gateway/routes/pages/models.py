"""Pages as they go in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _in_bounds(value: datetime) -> datetime:
    if not 2 <= value.year <= 9998:  # in any zone, with a second more or less
        raise ValueError("it is from the year 2 to 9998")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_in_bounds)]
"""A moment with a zone that can be told in each other zone."""


class In(BaseModel):
    """What comes in: names as in the schema, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", populate_by_name=False)


class Out(BaseModel):
    """What goes out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class PageListItem(Out):
    """A page of a list. With `fields=`, only those."""

    id: int
    path: str | None = None
    locale: str | None = None
    title: str | None = None
    description: str | None = None
    content_type: str | None = None
    is_published: bool | None = None
    is_private: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: list[str] | None = None


class PageList(Out):
    """A part of a list of pages; the header `Link` leads to the next one."""

    items: list[PageListItem]
    total: int = Field(description="Pages that fit, those of other parts included.")


class PageOut(Out):
    """A page. What the wiki does not show to the gateway's credential is missing; with `fields=`, only those."""

    id: int
    path: str | None = None
    locale: str | None = None
    hash: str | None = None
    title: str | None = None
    description: str | None = None
    content: str | None = None
    content_type: str | None = None
    editor: str | None = None
    is_published: bool | None = None
    is_private: bool | None = None
    publish_start_date: datetime | str | None = None
    publish_end_date: datetime | str | None = None
    script_css: str | None = None
    script_js: str | None = None
    author_id: int | None = None
    author_name: str | None = None
    creator_id: int | None = None
    creator_name: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    tags: list[str] | None = None
    render: str | None = Field(default=None, description="The page as HTML, where `render=true` asked for it.")
    sections: list[SectionOut] | None = Field(default=None, description="Its sections, where `outline=true` asked.")


class SectionOut(Out):
    """A section of a page's text."""

    id: str = Field(description="Its anchor; empty for what stands before the first heading.")
    title: str
    level: int
    chars: int = Field(description="Characters of its text, subsections included.")


class SectionText(SectionOut):
    """A section with its text."""

    page_id: int
    text: str


PAGE_FIELDS: Final = tuple(to_camel(name) for name in PageOut.model_fields if name != "sections")
LIST_FIELDS: Final = tuple(to_camel(name) for name in PageListItem.model_fields)

Editor = Literal["markdown", "code", "ckeditor", "asciidoc"]


class PageCreate(In):
    """A new page."""

    path: str = Field(min_length=1, max_length=255, examples=["docs/intro"])
    title: str = Field(min_length=1, max_length=255, examples=["Introduction"])
    content: str = Field(min_length=1, examples=["# Introduction\n"])
    locale: str | None = Field(default=None, description="The wiki's main one unless given.")
    description: str = ""
    editor: Editor = "markdown"
    tags: list[str] = Field(default_factory=list[str], max_length=200)
    is_published: bool = True
    publish_start_date: Moment | None = None
    publish_end_date: Moment | None = None
    script_css: str = ""
    script_js: str = ""


class PageUpsert(In):
    """A page as it shall be; what is left out is as it was, or as of a new page."""

    title: str = Field(min_length=1, max_length=255)
    content: str = Field(min_length=1)
    description: str | None = None
    editor: Editor | None = None
    tags: list[str] | None = Field(default=None, max_length=200)
    is_published: bool | None = None
    publish_start_date: Moment | None = None
    publish_end_date: Moment | None = None
    script_css: str | None = None
    script_js: str | None = None


class PagePatch(In):
    """Changes to a page (a JSON merge patch): what is left out stays as it is."""

    # Left out is not sent; the defaults are never used, and are no part of the document.
    title: str = Field(default_factory=str, min_length=1, max_length=255)
    content: str = Field(default_factory=str, min_length=1)
    description: str | None = None
    tags: list[str] = Field(default_factory=list[str], max_length=200)
    is_published: bool = Field(default_factory=bool)
    publish_start_date: Moment | None = None
    publish_end_date: Moment | None = None
    script_css: str | None = None
    script_js: str | None = None


class PageMove(In):
    """Where a page goes."""

    path: str = Field(min_length=1, max_length=255)
    locale: str | None = None


class PageConvert(In):
    """The editor a page gets."""

    editor: Editor


class PageRestore(In):
    """An old version to bring back."""

    version_id: int
    move_back: bool = False


class SectionPatch(In):
    """A new text of a section, or more of it."""

    text: str
    mode: Literal["replace", "append", "insertAfter"] = "replace"
    nested: bool = Field(default=True, description="Whether its subsections belong to it.")


class Grepped(Out):
    """A line that matches."""

    page_id: int
    path: str
    locale: str
    title: str
    line_number: int
    line: str
    start: int
    end: int


_HIDDEN: Final = frozenset({"authorEmail", "creatorEmail", "storedPublishStart", "storedPublishEnd"})


def shown(page: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    """A page of the wiki as it goes out: tags by name, no e-mail addresses."""
    fields = page.model_dump(by_alias=True) if isinstance(page, BaseModel) else dict(page)
    tags: list[Any] = fields.get("tags") or []
    return {
        **{name: value for name, value in fields.items() if name not in _HIDDEN},
        "tags": [tag if isinstance(tag, str) else str(tag["tag"]) for tag in tags],
    }


def arguments(body: In, *, empty: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What was given, by the names of the client's methods; a text that was given as null is an empty one."""
    found: dict[str, Any] = {}
    for name in body.model_fields_set:
        value = getattr(body, name)
        found[name] = "" if value is None and name in empty else value
    return found


TEXTS: Final = frozenset({"description", "script_css", "script_js"})
PageOut.model_rebuild()
