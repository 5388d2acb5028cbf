"""Many writes: one bad item never stops the rest, results and errors are in the order of the input."""

from __future__ import annotations

import tracemalloc
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area
from wikijs import exceptions as exc
from wikijs.core.jobs.results import BatchFailedError
from wikijs.resources.pages.many import NewPage, PageUpdate


def drafts(wiki: Area, *names: str) -> list[NewPage]:
    return [{"path": wiki.path(name), "title": name.title(), "content": f"# {name}"} for name in names]


def test_a_bad_item_is_noted_and_the_rest_goes_on(wiki: Area) -> None:
    items = drafts(wiki, "one", "bad one", "one", "two")
    seen: list[tuple[int, int]] = []
    result = wiki.pages.create_many(items, progress=lambda done, total: seen.append((done, total)))
    assert [page.path for page in result] == [wiki.path("one"), wiki.path("two")]
    assert [(error.index, error.input, type(error.exception)) for error in result.errors] == [
        (1, items[1], exc.PageIllegalPathError),
        (2, items[2], exc.PageExistsError),
    ]
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert not result.interrupted
    with pytest.raises(BatchFailedError, match="2 of 4 items failed"):
        result.raise_for_errors()


def test_many_updates_keep_what_they_do_not_change(wiki: Area) -> None:
    pages = wiki.pages.create_many([{**draft, "tags": ["t"]} for draft in drafts(wiki, "one", "two")]).success
    result = wiki.pages.update_many(
        [
            {"id": pages[0].id, "title": "New", "expected": pages[0]},
            {"id": 999_999, "title": "None"},
            {"id": pages[0].id, "title": "Late", "expected": pages[0]},
            {"id": pages[1].id, "content": "new"},
        ]
    )
    assert [page.id for page in result] == [page.id for page in pages]
    assert [(e.index, type(e.exception)) for e in result.errors] == [
        (1, exc.PageNotFoundError),
        (2, exc.PageChangedError),
    ]
    states = [wiki.state(page.id) for page in pages]
    assert [(state.title, state.content) for state in states] == [("New", "# one"), ("Two", "new")]
    assert [[tag.tag for tag in state.tags] for state in states] == [["t"], ["t"]]


def test_many_deletes_name_what_was_deleted(wiki: Area) -> None:
    pages = wiki.pages.create_many(drafts(wiki, "one", "two")).success
    result = wiki.pages.delete_many([pages[0].id, 999_999, pages[1].id])
    assert result.success == [pages[0].id, pages[1].id]
    assert [error.input for error in result.errors] == [999_999]
    assert wiki.pages.list(folder=wiki.folder) == []


def test_an_item_of_the_wrong_shape_is_explained(sandbox_wiki: Area) -> None:
    wrong: Any = [{"title": "x", "colour": "red"}]
    error = sandbox_wiki.pages.create_many(wrong).errors[0].exception
    assert str(error).startswith("This page lacks content, path and has colour.")
    update: Any = [{"title": "x"}]
    error = sandbox_wiki.pages.update_many(update).errors[0].exception
    assert str(error).startswith("This update lacks id.")


def test_ctrl_c_returns_what_was_done(wiki: Area) -> None:
    items = drafts(wiki, "one", "two", "three", "four")

    def interrupted(request: Any, ask: Any) -> httpx2.Response:
        if request["variables"].get("path") == items[2]["path"]:
            raise KeyboardInterrupt
        return ask()

    result = wiki.meddled(interrupted).pages.create_many(items)
    assert [page.path for page in result] == [wiki.path("one"), wiki.path("two")]
    assert [(error.index, type(error.exception)) for error in result.errors] == [(2, exc.OutcomeUnknownError)]
    assert result.not_attempted == items[3:]
    assert result.interrupted


def test_ctrl_c_between_two_items_leaves_nothing_unknown(sandbox_wiki: Area) -> None:
    items = drafts(sandbox_wiki, "one", "two", "three")

    def progress(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    result = sandbox_wiki.pages.create_many(items, progress=progress)
    assert (len(result), result.errors, result.not_attempted) == (1, [], items[1:])


def paths_of(wiki: Area) -> list[str]:
    return sorted(page.path.removeprefix(wiki.folder) for page in wiki.pages.list(folder=wiki.folder))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("docs", "manual", ["/manual", "/manual/docs", "/manual/docs/x", "/manual/x", "/other"]),
        ("docs", "docs/docs", ["/docs/docs", "/docs/docs/docs", "/docs/docs/docs/x", "/docs/docs/x", "/other"]),
        ("docs/docs", "docs/deep/er", ["/docs", "/docs/deep/er", "/docs/deep/er/x", "/docs/x", "/other"]),
    ],
)
def test_a_folder_moves_whole_also_into_itself(wiki: Area, source: str, target: str, expected: list[str]) -> None:
    wiki.pages.create_many(drafts(wiki, "docs", "docs/x", "docs/docs", "docs/docs/x", "other")).raise_for_errors()
    result = wiki.pages.move_tree(wiki.path(source), wiki.path(target))
    assert result.errors == []
    assert sorted(page.path for page in result) == [wiki.folder + p for p in expected if p.startswith(f"/{target}")]
    assert paths_of(wiki) == expected


def test_a_folder_moves_up_to_where_it_is(wiki: Area) -> None:
    wiki.pages.create_many(drafts(wiki, "docs/docs", "docs/docs/docs", "docs/docs/x")).raise_for_errors()
    assert wiki.pages.move_tree(wiki.path("docs/docs"), wiki.path("docs")).errors == []
    assert paths_of(wiki) == ["/docs", "/docs/docs", "/docs/x"]


def test_a_folder_does_not_move_onto_pages(wiki: Area) -> None:
    wiki.pages.create_many(drafts(wiki, "docs/x", "docs/z", "manual/z")).raise_for_errors()
    with pytest.raises(exc.PagePathCollisionError, match=f"en/{wiki.path('manual/z')} already; nothing was moved"):
        wiki.pages.move_tree(wiki.path("docs"), wiki.path("manual"))
    with pytest.raises(exc.PageNotFoundError, match="no page at or below"):
        wiki.pages.move_tree(wiki.path("nothing"), wiki.path("manual"))
    assert paths_of(wiki) == ["/docs/x", "/docs/z", "/manual/z"]
    assert wiki.pages.move_tree(wiki.path("docs"), wiki.path("docs")).success == []


def test_a_thousand_pages_with_every_tenth_bad(sandbox_wiki: Area) -> None:
    wiki, pages = sandbox_wiki, sandbox_wiki.pages
    names = [f"bad page {number}" if number % 10 == 9 else f"page{number:04}" for number in range(1000)]
    bad = list(range(9, 1000, 10))
    good = [name for number, name in enumerate(names) if number % 10 != 9]

    created = pages.create_many({**draft, "tags": ["t", f"n{i % 7}"]} for i, draft in enumerate(drafts(wiki, *names)))
    assert [page.path for page in created] == [wiki.path(name) for name in good]
    assert [(error.index, type(error.exception)) for error in created.errors] == [
        (index, exc.PageIllegalPathError) for index in bad
    ]

    ids = iter([page.id for page in created])
    updates: list[PageUpdate] = [
        {"id": 10**6 if number % 10 == 9 else next(ids), "title": f"New {number}"} for number in range(1000)
    ]
    updated = pages.update_many(updates)
    assert [page.title for page in updated] == [f"New {number}" for number in range(1000) if number % 10 != 9]
    assert [(error.index, type(error.exception)) for error in updated.errors] == [
        (index, exc.PageNotFoundError) for index in bad
    ]
    listed = pages.list(folder=wiki.folder)
    assert len(listed) == 900
    assert all(len(page.tags) == 2 for page in listed)

    moved = pages.move_tree(wiki.folder, wiki.path("moved"))
    assert (len(moved), moved.errors) == (900, [])
    assert [page.path for page in pages.iter_all(folder=wiki.folder)] == [wiki.path(f"moved/{name}") for name in good]

    doomed = [update["id"] for update in updates]
    deleted = pages.delete_many(doomed)
    assert deleted.success == [number for number in doomed if number != 10**6]
    assert [error.index for error in deleted.errors] == bad
    assert pages.list(folder=wiki.folder) == []


def test_content_is_held_for_a_few_batches_only(sandbox_wiki: Area) -> None:
    size = 200_000
    items: list[NewPage] = [
        {"path": sandbox_wiki.path(f"page{number}"), "title": "Large", "content": f"{number} " + "x" * size}
        for number in range(60)
    ]
    sandbox_wiki.pages.create_many(items).raise_for_errors()
    del items
    tracemalloc.start()
    try:
        count = sum(1 for _ in sandbox_wiki.pages.iter_all(folder=sandbox_wiki.folder, content=True, batch_size=1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 60
    assert peak < 60 * size  # all at once, content and rendered HTML take twice that
