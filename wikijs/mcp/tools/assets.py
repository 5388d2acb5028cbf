"""Tools for files of the wiki."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated, Any, Final

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from wikijs.core.files.tree import Tree

from ..results import as_json, text
from ..untrusted import fenced
from ..wiki import wiki_of

_MOST: Final = 200
_LARGEST: Final = 1_000_000
"""Bytes of a file that comes as base64."""
_LARGEST_FILE: Final = 50_000_000
"""Bytes of a file that is read from the disk."""


async def list_assets(
    ctx: Context[Any, Any],
    folder: str = "/",
    recursive: bool = False,
    limit: Annotated[int, Field(ge=1, le=_MOST)] = 50,
    offset: Annotated[int, Field(ge=0)] = 0,
) -> CallToolResult:
    """List files of a folder."""
    found = await wiki_of(ctx).client.assets.list(folder, recursive=recursive)
    rows = [
        as_json({"id": asset.id, "file": asset.filename, "kind": asset.kind.lower(), "bytes": asset.file_size})
        for asset in found[offset : offset + limit]
    ]
    more = f"There is more: go on with offset {offset + limit}." if offset + limit < len(found) else ""
    if not rows:
        return text(f"{len(found)} files.")
    return text(f"{len(found)} files.", fenced("\n".join(rows), "the list of files"), more)


async def upload_asset(
    ctx: Context[Any, Any],
    folder: str,
    name: str,
    base64: Annotated[str | None, Field(description="content, up to 1 MB")] = None,
    file: Annotated[str | None, Field(description="or a file below the server's folder")] = None,
    overwrite: bool = False,
) -> CallToolResult:
    """Upload a file into a folder, which is created where it is missing."""
    wiki = wiki_of(ctx)
    if (base64 is None) == (file is None):
        raise ToolError("Give either base64 or file.")
    wiki.settings.check_writable(folder.strip("/"))
    content = _decoded(base64) if base64 is not None else _of_disk(ctx, file or "")
    made = await wiki.client.assets.upload(content, folder=folder, name=name, overwrite=overwrite)
    return text(f"File {made.id} was uploaded: {len(content)} bytes.")


def _decoded(base64: str) -> bytes:
    if len(base64) > _LARGEST * 4 // 3 + 4:
        raise ToolError("That is more than 1 MB: put it into the server's folder, and give file.")
    try:
        return b64decode(base64, validate=True)
    except (binascii.Error, ValueError):
        raise ToolError("That is no base64.") from None


def _of_disk(ctx: Context[Any, Any], name: str) -> bytes:
    folder = wiki_of(ctx).settings.files
    if folder is None:
        raise ToolError("This server reads no files: whoever set it up can name a folder with --files.")
    return Tree(folder).read(name, _LARGEST_FILE)
