"""Pages in pieces, whose names stay when the page is edited."""

from __future__ import annotations

from itertools import pairwise

import pytest

from wikijs.core.pages.chunks import chunks
from wikijs.core.pages.outline import LEAD

from .texts import texts

PAGE = "Lead.\n\n# One\n\n## Two\n\nb\n\n### Three {#x}\n\nc\n"


def test_a_chunk_for_each_section_with_a_text() -> None:
    found = [(chunk.section, chunk.number, chunk.headings, chunk.text) for chunk in chunks(PAGE)]
    assert found == [
        (LEAD, 0, (), "Lead."),
        ("two", 0, ("One", "Two"), "## Two\n\nb"),
        ("x", 0, ("One", "Two", "Three"), "### Three {#x}\n\nc"),
    ]
    assert all(PAGE[chunk.start : chunk.end] == chunk.text for chunk in chunks(PAGE))


def test_long_sections_are_cut_between_paragraphs_and_code_stays_whole() -> None:
    code = "```\n" + "code\n\n" * 20 + "```"
    page = "# A\n\n" + "\n\n".join(["word " * 20, code, "word " * 20, code, "end"])
    found = [chunk.text for chunk in chunks(page, max_chars=250)]
    assert all(len(text) <= 250 for text in found)
    assert all(text.count("```") % 2 == 0 for text in found)
    assert "".join("".join(found).split()) == "".join(page.split())


def test_what_has_no_paragraphs_is_cut_by_lines_and_by_words() -> None:
    page = "# A\n\n" + "row of a table\n" * 50 + "\n" + "word " * 200 + "\n\n" + "x" * 900
    found = [chunk.text for chunk in chunks(page, max_chars=200)]
    assert all(0 < len(text) <= 200 for text in found)
    assert "".join("".join(found).split()) == "".join(page.split())
    assert all(not text.startswith("ord") for text in found)


@pytest.mark.parametrize("html", [False, True])
def test_nothing_of_a_text_is_lost(html: bool) -> None:
    for text in texts(1_000, seed=3):
        found = list(chunks(text, max_chars=200, html=html))
        assert all(text[chunk.start : chunk.end] == chunk.text and chunk.text for chunk in found)
        assert all(one.end <= two.start for one, two in pairwise(found))
        assert len({(chunk.section, chunk.number) for chunk in found}) == len(found)


def test_one_edit_changes_one_chunk() -> None:
    page = "".join(f"## Section {number}\n\n" + "Some words about it. " * 30 + "\n\n" for number in range(40))
    before = {(chunk.section, chunk.number): chunk.hash for chunk in chunks(page)}
    edited = page.replace("## Section 20\n\nSome", "## Section 20\n\nOther")
    inserted = page.replace("## Section 20\n", "## New\n\ntext\n\n## Section 20\n")
    for text, changed in ((edited, 1), (inserted, 1)):
        after = {(chunk.section, chunk.number): chunk.hash for chunk in chunks(text)}
        assert len(dict(after.items() - before.items())) == changed


def test_a_size_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 200"):
        list(chunks(PAGE, max_chars=5))
