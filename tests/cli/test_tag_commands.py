"""`wikijs tags`: the tags in use, and those of given pages."""

from __future__ import annotations

import json

import pytest

from wikijs.cli import tags
from wikijs.cli.pages import arguments as page_arguments

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.fixture
def tagged(on_sandbox: OnSandbox) -> OnSandbox:
    pages = on_sandbox.client.pages
    pages.create("odd/a", title="[b]A", content="a", tags=["x-one", "x-two"])
    pages.create("odd/b", title="B", content="b", tags=["x-two"])
    return on_sandbox


def on(wiki: OnSandbox, path: str) -> list[str]:
    return sorted(tag.tag for tag in wiki.client.pages.get_by_path(path).tags)


def test_tags_are_listed_with_their_pages(tagged: OnSandbox) -> None:
    listed = rows(tagged("tags", "list").stdout)
    assert [row for row in listed if row[0].startswith("x-")] == [["x-one", "x-one", "1"], ["x-two", "x-two", "2"]]
    counts = [int(row[2]) for row in rows(tagged("tags", "list", "--by-count").stdout)]
    assert counts == sorted(counts, reverse=True)
    assert tagged("tags", "list", "-q").stdout.split() == [row[0] for row in listed]
    as_json = json.loads(tagged("tags", "list", "--json").stdout)
    assert {tuple(tag) for tag in as_json} == {tags.TAG}


def test_a_tag_is_renamed(tagged: OnSandbox) -> None:
    result = tagged("tags", "rename", "x-two", "Three", "--title", "The third")
    assert (result.exit_code, result.stdout, on(tagged, "odd/b")) == (0, "Renamed x-two to Three.\n", ["three"])
    done = tagged("tags", "rename", "three", "four", "--json").stdout
    assert json.loads(done) == {"tag": "four", "was": "three"}
    for name, new, text in (("four", "x-one", "already"), ("gone", "x", "No page has the tag"), ("four", " ", "empty")):
        refused = tagged("tags", "rename", name, new)
        assert (refused.exit_code, refused.stdout, text in refused.stderr) == (1, "", True)


def test_tags_are_merged_after_a_confirmation(tagged: OnSandbox) -> None:
    refused = tagged("tags", "merge", "x-one,x-two", "both")
    assert (refused.exit_code, on(tagged, "odd/b")) == (2, ["x-two"])
    assert "Replace x-one, x-two by both on all pages?" in refused.stderr
    done = tagged("tags", "merge", "x-one,x-two", "both", "--yes", "--json")
    assert [page["path"] for page in json.loads(done.stdout)["success"]] == ["odd/a", "odd/b"]
    assert (on(tagged, "odd/a"), on(tagged, "odd/b")) == (["both"], ["both"])
    assert tagged("tags", "merge", "x-one", "both", "--yes").exit_code == 1


def test_a_tag_is_deleted_after_a_confirmation(tagged: OnSandbox, at_terminal: Sit) -> None:
    refused = tagged("tags", "delete", "X-two")
    assert (refused.exit_code, on(tagged, "odd/b")) == (2, ["x-two"])
    assert "Remove the tag X-two from 2 pages?" in refused.stderr
    at_terminal("stdin")
    assert tagged("tags", "delete", "x-two", stdin="y\n").stdout.endswith("Deleted the tag x-two.\n")
    assert (on(tagged, "odd/a"), on(tagged, "odd/b")) == (["x-one"], [])
    assert tagged("tags", "delete", "x-one", "-y", "-q").stdout == "x-one\n"
    gone = tagged("tags", "delete", "x-one", "--yes")
    assert (gone.exit_code, "No page has the tag 'x-one'." in gone.stderr) == (1, True)


def test_tags_are_put_on_pages_and_taken_off(tagged: OnSandbox) -> None:
    ids = tagged("pages", "list", "--folder", "odd", "-q").stdout
    result = tagged("tags", "add", "New, x-one", "-", stdin=ids)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 of 2 tagged.\n")
    assert (on(tagged, "odd/a"), on(tagged, "odd/b")) == (["new", "x-one", "x-two"], ["new", "x-one", "x-two"])
    done = json.loads(tagged("tags", "remove", "x-one,x-two", "odd/b", "--json").stdout)
    assert (set(done["success"][0]), on(tagged, "odd/b")) == (set(page_arguments.SAVED), ["new"])
    for command in ("add", "remove"):
        assert tagged("tags", command, "x", "odd/a", "999999").exit_code == 3
        assert tagged("tags", command, "x", "nowhere").exit_code == 1
        assert tagged("tags", command, "a,,b", "odd/a").exit_code == 1
        assert tagged("tags", command, "x", "odd/a", guest=True).exit_code == 4


def test_tags_are_with_pages_too(tagged: OnSandbox) -> None:
    assert tagged("pages", "tags", "list").stdout == tagged("tags", "list").stdout
