"""Writing assets beside the pages, under the paths that pages show them by."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

from wikijs.exceptions import WikiJSException

from .errors import FileRefusedError
from .names import may_be_page, why_unsafe
from .notes import Notes, state_of_asset
from .targets import Archive, Folder

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset

    from .reports import ExportReport, Progress


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
        if progress is not None:
            progress(done, len(changed))


def _refusal(name: str, taken: Set[str]) -> FileRefusedError | None:
    reason = why_unsafe(name)
    if reason is None and name in taken:
        reason = "a page has this name"
    if reason is None and may_be_page(name):
        reason = "it would be read as a page"
    if reason is None:
        return None
    return FileRefusedError(f"The asset /{name} cannot be a file: {reason}.", name=name, hint="Rename it in the wiki.")


def _download(client: WikiJSClient, into: Folder | Archive, name: str, asset: Asset, notes: Notes | None) -> bool:
    if isinstance(into, Archive):
        with tempfile.TemporaryDirectory() as folder:
            file = client.assets.download(asset, to=Path(folder) / "asset")
            into.add(name, file)
        return True
    place = into.place(name)
    before = _digest(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    client.assets.download(asset, to=place)
    after = _digest(place)
    if notes is not None:
        notes.wrote(name, 0, state_of_asset(asset), after)
    return before != after


def _digest(place: Path) -> str:
    """A digest of a file; empty where there is none."""
    if not place.is_file():
        return ""
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
