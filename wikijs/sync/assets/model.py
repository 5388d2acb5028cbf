"""Files that are no pages, as they were known, as they are in the folder, and as they are in the wiki."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..actions import Kind

if TYPE_CHECKING:
    from wikijs.resources.assets.models import Asset

    from ..model import OpenConflict


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """A file as both sides had it when they last agreed.

    Attributes:
        path: Where it is in the wiki.
        file: Its file, relative to the folder.
        here, there: Digests of the bytes either side had: the wiki stores drawings otherwise than they were uploaded.
        stamp: When the file was changed, and its size, where that tells that it was not; empty where it does not.
        seen: What the wiki's list told of it; empty makes sure that it is looked at again.
        conflict: The conflict that is open.
    """

    path: str
    file: str
    here: str
    there: str
    stamp: str = ""
    seen: str = ""
    conflict: OpenConflict | None = None


@dataclass(frozen=True, slots=True)
class LocalAsset:
    """A file of the folder.

    Attributes:
        path: Where it is or would be in the wiki.
        file: Its name, relative to the folder.
        digest: Digest of its bytes.
        stamp: See `KnownAsset`.
        modified: When it was changed, in seconds since 1970.
    """

    path: str
    file: str
    digest: str
    stamp: str
    modified: float


@dataclass(frozen=True, slots=True)
class RemoteAsset:
    """A file of the wiki.

    Attributes:
        path: Where it is.
        digest: Digest of its bytes; None where they were not asked for, because the folder has no such file.
        seen: What the list tells of it.
        updated: When it was last changed.
        asset: It, as the facade returns it; None where it is not in the list and yet not gone.
        is_local: Whether it is what an upload of the folder's file gives, though its bytes differ.
    """

    path: str
    digest: str | None
    seen: str
    updated: datetime
    asset: Asset | None
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class AssetTrio:
    """One file: as it was known, in the folder, in the wiki. None where it is not there."""

    known: KnownAsset | None
    local: LocalAsset | None
    remote: RemoteAsset | None


@dataclass(frozen=True)
class AssetAction:
    """One step with a file that is no page.

    Attributes:
        kind: What it does.
        trio: The file.
        place: Where it is in the wiki.
        file: Its file; of a conflict, where the wiki's version is put.
    """

    kind: Kind
    trio: AssetTrio
    place: str
    file: str

    @property
    def deletes(self) -> bool:
        """Whether it deletes the file, on either side."""
        return self.kind in {Kind.DELETE_FILE, Kind.DELETE_ASSET}

    @property
    def changed(self) -> str:
        """Of a conflict, the file that was changed."""
        return self.trio.local.file if self.trio.local else self.file
