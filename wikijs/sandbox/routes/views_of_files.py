"""Downloads of files. What the views of pages leave to this module, which sorts after theirs, is the path of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from ..accounts.tokens import Identity
from ..context import Context
from ..http.file_responses import file_response
from ..http.media_types import content_type_of
from ..http.messages import TEXT, Request, Response, text_response
from ..pages.urls import parse_path
from ..storage.asset_names import extension
from ..storage.assets import hash_of
from . import route

if TYPE_CHECKING:
    from ..wiki import Wiki

SHOWN = {".png", ".apng", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg"}
"""Extensions that a browser shows instead of saving."""
URI_SAFE = "!'()*~"


@route("GET", r"/.*")
def download(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """A file."""
    ctx = Context(sandbox, request, identity.viewer)
    place = parse_path(request.path)
    if not ctx.may(["read:assets"], place.path, place.locale):
        return text_response("Forbidden", 403, TEXT)
    response = response_of(ctx, place.path)
    name = place.path.rpartition("/")[2].lower()
    if sandbox.db.setting("site")["uploadForceDownload"] and extension(name) not in SHOWN:
        response.headers.append(("content-disposition", f"attachment; filename={quote(name, safe=URI_SAFE)}"))
    return response


def response_of(ctx: Context, path: str) -> Response:
    """The file at a path, from the server's cache if it is there; after this it is."""
    digest = hash_of(path)
    asset = ctx.db.one("SELECT ext, data FROM assets LEFT JOIN assetData USING (id) WHERE hash = ?", digest)
    if asset is None:
        return text_response("Not Found", 404, TEXT)
    if asset["data"] is None:  # of a file whose content the database did not take
        return text_response("Internal Server Error", 500, TEXT)
    modified = ctx.db.value("SELECT modified FROM assetCache WHERE hash = ?", digest)
    if modified is not None:
        return file_response(ctx.request, content_type_of(extension(path.rpartition("/")[2])), asset["data"], modified)
    ctx.db.put("assetCache", {"hash": digest, "modified": ctx.sandbox.clock()})
    return Response(200, content_type_of(asset["ext"]), asset["data"])
