"""What the tools of a server share: its client, its settings, pages as assistants name and read them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError

from wikijs import exceptions as exc
from wikijs.core.pages.outline import outline
from wikijs.core.pages.sections import find
from wikijs.core.pages.state_tag import state_tag

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context
    from wikijs_generated.fragments import Page, PageForEditor, PageMetadata

    from wikijs import AsyncWikiJSClient
    from wikijs.core.pages.outline import Section

    from .confirming import Confirmer
    from .settings import Settings

Client: TypeAlias = "AsyncWikiJSClient"

_REMEMBERED: Final = 4_000_000
"""Characters of sections that were read are kept, to tell what changed when an edit comes too late."""
_LONGEST_ID: Final = 120
"""Characters of a heading or its id; those that have more are read by offset."""
_MOST_SECTIONS: Final = 60
"""Ids that are named where another one was asked for."""


class Wiki:
    """The wiki behind a server.

    Attributes:
        settings: What is offered.
        confirmer: Asks before something is destroyed.
    """

    def __init__(self, client: Client | Callable[[], Client], settings: Settings, confirmer: Confirmer) -> None:
        self._client = client
        self.settings = settings
        self.confirmer = confirmer
        self._read: OrderedDict[str, str] = OrderedDict()
        self._kept = 0

    @property
    def client(self) -> Client:
        """The client of the present request."""
        return self._client() if callable(self._client) else self._client

    async def metadata(self, page: str, locale: str | None) -> PageMetadata:
        """A page without its content, by the id or the path that an assistant gives.

        Raises:
            WikiJSException: There is none, or it may not be read.
        """
        return await self.client.pages.get(reference(page), content=False, locale=locale)

    async def state(self, page: str, locale: str | None) -> PageForEditor:
        """All of a page that can be edited.

        Raises:
            WikiJSException: There is none, or it may not be edited.
        """
        wanted = reference(page)
        number = wanted if isinstance(wanted, int) else (await self.metadata(page, locale)).id
        try:
            return await self.client.pages.single_for_editor(number)
        except exc.PermissionDeniedError as error:
            raise exc.PageContentForbiddenError(
                f"Page {number} may not be read whole, which editing it takes.",
                operation=error.operation,
                permissions=("write:pages", "manage:pages", "delete:pages"),
            ) from None

    async def readable(self, page: str, locale: str | None) -> tuple[Page | PageForEditor, str | None]:
        """A page with its content, and its version where the caller may edit it.

        Raises:
            WikiJSException: There is none, or it may not be read.
        """
        try:
            state = await self.state(page, locale)
        except exc.PermissionDeniedError:
            return await self.client.pages.get(reference(page), locale=locale), None
        return state, state_tag(state)

    async def written(self, id: int) -> PageForEditor | None:
        """A page that was written just now; None where it cannot be read, which does not undo the writing."""
        try:
            return await self.client.pages.single_for_editor(id)
        except exc.WikiJSException:
            return None

    def remember(self, tag: str, text: str) -> None:
        """Keep the text of a section that was handed out."""
        self._kept += len(text) - len(self._read.pop(tag, ""))
        self._read[tag] = text
        while self._kept > _REMEMBERED:
            self._kept -= len(self._read.popitem(last=False)[1])

    def remembered(self, tag: str) -> str | None:
        """The text that was handed out with a tag, as long as it is kept."""
        return self._read.get(tag)


def wiki_of(ctx: Context[Any, Any]) -> Wiki:
    """The wiki behind the server that was called."""
    wiki: Wiki = getattr(ctx.mcp_server, "wiki")  # noqa: B009  the server of ours has it, the SDK's class does not
    return wiki


def reference(page: str) -> int | str:
    """The id or the path that an assistant means."""
    name = page.strip()
    return int(name) if name.isascii() and name.isdigit() and len(name) < len(str(2**31)) else name


def is_html(page: Page | PageForEditor) -> bool:
    """Whether the content of a page is HTML."""
    return page.content_type == "html"


def sections(page: Page | PageForEditor) -> tuple[Section, ...]:
    """The sections of a page; none of what is neither Markdown nor HTML."""
    if page.content_type not in {"markdown", "html"}:
        return ()
    return outline(page.content, html=is_html(page))


def shortened(text: str, longest: int = _LONGEST_ID) -> str:
    """A text that is not longer than that: whoever writes a heading says how long it is."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def section_of(page: Page | PageForEditor, wanted: str) -> Section:
    """The section that an assistant means.

    Raises:
        ToolError: There is none, or several are called that; the ids that there are stand fenced, since whoever writes
            headings chooses them.
    """
    from .untrusted import fenced

    try:
        return find(page.content, wanted, html=is_html(page))
    except (exc.NotFoundError, exc.ValidationError) as error:
        known = sections(page)
        alike = [each for each in known if each.title.casefold() == " ".join(wanted.split()).casefold()]
        told = (
            "There is no such section." if isinstance(error, exc.NotFoundError) else "Several sections are called that."
        )
        ids = "\n".join(shortened(each.id) for each in (alike or known)[:_MOST_SECTIONS])
        raise ToolError(f"{told} Give one of these ids:\n{fenced(ids, f'the outline of page {page.id}')}") from None


def refused(error: exc.WikiJSException) -> ToolError:
    """A failure of the client as an assistant is told it."""
    from .untrusted import message

    return ToolError(message(str(error)))
