"""Merging texts line by line: nothing that either side wrote is lost, and nobody's work is undone."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs.sync.lines import has_marks, marker_size, merge

LINE = st.sampled_from(["", "a", "b", "c", "# a", "- b", "=======", "long line of text", "\r", "\u2028x"])
ENDS = st.sampled_from(["", "\n"])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text, and what two people made of it."""
    base = draw(st.lists(LINE, max_size=14))

    def edited() -> list[str]:
        lines = list(base)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(lines)))
            lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(LINE | st.just("new"), max_size=2))
        return lines

    one, two, three = ("\n".join(lines) + draw(ENDS) for lines in (base, edited(), edited()))
    return one, two, three


def lines_of(text: str) -> Counter[str]:
    """The lines of a text; an empty one at the end is only its line end."""
    lines = text.split("\n")
    return Counter(lines if lines[-1] else lines[:-1])


@given(texts())
def test_no_line_that_either_side_added_is_lost(three: tuple[str, str, str]) -> None:
    base, ours, theirs = three
    merged = merge(base, ours, theirs)
    kept = lines_of(merged.marked("ours", "theirs") if merged.text is None else merged.text)
    before, here, there = map(lines_of, three)
    for line in here | there:
        assert kept[line] >= max(here[line], there[line]) - before[line], line


@given(texts())
def test_no_line_comes_back_that_one_side_removed_and_nobody_else_wrote(three: tuple[str, str, str]) -> None:
    base, ours, theirs = three
    text = merge(base, ours, theirs).text
    if text is None:
        return
    before, here, there = map(lines_of, three)
    for line, count in lines_of(text).items():
        assert count <= before[line] + max(here[line] - before[line], 0) + max(there[line] - before[line], 0), line
        assert here[line] or there[line]


@given(texts())
def test_where_one_side_did_nothing_the_other_one_s_text_stands(three: tuple[str, str, str]) -> None:
    base, ours, theirs = three
    assert merge(base, ours, base).text == ours
    assert merge(base, base, theirs).text == theirs
    assert merge(base, ours, ours).text == ours


@given(texts())
def test_it_does_not_matter_who_is_who(three: tuple[str, str, str]) -> None:
    base, ours, theirs = three
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert (one.text, one.clashes) == (other.text, other.clashes)


def test_changes_in_different_places_are_both_kept() -> None:
    base = "# A\n\none\n\ntwo\n\nthree\n"
    assert merge(base, base.replace("one", "ONE"), base + "\nfour\n").text == "# A\n\nONE\n\ntwo\n\nthree\n\nfour\n"


def test_changes_without_a_line_between_them_are_for_a_person() -> None:
    assert merge("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n").text is None


def test_a_line_at_the_end_is_the_same_with_and_without_a_line_end() -> None:
    assert merge("a\nb\nc", "a\nb\nc\nd\n", "A\nb\nc").text == "A\nb\nc\nd\n"
    assert merge("", "a", "").text == "a"
    assert merge("a\n", "\n", "a").text == "\n"


def test_both_versions_lie_between_marks_without_what_they_share() -> None:
    merged = merge("a\nb\nc\n", "a\nsame\nours\nc\n", "a\nsame\ntheirs\nc\nd\n")
    assert merged.clashes == 1
    assert merged.marked("this file", "the wiki") == (
        "a\nsame\n<<<<<<< this file\nours\n=======\ntheirs\n>>>>>>> the wiki\nc\nd\n"
    )


@pytest.mark.parametrize("text", ["Title\n=======\n", "<<<<<<<<<< x\n", ">>>>>>>\n"])
def test_marks_are_longer_than_any_line_that_looks_like_one(text: str) -> None:
    size = marker_size(text, "other\n")
    assert size > 7
    marked = merge("", f"{text}ours\n", "theirs\n").marked("ours", "theirs", size)
    assert has_marks(marked, size)
    assert not has_marks(f"{text}ours\n", size)


def test_a_text_made_to_be_slow_is_a_clash_instead() -> None:
    """Lines that are all alike, or fit each other in many ways, cost others the square of their number or worse."""
    some = 30_000
    started = time.process_time()
    merge("\n" * some, "x" + "\n" * some, "\n" * (some - 50) + "y\n")
    first = "".join("ab"[number * number % 7 % 2] + "\n" for number in range(some))
    second = "".join("ab"[number * number % 11 % 2] + "\n" for number in range(some))
    assert merge(first, second, "a\n" * some).clashes
    numbers = [f"{number}\n" for number in range(some)]
    merge("".join(numbers), "".join(reversed(numbers)), "".join(sorted(numbers)))
    assert time.process_time() - started < 60
