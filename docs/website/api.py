"""Pages of the reference that are read off the package: what its doors hold, and the namespaces of a client."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from wikijs import ops
from wikijs.client import WikiJSClient

from . import rest

ROOT: Final = Path(__file__).parents[2]

DOORS: Final = {
    "auth": ("Credentials", "Who a client is to the server. `auth=` takes one of these, or an API key as text."),
    "cache": ("Caches", "Answers that are kept, for `cache=` of a client; see [caching](../caching.md)."),
    "middleware": (
        "Resilience",
        "Retries, circuit breaker, rate limits, locks and statistics; see [resilience](../resilience.md).",
    ),
    "models": ("Values", "What the methods of a client take and return."),
    "exceptions": ("Exceptions", "Each class tells one case; what to do is in [errors](../errors.md)."),
    "plugins": ("Plugins", "What sees calls, and may change them; see [plugins](../plugins.md)."),
    "telemetry": ("Telemetry", "Logging, metrics, traces and audit; see [monitoring](../monitoring.md)."),
    "logging": ("Logging", "Lines of text or JSON; see [monitoring](../monitoring.md)."),
    "feed": ("Change feed", "What changes in a wiki; see [change feed](../change-feed.md)."),
    "webhooks": ("Webhooks", "Who is told what changes; see [webhooks](../webhooks.md)."),
    "fleet": ("Many wikis", "Clients of several wikis at once; see [many wikis](../many-wikis.md)."),
    "access": ("Who may do what", "Rights computed from groups and rules; see [access](../access.md)."),
    "publish": ("Publishing", "A folder of Markdown on the wiki; see [publish](../publish.md)."),
    "backup": ("Backups", "A whole wiki kept and brought back; see [backup](../backup.md)."),
    "people": ("People", "Accounts and members from files; see [people](../people.md)."),
    "reports": ("Reports", "What is wrong in a wiki; see [reports](../reports.md)."),
    "sandbox": ("Sandbox", "A stand-in for a server; see [testing your scripts](../testing-your-scripts.md)."),
    "interop": ("Moving in", "Pages of other programs; see [moving in](../moving-in.md)."),
}
"""Modules with `__all__`: title and a sentence for each."""

MODULES: Final = {
    "permissions": ("Permissions", "The names of Wiki.js' permissions."),
    "q": ("Query builder", "Selections that an editor completes; see [raw GraphQL](../raw-graphql.md)."),
}


def pages() -> Iterator[tuple[str, str, str]]:
    """File name, title and text of each page of the reference."""
    yield "client.md", "Client", _client()
    for name, cls in facades().items():
        yield f"namespaces/{name}.md", f"client.{name}", _namespace(name, cls)
    for door, (title, about) in DOORS.items():
        yield f"{door}.md", title, _door(door, title, about)
    for module, (title, about) in MODULES.items():
        yield f"{module}.md", title, f"# {title}: `wikijs.{module}`\n\n{about}\n\n::: wikijs.{module}\n"
    yield "operations.md", "Operations", _operations()
    yield "rights.md", "Which rights for what", _rights()


@cache
def facades() -> dict[str, type]:
    """The class of each namespace of a client."""
    with WikiJSClient("https://wiki.example.com") as client:
        found = {name: type(getattr(client, name, None)) for name in dir(type(client))}
    return {name: cls for name, cls in found.items() if cls.__module__.startswith("wikijs_generated.facades.blocking.")}


def _client() -> str:
    both = "\n\n".join(
        f"::: wikijs.{name}\n    options:\n      inherited_members: true\n      members_order: alphabetical"
        for name in ("WikiJSClient", "AsyncWikiJSClient")
    )
    return (
        "# The clients\n\nBoth have the same methods: what is a call of the blocking one is awaited with the other."
        f" Their namespaces are pages of their own.\n\n{both}\n"
    )


def _namespace(name: str, cls: type) -> str:
    operations = [spec for spec in specs() if spec.server_field.startswith(f"{_server(name)}.")]
    text = (
        f"# `client.{name}`\n\nThe methods of `client.{name}`. With `AsyncWikiJSClient` the same are awaited, and"
        " iterators are `async for`.\n\n"
        f"::: {cls.__module__}.{cls.__qualname__}\n    options:\n      show_root_heading: false\n"
    )
    if operations:
        text += f"\n## Operations of the server\n\n{table(operations)}\n"
    return text


def _server(name: str) -> str:
    return name.replace("_", "")


def _door(door: str, title: str, about: str) -> str:
    module = importlib.import_module(f"wikijs.{door}")
    names = sorted(module.__all__)
    parts = "\n\n".join(f"::: wikijs.{door}.{name}" for name in names)
    return f"# {title}: `wikijs.{door}`\n\n{about}\n\n{parts}\n"


def specs() -> list[Any]:
    """The spec of each operation."""
    named = (getattr(ops, name) for name in dir(ops) if name.isupper())
    return sorted(named, key=lambda spec: str(spec.server_field))


def table(operations: list[Any]) -> str:
    """How each operation is called from each language, and what it needs."""
    lines = [
        "| operation | Python | TypeScript | REST | command line | permission (one of) | since | limit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for spec in operations:
        limit = f"{spec.rate_limit[0]} in {spec.rate_limit[1]:g} s" if spec.rate_limit else ""
        typescript = spec.name[0].lower() + spec.name[1:]
        cells = (
            f"`{spec.server_field}` ({spec.kind})",
            f"`ops.{snake(spec.name)}`",
            f"`{typescript}`",
            f"`{routes_of()[spec.server_field]}`" if spec.server_field in routes_of() else "",
            f"`wikijs call {spec.server_field}`",
            needs(spec),
            spec.since or "2.0.1",
            limit,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


@cache
def routes_of() -> dict[str, str]:
    """The route of a gateway for each operation of the server."""
    return {
        said["x-wikijs-operation"]: f"{method.upper()} {path.removeprefix('/api/v1')}"
        for _, method, path, said in rest.routes()
        if "x-wikijs-operation" in said
    }


def needs(spec: Any) -> str:
    """The permissions that allow an operation, or that none is needed."""
    return ", ".join(f"`{name}`" for name in spec.requires) or "none"


def snake(name: str) -> str:
    """PagesSingle is pages_single."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _operations() -> str:
    return (
        "# All operations of the server\n\nEach is a value of `wikijs.ops`, for `client.execute` and `client.batch`; a"
        " method of its namespace; a function of the npm package; and `wikijs call`.\n\n" + table(specs()) + "\n"
    )


def _rights() -> str:
    """Which permissions a key needs for which namespace, from the facts about the schema."""
    facts = json.loads((ROOT / "schema/facts.json").read_text(encoding="utf-8"))["operations"]
    wanted: dict[str, dict[str, list[str]]] = {}
    for field, fact in sorted(facts.items()):
        namespace, _, operation = field.partition(".")
        for permission in fact["requires"] or ["(none)"]:
            wanted.setdefault(permission, {}).setdefault(namespace, []).append(operation)
    lines = []
    for permission in sorted(wanted):
        what = "; ".join(f"**{space}**: {', '.join(names)}" for space, names in sorted(wanted[permission].items()))
        lines.append(f"| `{permission}` | {what} |")
    return (
        "# Which rights a key needs for what\n\nA key has the rights of its group, or all of them. Any one permission"
        " in whose row an operation stands allows it; `manage:system` allows everything. Page rules of the group then"
        " decide page by page. `wikijs schema check` asks your wiki what your key may do.\n\n"
        "| permission | allows |\n|---|---|\n" + "\n".join(lines) + "\n"
    )
