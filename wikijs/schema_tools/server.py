"""What a running wiki tells about its schema: by introspection, and, where that is off, by what it would accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graphql import get_introspection_query

from wikijs import exceptions as exc
from wikijs.codegen.errors import CodegenError
from wikijs.core import replies
from wikijs.core.flow import Flow, Send
from wikijs.core.operations import encoded
from wikijs.core.transport.requests import GRAPHQL_PATH, HEADERS
from wikijs.core.values.redaction import clean

from . import sources
from .operations import Checked
from .sources import Loaded
from .together import Located, Place, Refusal, Together

if TYPE_CHECKING:
    from wikijs import WikiJSClient

NOBODY: Final = "NotInThisDocument"
"""No operation has this name. A server asked to execute it checks the whole document and then executes nothing."""

ALL: Final = "manage:system"
"""The permission that includes all others."""
ADMINISTRATORS: Final = 1
"""Id of the group that has it, which an API key with full access belongs to."""

_EXPECTED: Final = ("Unknown operation named", "Too many validation errors")
_TOO_MANY: Final = "Too many validation errors"
_GROUP: Final = "query ($id: Int!) { groups { single(id: $id) { permissions } } }"
_VERSION: Final = "{ system { info { currentVersion } } }"
_OFF: Final = (
    "{url} does not tell its schema: introspection is off there, as it is where NODE_ENV=production. Run the same"
    " version of Wiki.js without that setting and pull from it, give --sdl with the folder server/graph/schemas of that"
    " release's source, or --sdl bundled@VERSION. `wikijs schema check` works without introspection."
)


class IntrospectionOffError(CodegenError):
    """The server does not tell its schema. The message says what to do instead."""


@dataclass(frozen=True)
class Held:
    """What the caller may do.

    Attributes:
        kind: "guest", "user", "api_key", or "unknown" where the server does not say.
        permissions: Global permissions; None where they cannot be told.
    """

    kind: str
    permissions: frozenset[str] | None


def introspect(client: WikiJSClient) -> Loaded:
    """The schema of a running wiki. Needs no permission; the version is known only to those with `manage:system`.

    Raises:
        IntrospectionOffError: The server does not tell.
        CodegenError: The answer is no schema.
        WikiJSException: The server cannot be reached, or is no Wiki.js.
    """
    try:
        result = client.graphql(get_introspection_query(descriptions=False))
    except exc.QueryError as error:
        if "introspection" not in error.message.lower():
            raise
        raise IntrospectionOffError(_OFF.format(url=client.url)) from None
    return sources.of_introspection(result, client.url, version(client))


def version(client: WikiJSClient) -> str | None:
    """The version of Wiki.js, which the server tells those with `manage:system`; None for others."""
    try:
        data = client.graphql(_VERSION)
    except exc.APIError:
        return None
    told: object = _inside(data, "system", "info").get("currentVersion")
    return told if isinstance(told, str) else None


def refusals(client: WikiJSClient, operations: Sequence[Checked]) -> list[tuple[Refusal, ...]]:
    """Why the server would refuse each operation; empty for one that it would serve. Nothing is executed.

    All operations travel in one document, together with the name of an operation that is not in it: the server checks
    every one of them, as it does before it executes anything, and has nothing to execute.

    Raises:
        CodegenError: What answers does not check documents as a GraphQL server does.
    """
    together = Together(operations)
    # Positions of errors are needed, which exceptions do not keep.
    driver = client._sync.driver  # pyright: ignore[reportPrivateUsage]
    answer: dict[str, Any] = driver.run(_ask(client, together.text))
    told: list[dict[str, Any]] = answer.get("errors") or []
    errors = [Located(clean(str(error.get("message", ""))), tuple(_places(error))) for error in told]
    if answer.get("data") is not None or not errors:
        raise CodegenError(f"{client.url}: the server does not check documents as Wiki.js does.")
    if len(operations) > 1 and any(error.message.startswith(_TOO_MANY) for error in errors):
        middle = len(operations) // 2  # a server that stops counting is asked about fewer operations at a time
        return [*refusals(client, operations[:middle]), *refusals(client, operations[middle:])]
    return together.sorted_out([error for error in errors if not error.message.startswith(_EXPECTED)], client.url)


def held(client: WikiJSClient) -> Held:
    """The global permissions of the caller.

    A login token lists them. An API key has those of its group, which only those who may see groups can read.
    """
    try:
        identity = client.whoami()
    except exc.APIError:
        return Held("unknown", None)
    if identity.kind == "user":
        return Held("user", frozenset(identity.permissions))
    if identity.kind == "guest" or identity.key_group_id is None:
        return Held(identity.kind, None)
    if identity.key_group_id == ADMINISTRATORS:
        return Held(identity.kind, frozenset({ALL}))
    try:
        data = client.graphql(_GROUP, {"id": identity.key_group_id})
    except exc.APIError:
        return Held(identity.kind, None)
    names: list[str] = _inside(data, "groups", "single").get("permissions") or []
    return Held(identity.kind, frozenset(names))


def _ask(client: WikiJSClient, document: str) -> Flow[dict[str, Any]]:
    body = encoded({"query": document, "operationName": NOBODY}, "schema")
    engine = client._engine  # pyright: ignore[reportPrivateUsage]
    reply = yield from engine.request(Send(GRAPHQL_PATH, body, HEADERS), "schema")
    return replies.payload(reply, "schema")


def _inside(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """What is below some keys; nothing where one of them is null."""
    for key in keys:
        data = data.get(key) or {}
    return data


def _places(error: Mapping[str, Any]) -> Iterator[Place]:
    for place in error.get("locations") or ():
        yield int(place["line"]), int(place["column"])
