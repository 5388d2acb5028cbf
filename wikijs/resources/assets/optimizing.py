"""Making images smaller without losing anything: pixels, colours and all that is written beside them stay.

Pillow packs the pixels of a PNG anew, MozJPEG the coefficients of a JPEG, which Pillow could only round once more. What
was packed is looked at again and taken only if it is smaller and nothing differs. Around it everything of the old file
stays. What this cannot be shown for is left as it is.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError

from .sources import OpenSource, open_source

if TYPE_CHECKING:
    from .models import Source

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of an image that is unpacked in memory; larger ones are left as they are."""
ENDINGS: Final = (".png", ".jpg", ".jpeg")

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_DEEP: Final = 16  # bits of a colour; Pillow drops half of them
_MOZJPEG: Final = "mozjpeg_lossless_optimization"


def check_available() -> None:
    """Make sure that images can be packed anew.

    Raises:
        ConfigurationError: Pillow or MozJPEG's library is missing.
    """
    try:
        import_module("PIL")
        import_module(_MOZJPEG)
    except ImportError:
        raise ConfigurationError(f"optimize=True needs the package Pillow: {pip_line('images')}.") from None


def optimized(source: Source, name: str) -> OpenSource:
    """What to upload of a source: a smaller form of the same image where there is one. May wait for a disk.

    Args:
        source: What was given to upload.
        name: Its name on the wiki, whose extension says what it is.
    """
    body = open_source(source)
    if not name.lower().endswith(ENDINGS) or not 0 < body.length <= LARGEST:
        return body
    data = b"".join(body.chunks())
    smaller = recompressed(data)
    if smaller is None:
        return body
    body.close()
    return open_source(smaller)


def recompressed(data: bytes) -> bytes | None:
    """The same image in fewer bytes; None where that cannot be had, or cannot be shown to be the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Pillow finds odd is left alone
            packed = _png(data) if data.startswith(_PNG) else _jpeg(data) if data.startswith(b"\xff\xd8") else None
            if packed is None or len(packed) >= len(data) or _pixels(packed) != _pixels(data):
                return None
    except Exception:
        return None  # Pillow raises whatever it likes about files that are broken; they are uploaded as they are
    return packed


def _pixels(data: bytes) -> tuple[object, ...]:
    """All that is seen of an image."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        image.load()
        palette = image.getpalette("RGBA") if image.mode == "P" else None
        return image.mode, image.size, palette, image.info.get("transparency"), image.tobytes()


# PNG: chunks of length, name, content and checksum.


def _png(data: bytes) -> bytes | None:
    """The chunks of a PNG with its pixels packed anew; None where Pillow cannot hold all of them."""
    from PIL import Image

    old = list(_chunks(data))
    names = [name for name, _ in old]
    if names[-1] != b"IEND" or old[0][1][8] == _DEEP or b"acTL" in names:  # deep colours, animations
        return None
    with Image.open(io.BytesIO(data)) as image:
        out = io.BytesIO()
        image.save(out, "PNG", optimize=True)
    new = list(_chunks(out.getvalue()))
    # Width, height, depth and colour type, and the palette, are what all other chunks refer to.
    if old[0][1][:10] != new[0][1][:10] or _only(old, b"PLTE") != _only(new, b"PLTE"):
        return None
    pixels = b"".join(_only(new, b"IDAT"))
    written: list[tuple[bytes, bytes]] = [new[0]]
    for name, content in old[1:]:
        if name != b"IDAT":
            written.append((name, content))
        elif pixels:
            written.append((name, pixels))
            pixels = b""
    return _PNG + b"".join(_chunk(name, content) for name, content in written)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        if checksum != zlib.crc32(name + content):
            raise ValueError("A chunk is damaged.")
        yield name, content
        place += 12 + length


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _only(chunks: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [content for each, content in chunks if each == name]


def _jpeg(data: bytes) -> bytes | None:
    """A JPEG with its coefficients packed anew, and all that is written beside them."""
    if data.find(b"\xff\xd9", _scan_at(data)) != len(data) - 2:  # more images, or a video, behind the first
        return None
    library: Any = import_module(_MOZJPEG)
    packed: bytes = library.optimize(data, copy=library.COPY_MARKERS.ALL)
    return packed


def _scan_at(data: bytes) -> int:
    """Where the first scan begins: behind segments of marker, length and content; one may hold a small image."""
    place = 2
    while (marker := data[place + 1]) != 0xDA:
        if data[place] != 0xFF or marker == 0xD9:
            raise ValueError("A segment is damaged.")
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    return place
