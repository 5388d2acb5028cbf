"""Images and other files, kept the same on both sides."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.sync.conftest import Scene, opened
from tests.sync.killing import Killed, killed_at
from wikijs.sync.actions import Kind
from wikijs.sync.run import ManyDeletionsError, Report
from wikijs.sync.state import FILE

STRIDE = 1 if "WIKIJS_SYNC_EXAMPLES" in os.environ else 5
"""An odd number: ends before a step and after one are among them."""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>run()</script><rect width="4" height="4"/></svg>'


def put(scene: Scene, name: str, data: bytes) -> None:
    path = scene.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def upload(scene: Scene, path: str, data: bytes) -> None:
    folder, _, name = path.rpartition("/")
    scene.client.assets.upload(data, folder=folder or "/", name=name, overwrite=True)


def wiki(scene: Scene) -> dict[str, bytes]:
    return {asset.path: scene.client.assets.download(asset) for asset in scene.client.assets.list(recursive=True)}


def folder(scene: Scene) -> dict[str, bytes]:
    files = [path for path in scene.folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(scene.folder).as_posix(): path.read_bytes() for path in files}


def agreed(scene: Scene) -> None:
    """Two files on both sides."""
    put(scene, "img/ours.png", b"ours")
    upload(scene, "/img/theirs.png", b"theirs")
    assert scene.sync().is_whole
    assert wiki(scene) == {"/img/ours.png": b"ours", "/img/theirs.png": b"theirs"}
    assert folder(scene) == {"img/ours.png": b"ours", "img/theirs.png": b"theirs"}


def kinds(report: Report) -> set[Kind]:
    return {action.kind for action in report.changes}


def test_new_files_go_both_ways_and_the_second_run_does_nothing(scene: Scene) -> None:
    agreed(scene)
    again = scene.sync()
    assert (again.changes, again.is_whole) == ([], True)


def test_changes_and_deletions_go_both_ways(scene: Scene) -> None:
    for name in ("changed-here", "changed-there", "gone-here", "gone-there"):
        put(scene, f"img/{name}.png", b"old")
    scene.sync()
    put(scene, "img/changed-here.png", b"new, here")
    upload(scene, "/img/changed-there.png", b"new, there")
    (scene.folder / "img/gone-here.png").unlink()
    scene.client.assets.delete("/img/gone-there.png")
    assert kinds(scene.sync()) == {Kind.UPLOAD, Kind.WRITE_FILE, Kind.DELETE_ASSET, Kind.DELETE_FILE}
    assert wiki(scene) == {"/img/changed-here.png": b"new, here", "/img/changed-there.png": b"new, there"}
    assert {f"/{name}": data for name, data in folder(scene).items()} == wiki(scene)
    assert not scene.sync().changes


def test_a_dry_run_changes_nothing(scene: Scene) -> None:
    put(scene, "img/ours.png", b"ours")
    upload(scene, "/img/theirs.png", b"theirs")
    report = scene.sync(dry_run=True)
    assert kinds(report) == {Kind.UPLOAD, Kind.WRITE_FILE}
    assert (list(wiki(scene)), list(folder(scene))) == (["/img/theirs.png"], ["img/ours.png"])


@pytest.mark.parametrize(("direction", "done", "left"), [("pull", "write-file", 1), ("push", "upload-asset", 1)])
def test_one_direction_changes_one_side(scene: Scene, direction: str, done: str, left: int) -> None:
    put(scene, "img/ours.png", b"ours")
    upload(scene, "/img/theirs.png", b"theirs")
    report = scene.sync(direction=direction)
    assert [action.kind.value for action in report.changes] == [done]
    assert len(report.left) == left


def test_an_edit_wins_over_a_deletion(scene: Scene) -> None:
    agreed(scene)
    (scene.folder / "img/ours.png").unlink()
    upload(scene, "/img/ours.png", b"edited there")
    put(scene, "img/theirs.png", b"edited here")
    scene.client.assets.delete("/img/theirs.png")
    assert scene.sync().is_whole
    assert folder(scene) == {"img/ours.png": b"edited there", "img/theirs.png": b"edited here"}
    assert wiki(scene) == {"/img/ours.png": b"edited there", "/img/theirs.png": b"edited here"}


def conflict(scene: Scene) -> Path:
    put(scene, "a.png", b"old")
    scene.sync()
    put(scene, "a.png", b"here")
    upload(scene, "/a.png", b"there")
    assert scene.sync().conflicts == 1
    return next(scene.folder.glob("a.conflict-*.png"))


def test_a_file_that_both_changed_lies_beside_until_it_is_deleted(scene: Scene) -> None:
    beside = conflict(scene)
    assert beside.read_bytes() == b"there"
    again = scene.sync()
    assert (again.changes, again.conflicts) == ([], 1)
    assert (wiki(scene), (scene.folder / "a.png").read_bytes()) == ({"/a.png": b"there"}, b"here")
    beside.unlink()
    assert scene.sync().is_whole
    assert wiki(scene) == {"/a.png": b"here"}


@pytest.mark.parametrize(("rule", "winner"), [("ours", b"here"), ("theirs", b"there"), ("newer", b"there")])
def test_a_rule_settles_a_conflict(scene: Scene, rule: str, winner: bytes) -> None:
    beside = conflict(scene)
    os.utime(scene.folder / "a.png", (1, 1))
    assert scene.sync(rule=rule).is_whole
    assert (wiki(scene), folder(scene), beside.exists()) == ({"/a.png": winner}, {"a.png": winner}, False)


def test_a_drawing_that_the_wiki_cleans_is_not_uploaded_for_ever(scene: Scene) -> None:
    put(scene, "d.svg", SVG)
    scene.sync()
    assert b"script" not in wiki(scene)["/d.svg"]
    assert not scene.sync().changes
    (scene.folder / FILE).unlink()
    assert not scene.sync().changes
    assert folder(scene) == {"d.svg": SVG}


def test_names_are_those_that_the_wiki_makes_of_them(scene: Scene) -> None:
    put(scene, "Bilder/My Photo.PNG", b"x")
    scene.sync()
    assert list(wiki(scene)) == ["/bilder/my_photo.png"]
    upload(scene, "/bilder/my_photo.png", b"y")
    scene.sync()
    assert folder(scene) == {"Bilder/My Photo.PNG": b"y"}


def test_what_cannot_be_on_both_sides_stays_and_is_told_once(scene: Scene) -> None:
    put(scene, "Makefile", b"all:\n")
    put(scene, "A.png", b"1")
    put(scene, "a.png", b"2")
    put(scene, "notes.txt", b"no page\n")
    put(scene, ".hidden/x.png", b"3")
    report = scene.sync()
    assert report.is_whole
    assert {name for name, _ in report.passed_over} == {"Makefile", "a.png", "notes.txt"}
    assert any("Makefile" in remark for remark in report.notes)
    assert not [remark for remark in scene.sync().notes if "Makefile" in remark]
    assert wiki(scene) == {}


def test_only_what_pages_show_goes_to_the_wiki_unless_all_is_asked_for(scene: Scene) -> None:
    shown = ("a.png", "b.pdf", "c.drawio", "d.mp4", "e.docx")
    for name in (*shown, "package.json", "main.py", "secret.key", "intro.md~", "page.md.orig", "Thumbs.db"):
        put(scene, name, b"x")
    upload(scene, "/data.json", b"theirs")
    upload(scene, "/both.json", b"same")
    put(scene, "both.json", b"same")
    report = scene.sync()
    assert set(wiki(scene)) == {"/data.json", "/both.json", *(f"/{name}" for name in shown)}
    assert folder(scene)["data.json"] == b"theirs"
    assert "--assets takes all files" in dict(report.passed_over)["package.json"]
    put(scene, "data.json", b"ours")  # known by now
    scene.sync()
    assert wiki(scene)["/data.json"] == b"ours"
    scene.sync(assets=True)
    assert {"/package.json", "/main.py", "/secret.key"} <= set(wiki(scene))
    assert not {"/intro.md~", "/page.md.orig", "/thumbs.db"} & set(wiki(scene))


def test_only_the_part_of_the_wiki_that_the_folder_is(scene: Scene) -> None:
    upload(scene, "/docs/img/in.png", b"in")
    upload(scene, "/img/out.png", b"out")
    put(scene, "img/new.png", b"new")
    scene.sync(below="docs")
    assert folder(scene) == {"img/in.png": b"in", "img/new.png": b"new"}
    assert set(wiki(scene)) == {"/docs/img/in.png", "/docs/img/new.png", "/img/out.png"}


def test_many_deletions_are_asked_for(scene: Scene) -> None:
    for number in range(12):
        put(scene, f"img/{number}.png", b"x")
    scene.sync()
    for file in (scene.folder / "img").iterdir():
        file.unlink()
    with pytest.raises(ManyDeletionsError, match="12 other files of the wiki"):
        scene.sync()
    assert len(wiki(scene)) == 12


def test_a_list_that_hides_a_file_deletes_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(scene)
    from wikijs_generated.facades.blocking.assets import Assets

    whole = Assets.list
    monkeypatch.setattr(Assets, "list", lambda self, *a, **o: whole(self, *a, **o)[1:])
    report = scene.sync()
    assert not report.changes
    assert [blocked.place for blocked in report.blocked] == ["/img/ours.png"]
    assert len(folder(scene)) == 2


def test_a_file_that_changes_before_it_is_overwritten_is_left(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(scene)
    put(scene, "img/ours.png", b"edited here")
    from wikijs.sync import run

    planned = run.plan_assets

    def late(*args: object, **options: object) -> object:
        found = planned(*args, **options)  # type: ignore[arg-type]
        upload(scene, "/img/ours.png", b"edited there, late")
        return found

    monkeypatch.setattr(run, "plan_assets", late)
    report = scene.sync()
    assert len(report.failures) == 1
    assert wiki(scene)["/img/ours.png"] == b"edited there, late"


def test_assets_can_be_left_out_and_that_is_remembered(scene: Scene) -> None:
    put(scene, "a.png", b"x")
    scene.sync(assets=False)
    scene.sync()
    assert wiki(scene) == {}
    scene.sync(assets=True)
    assert wiki(scene) == {"/a.png": b"x"}


def test_a_folder_of_an_earlier_release_is_asked_first(scene: Scene) -> None:
    put(scene, "a.png", b"x")
    scene.sync(assets=False)
    with closing(sqlite3.connect(scene.folder / FILE)) as state:
        for column in ("conflictMarks", "base", "mergingFrom", "mergingInto"):
            state.execute(f"ALTER TABLE pages DROP COLUMN {column}")
        state.executescript("DROP TABLE assets; DELETE FROM about WHERE key = 'assets'; PRAGMA user_version = 1;")
    assert any("--assets" in remark for remark in scene.sync().notes)
    assert (wiki(scene), scene.sync().notes) == ({}, [])


def test_a_file_is_read_again_only_where_its_stamp_changed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from wikijs.sync.folder import Folder

    put(scene, "a.png", b"x")
    os.utime(scene.folder / "a.png", (time.time() - 60, time.time() - 60))
    scene.sync()
    scene.sync()
    read: list[str] = []
    digest = Folder.digest
    monkeypatch.setattr(Folder, "digest", lambda self, name: read.append(name) or digest(self, name))
    scene.sync()
    assert read == []
    put(scene, "a.png", b"y")
    scene.sync()
    assert read == ["a.png"]
    assert wiki(scene) == {"/a.png": b"y"}


def test_a_run_that_ends_anywhere_is_finished_by_the_next_one(tmp_path: Path) -> None:
    for boundary in range(0, 61, STRIDE):
        scene = opened(tmp_path / str(boundary))
        for name in ("changed-here", "changed-there", "gone-here", "gone-there", "both"):
            put(scene, f"{name}.png", b"old")
        scene.sync()
        put(scene, "changed-here.png", b"new, here")
        upload(scene, "/changed-there.png", b"new, there")
        (scene.folder / "gone-here.png").unlink()
        scene.client.assets.delete("/gone-there.png")
        put(scene, "both.png", b"ours")
        upload(scene, "/both.png", b"theirs")
        put(scene, "new-here.png", b"n")
        upload(scene, "/new-there.png", b"m")
        try:
            with killed_at(boundary):
                scene.sync()
        except Killed:
            assert not scene.sync().failures
        else:
            scene.close()
            break
        expected = {
            "/changed-here.png": b"new, here",
            "/changed-there.png": b"new, there",
            "/new-here.png": b"n",
            "/new-there.png": b"m",
        }
        assert wiki(scene) == expected | {"/both.png": b"theirs"}
        files = {f"/{name}": data for name, data in folder(scene).items()}
        assert [data for name, data in files.items() if ".conflict-" in name] == [b"theirs"]
        assert {name: data for name, data in files.items() if ".conflict-" not in name} == (
            expected | {"/both.png": b"ours"}
        )
        again = scene.sync()
        assert (again.changes, again.conflicts) == ([], 1)
        scene.close()
    else:
        raise AssertionError("more steps than expected")
