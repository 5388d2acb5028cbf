"""Exporting: selections, what cannot be exported, and folders that are brought up to date."""

from __future__ import annotations

import errno
import io
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.sandbox import Sandbox
from wikijs.transfer import targets
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.exporting import ExportOptions, export_pages
from wikijs.transfer.targets import Folder, kind_of

from .wikis import contents, dumped_wiki, empty_wiki

INCREMENTAL = ExportOptions(incremental=True)


@pytest.fixture
def wiki() -> Iterator[WikiJSClient]:
    """A wiki with three pages."""
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("docs/intro", title="Intro", content="x", tags=["howto"])
        client.pages.create("docs/setup", title="Setup", content="y", tags=["howto", "linux"], is_published=False)
        client.pages.create("docs/intro", title="Einleitung", content="z", locale="de")
        yield client


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (ExportOptions(), ["de/docs/intro.md", "docs/intro.md", "docs/setup.md"]),
        (ExportOptions(locale="de"), ["de/docs/intro.md"]),
        (ExportOptions(folder="docs/setup"), ["docs/setup.md"]),
        (ExportOptions(tags=["howto"]), ["docs/intro.md", "docs/setup.md"]),
        (ExportOptions(namespaced=True), ["de/docs/intro.md", "en/docs/intro.md", "en/docs/setup.md"]),
    ],
)
def test_selections(wiki: WikiJSClient, tmp_path: Path, options: ExportOptions, names: list[str]) -> None:
    report = export_pages(wiki, tmp_path / "out", options)
    assert report.written == names
    assert list(contents(tmp_path / "out")) == names


def test_a_second_export_touches_nothing(wiki: WikiJSClient, tmp_path: Path) -> None:
    export_pages(wiki, tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    wiki.pages.update(1, content="new")
    report = export_pages(wiki, tmp_path)
    assert (report.written, len(report.unchanged)) == (["docs/intro.md"], 2)
    changed = [file.name for file, time in before.items() if file.is_file() and file.stat().st_mtime_ns != time]
    assert changed == ["intro.md"]


def test_progress_counts_pages(wiki: WikiJSClient, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    export_pages(wiki, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_page_without_a_file_name_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("good", title="Good", content="x")
        client.pages.create("bad", title="Bad", content="x")
        sandbox.db.update("pages", 2, {"path": "de/bad"})
        report = export_pages(client, tmp_path)
    assert report.written == ["good.md"]
    assert [name for name, _ in report.failed] == ["en/de/bad"]
    assert "de/bad.md would be another page" in str(report.failed[0][1])


def test_two_pages_at_one_path_are_reported(tmp_path: Path) -> None:
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("one", title="One", content="x")
        client.pages.create("two", title="Two", content="y")
        sandbox.db.update("pages", 2, {"path": "one"})
        report = export_pages(client, tmp_path)
    assert report.written == ["one.md"]
    assert "Two pages would be one.md: 1 and 2." in str(report.failed[0][1])


def test_names_that_collide_are_refused_before_anything_is_written(wiki: WikiJSClient, tmp_path: Path) -> None:
    wiki.pages.create("Docs/intro", title="Upper", content="x")
    with pytest.raises(FileRefusedError, match="Docs and docs differ only in case"):
        export_pages(wiki, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    report = export_pages(wiki, tmp_path / "out", ExportOptions(allow_case_collisions=True))
    assert len(report.written) == 4
    assert len(export_pages(wiki, tmp_path / "out.json").written) == 4  # no names there that could collide


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("x.zip", ExportOptions(incremental=True), "Only a folder"),
        ("x.json", ExportOptions(assets=True), "cannot hold assets"),
        ("x", ExportOptions(delete=True, locale="de"), "all pages only"),
    ],
)
def test_options_that_exclude_each_other(
    wiki: WikiJSClient, tmp_path: Path, target: str, options: ExportOptions, message: str
) -> None:
    with pytest.raises(exc.ConfigurationError, match=message):
        export_pages(wiki, tmp_path / target, options)
    assert contents(tmp_path) == {}


def test_a_target_that_is_a_file_is_refused(wiki: WikiJSClient, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(exc.ConfigurationError, match="is not a folder"):
        export_pages(wiki, tmp_path / "out")


def test_nothing_is_written_through_links(wiki: WikiJSClient, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "docs").symlink_to(tmp_path / "outside")
    report = export_pages(wiki, tmp_path / "out")
    assert report.written == ["de/docs/intro.md"]
    assert [name for name, _ in report.failed] == ["docs/intro.md", "docs/setup.md"]
    assert "symbolic link" in str(report.failed[0][1])
    assert contents(tmp_path / "outside") == {}


def test_a_file_that_is_a_link_is_replaced_by_a_file(wiki: WikiJSClient, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "out" / "docs").mkdir(parents=True)
    (tmp_path / "out" / "docs" / "intro.md").symlink_to(tmp_path / "secret")
    report = export_pages(wiki, tmp_path / "out", ExportOptions(locale="en"))
    assert report.written == ["docs/intro.md", "docs/setup.md"]
    assert not (tmp_path / "out" / "docs" / "intro.md").is_symlink()
    assert (tmp_path / "secret").read_text() == "mine"


def test_a_file_that_cannot_be_written_does_not_stop_the_rest(wiki: WikiJSClient, tmp_path: Path) -> None:
    (tmp_path / "docs" / "intro.md").mkdir(parents=True)
    report = export_pages(wiki, tmp_path)
    assert report.written == ["de/docs/intro.md", "docs/setup.md"]
    assert str(report.failed[0][1]) == "docs/intro.md cannot be written: Is a directory."


def test_a_full_disk_stops_it(wiki: WikiJSClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: io.FileIO, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(targets, "write_all", full)
    with pytest.raises(OSError, match="No space left"):
        export_pages(wiki, tmp_path)
    assert contents(tmp_path) == {}


def test_an_archive_is_there_whole_or_not_at_all(
    wiki: WikiJSClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_pages(wiki, tmp_path / "x.zip")
    before = contents(tmp_path)
    monkeypatch.setattr(WikiJSClient, "batch", _interrupted)
    for name in ("x.zip", "y.tar.gz", "z.json"):
        with pytest.raises(KeyboardInterrupt):
            export_pages(wiki, tmp_path / name)
    assert contents(tmp_path) == before


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_archives_hold_the_files_of_a_folder(demo: WikiJSClient, tmp_path: Path) -> None:
    options = ExportOptions(assets=True)
    for name in ("x", "x.zip", "x.tar.gz"):
        export_pages(demo, tmp_path / name, options)
    folder = contents(tmp_path / "x")
    with zipfile.ZipFile(tmp_path / "x.zip") as pack:
        assert {name: pack.read(name) for name in pack.namelist()} == folder
    with tarfile.open(tmp_path / "x.tar.gz") as tar:
        tar.extractall(tmp_path / "y", filter="data")
    assert contents(tmp_path / "y") == folder
    first = contents(tmp_path)
    os.utime(tmp_path / "x")
    export_pages(demo, tmp_path / "x.zip", options)
    export_pages(demo, tmp_path / "x.tar.gz", options)
    assert contents(tmp_path) == first


def test_kinds_of_targets() -> None:
    names = ("a", "a.zip", "A.TAR.GZ", "a.tgz", "a.json", "a.yml", "a.d")
    assert [kind_of(name) for name in names] == ["folder", "zip", "tar", "tar", "json", "yaml", "folder"]


def test_what_the_server_does_not_show_is_told(tmp_path: Path) -> None:
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("docs/page", title="Page", content="<p>x</p>", editor="code", tags=["a"])
        client.pages.create("draft", title="Draft", content="x", is_published=False)
        readable = ["read:pages", "read:source", "manage:pages"]
        rule = {"id": "r", "deny": False, "match": "START", "roles": readable, "path": "docs", "locales": []}
        lists = rule | {"id": "l", "roles": ["read:pages"], "path": ""}
        group = client.groups.create("Readers")
        sandbox.db.update("groups", group.id, {"permissions": readable, "pageRules": [lists, rule]})
        key = client.api_keys.create("reader", group="Readers").key
        with sandbox.client(auth=key) as reader:
            report = export_pages(reader, tmp_path)
    assert report.written == ["docs/page.html"]
    assert report.partly == ["docs/page.html"]
    assert [name for name, _ in report.failed] == ["draft.md"]
    assert "The server does not show page 2 on its own." in str(report.failed[0][1])
    assert "published: true\n" in (tmp_path / "docs/page.html").read_text()


def test_a_key_for_sources_only_exports_all_and_is_told_what_is_missing(tmp_path: Path) -> None:
    with dumped_wiki() as sandbox, sandbox.client() as client:
        readable = ["read:pages", "read:source"]
        rule = {"id": "r", "deny": False, "match": "START", "roles": readable, "path": "", "locales": []}
        group = client.groups.create("Readers")
        sandbox.db.update("groups", group.id, {"permissions": readable, "pageRules": [rule]})
        whole = export_pages(client, tmp_path / "whole")
        with sandbox.client(auth=client.api_keys.create("reader", group="Readers").key) as reader:
            report = export_pages(reader, tmp_path / "read")
    assert report.failed == []
    assert report.written == whole.written == report.partly
    assert contents(tmp_path / "read") == contents(tmp_path / "whole")  # the server's own format holds no more
    assert {"script_css", "publish_end_date"} <= set(report.missing[report.partly[0]])


class TestIncremental:
    """Exports that keep notes."""

    def test_only_what_changed_is_read(self, wiki: WikiJSClient, tmp_path: Path) -> None:
        first = export_pages(wiki, tmp_path, INCREMENTAL)
        wiki.pages.update(1, title="New")
        seen: list[tuple[int, int]] = []
        report = export_pages(wiki, tmp_path, INCREMENTAL, progress=lambda *counts: seen.append(counts))
        assert (len(first.written), report.written, len(report.unchanged)) == (3, ["docs/intro.md"], 2)
        assert seen == [(1, 1)]

    def test_a_file_that_was_changed_is_written_again(self, wiki: WikiJSClient, tmp_path: Path) -> None:
        export_pages(wiki, tmp_path, INCREMENTAL)
        good = contents(tmp_path)
        (tmp_path / "docs/intro.md").write_text("mine")
        (tmp_path / "docs/setup.md").unlink()
        assert export_pages(wiki, tmp_path, INCREMENTAL).written == ["docs/intro.md", "docs/setup.md"]
        assert contents(tmp_path) == good

    def test_another_format_writes_all_anew(self, wiki: WikiJSClient, tmp_path: Path) -> None:
        export_pages(wiki, tmp_path, INCREMENTAL)
        assert len(export_pages(wiki, tmp_path, ExportOptions(incremental=True, style="yaml")).written) == 3

    @pytest.mark.parametrize("notes", ["", "[]", '{"version": 9}', '{"version": 1, "files": {"a": 1}}'])
    def test_damaged_notes_mean_reading_everything(self, wiki: WikiJSClient, tmp_path: Path, notes: str) -> None:
        export_pages(wiki, tmp_path, INCREMENTAL)
        (tmp_path / ".wikijs/export.json").write_text(notes)
        assert len(export_pages(wiki, tmp_path, INCREMENTAL).unchanged) == 3
        assert len(json.loads((tmp_path / ".wikijs/export.json").read_text())["files"]) == 3

    def test_assets_are_downloaded_once(self, demo: WikiJSClient, tmp_path: Path) -> None:
        options = ExportOptions(assets=True, incremental=True)
        assert "images/lamp.svg" in export_pages(demo, tmp_path, options).written
        asked: list[str] = []
        download = demo.assets.download
        demo.assets.download = lambda asset, **options: (asked.append(asset.path), download(asset, **options))  # type: ignore[method-assign]
        assert "images/lamp.svg" in export_pages(demo, tmp_path, options).unchanged
        assert asked == []

    def test_files_of_pages_that_are_gone_are_deleted_on_request(self, wiki: WikiJSClient, tmp_path: Path) -> None:
        export_pages(wiki, tmp_path, INCREMENTAL)
        (tmp_path / "docs/mine.md").write_text("mine")
        wiki.pages.delete(2)
        wiki.pages.move(3, "moved", locale="de")
        assert export_pages(wiki, tmp_path, INCREMENTAL).deleted == []
        report = export_pages(wiki, tmp_path, ExportOptions(delete=True))
        assert report.deleted == ["de/docs/intro.md", "docs/setup.md"]
        assert sorted(contents(tmp_path)) == [".wikijs/export.json", "de/moved.md", "docs/intro.md", "docs/mine.md"]
        assert not (tmp_path / "de/docs").exists()
        assert export_pages(wiki, tmp_path, ExportOptions(delete=True)).deleted == []

    def test_a_file_that_was_changed_is_kept(self, wiki: WikiJSClient, tmp_path: Path) -> None:
        export_pages(wiki, tmp_path, INCREMENTAL)
        (tmp_path / "docs/setup.md").write_text("mine")
        wiki.pages.delete(2)
        report = export_pages(wiki, tmp_path, ExportOptions(delete=True))
        assert (report.deleted, report.kept) == ([], ["docs/setup.md"])

    def test_pages_that_are_only_hidden_from_us_are_not_gone(self, tmp_path: Path) -> None:
        with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
            count = len(export_pages(client, tmp_path, INCREMENTAL).written)
            with sandbox.client(guest=True) as guest:
                sandbox.db.update("groups", 2, {"pageRules": []})
                assert guest.pages.list() == []
                report = export_pages(guest, tmp_path, ExportOptions(delete=True))
        assert (report.deleted, report.kept) == ([], [])
        assert len(contents(tmp_path)) == count + 1


class TestAssets:
    """Files beside the pages."""

    def test_what_cannot_be_a_file_is_reported(self, empty: WikiJSClient, tmp_path: Path) -> None:
        empty.pages.create("docs/page", title="P", content="x")
        empty.assets.upload(b"x", name="fine.png", folder="/docs")
        empty.assets.upload(b"x", name="page.adoc", folder="/docs")
        empty.assets.upload(b"x", name="readme.md", folder="/docs", allow_unreachable=True)
        empty.assets.upload(b"x", name="plain", folder="/docs", allow_unreachable=True)
        report = export_pages(empty, tmp_path, ExportOptions(assets=True))
        assert report.written == ["docs/page.md", "docs/fine.png"]
        assert {name: str(error) for name, error in report.failed}.keys() == {
            "docs/page.adoc",
            "docs/plain",
            "docs/readme.md",
        }
        assert "would be read as a page" in str(dict(report.failed)["docs/page.adoc"])

    def test_they_are_not_downloaded_through_links(self, empty: WikiJSClient, tmp_path: Path) -> None:
        empty.assets.upload(b"x", name="a.png", folder="/img")
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "img").symlink_to(tmp_path / "elsewhere")
        report = export_pages(empty, tmp_path / "out", ExportOptions(assets=True))
        assert "symbolic link" in str(report.failed[0][1])
        assert contents(tmp_path / "elsewhere") == {}


def test_a_folder_refuses_names_behind_links(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(FileRefusedError):
        Folder(tmp_path).place("link/etc/passwd")


def test_dates_are_kept_where_nothing_else_changed(wiki: WikiJSClient, tmp_path: Path) -> None:
    export_pages(wiki, tmp_path)
    before = contents(tmp_path)
    wiki.pages.render(1)
    wiki.pages.update(2, content="new")
    report = export_pages(wiki, tmp_path, ExportOptions(keep_dates=True))
    assert report.written == ["docs/setup.md"]
    (tmp_path / "de/docs/intro.md").write_bytes(b"\xff")
    (tmp_path / "docs/setup.md").write_text("---\ntitle: [\nx\n---\n")
    assert len(export_pages(wiki, tmp_path, ExportOptions(keep_dates=True)).written) == 2
    assert contents(tmp_path)["docs/intro.md"] == before["docs/intro.md"]


def test_folders_of_assets_that_are_called_like_files_of_the_export(tmp_path: Path) -> None:
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("home", title="Home", content="x")
        client.pages.create("about", title="A", content="![](/home.md/one.png)")
        for folder in ("home.md", "export.json", "good"):
            upload(client, folder)
        report = export_pages(client, tmp_path / "out", ExportOptions(assets=True, incremental=True))
        again = export_pages(client, tmp_path / "out", ExportOptions(assets=True, incremental=True))
    assert {"home.md", "about.md", "good/one.png", "export.json/one.png"} <= set(report.written)
    assert [name for name, _ in report.failed] == ["home.md/one.png"]
    assert (tmp_path / "out" / "home.md").is_file()
    assert again.written == []


def upload(client: WikiJSClient, folder: str) -> None:
    """A file in a folder of this name, in memory of the sandbox."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "one.png"
        file.write_bytes(b"png")
        client.assets.ensure_folder(f"/{folder}")
        client.assets.upload(file, folder=f"/{folder}")


def test_files_with_the_name_of_a_part_are_not_written_through(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"kept")
    with empty_wiki() as sandbox, sandbox.client() as client:
        client.pages.create("home", title="Home", content="x")
        upload(client, "good")
        for folder in ("exported", "downloaded"):
            place = tmp_path / folder / "good"
            place.mkdir(parents=True)
            for name in ("one.png.part", "one.png.part.json", ".one.png.part"):
                (place / name).symlink_to(kept)
        export_pages(client, tmp_path / "exported", ExportOptions(assets=True))
        with suppress(exc.WikiJSException, OSError):
            client.assets.download("/good/one.png", to=tmp_path / "downloaded" / "good" / "one.png")
        with suppress(exc.WikiJSException, OSError):
            client.assets.download("/good/one.png", to=tmp_path / "downloaded" / "good" / "one.png")
    assert kept.read_bytes() == b"kept"
    assert (tmp_path / "exported" / "good" / "one.png").read_bytes() == b"png"
