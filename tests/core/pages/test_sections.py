"""Parts of a page, changed without touching the others."""

from __future__ import annotations

import pytest

from wikijs.core.pages.outline import LEAD, Section, outline
from wikijs.core.pages.sections import append, find, insert_after, replace, text_of
from wikijs.exceptions import NotFoundError, ValidationError

from .texts import texts

PAGE = """Lead.

# One

a

## Two

b

## Three

c

# Two

d"""


@pytest.mark.parametrize(("html", "number"), [(False, 10_000), (True, 3_000)])
def test_random_texts_are_the_sum_of_their_sections_and_each_in_its_own_place_changes_nothing(
    html: bool, number: int
) -> None:
    sections_seen = changes_seen = 0
    for text in texts(number, seed=7 + html):
        sections = outline(text, html=html)
        assert "".join(text[section.start : section.end] for section in sections) == text
        assert len({section.id for section in sections}) == len(sections)
        for section in sections:
            assert section.start <= section.body <= section.end <= section.through
            for nested in (True, False):
                part = text_of(text, section, nested=nested)
                assert replace(text, section, part, nested=nested, html=html) == text
        sections_seen += len(sections)
        if sections:
            changes_seen += change_one(text, sections[len(text) % len(sections)], html=html)
    assert sections_seen > number
    assert changes_seen > number / 3


def change_one(text: str, section: Section, *, html: bool) -> bool:
    """Whether a section could be changed; nothing else of the text changes with it."""
    try:
        changed = replace(text, section, text_of(text, section) + "changed", html=html)
    except ValidationError:
        return False
    assert changed.startswith(text[: section.start])
    assert changed.endswith(text[section.through :])
    assert "changed" in changed
    return True


def test_a_section_is_found_by_id_and_by_title() -> None:
    assert find(PAGE, "two").level == 2
    assert find(PAGE, "#two-1").level == 1
    assert find(PAGE, "THREE").id == "three"
    assert find(PAGE, LEAD).level == 0
    assert find("# A  b {#x}\n", " a B ").id == "x"


def test_what_is_not_there_is_said_with_what_is() -> None:
    with pytest.raises(NotFoundError, match="has: ~lead, one, two, three, two-1"):
        find(PAGE, "four")
    with pytest.raises(NotFoundError, match="none, it is empty"):
        find("", "four")
    with pytest.raises(NotFoundError, match="and 60 more"):
        find("# x\n" * 100, "four")
    with pytest.raises(ValidationError, match="by its id: c-1, c-2"):
        find("# a {#c-1}\n# A {#c-2}", "a")


def test_a_section_is_replaced_and_all_else_stays() -> None:
    changed = replace(PAGE, find(PAGE, "three"), "## Drei\n\nneu")
    assert changed == PAGE.replace("## Three\n\nc", "## Drei\n\nneu")
    assert replace(PAGE, find(PAGE, "one"), "# One\n\nx", nested=False) == PAGE.replace("a\n\n## Two", "x\n\n## Two")
    assert replace(PAGE, find(PAGE, "one"), "# One\n\nx") == "Lead.\n\n# One\n\nx\n\n# Two\n\nd"
    assert replace(PAGE, find(PAGE, "two-1"), "# End\n\n") == PAGE.replace("# Two\n\nd", "# End\n\n")
    assert replace(PAGE, find(PAGE, "three"), "") == PAGE.replace("## Three\n\nc\n\n", "")


def test_the_next_heading_stays_one() -> None:
    assert replace("# A\nx\n# B\ny", find("# A\nx\n# B\ny", "a"), "# A\nz") == "# A\nz\n\n# B\ny"
    assert replace("# A\nx\n\n\n\n# B", find("# A\nx\n\n\n\n# B", "a"), "# A\nz\n") == "# A\nz\n\n\n\n# B"


def test_lines_end_as_they_do_in_the_page() -> None:
    page = PAGE.replace("\n", "\r\n")
    changed = replace(page, find(page, "three"), "## Three\n\nc\nd\n")
    assert changed == page.replace("c\r\n", "c\r\nd\r\n")
    assert append(page, find(page, "three"), "e\nf") == page.replace("c\r\n", "c\r\n\r\ne\r\nf\r\n")
    assert replace("# A\n", find("# A\n", "a"), "# A\r\nx\r\n") == "# A\nx\n"


def test_more_at_the_end_of_a_section() -> None:
    assert append(PAGE, find(PAGE, "two"), "more\n") == PAGE.replace("b\n", "b\n\nmore\n")
    assert append(PAGE, find(PAGE, "one"), "more", nested=False) == PAGE.replace("a\n", "a\n\nmore\n")
    assert append(PAGE, find(PAGE, "one"), "more") == PAGE.replace("c\n", "c\n\nmore\n")
    assert append(PAGE, find(PAGE, "two-1"), "more") == PAGE + "\n\nmore\n"
    assert append(PAGE, find(PAGE, "two"), " \n") == PAGE
    assert insert_after(PAGE, find(PAGE, "two"), "## New\n\nx") == PAGE.replace("## Three", "## New\n\nx\n\n## Three")
    assert append(
        "<h2>a</h2><p>x</p><h2>b</h2>", find("<h2>a</h2><p>x</p><h2>b</h2>", "a", html=True), "<p>y</p>", html=True
    ) == ("<h2>a</h2><p>x</p><p>y</p><h2>b</h2>")


@pytest.mark.parametrize(
    "new", ["## Three\n\n```\nnever closed", "## Three\n\n<!-- never closed", "## Three\n\n<script>"]
)
def test_what_would_swallow_the_sections_behind_is_refused(new: str) -> None:
    with pytest.raises(ValidationError, match="never closed"):
        replace(PAGE, find(PAGE, "three"), new)
    with pytest.raises(ValidationError, match="never closed"):
        append(PAGE, find(PAGE, "two"), new)
    assert replace(PAGE, find(PAGE, "two-1"), new)


def test_what_would_change_the_heading_above_is_refused() -> None:
    page = "# A\n\nx\n# B\n"
    with pytest.raises(ValidationError, match="no longer be"):
        replace("text\n# B", find("text\n# B", "b"), "===")
    assert replace(page, find(page, "b"), "===\n") != page
