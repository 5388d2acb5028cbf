"""What the playground answers: its page, and what the wiki answers to a query."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs import exceptions as exc
from wikijs.core.files import FileRefusedError, load_json

if TYPE_CHECKING:
    from wikijs import WikiJSClient

MAX_BODY: Final = 5_000_000
"""Bytes, as Wiki.js takes them."""

_TYPES: Final = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css"}
_FILES: Final = {
    "": "index.html",
    "playground.js": "playground.js",
    "playground.css": "playground.css",
    "graphiql.min.js": "graphiql.min.js.gz",
    "graphiql.min.css": "graphiql.min.css.gz",
    "react.production.min.js": "react.production.min.js.gz",
    "react-dom.production.min.js": "react-dom.production.min.js.gz",
}
_SAFE: Final = {
    # Nothing but this server is asked, whatever a page or an answer holds.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Asked:
    """A request of a browser. Names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What goes back to it."""

    status: HTTPStatus
    content: bytes
    headers: Mapping[str, str]


class Answers:
    """Answers browsers.

    Only pages of this server may ask: others, which any site can make a browser send, are told apart by their host,
    origin and type, and nobody else on this machine knows the secret in the address.

    Args:
        client: A client of the wiki.
        address: Host and port, as in `127.0.0.1:4000`.
        secret: First part of all paths.
        read_only: Refuse mutations.
    """

    def __init__(self, client: WikiJSClient, *, address: str, secret: str, read_only: bool = False) -> None:
        self._client = client
        self._hosts = {address, f"localhost:{address.rpartition(':')[2]}"}
        self._root = f"/{secret}/"
        self._read_only = read_only

    def answer(self, asked: Asked) -> Answer:
        """Answer a request; never an exception."""
        if asked.headers.get("host", "") not in self._hosts:
            return _text(HTTPStatus.FORBIDDEN, "This is not the host of the playground.")
        if not asked.path.startswith(self._root):
            return _text(HTTPStatus.NOT_FOUND, "There is nothing here. Use the address that the command printed.")
        name = asked.path.removeprefix(self._root)
        if name == "graphql":
            return self._graphql(asked)
        if asked.method not in {"GET", "HEAD"} or name not in _FILES:
            return _text(HTTPStatus.NOT_FOUND, "There is nothing here.")
        return _file(name)

    def _graphql(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return _text(HTTPStatus.METHOD_NOT_ALLOWED, "Queries are posted.")
        origin = asked.headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return _text(HTTPStatus.FORBIDDEN, "Other sites may not ask.")
        if asked.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _text(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Queries are JSON.")
        try:
            request = load_json(asked.body, most=MAX_BODY)
        except FileRefusedError:
            request = None
        if not isinstance(request, dict) or not isinstance(cast("dict[str, Any]", request).get("query"), str):
            return _json(HTTPStatus.BAD_REQUEST, _failed("A request needs a query."))
        return _json(HTTPStatus.OK, self._asked_the_wiki(cast("dict[str, Any]", request)))

    def _asked_the_wiki(self, request: Mapping[str, Any]) -> dict[str, Any]:
        document: str = request["query"]
        name = request.get("operationName") or None
        if self._read_only and (reason := _why_not_read(document)):
            return _failed(f"This playground only reads, as it was started with --read-only: {reason}.")
        try:
            return {"data": self._client.graphql(document, request.get("variables") or {}, operation_name=name)}
        except exc.APIError as error:
            if isinstance(error, exc.QueryError) and name == "IntrospectionQuery":
                return {"data": bundled_introspection()}  # the wiki runs in production, where it tells nobody
            errors = [dict(each) for each in error.errors] or [{"message": str(error)}]
            return {"data": error.data, "errors": errors}
        except exc.WikiJSException as error:
            return _failed(str(error))


@cache
def bundled_introspection() -> dict[str, Any]:
    """The schema of the newest Wiki.js that this client knows."""
    from graphql import introspection_from_schema

    from wikijs.core.documents.validation import bundled_schema

    return dict(introspection_from_schema(bundled_schema()))


def _why_not_read(document: str) -> str | None:
    """Why a document is not known to read only. The server's parser takes what this one does not, such as half a
    character of two, so that what cannot be parsed here may be anything.
    """
    from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

    try:
        definitions = parse(document).definitions
    except GraphQLError as error:
        return f"this cannot be understood ({error.message.rstrip('.')})"
    except RecursionError:
        return "this is nested too deeply to be understood"
    operations = [node.operation for node in definitions if isinstance(node, OperationDefinitionNode)]
    return None if set(operations) <= {OperationType.QUERY} else "there is more than queries in this"


def _failed(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message}]}


def _json(status: HTTPStatus, value: object) -> Answer:
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Answer(status, content, {**_SAFE, "content-type": "application/json"})


def _text(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, text.encode(), {**_SAFE, "content-type": "text/plain; charset=utf-8"})


def _file(name: str) -> Answer:
    stored = _FILES[name]
    content = files("wikijs.playground").joinpath("static", stored).read_bytes()
    kind = stored.removesuffix(".gz").rpartition(".")[2]
    encoding = {"content-encoding": "gzip"} if stored.endswith(".gz") else {}
    return Answer(HTTPStatus.OK, content, {**_SAFE, **encoding, "content-type": _TYPES[kind]})
