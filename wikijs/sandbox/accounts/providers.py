"""Providers of logins: what the server knows of each kind, and how it shows that."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

Definition = dict[str, Any]

LOGOS = "https://static.requarks.io/logo/"
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'


@cache
def providers() -> dict[str, Definition]:
    """The kinds of providers by key; `props` are the options of each."""
    source = files("wikijs.sandbox").joinpath("definitions", "authentication.json")
    return {key: defined(key, given) for key, given in json.loads(source.read_text(encoding="utf-8")).items()}


def defined(key: str, given: Definition) -> Definition:
    """A kind of provider in full; descriptions and icons are the sandbox's own."""
    usual = {"description": f"Logins by {given['title']}.", "isAvailable": True, "useForm": False, "usernameType": None}
    own = {
        "key": key,
        "logo": LOGOS + given["logo"],
        "icon": ICON if given.get("icon", True) else None,
        "props": {name: option(name, parts) for name, parts in given["props"].items()},
    }
    return usual | given | own


def option(name: str, given: Definition) -> Definition:
    """An option in full, in the server's order of parts."""
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
    default = given["default"]
    usual = {
        "default": "",
        "type": "boolean" if isinstance(default, bool) else "number" if isinstance(default, int) else "string",
        "title": title,
        "hint": f"{title}.",
        "enum": False,
        "multiline": False,
        "sensitive": False,
        "maxWidth": 0,
        "order": 100,
    }
    return usual | given


def pairs(options: dict[str, Any]) -> list[dict[str, str]]:
    """Options by name, their parts as JSON."""
    shown = {name: json.dumps(options[name], ensure_ascii=False, separators=(",", ":")) for name in sorted(options)}
    return [{"key": name, "value": value} for name, value in shown.items()]
