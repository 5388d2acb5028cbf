"""Merging texts line by line: what two people made of one text, both kept where they worked in different places. Pure.

Lines that both texts have once are held to be the same ("patience"), as a person would; what lies between two of them
is compared further. Changes that overlap, or that touch each other without a line between them, are a clash: nobody but
a person can say what was meant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, TypeAlias

Lines: TypeAlias = Sequence[str]
Match: TypeAlias = tuple[int, int, int]
"""Where a run of lines begins in one text and in the other, and how many they are."""
MARKER: Final = 7
"""Length of the marks around a clash, as other programs write them."""
_CLOSELY: Final = 10_000
"""Pairs of lines up to which a part without lines of its own is compared line by line; its cost is their square."""
_EFFORT: Final = 60
"""How often the lines may be gone through before the rest counts as changed: a text can be made to cost without end."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A place that both changed.

    Attributes:
        ours, theirs: The lines that either has there now.
    """

    ours: Lines
    theirs: Lines


@dataclass(frozen=True, slots=True)
class Merged:
    """Two texts made of one, put together.

    Attributes:
        parts: Lines, and the places that both changed, in order.
        ends: What the text ends with after its last line: a line end, or nothing.
    """

    parts: Sequence[Lines | Clash]
    ends: str

    @property
    def clashes(self) -> int:
        """How many places both changed."""
        return sum(isinstance(part, Clash) for part in self.parts)

    @property
    def text(self) -> str | None:
        """The text with all changes of both; None where they clash."""
        if self.clashes:
            return None
        return _joined([line for part in self.parts if not isinstance(part, Clash) for line in part], self.ends)

    def marked(self, ours: str, theirs: str, size: int = MARKER) -> str:
        """The text with both versions of each place that both changed, between marks.

        Args:
            ours, theirs: What to call the two.
            size: How long the marks are; see `marker_size`.
        """
        lines: list[str] = []
        for part in self.parts:
            if isinstance(part, Clash):
                lines += [f"{'<' * size} {ours}", *part.ours, "=" * size, *part.theirs, f"{'>' * size} {theirs}"]
            else:
                lines += part
        return _joined(lines, self.ends)


def marker_size(*texts: str) -> int:
    """How long marks have to be so that no line of these texts begins like one."""
    size = MARKER
    for text in texts:
        for line in text.split("\n"):
            run = len(line) - len(line.lstrip(line[:1])) if line[:1] in set("<=>") - {""} else 0
            size = max(size, run + 1 if run >= size else size)
    return size


def has_marks(text: str, size: int) -> bool:
    """Whether a line of a text is one of the marks of this size."""
    marks = ("<" * size + " ", ">" * size + " ")
    return any(line.startswith(marks) or line.rstrip() == "=" * size for line in text.split("\n"))


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Put the changes of both together.

    Args:
        base: The text that both began with.
        ours, theirs: What either made of it.
    """
    (before, base_ends), (here, our_ends), (there, their_ends) = map(_split, (base, ours, theirs))
    ends = our_ends if their_ends == base_ends else their_ends
    return Merged(list(_merged(before, here, there)), ends)


def _split(text: str) -> tuple[list[str], str]:
    """The lines of a text, and what follows the last one: a text without a last line end ends with no other line."""
    lines = text.split("\n")
    return (lines[:-1], "\n") if not lines[-1] else (lines, "")


def _joined(lines: Lines, ends: str) -> str:
    # An empty last line without a line end would be none.
    return "\n".join(lines) + ("" if not lines else ends if lines[-1] else "\n")


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines `start` to `stop` of the base, which one side has replaced by those from `first` to `last` of its own."""

    start: int
    stop: int
    first: int
    last: int
    by_us: bool


def _merged(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Lines | Clash]:
    both = [*_changes(base, ours, by_us=True), *_changes(base, theirs, by_us=False)]
    changes = deque(sorted(both, key=lambda change: (change.start, change.stop)))
    done = 0
    while changes:
        together = [changes.popleft()]
        stop = together[0].stop
        while changes and changes[0].start <= stop:
            together.append(changes.popleft())
            stop = max(stop, together[-1].stop)
        start = together[0].start
        yield base[done:start]
        here = _side(base, ours, start, stop, [change for change in together if change.by_us])
        there = _side(base, theirs, start, stop, [change for change in together if not change.by_us])
        if len({change.by_us for change in together}) == 1:
            yield here if together[0].by_us else there
        elif here == there:
            yield here
        else:
            yield from _clash(here, there)
        done = stop
    yield base[done:]


def _side(base: Lines, side: Lines, start: int, stop: int, changes: Sequence[_Change]) -> list[str]:
    """What one side has in the place of some lines of the base."""
    lines: list[str] = []
    for change in changes:
        lines += base[start : change.start]
        lines += side[change.first : change.last]
        start = change.stop
    return [*lines, *base[start:stop]]


def _clash(ours: Lines, theirs: Lines) -> Iterator[Lines | Clash]:
    """A clash without the lines at its ends that both have."""
    head = _common(ours, theirs)
    tail = _common(ours[head:][::-1], theirs[head:][::-1])
    yield ours[:head]
    yield Clash(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail])
    yield ours[len(ours) - tail :]


def _common(one: Lines, other: Lines) -> int:
    """How many lines at the beginning are the same."""
    for number, (line, another) in enumerate(zip(one, other, strict=False)):
        if line != another:
            return number
    return min(len(one), len(other))


def _changes(base: Lines, side: Lines, *, by_us: bool) -> Iterator[_Change]:
    start = first = 0
    for at_base, at_side, length in (*_matches(base, side), (len(base), len(side), 0)):
        if start < at_base or first < at_side:
            yield _Change(start, at_base, first, at_side, by_us)
        start, first = at_base + length, at_side + length


def _matches(one: Lines, other: Lines) -> list[Match]:
    """Runs of lines that are the same in both, in order."""
    found: list[Match] = []
    effort = _EFFORT * (len(one) + len(other))
    waiting = [(0, len(one), 0, len(other))]
    while waiting:
        start, stop, first, last = waiting.pop()
        head = _common(one[start:stop], other[first:last])
        found.append((start, first, head))
        start, first = start + head, first + head
        tail = _common(one[start:stop][::-1], other[first:last][::-1])
        found.append((stop - tail, last - tail, tail))
        stop, last = stop - tail, last - tail
        effort -= head + tail + stop - start + last - first
        if start == stop or first == last or effort < 0:
            continue
        anchors = _anchors(one[start:stop], other[first:last])
        if not anchors:
            if (stop - start) * (last - first) <= _CLOSELY:
                matcher = SequenceMatcher(None, one[start:stop], other[first:last], autojunk=False)
                found += [(start + a, first + b, length) for a, b, length in matcher.get_matching_blocks()]
            continue
        places = [(start, first), *((start + a, first + b) for a, b in anchors), (stop, last)]
        waiting += [(a, c, b, d) for (a, b), (c, d) in pairwise(places)]
    return sorted(match for match in found if match[2])


def _anchors(one: Lines, other: Lines) -> list[tuple[int, int]]:
    """Lines that either text has once, in the longest row that has the same order in both."""
    here, there = Counter(one), Counter(other)
    at = {line: number for number, line in enumerate(other) if there[line] == here[line] == 1}
    pairs = [(number, at[line]) for number, line in enumerate(one) if line in at]
    ends: list[int] = []  # for each length of a row, the smallest end that one has
    rows: list[int] = []  # which pair that is
    before: list[int | None] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(rows[length - 1] if length else None)
        ends[length : length + 1] = [place]
        rows[length : length + 1] = [index]
    row: list[tuple[int, int]] = []
    at_pair = rows[-1] if rows else None
    while at_pair is not None:
        row.append(pairs[at_pair])
        at_pair = before[at_pair]
    return row[::-1]
