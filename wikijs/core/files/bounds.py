"""How much is read from files of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds, far above what honest files need.

    Attributes:
        files: Number of files in a folder or an archive.
        depth: Folders in each other.
        file_bytes: Bytes of one file that is held in memory, such as an asset.
        text_bytes: Bytes of one page or another text.
        header_bytes: Bytes of front matter.
        nesting: Lists and mappings in each other, in YAML and JSON.
        free_bytes: So many bytes an archive may unpack to whatever it is packed to.
        ratio: Beyond these, how many times larger than the archive its content may be.
        seconds: Seconds for another program's work on one text.
    """

    files: int = 1_000_000
    depth: int = 64
    file_bytes: int = 1024 * MIB
    text_bytes: int = 32 * MIB
    header_bytes: int = 1 * MIB
    nesting: int = 100
    free_bytes: int = 256 * MIB
    ratio: int = 100
    seconds: float = 60.0


BOUNDS: Final = Bounds()
