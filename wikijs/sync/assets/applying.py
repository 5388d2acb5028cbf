"""Doing the steps of files that are no pages; each is remembered as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs.resources.assets.names import split_path

from ..actions import Kind
from ..aftermath import after_change
from ..folder import FileChangedError, Folder
from ..model import OpenConflict
from .model import AssetAction, KnownAsset
from .reading import seen

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset

    from ..state import State


class AssetEditedError(exc.ConflictError):
    """A file of the wiki is not as it was when the wiki was read; it was left as it is."""


class AssetApplier:
    """Does steps.

    Args:
        client: A client of the wiki.
        folder: The folder.
        state: What to remember them in.
    """

    def __init__(self, client: WikiJSClient, folder: Folder, state: State) -> None:
        self._client = client
        self._folder = folder
        self._state = state
        self._do: dict[Kind, Callable[[AssetAction], None]] = {
            Kind.RECORD: self._record,
            Kind.FORGET: self._forget,
            Kind.WRITE_FILE: self._write,
            Kind.DELETE_FILE: self._delete_file,
            Kind.UPLOAD: self._upload,
            Kind.DELETE_ASSET: self._delete_asset,
            Kind.CONFLICT: self._conflict,
        }

    def __call__(self, action: AssetAction) -> None:
        """Do a step.

        Raises:
            WikiJSException: It cannot be done.
            OSError: The folder cannot be written.
        """
        self._do[action.kind](action)

    def _remember(self, action: AssetAction, here: str, there: str, stamp: str, wiki: str) -> None:
        known = action.trio.known
        if known is not None and known.conflict is not None:
            with suppress(FileChangedError):  # somebody has worked in it
                self._folder.remove(known.conflict.file, only=known.conflict.written)
        self._state.put_asset(KnownAsset(action.place, action.file, here, there, stamp, wiki))

    def _record(self, action: AssetAction) -> None:
        local, remote = action.trio.local, action.trio.remote
        assert local is not None  # noqa: S101
        assert remote is not None  # noqa: S101
        assert remote.digest is not None  # noqa: S101
        self._remember(action, local.digest, remote.digest, local.stamp, remote.seen)

    def _forget(self, action: AssetAction) -> None:
        self._state.forget_asset(action.place)

    def _write(self, action: AssetAction) -> None:
        local = action.trio.local
        asset = self._asset(action)
        assert asset is not None  # noqa: S101
        with TemporaryDirectory() as place:
            file = self._client.assets.download(asset, to=Path(place) / "asset")
            digest = self._folder.digest_of(file)
            self._folder.copy(action.file, file, over=local.digest if local else None)
        self._remember(action, digest, digest, "", seen(asset))

    def _delete_file(self, action: AssetAction) -> None:
        local = action.trio.local
        assert local is not None  # noqa: S101
        self._folder.remove(local.file, only=local.digest)
        self._forget(action)

    def _upload(self, action: AssetAction) -> None:
        local, remote = action.trio.local, action.trio.remote
        assert local is not None  # noqa: S101
        now = self._asset(action)
        if (now is None) != (remote is None) or (now is not None and remote is not None and seen(now) != remote.seen):
            raise _edited(action.place)
        slugs, name = split_path(action.place)
        source = self._folder.path(local.file)
        stored = self._client.assets.upload(source, folder="/" + "/".join(slugs), name=name, overwrite=True)
        with after_change("assets.upload", f"The file {action.place} was uploaded", local.file):
            with TemporaryDirectory() as place:
                there = self._folder.digest_of(self._client.assets.download(stored, to=Path(place) / "asset"))
            self._remember(action, local.digest, there, local.stamp, seen(stored))

    def _delete_asset(self, action: AssetAction) -> None:
        remote = action.trio.remote
        now = self._asset(action)
        assert remote is not None  # noqa: S101
        if now is not None:
            if seen(now) != remote.seen:
                raise _edited(action.place)
            self._client.assets.delete(now)
        with after_change("assets.deleteAsset", f"The file {action.place} was deleted", action.file):
            self._forget(action)

    def _conflict(self, action: AssetAction) -> None:
        """Put the wiki's version beside the file."""
        known, local, remote = action.trio.known, action.trio.local, action.trio.remote
        assert local is not None  # noqa: S101
        assert remote is not None  # noqa: S101
        assert remote.asset is not None  # noqa: S101
        with TemporaryDirectory() as place:
            file = self._client.assets.download(remote.asset, to=Path(place) / "asset")
            digest = self._folder.digest_of(file)
            beside = self._folder.free_copy(action.file, digest)
            self._folder.copy(beside, file)
        here, there = (known.here, known.there) if known else ("", "")
        self._state.put_asset(
            KnownAsset(action.place, local.file, here, there, conflict=OpenConflict(digest, beside, digest))
        )

    def _asset(self, action: AssetAction) -> Asset | None:
        """The wiki's file as it is now."""
        try:
            return self._client.assets.get(action.place)
        except exc.AssetNotFoundError:
            return None


def _edited(path: str) -> AssetEditedError:
    return AssetEditedError(
        f"The file {path} was changed meanwhile.", operation="assets.list", hint="The next run looks at it anew."
    )
