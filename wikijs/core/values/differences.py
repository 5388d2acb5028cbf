"""Differences of two texts by lines, in a time that nobody's text can stretch. Pure.

difflib takes minutes for a page of 60,000 lines in which each line occurs a few hundred times, whatever was edited. So
equal lines at both ends are left out first; what lies between is compared by lines that occur once, where it is large;
and what is still large and full of repetition counts as replaced as a whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

_EFFORT: Final = 5_000_000
"""Steps, in the worst case, in which two parts are compared line by line."""


class Block(NamedTuple):
    """Lines `start` to `stop` of one text, and what stands for them in the other."""

    is_equal: bool
    start: int
    stop: int
    other_start: int
    other_stop: int


def blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """What two lists of lines have in common and what not, in turns, from beginning to end."""
    found: list[Block] = []
    place, other = 0, 0
    for start, other_start, length in _matches(before, after):
        if (start, other_start) != (place, other):
            found.append(Block(False, place, start, other, other_start))
        place, other = start + length, other_start + length
        if length:
            found.append(Block(True, start, place, other_start, other))
    return found


def unified(before: str, after: str, before_name: str, after_name: str, context: int = 3) -> Iterator[str]:
    """The lines of a unified diff of two texts; none where they are equal.

    Args:
        before: One text.
        after: The other.
        before_name: What stands in the head for the one.
        after_name: What stands there for the other.
        context: Equal lines to show around a change.
    """
    old, new = before.splitlines(), after.splitlines()
    is_begun = False
    for group in _grouped(blocks(old, new), context):
        if not is_begun:
            yield from (f"--- {before_name}", f"+++ {after_name}")
            is_begun = True
        first, last = group[0], group[-1]
        there, here = _range(first.start, last.stop), _range(first.other_start, last.other_stop)
        yield f"@@ -{there} +{here} @@"
        for block in group:
            if block.is_equal:
                yield from (f" {line}" for line in old[block.start : block.stop])
            else:
                yield from (f"-{line}" for line in old[block.start : block.stop])
                yield from (f"+{line}" for line in new[block.other_start : block.other_stop])


def _matches(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Places and lengths of what is equal, in order; the last one is the end and has no length."""
    start, stop, other_stop = 0, len(before), len(after)
    while start < min(stop, other_stop) and before[start] == after[start]:
        start += 1
    while stop > start and other_stop > start and before[stop - 1] == after[other_stop - 1]:
        stop, other_stop = stop - 1, other_stop - 1
    if start:
        yield 0, 0, start
    yield from _between(before[start:stop], after[start:other_stop], start, start)
    if stop < len(before):
        yield stop, other_stop, len(before) - stop
    yield len(before), len(after), 0


def _between(
    before: Sequence[str], after: Sequence[str], start: int, other_start: int
) -> Iterator[tuple[int, int, int]]:
    """The same for a part; the places are those in the whole."""
    if _is_small(before, after):
        yield from _compared(before, after, start, other_start)
        return
    anchors = [(-1, -1), *_anchors(before, after), (len(before), len(after))]
    for (place, other), (following, other_following) in pairwise(anchors):
        if place >= 0:
            yield start + place, other_start + other, 1
        part, other_part = before[place + 1 : following], after[other + 1 : other_following]
        if _is_small(part, other_part):
            yield from _compared(part, other_part, start + place + 1, other_start + other + 1)


def _compared(
    before: Sequence[str], after: Sequence[str], start: int, other_start: int
) -> Iterator[tuple[int, int, int]]:
    if not before or not after:
        return
    from difflib import SequenceMatcher  # few programs compare texts

    for place, other, length in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        if length:
            yield start + place, other_start + other, length


def _is_small(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether comparing these is soon done, whatever they are."""
    if len(before) > _EFFORT // 100 or len(after) > _EFFORT // 100:
        return False
    times = Counter(after)
    return sum(times[line] for line in before) * min(len(before), len(after)) <= _EFFORT


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Places of lines that occur once in both, as many as are in the same order."""
    times, other_times = Counter(before), Counter(after)
    places = {line: number for number, line in enumerate(after) if other_times[line] == 1}
    pairs = [(number, places[line]) for number, line in enumerate(before) if times[line] == 1 and line in places]
    ends: list[int] = []  # the smallest last place of a chain of each length
    chains: list[int] = []  # by length, the pair that ends it
    previous: list[int | None] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        chains[length : length + 1] = [index]
        previous.append(chains[length - 1] if length else None)
    found: list[tuple[int, int]] = []
    end: int | None = chains[-1] if chains else None
    while end is not None:
        found.append(pairs[end])
        end = previous[end]
    return found[::-1]


def _grouped(found: list[Block], context: int) -> Iterator[list[Block]]:
    """Changes with some equal lines around them; those that are near each other together."""
    group: list[Block] = []
    for number, block in enumerate(found):
        if not block.is_equal:
            group.append(block)
            continue
        is_last = number == len(found) - 1
        head = context if group else 0
        tail = 0 if is_last else context
        if group and not is_last and block.stop - block.start <= head + tail:
            group.append(block)
            continue
        if group:
            kept = min(head, block.stop - block.start)
            if kept:
                group.append(Block(True, block.start, block.start + kept, block.other_start, block.other_start + kept))
            yield group
            group = []
        kept = min(tail, block.stop - block.start)
        if kept:
            group = [Block(True, block.stop - kept, block.stop, block.other_stop - kept, block.other_stop)]
    if any(not block.is_equal for block in group):
        yield group


def _range(start: int, stop: int) -> str:
    length = stop - start
    first = start + 1 if length else start
    return f"{first}" if length == 1 else f"{first},{length}"
