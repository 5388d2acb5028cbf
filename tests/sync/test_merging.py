"""Where both sides changed a page: line by line, with marks in the file, and whatever ends a run in between."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.sync.conftest import Scene, opened
from tests.sync.killing import Killed, killed_at
from wikijs.sync.actions import Kind
from wikijs.sync.state import FILE

OLD = "# Plan\n\none\n\ntwo\n\nthree\n"
MERGED = "# Plan\n\nONE\n\ntwo\n\nTHREE\n"


def both_edit(scene: Scene, ours: str, theirs: str, *, old: str = OLD) -> None:
    scene.create("plan", old)
    assert scene.sync().is_whole
    scene.write("plan.md", ours)
    scene.edit("plan", theirs)


def kinds(report: object) -> list[str]:
    return [action.kind.value for action in report.done]  # type: ignore[attr-defined]


def test_changes_of_different_lines_are_put_together(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ONE"), OLD.replace("three", "THREE"))
    assert Kind.MERGE in {action.kind for action in scene.sync().done}
    assert scene.wiki() == {"en/plan": MERGED}
    assert scene.files() == {"plan.md": MERGED}
    assert not scene.sync().changes


def test_the_result_of_a_merge_is_what_the_next_one_begins_with(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ONE"), OLD.replace("three", "THREE"))
    scene.sync()
    scene.write("plan.md", MERGED.replace("ONE", "1"))
    scene.edit("plan", MERGED.replace("THREE", "3"))
    assert scene.sync().is_whole
    assert scene.files() == {"plan.md": "# Plan\n\n1\n\ntwo\n\n3\n"}


def test_the_same_lines_are_a_conflict_without_marks_in_the_file(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
    assert scene.sync().conflicts == 1
    files = scene.files()
    assert files.pop("plan.md") == OLD.replace("one", "ours")
    assert list(files.values()) == [OLD.replace("one", "theirs")]
    assert scene.wiki() == {"en/plan": OLD.replace("one", "theirs")}


def test_tags_of_both_are_put_together(scene: Scene) -> None:
    page = scene.create("plan", OLD, tags=["old", "kept"])
    scene.sync()
    file = scene.folder / "plan.md"
    file.write_text(re.sub("^tags: .*$", "tags: kept, old, ours", file.read_text(), flags=re.MULTILINE))
    scene.client.pages.update(page, tags=["kept", "theirs"])
    assert scene.sync().is_whole
    tags = scene.client.pages.get(page).tags
    assert sorted(getattr(tag, "tag", tag) for tag in tags) == ["kept", "ours", "theirs"]


def test_marks_are_put_into_the_file_when_asked_for(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
    report = scene.sync(markers=True)
    assert (report.conflicts, list(scene.files())) == (1, ["plan.md"])
    text = scene.files()["plan.md"]
    assert "<<<<<<< this file\nours\n=======\ntheirs\n>>>>>>> the wiki, " in text
    for _ in range(2):
        again = scene.sync()
        assert (again.changes, again.conflicts) == ([], 1)
        assert "between marks" in again.blocked[0].reason
    scene.write("plan.md", OLD.replace("one", "both"))
    assert scene.sync().is_whole
    assert scene.wiki() == {"en/plan": OLD.replace("one", "both")}


def test_nothing_between_marks_is_pushed_by_any_rule(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
    scene.sync(markers=True)
    for rule in ("ours", None):
        scene.sync(rule=rule)
        assert scene.wiki() == {"en/plan": OLD.replace("one", "theirs")}
    scene.edit("plan", OLD.replace("one", "theirs, later"))
    assert scene.sync().conflicts == 1
    (scene.folder / "plan.md").rename(scene.folder / "other.md")
    scene.sync(allow_many_deletions=True)
    assert not [text for text in scene.wiki().values() if "<<<<<<<" in text]
    (scene.folder / "other.md").rename(scene.folder / "plan.md")
    (scene.folder / FILE).unlink()  # a clone knows of no conflict
    scene.sync()
    assert scene.wiki() == {"en/plan": OLD.replace("one", "theirs, later")}


def test_marks_give_way_to_the_wiki(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
    scene.sync(markers=True)
    assert scene.sync(rule="theirs").is_whole
    assert scene.files() == {"plan.md": OLD.replace("one", "theirs")}
    assert scene.wiki() == {"en/plan": OLD.replace("one", "theirs")}


def test_an_edit_of_the_wiki_after_the_marks_is_merged_too(scene: Scene) -> None:
    both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
    scene.sync(markers=True)
    scene.edit("plan", OLD.replace("one", "theirs").replace("three", "THREE"))
    scene.write("plan.md", OLD.replace("one", "both"))
    report = scene.sync(markers=True)
    assert report.conflicts == 1
    assert "THREE" in scene.files()["plan.md"]


def test_a_conflict_of_titles_lies_beside_the_file_though_marks_were_asked_for(scene: Scene) -> None:
    page = scene.create("plan", OLD)
    scene.sync()
    file = scene.folder / "plan.md"
    file.write_text(file.read_text().replace("title: plan", "title: ours").replace("one", "ours"))
    scene.client.pages.update(page, title="theirs", content=OLD.replace("one", "theirs"))
    assert scene.sync(markers=True).conflicts == 1
    assert len(scene.files()) == 2
    assert "<<<<<<<" not in file.read_text()


def test_two_new_texts_of_one_page_get_marks_too(scene: Scene) -> None:
    scene.create("plan", "same\n\ntheirs\n")
    scene.write("plan.md", "---\ntitle: plan\n---\n\nsame\n\nours\n")
    assert scene.sync(markers=True).conflicts == 1
    assert scene.files()["plan.md"].startswith("same\n\n<<<<<<< this file\nours\n=======\ntheirs\n")


def test_a_run_that_ends_anywhere_in_a_merge_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """Merging what is merged already need not give the same: repeated lines fit in more than one way."""
    old = "a\nb\na\nb\na\nb\n"
    ours, theirs = "a\nb\nx\na\nb\na\nb\n", "a\nb\na\nb\na\nb\nx\na\nb\n"
    results: set[str] = set()
    for boundary in range(20):
        scene = opened(tmp_path / str(boundary))
        both_edit(scene, ours, theirs, old=old)
        try:
            with killed_at(boundary):
                scene.sync()
        except Killed:
            assert scene.sync().is_whole
        results |= {*scene.wiki().values(), *scene.files().values()}
        assert not scene.sync().changes
        scene.close()
    assert len(results) == 1


def test_a_run_that_ends_anywhere_in_marking_never_pushes_marks(tmp_path: Path) -> None:
    for boundary in range(8):
        scene = opened(tmp_path / str(boundary))
        both_edit(scene, OLD.replace("one", "ours"), OLD.replace("one", "theirs"))
        try:
            with killed_at(boundary):
                scene.sync(markers=True)
        except Killed:
            assert scene.sync(markers=True).conflicts == 1
        assert scene.wiki() == {"en/plan": OLD.replace("one", "theirs")}
        text = scene.files()["plan.md"]
        assert text.count("<<<<<<<") == 1
        assert list(scene.files()) == ["plan.md"]
        scene.close()


def test_a_state_of_an_earlier_release_is_taken_over_and_learns_the_texts(scene: Scene) -> None:
    scene.create("plan", OLD)
    scene.sync()
    with closing(sqlite3.connect(scene.folder / FILE)) as state:
        for column in ("conflictMarks", "base", "mergingFrom", "mergingInto"):
            state.execute(f"ALTER TABLE pages DROP COLUMN {column}")
        state.executescript("DROP TABLE assets; DELETE FROM about WHERE key = 'assets'; PRAGMA user_version = 1;")
    assert scene.sync().is_whole
    scene.write("plan.md", OLD.replace("one", "ONE"))
    scene.edit("plan", OLD.replace("three", "THREE"))
    assert scene.sync().is_whole
    assert scene.files() == {"plan.md": MERGED}
