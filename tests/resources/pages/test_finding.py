"""Finding pages: search with true ids, content by pattern, the tree level by level, links that lead nowhere."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from wikijs import exceptions as exc
from wikijs.resources.pages import discovery as page_discovery


@pytest.fixture
def garden(wiki: Area) -> Area:
    """Pages in folders: `apple` is a page and a folder, `tree` a folder only."""
    link = f"[go](/{wiki.folder}/apple) and [lost](/{wiki.folder}/lost)"
    wiki.pages.create_many(
        [
            {"path": wiki.path("apple"), "title": f"Apple of {wiki.folder}", "content": "# Apple\n\nA red Fruit."},
            {"path": wiki.path("apple/core"), "title": "Core", "content": "seeds\nfruit fruit"},
            {"path": wiki.path("tree/oak/leaf"), "title": "Leaf", "content": link, "tags": ["green"]},
        ]
    ).raise_for_errors()
    return wiki


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_discovery, "TREE_PATIENCE", 0.01)


def test_search_gives_true_ids(garden: Area) -> None:
    def with_index_ids(request: Any, ask: Any) -> httpx2.Response:
        response = ask()
        if request["operationName"] != "PagesSearch":
            return response
        data = response.json()["data"]
        for number, hit in enumerate(data["pages"]["search"]["results"]):
            hit["id"] = str(777_000 + number)  # as the postgres engine does
        return answer(data)

    found = garden.meddled(with_index_ids).pages.search(garden.folder)
    page = garden.pages.get_by_path(garden.path("apple"))
    assert page.id in {hit.id for hit in found}
    assert len(found) == len(found.hits) <= found.total_hits


def test_search_stays_in_the_folder(garden: Area) -> None:
    assert {hit.path for hit in garden.pages.search(garden.folder, folder=garden.path("tree"))} <= {
        garden.path("tree/oak/leaf")
    }
    assert len(garden.pages.search("nothing-has-this-text", folder=garden.folder)) == 0


def test_a_broken_search_engine_is_named(garden: Area) -> None:
    def broken(request: Any, ask: Any) -> httpx2.Response:
        message = "Cannot read properties of undefined (reading 'results')"
        return answer({"pages": {"search": None}}, errors=[{"message": message, "path": ["pages", "search"]}])

    with pytest.raises(exc.ServerError, match="search engine failed"):
        garden.meddled(broken).pages.search("x")


def test_grep_looks_into_the_content(garden: Area) -> None:
    found = list(garden.pages.grep("fruit", folder=garden.folder))
    assert [(match.page.title, match.line_number, match.line, match.start, match.end) for match in found] == [
        ("Core", 2, "fruit fruit", 0, 5)
    ]
    assert len(list(garden.pages.grep("fruit", ignore_case=True, folder=garden.folder))) == 2
    assert len(list(garden.pages.grep(re.compile("^A red|seeds"), folder=garden.folder, batch_size=1))) == 2
    assert [match.page.title for match in garden.pages.grep("go", folder=garden.folder, tags=["green"])] == ["Leaf"]


def test_a_bad_pattern_is_refused(garden: Area) -> None:
    with pytest.raises(exc.ConfigurationError, match="no regular expression"):
        list(garden.pages.grep("("))


def test_the_tree_is_read_folder_by_folder(garden: Area) -> None:
    def level(folder: str, **options: Any) -> list[tuple[str, bool, bool]]:
        items = garden.pages.tree(folder, **options)
        return sorted((i.path.removeprefix(garden.folder), i.is_folder, i.page_id is not None) for i in items)

    assert level(garden.folder) == [("/apple", True, True), ("/tree", True, False)]
    assert level(garden.folder, mode="pages") == [("/apple", True, True)]
    assert level(garden.path("apple"), mode="pages") == [("/apple/core", False, True)]
    assert level(garden.path("apple"), mode="folders") == []
    assert garden.folder in {item.path for item in garden.pages.tree()}
    with pytest.raises(exc.NotFoundError, match="There is no folder"):
        garden.pages.tree(garden.path("tree/elm"))
    with pytest.raises(exc.NotFoundError, match="There is no folder"):
        garden.pages.tree(garden.path("apple/core"))


def test_a_walk_visits_each_folder_before_what_is_in_it(garden: Area) -> None:
    walked = [item.path.removeprefix(garden.folder) for item in garden.pages.walk(garden.folder)]
    assert sorted(walked) == ["/apple", "/apple/core", "/tree", "/tree/oak", "/tree/oak/leaf"]
    assert walked.index("/apple") + 1 == walked.index("/apple/core")
    pages = [item.path.removeprefix(garden.folder) for item in garden.pages.walk(garden.folder, mode="pages")]
    assert sorted(pages) == ["/apple", "/apple/core", "/tree/oak/leaf"]


def test_a_walk_reads_no_further_than_it_goes(garden: Area) -> None:
    levels: list[Any] = []

    def counting(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] == "PagesTree":
            levels.append(request["variables"])
        return ask()

    next(iter(garden.meddled(counting).pages.walk(garden.folder)))
    assert len(levels) == 2  # the level the folder is on, and its own


def test_an_empty_level_is_asked_for_again(garden: Area) -> None:
    asked: list[str] = []

    def rebuilding(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] != "PagesTree":
            return ask()
        asked.append(request["operationName"])
        return answer({"pages": {"tree": []}}) if len(asked) == 1 else ask()

    assert len(garden.meddled(rebuilding).pages.tree(garden.folder)) == 2
    assert asked == ["PagesTree"] * 3


def test_a_folder_that_got_another_number_is_looked_up_again(garden: Area) -> None:
    asked: list[Any] = []

    def renumbering(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] == "PagesTree":
            asked.append(request["variables"])
        if len(asked) == 2:
            request["variables"]["parent"] = 0
            strangers = garden.pages.tree()
            items = [item.model_dump(mode="json", by_alias=True) for item in strangers]
            return answer({"pages": {"tree": items}})
        return ask()

    items = garden.meddled(renumbering).pages.tree(garden.folder)
    assert sorted(item.path for item in items) == [garden.path("apple"), garden.path("tree")]


def test_broken_links_are_found(garden: Area) -> None:
    mine = [page for page in garden.pages.links() if page.path.startswith(garden.folder)]
    leaf = next(page for page in mine if page.title == "Leaf")
    assert sorted(leaf.links) == [f"en/{garden.path('apple')}", f"en/{garden.path('lost')}"]
    assert leaf.broken == [f"en/{garden.path('lost')}"]
    broken = [page.path for page in garden.pages.links(broken=True)]
    assert garden.path("tree/oak/leaf") in broken
    assert garden.path("apple") not in broken


def test_other_failures_of_a_search_are_handed_on(garden: Area) -> None:
    def broken(request: Any, ask: Any) -> httpx2.Response:
        return answer({"pages": {"search": None}}, errors=[{"message": "Oops", "path": ["pages", "search"]}])

    with pytest.raises(exc.ServerError, match="Oops"):
        garden.meddled(broken).pages.search("x")


def test_a_folder_that_goes_away_during_a_walk_is_empty(garden: Area) -> None:
    walk = garden.pages.walk(garden.folder)
    first = next(walk)
    assert first.path == garden.path("apple")
    garden.pages.delete_many([page.id for page in garden.pages.list(folder=garden.path("apple"))])
    assert garden.path("apple/core") not in {item.path for item in walk}
