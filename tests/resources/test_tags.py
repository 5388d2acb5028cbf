"""Tags: counted, renamed, merged, deleted, by name."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from wikijs import exceptions as exc


@pytest.fixture
def tag(wiki: Area) -> str:
    """The beginning of the names of this test's tags: tags belong to the whole wiki."""
    name = wiki.folder.replace("test-", "t")
    wiki.pages.create_many(
        [
            {"path": wiki.path("one"), "title": "One", "content": "1", "tags": [f"{name}-a", f"{name}-b"]},
            {"path": wiki.path("two"), "title": "Two", "content": "2", "tags": [f"{name}-b"]},
            {"path": wiki.path("three"), "title": "Three", "content": "3", "tags": [f"{name}-c"]},
        ]
    ).raise_for_errors()
    return name


def counts(wiki: Area, name: str) -> dict[str, int]:
    return {tag.tag.removeprefix(f"{name}-"): tag.count for tag in wiki.client.tags.list() if tag.tag.startswith(name)}


def test_tags_are_counted(wiki: Area, tag: str) -> None:
    assert counts(wiki, tag) == {"a": 1, "b": 2, "c": 1}


def test_a_tag_is_renamed_on_all_pages(wiki: Area, tag: str) -> None:
    wiki.client.tags.rename(f" {tag}-B", f"{tag}-New")
    assert counts(wiki, tag) == {"a": 1, "new": 2, "c": 1}
    renamed = next(each for each in wiki.client.tags.list() if each.tag == f"{tag}-new")
    assert renamed.title == f"{tag}-new"
    wiki.client.tags.rename(f"{tag}-new", f"{tag}-new", title="New one")
    assert "New one" in {each.title for each in wiki.client.tags.list()}


def test_a_tag_is_not_renamed_onto_another(wiki: Area, tag: str) -> None:
    with pytest.raises(exc.ConflictError, match="already"):
        wiki.client.tags.rename(f"{tag}-a", f"{tag}-b")


def test_tags_are_merged(wiki: Area, tag: str) -> None:
    result = wiki.client.tags.merge([f"{tag}-a", f"{tag}-c"], f"{tag}-b")
    assert sorted(page.path for page in result) == [wiki.path("one"), wiki.path("three")]
    assert counts(wiki, tag) == {"b": 3}
    assert [page.tags for page in wiki.pages.list(folder=wiki.folder)] == [[f"{tag}-b"]] * 3


def test_a_tag_is_removed_from_all_pages(wiki: Area, tag: str) -> None:
    wiki.client.tags.delete(f"{tag}-b")
    assert counts(wiki, tag) == {"a": 1, "c": 1}


def test_a_missing_tag_is_named(wiki: Area) -> None:
    for act in (
        lambda: wiki.client.tags.rename("no-such-tag", "x"),
        lambda: wiki.client.tags.delete("no-such-tag"),
        lambda: wiki.client.tags.merge(["no-such-tag"], "x"),
    ):
        with pytest.raises(exc.TagNotFoundError, match="No page has the tag 'no-such-tag'"):
            act()


def test_tags_stay_where_a_page_could_not_be_written(wiki: Area, tag: str) -> None:
    def refusing(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] != "PagesUpdate" or request["variables"]["title"] != "Two":
            return ask()
        result = {"succeeded": False, "errorCode": 6009, "slug": "PageUpdateForbidden", "message": "No."}
        return answer({"pages": {"update": {"responseResult": result, "page": None}}})

    result = wiki.meddled(refusing).tags.merge([f"{tag}-b"], f"{tag}-c")
    assert [error.input.title for error in result.errors] == ["Two"]
    assert counts(wiki, tag) == {"a": 1, "b": 1, "c": 2}
