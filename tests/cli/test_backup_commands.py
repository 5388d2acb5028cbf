"""`wikijs backup` and `wikijs restore`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import OnSandbox


@pytest.fixture
def backups(on_sandbox: OnSandbox, tmp_path: Path) -> Path:
    """A folder with a backup of the demo wiki."""
    result = on_sandbox("backup", str(tmp_path / "backups"), "--json")
    assert result.exit_code == 0, result.stderr
    made = json.loads(result.stdout)
    assert (made["parts"]["pages"], made["whole"]) == (made["read"], True)
    return tmp_path / "backups"


def test_a_folder_of_backups(on_sandbox: OnSandbox, backups: Path) -> None:
    assert "home" not in on_sandbox("backup", "list", str(backups)).stdout
    second = on_sandbox("backup", "--incremental", "--keep", "5", str(backups))
    assert second.exit_code == 0
    assert "pages read" in second.stdout
    assert "it cannot be made again" in second.stderr
    listed = json.loads(on_sandbox("backup", "list", str(backups), "--json").stdout)
    assert len(listed) == 2
    assert on_sandbox("backup", "list", str(backups), "--quiet").stdout.split() == [each["name"] for each in listed]
    assert "all is there" in on_sandbox("backup", "verify", str(backups)).stdout
    assert json.loads(on_sandbox("backup", "diff", str(backups), "--json").stdout) == []
    assert on_sandbox("backup", str(backups), "--quiet", "--keep", "1").stdout.strip()
    assert len(json.loads(on_sandbox("backup", "list", str(backups), "--json").stdout)) == 1
    alone = on_sandbox("backup", "diff", str(backups))
    assert (alone.exit_code, "only one backup" in alone.stderr) == (1, True)


def test_what_differs_is_listed(on_sandbox: OnSandbox, backups: Path) -> None:
    assert on_sandbox("pages", "create", "new/one", "--title", "New", "--content", "x").exit_code == 0
    assert on_sandbox("pages", "move", "kitchen", "moved").exit_code == 0
    assert on_sandbox("backup", str(backups), "--incremental", "--no-history").exit_code == 0
    rows = json.loads(on_sandbox("backup", "diff", str(backups), "--json").stdout)
    assert {"what": "added", "kind": "pages", "name": "en/new/one", "from": None} in rows
    assert {"what": "moved", "kind": "pages", "name": "en/moved", "from": "en/kitchen"} in rows
    assert "en/new/one" in on_sandbox("backup", "diff", str(backups)).stdout


def test_a_damaged_one_is_told(on_sandbox: OnSandbox, backups: Path) -> None:
    for file in (backups / "objects").rglob("*.z"):
        file.write_bytes(b"x")
    result = on_sandbox("backup", "verify", str(backups))
    assert result.exit_code == 1
    assert "damaged" in result.stdout
    told = on_sandbox("backup", "verify", str(backups), "--json")
    assert json.loads(told.stdout)["whole"] is False


def test_one_file(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "wiki.tar.zst"
    assert on_sandbox("backup", str(file)).exit_code == 0
    assert [each.name for each in tmp_path.iterdir() if "wiki" in each.name] == ["wiki.tar.zst"]
    assert "all is there" in on_sandbox("backup", "verify", str(file)).stdout
    for options, why in (
        ((str(file), "--incremental"), "go with a folder"),
        ((str(tmp_path / "x"), "--recipient", "age1x"), "--recipient goes with"),
    ):
        result = on_sandbox("backup", *options)
        assert result.exit_code == 2
        assert why in result.stderr
    assert "no key says for whom" in on_sandbox("backup", str(tmp_path / "wiki.tar.age")).stderr


def test_restoring(on_sandbox: OnSandbox, backups: Path) -> None:
    assert "0 to write" in on_sandbox("restore", str(backups), "--dry-run").stderr
    assert on_sandbox("pages", "delete", "kitchen", "--yes").exit_code == 0
    assert on_sandbox("pages", "update", "home", "--title", "Changed").exit_code == 0
    planned = on_sandbox("restore", str(backups), "--dry-run", "--only", "pages,settings", "--json")
    data = json.loads(planned.stdout)
    assert data["dryRun"] is True
    assert sorted((each["action"], each["name"]) for each in data["done"]) == [
        ("create", "en/kitchen"),
        ("update", "en/home"),
    ]
    assert any("moments of pages" in each["what"] for each in data["lost"])
    asked = on_sandbox("restore", str(backups), "--only", "pages")
    assert asked.exit_code == 2 or "--yes" in asked.stderr
    new = on_sandbox("restore", str(backups), "--only", "pages", "--new-only")
    assert new.exit_code == 0
    assert "Cannot come back: ids, authors and moments of pages" in new.stderr
    assert "Left alone, though it differs: pages: en/home." in new.stderr
    done = on_sandbox("restore", str(backups), "--only", "pages", "--yes", "--quiet")
    assert done.stdout.split() == ["en/home"]
    assert list(backups.parent.glob("*.restore")) == []


def test_what_is_wrong_is_said(on_sandbox: OnSandbox, backups: Path) -> None:
    nothing = on_sandbox("restore", str(backups), "--only", "", "--yes")
    assert (nothing.exit_code, "names nothing" in nothing.stderr) == (2, True)
    unknown = on_sandbox("restore", str(backups), "--only", "pages,nonsense")
    assert (unknown.exit_code, "nothing called 'nonsense'" in unknown.stderr) == (2, True)
    missing = on_sandbox("restore", str(backups.parent / "none"))
    assert (missing.exit_code, "does not exist" in missing.stderr) == (1, True)
    name = on_sandbox("restore", str(backups), "--backup", "1999")
    assert "There is no backup whose name begins with '1999'" in name.stderr
    assert "Example: wikijs backup" in on_sandbox("backup", "--help").stdout
    assert "--incremental" in on_sandbox("backup", "make", "--help").stdout


def test_a_failure_is_told(on_sandbox: OnSandbox, backups: Path) -> None:
    for each in ("kitchen", "home"):
        assert on_sandbox("pages", "delete", each, "--yes").exit_code == 0
    (snapshot,) = (backups / "snapshots").iterdir()
    index = json.loads(snapshot.read_bytes())["parts"]["pages"]["object"]
    from wikijs.backup.store import Store

    store = Store(backups)
    (kitchen,) = [page for page in store.get_json(index) if page["head"]["path"] == "kitchen"]
    store.place(kitchen["object"])[0].write_bytes(b"x")
    result = on_sandbox("restore", str(backups), "--only", "pages")
    assert result.exit_code == 3
    assert "wikijs: pages: en/kitchen" in result.stderr
    assert "1 written" in result.stderr
    assert on_sandbox("pages", "delete", "home", "--yes").exit_code == 0
    again = on_sandbox("restore", str(backups), "--only", "pages")  # plans anew what became otherwise meanwhile
    assert (again.exit_code, "1 written" in again.stderr) == (3, True)
    assert list(backups.parent.glob("*.restore")) == []


@pytest.mark.parametrize("name", ["wiki.zip", "wiki.age", "wiki.zst", "wiki.tar.bz2", "wiki.7z.age"])
def test_a_name_of_a_file_that_is_not_written_is_no_folder(name: str, on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("backup", str(tmp_path / name))
    assert (result.exit_code, (tmp_path / name).exists()) == (2, False)
    assert f"No file such as {tmp_path / name} can be written." in result.stderr
