"""Reading pages of a wiki whole, with all that a file can hold, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar, cast

from pydantic import Field
from wikijs_generated.base_model import BaseModel
from wikijs_generated.specs.pages import PAGES_LIST, PAGES_SINGLE_FOR_EDITOR

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.operations import Operation
from wikijs.core.scalars import timestamp
from wikijs.core.values import paths
from wikijs.resources.pages.access import explained
from wikijs.resources.pages.source.document import PageSource

from .format import PageFile

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSummary

    from wikijs import WikiJSClient
    from wikijs.core.operations import OperationSpec

L = TypeVar("L", bound="Listed")

_Read: TypeAlias = tuple["PageFile | Exception", tuple[str, ...]]
"""A page or why it cannot be read, and names of what the server does not show of it."""

SOURCES_AT_ONCE: Final = 4
"""Requests under way where each page takes one of its own."""
NOT_FOR_READERS: Final = ("editor", "publish_start_date", "publish_end_date")
"""What callers without `write:pages` are not shown."""
AT_ONCE: Final = 200
"""Pages held in memory together: four requests of 50. While they are written the next ones are read."""


class Listed(Protocol):
    """What an export needs to know of a page to read it."""

    @property
    def id(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def is_published(self) -> bool: ...


class ListedPage(BaseModel):
    """An entry of the list that holds just this."""

    id: int
    path: str
    locale: str
    content_type: str
    is_published: bool


class ListedPages(BaseModel):
    """See `ListReply`."""

    list_: list[ListedPage] = Field(alias="list")


class ListReply(BaseModel):
    """The reply that holds `ListedPage`."""

    pages: ListedPages


class Tag(BaseModel):
    """A tag of a page."""

    tag: str


class WholePage(BaseModel):
    """What a file can hold of a page, and nothing else; moments exactly as the server writes them."""

    content: str
    content_type: str
    title: str
    description: str
    is_published: bool
    tags: list[Tag]
    editor: str
    updated_at: str
    created_at: str
    publish_start_date: str | None = Field(default=None)
    publish_end_date: str | None = Field(default=None)
    script_css: str | None = Field(default=None)
    script_js: str | None = Field(default=None)


class WholePageReply(BaseModel):
    """The reply that holds a `WholePage`."""

    pages: WholePages


class WholePages(BaseModel):
    """See `WholePageReply`."""

    single: WholePage


# No request of the facade reads so little: ids, authors and rendered HTML are half of what the others bring.
_LIST: Final = cast(
    "OperationSpec[list[ListedPage]]",
    replace(
        PAGES_LIST,
        name="PagesListForExport",
        model=f"{__name__}:ListReply",
        selection="""\
\x01pages: pages {
  list(locale: $\x01locale) { id path locale contentType isPublished }
}""",
        variable_definitions="$\x01locale: String",
        fragments=(),
    ),
)
_WHOLE_PAGE: Final = cast(
    "OperationSpec[WholePage]",
    replace(
        PAGES_SINGLE_FOR_EDITOR,
        name="PagesSingleForExport",
        model=f"{__name__}:WholePageReply",
        selection="""\
\x01pages: pages {
  single(id: $\x01id) {
    content contentType title description isPublished tags { tag } editor updatedAt createdAt
    publishStartDate publishEndDate scriptCss scriptJs
  }
}""",
        fragments=(),
    ),
)


def list_pages(client: WikiJSClient, *, locale: str | None, folder: str) -> list[ListedPage]:
    """All pages, or those of a locale, at a path and below."""
    folder, locale = paths.of_place(folder, locale, client.url, folder=True)
    listed = client.execute(Operation(_LIST, {} if locale is None else {"locale": locale}), cache=False)
    return [page for page in listed if paths.is_below(page.path, folder.strip("/"))]


def read_pages(client: WikiJSClient, pages: Sequence[L]) -> Generator[tuple[L, PageFile | Exception, tuple[str, ...]]]:
    """Read pages, in their order, the next ones while the caller works on some. Pages deleted meanwhile are left out.

    Yields:
        The entry of the list, the page or why it cannot be read, and the names of what the server does not show of it:
        the editor and publish dates to callers without `write:pages`, scripts and styles too to those who may read no
        more than its source.
    """
    sources = _Sources(client)
    parts = [pages[start : start + AT_ONCE] for start in range(0, len(pages), AT_ONCE)]
    with ThreadPoolExecutor(1) as reader:  # one request at a time, beside the writing of files
        coming = reader.submit(_read, client, sources, parts[0]) if parts else None
        for following in [*parts[1:], None]:
            if coming is None:
                break
            some = coming.result()
            coming = None if following is None else reader.submit(_read, client, sources, following)
            yield from some


def _read(
    client: WikiJSClient, sources: _Sources, pages: Sequence[L]
) -> list[tuple[L, PageFile | Exception, tuple[str, ...]]]:
    whole = (Operation(_WHOLE_PAGE, {"id": page.id}) for page in pages)
    outcomes = client.batch(*whole, return_exceptions=True)
    partly = dict(_visible(client, [page for page, each in zip(pages, outcomes, strict=True) if _is_hidden(each)]))
    unseen = [page for page, each in zip(pages, outcomes, strict=True) if isinstance(each, exc.PageViewForbiddenError)]
    partly |= dict(sources.read(unseen))
    found: list[tuple[L, PageFile | Exception, tuple[str, ...]]] = []
    for page, outcome in zip(pages, outcomes, strict=True):
        if not isinstance(outcome, Exception):
            found.append((page, _of_whole_page(outcome), ()))
        elif page.id in partly:
            found.append((page, *partly[page.id]))
        elif not isinstance(outcome, exc.PageNotFoundError):
            found.append((page, explained(outcome, f"page {page.id}"), ()))
    return found


def _of_whole_page(page: WholePage) -> PageFile:
    return PageFile(
        content=page.content,
        content_type=page.content_type,
        title=page.title,
        description=page.description,
        is_published=page.is_published,
        tags=tuple(tag.tag for tag in page.tags),
        editor=page.editor,
        updated_at=page.updated_at,
        created_at=page.created_at,
        publish_start_date=page.publish_start_date or None,
        publish_end_date=page.publish_end_date or None,
        script_css=page.script_css or None,
        script_js=page.script_js or None,
    )


def _is_hidden(outcome: object) -> bool:
    return isinstance(outcome, exc.PermissionDeniedError) and not isinstance(outcome, exc.PageViewForbiddenError)


def _visible(client: WikiJSClient, pages: Sequence[Listed]) -> Iterable[tuple[int, _Read]]:
    """What callers without `write:pages` may read, by the pages' ids."""
    outcomes = client.batch(*(ops.pages_single(page.id) for page in pages), return_exceptions=True) if pages else ()
    for page, outcome in zip(pages, outcomes, strict=True):
        if not isinstance(outcome, Exception):
            yield page.id, (_of_readers_page(outcome, is_published=page.is_published), NOT_FOR_READERS)


class _Sources:
    """What callers may read whom the server shows no page: its source as a file. Several are under way at once."""

    def __init__(self, client: WikiJSClient) -> None:
        self._client = client
        self._listed: dict[int, PageSummary] = {}

    def read(self, pages: Sequence[Listed]) -> Iterable[tuple[int, _Read]]:
        """Read sources, by the pages' ids; those that may not be read either are left out."""
        if not pages:
            return
        outcomes = self._at_once(pages)
        lost = [page for page, each in zip(pages, outcomes, strict=True) if isinstance(each, exc.PageNotFoundError)]
        if lost:  # moved since they were listed, or gone
            self._listed.clear()
            moved = dict(zip((page.id for page in lost), self._at_once(lost), strict=True))
            outcomes = [moved.get(page.id, each) for page, each in zip(pages, outcomes, strict=True)]
        for page, outcome in zip(pages, outcomes, strict=True):
            if isinstance(outcome, PageSource):
                summary = self._listed[page.id]
                yield page.id, (_of_source(outcome, summary), _not_held(outcome))
            elif not isinstance(outcome, exc.PermissionDeniedError):
                yield page.id, (outcome, ())

    def _at_once(self, pages: Sequence[Listed]) -> list[PageSource | Exception]:
        if not self._listed:
            self._listed = {page.id: page for page in self._client.execute(ops.pages_list(), cache=False)}
        with ThreadPoolExecutor(SOURCES_AT_ONCE) as readers:
            return list(readers.map(self._one, pages))

    def _one(self, page: Listed) -> PageSource | Exception:
        summary = self._listed.get(page.id)
        if summary is None:
            return exc.PageNotFoundError(f"There is no page {page.id}.", operation="pages.list")
        try:
            return self._client.pages.get_source(summary)
        except exc.WikiJSException as error:
            return error


def _not_held(source: PageSource) -> tuple[str, ...]:
    """Names of what a file could hold of a page, and its source does not tell."""
    told = () if source.editor is not None else ("editor",)
    return ("publish_start_date", "publish_end_date", "script_css", "script_js", *told)


def _of_source(page: PageSource, summary: PageSummary) -> PageFile:
    tags = summary.tags if page.tags is None else page.tags
    return PageFile(
        content=page.content,
        content_type=page.content_type or summary.content_type,
        title=summary.title if page.title is None else page.title,
        description=summary.description if page.description is None else page.description,
        is_published=summary.is_published if page.is_published is None else page.is_published,
        tags=tuple(tags),
        editor=page.editor,
        updated_at=timestamp(page.updated_at or summary.updated_at),
        created_at=timestamp(page.created_at or summary.created_at),
    )


def _of_readers_page(page: Page, *, is_published: bool) -> PageFile:
    return PageFile(
        content=page.content,
        content_type=page.content_type,
        title=page.title,
        description=page.description,
        is_published=is_published,
        tags=tuple(tag.tag for tag in page.tags),
        updated_at=timestamp(page.updated_at),
        created_at=timestamp(page.created_at),
        script_css=page.script_css or None,
        script_js=page.script_js or None,
    )
