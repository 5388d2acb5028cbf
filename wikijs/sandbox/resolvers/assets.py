"""`assets`: files and folders. Uploads and downloads have routes of their own."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from ..storage.asset_names import sanitized
from ..storage.assets import folder_path, forget_cached, hash_of, path_in, path_of
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

INSERT = 'insert into "assetFolders" ("name", "parentId", "slug") values ($1, $2, $3) returning "id"'
PARENT = ("assetfolders_parentid_foreign", "parentId", "assetFolders", "id")


def inside(folder: str, name: str) -> str:
    """The path that is checked for a thing in a folder; here one that does not exist counts as the root."""
    return f"{folder}/{name}" if folder else name


@resolver("AssetQuery.list")
def list_assets(ctx: Context, *, folder_id: int, kind: str) -> list[Row]:
    """The files of one folder that the caller may read; folder 0 is the root."""
    folder, rules = folder_path(ctx.db, folder_id), ctx.rules()
    found = ctx.db.all("SELECT * FROM assets WHERE folderId IS ? ORDER BY heap", folder_id or None)
    return [
        asset | {"kind": asset["kind"].upper()}
        for asset in found
        if kind.lower() in ("all", asset["kind"])
        and ctx.may(["read:assets"], inside(folder, asset["filename"]), rules=rules)
    ]


@resolver("AssetQuery.folders")
def folders(ctx: Context, *, parent_folder_id: int) -> list[Row]:
    """The folders in one folder that the caller may read; folder 0 is the root."""
    parent, rules = folder_path(ctx.db, parent_folder_id), ctx.rules()
    found = ctx.db.all("SELECT * FROM assetFolders WHERE parentId IS ? ORDER BY heap", parent_folder_id or None)
    return [folder for folder in found if ctx.may(["read:assets"], inside(parent, folder["slug"]), rules=rules)]


@resolver("AssetMutation.createFolder")
@responds
def create_folder(ctx: Context, *, parent_folder_id: int, slug: str, name: str | None = None) -> Row:
    """Make a folder; its name is ignored, and page rules are not asked."""
    del name
    parent, slug = parent_folder_id or None, sanitized(slug).lower()
    if ctx.db.one("SELECT id FROM assetFolders WHERE parentId IS ? AND slug = ?", parent, slug):
        raise CodedError(2002)
    try:
        ctx.db.insert("assetFolders", {"slug": slug, "name": slug, "parentId": parent})
    except sqlite3.IntegrityError:
        told = ctx.db.engine.no_reference("assetFolders", *PARENT)
        raise UncodedError(f"{INSERT} - {told}", "ForeignKeyViolationError") from None
    return success("Asset Folder has been created successfully.")


def existing(ctx: Context, asset_id: int) -> Row:
    """A file that must be there."""
    asset = ctx.db.one("SELECT * FROM assets WHERE id = ?", asset_id)
    if asset is None:
        raise CodedError(2004)
    return asset


@resolver("AssetMutation.renameAsset")
@responds
def rename_asset(ctx: Context, *, id: int, filename: str) -> Row:
    """Rename a file within its folder; the extension must stay."""
    name, asset = sanitized(filename).lower(), existing(ctx, id)
    if not name.endswith(asset["ext"]):
        raise CodedError(2008)
    if asset["ext"] and name == asset["ext"]:
        raise CodedError(2007)
    if ctx.db.one("SELECT id FROM assets WHERE filename = ? AND folderId IS ?", name, asset["folderId"]):
        raise CodedError(2005)
    if not ctx.may(["manage:assets"], path_of(ctx.db, asset)):
        raise CodedError(2006)
    target = path_in(ctx.db, asset["folderId"], name)
    if not ctx.may(["write:assets"], target):
        raise CodedError(2009)
    ctx.db.update("assets", id, {"filename": name, "hash": hash_of(target), "updatedAt": ctx.now})
    forget_cached(ctx.db, asset["hash"])
    return success("Asset has been renamed successfully.")


@resolver("AssetMutation.deleteAsset")
@responds
def delete_asset(ctx: Context, *, id: int) -> Row:
    """Delete a file."""
    asset = existing(ctx, id)
    if not ctx.may(["manage:assets"], path_of(ctx.db, asset)):
        raise CodedError(2003)
    ctx.db.run("DELETE FROM assets WHERE id = ?", id)
    forget_cached(ctx.db, asset["hash"])
    return success("Asset has been deleted successfully.")


@resolver("AssetMutation.flushTempUploads")
def flush_temp_uploads(_ctx: Context) -> Row:
    """Nothing is left over here."""
    return success("Temporary Uploads have been flushed successfully.")
