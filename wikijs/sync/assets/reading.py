"""Reading the files of both sides: of the folder those that changed, of the wiki what the folder has too."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs.core.scalars import timestamp
from wikijs.resources.assets.names import media_type, why_unreachable
from wikijs.transfer import drawings, names
from wikijs.transfer.assets.importing import stored_path
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.format import CONTENT_TYPES

from ..folder import Folder
from ..model import Layout
from .model import KnownAsset, LocalAsset, RemoteAsset

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset

_SETTLED_NS: Final = 2_000_000_000
"""A file changed so shortly ago may be changed again without a new time stamp: such a stamp is not relied on."""


_SHOWN: Final = (
    *("image/", "audio/", "video/", "application/pdf", "application/zip", "application/epub", "application/msword"),
    *("application/vnd.openxmlformats", "application/vnd.oasis", "application/vnd.ms-"),
)
"""Media types of what pages show or offer."""
_SHOWN_TOO: Final = (".drawio", ".excalidraw", ".puml")
_NOT_SHOWN: Final = "It is no image, sound, film or document, so that it stays here; --assets takes all files."
_LEFT_BEHIND: Final = re.compile(
    r".*(?:~|\.(?:orig|rej|bak|tmp|swp|part|crdownload))|#.*#|thumbs\.db|desktop\.ini", re.IGNORECASE
)
_LEFTOVER: Final = "A program has left it behind."


def local_assets(
    folder: Folder, known: Sequence[KnownAsset], layout: Layout, *, every: bool, there: Collection[str]
) -> tuple[list[LocalAsset], list[tuple[str, str]]]:
    """The files of the folder that are no pages, and those that stay where they are, with the reason.

    Args:
        folder: The folder.
        known: Files as they were known.
        layout: Which path of the wiki a file is.
        every: Whether all files go to the wiki, and not only those that pages show or offer: a folder of documentation
            may be one of source code too.
        there: Paths of the wiki's files, which count whatever they are.
    """
    before = {each.file: each for each in known}
    beside = {each.conflict.file for each in known if each.conflict}
    found: dict[str, LocalAsset] = {}
    passed_over: list[tuple[str, str]] = []
    twins: set[str] = set()
    for name in folder.files():
        if names.suffix(name) in CONTENT_TYPES or name in beside or ".conflict-" in name.rpartition("/")[2]:
            continue
        try:
            path = _path(name, layout)
            if name not in before and path not in there and (reason := _why_left(name, every=every)) is not None:
                passed_over.append((name, reason))
                continue
            local = _local(folder, name, path, before.get(name))
        except FileRefusedError as error:
            passed_over.append((name, error.message))
            continue
        other = found.setdefault(path, local)
        if other is not local:
            twins.add(path)
            passed_over.append((name, f"{other.file} and {name} would both be stored as {path}; rename one."))
    return [local for path, local in found.items() if path not in twins], passed_over


def _why_left(name: str, *, every: bool) -> str | None:
    """Why a new file does not go to the wiki; None where it does."""
    own = name.rpartition("/")[2]
    if _LEFT_BEHIND.fullmatch(own):
        return _LEFTOVER
    shown = every or media_type(own).startswith(_SHOWN) or own.lower().endswith(_SHOWN_TOO)
    return None if shown else _NOT_SHOWN


def _path(name: str, layout: Layout) -> str:
    path = stored_path(f"{layout.below}/{name}" if layout.below else name)
    if (reason := why_unreachable(path)) is not None:
        raise FileRefusedError(f"The wiki could not serve it as {path}: {reason}.", name=name)
    return path


def _local(folder: Folder, name: str, path: str, known: KnownAsset | None) -> LocalAsset:
    stamp, changed = folder.stamp(name)
    unchanged = known is not None and known.stamp == stamp
    digest = known.here if known is not None and unchanged else folder.digest(name)
    kept = stamp if time.time_ns() - changed > _SETTLED_NS else ""
    return LocalAsset(path, name, digest, kept, changed / 1e9)


def remote_assets(
    client: WikiJSClient,
    folder: Folder,
    known: Sequence[KnownAsset],
    local: Sequence[LocalAsset],
    listed: Sequence[Asset],
    layout: Layout,
) -> tuple[list[RemoteAsset], list[tuple[str, str]]]:
    """The files of the wiki, and those that cannot be files of the folder, with the reason.

    One that was known and is not in the list counts as gone only when the server says that there is none: page rules
    shorten the list without a word.

    Args:
        client: A client of the wiki.
        folder: The folder.
        known: Files as they were known.
        local: Those of the folder.
        listed: The wiki's list.
        layout: Which path of the wiki a file is.
    """
    before = {each.path: each for each in known}
    here = {each.path: each for each in local}
    found: list[RemoteAsset] = []
    passed_over: list[tuple[str, str]] = []
    with TemporaryDirectory() as place:
        for asset in listed:
            if layout.below and not asset.path.startswith(f"/{layout.below}/"):
                continue
            name = layout.asset_file(asset.path)
            reason = why_unreachable(asset.path) or names.why_unsafe(name)
            if reason is None and names.may_be_page(name):
                reason = "it would be read as a page"
            if reason is not None:
                passed_over.append((asset.path, f"It cannot be a file of the folder: {reason}."))
                continue
            found.append(_remote(client, folder, asset, before.get(asset.path), here.get(asset.path), Path(place)))
    seen_there = {each.path for each in found}
    found += _hidden(client, [each for each in known if each.path not in seen_there])
    return found, passed_over


def seen(asset: Asset) -> str:
    """What the list tells of a file; it changes with each upload."""
    return f"{asset.id} {asset.file_size} {timestamp(asset.updated_at)}"


def _remote(
    client: WikiJSClient,
    folder: Folder,
    asset: Asset,
    known: KnownAsset | None,
    local: LocalAsset | None,
    place: Path,
) -> RemoteAsset:
    stamp = seen(asset)
    if known is not None and known.seen == stamp:
        return RemoteAsset(asset.path, known.there, stamp, asset.updated_at, asset)
    if local is None and known is None:
        return RemoteAsset(asset.path, None, stamp, asset.updated_at, asset)
    file = client.assets.download(asset, to=place / "asset")
    digest = folder.digest_of(file)
    is_local = (
        local is not None
        and digest != local.digest
        and drawings.is_drawing(local.file)
        and drawings.is_same(file.read_bytes(), folder.read_asset(local.file))
    )
    return RemoteAsset(asset.path, digest, stamp, asset.updated_at, asset, is_local)


def _hidden(client: WikiJSClient, missing: Sequence[KnownAsset]) -> Iterator[RemoteAsset]:
    """Those files missing from the list that the server does not say it has not."""
    for each in missing:
        try:
            client.assets.download(each.path)
        except exc.AssetNotFoundError:
            continue
        except exc.PermissionDeniedError:
            pass
        yield RemoteAsset(each.path, None, "", datetime.min.replace(tzinfo=UTC), None)
