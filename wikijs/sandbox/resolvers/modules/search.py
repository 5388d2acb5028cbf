"""`search`: the engines there are and their settings. Whichever is chosen, pages are found by the database engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox import modules
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import CodedError, responds, success

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "search"
DEFAULT = "db"
ELSEWHERE = "postgres"
"""The engine that takes the database of this name."""


@resolver("SearchQuery.searchEngines")
def search_engines(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """The engines with their settings. `filter` has no effect."""
    del filter
    found = [modules.listed(KIND, key, state) for key, state in modules.states(ctx.db, KIND).items()]
    return modules.sorted_by(found, order_by)


@resolver("SearchMutation.updateSearchEngines")
@responds
def update_search_engines(ctx: Context, *, engines: list[Row] | None = None) -> Row:
    """Save the engines that are given, one after the other, each with all its options."""
    for engine in modules.inputs(engines, "engines"):
        state = {"isEnabled": engine["isEnabled"], "config": modules.config_of(engine)}
        modules.save(ctx.db, KIND, engine["key"], state)
    known = modules.states(ctx.db, KIND)
    if known[ELSEWHERE]["isEnabled"] and ctx.db.engine.key != ELSEWHERE:
        for key in known:
            modules.save(ctx.db, KIND, key, {"isEnabled": key == DEFAULT})
        raise CodedError(4002, "Must use PostgreSQL database to activate this engine!")
    return success("Search Engines updated successfully")


@resolver("SearchMutation.rebuildIndex")
@responds
def rebuild_index(_ctx: Context) -> Row:
    """Nothing to do: the database engine has no index."""
    return success("Index rebuilt successfully")
