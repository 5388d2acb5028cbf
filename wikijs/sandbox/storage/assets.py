"""Files and their folders as they are kept, whoever asks for them."""

from __future__ import annotations

import sqlite3
from hashlib import sha1
from typing import IO, TYPE_CHECKING, Any

from ..markup.svg import sanitized_svg
from .asset_names import extension

if TYPE_CHECKING:
    from ..context import Context
    from .database import Database, Row

ANCESTORS = """
WITH RECURSIVE ancestors (id, slug, parentId, depth) AS (
  SELECT id, slug, parentId, 0 FROM assetFolders WHERE id = ?
  UNION ALL SELECT f.id, f.slug, f.parentId, a.depth + 1 FROM assetFolders f JOIN ancestors a ON a.parentId = f.id
)
SELECT slug FROM ancestors ORDER BY depth DESC
"""


def folder_path(db: Database, folder_id: int | None) -> str:
    """The path of a folder; empty for the root, and for a folder that does not exist."""
    return "/".join(row["slug"] for row in db.all(ANCESTORS, folder_id)) if folder_id is not None else ""


def path_in(db: Database, folder_id: int | None, filename: str) -> str:
    """The path of a file in a folder. One that does not exist counts as a folder without a name."""
    return filename if folder_id is None else f"{folder_path(db, folder_id)}/{filename}"


def path_of(db: Database, asset: Row) -> str:
    """The path of a file."""
    return path_in(db, asset["folderId"], asset["filename"])


def hash_of(path: str) -> str:
    """The key by which a file is found from its path."""
    return sha1(path.encode(), usedforsecurity=False).hexdigest()


def store(ctx: Context, path: str, folder_id: int | None, filename: str, mime: str, size: int, file: IO[bytes]) -> None:
    """Keep an uploaded file, in place of one with the same path. A file of a folder that does not exist is lost."""
    db, digest, ext = ctx.db, hash_of(path), extension(filename)
    data = file.read()
    if db.setting("site")["uploadScanSVG"] and (mime.startswith("image/svg") or ext == ".svg"):
        data = sanitized_svg(data.decode(errors="replace")).encode()
    row: dict[str, Any] = {
        "filename": filename,
        "hash": digest,
        "ext": ext,
        "kind": "image" if mime.startswith("image/") else "binary",
        "mime": mime,
        "fileSize": size,
        "folderId": folder_id,
        "authorId": ctx.viewer.id if ctx.viewer else 0,
        "updatedAt": ctx.now,
    }
    known = db.value("SELECT id FROM assets WHERE hash = ? AND folderId IS ?", digest, folder_id)
    if known is None:
        try:
            known = db.insert("assets", row | {"createdAt": ctx.now})
        except sqlite3.IntegrityError:
            return  # no such folder, which the uploader is not told
    else:
        db.update("assets", known, row)
    if db.engine.largest_file is not None and len(data) > db.engine.largest_file:
        forget_cached(db, digest)
        return  # the database refuses the content, which the uploader is not told either
    db.put("assetData", {"id": known, "data": data})
    db.put("assetCache", {"hash": digest, "modified": ctx.sandbox.clock()})


def forget_cached(db: Database, digest: str) -> None:
    """Drop a file from the cache."""
    db.run("DELETE FROM assetCache WHERE hash = ?", digest)
