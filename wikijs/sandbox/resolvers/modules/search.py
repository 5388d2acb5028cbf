"""`search`: the engines there are and their settings. Whichever is chosen, pages are found by the database engine."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from wikijs.sandbox.accounts.providers import LOGOS, option, pairs
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import UncodedError, responds, success
from wikijs.sandbox.http.body import complaint
from wikijs.sandbox.http.messages import as_object

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "search"
DEFAULT = "db"


@cache
def engines() -> dict[str, Row]:
    """The kinds of engines by key, in the order of a new wiki."""
    source = files("wikijs.sandbox").joinpath("definitions", "search.json")
    usual = {"isAvailable": True}
    return {
        key: usual
        | given
        | {
            "key": key,
            "description": f"Searches with {given['title']}.",
            "logo": LOGOS + given["logo"],
            "props": {name: option(name, parts) for name, parts in given["props"].items()},
        }
        for key, given in json.loads(source.read_text(encoding="utf-8")).items()
    }


def states(ctx: Context) -> dict[str, Row]:
    """The settings of all engines; the one that was saved last comes last."""
    saved = {row["key"]: row["state"] for row in ctx.db.all("SELECT * FROM modules WHERE kind = ?", KIND)}
    initial = {
        key: {
            "isEnabled": key == DEFAULT,
            "config": {name: prop["default"] for name, prop in engine["props"].items()},
            "saved": 0,
        }
        for key, engine in engines().items()
    }
    return dict(sorted((initial | saved).items(), key=lambda item: (item[1]["saved"], item[0])))


def save(ctx: Context, key: str, state: Row) -> None:
    """Keep the settings of an engine."""
    last = max(known["saved"] for known in states(ctx).values())
    ctx.db.put("modules", {"kind": KIND, "key": key, "state": state | {"saved": last + 1}})


@resolver("SearchQuery.searchEngines")
def search_engines(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """The engines with their settings. `filter` has no effect."""
    del filter
    found = [shown(engines()[key], state) for key, state in states(ctx).items()]
    if order_by and all(isinstance(engine.get(order_by), str | bool) for engine in found):
        found.sort(key=lambda engine: engine[order_by])
    return found


def shown(engine: Row, state: Row) -> Row:
    """An engine as it is listed: an option that has no value is left out."""
    options = {
        name: prop | {"value": state["config"][name]}
        for name, prop in engine["props"].items()
        if name in state["config"]
    }
    return engine | {"isEnabled": state["isEnabled"], "config": pairs(options)}


@resolver("SearchMutation.updateSearchEngines")
@responds
def update_search_engines(ctx: Context, *, engines: list[Row] | None = None) -> Row:
    """Save the engines that are given, one after the other, each with all its options."""
    if engines is None:
        raise UncodedError("args.engines is not iterable", "TypeError")
    for engine in engines:
        config = {pair["key"]: value_of(pair["value"]) for pair in engine.get("config") or ()}
        if engine["key"] in states(ctx):
            save(ctx, engine["key"], {"isEnabled": engine["isEnabled"], "config": config})
    return success("Search Engines updated successfully")


def value_of(text: str) -> Any:
    """The value in the JSON that an option comes as: the entry `v`, null when there is none."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UncodedError(complaint(text, error), "SyntaxError") from error
    return (as_object(value) or {}).get("v")


@resolver("SearchMutation.rebuildIndex")
@responds
def rebuild_index(_ctx: Context) -> Row:
    """Nothing to do: the database engine has no index."""
    return success("Index rebuilt successfully")
