"""Replacing text in many pages: shown before, written once, and nothing else of a page changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area
from wikijs import exceptions as exc
from wikijs.resources.pages.moving import PlannedMove

ENDS = "one old\r\ntwo old\nthree\u2028old four"


def planted(wiki: Area, *contents: str) -> list[int]:
    return [
        wiki.pages.create(wiki.path(f"page-{number}"), title=f"Page {number}", content=content, tags=["kept"]).id
        for number, content in enumerate(contents)
    ]


def contents(wiki: Area, ids: list[int]) -> list[str]:
    return [wiki.state(page).content for page in ids]


def test_what_would_be_replaced_is_told_and_not_written(wiki: Area) -> None:
    ids = planted(wiki, "old and old\nnew", "nothing here", "Old")
    found = list(wiki.pages.find_replacements("old", "new", folder=wiki.folder))
    assert [(item.id, item.count, item.after) for item in found] == [(ids[0], 2, "new and new\nnew")]
    assert found[0].diff() == (
        f"--- en/{wiki.path('page-0')}\n+++ replaced\n@@ -1,2 +1,2 @@\n-old and old\n+new and new\n new\n"
    )
    assert contents(wiki, ids) == ["old and old\nnew", "nothing here", "Old"]


def test_text_is_replaced_and_all_else_kept(wiki: Area) -> None:
    ids = planted(wiki, ENDS, "nothing")
    wiki.pages.update(ids[0], is_published=False, script_css="a{b:c}", description="old")
    before = [wiki.state(page) for page in ids]
    result = wiki.pages.replace(r"\bold\b", "new", folder=wiki.folder)
    assert [(page.id, page.content) for page in result] == [(ids[0], ENDS.replace("old", "new"))]
    changed: dict[str, Any] = {"content": ENDS.replace("old", "new"), "updated_at": None, "render": None}
    first, second = (wiki.state(page) for page in ids)
    assert first.model_copy(update=changed) == before[0].model_copy(update=changed)
    assert second == before[1]


@pytest.mark.parametrize(
    ("pattern", "replacement", "options", "after"),
    [
        ("^two", "2", {}, "one old\r\n2 old\nthree\u2028old four"),
        ("OLD$", "x", {"ignore_case": True}, "one x\r\ntwo x\nthree\u2028old four"),
        (r"(\w+) old", r"old \1", {}, "old one\r\nold two\nthree\u2028old four"),
        (r"(?P<n>t\w+)", r"\g<n>\n", {}, "one old\r\ntwo\n old\nthree\n\u2028old four"),
        (r"old\s+t", "t", {"across_lines": True}, "one t" + "wo t" + "hree\u2028old four"),
        (r"^t", "T", {"across_lines": True}, "one old\r\nTwo old\nThree\u2028old four"),
        ("o.d", r"\1", {"literal": True}, ENDS),
        (" old", r" $1\1", {"literal": True}, r"one $1\1" + "\r\n" + r"two $1\1" + "\nthree\u2028old four"),
    ],
)
def test_patterns_match_line_by_line_unless_told_otherwise(
    sandbox_wiki: Area, pattern: str, replacement: str, options: dict[str, Any], after: str
) -> None:
    ids = planted(sandbox_wiki, ENDS)
    sandbox_wiki.pages.replace(pattern, replacement, **options)
    assert contents(sandbox_wiki, ids) == [after]


@pytest.mark.parametrize(
    ("pattern", "replacement"), [("", "x"), ("(", ""), ("a", r"\1"), ("a", r"\g<b>"), ("a", r"\q"), ("a", "\\")]
)
def test_what_is_no_pattern_is_refused_before_anything_is_read(
    sandbox_wiki: Area, pattern: str, replacement: str
) -> None:
    def refuse(body: dict[str, Any], ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        raise AssertionError(body)

    with pytest.raises(exc.ConfigurationError, match=r"is no regular expression|cannot be used|is empty"):
        sandbox_wiki.meddled(refuse).pages.replace(pattern, replacement)


def test_nothing_is_written_unless_approved(sandbox_wiki: Area, tmp_path: Path) -> None:
    ids = planted(sandbox_wiki, "old", "old old", "none")
    seen: list[int] = []

    def refuse(found: Any) -> bool:
        seen.extend(item.count for item in found)
        return False

    result = sandbox_wiki.pages.replace("old", "new", approve=refuse, journal=tmp_path / "journal")
    assert (seen, len(result), [file.read_bytes() for file in tmp_path.iterdir()]) == ([1, 2], 0, [b""])
    assert contents(sandbox_wiki, ids) == ["old", "old old", "none"]
    assert len(sandbox_wiki.pages.replace("old", "new", approve=lambda _: True)) == 2


def test_a_page_that_changed_meanwhile_and_one_that_would_be_empty_are_left(wiki: Area) -> None:
    ids = planted(wiki, "old", "old 1", "old 2")

    def meanwhile(_: object) -> bool:
        wiki.pages.update(ids[1], content="old, by somebody else")
        wiki.pages.update(ids[2], title="Another title")
        return True

    result = wiki.pages.replace(r"^old$|old (?=\d)", "", folder=wiki.folder, approve=meanwhile)
    assert [type(error.exception) for error in result.errors] == [exc.PageEmptyContentError, exc.PageChangedError]
    assert contents(wiki, ids) == ["old", "old, by somebody else", "2"]
    assert wiki.state(ids[2]).title == "Another title"


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("moment", ["before the update", "after the update", "between two pages"])
def test_a_job_that_was_killed_goes_on_and_replaces_nothing_twice(wiki: Area, tmp_path: Path, moment: str) -> None:
    ids = planted(wiki, "a", "aa", "aaa")
    journal = tmp_path / "journal"
    updates = 0

    def kill(body: Any, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        nonlocal updates
        updates += "PagesUpdate" in body.get("query", "")
        if updates == 2 and moment == "before the update":
            raise Killed
        reply = ask()
        if updates == 2 and moment == "after the update":
            raise Killed
        return reply

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise Killed

    progress = stop if moment == "between two pages" else None
    with pytest.raises(Killed):
        wiki.meddled(kill).pages.replace("a", "ba", folder=wiki.folder, journal=journal, progress=progress)
    assert "aaa" in contents(wiki, ids)
    result = wiki.pages.replace("a", "ba", folder=wiki.folder, journal=journal)
    assert (len(result), result.errors) == (3, [])
    assert contents(wiki, ids) == ["ba", "baba", "bababa"]
    again = wiki.pages.replace("a", "ba", folder=wiki.folder, journal=journal)
    assert (len(again), contents(wiki, ids)) == (3, ["ba", "baba", "bababa"])
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_journal_of_another_job_is_refused(sandbox_wiki: Area, tmp_path: Path) -> None:
    planted(sandbox_wiki, "a")
    journal = tmp_path / "journal"
    sandbox_wiki.pages.replace("a", "b", journal=journal)
    cut = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(cut[:-1]))  # its last item is not known to be done
    with pytest.raises(exc.ConfigurationError, match="is the journal of another job"):
        sandbox_wiki.pages.replace("a", "c", journal=journal)
    with pytest.raises(exc.ConfigurationError, match="is the journal of another job"):
        sandbox_wiki.pages.replace("a", "b", journal=journal, tags=["x"])


def test_progress_counts_the_pages_that_are_written(sandbox_wiki: Area) -> None:
    planted(sandbox_wiki, "a", "b", "ab")
    seen: list[tuple[int, int]] = []
    read: list[int] = []
    sandbox_wiki.pages.replace("a", "c", progress=lambda done, total: seen.append((done, total)), reading=read.append)
    assert (read, seen) == ([3], [(1, 2), (2, 2)])


async def test_the_async_client_replaces_too(sandbox_wiki: Area) -> None:
    from wikijs import AsyncWikiJSClient

    ids = planted(sandbox_wiki, "a", "b")
    async with httpx2.AsyncClient(transport=sandbox_wiki.async_transport()) as http:
        client = AsyncWikiJSClient(sandbox_wiki.url, sandbox_wiki.key, http_client=http)
        assert [item.id async for item in client.pages.find_replacements("a", "c")] == [ids[0]]
        assert [page.id for page in await client.pages.replace("a", "c")] == [ids[0]]
    assert contents(sandbox_wiki, ids) == ["c", "b"]


def test_a_move_of_a_folder_is_planned_without_moving(wiki: Area) -> None:
    (first,) = planted(wiki, "a")
    deep = wiki.pages.create(wiki.path("page-0/deep"), title="Deep", content="b").id
    planned = wiki.pages.plan_move_tree(wiki.path("page-0"), wiki.path("new"))
    assert planned == [
        PlannedMove(first, wiki.path("page-0"), "en", wiki.path("new"), "en"),
        PlannedMove(deep, wiki.path("page-0/deep"), "en", wiki.path("new/deep"), "en"),
    ]
    assert wiki.state(deep).path == wiki.path("page-0/deep")
    with pytest.raises(exc.PageNotFoundError):
        wiki.pages.plan_move_tree(wiki.path("nowhere"), wiki.path("new"))


def test_tags_are_put_on_pages_and_taken_off(wiki: Area) -> None:
    ids = planted(wiki, "a", "b")
    before = [wiki.state(page) for page in ids]
    result = wiki.client.tags.add([*ids, 999_999], [" New ", "kept"])
    assert [sorted(tag.tag for tag in page.tags) for page in result] == [["kept", "new"]] * 2
    assert [(error.input, type(error.exception)) for error in result.errors] == [(999_999, exc.PageNotFoundError)]
    unchanged = wiki.state(ids[0])
    wiki.client.tags.add(ids, ["new"])
    assert wiki.state(ids[0]) == unchanged
    wiki.client.tags.remove(ids, ["new", "never"]).raise_for_errors()
    changed: dict[str, Any] = {"updated_at": None, "render": None, "tags": []}
    after = [wiki.state(page) for page in ids]
    assert [state.model_copy(update=changed) for state in after] == [
        state.model_copy(update=changed) for state in before
    ]
    assert [[tag.tag for tag in state.tags] for state in after] == [["kept"]] * 2
    with pytest.raises(exc.ValidationError):
        wiki.client.tags.add(ids, ["a,b"])


def test_ids_are_found_by_paths(wiki: Area) -> None:
    first, second = planted(wiki, "a", "b")
    here = wiki.path("page-0")
    assert wiki.pages.find_ids([here]) == [first]
    assert wiki.pages.find_ids([f"/en/{here}/", 7, wiki.path("page-1"), here]) == [first, 7, second, first]
    assert wiki.pages.find_ids([7]) == [7]
    for missing in ([f"{here}x"], [here, f"{here}x"]):
        with pytest.raises(exc.PageNotFoundError, match=f"There is no page en/{here}x"):
            wiki.pages.find_ids(missing)
    with pytest.raises(exc.PageNotFoundError):
        wiki.pages.find_ids([here], locale="de")


def test_ids_are_found_by_who_may_only_list(wiki: Area) -> None:
    (first,) = planted(wiki, "a")
    assert wiki.limited("read:pages").pages.find_ids([wiki.path("page-0")]) == [first]
