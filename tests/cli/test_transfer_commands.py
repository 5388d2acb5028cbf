"""`wikijs pages export` and `wikijs pages import` on the demo wiki."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wikijs import exceptions as exc
from wikijs.cli.frame import progress as shown_progress
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox

from .conftest import OnSandbox


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[OnSandbox]:
    """Command lines on a wiki without pages."""
    with Sandbox() as sandbox, sandbox.client() as client:
        dates = {"createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z"}
        sandbox.db.put("locales", {"code": "fr", "name": "French", "nativeName": "Français", **dates})
        sandbox.db.save_setting("localization", {"namespacing": True, "namespaces": ["en", "fr"]})
        yield OnSandbox(sandbox, client, tmp_path)


def files(folder: Path) -> dict[str, str]:
    """Names and texts of all files."""
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


class TestExport:
    """`wikijs pages export`."""

    def test_for_people(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        result = on_sandbox("pages", "export", str(tmp_path / "out"))
        count = len(on_sandbox.client.pages.list())
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"{count} written.\n")
        assert len(files(tmp_path / "out")) == count
        again = on_sandbox("pages", "export", str(tmp_path / "out"))
        assert again.stderr == f"{count} unchanged.\n"

    def test_as_json(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        result = on_sandbox("pages", "export", str(tmp_path / "out"), "--folder", "kitchen", "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout) == {
            "target": str(tmp_path / "out"),
            "written": ["kitchen.md"],
            "unchanged": [],
            "deleted": [],
            "kept": [],
            "failed": [],
            "partly": [],
            "missing": {},
            "notHeld": {},
        }
        picked = on_sandbox("pages", "export", str(tmp_path / "out"), "--folder", "kitchen", "--json", "unchanged")
        assert json.loads(picked.stdout) == {"unchanged": ["kitchen.md"]}

    def test_quietly(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        result = on_sandbox("pages", "export", str(tmp_path), "--folder", "kitchen", "--quiet")
        assert (result.stdout, result.stderr) == ("kitchen.md\n", "")

    @pytest.mark.parametrize("name", ["out.zip", "out.tar.gz", "out.json", "out.yaml"])
    def test_into_one_file(self, on_sandbox: OnSandbox, tmp_path: Path, name: str) -> None:
        assert on_sandbox("pages", "export", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).stat().st_size > 1000

    def test_options_reach_the_export(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        options = ("--style", "yaml", "--portable", "--namespaced", "--assets", "--incremental", "--locale", "en")
        on_sandbox("pages", "export", str(tmp_path / "out"), *options, "--tag", "handbook")
        found = files(tmp_path / "out")
        assert {".wikijs/export.json", "images/lamp.svg"} <= set(found)
        pages = {name: text for name, text in found.items() if name.endswith(".md")}
        assert pages
        assert all(name.startswith("en/") and "isPublished: " in text for name, text in pages.items())
        assert not any("date: " in text for text in pages.values())

    def test_what_the_format_cannot_hold_is_told(self, empty: OnSandbox, tmp_path: Path) -> None:
        empty.client.pages.create("book", title="Book", content="= Book", editor="asciidoc", tags=["a"])
        result = empty("pages", "export", str(tmp_path))
        assert result.stderr.splitlines() == [
            "More than this format holds, see --style yaml: book.adoc (title, tags).",
            "1 written.",
        ]

    def test_partly_done(self, empty: OnSandbox, tmp_path: Path) -> None:
        empty.client.pages.create("good", title="Good", content="x")
        empty.client.pages.create("bad", title="Bad", content="x")
        empty.sandbox.db.update("pages", 2, {"path": "de/bad"})
        result = empty("pages", "export", str(tmp_path))
        assert result.exit_code == 3
        assert result.stderr.splitlines() == [
            "wikijs: The page en/de/bad cannot be a file: de/bad.md would be another page.",
            "1 written, 1 failed.",
        ]
        data = json.loads(empty("pages", "export", str(tmp_path), "--json").stdout)
        assert [failure["name"] for failure in data["failed"]] == ["en/de/bad"]

    def test_many_failures_are_not_all_told(self, empty: OnSandbox, tmp_path: Path) -> None:
        for number in range(23):
            empty.client.pages.create(f"page{number}", title="P", content="x")
            empty.sandbox.db.update("pages", number + 1, {"path": f"de/{number}"})
        empty.client.pages.create("good", title="Good", content="x")
        result = empty("pages", "export", str(tmp_path))
        assert "wikijs: and 3 more; --json lists all.\n" in result.stderr

    def test_a_guest_is_told_to_log_in(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        result = on_sandbox("pages", "export", str(tmp_path / "out"), guest=True)
        assert result.exit_code == 4
        assert "could be exported. The first one:" in result.stderr
        assert "You are a guest here" in result.stderr

    def test_colliding_names(self, empty: OnSandbox, tmp_path: Path) -> None:
        empty.client.pages.create("Docs", title="A", content="x")
        empty.client.pages.create("docs", title="B", content="x")
        result = empty("pages", "export", str(tmp_path / "out"))
        assert result.exit_code == 1
        assert "Docs.md and docs.md differ only in case" in result.stderr
        assert not (tmp_path / "out").exists()
        assert empty("pages", "export", str(tmp_path / "out"), "--allow-case-collisions").exit_code == 0

    def test_deleting_asks_first(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        arguments = ("pages", "export", str(tmp_path / "out"))
        on_sandbox(*arguments, "--incremental")
        page = on_sandbox.client.pages.get_by_path("kitchen")
        on_sandbox.client.pages.delete(page.id)
        refused = on_sandbox(*arguments, "--delete")
        assert refused.exit_code == 2
        assert (tmp_path / "out" / "kitchen.md").exists()
        done = on_sandbox(*arguments, "--delete", "--yes")
        assert "1 deleted" in done.stderr
        assert not (tmp_path / "out" / "kitchen.md").exists()

    def test_a_folder_that_cannot_be_written(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        result = on_sandbox("pages", "export", str(tmp_path / "file" / "out"))
        assert result.exit_code == 1
        assert "cannot be written: Not a directory." in result.stderr

    def test_wrong_options_are_wrong_usage(self, on_sandbox: OnSandbox, tmp_path: Path) -> None:
        assert on_sandbox("pages", "export", str(tmp_path / "x.zip"), "--incremental").exit_code == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages and an image."""
    (tmp_path / "in" / "img").mkdir(parents=True)
    (tmp_path / "in" / "one.md").write_text("---\ntitle: One\n---\n\nFirst.")
    (tmp_path / "in" / "two.html").write_text("<p>Second.</p>")
    (tmp_path / "in" / "img" / "a.png").write_bytes(b"1")
    return tmp_path / "in"


class TestImport:
    """`wikijs pages import`."""

    def test_for_people(self, empty: OnSandbox, folder: Path) -> None:
        result = empty("pages", "import", str(folder), "--assets")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 created, 1 uploaded.\n")
        assert empty.client.pages.get_by_path("one").title == "One"
        assert empty("pages", "import", str(folder), "--assets").stderr == "3 unchanged.\n"

    def test_as_json(self, empty: OnSandbox, folder: Path) -> None:
        result = empty("pages", "import", str(folder), "--json")
        assert json.loads(result.stdout) == {
            "created": ["one.md", "two.html"],
            "updated": [],
            "uploaded": [],
            "unchanged": [],
            "doneBefore": [],
            "failed": [],
            "notAttempted": [],
            "refused": [],
        }

    def test_quietly(self, empty: OnSandbox, folder: Path) -> None:
        result = empty("pages", "import", str(folder), "--quiet")
        assert (result.stdout, result.stderr) == ("one.md\ntwo.html\n", "")

    def test_a_dry_run_shows_the_plan_and_does_nothing(self, empty: OnSandbox, folder: Path) -> None:
        empty.client.pages.create("one", title="Old", content="Old.")
        result = empty("pages", "import", str(folder), "--dry-run", "--assets")
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "update\tone.md\ten/one\ttitle, content",
            "create\ttwo.html\ten/two\t",
            "upload\timg/a.png\t/img/a.png\t",
        ]
        assert result.stderr == "1 to create, 1 to update, 1 to upload.\n"
        assert [page.title for page in empty.client.pages.list()] == ["Old"]
        assert empty.client.assets.list(recursive=True) == []

    def test_a_dry_run_as_json(self, empty: OnSandbox, folder: Path) -> None:
        (folder / "bad.md").write_text("---\ntitle: [\nx\n---\n")
        data = json.loads(empty("pages", "import", str(folder), "--dry-run", "--json", "--skip-bad").stdout)
        assert data["steps"] == [
            {"action": "create", "file": "one.md", "page": "en/one", "fields": []},
            {"action": "create", "file": "two.html", "page": "en/two", "fields": []},
        ]
        assert data["left"] == ["img/a.png"]
        assert [refused["file"] for refused in data["refused"]] == ["bad.md"]

    def test_bad_files_refuse_the_whole_import(self, empty: OnSandbox, folder: Path) -> None:
        (folder / "bad.md").write_text("---\ntitle: [\nx\n---\n")
        (folder / "large.md").write_text("x" * 10 * 1024 * 1024)
        result = empty("pages", "import", str(folder))
        assert result.exit_code == 1
        lines = result.stderr.splitlines()
        assert lines[0].startswith("wikijs: The header of bad.md is broken: line 4: ")
        assert lines[1:3] == [
            "wikijs: large.md has 10 MB, more than the server takes: a request may have 5 MB.",
            "wikijs: Nothing was imported: 2 files are refused.",
        ]
        assert empty.client.pages.list() == []

    def test_the_good_ones_can_be_imported_all_the_same(self, empty: OnSandbox, folder: Path) -> None:
        (folder / "bad.md").write_text("---\ntitle: [\nx\n---\n")
        result = empty("pages", "import", str(folder), "--skip-bad")
        assert result.exit_code == 3
        assert "2 created, 1 refused." in result.stderr
        assert len(empty.client.pages.list()) == 2

    def test_the_limit_can_be_raised(self, empty: OnSandbox, folder: Path) -> None:
        (folder / "large.md").write_text("x" * 10 * 1024 * 1024)
        result = empty("pages", "import", str(folder), "--dry-run", "--body-limit", "20")
        assert result.exit_code == 0
        assert empty("pages", "import", str(folder), "--dry-run", "--body-limit", "0").exit_code == 2

    def test_front_matter_that_means_nothing_is_told(self, empty: OnSandbox, folder: Path) -> None:
        (folder / "one.md").write_text("---\ntitle: One\nlayout: wide\n---\n\nx")
        (folder / "odd.md").write_text("---\ntitle: Odd: one\n---\n\nx")
        result = empty("pages", "import", str(folder))
        assert "Front matter that was mended: odd.md (Its front matter is broken: line 2: mapping" in result.stderr
        assert "Front matter that means nothing here: one.md (layout).\n" in result.stderr
        assert "Left alone: img/a.png.\n" in result.stderr

    def test_only_new_pages(self, empty: OnSandbox, folder: Path) -> None:
        empty.client.pages.create("one", title="Old", content="Old.")
        result = empty("pages", "import", str(folder), "--no-update")
        assert "1 created." in result.stderr
        assert empty.client.pages.get(1).title == "Old"

    def test_a_journal(self, empty: OnSandbox, folder: Path, tmp_path: Path) -> None:
        journal = str(tmp_path / "journal")
        empty("pages", "import", str(folder), "--journal", journal)
        empty.client.pages.update(1, content="somebody's")
        result = empty("pages", "import", str(folder), "--journal", journal)
        assert (result.exit_code, "1 done before" in result.stderr) == (0, True)
        assert empty.client.pages.get(1).content == "somebody's"

    @pytest.mark.parametrize(
        ("error", "at", "code", "said"),
        [
            (exc.PageExistsError("There is one.", code=6002, slug="x"), 0, 3, "1 created, 1 failed."),
            (exc.TransportError("It is gone.", sent=False), 1, 3, "wikijs: The work stopped: It is gone."),
            (exc.TransportError("It is gone.", sent=False), 0, 1, "wikijs: It is gone."),
            (KeyboardInterrupt(), 1, 130, "1 created, 1 failed."),
        ],
    )
    def test_what_went_wrong_decides_the_exit_code(
        self,
        empty: OnSandbox,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        error: BaseException,
        at: int,
        code: int,
        said: str,
    ) -> None:
        client = empty.client
        create, calls = client.pages.create, iter(range(9))

        def fail(*arguments: Any, **options: Any) -> Any:
            if next(calls) == at:
                raise error
            return create(*arguments, **options)

        monkeypatch.setattr(client.pages, "create", fail)
        monkeypatch.setattr(Session, "client", lambda self: client)
        monkeypatch.setattr(type(client), "close", lambda self: None)
        result = empty("pages", "import", str(folder))
        assert (result.exit_code, said in result.stderr) == (code, True)

    @pytest.mark.parametrize("name", ["missing", "file.doc"])
    def test_a_source_that_is_none(self, empty: OnSandbox, tmp_path: Path, name: str) -> None:
        (tmp_path / "file.doc").write_text("x")
        result = empty("pages", "import", str(tmp_path / name))
        assert result.exit_code == 2
        assert str(tmp_path / name) in result.stderr

    def test_an_unreadable_source_is_one_sentence(
        self, empty: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "x.json"
        file.write_text("{}")
        really = os.open

        def denied(path: Any, *arguments: Any, **options: Any) -> int:
            if os.fspath(path) == str(file):
                raise PermissionError(13, "Permission denied", str(path))
            return really(path, *arguments, **options)

        monkeypatch.setattr("wikijs.core.files.tree.os.open", denied)
        result = empty("pages", "import", str(file))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "x.json cannot be read as JSON: it cannot be read: Permission denied." in result.stderr

    def test_the_demo_comes_back_from_an_archive(self, on_sandbox: OnSandbox, empty: OnSandbox, tmp_path: Path) -> None:
        on_sandbox("pages", "export", str(tmp_path / "a.tar.gz"), "--portable", "--assets")
        assert empty("pages", "import", str(tmp_path / "a.tar.gz"), "--assets").exit_code == 0
        empty("pages", "export", str(tmp_path / "b.tar.gz"), "--portable", "--assets")
        assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_progress_of_two_parts_is_shown_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    seen: list[object] = []

    @contextmanager
    def shown(session: Session, label: str, *, total: int) -> Iterator[Any]:
        seen.append(f"{label} {total}")
        yield seen.append
        seen.append("end")

    monkeypatch.setattr(shown_progress, "progress", shown)
    with shown_progress.counting(Session(), "Moving") as count:
        for done, total in ((1, 2), (2, 2), (1, 1)):
            count(done, total)
    assert seen == ["Moving 2", 1, 1, "end", "Moving 1", 1, "end"]


def test_a_guest_who_imports_is_told_to_log_in(empty: OnSandbox, folder: Path) -> None:
    result = empty("pages", "import", str(folder), guest=True)
    assert result.exit_code == 4
    assert "None of 2 could be imported. The first one:" in result.stderr
    assert "You are a guest here" in result.stderr
