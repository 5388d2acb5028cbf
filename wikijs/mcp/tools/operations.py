"""Tools for all that has no tool of its own: any operation of the server, as far as its row in exposure.toml allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from wikijs.core.calls.exposure import exposure
from wikijs.core.calls.reading import ArgumentProblem, json_schema, operation_of
from wikijs.core.calls.signatures import Call, calls, find
from wikijs.core.values.redaction import HIDDEN

from ..confirming import Sure
from ..results import as_json, text
from ..untrusted import visible
from ..wiki import wiki_of
from .reading import cut

if TYPE_CHECKING:
    from ..settings import Settings

_MOST: Final = 15
_OWN_TOOLS: Final = {
    "pages.create": "create_page",
    "pages.update": "edit_page or set_page",
    "pages.move": "move_page",
    "pages.restore": "restore_page",
    "pages.delete": "delete_page",
}
"""Operations that have a tool of their own, which loses nothing and asks."""

Arguments = Annotated[dict[str, Any] | None, Field(description="as find_operations shows")]


async def find_operations(
    ctx: Context[Any, Any],
    query: Annotated[str, Field(description="words, or a name to see its arguments")],
) -> CallToolResult:
    """Find operations of the server beyond the other tools: users, groups, comments, navigation, settings."""
    settings = wiki_of(ctx).settings
    exact = find(query.strip())
    if exact is not None and (problem := why_not(exact, settings)):
        raise ToolError(problem)
    if exact is not None:
        schema = json_schema(exact)
        return text(f"{exact.name} ({exposure(exact).effect}): {exact.documentation}", f"arguments: {as_json(schema)}")
    words = query.casefold().replace(".", " ").replace("_", " ").replace("-", " ").split()
    scored = [(_score(call, words), call) for call in calls().values() if not why_not(call, settings)]
    found = sorted((-score, call.name) for score, call in scored if score)
    if not found:
        return text("No operation fits. Toolsets decide which are offered; wiki_info names them.")
    rows = [_line(calls()[name]) for _, name in found[:_MOST]]
    more = f"and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return text(*rows, more)


async def run_read_operation(ctx: Context[Any, Any], name: str, arguments: Arguments = None) -> CallToolResult:
    """Run an operation that only reads."""
    wiki = wiki_of(ctx)
    call = _call(name, wiki.settings)
    if exposure(call).effect != "read":
        raise ToolError(f"{call.name} writes: use run_write_operation.")
    result = await wiki.client.execute(_operation(call, arguments))
    return text(*cut(as_json(shown(result, exposure(call).secret_results)), f"the result of {call.name}"))


async def _may_write(
    ctx: Context[Any, Any], name: str, arguments: dict[str, Any] | None, confirmation: str | None
) -> Sure | Elicit[Sure]:
    wiki = wiki_of(ctx)
    call = _call(name, wiki.settings)
    if exposure(call).effect == "read":
        raise ToolError(f"{call.name} only reads: use run_read_operation.")
    _operation(call, arguments)  # what cannot be sent is not asked about
    given = {"name": call.name, "arguments": arguments or {}}
    return wiki.confirmer.ask(ctx, _writing(call, arguments or {}), "run_write_operation", given, confirmation)


def _writing(call: Call, given: Mapping[str, Any]) -> str:
    """The question."""
    named = ", ".join(f"{key} {value}" for key, value in given.items() if isinstance(value, int | bool))
    what = f"run {call.name}{f' with {visible(named)}' if named else ''}"
    return what + (", which cannot be undone" if exposure(call).effect == "destructive" else "")


async def run_write_operation(
    ctx: Context[Any, Any],
    agreed: Annotated[ElicitationResult[Sure], Resolve(_may_write)],
    name: str,
    arguments: Arguments = None,
    confirmation: str | None = None,
) -> CallToolResult:
    """Run an operation that writes, after a person agreed. What it is not told may be erased: read first."""
    wiki = wiki_of(ctx)
    call = _call(name, wiki.settings)
    wiki.confirmer.check(ctx, _writing(call, arguments or {}), "run_write_operation", agreed)
    result = await wiki.client.execute(_operation(call, arguments))
    return text(*cut(as_json(shown(result, exposure(call).secret_results)), f"the result of {call.name}"))


def why_not(call: Call, settings: Settings) -> str:
    """Why an operation is not offered here; empty where it is."""
    row = exposure(call)
    writes = row.effect != "read"
    own = _OWN_TOOLS.get(row.server_field)
    is_elsewhere = call.namespace not in settings.namespaces and (writes or row.expose == "admin")
    reasons = (
        (call.spec.kind == "subscription", "is a stream, which assistants cannot follow"),
        (row.expose == "never", "is offered to no assistant"),
        (row.reaches_out, "makes the wiki send mail or write elsewhere, which is offered to no assistant"),
        (own is not None, f"has a tool of its own: {own}"),
        (writes and (settings.read_only or bool(settings.write_under)), "writes, which this server does not offer"),
        (is_elsewhere, "is not in the toolsets of this server"),
    )
    return next((f"{call.name} {reason}." for holds, reason in reasons if holds), "")


def shown(value: Any, secrets: frozenset[str]) -> Any:
    """A result as JSON, without what is secret."""
    if isinstance(value, BaseModel):
        return shown(value.model_dump(mode="json", by_alias=True, exclude_none=True), secrets)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return {key: HIDDEN if key in secrets and item else shown(item, secrets) for key, item in fields.items()}
    if isinstance(value, list):
        return [shown(item, secrets) for item in cast("Sequence[Any]", value)]
    return value


def _call(name: str, settings: Settings) -> Call:
    call = find(name.strip())
    if call is None:
        raise ToolError(f"There is no operation {visible(name)!r}: find_operations knows them.")
    if problem := why_not(call, settings):
        raise ToolError(problem)
    return call


def _operation(call: Call, arguments: dict[str, Any] | None) -> Any:
    try:
        return operation_of(call, arguments or {})
    except ArgumentProblem as problem:
        raise ToolError(visible(str(problem), 500)) from None


def _line(call: Call) -> str:
    given = ", ".join(f"{item.variable}{'' if item.is_required else '?'}: {item.declared}" for item in call.arguments)
    return f"{call.name}({given}) {exposure(call).effect}: {call.summary}"


def _score(call: Call, words: list[str]) -> int:
    """How well an operation fits words; 0 where one of them is nowhere."""
    name, rest = call.name.casefold(), call.documentation.casefold()
    scores = [3 if _stem(word) in name else 1 if _stem(word) in rest else 0 for word in words]
    return sum(scores) if scores and all(scores) else 0


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
