"""Reading pages: lists that lose no tag, pages by id and path, many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, Meddle, answer
from wikijs import exceptions as exc


@pytest.fixture
def three(wiki: Area) -> list[int]:
    """Three pages: two published ones with tags, one draft."""
    made = wiki.pages.create_many(
        [
            {"path": wiki.path("one"), "title": "One", "content": "# one", "tags": ["red", "green", "blue"]},
            {"path": wiki.path("two"), "title": "Two", "content": "# two", "tags": ["red"]},
            {"path": wiki.path("sub/three"), "title": "Three", "content": "# three", "is_published": False},
        ]
    )
    made.raise_for_errors()
    return [page.id for page in made]


def test_a_limited_list_has_whole_pages_with_all_their_tags(wiki: Area, three: list[int]) -> None:
    pages = wiki.pages.list(folder=wiki.folder, limit=2)
    assert [page.id for page in pages] == three[:2]
    assert sorted(pages[0].tags) == ["blue", "green", "red"]


def test_a_list_filtered_by_tags_shows_the_other_tags_too(wiki: Area, three: list[int]) -> None:
    pages = wiki.pages.list(folder=wiki.folder, tags=[" RED ", "Green"])
    assert [(page.id, sorted(page.tags)) for page in pages] == [(three[0], ["blue", "green", "red"])]


def test_a_list_is_filtered_by_state_folder_time_and_author(wiki: Area, three: list[int]) -> None:
    def listed(**filters: Any) -> list[int]:
        return [page.id for page in wiki.pages.list(**{"folder": wiki.folder, **filters})]

    assert listed(published=True) == three[:2]
    assert listed(published=False) == three[2:]
    assert listed(folder=wiki.path("sub")) == three[2:]
    assert listed(folder=f"/{wiki.folder}/") == three
    assert listed(locale="en") == three
    assert listed(creator_id=1, author_id=1) == three
    assert listed(creator_id=1, author_id=2) == []
    assert listed(updated_since=datetime.now(UTC) - timedelta(hours=1)) == three
    assert listed(updated_since=datetime.now(UTC) + timedelta(hours=1)) == []


def test_a_list_is_sorted(wiki: Area, three: list[int]) -> None:
    titles = [page.title for page in wiki.pages.list(folder=wiki.folder, order_by="title", descending=True)]
    assert titles == ["Two", "Three", "One"]


def test_a_moment_without_a_time_zone_is_refused(wiki: Area) -> None:
    with pytest.raises(exc.ValidationError, match="no time zone"):
        wiki.pages.list(updated_since=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_page_is_read_by_id_and_by_path(wiki: Area, three: list[int]) -> None:
    page = wiki.pages.get(three[0])
    assert (page.path, page.title, page.content) == (wiki.path("one"), "One", "# one")
    assert wiki.pages.get_by_path(f"/en/{wiki.path('one')}/") == page
    bare = wiki.pages.get(three[0], content=False)
    assert (bare.id, hasattr(bare, "content")) == (page.id, False)
    assert wiki.pages.get_by_path(page.path, content=False) == bare


def test_a_missing_page_is_named(wiki: Area) -> None:
    with pytest.raises(exc.PageNotFoundError, match="There is no page 999999"):
        wiki.pages.get(999_999)
    with pytest.raises(exc.PageNotFoundError, match=f"There is no page en/{wiki.path('no')}"):
        wiki.pages.get_by_path(wiki.path("no"))


def test_existence_is_told(wiki: Area, three: list[int]) -> None:
    assert wiki.pages.exists(wiki.path("one"))
    assert not wiki.pages.exists(wiki.path("One"))
    assert not wiki.pages.exists(wiki.path("one"), locale="de")


def test_many_pages_come_in_the_order_asked_for(wiki: Area, three: list[int]) -> None:
    wanted = [three[2], wiki.path("one"), three[1], three[2]]
    assert [page.id for page in wiki.pages.get_many(wanted)] == [three[2], three[0], three[1], three[2]]


def test_of_many_pages_the_missing_ones_are_raised_or_handed_out(wiki: Area, three: list[int]) -> None:
    wanted = [three[0], 999_999, wiki.path("no")]
    with pytest.raises(exc.PageNotFoundError, match="999999"):
        wiki.pages.get_many(wanted)
    page, by_id, by_path = wiki.pages.get_many(wanted, return_exceptions=True)
    assert not isinstance(page, Exception)
    assert page.id == three[0]
    assert isinstance(by_id, exc.PageNotFoundError)
    assert isinstance(by_path, exc.PageNotFoundError)
    assert wiki.path("no") in by_path.message


def test_all_pages_are_iterated_over_in_batches(wiki: Area, three: list[int]) -> None:
    requests: list[str] = []

    def meddle(request: Any, ask: Any) -> httpx2.Response:
        requests.append(request["operationName"] if isinstance(request, dict) else "array")
        return ask()

    pages = wiki.meddled(meddle).pages
    assert [page.id for page in pages.iter_all(folder=wiki.folder)] == three
    assert requests == ["PagesList"]
    found = pages.iter_all(folder=wiki.folder, content=True, batch_size=2)
    assert [(page.id, page.content) for page in found] == list(zip(three, ["# one", "# two", "# three"], strict=True))
    assert len(requests) == 4  # the list again, two pages, one page


def test_a_page_deleted_during_an_iteration_is_left_out(wiki: Area, three: list[int]) -> None:
    found = wiki.pages.iter_all(folder=wiki.folder, content=True, batch_size=1)
    first = next(found)
    later = wiki.pages.iter_all(folder=wiki.folder, content=True, batch_size=50)
    assert first.id == three[0]
    wiki.pages.delete(three[1])
    assert [page.id for page in later] == [three[0], three[2]]


def test_a_batch_of_nothing_is_refused(wiki: Area) -> None:
    with pytest.raises(exc.ConfigurationError, match="batch_size is 0"):
        list(wiki.pages.iter_all(batch_size=0))


def before_2_5_296(request: Any, ask: Any) -> httpx2.Response:
    """A server that does not know `singleByPath`; its words are those of a recorded 2.5.314 about an unknown field."""
    if "singleByPath" not in str(request):
        return ask()
    message = 'Cannot query field "singleByPath" on type "PageQuery". Did you mean "single"?'
    body = {"errors": [{"message": message, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}
    return httpx2.Response(400, json=body)


def test_old_servers_find_paths_by_the_list(wiki: Area, three: list[int]) -> None:
    pages = wiki.meddled(before_2_5_296).pages
    assert pages.get_by_path(wiki.path("one")).id == three[0]
    assert pages.exists(wiki.path("two"))
    assert not pages.exists(wiki.path("no"))
    with pytest.raises(exc.PageNotFoundError):
        pages.get_by_path(wiki.path("no"))


def test_old_servers_read_many_paths_too(wiki: Area, three: list[int]) -> None:
    pages = wiki.meddled(before_2_5_296).pages
    wanted = [wiki.path("two"), three[0], wiki.path("no")]
    two, one, missing = pages.get_many(wanted, return_exceptions=True)
    assert not isinstance(two, Exception)
    assert not isinstance(one, Exception)
    assert (two.id, one.id) == (three[1], three[0])
    assert isinstance(missing, exc.PageNotFoundError)


def test_a_failure_of_the_server_reaches_the_iteration(wiki: Area, three: list[int]) -> None:
    def failing(request: Any, ask: Any) -> httpx2.Response:
        if "single" not in str(request):
            return ask()
        message = {"message": "Cannot read properties of undefined", "path": ["pages"]}
        return answer({"pages": None}, errors=[message])

    meddle: Meddle = failing
    with pytest.raises(exc.ServerError):
        list(wiki.meddled(meddle).pages.iter_all(folder=wiki.folder, content=True, batch_size=1))


def test_an_old_server_is_asked_the_new_way_once_only(wiki: Area, three: list[int]) -> None:
    asked: list[Any] = []

    def old(request: Any, ask: Any) -> httpx2.Response:
        asked.append(request)
        return before_2_5_296(request, ask)

    pages = wiki.meddled(old).pages
    assert pages.get_by_path(wiki.path("one")).id == three[0]
    assert [page.id for page in pages.get_many([wiki.path("two"), three[2]])] == three[1:]
    assert sum("singleByPath" in str(request) for request in asked) == 1


def test_a_lost_connection_is_no_missing_page(wiki: Area) -> None:
    def lost(request: Any, ask: Any) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    client = wiki.meddled(lost)
    with pytest.raises(exc.TransportError):
        client.pages.get(1)
    outcomes = client.pages.get_many([1, "docs/x"], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [exc.TransportError] * 2


def test_a_failure_of_the_server_is_handed_on_as_it_is(wiki: Area) -> None:
    def failing(request: Any, ask: Any) -> httpx2.Response:
        return answer({"pages": {"single": None}}, errors=[{"message": "Oops", "path": ["pages", "single"]}])

    with pytest.raises(exc.ServerError, match="Oops"):
        wiki.meddled(failing).pages.get(1)
