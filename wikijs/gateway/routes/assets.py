"""Files of the wiki: listing, streaming up and down."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wikijs.exceptions import TransportError
from wikijs.resources.assets.models import Asset, AssetFolder
from wikijs.resources.assets.names import refuse_unreachable, url_path

from ..door import client_of, gateway_of, route
from ..http.encoding import answer, plain
from ..http.paging import DEFAULT, of_offset
from ..http.problems import Refused
from ..idempotency import said_before
from .pages.models import In, Out
from .pages.reading import Cursor, Limit, tagged

if TYPE_CHECKING:
    import httpx2

Folder = Annotated[str, Query(max_length=255, description="Path of the folder, such as /images; / is the root.")]
_IN_MEMORY: Final = 1_048_576
_PASSED: Final = frozenset(
    {"content-type", "content-length", "content-range", "etag", "last-modified", "accept-ranges"}
)
_ASKED: Final = ("range", "if-none-match", "if-modified-since", "if-range")


class AssetList(Out):
    """A part of the files of a folder."""

    items: list[Asset]


class FolderList(Out):
    """Folders of files."""

    items: list[AssetFolder]


class AssetPatch(In):
    """Another name of a file, or another folder."""

    name: str | None = Field(default=None, min_length=1, max_length=255)
    folder: str | None = Field(default=None, min_length=1, max_length=255)


class FolderCreate(In):
    """A new folder; those above it are made, too."""

    path: str = Field(min_length=1, max_length=255, examples=["/images/2026"])


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "GET", "/api/v1/assets", scope="assets:read", conditional=True,
        answers={200: (AssetList, "Files.")}, headers_of=["ETag", "Link"],
    )  # fmt: skip
    async def list_assets(
        request: Request,
        folder: Folder = "/",
        kind: Literal["ALL", "IMAGE", "BINARY"] = "ALL",
        recursive: bool = False,
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """List files."""
        found = await client_of(request).assets.list(folder, kind=kind, recursive=recursive)
        items, headers = of_offset(found, request, limit, cursor)
        return tagged(request, {"items": plain(items)}, headers)

    @route(
        router, "POST", "/api/v1/assets", scope="assets:write", kind="upload", streams=True,
        answers={201: (Asset, "The file.")}, headers_of=["Location"],
        extra={"requestBody": {"required": True, "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {"schema": {
                "type": "object", "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }},
        }}},
    )  # fmt: skip
    async def upload_asset(
        request: Request,
        folder: Folder = "/",
        name: Annotated[str | None, Query(max_length=255, description="Needed unless a form says it.")] = None,
        overwrite: bool = False,
    ) -> Response:
        """Upload a file: as the body itself with `name=`, or as the field `file` of a form."""
        is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
        form = await request.form(max_files=1, max_fields=10) if is_form else None
        try:
            if form is not None:
                part = form.get("file")
                if not isinstance(part, UploadFile):
                    raise Refused(422, "validation", "Validation", "The form has no file in its field `file`.")
                source: IO[bytes] = part.file
                name = name or part.filename
                content_type = part.content_type
            else:
                source = await _received(request)
                content_type = request.headers.get("content-type", "").partition(";")[0] or None
                if content_type == "application/octet-stream":
                    content_type = None
            try:
                if not name:
                    raise Refused(422, "validation", "Validation", "name: the file needs a name.")
                before = said_before(request, await asyncio.to_thread(_digest, source, name, content_type))
                if before is not None:
                    return before
                made = await client_of(request).assets.upload(
                    source,  # type: ignore[arg-type]  # read only
                    folder=folder,
                    name=name,
                    content_type=content_type,
                    overwrite=overwrite,
                )
            finally:
                await asyncio.to_thread(source.close)
        finally:
            if form is not None:
                await form.close()
        return answer(made, 201, {"Location": f"/api/v1/assets{url_path(made.path)}"})

    @route(
        router, "GET", "/api/v1/asset-folders", scope="assets:read", conditional=True,
        answers={200: (FolderList, "Folders.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def list_folders(request: Request, folder: Folder = "/", recursive: bool = True) -> Response:
        """List folders of files."""
        return tagged(request, {"items": plain(await client_of(request).assets.folders(folder, recursive=recursive))})

    @route(
        router, "POST", "/api/v1/asset-folders", scope="assets:write", answers={201: (AssetFolder, "The folder.")},
    )  # fmt: skip
    async def create_folder(request: Request, body: FolderCreate) -> Response:
        """Make a folder, and those above it. One that is there is fine."""
        return answer(await client_of(request).assets.ensure_folder(body.path), 201)

    @route(
        router, "GET", "/api/v1/assets/{path:path}", scope="assets:read", conditional=True,
        answers={200: (None, "The file."), 206: (None, "A part of the file.")},
        media={200: "application/octet-stream", 206: "application/octet-stream"}, headers_of=["ETag"],
        extra={"x-status": [416]},
    )  # fmt: skip
    async def download_asset(request: Request, path: str) -> Response:
        """Download a file as it is, or a part of it (`Range`)."""
        return await _download(request, "/" + path.lstrip("/"))

    @route(router, "PATCH", "/api/v1/assets/{id}", scope="assets:write", answers={200: (Asset, "The file.")})
    async def update_asset(request: Request, id: int, body: AssetPatch) -> Response:
        """Rename a file, or move it to another folder."""
        if (body.name is None) == (body.folder is None):
            raise Refused(422, "validation", "Validation", "Give a name, or a folder.")
        assets = client_of(request).assets
        if body.name is not None:
            return answer(await assets.rename(id, body.name))
        return answer(await assets.move(id, body.folder or "/"))

    @route(router, "DELETE", "/api/v1/assets/{id}", scope="assets:delete", answers={204: (None, "It is gone.")})
    async def delete_asset(request: Request, id: int) -> Response:
        """Delete a file."""
        await client_of(request).assets.delete(id)
        return Response(None, 204)


def _digest(source: IO[bytes], name: str, content_type: str | None) -> str:
    """What tells an upload from others, however it was wrapped up."""
    digest = sha256(f"{name}\n{content_type}\n".encode(errors="surrogatepass"))
    while part := source.read(1_048_576):
        digest.update(part)
    source.seek(0)
    return digest.hexdigest()


async def _received(request: Request) -> IO[bytes]:
    """The body, in memory while it is small, else in a temporary file."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed by whoever uploads it
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > _IN_MEMORY:
                await asyncio.to_thread(spool.write, chunk)
            else:
                spool.write(chunk)
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    if not size:
        spool.close()
        raise Refused(422, "validation", "Validation", "The body is empty.")
    return spool


async def _download(request: Request, path: str) -> Response:
    """A file from the wiki, passed on as it comes: nothing is kept, parts stay parts."""
    refuse_unreachable(path)
    client = client_of(request)
    engine = client.executor.engine
    token = await client.executor.driver.run(engine.credentials())
    headers = {"accept-encoding": "identity"}
    headers |= {name: request.headers[name] for name in _ASKED if name in request.headers}
    if token is not None:
        headers = engine.auth.carry(token, headers, path)
    http = gateway_of(request).clients.http
    try:
        found = await http.send(
            http.build_request("GET", client.url.rstrip("/") + url_path(path), headers=headers), stream=True
        )
    except Exception as error:
        raise TransportError(f"The file did not come ({type(error).__name__}).", sent=False) from None
    if found.status_code not in {200, 206, 304, 416} or _is_page(found, path):
        await found.aclose()
        if found.status_code in {401, 403}:
            raise Refused(403, "asset-forbidden", "Asset forbidden", "A page rule forbids this file.")
        if found.status_code == 500 and "range" in headers:  # what Wiki.js answers to a part that is not there
            raise Refused(416, "range-not-satisfiable", "Range not satisfiable", "The file has no such part.")
        if found.status_code >= 500:
            raise Refused(502, "server", "Server", f"The wiki answered {found.status_code}.")
        raise Refused(404, "asset-not-found", "Asset not found", "There is no such file.")
    passed = {name: value for name, value in found.headers.items() if name.lower() in _PASSED}
    if found.status_code in {304, 416}:
        await found.aclose()
        passed.pop("content-length", None)
        if found.status_code == 416:
            raise Refused(416, "range-not-satisfiable", "Range not satisfiable", "The file is shorter.", headers=passed)
        return Response(None, 304, passed)
    # Whatever it is, a browser must not run it in the gateway's name.
    passed |= {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return StreamingResponse(_pieces(found), found.status_code, passed, background=BackgroundTask(found.aclose))


def _is_page(found: httpx2.Response, path: str) -> bool:
    """Whether the wiki answered with a page of its own in the place of a file."""
    kind = found.headers.get("content-type", "")
    return kind.startswith("text/html") and not path.endswith((".html", ".htm"))


async def _pieces(found: httpx2.Response) -> AsyncIterator[Any]:
    async for piece in found.aiter_bytes():
        yield piece
