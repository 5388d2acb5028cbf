"""Uploading the files beside the pages: what is new, and what has changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wikijs.exceptions import AssetNameInvalidError
from wikijs.resources.assets.names import folder_slugs, join_path, stored_name, why_unreachable

from ..drawings import is_drawing, is_same
from ..errors import FileRefusedError
from ..names import why_unsafe
from ..plan import AssetStep, ImportPlan

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset

    from ..reports import ImportReport
    from ..sources import SourceFile

AT_ONCE: Final = 20
"""Uploads between two looks at what was stored."""
BYTES_AT_ONCE: Final = 64 * 1024 * 1024
"""Bytes of them, unless a single one has more."""


def plan_assets(client: WikiJSClient, files: Sequence[SourceFile], plan: ImportPlan) -> None:
    """Compare files with the wiki's assets, byte for byte where they have the same size."""
    there = {asset.path: asset for asset in client.assets.list(recursive=True)} if files else {}
    names: dict[str, str] = {}
    for file in files:
        try:
            path = stored_path(file.name)
            _check(file.name, path, names.setdefault(path, file.name))
            now = there.get(path)
            is_same = now is not None and _is_same(client, now, file)
        except FileRefusedError as error:
            plan.refused.append(error)
            continue
        if is_same:
            plan.unchanged.append(file.name)
        else:
            plan.assets.append(AssetStep(file.name, file, path, now))


def stored_path(name: str) -> str:
    """Where the server stores a file of this name: in lower case, among others.

    Raises:
        FileRefusedError: Nowhere.
    """
    reason = why_unsafe(name)
    if reason is not None:
        raise FileRefusedError(f"The file {name!r} is refused: {reason}.", name=name)
    folder, _, own = unicodedata.normalize("NFC", name).rpartition("/")  # file systems may take letters apart
    try:
        return join_path(folder_slugs(folder), stored_name(own))
    except AssetNameInvalidError as error:
        raise FileRefusedError(f"{name}: {error.message}", name=name, hint=error.hint) from None


def _check(name: str, path: str, other: str) -> None:
    if other != name:
        raise FileRefusedError(f"{name} and {other} would both be stored as {path}.", name=name, hint="Rename one.")
    reason = why_unreachable(path)
    if reason is not None:
        raise FileRefusedError(f"{name} could not be downloaded as {path}: {reason}.", name=name, hint="Rename it.")


def _is_same(client: WikiJSClient, asset: Asset, file: SourceFile) -> bool:
    if is_drawing(file.name):  # what is stored is not what was uploaded
        return is_same(client.assets.download(asset), file.read())
    return asset.file_size == file.size and client.assets.download(asset) == file.read()


def _portions(steps: Sequence[AssetStep]) -> Iterator[list[AssetStep]]:
    """Steps in the order given, a few at a time, and of large files fewer: all of a portion is held in memory."""
    some: list[AssetStep] = []
    size = 0
    for step in steps:
        if some and (len(some) == AT_ONCE or size + step.file.size > BYTES_AT_ONCE):
            yield some
            some, size = [], 0
        some.append(step)
        size += step.file.size
    if some:
        yield some


def upload_assets(
    client: WikiJSClient,
    steps: Sequence[AssetStep],
    report: ImportReport,
    progress: Callable[[int, int], None] | None,
    total: int,
) -> None:
    """Upload assets, and replace those that have changed.

    Args:
        client: A client of the wiki.
        steps: What to upload.
        report: Told of each.
        progress: Called with the number of pages and assets done, and the total.
        total: Number of pages and assets.
    """
    from wikijs.resources.assets.models import Upload

    done = total - len(steps)
    for some in _portions(steps):
        done += len(some)
        uploads: list[Upload] = []
        read: list[AssetStep] = []
        for step in some:
            try:
                uploads.append(Upload(step.file.read(), step.folder, step.path.rpartition("/")[2]))
                read.append(step)
            except FileRefusedError as error:
                report.failed.append((step.name, error))
        result = client.assets.upload_many(uploads, overwrite=True)
        failed = {error.index: error.exception for error in result.errors}
        left = {id(upload) for upload in result.not_attempted}
        for index, (step, upload) in enumerate(zip(read, uploads, strict=True)):
            if index in failed:
                report.failed.append((step.name, failed[index]))
            elif id(upload) not in left:
                report.uploaded.append(step.name)
        if progress is not None:
            progress(done, total)
        if result.interrupted:
            raise KeyboardInterrupt
