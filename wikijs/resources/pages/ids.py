"""From paths to ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.values import paths

from .access import AccessFlows

if TYPE_CHECKING:
    import builtins


class IdFlows(AccessFlows):
    """The part of `client.pages` that finds ids."""

    def find_ids(self, pages: Iterable[int | str], *, locale: str | None = None) -> Flow[builtins.list[int]]:
        """Find the ids of pages. What is an id already is kept as it is, and not looked for.

        Args:
            pages: Ids, paths, or both; paths as `get_by_path` takes them.
            locale: Code of the locale of the paths; the wiki's main one unless given.

        Returns:
            The ids, in the order asked for.

        Raises:
            PageNotFoundError: There is no page at some of the paths, as far as the caller may see; it names them.

        Permission: `read:pages`.
        Operation: `pages.singleByPath` for one path, `pages.list` for several (queries).
        """
        wanted = yield from self._named(pages, locale)
        places = {page for page in wanted if isinstance(page, paths.PagePath)}
        found: dict[paths.PagePath, int] = {}
        if len(places) == 1:
            (place,) = places
            page_id = yield from self._id_at(place)
            found = {} if page_id is None else {place: page_id}
        elif places:
            listed = yield from self._execute(ops.pages_list())
            found = {paths.PagePath(page.path, page.locale): page.id for page in listed}
        missing = [page for page in wanted if isinstance(page, paths.PagePath) and page not in found]
        if missing:
            raise (yield from self._not_there(*dict.fromkeys(missing)))
        return [page if isinstance(page, int) else found[page] for page in wanted]
