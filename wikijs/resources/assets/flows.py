"""Files that pages show or link to, and their folders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.flow import Flow

from ..shared.many import BulkFlows
from .moving import MovingFlows

if TYPE_CHECKING:
    from wikijs.core.jobs.journal import JournalPath
    from wikijs.core.jobs.results import BatchResult

    from ..shared.base import Progress
    from .models import AssetRef


class AssetsFlows(MovingFlows, BulkFlows):
    """Files: uploading, downloading, listing, renaming and deleting them, and their folders."""

    def delete(self, asset: AssetRef) -> Flow[None]:
        """Delete a file. Pages that show it are not changed.

        Args:
            asset: A file, its path such as "/img/photo.png", or its id.

        Raises:
            AssetNotFoundError: There is no such file.
            AssetDeleteForbiddenError: A page rule forbids it.

        Permission: `manage:assets`; `read:assets` to find it by its path.
        Operation: `assets.deleteAsset` (mutation), `assets.list`, `assets.folders` (query).
        """
        yield from self._delete(asset)

    def delete_many(
        self, assets: Iterable[AssetRef], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[AssetRef, int]]:
        """Delete files one after the other; a bad one does not stop the rest. `success` holds the ids of those deleted.

        Args:
            assets: Files, their paths, or their ids.
            progress: Called after each file with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: `manage:assets`; `read:assets` to find files by their paths.
        Operation: `assets.deleteAsset` (mutation), `assets.list`, `assets.folders` (query).
        """
        name, settle = "assets.delete_many", self._settle_delete
        return (yield from self._job(name, assets, self._delete, progress, journal, settle, int, look=self._id))

    def _delete(self, asset: AssetRef) -> Flow[int]:
        asset_id = yield from self._id(asset)
        yield from self._execute(ops.assets_delete_asset(asset_id))
        return asset_id

    def _settle_delete(self, asset: AssetRef, asset_id: int) -> Flow[int]:
        del asset  # by its path it may not be found any more
        yield from self._engine.settle_unlocked(ops.assets_delete_asset(asset_id))
        return asset_id
