"""`wikijs users` and `wikijs groups` on a demo wiki, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from .conftest import OnSandbox


def data(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def ann(on_sandbox: OnSandbox) -> int:
    return on_sandbox.client.users.create("ann@example.com", name="Ann", password="Secret-99", groups=["Readers"]).id


def test_users_are_listed_for_people_and_for_programs(on_sandbox: OnSandbox, ann: int) -> None:
    assert f"{ann}\tAnn\tann@example.com\tlocal\tyes" in on_sandbox("users", "list").stdout
    assert data(on_sandbox("users", "list", "--json", "id,email", "--search", "ann")) == [
        {"id": ann, "email": "ann@example.com"}
    ]
    assert on_sandbox("users", "list", "--group", "Readers", "--quiet").stdout.split()[-1] == str(ann)


@pytest.mark.parametrize("who", ["id", "ann@example.com", "ANN@example.com"])
def test_a_user_is_named_by_id_or_address(on_sandbox: OnSandbox, ann: int, who: str) -> None:
    word = str(ann) if who == "id" else who
    assert "groups\tReaders" in on_sandbox("users", "get", word).stdout
    assert data(on_sandbox("users", "get", word, "--json"))["email"] == "ann@example.com"


def test_a_user_who_is_not_there_is_one_sentence(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("users", "get", "nobody@example.com")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no user 'nobody@example.com'." in result.stderr


def test_a_user_is_created_with_a_password_from_a_file_or_stdin(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("Secret-99\n", encoding="utf-8")
    made = on_sandbox(
        *("users", "create", "bob@example.com", "--name", "Bob", "--group", "Editors"),
        *("--password-file", str(tmp_path / "password")),
    )
    assert made.stdout.startswith("Created user ")
    made = on_sandbox(
        "users", "create", "eve@example.com", "--name", "Eve", "--password-file", "-", "--json", stdin="Secret-99\n"
    )
    assert data(made)["email"] == "eve@example.com"
    assert on_sandbox.client.users.list(search="bob", group="Editors")


def test_a_password_is_asked_for_twice_at_a_terminal(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr("wikijs.cli.frame.inputs.sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "prompt", lambda text, **options: asked.append(options) or "Secret-99")
    from wikijs.cli.frame.inputs import read_password

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    assert read_password(None, "Password") == "Secret-99"
    assert asked == [{"hide_input": True, "confirmation_prompt": True, "err": True}]


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ([], "", "No password was given."),
        (["--password-file", "-"], "\n", "The password file - is empty."),
        (["--password-file", "/nowhere"], "", "The file /nowhere cannot be read: No such file or directory."),
    ],
)
def test_without_a_password_nothing_is_sent(
    on_sandbox: OnSandbox, arguments: list[str], stdin: str, message: str
) -> None:
    result = on_sandbox("users", "create", "bob@example.com", "--name", "Bob", *arguments, stdin=stdin)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_that_is_no_text_is_refused(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe\x00")
    result = on_sandbox(
        "users", "create", "b@example.com", "--name", "Bo", "--password-file", str(tmp_path / "password")
    )
    assert result.exit_code == 2
    assert "not a text in UTF-8" in result.stderr


def test_a_user_is_changed_and_what_is_not_named_is_kept(on_sandbox: OnSandbox, ann: int) -> None:
    assert on_sandbox("users", "update", "ann@example.com", "--name", "Ann Lee").stdout == (
        f"Changed user {ann} (ann@example.com).\n"
    )
    user = on_sandbox.client.users.get(ann)
    assert (user.name, [group.name for group in user.groups]) == ("Ann Lee", ["Readers"])
    assert (
        data(on_sandbox("users", "update", str(ann), "--group", "Editors", "--json"))["groups"][0]["name"] == "Editors"
    )
    assert on_sandbox("users", "update", str(ann)).exit_code == 2


def test_users_are_deleted_after_a_question_and_each_outcome_is_told(on_sandbox: OnSandbox, ann: int) -> None:
    refused = on_sandbox("users", "delete", "ann@example.com", "--replace-with", "1")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    result = on_sandbox("users", "delete", "nobody@example.com", str(ann), "--replace-with", "1", "--yes")
    assert result.exit_code == 3
    assert "1 of 2 deleted, 1 failed." in result.stderr
    assert not on_sandbox.client.users.list(search="ann@")


def test_one_user_is_deleted(on_sandbox: OnSandbox, ann: int) -> None:
    result = on_sandbox("users", "delete", str(ann), "--replace-with", "1", "--yes", "--json")
    assert data(result) == {"id": ann, "user": str(ann)}


@pytest.mark.parametrize("switch", ["deactivate", "activate", "verify", "enable-tfa", "disable-tfa"])
def test_switches(on_sandbox: OnSandbox, ann: int, switch: str) -> None:
    result = on_sandbox("users", switch, "ann@example.com", "--yes")
    assert result.exit_code == 0
    assert f"User {ann} (ann@example.com)" in result.stdout
    if switch == "deactivate":
        assert on_sandbox.client.users.get(ann).is_active is False
        assert on_sandbox("users", "deactivate", str(ann)).exit_code == 2


def test_who_logged_in_last(on_sandbox: OnSandbox) -> None:
    assert data(on_sandbox("users", "last-logins", "--json"))[0].keys() == {"id", "name", "lastLoginAt"}


def test_groups_are_listed_and_shown(on_sandbox: OnSandbox) -> None:
    assert "\tEditors\t" in on_sandbox("groups", "list").stdout
    assert data(on_sandbox("groups", "list", "--search", "edit", "--json", "name")) == [{"name": "Editors"}]
    assert "name\tEditors\n" in on_sandbox("groups", "get", "Editors").stdout
    assert data(on_sandbox("groups", "get", "3", "--json"))["name"] == "Editors"


def test_a_group_is_created_changed_and_deleted(on_sandbox: OnSandbox) -> None:
    made = data(on_sandbox("groups", "create", "Pilots", "--permission", "read:pages", "--json"))
    assert made["permissions"] == ["read:pages"]
    changed = on_sandbox("groups", "update", "Pilots", "--add", "read:history", "--remove", "read:pages")
    assert changed.stdout == f"Changed group {made['id']} (Pilots).\n"
    assert on_sandbox.client.groups.get(made["id"]).permissions == ["read:history"]
    assert on_sandbox("groups", "delete", "Pilots").exit_code == 2
    assert on_sandbox("groups", "delete", "Pilots", "--yes").stdout == f"Deleted group {made['id']} (Pilots).\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("update", "Editors"), 2, "Nothing to change."),
        (("update", "Editors", "--permission", "read:pages", "--add", "read:history"), 2, "excludes --add"),
        (("update", "Editors", "--add", "read:histori"), 1, "Did you mean 'read:history'?"),
        (("get", "Editers"), 1, "Did you mean 'Editors'?"),
    ],
)
def test_mistakes_about_groups(on_sandbox: OnSandbox, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = on_sandbox("groups", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_members_come_and_go(on_sandbox: OnSandbox, ann: int) -> None:
    assert on_sandbox("groups", "add", "Editors", "ann@example.com").stdout == (
        "Added user ann@example.com to group Editors.\n"
    )
    assert "ann@example.com" in on_sandbox("groups", "members", "Editors").stdout
    assert data(on_sandbox("groups", "members", "Editors", "--json", "id"))[-1] == {"id": ann}
    partly = on_sandbox("groups", "remove", "Editors", str(ann), "nobody@example.com", "--json")
    assert partly.exit_code == 3
    assert json.loads(partly.stdout)["success"] == [{"id": ann, "user": str(ann)}]


def test_page_rules_are_listed_added_removed_and_replaced(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    before = data(on_sandbox("groups", "rules", "list", "Editors", "--json"))
    added = data(
        on_sandbox(
            *("groups", "rules", "add", "Editors", "--role", "write:pages", "--path", "docs"),
            *("--match", "EXACT", "--deny", "--locale", "en", "--json"),
        )
    )
    assert len(added) == len(before) + 1
    assert (added[-1]["path"], added[-1]["deny"], added[-1]["locales"]) == ("docs", True, ["en"])
    assert "write:pages\tEXACT\tdocs\ten" in on_sandbox("groups", "rules", "list", "Editors").stdout
    removed = on_sandbox("groups", "rules", "remove", "Editors", added[-1]["id"])
    assert removed.stdout == f"Removed a rule from group Editors, which has {len(before)}.\n"

    (tmp_path / "rules.json").write_text(json.dumps(added), encoding="utf-8")
    assert on_sandbox("groups", "rules", "set", "Editors", str(tmp_path / "rules.json")).exit_code == 2
    replaced = on_sandbox("groups", "rules", "set", "Editors", str(tmp_path / "rules.json"), "--yes")
    assert replaced.stdout == f"Replaced the rules of group Editors, which has {len(added)}.\n"


@pytest.mark.parametrize("content", ["just a text", "- {role: x}", "a: [", "3"])
def test_a_file_of_rules_that_is_none_changes_nothing(on_sandbox: OnSandbox, content: str) -> None:
    before = on_sandbox.client.groups.rules(3)
    result = on_sandbox("groups", "rules", "set", "3", "-", "--yes", stdin=content)
    assert result.exit_code == 2
    assert "The file -" in result.stderr
    assert on_sandbox.client.groups.rules(3) == before


def test_a_rule_that_is_not_there_is_not_removed(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("groups", "rules", "remove", "Editors", "nothing")
    assert result.exit_code == 1
    assert "has no rule 'nothing'" in result.stderr


def test_ctrl_c_at_a_question_is_an_interruption(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(session: object, question: str) -> None:
        raise typer.Abort

    monkeypatch.setattr("wikijs.cli.people.groups.confirm", interrupt)
    result = on_sandbox("groups", "delete", "Editors")
    assert result.exit_code == 130
    assert on_sandbox.client.groups.get_by_name("Editors")
