"""Reading sources of pages as files: the way that is left to callers whom the server shows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core import replies
from wikijs.core.engine import IN_FLIGHT
from wikijs.core.flow import Flow, Reply, Send, gather
from wikijs.core.values.paths import PagePath

from ..access import AccessFlows

if TYPE_CHECKING:
    import builtins

    from wikijs_generated.fragments import PageMetadata, PageSummary, PageTag

    from .document import PageSource, SourcePage

_OPERATION: Final = "pages.source"


class SourceFlows(AccessFlows):
    """The part of `client.pages` that reads sources as files."""

    def get_source(self, page: str | PageSummary, *, locale: str | None = None) -> Flow[PageSource]:
        """Read the source of a page as the file that the wiki offers for download.

        This takes no more than `read:source`: neither may the caller list pages, nor read one through GraphQL. `get`,
        `get_by_path`, `get_many`, `iter_all`, `grep` and `diff` come here by themselves where the server shows them no
        page.

        Args:
            page: Its path, see `get_by_path`, or its entry of the list: then it is certain that the source is its.
            locale: Code of the locale of a path; the wiki's main one unless given.

        Returns:
            The source; its `missing` names what the file does not tell.

        Raises:
            PageNotFoundError: There is none, or another one in its place.
            PageContentForbiddenError: No page rule allows `read:source` for the path.

        Permission: `read:source` in a page rule that covers the path; its rules for tags and locales count here.
        Operation: `GET /d/<locale>/<path>`.
        """
        if isinstance(page, str):
            return (yield from self._source((yield from self._place(page, locale))))
        return (yield from self._source_of(page))

    def _source_of(self, page: PageSummary) -> Flow[PageSource]:
        place = PagePath(page.path, page.locale)
        source = yield from self._source(place, title=page.title or "", description=page.description or "")
        if source.created_at is None or source.created_at == page.created_at:
            return source
        raise exc.PageNotFoundError(f"At {place} there is another page now than page {page.id}.", operation=_OPERATION)

    def _source(self, place: PagePath, *, title: str | None = None, description: str | None = None) -> Flow[PageSource]:
        from . import document  # it loads models, which few programs need

        def accept(reply: Reply) -> PageSource:
            _check(reply, place)
            text = reply.content.decode("utf-8", "replace")
            kind = document.content_type(reply.headers)
            return document.read(text, kind, place, title=title, description=description)

        request = Send(document.address(place), b"", {"accept": "*/*"}, method="GET")
        return (yield from self._engine.read(request, _OPERATION, accept))

    def _sources(
        self, pages: Sequence[PageSummary], known_tags: dict[str, PageTag]
    ) -> Flow[list[SourcePage | Exception]]:
        """Pages of the list with their sources, several under way at once; those that moved meanwhile are followed."""
        from . import document

        entries = list(pages)
        outcomes = yield from gather([self._source_of(page) for page in entries], IN_FLIGHT)
        lost = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, exc.PageNotFoundError)]
        if lost:
            now = {page.id: page for page in (yield from self._directly(ops.pages_list()))}
            lost = [index for index in lost if entries[index].id in now]
            for index in lost:
                entries[index] = now[entries[index].id]
            again = yield from gather([self._source_of(entries[index]) for index in lost], IN_FLIGHT)
            for index, outcome in zip(lost, again, strict=True):
                outcomes[index] = outcome
        names = {name for page in entries for name in page.tags}
        names |= {name for each in outcomes if not isinstance(each, Exception) for name in each.tags or ()}
        if names - known_tags.keys():
            known_tags |= {tag.tag: tag for tag in (yield from self._execute(ops.pages_tags()))}
        return [
            each if isinstance(each, Exception) else document.merged(page, each, known_tags)
            for page, each in zip(entries, outcomes, strict=True)
        ]

    def _entry_instead(self, id: int | PagePath, metadata: Flow[PageMetadata]) -> Flow[PageMetadata]:
        """A page without its content; what the server lists and does not show on its own is taken from the list.

        Raises:
            PageContentForbiddenError: It is not listed either.
        """
        from . import document

        try:
            return (yield from metadata)
        except exc.PageContentForbiddenError:
            listed = yield from self._execute(ops.pages_list())
            entry = next((page for page in listed if id in {page.id, PagePath(page.path, page.locale)}), None)
            if entry is None:
                raise
        known = (yield from self._execute(ops.pages_tags())) if entry.tags else []
        return document.listed(entry, {tag.tag: tag for tag in known})

    def _source_instead(self, id: int | PagePath, error: exc.PageContentForbiddenError) -> Flow[SourcePage]:
        """The source of a page that the server does not show; else the error, with the page's entry of the list.

        Raises:
            PageContentForbiddenError: The source may not be read either.
        """
        listed = yield from self._execute(ops.pages_list())
        error.page = next((page for page in listed if id in {page.id, PagePath(page.path, page.locale)}), None)
        if error.page is None:
            raise error
        (found,) = yield from self._sources([error.page], {})
        if isinstance(found, Exception):
            raise _worse(error, found) from None
        return found

    def _sources_instead(
        self,
        wanted: Sequence[int | PagePath],
        outcomes: Sequence[Any],
        listed: Sequence[PageSummary] | None = None,
        known_tags: dict[str, PageTag] | None = None,
    ) -> Flow[builtins.list[Any]]:
        """Outcomes of reading pages, with the sources of those that the server does not show.

        Args:
            wanted: The pages.
            outcomes: What came of each.
            listed: The list of pages, where it is at hand.
            known_tags: Tags by their names, as far as an earlier call has asked; what this one learns is added.
        """
        hidden = [index for index, each in enumerate(outcomes) if isinstance(each, exc.PageViewForbiddenError)]
        if not hidden:
            return list(outcomes)
        known = (yield from self._execute(ops.pages_list())) if listed is None else listed
        entries: Mapping[int | PagePath, PageSummary] = {
            key: page for page in known for key in (page.id, PagePath(page.path, page.locale))
        }
        there = [index for index in hidden if wanted[index] in entries]
        tags = {} if known_tags is None else known_tags
        found = yield from self._sources([entries[wanted[index]] for index in there], tags)
        result = list(outcomes)
        for index, outcome in zip(there, found, strict=True):
            result[index] = _worse(outcomes[index], outcome) if isinstance(outcome, Exception) else outcome
        return result


def _worse(refusal: exc.APIError, failure: Exception) -> Exception:
    """What to raise where neither the page nor its source can be read: being refused twice is being refused."""
    return refusal if isinstance(failure, exc.PermissionDeniedError) else failure


def _check(reply: Reply, place: PagePath) -> None:
    """Raise what an answer says that is not a source."""
    status = reply.status_code
    if status == 200 and reply.headers.get("content-disposition", "").startswith("attachment"):
        return
    if status == 404 and not reply.content:
        raise exc.PageNotFoundError(f"There is no page {place}.", operation=_OPERATION, status=status)
    kind = reply.headers.get("content-type", "")
    if status in {200, 403} and "html" in kind:  # before 2.5.309 it refuses with 200
        raise exc.PageContentForbiddenError(
            f"The server does not show the source of page {place}.",
            operation=_OPERATION,
            status=status,
            permissions=("read:source",),
            hint="It takes read:source in the group's permissions and in a page rule that covers the path. A bad token"
            " is silently taken for a guest; client.whoami() tells.",
        )
    body = replies.payload(reply, _OPERATION)  # raises unless it looks like GraphQL, as for a revoked key
    replies.raise_errors(body.get("errors") or [{"message": "The answer makes no sense."}], operation=_OPERATION)
