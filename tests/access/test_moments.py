"""Groups and people read from a wiki, kept in a file, and what changed between two moments."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wikijs import WikiJSClient
from wikijs.access import (
    GUEST,
    Change,
    Group,
    Moment,
    Page,
    Person,
    Target,
    compare,
    groups_on,
    load,
    pages_of,
    people_on,
    person_on,
    read_moment,
)
from wikijs.core.files.refusal import FileRefusedError
from wikijs.exceptions import (
    ConfigurationError,
    ConflictError,
    GroupNotFoundError,
    UserNotFoundError,
)
from wikijs.permissions import PageRule
from wikijs.sandbox import Sandbox

READ = PageRule(roles=("read:pages",), path="", id="r1")
HIDE = PageRule(roles=("read:pages",), path="secret", deny=True, id="r2")
PEOPLE = (
    Person(id=GUEST, name="Guest", email="guest@example.com", active=False, groups=(2,)),
    Person(id=5, name="Ann", email="ann@example.com", groups=(3,)),
    Person(id=6, name="Bob", email="bob@example.com", groups=(3, 4)),
    Person(id=7, name="Bob", email="bob@example.org", active=False, groups=(4,)),
)
GROUPS = (
    Group(id=2, name="Guests", permissions=("read:pages",), rules=(READ, HIDE), members=(2,)),
    Group(id=3, name="Staff", permissions=("read:pages", "write:pages"), rules=(READ,), members=(5, 6)),
    Group(id=4, name="Outsiders", rules=(replace(HIDE, path="secret/"),), members=(6, 7)),
)
PAGES = (Page(path="home", locale="en"), Page(path="secret/plan", locale="en", tags=("x",), published=False))
MOMENT = Moment(groups=GROUPS, people=PEOPLE, pages=PAGES, url="https://wiki.example.com")


@pytest.fixture
def client() -> Iterator[WikiJSClient]:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        yield client


def test_a_moment_holds_groups_with_members_people_with_groups_and_pages(client: WikiJSClient) -> None:
    made = client.users.create("ann@example.com", name="Ann", password="Secret-99", groups=["Readers", "Editors"])
    lost = client.users.create("lost@example.com", name="Lost", password="Secret-99")
    moment = read_moment(client)
    ann = moment.person(made.id)
    assert {group.name for group in moment.groups_of(ann)} == {"Readers", "Editors"}
    assert made.id in moment.group("Readers").members
    assert moment.person(lost.id).groups == ()
    assert [group.name for group in moment.groups_of(moment.person(GUEST))] == ["Guests"]
    assert {(page.locale, page.path) for page in moment.pages} >= {("en", "home"), ("fr", "home")}
    assert moment.can("ann@example.com", "write", Target(path="home", locale="en"))
    assert read_moment(client, pages=False).pages == ()


def test_people_and_groups_are_named_in_any_way() -> None:
    assert MOMENT.person("ANN@example.com").id == MOMENT.person("ann").id == MOMENT.person(5).id == 5
    assert MOMENT.group("3") is MOMENT.group(3) is MOMENT.group("Staff")
    with pytest.raises(UserNotFoundError, match="no user 'eve'"):
        MOMENT.person("eve")
    with pytest.raises(ConflictError, match="2 users are called 'Bob'"):
        MOMENT.person("Bob")
    with pytest.raises(GroupNotFoundError, match="Did you mean 'Staff'"):
        MOMENT.group("staf")


def test_groups_say_what_they_allow_alone_and_who_may_otherwise() -> None:
    rows = {(row.action, row.group): row for row in groups_on(MOMENT, PAGES[1], ("list", "write"))}
    assert rows["list", "Staff"].allowed
    assert rows["list", "Staff"].members == 2
    assert rows["list", "Staff"].but == ("bob@example.com",)  # whom another group of his keeps out
    assert rows["list", "Guests"].because == "the rule deny START secret of group Guests"
    assert rows["list", "Guests"].rule == "r2"
    assert rows["write", "Outsiders"].because == "no group has write:pages"
    assert [row.group for row in groups_on(MOMENT, PAGES[0], ("view",), only=True)] == ["Guests", "Staff"]


def test_people_are_asked_about_with_all_their_groups() -> None:
    rows = {row.email: row.allowed for row in people_on(MOMENT, PAGES[1], ("list",))}
    assert rows == {"guest@example.com": False, "ann@example.com": True, "bob@example.com": False}
    assert [row.id for row in people_on(MOMENT, PAGES[1], ("list",), only=True)] == [5]
    gone = person_on(MOMENT, 7, "view", PAGES[0])
    assert (gone.allowed, gone.because) == (False, "the account is deactivated")


def test_pages_of_a_user_are_counted() -> None:
    view, listed = pages_of(MOMENT, "ann", ("view", "list"))
    assert (view.allowed, view.pages, view.allowed_on) == (1, 2, ("en/home",))  # the other one is a draft
    assert listed.allowed == 2
    assert pages_of(MOMENT, 7, ("list",))[0].allowed == 0


def test_a_moment_is_kept_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "moment.json"
    MOMENT.save(file)
    assert load(file) == MOMENT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text('{"format": "wikijs-access/1"}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no moment"):
        load(file)
    file.write_text("[", encoding="utf-8")
    with pytest.raises(FileRefusedError):
        load(file)


def test_nothing_changed() -> None:
    assert not compare(MOMENT, MOMENT)
    again = replace(GROUPS[0], rules=(replace(READ, id="other"), HIDE))
    assert not compare(MOMENT, replace(MOMENT, groups=(again, *GROUPS[1:])))


def test_what_changed_and_what_follows() -> None:
    staff = replace(
        GROUPS[1],
        name="Crew",
        permissions=("read:pages", "read:history"),
        rules=(replace(READ, path="home"),),
        members=(5,),
    )
    board = Group(id=9, name="Board", permissions=("read:pages",), rules=(READ,), members=(6,))
    people = (
        PEOPLE[0],
        PEOPLE[1],
        replace(PEOPLE[2], groups=(9,)),
        replace(PEOPLE[3], active=True),
        Person(id=8, name="Eve", email="eve@example.com"),
    )
    guests = replace(GROUPS[0], rules=(READ,))
    result = compare(MOMENT, replace(MOMENT, groups=(guests, staff, board), people=people))
    assert {(change.kind, change.subject, change.detail) for change in result.changes} == {
        ("rule removed", "Guests", "deny START secret: read:pages"),
        ("group renamed", "Crew", "was Staff"),
        ("permission given", "Crew", "read:history"),
        ("permission taken", "Crew", "write:pages"),
        ("rule changed", "Crew", "allow START everything: read:pages -> allow START home: read:pages"),
        ("left", "Crew", "bob@example.com"),
        ("group added", "Board", ""),
        ("permission given", "Board", "read:pages"),
        ("rule added", "Board", "allow START everything: read:pages"),
        ("joined", "Board", "bob@example.com"),
        ("group removed", "Outsiders", ""),
        ("user added", "eve@example.com", ""),
        ("activated", "bob@example.org", ""),
    }
    effects = {(effect.people, effect.action, effect.gained): effect.examples for effect in result.effects}
    assert effects[("guest@example.com",), "list", True] == ("en/secret/plan",)
    assert effects[("ann@example.com",), "list", False] == ("en/secret/plan",)
    assert effects[("bob@example.com",), "list", True] == ("en/secret/plan",)
    back = compare(replace(MOMENT, people=people), MOMENT).changes
    assert Change(kind="user removed", subject="eve@example.com") in back
    assert Change(kind="deactivated", subject="bob@example.org") in back
