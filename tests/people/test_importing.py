"""Accounts made and changed as a file says, members of groups as a file says, passwords written down once."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.auth import PasswordAuth
from wikijs.exceptions import (
    ConfigurationError,
    ConflictError,
    GroupNotFoundError,
    MembershipError,
    UserNotFoundError,
    ValidationError,
)
from wikijs.people import (
    PasswordFile,
    Person,
    carry_out,
    export_people,
    make_password,
    plan_import,
    plan_sync,
    sync_groups,
)
from wikijs.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed="demo") as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[WikiJSClient]:
    with sandbox.client() as client:
        yield client


def person(email: str, **fields: Any) -> Person:
    return Person(email=email, **fields)


def members(client: WikiJSClient, group: str) -> set[str]:
    return {user.email for user in client.groups.list_members(group)}


def test_accounts_are_made_with_groups_profiles_and_passwords(
    sandbox: Sandbox, client: WikiJSClient, tmp_path: Path
) -> None:
    people = [
        person("ann@x.org", name="Ann", groups=("Readers", "Editors"), location="Paris", job_title="Boss"),
        person("bob@x.org", password="Given-Secret", active=False),
        person("eve@x.org", groups=("Board",)),
    ]
    plan = plan_import(client, people, passwords=True)
    assert [each.step for each in plan.people] == ["create", "create", "refused"]
    assert plan.people[2].reason == "There is no group 'Board'. Known: Administrators, Guests, Editors, Readers."
    plan = plan_import(client, people, passwords=True, create_groups=True)
    assert plan.new_groups == ("Board",)
    file, told = tmp_path / "passwords.csv", list[tuple[int, int]]()
    with PasswordFile(file) as passwords:
        result = carry_out(
            client, plan, passwords=passwords, must_change_password=False, progress=lambda *done: told.append(done)
        )
    assert (len(result.success), result.errors, told[-1]) == (3, [], (3, 3))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert [row[0] for row in rows] == ["email", "ann@x.org", "eve@x.org"]
    ann = client.users.get("ann@x.org")
    assert {group.name for group in ann.groups} == {"Readers", "Editors"}
    assert (ann.name, ann.location, ann.job_title) == ("Ann", "Paris", "Boss")
    bob = client.users.get("bob@x.org")
    assert (bob.name, bob.is_active) == ("bob", False)
    assert members(client, "Board") == {"eve@x.org"}
    with sandbox.client(PasswordAuth("ann@x.org", rows[1][1])) as as_ann:
        assert as_ann.whoami().name == "Ann"


def test_a_second_run_does_nothing_and_an_update_only_what_differs(client: WikiJSClient) -> None:
    people = [person("ann@x.org", name="Ann", groups=("Readers",), password="Secret-99")]
    carry_out(client, plan_import(client, people))
    again = plan_import(client, people, update=True)
    assert [(each.step, each.reason) for each in again.people] == [("none", "")]
    changed = [
        person(
            "ann@x.org", name="Anna", groups=("Readers", "Editors"), location="Rome", active=False, password="Other-99"
        )
    ]
    told = plan_import(client, changed)
    assert told.people[0].reason == "The account differs in name, groups, active."
    plan = plan_import(client, changed, update=True)
    assert dict(plan.people[0].changes) == {
        "name": "Anna",
        "groups": ["Readers", "Editors"],
        "location": "Rome",
        "active": False,
    }
    carry_out(client, plan)
    ann = client.users.get("ann@x.org")
    assert (ann.name, ann.location, ann.is_active) == ("Anna", "Rome", False)
    assert {group.name for group in ann.groups} == {"Readers", "Editors"}
    assert plan_import(client, changed, update=True).count("none") == 1
    carry_out(client, plan_import(client, [person("ann@x.org", active=True)], update=True))
    assert client.users.get("ann@x.org").is_active


def test_a_bad_one_does_not_stop_the_rest(client: WikiJSClient) -> None:
    people = [
        person("a@x.org", password="x"),
        person("b@x.org", password="Secret-99"),
        person("c@x.org"),
        person("d@x.org", provider="saml"),
    ]
    plan = plan_import(client, people)
    assert [each.step for each in plan.people] == ["create", "create", "refused", "refused"]
    assert "no login strategy 'saml'" in plan.people[3].reason
    result = carry_out(client, plan)
    assert [error.index for error in result.errors] == [0]
    assert len(result.success) == 1


def test_an_export_is_imported_elsewhere(client: WikiJSClient) -> None:
    rows = export_people(client)
    editor = next(row for row in rows if row["name"] == "Eda Itor")
    assert editor["groups"] == "Editors"
    assert not any(row["email"] == "guest@example.com" for row in rows)


def test_passwords_are_written_once(tmp_path: Path) -> None:
    file = tmp_path / "passwords.csv"
    with PasswordFile(file) as passwords:
        assert not passwords.is_written
        with passwords.made_for("ann@x.org") as first:
            assert f"ann@x.org,{first}\n" in file.read_text(encoding="utf-8")  # before anybody uses it
    with pytest.raises(ConfigurationError, match="written once"):
        PasswordFile(file)
    with pytest.raises(ConfigurationError, match="no folder"):
        PasswordFile(tmp_path / "no" / "folder.csv")
    with PasswordFile(tmp_path / "late.csv") as late:
        (tmp_path / "late.csv").touch()
        with pytest.raises(ConfigurationError, match="written once"), late.made_for("ann@x.org"):
            pass
    assert len({make_password() for _ in range(100)}) == 100
    assert all(len(password) == 20 and password.isalnum() for password in (make_password(), first))


def test_a_password_that_no_account_has_got_does_not_stay(client: WikiJSClient, tmp_path: Path) -> None:
    people = [person("ann@x.org"), person("ann@x.org", name="Ann Again"), person("bob@x.org")]
    plan = plan_import(client, people, passwords=True)
    assert [each.step for each in plan.people] == ["create", "create", "create"]
    file = tmp_path / "passwords.csv"
    with PasswordFile(file) as passwords:
        assert [error.index for error in carry_out(client, plan, passwords=passwords).errors] == [1]
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        # The server may have made the account, for all that is known.
        with pytest.raises(exc.TransportError), passwords.made_for("cut@x.org"):
            raise exc.TransportError("lost", sent=True)
    assert [row[0] for row in rows] == ["email", "ann@x.org", "bob@x.org"]
    assert file.read_text(encoding="utf-8").splitlines()[-1].startswith("cut@x.org,")
    with (
        PasswordFile(tmp_path / "none.csv") as none,
        pytest.raises(exc.WikiJSException),
        none.made_for("ann@x.org") as made,
    ):
        client.users.create("ann@x.org", name="Ann", password=made)
    assert not (tmp_path / "none.csv").exists()


def test_a_group_gets_the_members_of_a_file(client: WikiJSClient) -> None:
    for name in "abc":
        client.users.create(
            f"{name}@x.org", name=f"User {name}", password="Secret-99", groups=["Readers"] * (name == "c")
        )
    before = members(client, "Readers")
    people = [person("a@x.org", groups=("Readers",)), person("b@x.org", groups=("Readers", "Editors"))]
    plans = plan_sync(client, [*people, person("nobody@x.org", groups=("Editors",))])
    assert {(plan.name, change.email, change.joins) for plan in plans for change in plan.changes} == {
        ("Readers", "a@x.org", True),
        ("Readers", "b@x.org", True),
        ("Editors", "b@x.org", True),
    }
    assert [plan.unknown for plan in plans] == [(), ("nobody@x.org",)]
    told: list[tuple[int, int]] = []
    result = sync_groups(client, plans, progress=lambda *done: told.append(done))
    assert (len(result.success), told[-1]) == (3, (3, 3))
    assert members(client, "Readers") == before | {"a@x.org", "b@x.org"}
    (plan,) = plan_sync(client, people[:1], remove=True)
    assert {change.email for change in plan.changes} == before | {"b@x.org"}
    assert plan.kept == 1
    sync_groups(client, [plan])
    assert members(client, "Readers") == {"a@x.org"}
    assert plan_sync(client, people[:1], remove=True)[0].changes == ()


def test_groups_that_cannot_be_are_told_before_anything_is_done(client: WikiJSClient) -> None:
    people = [person("ann@x.org", groups=("Reader",))]
    with pytest.raises(GroupNotFoundError, match="Did you mean 'Readers'"):
        plan_sync(client, people)
    with pytest.raises(ValidationError, match="Nobody in the file has a group"):
        plan_sync(client, [person("ann@x.org")])
    client.groups.create("Twin")
    client.groups.create("Twin")
    with pytest.raises(ConflictError, match="2 groups have the name 'Twin'"):
        plan_sync(client, [person("ann@x.org", groups=("Twin",))])
    client.users.create("ann@x.org", name="Ann", password="Secret-99")
    sync_groups(client, plan_sync(client, people, create=True))
    assert members(client, "Reader") == {"ann@x.org"}


def test_those_who_cannot_leave_stay(client: WikiJSClient) -> None:
    client.users.create("ann@x.org", name="Ann", password="Secret-99")
    (plan,) = plan_sync(client, [person("ann@x.org")], group="Administrators", remove=True)
    assert [(change.email, change.joins) for change in plan.changes] == [("ann@x.org", True)]


def test_members_are_set_by_the_client(client: WikiJSClient, tmp_path: Path) -> None:
    ids = [client.users.create(f"{name}@x.org", name=f"User {name}", password="Secret-99").id for name in "abc"]
    client.groups.create("Crew")
    assert len(client.groups.set_members("Crew", ids[:2]).success) == 2
    plan = client.groups.plan_members("Crew", ["B@x.org", ids[2]])
    assert [(change.user, change.email, change.joins) for change in plan.changes] == [
        (ids[2], "", True),
        (ids[0], "a@x.org", False),
    ]
    assert plan.kept == 1
    journal = tmp_path / "journal"
    done = client.groups.set_members("Crew", ["B@x.org", ids[2]], journal=journal)
    assert [change.joins for change in done.success] == [True, False]
    assert members(client, "Crew") == {"b@x.org", "c@x.org"}
    assert client.groups.set_members("Crew", [ids[0]], remove=False, journal=journal).success[0].user == ids[0]
    with pytest.raises(UserNotFoundError):
        client.groups.set_members("Crew", ["nobody@x.org"])
    assert members(client, "Crew") == {"a@x.org", "b@x.org", "c@x.org"}


def test_several_members_are_taken_out(client: WikiJSClient) -> None:
    ids = [client.users.create(f"{name}@x.org", name=f"User {name}", password="Secret-99").id for name in "abc"]
    client.groups.create("Crew")
    client.groups.add_users("Crew", ids)
    result = client.groups.remove_users("Crew", ["a@x.org", 999_999, ids[1], ids[1]])
    assert result.success == ids[:2]
    assert [(error.index, type(error.exception)) for error in result.errors] == [
        (1, MembershipError),
        (3, MembershipError),
    ]
    assert members(client, "Crew") == {"c@x.org"}
