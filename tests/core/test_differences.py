"""Differences are right, and soon found whatever the texts are."""

from __future__ import annotations

import difflib
import random
import re
import time

import pytest

from wikijs.core.values.differences import blocks, unified


def applied(before: str, difference: list[str]) -> list[str]:
    """The lines of a text with a unified diff applied to it."""
    old, new, place = before.splitlines(), list[str](), 0
    for line in difference[2:]:
        if found := re.match(r"@@ -(\d+)(?:,(\d+))? ", line):
            start = int(found[1]) - (found[2] != "0")
            new += old[place:start]
            place = start
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            assert old[place] == line[1:]
            place += 1
            if line.startswith(" "):
                new.append(line[1:])
    return [*new, *old[place:]]


def texts(chance: random.Random) -> tuple[str, str]:
    """A text of few different lines, and one that is made of it."""
    old = [chance.choice("abcdefgh") * chance.randint(0, 2) for _ in range(chance.randint(0, 40))]
    new = list(old)
    for _ in range(chance.randint(0, 6)):
        at = chance.randint(0, len(new))
        new[at : at + chance.randint(0, 3)] = [chance.choice("abcxyz") for _ in range(chance.randint(0, 3))]
    return "\n".join(old), "\n".join(new)


@pytest.mark.parametrize("effort", [5_000_000, 30, 0])
def test_whatever_is_found_leads_from_one_text_to_the_other(monkeypatch: pytest.MonkeyPatch, effort: int) -> None:
    monkeypatch.setattr("wikijs.core.values.differences._EFFORT", effort)
    chance = random.Random(effort)
    for number in range(600):
        before, after = texts(chance)
        context = number % 4
        difference = list(unified(before, after, "old", "new", context))
        assert bool(difference) == (before.splitlines() != after.splitlines())
        if difference:
            assert difference[:2] == ["--- old", "+++ new"]
            assert applied(before, difference) == after.splitlines()
        place = other = 0
        for block in blocks(before.splitlines(), after.splitlines()):
            assert (block.start, block.other_start) == (place, other)
            place, other = block.stop, block.other_stop
            part, theirs = (before.splitlines()[block.start : place], after.splitlines()[block.other_start : other])
            assert part == theirs or not block.is_equal
        assert (place, other) == (len(before.splitlines()), len(after.splitlines()))


def test_small_differences_look_as_everywhere() -> None:
    before = "".join(f"line {number}\n" for number in range(40))
    after = before.replace("line 5\n", "").replace("line 20\n", "line twenty\n").replace("line 39\n", "line 39\nmore\n")
    for context in (0, 2, 3):
        theirs = difflib.unified_diff(before.splitlines(), after.splitlines(), "a", "b", n=context, lineterm="")
        assert list(unified(before, after, "a", "b", context)) == list(theirs)


def test_no_text_takes_long() -> None:
    chance = random.Random(1)
    lines = [f"line {chance.randrange(100)}" for _ in range(60_000)]
    turned = lines[::-1]
    edited = [*lines[:20_000], "edited", *lines[20_000:40_000], *lines[40_001:]]
    begun = time.process_time()
    assert len(list(unified("\n".join(lines), "\n".join(edited), "a", "b"))) > 5
    assert list(unified("\n".join(lines), "\n".join(turned), "a", "b"))
    assert time.process_time() - begun < 20  # difflib alone takes minutes
