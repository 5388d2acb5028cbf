"""Finding files and folders."""

from __future__ import annotations

import builtins
from collections import deque
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream, emit

from ..shared.base import Flows
from ..shared.paging import check_batch_size, check_part, part
from .folders import FolderTree
from .models import ROOT, Asset, placed
from .names import folder_slugs, split_path, stored_name, url_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wikijs_generated.enums import AssetKind

    from .models import AssetFolder, AssetRef, Kind


class ReadingFlows(Flows):
    """Files and folders as they are."""

    def folders(self, folder: str | int = "/", *, recursive: bool = True) -> Flow[builtins.list[AssetFolder]]:
        """List the folders below a folder, each with its path, sorted by path.

        The server answers one level at a time: it takes one request for each level of the tree.

        Args:
            folder: Path such as "/img", or id; "/" and 0 are the root.
            recursive: Whether to go on into the folders found.

        Raises:
            NotFoundError: There is no such folder, or it is hidden from the caller.

        Permission: `read:assets`.
        Operation: `assets.folders` (query).
        """
        tree = FolderTree(self._engine)
        start = yield from self._folder(tree, folder)
        if recursive:
            return (yield from tree.below(start))
        return sorted((yield from tree.children([start])), key=lambda each: each.path)

    def list(
        self,
        folder: str | int = "/",
        *,
        kind: Kind = "ALL",
        recursive: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Flow[builtins.list[Asset]]:
        """List the files of a folder, each with its path and URL, sorted by folder and name.

        The server has no paging: a folder is read whole.

        Args:
            folder: Path such as "/img", or id; "/" and 0 are the root.
            kind: "image", "binary" (all other files) or "all", in upper or lower case.
            recursive: Whether to list the folders below as well, in a few requests for each level of the tree.
            limit: Files at most.
            offset: Files to leave out first: `limit=50, offset=100` is the third page of fifty.

        Raises:
            NotFoundError: There is no such folder, or it is hidden from the caller.
            ValidationError: There is no such kind; a negative limit or offset.

        Permission: `read:assets`; files that page rules hide are left out.
        Operation: `assets.list`, `assets.folders` (query).
        """
        check_part(limit, offset)
        wanted = asset_kind(kind)
        tree = FolderTree(self._engine)
        start = yield from self._folder(tree, folder)
        places = [start]
        if recursive:
            places += yield from tree.below(start)
        return part((yield from self._files(places, wanted)), limit, offset)

    def iter_all(self, *, batch_size: int = 50, folder: str | int = "/", kind: Kind = "ALL") -> Stream[Asset]:
        """Iterate over the files of a folder and of all folders below it, those further up first.

        Folders are read as the iteration goes on, `batch_size` in one request: stop early, and the rest is never asked
        for.

        Args:
            batch_size: Folders in one request.
            folder: Path of the folder to begin with, or id; "/" and 0 are the root.
            kind: See `list`.

        Raises:
            NotFoundError: There is no such folder, or it is hidden from the caller.
            ValidationError: There is no such kind.

        Permission: `read:assets`; files that page rules hide are left out.
        Operation: `assets.list`, `assets.folders` (query).
        """
        check_batch_size(batch_size)
        wanted = asset_kind(kind)
        waiting = deque([(yield from self._folder(FolderTree(self._engine), folder))])
        while waiting:
            some = [waiting.popleft() for _ in range(min(batch_size, len(waiting)))]
            yield from emit((yield from self._files(some, wanted)))
            below = yield from FolderTree(self._engine).children(some)
            waiting.extend(sorted(below, key=lambda each: each.path.split("/")))

    def get(self, asset: AssetRef) -> Flow[Asset]:
        """Read what the server knows of a file.

        By path it takes a request for each folder on the way. The server cannot look a file up by its id: the whole
        tree is searched for it, level by level.

        Args:
            asset: Path such as "/img/photo.png", in any spelling the server would store as that, or id.

        Raises:
            AssetNotFoundError: There is no such file, or it is hidden from the caller.

        Permission: `read:assets`.
        Operation: `assets.list`, `assets.folders` (query).
        """
        if isinstance(asset, Asset):
            return (yield from self.get(asset.path))
        if isinstance(asset, int):
            return (yield from self._by_id(asset))
        slugs, name = split_path(asset)
        try:
            folder = yield from FolderTree(self._engine).find(slugs)
        except exc.NotFoundError as error:
            raise _unknown(f"at {asset}") from error
        files = yield from self._files([folder], asset_kind("ALL"))
        by_name = {file.filename: file for file in files}
        for spelling in (name, stored_name(name)):
            if spelling in by_name:
                return by_name[spelling]
        raise _unknown(f"at {asset}")

    def url(self, asset: AssetRef) -> Flow[str]:
        """The address to download a file from; for a path it is put together without asking the server.

        Args:
            asset: A file, its path such as "/img/photo.png", or its id.

        Raises:
            AssetNotFoundError: There is no file of this id, or it is hidden from the caller.

        Permission: `read:assets` to look an id up.
        Operation: none; `assets.list`, `assets.folders` (query) for an id.
        """
        return self._engine.url + url_path((yield from self._path(asset)))

    def _path(self, asset: AssetRef) -> Flow[str]:
        """The path of a file, as far as possible without asking the server."""
        if isinstance(asset, str):
            return f"/{asset.strip('/').lower()}"
        found = asset if isinstance(asset, Asset) else (yield from self._by_id(asset))
        return found.path

    def _id(self, asset: AssetRef) -> Flow[int]:
        """The id of a file."""
        if isinstance(asset, str):
            return (yield from self.get(asset)).id
        return asset.id if isinstance(asset, Asset) else asset

    def _folder(self, tree: FolderTree, folder: str | int) -> Flow[AssetFolder]:
        if isinstance(folder, int):
            return (yield from tree.locate(folder))
        return (yield from tree.find(folder_slugs(folder)))

    def _files(self, folders: Sequence[AssetFolder], kind: AssetKind) -> Flow[builtins.list[Asset]]:
        """The files of several folders, in as few requests as possible."""
        answers = yield from self._batch([ops.assets_list(folder.id, kind=kind) for folder in folders])
        found: builtins.list[Asset] = []
        for folder, answer in zip(folders, answers, strict=True):
            if isinstance(answer, Exception):
                raise answer
            files = [placed(file, folder, self._engine.url) for file in answer]
            found += sorted(files, key=lambda file: file.filename)
        return found

    def _by_id(self, asset_id: int) -> Flow[Asset]:
        tree = FolderTree(self._engine)
        level = [ROOT]
        while level:
            for file in (yield from self._files(level, asset_kind("ALL"))):
                if file.id == asset_id:
                    return file
            level = yield from tree.children(level)
        raise _unknown(f"with the id {asset_id}")


def _unknown(what: str) -> exc.AssetNotFoundError:
    return exc.AssetNotFoundError(f"There is no file {what}, or it is hidden from this caller.", code=0, slug="")


def asset_kind(kind: object) -> AssetKind:
    """A kind of files, however it is written.

    Raises:
        ValidationError: There is no such kind.
    """
    from wikijs_generated.enums import AssetKind

    name = kind.upper() if isinstance(kind, str) else kind
    if not isinstance(name, str) or name not in AssetKind.__members__:
        kinds = ", ".join(each.lower() for each in AssetKind.__members__)
        raise exc.ValidationError(f"There is no kind {kind!r} of files.", operation="assets.list", hint=f"Use {kinds}.")
    return AssetKind[name]
