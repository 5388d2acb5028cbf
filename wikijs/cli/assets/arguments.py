"""From words on the command line to files: local ones to upload, and those of the wiki that patterns mean."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ..frame.failures import CommandError, ExitCode

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.models import Asset

WILDCARDS = frozenset("*?[")


def local_files(words: Sequence[str], folder: str, *, recursive: bool) -> list[tuple[Path, str]]:
    """The files to upload, each with the folder of the wiki it goes to.

    Args:
        words: Files, folders, and patterns where the shell did not expand them.
        folder: Where files go; those in a folder keep their place below it.
        recursive: Whether folders are taken.

    Raises:
        CommandError: A word names nothing, or a folder without `recursive`.
    """
    found: list[tuple[Path, str]] = []
    for word in words:
        for path in _expanded(word):
            if not path.is_dir():
                found.append((path, folder))
            elif recursive:
                found += [(file, _below(folder, file.relative_to(path.parent).parent)) for file in _files(path)]
            else:
                raise CommandError(f"{path} is a folder.", hint="Give --recursive to upload it.", code=ExitCode.USAGE)
    if not found:
        raise CommandError("There is nothing to upload.", code=ExitCode.USAGE)
    return found


def remote_files(client: WikiJSClient, words: Sequence[str]) -> list[Asset]:
    """The files of the wiki that ids, paths and patterns such as "/img/*.png" mean, each once.

    Raises:
        CommandError: A pattern fits nothing.
        AssetNotFoundError: There is no such file.
    """
    everything: list[Asset] | None = None
    found: dict[int, Asset] = {}
    for word in words:
        if WILDCARDS.isdisjoint(word):
            asset = client.assets.get(int(word) if word.isascii() and word.isdecimal() else word)
            found[asset.id] = asset
            continue
        if everything is None:
            everything = client.assets.list(recursive=True)
        matches = [asset for asset in everything if _matches(asset.path, word)]
        if not matches:
            raise CommandError(f"No file of the wiki fits {word!r}.", hint="wikijs assets list --recursive shows them.")
        found |= {asset.id: asset for asset in matches}
    return list(found.values())


def _matches(path: str, pattern: str) -> bool:
    """Part by part, so that a star never crosses a slash; two stars stand for any folders."""
    return _parts_match(path.strip("/").split("/"), pattern.strip("/").split("/"))


def _parts_match(parts: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_parts_match(parts[skipped:], patterns[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], patterns[0]) and _parts_match(parts[1:], patterns[1:])


def _expanded(word: str) -> Iterable[Path]:
    path = Path(word)
    if path.exists():
        return [path]
    if WILDCARDS.isdisjoint(word):
        raise CommandError(f"There is no file {word}.", code=ExitCode.USAGE)
    matches = sorted(glob.glob(word, recursive=True))
    if not matches:
        raise CommandError(f"No file fits {word}.", code=ExitCode.USAGE)
    return [Path(match) for match in matches]


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, hidden ones left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _below(folder: str, place: Path) -> str:
    return "/" + "/".join(part for part in (folder.strip("/"), place.as_posix()) if part not in {"", "."})
