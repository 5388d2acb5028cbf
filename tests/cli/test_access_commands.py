"""`wikijs access` and `wikijs groups rules test` on the demo wiki, whose guests see all but the board's pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wikijs.permissions import PageRule

from .conftest import OnSandbox


def data(result: Any, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def ann(on_sandbox: OnSandbox) -> int:
    client = on_sandbox.client
    rules = [PageRule(roles=["read:pages", "write:pages"], path="handbook"),
             PageRule(roles=["write:pages"], path="handbook/holidays", match="EXACT", deny=True)]  # fmt: skip
    client.groups.create("Crew", permissions=["read:pages", "write:pages"], rules=rules)
    return client.users.create("ann@example.com", name="Ann", password="Secret-99", groups=["Crew"]).id


def test_who_may_do_what_with_a_page(on_sandbox: OnSandbox, ann: int) -> None:
    rows = data(on_sandbox("access", "page", "handbook/holidays", "--json"))
    crew = {row["action"]: row for row in rows if row["group"] == "Crew"}
    assert {name: row["allowed"] for name, row in crew.items()} == {"view": True, "write": False, "delete": False}
    assert crew["write"]["because"] == "the rule deny EXACT handbook/holidays of group Crew"
    assert crew["view"]["members"] == 1
    shown = on_sandbox("access", "page", "/handbook/holidays", "--action", "write:pages", "--allowed")
    assert "Crew" not in shown.stdout
    assert "Administrators\tyes" in shown.stdout


def test_each_user_has_a_row_on_request(on_sandbox: OnSandbox, ann: int) -> None:
    shown = on_sandbox("access", "page", "handbook", "--users", "--action", "write")
    assert "write\tann@example.com\tyes\tthe rule allow START handbook of group Crew" in shown.stdout
    page = on_sandbox.client.pages.get("handbook").id
    assert on_sandbox("access", "page", str(page), "--users", "--action", "write").stdout == shown.stdout
    denied = data(on_sandbox("access", "page", "home", "--users", "--denied", "--all", "--json"))
    assert {"action": "write", "email": "ann@example.com"} in [
        {"action": row["action"], "email": row["email"]} for row in denied
    ]


def test_a_page_that_is_not_there_yet(on_sandbox: OnSandbox, ann: int) -> None:
    result = on_sandbox("access", "page", "handbook/new", "--action", "write")
    assert "There is no page en/handbook/new" in result.stderr
    assert "Crew\tyes" in result.stdout


def test_files_have_rules_too(on_sandbox: OnSandbox, ann: int) -> None:
    rows = data(on_sandbox("access", "page", "logo.png", "--asset", "--json"))
    assert {row["action"] for row in rows} == {"list-asset", "get-asset", "upload-asset", "manage-asset"}
    wrong = on_sandbox("access", "page", "logo.png", "--action", "read:assets")
    assert (wrong.exit_code, "give --asset" in wrong.stderr) == (2, True)


def test_a_question_is_answered_by_the_exit_code(on_sandbox: OnSandbox, ann: int) -> None:
    yes = on_sandbox("access", "user", "ann@example.com", "write:pages", "handbook/meetings")
    assert yes.exit_code == 0
    assert yes.stdout.splitlines() == [
        "answer\tyes",
        "what\tann@example.com may create or change the page: en/handbook/meetings",
        "because\tthe rule allow START handbook of group Crew",
    ]
    no = on_sandbox("access", "user", "Ann", "delete", "handbook", "--json")
    assert data(no, 1)["because"] == "no group has delete:pages"
    quiet = on_sandbox("access", "user", str(ann), "write", "home", "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (1, "")
    assert on_sandbox("access", "user", "ann@example.com", "write").exit_code == 2
    assert on_sandbox("access", "user", "eve@example.com").exit_code == 1


def test_what_a_user_may_do_all_over_the_wiki(on_sandbox: OnSandbox, ann: int) -> None:
    result = on_sandbox("access", "user", "ann@example.com")
    assert "ann@example.com is in Crew." in result.stderr
    rows = dict(line.split("\t")[:2] for line in result.stdout.splitlines())
    assert rows["delete"].startswith("0 of ")
    handbook = [page for page in on_sandbox.client.pages.list() if page.path.startswith("handbook")]
    assert rows["list"].split()[0] == str(len(handbook))
    assert int(rows["write"].split()[0]) == len([page for page in handbook if page.path != "handbook/holidays"])


def test_what_everybody_may_do(on_sandbox: OnSandbox) -> None:
    yes = on_sandbox("access", "guest", "read:pages", "home")
    assert yes.exit_code == 0
    assert on_sandbox("access", "guest", "write:pages", "home").exit_code == 1
    asset = on_sandbox("access", "guest", "read:assets", "logo.png", "--json")
    assert data(asset)["allowed"] is True
    assert data(on_sandbox("access", "guest", "--json"))[0]["action"] == "view"


def test_two_moments_are_compared(on_sandbox: OnSandbox, ann: int, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    assert on_sandbox("access", "save", str(before)).stdout.startswith("Kept ")
    assert on_sandbox("access", "diff", str(before)).exit_code == 0
    on_sandbox.client.groups.update("Crew", permissions=["read:pages"])
    result = on_sandbox("access", "diff", str(before))
    assert result.exit_code == 1
    assert "Crew: permission taken: write:pages" in result.stdout
    assert "ann@example.com may no longer write: en/handbook" in result.stdout
    after = tmp_path / "after.json"
    on_sandbox("access", "save", str(after))
    changes = data(on_sandbox("access", "diff", str(before), str(after), "--json"), 1)["changes"]
    assert changes == [{"kind": "permission taken", "subject": "Crew", "detail": "write:pages"}]
    then = on_sandbox("access", "user", "ann@example.com", "write", "handbook", "--from", str(before))
    assert then.exit_code == 0


def test_the_rules_of_a_group_are_tried(on_sandbox: OnSandbox, ann: int) -> None:
    result = on_sandbox("groups", "rules", "test", "Crew", "write:pages", "handbook/holidays")
    assert result.exit_code == 1
    lines = [line.split("\t")[1:] for line in result.stdout.splitlines()]
    assert lines == [
        ["deny EXACT handbook/holidays", "yes", "decides"],
        ["allow START handbook", "no", "matches, but is weaker"],
    ]
    assert "Denied: the rule deny EXACT handbook/holidays of group Crew." in result.stderr
    allowed = on_sandbox("groups", "rules", "test", "Crew", "read:pages", "handbook/new", "--json")
    assert [row["decides"] for row in data(allowed)] == [True, False]
    unknown = on_sandbox("groups", "rules", "test", "Crew", "write:page", "handbook")
    assert "Did you mean" in unknown.stderr


def test_what_is_refused_is_named_where_it_is_less_than_what_is_allowed(on_sandbox: OnSandbox) -> None:
    shown = dict(line.split("\t", 1) for line in on_sandbox("access", "guest").stdout.splitlines())
    assert shown["list"].startswith("27 of 27\tall\t")
    assert shown["write"].startswith("0 of 27\tnone\t")
    assert shown["view"].startswith("26 of 27\tall but en/")
    assert shown["view"].endswith("see the page in the browser")
