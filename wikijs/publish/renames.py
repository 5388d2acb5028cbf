"""Which page that lost its file and which new file are the same. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from wikijs.interop.words import words

from .model import There, Wanted

ALIKE: Final = 0.6
"""How much two texts must have in common to be one that was renamed and edited, from 0 to 1."""
_MOST_PAIRS: Final = 40_000
_MOST_WORDS: Final = 5_000
"""Words of a text that are compared."""


def renamed(lost: Sequence[There], new: Sequence[Wanted]) -> dict[str, There]:
    """Pages by the new files that are theirs: files with the very same text first, then those most alike."""
    found: dict[str, There] = {}
    by_source: dict[str, list[There]] = {}
    for page in lost:
        if page.mark is not None:
            by_source.setdefault(page.mark.source, []).append(page)
    for file in new:
        candidates = by_source.get(file.mark.source, [])
        if candidates:
            own = file.file.rpartition("/")[2]
            candidates.sort(key=lambda page: page.mark is not None and page.mark.file.rpartition("/")[2] != own)
            found[file.file] = candidates.pop(0)
    taken = {page.id for page in found.values()}
    left = [page for page in lost if page.id not in taken]
    open_files = [file for file in new if file.file not in found]
    if left and open_files and len(left) * len(open_files) <= _MOST_PAIRS:
        found |= _alike(left, open_files)
    return found


def _alike(lost: Sequence[There], new: Sequence[Wanted]) -> dict[str, There]:
    before = [(page, _counted(page.text)) for page in lost]
    after = [(file, _counted(file.page.content)) for file in new]
    scores = sorted(
        ((score, page.id, file.file) for page, old in before for file, text in after if (score := _score(old, text))),
        key=lambda each: (-each[0], each[1:]),
    )
    pages = {page.id: page for page in lost}
    found: dict[str, There] = {}
    for _, page_id, file in scores:
        if page_id in pages and file not in found:
            found[file] = pages.pop(page_id)
    return found


def _counted(text: str) -> Counter[str]:
    return Counter(words(text)[:_MOST_WORDS])


def _score(old: Counter[str], new: Counter[str]) -> float:
    """How much two texts have in common; nothing where that is too little."""
    total = _size(old.values()) + _size(new.values())
    score = 2 * _size((old & new).values()) / total if total else 0.0
    return score if score >= ALIKE else 0.0


def _size(counts: Iterable[int]) -> int:
    return sum(counts)
