"""Sources that are packed: a .zip as other programs export it, a .gz around a dump, images in a document of Word."""

from __future__ import annotations

import gzip
import shutil
import stat
import zipfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, Protocol

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, open_file, refusing
from wikijs.transfer.names import why_unsafe

from .model import InteropError

_CHUNK: Final = 1024 * 1024
_LARGE: Final = "it unpacks to far more than an export holds"
_MEDIA: Final = "word/media/"
_SKIPPED: Final = ("__MACOSX/",)
_PARTS: Final = 50
"""Archives in an archive, as Notion packs large exports."""


@contextmanager
def unpacked(source: Path, *, documents: bool = False) -> Generator[Path]:
    """A source whose files can be read: the source itself, or a folder or file that is gone afterwards.

    Args:
        source: A folder, a .zip of one, a .gz of a file, or a file.
        documents: Whether documents of Word are meant, whose images are put beside them.

    Raises:
        InteropError: It is damaged, or holds far too much.
    """
    name = source.name.lower()
    if not (source.is_file() and name.endswith((".zip", ".gz"))) and not documents:
        yield source
        return
    if not source.exists():
        raise InteropError(f"There is no {source}.", hint="Give the path of a file or a folder that is there.")
    with TemporaryDirectory(prefix="wikijs-") as scratch:
        folder = Path(scratch)
        try:
            with refusing(str(source), "it cannot be unpacked"):
                if name.endswith(".gz") and source.is_file():
                    result = folder / source.name[: -len(".gz")]
                    _gunzip(source, result)
                elif name.endswith(".zip") and source.is_file():
                    result = folder / source.stem
                    _unzip(source, result)
                else:
                    result = source
            if documents and result.exists():
                result = _with_images(result, folder / "documents")
        except FileRefusedError as error:
            raise InteropError(error.message, hint="Export it again.") from None
        yield result


def as_given(text: str, place: Path, source: Path) -> str:
    """A sentence about the files in `place`, with the name that the source was given by: the other one is gone soon."""
    return text.replace(str(place.resolve()), str(source)).replace(str(place), str(source)) if place != source else text


def _most(source: Path) -> int:
    return max(BOUNDS.free_bytes, BOUNDS.ratio * source.stat().st_size)


def _gunzip(source: Path, target: Path) -> None:
    with open_file(source) as packed, gzip.GzipFile(fileobj=packed) as stream, target.open("wb") as file:
        _copied(stream, file, _most(source))


class _Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int = ..., /) -> bytes: ...


def _copied(stream: _Readable, file: IO[bytes], most: int) -> int:
    """Copy a stream; the number of bytes that may still come after it."""
    while chunk := stream.read(_CHUNK):
        most -= len(chunk)
        if most < 0:
            raise ValueError(_LARGE)
        file.write(chunk)
    return most


def _unzip(source: Path, target: Path) -> None:
    """Unpack an archive, and archives in it that are parts of the same export."""
    target.mkdir(parents=True)
    left = _extract(source, target, _most(source))
    parts = [entry for entry in sorted(target.iterdir()) if entry.suffix.lower() == ".zip"]
    if len(parts) > _PARTS:
        raise ValueError(_LARGE)
    for part in parts:
        if part.name.startswith("ExportBlock-"):
            left = _extract(part, target, left)
            part.unlink()


def _extract(source: Path, target: Path, most: int) -> int:
    with open_file(source) as packed, zipfile.ZipFile(packed) as pack:
        entries = pack.infolist()
        if len(entries) > BOUNDS.files:
            raise ValueError(_LARGE)
        for entry in entries:
            name = entry.filename
            is_link = stat.S_ISLNK(entry.external_attr >> 16)
            if entry.is_dir() or is_link or name.startswith(_SKIPPED) or why_unsafe(name) is not None:
                continue
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with pack.open(entry) as stream, place.open("wb") as file:
                most = _copied(stream, file, most)
    return most


def _with_images(source: Path, folder: Path) -> Path:
    """A folder with the documents of Word of a source, the images of each in a folder beside it."""
    found = [source] if source.is_file() else [file.path for file in Tree(source).files()]
    root = source.parent.resolve() if source.is_file() else source.resolve()
    for path in found:
        if path.suffix.lower() != ".docx" or path.name.startswith("~$"):
            continue
        place = folder / path.resolve().relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        # What is wrong with a document is told when it is read: it stops no other.
        with (
            suppress(FileRefusedError),
            open_file(place) as packed,
            refusing(path.name),
            zipfile.ZipFile(packed) as pack,
        ):
            most = _most(place)
            for entry in pack.infolist():
                name = entry.filename.removeprefix(_MEDIA)
                if not entry.filename.startswith(_MEDIA) or "/" in name or not name or why_unsafe(name) is not None:
                    continue
                image = place.with_name(f"{place.name}.media") / name
                image.parent.mkdir(exist_ok=True)
                with pack.open(entry) as stream, image.open("wb") as file:
                    most = _copied(stream, file, most)
    folder.mkdir(exist_ok=True)
    return folder
