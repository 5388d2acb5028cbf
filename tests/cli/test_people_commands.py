"""`users import`, `users export`, `users create --generate-password` and `groups sync` on the demo wiki."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from .conftest import OnSandbox

CSV = "email,name,groups,shoes\nann@x.org,Ann,Readers,38\nbob@x.org,Bob,Nobody,40\nnobody,,,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(CSV, encoding="utf-8")
    return tmp_path / "people.csv"


def data(result: Any, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_dry_run_shows_everything_and_does_nothing(on_sandbox: OnSandbox, file: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.csv"
    arguments = ("users", "import", str(file), "--dry-run", "--generate-password", str(secrets))
    result = on_sandbox(*arguments)
    assert result.exit_code == 3
    assert "2\tann@x.org\tcreate\tname: Ann; provider: local; groups: Readers\t" in result.stdout
    assert "3\tbob@x.org\trefused\t\tThere is no group 'Nobody'." in result.stdout
    assert "line 4: 'nobody' is no e-mail address." in result.stderr
    assert "Columns that mean nothing here: shoes." in result.stderr
    assert "1 to make, 1 refused. Nothing was done." in result.stderr
    rows = data(on_sandbox(*arguments, "--json"), 3)
    assert [(row["email"], row["step"]) for row in rows] == [("ann@x.org", "create"), ("bob@x.org", "refused")]
    assert not secrets.exists()
    assert not on_sandbox.client.users.search("ann@x.org")


def test_whoever_gives_no_passwords_is_told_how_they_are_made(on_sandbox: OnSandbox, file: Path) -> None:
    result = on_sandbox("users", "import", str(file))
    assert result.exit_code == 1
    assert "ann@x.org" in result.stderr
    assert result.stderr.endswith("--generate-password FILE makes passwords and writes them down.\n")
    assert not on_sandbox.client.users.search("ann@x.org")


def test_a_dry_run_without_passwords_shows_what_would_be_done(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,name,password\nann@x.org,Ann,\nbob@x.org,Bob,Long-enough\n", encoding="utf-8")
    arguments = ("users", "import", str(file), "--dry-run")
    result = on_sandbox(*arguments)
    assert result.exit_code == 0
    assert "1 new account has no password yet, and would be refused: --generate-password FILE" in result.stderr
    assert "2 to make. Nothing was done." in result.stderr
    rows = data(on_sandbox(*arguments, "--json"))
    assert [(row["step"], row["reason"]) for row in rows] == [("create", "It needs a password."), ("create", "")]
    given = on_sandbox(*arguments, "--generate-password", str(tmp_path / "secrets.csv"))
    assert "no password yet" not in given.stderr
    assert not on_sandbox.client.users.search("ann@x.org")


def test_a_dash_is_stdout_and_no_file(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert on_sandbox("users", "export", "-o", "-").stdout.startswith("email,")
    assert on_sandbox("report", "orphans", "--csv", "-o", "-", "--fail-on", "never").stdout
    assert on_sandbox("pages", "llms-txt", "-o", "-").stdout.startswith("#")
    assert not Path("-").exists()


def test_people_are_imported_and_told(on_sandbox: OnSandbox, file: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.csv"
    result = on_sandbox("users", "import", str(file), "--generate-password", str(secrets), "--create-groups")
    assert result.exit_code == 3  # a row was no person
    assert "2 accounts made or changed" in result.stderr
    assert f"The passwords are in {secrets}." in result.stderr
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert on_sandbox.client.users.get("bob@x.org").groups[0].name == "Nobody"
    file.write_text(CSV.replace("nobody,,,\n", ""), encoding="utf-8")
    again = on_sandbox("users", "import", str(file), "--update")
    assert (again.exit_code, "0 accounts made or changed, 2 were as they should be." in again.stderr) == (0, True)
    once = on_sandbox("users", "import", str(file), "--generate-password", str(secrets))
    assert "passwords are written once" in once.stderr
    rows = data(on_sandbox("users", "import", str(file), "--json"))
    assert {row["step"] for row in rows} == {"none"}


def test_what_fails_is_told_with_its_line(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,password\nann@x.org,short\nbob@x.org,Long-enough\n", encoding="utf-8")
    result = on_sandbox("users", "import", str(file), "--quiet")
    assert result.exit_code == 3
    assert "line 2, ann@x.org: The password is too short" in result.stderr
    assert result.stdout.strip().isdecimal()
    rows = data(on_sandbox("users", "import", str(file), "--json"), 3)
    assert [row["step"] for row in rows] == ["failed", "none"]


def test_users_are_exported_as_they_are_imported(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    printed = on_sandbox("users", "export").stdout
    assert printed.splitlines()[0] == "email,name,groups,provider,active,location,job_title,timezone"
    assert "Eda Itor,Editors,local,yes" in printed
    file = tmp_path / "users.csv"
    assert "users written to" in on_sandbox("users", "export", "-o", str(file)).stderr
    assert on_sandbox("users", "import", str(file), "--dry-run", "--update", "--json").exit_code == 0
    assert {row["step"] for row in json.loads(on_sandbox("users", "import", str(file), "--json").stdout)} == {"none"}
    on_sandbox("users", "export", "-o", str(tmp_path / "users.json"))
    rows = json.loads((tmp_path / "users.json").read_text(encoding="utf-8"))
    assert [row["email"] for row in rows] == [
        row["email"] for row in data(on_sandbox("users", "export", "--json", "email"))
    ]


def test_a_password_is_made_for_one_user(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "password.csv"
    create = ("users", "create", "ann@x.org", "--name", "Ann", "--generate-password", str(file))
    made = on_sandbox(*create)
    assert made.stdout.startswith("Created user ")
    assert file.read_text(encoding="utf-8").splitlines()[1].startswith("ann@x.org,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert on_sandbox(*create, "--password-file", "-").exit_code == 2


def test_members_are_made_those_of_a_file(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        on_sandbox.client.users.create(f"{name}@x.org", name=name.title(), password="Secret-99")
    on_sandbox.client.groups.add_user("Readers", "bob@x.org")
    team = tmp_path / "TEAM.csv"
    team.write_text("email,group\nann@x.org,Readers\nghost@x.org,Readers\n", encoding="utf-8")
    dry = on_sandbox("groups", "sync", str(team), "--remove", "--dry-run")
    assert dry.exit_code == 3
    assert "Readers\tann@x.org\tjoins" in dry.stdout
    assert "Readers\tbob@x.org\tleaves" in dry.stdout
    assert "There is no account with the address ghost@x.org." in dry.stderr
    assert "1 would join, 2 would leave. Nothing was done." in dry.stderr
    refused = on_sandbox("groups", "sync", str(team), "--remove")
    assert (refused.exit_code, "This needs a confirmation" in refused.stderr) == (2, True)
    team.write_text("email\nann@x.org\n", encoding="utf-8")
    done = data(on_sandbox("groups", "sync", str(team), "--group", "Readers", "--remove", "--yes", "--json"))
    assert {(row["email"], row["change"]) for row in done} >= {("ann@x.org", "joins"), ("bob@x.org", "leaves")}
    assert [user.email for user in on_sandbox.client.groups.list_members("Readers")] == ["ann@x.org"]
    again = on_sandbox("groups", "sync", str(team), "--group", "Readers", "--remove")
    assert (again.exit_code, "0 joined, 0 left." in again.stderr) == (0, True)
    assert on_sandbox("groups", "sync", str(team)).exit_code in {1, 2}


def test_people_go_from_export_to_import_through_a_pipe(on_sandbox: OnSandbox) -> None:
    exported = on_sandbox("users", "export")
    again = on_sandbox("users", "import", "-", "--dry-run", "--json", stdin=exported.stdout)
    assert again.exit_code == 0, again.stderr
    assert {row["step"] for row in json.loads(again.stdout)} == {"none"}
    ldif = "dn: uid=cy,dc=example\nobjectClass: inetOrgPerson\nuid: cy\ncn: Cy Young\nmail: cy@example.com\n\n"
    (row,) = json.loads(on_sandbox("users", "import", "-", "--dry-run", "--json", stdin=ldif).stdout)
    assert row["email"] == "cy@example.com"
