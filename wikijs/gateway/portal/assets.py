"""Files of the portal: styles, scripts, and programs of others, which are kept compressed."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from ..http.problems import of_status

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

_OWN: Final = "wikijs.gateway.portal", "static"
_GRAPHIQL: Final = "wikijs.playground", "static"
_KINDS: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
FILES: Final[dict[str, tuple[tuple[str, str], str]]] = {
    **{name: (_OWN, name) for name in ("portal.css", "portal.js", "theme.js", "try.js", "playground.js", "icon.svg")},
    **{name: (_OWN, f"vendored/{name}.gz") for name in ("swagger-ui-bundle.js", "swagger-ui.css")},
    "swagger-ui.txt": (_OWN, "vendored/LICENSES.txt"),
    **{
        name: (_GRAPHIQL, f"{name}.gz")
        for name in ("graphiql.min.js", "graphiql.min.css", "react.production.min.js", "react-dom.production.min.js")
    },
    "graphiql.txt": (_GRAPHIQL, "LICENSES.txt"),
}
"""What may be asked for, and where it lies: nothing else is ever looked up."""


class File(NamedTuple):
    """A file as it goes out."""

    content: bytes
    kind: str
    is_packed: bool
    tag: str


@cache
def file(name: str) -> File | None:
    """A file by its name."""
    found = FILES.get(name)
    if found is None:
        return None
    (package, folder), path = found
    content = (files(package) / folder / path).read_bytes()
    kind = _KINDS[name.rpartition(".")[2]]
    return File(content, kind, path.endswith(".gz"), f'"{sha256(content).hexdigest()[:20]}"')


def add(app: FastAPI) -> None:
    """Register the route."""
    app.router.add_route("/portal/static/{name}", send, methods=["GET"], include_in_schema=False)


async def send(request: Request) -> Response:
    """Send a file."""
    request.state.route = "/portal/static/{name}"
    found = file(request.path_params["name"])
    if found is None:
        return of_status(404).response(instance="/portal/static", request_id=request.state.request_id)
    headers = {
        "Cache-Control": "public, max-age=300",
        "ETag": found.tag,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") in {found.tag, f"W/{found.tag}"}:
        return Response(None, 304, headers)
    content = found.content
    if found.is_packed:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, 200, headers, found.kind)
