"""Finding pages: by search, by pattern, by walking the tree, by their links."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Emit, Flow, Sleep, Stream, emit
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from .iterating import IteratingFlows
from .values.results import LinkedPage, Match, SearchHit, SearchHits

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSearchHit, PageTreeItem

    from wikijs.core.operations import Operation

TreeMode: TypeAlias = Literal["all", "folders", "pages"]
TREE_PATIENCE: Final = 0.5
"""Seconds to wait before a level of the tree that is empty is asked for again: the server may be rebuilding it."""
_ENGINE_FAILED: Final = "reading 'results'"


class DiscoveryFlows(IteratingFlows):
    """The reading part of `client.pages`, with ways to find pages."""

    def search(self, query: str, *, folder: str = "", locale: str | None = None) -> Flow[SearchHits]:
        """Search with the search engine of the wiki.

        What is found depends on the engine; the one of a new wiki looks at title, description and path of published
        pages only, and finds 100 at most. `grep` looks into the content of any wiki.

        Args:
            query: What to search for, in the language of the engine.
            folder: Keep hits at this path and below it. This works on this side, because engines disagree about it.
            locale: Code of the locale to search in; None for all.

        Returns:
            The hits, with true page ids; hits whose page is gone or hidden are left out.

        Raises:
            ServerError: The search engine failed.

        Permission: `read:pages`.
        Operation: `pages.search`, and `pages.list` to find the ids (queries).
        """
        folder, locale = paths.of_place(folder, locale, self._engine.url, folder=True)
        if locale is not None:
            locale = yield from self._locale(locale)
        try:
            answer = yield from self._execute(ops.pages_search(query, locale=locale))
        except exc.ServerError as error:
            if _ENGINE_FAILED not in error.message:
                raise
            raise exc.ServerError(
                "The wiki's search engine failed.",
                operation=error.operation,
                hint="An administrator can check it, and rebuild its index, under Administration, Search Engine.",
            ) from None
        if locale is not None and not answer.results:
            yield from self._engine.locales.check(locale, "pages.search")
        places = [PagePath(hit.path, hit.locale) for hit in answer.results]
        ids = (yield from self._ids(places)) if places else {}
        wanted = folder.strip("/")
        hits = [
            _hit(hit, ids[place])
            for hit, place in zip(answer.results, places, strict=True)
            if place in ids and paths.is_below(hit.path, wanted) and locale in {None, hit.locale}
        ]
        return SearchHits(hits, answer.suggestions, answer.total_hits)

    def _ids(self, places: Iterable[PagePath]) -> Flow[dict[PagePath, int]]:
        """Ids of pages by their places; the ids in search results are those of the index on most engines."""
        wanted = set(places)
        listed = yield from self._execute(ops.pages_list())
        found = {PagePath(page.path, page.locale): page.id for page in listed}
        return {place: found[place] for place in wanted if place in found}

    def grep(
        self,
        pattern: str | re.Pattern[str],
        *,
        ignore_case: bool = False,
        folder: str = "",
        locale: str | None = None,
        tags: Sequence[str] = (),
        batch_size: int = 50,
    ) -> Stream[Match]:
        """Search the content of pages for a regular expression, line by line, on this side.

        Reads the content of all pages that the filters leave: narrow it down on a large wiki.

        Args:
            pattern: A regular expression as text or compiled.
            ignore_case: Whether upper and lower case are the same; for a pattern given as text.
            folder, locale, tags: Which pages to read, see `list`.
            batch_size: Pages in one request.

        Raises:
            ConfigurationError: The pattern is no regular expression.
            PageContentForbiddenError: A page may not be read.

        Permission: what `get` needs.
        Operation: `pages.list`, `pages.single` (queries).
        """
        try:
            expression = (
                re.compile(pattern, re.IGNORECASE if ignore_case else 0) if isinstance(pattern, str) else pattern
            )
        except re.error as error:
            raise exc.ConfigurationError(f"{pattern!r} is no regular expression: {error}.") from None
        stream = self.iter_all(content=True, batch_size=batch_size, folder=folder, locale=locale, tags=tags)
        try:
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    yield from emit([match for page in step.values for match in matches(page, expression)])
                    step = stream.send(None)
                else:
                    step = stream.send((yield step))
        except StopIteration:
            return

    def tree(
        self, folder: str = "", *, locale: str | None = None, mode: TreeMode = "all"
    ) -> Flow[builtins.list[PageTreeItem]]:
        """List what is directly in a folder of the page tree, folders first.

        Args:
            folder: Path of the folder; nothing for the top of the tree.
            locale: Code of the locale; the wiki's main one unless given.
            mode: "folders" or "pages" for one kind only; an item can be both. The server's own mode for pages always
                fails, so they are picked on this side.

        Raises:
            NotFoundError: There is no such folder.

        Permission: `read:pages`; what the caller's page rules hide is left out.
        Operation: `pages.tree` (query).
        """
        folder, locale = paths.of_place(folder, locale, self._engine.url, folder=True)
        code, path = (yield from self._locale(locale)), folder.strip("/")
        items = yield from self._level(path, code)
        return [item for item in items if _is(item, mode)]

    def walk(self, folder: str = "", *, locale: str | None = None, mode: TreeMode = "all") -> Stream[PageTreeItem]:
        """Iterate over all that is in a folder of the page tree, at any depth, each folder before what is in it.

        Levels are read as the iteration goes on: stop early, and the rest is never asked for.

        Args:
            folder, locale, mode: See `tree`.

        Raises:
            NotFoundError: There is no such folder.

        Permission: `read:pages`; what the caller's page rules hide is left out.
        Operation: `pages.tree` (query).
        """
        folder, locale = paths.of_place(folder, locale, self._engine.url, folder=True)
        code, path = (yield from self._locale(locale)), folder.strip("/")
        waiting = (yield from self._level(path, code))[::-1]
        while waiting:
            item = waiting.pop()
            if _is(item, mode):
                yield from emit([item])
            if item.is_folder:
                waiting += (yield from self._children(item, code))[::-1]

    def _level(self, path: str, locale: str) -> Flow[builtins.list[PageTreeItem]]:
        """What is directly in a folder given by its path."""
        if not path:
            items = yield from self._patiently(_tree(locale, parent=0))
            if not items:
                yield from self._engine.locales.check(locale, "pages.tree")
            return items
        # The server answers the level that a path is on, so the folder is looked for among its siblings.
        siblings = yield from self._patiently(_tree(locale, path=path))
        folder = next((item for item in siblings if item.path == path and item.is_folder), None)
        if folder is None:
            yield from self._engine.locales.check(locale, "pages.tree")
            raise exc.NotFoundError(f"There is no folder {locale}/{path}.", operation="pages.tree")
        return (yield from self._children(folder, locale))

    def _children(self, folder: PageTreeItem, locale: str) -> Flow[builtins.list[PageTreeItem]]:
        """What is directly in a folder of the tree.

        Ids of the tree are dealt out anew with every page that comes, goes or moves. So an answer that is not of this
        folder means that its id is another one now, and the folder is looked up again, once.
        """
        items = yield from self._patiently(_tree(locale, parent=folder.id))
        if items and all(item.path.startswith(f"{folder.path}/") for item in items):
            return items
        siblings = yield from self._patiently(_tree(locale, path=folder.path))
        again = next((item for item in siblings if item.path == folder.path and item.is_folder), None)
        if again is None:
            return []
        items = yield from self._patiently(_tree(locale, parent=again.id))
        return [item for item in items if item.path.startswith(f"{folder.path}/")]

    def _patiently(self, operation: Operation[builtins.list[PageTreeItem]]) -> Flow[builtins.list[PageTreeItem]]:
        """Ask for a level of the tree, twice if it is empty: the server empties the tree while it rebuilds it."""
        items = yield from self._execute(operation)
        if items:
            return items
        yield Sleep(TREE_PATIENCE)
        return (yield from self._execute(operation))

    def links(self, *, locale: str | None = None, broken: bool = False) -> Flow[builtins.list[LinkedPage]]:
        """List the pages of a locale by path with the pages they link to, and those of the links that lead nowhere.

        Each link is there once, in alphabetical order: some databases give them several times, in any order. The
        server reads its whole table of links for this: slow on a large wiki. A link to a page that the caller may not
        see counts as broken.

        Args:
            locale: Code of the locale; the wiki's main one unless given.
            broken: Only pages with broken links. The server keeps no links such as `other.md`, which it takes for
                files; `wikijs.reports` reads pages themselves and finds these, too.

        Permission: `read:pages`.
        Operation: `pages.links`, `pages.list` (queries).
        """
        code = yield from self._locale(locale)
        linked = yield from self._execute(ops.pages_links(code))
        if not linked:
            yield from self._engine.locales.check(code, "pages.links")
        listed = yield from self._execute(ops.pages_list())
        known = {f"{page.locale}/{page.path}" for page in listed}
        elsewhere = {page.id for page in listed if page.locale != code}  # some databases take "EN" for "en"
        pages: builtins.list[LinkedPage] = []
        for page in sorted(linked, key=lambda page: page.path):
            links = sorted(set(page.links))
            missing = [link for link in links if link not in known]
            if page.id in elsewhere or (broken and not missing):
                continue
            path = page.path.removeprefix(f"{code}/")
            pages.append(LinkedPage(page.id, path, code, page.title, links, missing))
        return pages


def matches(page: Page, expression: re.Pattern[str]) -> builtins.list[Match]:
    """The lines of a page that match; the first match of each."""
    found: builtins.list[Match] = []
    for number, line in enumerate(page.content.splitlines(), start=1):
        if match := expression.search(line):
            found.append(Match(page, number, line, match.start(), match.end()))
    return found


def _hit(hit: PageSearchHit, id: int) -> SearchHit:
    return SearchHit(id=id, path=hit.path, locale=hit.locale, title=hit.title, description=hit.description)


def _is(item: PageTreeItem, mode: TreeMode) -> bool:
    return mode == "all" or (item.is_folder if mode == "folders" else item.page_id is not None)


def _tree(locale: str, *, parent: int | None = None, path: str | None = None) -> Operation[builtins.list[PageTreeItem]]:
    from wikijs_generated.enums import PageTreeMode

    return ops.pages_tree(locale, mode=PageTreeMode.ALL, parent=parent, path=path)
