"""Modules of the server, such as storage targets or renderers: what each kind has, and how each module is set up.

Definitions are in `definitions/`, one file for each kind; titles and hints of options are the sandbox's own. Saving a
module replaces its options: one that is left out has no value from then on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from .accounts.providers import LOGOS, option, pairs
from .graphql.errors import UncodedError
from .http.body import complaint
from .http.messages import as_object
from .storage.database import Database, Row

Definition = dict[str, Any]


@cache
def definitions(kind: str) -> dict[str, Definition]:
    """The modules of a kind by key, in the order of a new wiki; `props` are the options of each."""
    source = files("wikijs.sandbox").joinpath("definitions", f"{kind}.json")
    return {key: defined(key, given) for key, given in json.loads(source.read_text(encoding="utf-8")).items()}


def defined(key: str, given: Definition) -> Definition:
    """A module in full."""
    usual: Definition = {"isAvailable": True, "description": f"{given['title']}."}
    options: dict[str, Definition] = given.get("props", {})
    shown = {
        name: {part: value for part, value in parts.items() if part != "initial"} for name, parts in options.items()
    }
    own: Definition = {
        "key": key,
        "props": {name: option(name, parts) for name, parts in shown.items()},
        "initial": {name: parts.get("initial", parts["default"]) for name, parts in options.items()},
    }
    logo = given.get("logo")
    if logo:
        own["logo"] = logo if "://" in logo else LOGOS + logo
    return usual | given | own


def states(db: Database, kind: str, *, is_enabled: bool = False) -> dict[str, Row]:
    """How the modules of a kind are set up, by key; the one that was saved last comes last."""
    saved: dict[str, Row] = {
        row["key"]: row["state"] for row in db.all("SELECT key, state FROM modules WHERE kind = ?", kind)
    }
    initial: dict[str, Row] = {
        key: {
            "isEnabled": module.get("isEnabled", is_enabled),
            "config": module["initial"],
            "saved": 0,
        }
        for key, module in definitions(kind).items()
    }
    return dict(sorted((initial | saved).items(), key=lambda item: int(item[1]["saved"])))


def save(db: Database, kind: str, key: str, changes: Row) -> None:
    """Change how a module is set up; an unknown module is ignored."""
    known = states(db, kind)
    if key in known:
        last = max(int(state["saved"]) for state in known.values())
        db.put("modules", {"kind": kind, "key": key, "state": known[key] | changes | {"saved": last + 1}})


def listed(kind: str, key: str, state: Row, *, unknown: bool = False) -> Row:
    """A module as it is listed. Values of options that it does not have are shown only with `unknown`."""
    module = definitions(kind)[key]
    props: dict[str, Row] = module["props"]
    options = {
        name: props.get(name, {}) | {"value": value}
        for name, value in state["config"].items()
        if unknown or name in props
    }
    return module | state | {"config": pairs(options)}


def sorted_by(modules: list[Row], name: str | None) -> list[Row]:
    """Modules by one of their texts or flags, those without it last; as they are when they have no such thing."""
    if name is None or not any(isinstance(module.get(name), str | bool) for module in modules):
        return modules
    return sorted(
        modules, key=lambda module: (module.get(name) is None, "" if module.get(name) is None else module[name])
    )


def inputs(given: Iterable[Row | None] | None, argument: str, first: str = "isEnabled") -> Iterable[Row]:
    """The modules that a mutation is given. Raise as the server does when it reads `first` of null."""
    if given is None:
        raise UncodedError(f"args.{argument} is not iterable", "TypeError")
    for module in given:
        if module is None:
            raise UncodedError(f"Cannot read properties of null (reading '{first}')", "TypeError")
        yield module


def value_of(text: str) -> Any:
    """The value in the JSON that an option comes as: the entry `v`, null when there is none."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UncodedError(complaint(text, error), "SyntaxError") from error
    return (as_object(value) or {}).get("v")


def config_of(module: Row, read: Callable[[str], Any] = value_of) -> Row:
    """The options that a module is given."""
    config: Row = {}
    for pair in module.get("config") or ():
        if pair is None:
            raise UncodedError("Cannot read properties of null (reading 'key')", "TypeError")
        config[pair["key"]] = read(pair["value"])
    return config
