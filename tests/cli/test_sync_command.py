"""`wikijs sync`, on the sandbox."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import OnSandbox
from tests.support.served import served
from wikijs import exceptions as exc

FIRST_WEEK = "handbook/first-week.md"


@pytest.fixture
def docs(tmp_path: Path, on_sandbox: OnSandbox) -> Path:
    """A folder that agrees with the demo wiki."""
    folder = tmp_path / "docs"
    folder.mkdir()
    assert on_sandbox("sync", str(folder), "--quiet").exit_code == 0
    return folder


def edit(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(path.read_text() + text)


def change_page(on_sandbox: OnSandbox, path: str, text: str) -> None:
    page = on_sandbox.client.pages.get_by_path(path)
    on_sandbox.client.pages.update(page.id, content=page.content + text)


def test_the_first_run_writes_a_file_for_each_page_and_the_second_nothing(
    on_sandbox: OnSandbox, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    first = on_sandbox("sync", str(tmp_path / "docs"))
    count = len(on_sandbox.client.pages.list()) + len(on_sandbox.client.assets.list(recursive=True))
    assert first.exit_code == 0
    assert "wrote file\ten/home\thome.md\n" in first.stdout
    assert "wrote file\tfr/home\tfr/home.md\n" in first.stdout
    assert first.stderr.endswith(f"{count} changes in the folder, 0 in the wiki.\n")
    again = on_sandbox("sync", str(tmp_path / "docs"))
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr.endswith("0 changes in the folder, 0 in the wiki.\n")


def test_changes_of_both_sides_are_told_to_programs(on_sandbox: OnSandbox, docs: Path) -> None:
    edit(docs, FIRST_WEEK, "\nOurs.\n")
    change_page(on_sandbox, "kitchen", "\nTheirs.\n")
    (docs / "new.md").write_text("# A new page\n")
    result = on_sandbox("sync", str(docs), "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {(each["action"], each["file"]) for each in told["done"]} == {
        ("update-page", FIRST_WEEK),
        ("write-file", "kitchen.md"),
        ("create-page", "new.md"),
    }
    assert told["conflicts"] == told["leftAlone"] == told["failed"] == []
    assert on_sandbox.client.pages.get_by_path("new").title == "A new page"
    assert "Theirs." in (docs / "kitchen.md").read_text()


def test_a_dry_run_changes_neither_side(on_sandbox: OnSandbox, docs: Path) -> None:
    edit(docs, FIRST_WEEK, "\nOurs.\n")
    change_page(on_sandbox, "kitchen", "\nTheirs.\n")
    for path in docs.rglob("*.md"):
        if path.parent.name == "operations":
            path.unlink()
    result = on_sandbox("sync", str(docs), "--dry-run")
    assert result.exit_code == 0
    assert "update page\ten/handbook/first-week" in result.stdout
    assert "write file\ten/kitchen\tkitchen.md" in result.stdout
    assert "delete page\ten/operations/audit" in result.stdout
    assert "Would do 1 change in the folder and" in result.stderr
    assert "Ours." not in on_sandbox.client.pages.get_by_path("handbook/first-week").content
    assert "Theirs." not in (docs / "kitchen.md").read_text()
    assert on_sandbox.client.pages.exists("operations/audit")


@pytest.mark.parametrize(("rule", "winner"), [("--ours", "Ours."), ("--theirs", "Theirs."), ("--newer", "Ours.")])
def test_a_conflict_is_kept_side_by_side_until_it_is_settled(
    on_sandbox: OnSandbox, docs: Path, rule: str, winner: str
) -> None:
    change_page(on_sandbox, "kitchen", "\nTheirs.\n")
    edit(docs, "kitchen.md", "\nOurs.\n")
    told = on_sandbox("sync", str(docs))
    beside = next(docs.glob("kitchen.conflict-*.md"))
    assert told.exit_code == 3
    assert "conflict\ten/kitchen" in told.stdout
    assert "1 conflict" in told.stderr
    assert "Ours." in (docs / "kitchen.md").read_text()
    assert "Theirs." in beside.read_text()
    again = on_sandbox("sync", str(docs), "--json")
    assert again.exit_code == 3
    assert json.loads(again.stdout)["conflicts"] == [
        {"page": "en/kitchen", "file": "kitchen.md", "theirs": beside.name}
    ]
    assert "merge kitchen.conflict-" in again.stderr
    settled = on_sandbox("sync", str(docs), rule)
    assert settled.exit_code == 0
    assert winner in (docs / "kitchen.md").read_text()
    assert winner in on_sandbox.client.pages.get_by_path("kitchen").content
    assert not beside.exists()


def test_one_direction_leaves_the_other_side_as_it_is(on_sandbox: OnSandbox, docs: Path) -> None:
    edit(docs, FIRST_WEEK, "\nOurs.\n")
    change_page(on_sandbox, "kitchen", "\nTheirs.\n")
    pulled = on_sandbox("sync", str(docs), "--pull")
    assert pulled.exit_code == 0
    assert "Theirs." in (docs / "kitchen.md").read_text()
    assert "1 not done in this direction" in pulled.stderr
    assert "Ours." not in on_sandbox.client.pages.get_by_path("handbook/first-week").content
    change_page(on_sandbox, "kitchen", "\nMore.\n")
    pushed = on_sandbox("sync", str(docs), "--push", "--json", "done,notAllowed")
    assert json.loads(pushed.stdout) == {
        "done": [{"action": "update-page", "locale": "en", "path": "handbook/first-week", "file": FIRST_WEEK}],
        "notAllowed": [{"action": "write-file", "locale": "en", "path": "kitchen", "file": "kitchen.md"}],
    }
    assert "More." not in (docs / "kitchen.md").read_text()


def test_many_deletions_need_a_confirmation(on_sandbox: OnSandbox, docs: Path) -> None:
    count = len(on_sandbox.client.pages.list())
    for path in docs.rglob("*.md"):
        path.unlink()
    refused = on_sandbox("sync", str(docs))
    assert refused.exit_code == 2
    assert f"This would delete {count} pages of the wiki, of {count} pages." in refused.stderr
    assert "--yes" in refused.stderr
    assert len(on_sandbox.client.pages.list()) == count
    assert on_sandbox("sync", str(docs), "--yes", "--quiet").exit_code == 0
    assert on_sandbox.client.pages.list() == []


def test_many_deletions_are_done_when_somebody_says_yes(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wikijs.cli.frame.confirm.somebody_is_there", lambda: True)
    for path in docs.rglob("*.md"):
        path.unlink()
    assert on_sandbox("sync", str(docs), stdin="n\n").exit_code == 1
    assert on_sandbox.client.pages.list()
    assert on_sandbox("sync", str(docs), stdin="y\n").exit_code == 0
    assert on_sandbox.client.pages.list() == []


def test_a_guest_is_refused_and_nothing_is_deleted(on_sandbox: OnSandbox, docs: Path) -> None:
    before = sorted(docs.rglob("*"))
    result = on_sandbox("sync", str(docs), guest=True)
    assert result.exit_code == 4
    assert "takes us for a guest" in result.stderr
    assert sorted(docs.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--pull", "--push"), "--pull and --push exclude each other."),
        (("--ours", "--newer"), "--ours and --newer exclude each other."),
        (("--watch", "--dry-run"), "--watch and --dry-run exclude each other."),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    on_sandbox: OnSandbox, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    result = on_sandbox("sync", str(tmp_path), *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_folder_that_is_missing_or_of_another_wiki_is_refused(
    on_sandbox: OnSandbox, docs: Path, tmp_path: Path
) -> None:
    missing = on_sandbox("sync", str(tmp_path / "none"))
    assert missing.exit_code == 2
    assert "is no folder" in missing.stderr
    foreign = on_sandbox("sync", str(docs), environment={"WIKIJS_URL": "http://other.sandbox"})
    assert foreign.exit_code == 2
    assert f"This folder belongs to the wiki {on_sandbox.sandbox.url}, not to http://other.sandbox." in foreign.stderr


def test_files_that_cannot_be_pages_are_named(on_sandbox: OnSandbox, docs: Path) -> None:
    (docs / "two words.md").write_text("x")
    (docs / "bytes.md").write_bytes(b"\xff")
    (docs / "kitchen.md").write_text("---\ntitle: [\n---\n\nx")
    (docs / "logo.png").write_bytes(b"\x89PNG")
    result = on_sandbox("sync", str(docs))
    assert result.exit_code == 3
    assert "two words.md: The file two words.md cannot be a page." in result.stderr
    assert "en/bytes: bytes.md is not UTF-8 text." in result.stderr
    assert "The header of kitchen.md is broken" in result.stderr
    assert "3 left alone" in result.stderr
    assert on_sandbox.client.pages.exists("kitchen")


# Watching. Time is made to pass by what happens in it.


def passing(monkeypatch: pytest.MonkeyPatch, *events: Callable[[], object] | None) -> None:
    """Let these things happen, one a second, and then Ctrl+C."""
    left = list(events)

    def sleep(_: float) -> None:
        if not left:
            raise KeyboardInterrupt
        if (event := left.pop(0)) is not None:
            event()

    monkeypatch.setattr("wikijs.sync.run.sleep", sleep)


def test_watching_tells_what_it_did_until_it_is_interrupted(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict() -> None:
        change_page(on_sandbox, "notes", "\nTheirs.\n")
        edit(docs, "notes.md", "\nOurs.\n")

    passing(monkeypatch, lambda: edit(docs, "kitchen.md", "\nOurs.\n"), None, None, conflict, None, None, *[None] * 10)
    result = on_sandbox("sync", str(docs), "--watch", "--interval", "3")
    assert result.exit_code == 130
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["updated page", "conflict"]
    assert result.stderr.count("notes.md and the wiki were changed both") == 1
    assert "Ours." in on_sandbox.client.pages.get_by_path("kitchen").content


def test_each_line_of_watching_begins_with_the_time_and_the_last_one_sums_up(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing(monkeypatch, lambda: edit(docs, "kitchen.md", "\nOurs.\n"), None, None, None)
    result = on_sandbox("sync", str(docs), "--watch", "--interval", "30")
    time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ[\t ]")
    assert all(time.match(line) for line in [*result.stdout.splitlines(), *result.stderr.splitlines()])
    assert result.stderr.splitlines()[-1].endswith("Watched for 2 runs: 0 changes in the folder, 1 in the wiki.")


def test_a_run_that_is_ended_says_what_it_did_until_then(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wikijs.sync.apply import Applier

    apply, done = Applier.apply, 0

    def ended(self: Applier, action: Any) -> Any:
        nonlocal done
        if done == 1:
            raise KeyboardInterrupt  # what SIGTERM raises too
        done += 1
        return apply(self, action)

    for name in ("one", "two", "three"):
        (docs / f"{name}.md").write_text(f"# {name}\n")
    with monkeypatch.context() as patched:
        patched.setattr(Applier, "apply", ended)
        result = on_sandbox("sync", str(docs))
    assert result.exit_code == 130
    assert "Stopped before the end; run it again. 0 changes in the folder, 1 in the wiki." in result.stderr
    assert on_sandbox("sync", str(docs)).stderr.endswith("0 changes in the folder, 2 in the wiki.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_ends_with_the_summary_that_ctrl_c_gives(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    with served(tmp_path / "wiki.db") as server:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "WIKIJS_URL": server.url,
            "WIKIJS_API_KEY": server.api_key,
            "WIKIJS_CONFIG": str(tmp_path / "none.toml"),
        }
        command = [sys.executable, "-m", "wikijs.cli", "sync", str(tmp_path / "docs"), "--watch"]
        job = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert job.stderr is not None
        first = job.stderr.readline()  # the first run is done
        job.send_signal(signal.SIGTERM)
        _, told = job.communicate(timeout=120)
    assert "0 changes in the folder, 0 in the wiki." in first
    assert "Watched for 1 run: 0 changes in the folder, 0 in the wiki." in told
    assert job.returncode == 130


def test_both_versions_are_marked_in_the_file_when_asked_for(on_sandbox: OnSandbox, docs: Path) -> None:
    change_page(on_sandbox, "kitchen", "\nTheirs.\n")
    edit(docs, "kitchen.md", "\nOurs.\n")
    told = on_sandbox("sync", str(docs), "--markers")
    assert (told.exit_code, told.stdout) == (3, "conflict, marked\ten/kitchen\tkitchen.md\n")
    assert "<<<<<<< this file\nOurs.\n=======\nTheirs.\n>>>>>>> the wiki, " in (docs / "kitchen.md").read_text()
    again = on_sandbox("sync", str(docs), "--json")
    assert json.loads(again.stdout)["conflicts"] == [
        {"page": "en/kitchen", "file": "kitchen.md", "theirs": "kitchen.md"}
    ]
    assert "take the marks out" in again.stderr


def test_other_files_are_told_by_their_place_in_the_wiki(on_sandbox: OnSandbox, docs: Path) -> None:
    (docs / "img").mkdir(exist_ok=True)
    (docs / "img" / "new.png").write_bytes(b"x")
    (docs / "Makefile").write_text("all:\n")
    planned = on_sandbox("sync", str(docs), "--dry-run")
    assert "upload\t/img/new.png\timg/new.png\n" in planned.stdout
    result = on_sandbox("sync", str(docs), "--json", "done,passedOver")
    told = json.loads(result.stdout)
    assert told["done"] == [{"action": "upload-asset", "asset": "/img/new.png", "file": "img/new.png"}]
    assert [each["file"] for each in told["passedOver"]] == ["Makefile"]
    assert on_sandbox("sync", str(docs), "--no-assets").exit_code == 0


def test_watching_waits_out_an_outage_and_says_so_once(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wikijs.sync.run import Report, synchronise

    outages = iter([True, True, True, False])

    def failing(*args: Any, **options: Any) -> Report:
        if next(outages, False):
            raise exc.TransportError("The wiki cannot be reached.")
        return synchronise(*args, **options)

    monkeypatch.setattr("wikijs.sync.run.synchronise", failing)
    passing(monkeypatch, None, None, lambda: change_page(on_sandbox, "kitchen", "\nTheirs.\n"), None)
    result = on_sandbox("sync", str(docs), "--watch", "--interval", "1", "--quiet")
    assert result.exit_code == 130
    assert result.stderr.count("The wiki cannot be reached.") == 1
    assert result.stdout == "kitchen.md\n"


def test_watching_ends_where_a_person_must_mend_something(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing(monkeypatch, on_sandbox.client.api_keys.disable, None, None, None)
    result = on_sandbox("sync", str(docs), "--watch", "--interval", "1")
    assert result.exit_code == 4
    assert "API" in result.stderr


def test_another_caller_and_failed_steps_are_told(
    on_sandbox: OnSandbox, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (docs / "fresh.md").write_text("# " + "x" * 300)
    (docs / "de").mkdir()
    (docs / "de" / "fresh.md").write_text("# A locale that is not installed")
    jwt = on_sandbox.sandbox.admin_jwt
    (docs.parent / "token").write_text(jwt)
    result = on_sandbox("sync", str(docs), "--api-key-file", str(docs.parent / "token"), "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 3
    assert [each["file"] for each in told["done"]] == ["fresh.md"]
    assert [each["file"] for each in told["failed"]] == ["de/fresh.md"]
    assert "de/fresh: " in result.stderr
    assert "1 failed" in result.stderr
    assert "The last run was made as API key 1, this one as admin@" in result.stderr


def test_a_part_of_the_wiki(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    folder = tmp_path / "part"
    folder.mkdir()
    result = on_sandbox("sync", str(folder), "--folder", "handbook")
    assert "wrote file\ten/handbook/first-week\tfirst-week.md\n" in result.stdout
    assert on_sandbox("sync", str(folder), "--folder", "handbook").stdout == ""
