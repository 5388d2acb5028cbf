"""Entries land at the end of their section of what is not released yet."""

from __future__ import annotations

import pytest

from wikijs.codegen.errors import CodegenError
from wikijs.schema_tools.upgrade.changelog import with_entries

HEAD = "# Changelog\n\n## [Unreleased]\n"
OLD = "\n## [1.0.0] - 2026-01-01\n\n### Added\n\n- Old.\n"


def test_sections_are_made_in_their_order() -> None:
    text = with_entries(HEAD + OLD, {"Removed": ["R."], "Added": ["A.", "B."], "Changed": []})
    assert text == HEAD + "\n### Added\n\n- A.\n- B.\n\n### Removed\n\n- R.\n" + OLD


def test_entries_join_those_that_are_there() -> None:
    there = HEAD + "\n### Added\n\n- First.\n\n### Fixed\n\n- Bug.\n"
    text = with_entries(there + OLD, {"Added": ["Second."], "Changed": ["C."], "Fixed": ["F."]})
    assert text == (
        HEAD + "\n### Added\n\n- First.\n- Second.\n\n### Changed\n\n- C.\n\n### Fixed\n\n- Bug.\n- F.\n" + OLD
    )


def test_nothing_is_told_twice() -> None:
    once = with_entries(HEAD + OLD, {"Added": ["A."]})
    assert with_entries(once, {"Added": ["A."]}) == once


def test_long_entries_are_wrapped() -> None:
    entry = "A method, which does " + "one thing and another, " * 6 + "in a page."
    [*_, first, second] = with_entries(HEAD, {"Added": [entry]}).splitlines()
    assert first.startswith("- A method, ")
    assert second.startswith("  ")
    assert len(first) <= 120
    assert f"{first[2:]} {second[2:]}" == entry


def test_a_changelog_without_releases_will_do() -> None:
    assert with_entries("## Unreleased\n", {"Added": ["A."]}) == "## Unreleased\n\n### Added\n\n- A.\n"


def test_without_a_place_to_write_it_says_so() -> None:
    with pytest.raises(CodegenError, match=r"^NEWS\.md: there is no heading `## \[Unreleased\]`"):
        with_entries("# News\n", {"Added": ["A."]}, "NEWS.md")
