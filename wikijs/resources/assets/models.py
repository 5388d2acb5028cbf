"""Files and folders as the facade returns them: with their place, which the server does not tell."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import BinaryIO, Literal, TypeAlias

from wikijs_generated.enums import AssetKind
from wikijs_generated.fragments import Asset as _Asset
from wikijs_generated.fragments import AssetFolder as _AssetFolder

from .names import url_path


class Asset(_Asset):
    """A file and where it is.

    Attributes:
        folder_id: Id of its folder; 0 is the root.
        path: Where it is, such as "/img/deep/photo.png": what a page writes to show it.
        url: The address to download it from, with the path percent-encoded.
    """

    folder_id: int
    path: str
    url: str

    @property
    def folder(self) -> str:
        """Path of its folder, such as "/img/deep"; "/" is the root."""
        return self.path.rpartition("/")[0] or "/"


class AssetFolder(_AssetFolder):
    """A folder and where it is.

    Attributes:
        path: Where it is, such as "/img/deep"; "/" is the root.
        parent_id: Id of the folder above; 0 is the root.
    """

    path: str
    parent_id: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of `upload_many`; what is None is taken from the arguments of the call or from the source.

    Attributes:
        source: Path of a file, bytes, or a stream opened in binary mode.
        folder: Folder to put it in, such as "/img/deep".
        name: Name to give it.
        content_type: Media type, such as "image/png".
    """

    source: Source
    folder: str | None = None
    name: str | None = None
    content_type: str | None = None


Source: TypeAlias = str | PathLike[str] | bytes | BinaryIO
"""Path of a file, its content, or a stream opened in binary mode."""
AssetRef: TypeAlias = Asset | str | int
"""A file as the facade returned it, its path such as "/img/deep/photo.png", or its id."""
Kind: TypeAlias = AssetKind | Literal["ALL", "IMAGE", "BINARY", "all", "image", "binary"]
"""Which files: images are those that were uploaded with a media type of images."""

ROOT = AssetFolder(id=0, slug="", name=None, path="/", parent_id=0)


def placed(asset: _Asset, folder: AssetFolder, root_url: str) -> Asset:
    """A listed file with its place."""
    path = f"{folder.path.rstrip('/')}/{asset.filename}"
    return Asset.model_construct(**dict(asset), folder_id=folder.id, path=path, url=root_url + url_path(path))


def below(folder: AssetFolder, child: _AssetFolder) -> AssetFolder:
    """A listed folder with its place."""
    path = f"{folder.path.rstrip('/')}/{child.slug}"
    return AssetFolder.model_construct(**dict(child), path=path, parent_id=folder.id)
