"""Files that get another name, or another place.

The server cannot move a file: a copy is made and compared, and only then the old one is deleted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, blocking

from ..shared.base import afterwards
from .downloading import DownloadingFlows
from .names import folder_slugs, join_path, refuse_unreachable, renamed_name, stored_name
from .uploading import UploadingFlows

if TYPE_CHECKING:
    from .models import Asset, AssetRef

_OPERATION: Final = "assets.move"


class MovingFlows(DownloadingFlows, UploadingFlows):
    """Files that get another name or another place."""

    def rename(self, asset: AssetRef, name: str, *, allow_unreachable: bool = False) -> Flow[Asset]:
        """Rename a file within its folder and return it. Pages that show it under its old name are not changed.

        The server stores names in lower case, without `? < > : * | "` and backslashes.

        Args:
            asset: A file, its path such as "/img/photo.png", or its id.
            name: The new name, with the same extension.
            allow_unreachable: Rename it even where the new name prevents anybody from downloading it.

        Raises:
            AssetNotFoundError: There is no such file.
            AssetExistsError: Another file has this name.
            AssetExtensionChangedError: The extension would change.
            AssetNameInvalidError: The name cannot be a file's, or nobody could download it.
            AssetRenameForbiddenError, AssetRenameTargetForbiddenError: A page rule forbids it.

        Permission: `manage:assets`, `write:assets` for the new path, `read:assets`.
        Operation: `assets.renameAsset` (mutation), `assets.list`, `assets.folders` (query).
        """
        if "/" in name:  # the server would take it out and go on
            raise exc.AssetNameInvalidError(
                f"A file's name has no slash: {name!r}.",
                code=0,
                slug="",
                hint="assets.move puts it into another folder.",
            )
        stored = renamed_name(name)
        file = yield from self.get(asset)
        if stored == file.filename:
            return file
        path = f"{file.folder.rstrip('/')}/{stored}"
        if not allow_unreachable:
            refuse_unreachable(path)
        yield from self._execute(ops.assets_rename_asset(file.id, filename=stored))
        return (yield from afterwards(self.get(path), "assets.renameAsset"))

    def move(
        self, asset: AssetRef, folder: str, *, create_folders: bool = True, allow_unreachable: bool = False
    ) -> Flow[Asset]:
        """Move a file to another folder and return it there.

        The server cannot: the file is downloaded, uploaded to its new place, downloaded from there and compared, and
        only then deleted at the old place. So it gets another id, a new date, and the caller as its author, and pages
        that show it at its old place are not changed. Where anything fails the old file stays.

        Args:
            asset: A file, its path such as "/img/photo.png", or its id.
            folder: Folder to move it to, such as "/img/deep"; "/" is the root.
            create_folders: Whether folders that do not exist are created; they cannot be deleted again.
            allow_unreachable: Move it even where nobody can download it afterwards, or now.

        Raises:
            AssetNotFoundError: There is no such file.
            AssetExistsError: A file of this name is in that folder already; nothing was changed.
            AssetNameInvalidError: Nobody can download the file, or could at its new place; nothing was changed.
            NotFoundError: The folder does not exist, with create_folders=False.
            AssetDeleteForbiddenError: The caller may not delete the old file; the copy was taken away again.
            ServerError: The copy differs from the file; it was taken away again.

        Permission: `manage:assets` and `read:assets` for the old path, `write:assets` and `read:assets` for the new.
        Operation: `GET /<path>`, `POST /u`, `assets.deleteAsset` (mutation), `assets.list`, `assets.folders` (query).
        """
        file = yield from self.get(asset)
        place = join_path(folder_slugs(folder))
        if place == file.folder:
            return file
        if not allow_unreachable:
            refuse_unreachable(f"{place.rstrip('/')}/{file.filename}")
        holder = yield from blocking(lambda: TemporaryDirectory(prefix="wikijs-"))
        try:
            moved = yield from self._copy(
                file, place, Path(holder.name), create_folders=create_folders, allow_unreachable=allow_unreachable
            )
        finally:
            yield from blocking(holder.cleanup)
        try:
            yield from self._execute(ops.assets_delete_asset(file.id))
        except (exc.PermissionDeniedError, exc.NotFoundError) as error:
            yield from self._take_back(moved, error)
            raise error from None
        return moved

    def _copy(
        self, file: Asset, folder: str, scratch: Path, *, create_folders: bool, allow_unreachable: bool
    ) -> Flow[Asset]:
        """A second file of the same content in another folder."""
        content, again = scratch / "content", scratch / "again"
        yield from self.download(file, to=content, allow_unreachable=allow_unreachable)
        copy = yield from self.upload(
            content,
            folder=folder,
            name=file.filename,
            content_type=file.mime,
            create_folders=create_folders,
            allow_unreachable=allow_unreachable,
        )
        try:
            yield from self.download(copy, to=again, allow_unreachable=allow_unreachable)
            if not (yield from blocking(lambda: _digest(content) == _digest(again))):
                raise exc.ServerError(
                    f"The server stored something else than {file.path} at {copy.path}. The file stays where it was.",
                    operation=_OPERATION,
                )
            if stored_name(file.filename) != file.filename:  # uploads lose spaces, which files may have got since
                copy = yield from self.rename(copy, file.filename, allow_unreachable=allow_unreachable)
        except exc.WikiJSException as error:
            yield from self._take_back(copy, error)
            raise error from None
        return copy

    def _take_back(self, copy: Asset, reason: exc.WikiJSException) -> Flow[None]:
        """Delete a copy whose file stays where it was.

        Raises:
            FollowUpError: It cannot be deleted: now the file is there twice.
        """
        try:
            yield from self._execute(ops.assets_delete_asset(copy.id))
        except exc.WikiJSException:
            raise exc.FollowUpError(
                f"The file was copied to {copy.path}, but not moved: {reason.message}",
                operation=_OPERATION,
                hint="The copy could not be taken away either. Look at both, and delete one.",
                result=copy,
            ) from reason


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
