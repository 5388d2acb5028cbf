"""Folders that somebody else has prepared: states from elsewhere, links, pipes, files without end."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from wikijs import exceptions as exc
from wikijs.core.files import BOUNDS
from wikijs.sync.run import ManyDeletionsError, synchronise
from wikijs.sync.state import FILE
from wikijs.sync.texts import completed
from wikijs.transfer.format import PageFile

from .builders import place
from .conftest import Scene
from .test_sync_run import ALL, Limited, filled, limited

__all__ = ["limited"]  # a fixture


def cloned(scene: Scene, name: str = "clone") -> Scene:
    """The same wiki with a copy of the folder, its state included."""
    copy = scene.folder.with_name(name)
    shutil.copytree(scene.folder, copy)
    return Scene(scene.sandbox, scene.client, copy)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_state_from_elsewhere_deletes_nothing(scene: Scene, *, dry_run: bool) -> None:
    filled(scene)
    wiki = scene.wiki()
    clone = cloned(scene)
    (clone.folder / "docs/one.md").unlink()
    report = clone.sync(dry_run=dry_run)
    assert "made in another folder or on another machine" in report.notes[0]
    assert {action.kind.value for action in report.done} == {"record", "write-file"}
    assert scene.wiki() == wiki
    assert (clone.folder / f"{FILE}.elsewhere").exists() is not dry_run
    if not dry_run:
        assert (clone.folder / "docs/one.md").exists()
        (clone.folder / "docs/one.md").unlink()
        assert clone.sync().notes == []
        assert scene.wiki().keys() == wiki.keys() - {"en/docs/one"}


def test_a_state_from_elsewhere_overwrites_nothing(scene: Scene) -> None:
    filled(scene)
    clone = cloned(scene)
    clone.write("docs/one.md", "of a stranger\n")
    assert clone.sync().conflicts == 1
    assert scene.wiki()["en/docs/one"] != "of a stranger\n"


def test_whoever_moved_a_folder_goes_on_from_its_state(scene: Scene) -> None:
    filled(scene)
    moved = Scene(scene.sandbox, scene.client, scene.folder.with_name("moved"))
    scene.folder.rename(moved.folder)
    (moved.folder / "docs/one.md").unlink()
    assert moved.sync(adopt=True).notes == []
    assert "en/docs/one" not in scene.wiki()
    assert moved.sync().notes == []


def test_a_state_of_an_earlier_release_or_of_other_tables_is_not_trusted(scene: Scene) -> None:
    filled(scene)
    wiki = scene.wiki()
    with sqlite3.connect(scene.folder / FILE) as state:
        state.execute("DELETE FROM about")
    state.close()
    (scene.folder / "docs/one.md").unlink()
    assert len(scene.sync().notes) == 1
    assert scene.wiki() == wiki
    (scene.folder / FILE).unlink()
    with sqlite3.connect(scene.folder / FILE) as state:
        state.execute("CREATE TABLE pages (x)")
    state.close()
    assert len(scene.sync().notes) == 1


def test_a_state_behind_a_link_is_refused(scene: Scene, tmp_path: Path) -> None:
    (scene.folder / FILE).symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(exc.ConfigurationError, match="symbolic link"):
        scene.sync()
    assert not (tmp_path / "elsewhere.db").exists()


def test_another_caller_deletes_only_when_told_so(scene: Scene, limited: Limited) -> None:
    filled(scene)
    wiki = scene.wiki()
    limited.set_rules(ALL, "")
    (scene.folder / "docs/one.md").unlink()
    for _ in range(2):
        with pytest.raises(ManyDeletionsError, match="last run was made as API key 1, this one as API key 2"):
            synchronise(limited.client, scene.folder)
    assert scene.wiki() == wiki
    synchronise(limited.client, scene.folder, allow_many_deletions=True)
    assert "en/docs/one" not in scene.wiki()


def test_what_is_there_and_cannot_be_read_is_not_gone(scene: Scene, tmp_path: Path) -> None:
    filled(scene)
    wiki = scene.wiki()
    outside = tmp_path / "outside.md"
    outside.write_text("secret\n")
    (scene.folder / "docs/one.md").unlink()
    (scene.folder / "docs/one.md").symlink_to(outside)
    (scene.folder / "private").rename(tmp_path / "private")
    (scene.folder / "private").symlink_to(tmp_path / "private")
    (scene.folder / "docs/two.md").unlink()
    os.mkfifo(scene.folder / "docs/two.md")
    report = scene.sync()
    assert {blocked.place for blocked in report.blocked} == wiki.keys()
    assert scene.wiki() == wiki


def test_files_without_end_are_named_and_assets_passed_over(scene: Scene) -> None:
    filled(scene)
    wiki = scene.wiki()
    for name in ("big.md", "big.txt", "docs/one.md"):
        with (scene.folder / name).open("wb") as file:
            file.truncate(BOUNDS.text_bytes + 1)
    report = scene.sync()
    assert [name for name, _ in report.refused] == ["big.md"]
    assert [blocked.place for blocked in report.blocked] == ["en/docs/one"]
    assert scene.wiki() == wiki


def test_a_title_is_found_in_time() -> None:
    text = "# " + "a " * 30_000 + "#" * 30_000 + "\n"
    assert (completed(PageFile(content=text * 10), None, place("c")).title or "").startswith("a a a")
