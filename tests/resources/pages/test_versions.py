"""Old versions: listed, compared, and brought back without losing tags and scripts."""

from __future__ import annotations

import pytest

from tests.resources.conftest import Area
from wikijs import exceptions as exc
from wikijs.resources.pages.versions import unified_diff


@pytest.fixture
def page_id(wiki: Area) -> int:
    """A page with two old versions."""
    page = wiki.pages.create(
        wiki.path("page"), title="One", content="a\nb\nc", tags=["t"], script_js="<script>1</script>"
    )
    wiki.pages.update(page.id, title="Two", content="a\nB\nc")
    wiki.pages.update(page.id, is_published=False, tags=["new"])
    return page.id


@pytest.mark.parametrize("page_size", [1, 2, 3, 100])
def test_history_is_whole_whatever_the_page_size(wiki: Area, page_id: int, page_size: int) -> None:
    entries = list(wiki.pages.history(page_id, page_size=page_size))
    assert [entry.action_type for entry in entries] == ["edit", "initial"]
    assert [entry.value_after for entry in entries] == [None, None]
    assert entries[0].version_id > entries[1].version_id


def test_a_move_is_in_the_history(wiki: Area, page_id: int) -> None:
    wiki.pages.move(page_id, wiki.path("moved"))
    wiki.pages.update(page_id, title="Three")
    moves = [entry for entry in wiki.pages.history(page_id) if entry.action_type == "move"]
    assert [(entry.value_before, entry.value_after) for entry in moves] == [(wiki.path("page"), wiki.path("moved"))]


def test_the_history_of_no_page_is_an_error(wiki: Area) -> None:
    with pytest.raises(exc.PageNotFoundError, match="There is no page 999999"):
        list(wiki.pages.history(999_999))
    with pytest.raises(exc.ConfigurationError, match="page_size is 0"):
        list(wiki.pages.history(1, page_size=0))


def test_a_version_is_read_or_named_as_missing(wiki: Area, page_id: int) -> None:
    newest, oldest = (entry.version_id for entry in wiki.pages.history(page_id))
    assert (wiki.pages.version(page_id, oldest).title, wiki.pages.version(page_id, newest).title) == ("One", "Two")
    with pytest.raises(exc.NotFoundError, match=f"Page {page_id} has no version 999999"):
        wiki.pages.version(page_id, 999_999)


def test_versions_are_compared(wiki: Area, page_id: int) -> None:
    newest, oldest = (entry.version_id for entry in wiki.pages.history(page_id))
    expected = f"--- version {oldest}\n+++ current\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    assert wiki.pages.diff(page_id, oldest) == expected
    assert wiki.pages.diff(page_id, oldest, newest, context=0).endswith("@@ -2 +2 @@\n-b\n+B\n")
    assert wiki.pages.diff(page_id, newest) == ""


def test_a_diff_of_texts_without_line_ends_is_readable() -> None:
    assert unified_diff("a", "b", "old", "new") == "--- old\n+++ new\n@@ -1 +1 @@\n-a\n+b\n"
    assert unified_diff("a", "a", "old", "new") == ""


def test_restore_keeps_tags_scripts_and_place(wiki: Area, page_id: int) -> None:
    wiki.pages.move(page_id, wiki.path("elsewhere"))
    oldest = list(wiki.pages.history(page_id))[-1].version_id
    restored = wiki.pages.restore(page_id, oldest)
    state = wiki.state(page_id)
    assert (state.title, state.content, state.is_published) == ("One", "a\nb\nc", True)
    assert ([tag.tag for tag in state.tags], state.script_js) == (["new"], "<script>1</script>")
    assert (state.path, restored.path) == (wiki.path("elsewhere"), wiki.path("elsewhere"))
    back = wiki.pages.restore(page_id, oldest, move_back=True)
    assert (back.path, wiki.state(page_id).path) == (wiki.path("page"), wiki.path("page"))


def test_restore_brings_the_editor_back(wiki: Area, page_id: int) -> None:
    oldest = list(wiki.pages.history(page_id))[-1].version_id
    wiki.pages.convert(page_id, editor="ckeditor")
    restored = wiki.pages.restore(page_id, oldest)
    state = wiki.state(page_id)
    assert (restored.editor, state.editor, state.content_type, state.content) == (
        "markdown",
        "markdown",
        "markdown",
        "a\nb\nc",
    )


def test_restoring_no_version_is_an_error(wiki: Area, page_id: int) -> None:
    with pytest.raises(exc.NotFoundError, match="has no version"):
        wiki.pages.restore(page_id, 999_999)
