"""What is to be done, decided without touching anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.sync.builders import NOON, forbidden, known, local, place, remote, text_digest
from wikijs.sync.actions import Action, Kind
from wikijs.sync.model import Direction, KnownPage, LocalPage, OpenConflict, RemotePage, Rule
from wikijs.sync.plan import Plan, plan

OPEN = OpenConflict(text_digest("theirs"), "docs/a.conflict-1.md", "bytes")


def steps(found: Plan | Sequence[Action]) -> list[tuple[str, str, str]]:
    actions = found.actions if isinstance(found, Plan) else found
    return [(action.kind.value, action.place.path, action.file) for action in actions]


def kinds(found: Plan) -> list[str]:
    return [action.kind.value for action in found.actions]


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("old", "old", []),
        ("old", "theirs", ["write-file"]),
        ("old", None, ["delete-file"]),
        ("ours", "old", ["update-page"]),
        ("ours", "theirs", ["conflict"]),
        ("same", "same", ["record"]),
        ("ours", None, ["create-page"]),
        (None, "old", ["delete-page"]),
        (None, "theirs", ["write-file"]),
        (None, None, ["forget"]),
    ],
)
def test_a_page_that_was_known(here: str | None, there: str | None, expected: list[str]) -> None:
    found = plan([known("old")], [local(here)] if here else [], [remote(there)] if there else [])
    assert kinds(found) == expected
    assert not found.blocked
    assert not found.left


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("ours", None, ["create-page"]),
        (None, "theirs", ["write-file"]),
        ("same", "same", ["record"]),
        ("ours", "theirs", ["conflict"]),
    ],
)
def test_a_page_that_was_not_known_is_never_deleted(here: str | None, there: str | None, expected: list[str]) -> None:
    found = plan([], [local(here)] if here else [], [remote(there)] if there else [])
    assert kinds(found) == expected


@pytest.mark.parametrize(
    ("rule", "modified", "expected"),
    [
        ("ours", 0.0, "update-page"),
        ("theirs", 0.0, "write-file"),
        ("newer", NOON.timestamp() + 1, "update-page"),
        ("newer", NOON.timestamp() - 1, "write-file"),
    ],
)
@pytest.mark.parametrize("before", [[known("old")], [], [known("old", conflict=OPEN)]], ids=["known", "new", "open"])
def test_a_rule_decides_conflicts(before: list[KnownPage], rule: Rule, modified: float, expected: str) -> None:
    found = plan(before, [local("ours", modified=modified)], [remote("theirs")], rule=rule, files=[OPEN.file])
    assert kinds(found) == [expected]


@pytest.mark.parametrize("rule", ["ours", "theirs", "newer"])
@pytest.mark.parametrize(("here", "there", "expected"), [("ours", None, "create-page"), (None, "theirs", "write-file")])
def test_an_edit_wins_over_a_deletion_whatever_the_rule(
    here: str | None, there: str | None, expected: str, rule: Rule
) -> None:
    found = plan([known("old")], [local(here)] if here else [], [remote(there)] if there else [], rule=rule)
    assert kinds(found) == [expected]


# Conflicts that are open.


def test_a_conflict_names_the_file_that_the_wikis_version_is_put_in() -> None:
    (action,) = plan([known("old")], [local("ours")], [remote("theirs")]).actions
    assert (action.file, action.old_file) == ("docs/a.conflict-2026-11-21-120000.md", "docs/a.md")


def test_an_open_conflict_waits_for_a_person() -> None:
    found = plan([known("old", conflict=OPEN)], [local("ours")], [remote("theirs")], files=["docs/a.md", OPEN.file])
    assert not found.actions
    (blocked,) = found.blocked
    assert (blocked.conflict, blocked.place, blocked.file, blocked.theirs) == (
        True,
        "en/docs/a",
        "docs/a.md",
        OPEN.file,
    )


def test_a_conflict_is_settled_by_deleting_the_wikis_version() -> None:
    found = plan([known("old", conflict=OPEN)], [local("merged")], [remote("theirs")], files=["docs/a.md"])
    assert kinds(found) == ["update-page"]


def test_a_conflict_is_settled_when_both_have_the_same() -> None:
    found = plan([known("old", conflict=OPEN)], [local("theirs")], [remote("theirs")], files=[OPEN.file])
    assert kinds(found) == ["record"]


def test_a_newer_version_of_the_wiki_is_a_new_conflict() -> None:
    found = plan([known("old", conflict=OPEN)], [local("ours")], [remote("newer")], files=[OPEN.file])
    assert kinds(found) == ["conflict"]


def test_a_conflict_of_two_new_pages_stays_open() -> None:
    before = [known(None, conflict=OPEN)]
    assert plan(before, [local("ours")], [remote("theirs")], files=[OPEN.file]).blocked[0].conflict
    assert kinds(plan(before, [local("ours")], [remote("theirs")])) == ["update-page"]
    assert kinds(plan(before, [local("ours")], [])) == ["create-page"]
    assert kinds(plan(before, [], [remote("theirs")])) == ["write-file"]


# Moves.


def test_a_page_moved_in_the_wiki_takes_its_file_along() -> None:
    found = plan([known("old")], [local("old")], [remote("old", "docs/b", seen="new")])
    assert steps(found) == [("move-file", "docs/b", "docs/b.md")]


def test_a_file_that_was_moved_takes_its_page_along() -> None:
    found = plan([known("old")], [local("old", "docs/b")], [remote("old")])
    assert steps(found) == [("move-page", "docs/b", "docs/b.md")]


def test_an_edit_goes_where_the_page_has_been_moved() -> None:
    found = plan([known("old")], [local("ours")], [remote("old", "docs/b")])
    assert steps(found) == [("move-file", "docs/b", "docs/b.md"), ("update-page", "docs/b", "docs/b.md")]
    found = plan([known("old")], [local("old", "docs/b")], [remote("theirs")])
    assert steps(found) == [("move-page", "docs/b", "docs/b.md"), ("write-file", "docs/b", "docs/b.md")]


def test_a_conflict_goes_where_the_page_has_been_moved() -> None:
    found = plan([known("old")], [local("ours")], [remote("theirs", "docs/b")])
    assert steps(found) == [
        ("move-file", "docs/b", "docs/b.md"),
        ("conflict", "docs/b", "docs/b.conflict-2026-11-21-120000.md"),
    ]


def test_moved_alike_on_both_sides_is_nothing_to_do() -> None:
    assert kinds(plan([known("old")], [local("old", "docs/b")], [remote("old", "docs/b")])) == ["record"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(None, ("move-file", "docs/c", "docs/c.md")), ("ours", ("move-page", "docs/b", "docs/b.md"))],
)
def test_moved_differently_on_both_sides_the_wiki_decides_unless_the_rule_says_ours(
    rule: Rule | None, expected: tuple[str, str, str]
) -> None:
    found = plan([known("old")], [local("old", "docs/b")], [remote("old", "docs/c")], rule=rule)
    assert steps(found) == [expected]


def test_a_move_wins_over_a_deletion() -> None:
    assert kinds(plan([known("old")], [local("old", "docs/b")], [])) == ["create-page"]
    assert kinds(plan([known("old")], [], [remote("old", "docs/b")])) == ["write-file"]


def test_of_several_copies_the_one_with_the_same_name_is_the_moved_file() -> None:
    copies = [local("old", "new/other"), local("old", "new/a")]
    found = plan([known("old")], copies, [remote("old")])
    assert steps(found) == [("move-page", "new/a", "new/a.md"), ("create-page", "new/other", "new/other.md")]


def test_a_copy_beside_its_original_is_a_new_page() -> None:
    found = plan([known("old")], [local("old"), local("old", "docs/b")], [remote("old")])
    assert steps(found) == [("create-page", "docs/b", "docs/b.md")]


def test_pages_moved_in_a_row_leave_before_others_come() -> None:
    before = [known("1", "docs/a", 1), known("2", "docs/b", 2), known("3", "docs/c", 3)]
    files = [local("1", "docs/a"), local("2", "docs/b"), local("3", "docs/c")]
    pages = [remote("1", "docs/b", 1), remote("2", "docs/c", 2), remote("3", "docs/d", 3)]
    found = plan(before, files, pages)
    assert steps(found) == [
        ("move-file", "docs/d", "docs/d.md"),
        ("move-file", "docs/c", "docs/c.md"),
        ("move-file", "docs/b", "docs/b.md"),
    ]


def test_pages_that_changed_places_are_new_texts_at_old_places() -> None:
    before = [known("1", "docs/a", 1), known("2", "docs/b", 2)]
    files = [local("1", "docs/a"), local("2", "docs/b")]
    found = plan(before, files, [remote("1", "docs/b", 1), remote("2", "docs/a", 2)])
    assert steps(found) == [("write-file", "docs/a", "docs/a.md"), ("write-file", "docs/b", "docs/b.md")]


def test_files_that_changed_places_are_new_texts_at_old_places() -> None:
    before = [known("1", "docs/a", 1), known("2", "docs/b", 2)]
    files = [local("2", "docs/a"), local("1", "docs/b")]
    found = plan(before, files, [remote("1", "docs/a", 1), remote("2", "docs/b", 2)])
    assert steps(found) == [("update-page", "docs/a", "docs/a.md"), ("update-page", "docs/b", "docs/b.md")]


def test_a_page_deleted_and_made_anew_at_its_place_is_the_same_page() -> None:
    assert kinds(plan([known("old")], [local("old")], [remote("theirs", page_id=9)])) == ["write-file"]
    assert kinds(plan([known("old")], [local("old")], [remote("old", page_id=9)])) == ["record"]


def test_a_file_goes_before_a_moved_page_comes_to_its_place() -> None:
    before = [known("1", "docs/a", 1), known("2", "docs/b", 2)]
    files = [local("1", "docs/a"), local("2", "docs/b")]
    found = plan(before, files, [remote("2", "docs/a", 2)])
    assert steps(found) == [("delete-file", "docs/a", "docs/a.md"), ("move-file", "docs/a", "docs/a.md")]


# Places that are taken.


def test_a_page_that_comes_where_a_new_file_is_waits_and_so_does_the_file() -> None:
    found = plan([known("old")], [local("old"), local("new", "docs/b")], [remote("old", "docs/b")])
    assert not found.actions
    assert sorted(blocked.file or "" for blocked in found.blocked) == ["docs/a.md", "docs/b.md"]
    assert all("is taken by another page" in blocked.reason for blocked in found.blocked)


def test_pages_moved_crosswise_on_both_sides_change_their_texts() -> None:
    before = [known("1", "docs/a", 1), known("2", "docs/b", 2)]
    files = [local("1", "docs/c"), local("2", "docs/d")]
    pages = [remote("1", "docs/d", 1), remote("2", "docs/c", 2)]
    found = plan(before, files, pages)
    assert steps(found) == [("update-page", "docs/d", "docs/d.md"), ("update-page", "docs/c", "docs/c.md")]


def test_names_that_differ_in_case_only_are_refused_where_the_disk_minds() -> None:
    pages = [remote("1", "docs/a", 1), remote("2", "Docs/b", 2)]
    assert kinds(plan([], [], pages)) == ["write-file", "write-file"]
    found = plan([], [], pages, ignores_case=True)
    assert not found.actions
    assert "Docs and docs are one and the same on this disk" in found.blocked[0].reason


def test_a_file_that_cannot_be_a_page_is_not_created() -> None:
    odd = LocalPage(place("login"), "login.md", local("x").page, "bytes")
    found = plan([], [odd], [])
    assert not found.actions
    assert "where the server has something else" in found.blocked[0].reason


# Pages that cannot be seen, files that cannot be read.


def test_a_page_that_the_wiki_hides_is_left_alone_on_both_sides() -> None:
    for files in ([], [local("old")], [local("ours")]):
        found = plan([known("old")], files, [forbidden()])
        assert not found.actions
        assert "does not show it" in found.blocked[0].reason


def test_a_file_that_cannot_be_read_is_left_alone_on_both_sides() -> None:
    broken = LocalPage(place("docs/a"), "docs/a.md", None, "bytes", problem="broken")
    pages: list[list[RemotePage]] = [[], [remote("old")], [remote("theirs")]]
    for there in pages:
        found = plan([known("old")], [broken], there)
        assert not found.actions
        assert found.blocked[0].reason == "broken"


# One direction.


@pytest.mark.parametrize(
    ("direction", "done", "left"),
    [
        ("pull", ["write-file", "move-file", "delete-file"], ["create-page", "update-page", "delete-page"]),
        ("push", ["update-page", "create-page", "delete-page"], ["write-file", "move-file", "delete-file"]),
    ],
)
def test_one_direction_does_its_part_and_tells_the_rest(direction: Direction, done: list[str], left: list[str]) -> None:
    names = ["docs/edited-here", "docs/edited-there", "docs/gone-here", "docs/gone-there", "docs/moved-there"]
    before = [known("old", name, number) for number, name in enumerate(names, 1)]
    files = [
        local("ours", names[0]),
        local("old", names[1]),
        local("old", names[3]),
        local("old", names[4]),
        local("new", "docs/new-here"),
    ]
    pages = [
        remote("old", names[0], 1),
        remote("theirs", names[1], 2),
        remote("old", names[2], 3),
        remote("old", "docs/moved", 5),
    ]
    found = plan(before, files, pages, direction=direction)
    assert sorted(kinds(found)) == sorted(done)
    assert sorted(action.kind.value for action in found.left) == sorted(left)


# Two files for one page.


def test_the_old_file_goes_where_a_run_ended_between_writing_the_new_one_and_that() -> None:
    new = replace(local("theirs", extension="html"), page=None)
    old = local("old")
    html = remote("theirs")
    assert html.page is not None
    twins = replace(old, twin=replace(new, page=html.page))
    found = plan([known("old")], [twins], [html])
    assert kinds(found) == ["tidy", "record"]
    assert [action.old_file for action in found.actions] == ["docs/a.md", "docs/a.html"]


def test_two_files_for_one_page_are_left_to_a_person() -> None:
    twins = replace(local("old"), twin=local("ours", extension="html"))
    for pages in ([], [remote("old")], [remote("theirs")]):
        found = plan([known("old")], [twins], pages)
        assert not found.actions
        assert (
            found.blocked[0].reason == "docs/a.md and docs/a.html would be the same page; delete or rename one of them"
        )


def test_deletions_are_counted() -> None:
    found = plan([known("old")], [], [remote("old")])
    assert (found.deletions(Kind.DELETE_PAGE), found.deletions(Kind.DELETE_FILE)) == (1, 0)
