"""Writing assets beside the pages, under the paths that pages show them by."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

from wikijs.core.files import FileRefusedError, open_file, temporary_name
from wikijs.exceptions import WikiJSException

from ..names import may_be_page, why_unsafe
from ..notes import Notes, state_of_asset
from ..targets import FATAL, Archive, Folder

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset

    from ..reports import ExportReport, Progress


def export_assets(
    client: WikiJSClient,
    into: Folder | Archive,
    taken: Set[str],
    report: ExportReport,
    notes: Notes | None = None,
    progress: Progress | None = None,
) -> None:
    """Download all assets in constant memory.

    Args:
        client: A client of the wiki.
        into: Where to.
        taken: Names that are pages already.
        report: Told of each.
        notes: Those of an incremental export.
        progress: Called after each asset with the number done and the total.
    """
    named: list[tuple[str, Asset]] = []
    for asset in client.assets.list(recursive=True):
        name = asset.path.lstrip("/")
        if (error := _refusal(name, taken)) is None:
            named.append((name, asset))
        else:
            report.failed.append((name, error))
    named.sort(key=lambda each: each[0])
    changed = named if notes is None else notes.changed(named, state_of_asset, report.unchanged)
    for done, (name, asset) in enumerate(changed, 1):
        try:
            report.note(name, written=_download(client, into, name, asset, notes))
        except WikiJSException as error:
            report.failed.append((name, error))
        except OSError as error:
            if error.errno in FATAL:
                raise
            reason = error.strerror or type(error).__name__
            report.failed.append((name, FileRefusedError(f"{name} cannot be written: {reason}.", name=name)))
        if progress is not None:
            progress(done, len(changed))


def _refusal(name: str, taken: Set[str]) -> FileRefusedError | None:
    reason = why_unsafe(name)
    if reason is None and not taken.isdisjoint(_with_folders(name)):
        reason = "a page has this name, or that of its folder"
    if reason is None and may_be_page(name):
        reason = "it would be read as a page"
    if reason is None:
        return None
    return FileRefusedError(f"The asset /{name} cannot be a file: {reason}.", name=name, hint="Rename it in the wiki.")


def _with_folders(name: str) -> list[str]:
    """A name, and those of the folders that it is in."""
    return [name, *(name[:end] for end, letter in enumerate(name) if letter == "/")]


def _download(client: WikiJSClient, into: Folder | Archive, name: str, asset: Asset, notes: Notes | None) -> bool:
    if isinstance(into, Archive):
        with tempfile.TemporaryDirectory() as folder:
            file = client.assets.download(asset, to=Path(folder) / "asset")
            into.add(name, file)
        return True
    place = into.place(name)
    before = _digest(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(temporary_name())
    try:
        client.assets.download(asset, to=temporary)
        after = _digest(temporary)
        os.replace(temporary, place)
    except BaseException:
        for suffix in ("", ".part", ".part.json"):
            place.with_name(temporary.name + suffix).unlink(missing_ok=True)
        raise
    if notes is not None:
        notes.wrote(name, 0, state_of_asset(asset), after)
    return before != after


def _digest(place: Path) -> str:
    """A digest of a file; empty where there is none, or a link."""
    if place.is_symlink() or not place.is_file():
        return ""
    with open_file(place) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
