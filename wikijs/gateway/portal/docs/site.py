"""The built documentation site below `/docs/`, where there is one; else a page with the way to everything."""

from __future__ import annotations

import base64
import mimetypes
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from ...http.problems import of_status
from ..desk import Desk
from ..rendering import HEADERS, redirect, render

if TYPE_CHECKING:
    from starlette.requests import Request

_INLINE: Final = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_LARGEST: Final = 50_000_000


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/docs", show, "anybody")
    if desk.gateway.settings.docs:
        desk.page("GET", "/docs/{path:path}", show_file, "anybody")


async def show(desk: Desk, request: Request) -> Response:
    """The site, or a page of our own."""
    if desk.gateway.settings.docs:
        return redirect(request, "docs/")
    return render(
        request,
        "docs.html",
        section="docs",
        base=desk.base(request),
        wiki=desk.gateway.settings.wiki,
    )


async def show_file(desk: Desk, request: Request) -> Response:
    """A file of the site."""
    found = await run_in_threadpool(found_in, Path(desk.gateway.settings.docs), request.path_params["path"])
    if found is None:
        raise of_status(404, "The documentation has no such page.")
    if found.is_dir():  # links of the page would lead beside it
        return redirect(request, f"{request.scope['raw_path'].decode().lstrip('/')}/")
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    if kind != "text/html":
        headers = {"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "public, max-age=300"}
        return FileResponse(found, headers=headers, media_type=kind)
    content = await run_in_threadpool(found.read_bytes)
    return Response(content, 200, {**HEADERS, "Content-Security-Policy": policy_of(content)}, "text/html")


def found_in(folder: Path, path: str) -> Path | None:
    """The file that a path means, a folder that wants a slash behind it, or None: never what lies outside."""
    if "\0" in path or "\\" in path or any(part in {".", ".."} or part.startswith(".") for part in path.split("/")):
        return None
    root = folder.resolve()
    try:
        wanted = (root / path.strip("/")).resolve()
        if not wanted.is_relative_to(root):  # a link that leads out of it
            return None
        if wanted.is_dir():
            if path and not path.endswith("/"):
                return wanted
            wanted = (wanted / "index.html").resolve()
        fits = wanted.is_relative_to(root) and wanted.is_file() and wanted.stat().st_size <= _LARGEST
    except OSError:  # such as a name that is too long
        return None
    return wanted if fits else None


def policy_of(page: bytes) -> str:
    """A policy that lets the scripts of a page run, by what is in them, and no others."""
    digests = {base64.b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(page)}
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(digests))
    return (
        f"default-src 'none'; script-src 'self' {allowed}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self';"
        " base-uri 'self'; frame-ancestors 'none'"
    )
