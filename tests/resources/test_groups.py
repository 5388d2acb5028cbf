"""Groups: names and rules are checked, updates keep what is not named, and no success is one that changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wikijs_generated.enums import PageRuleMatch
from wikijs_generated.input_types import PageRuleInput

from tests.resources.conftest import Area
from tests.resources.people import GUEST, NOBODY, ROOT, People, people_of
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.permissions import PERMISSIONS, PageRule, Permission, check_permissions, rule_input

ADMINISTRATORS, GUESTS = 1, 2


@pytest.fixture
def people(wiki: Area) -> Iterator[People]:
    with people_of(wiki) as people:
        yield people


# Reading


def test_a_missing_group_is_a_not_found_error(wiki: Area) -> None:
    groups = wiki.client.groups
    with pytest.raises(exc.GroupNotFoundError, match=f"There is no group {NOBODY}"):
        groups.get(NOBODY)
    with pytest.raises(exc.GroupNotFoundError, match="Did you mean 'Administrators'"):
        groups.get_by_name("Administrator")
    with pytest.raises(exc.GroupNotFoundError):
        groups.list_members(NOBODY)
    with pytest.raises(exc.GroupNotFoundError):
        groups.rules(NOBODY)


def test_groups_are_read_by_id_and_by_name(wiki: Area, people: People) -> None:
    group = people.group()
    assert wiki.client.groups.get(group.id).name == group.name
    assert wiki.client.groups.get_by_name(group.name).id == group.id


def test_many_groups_come_in_the_order_asked_for(wiki: Area, people: People) -> None:
    ids = [people.group().id, GUESTS, ADMINISTRATORS]
    assert [group.id for group in wiki.client.groups.get_many(ids)] == ids
    with pytest.raises(exc.GroupNotFoundError):
        wiki.client.groups.get_many([*ids, NOBODY])
    outcomes = wiki.client.groups.get_many([NOBODY, GUESTS], return_exceptions=True)
    assert isinstance(outcomes[0], exc.GroupNotFoundError)
    assert not isinstance(outcomes[1], Exception)


def test_filters_work_though_the_server_ignores_its_own(wiki: Area, people: People) -> None:
    group = people.group()
    assert [each.id for each in wiki.client.groups.list(search=people.tag.upper())] == [group.id]
    assert {each.id for each in wiki.client.groups.list(system=True)} == {ADMINISTRATORS, GUESTS}
    assert group.id in {each.id for each in wiki.client.groups.list(system=False)}


# Permissions and rules


def test_every_permission_is_accepted_as_the_server_stores_it(wiki: Area, people: People) -> None:
    group = people.group(permissions=PERMISSIONS)
    assert group.permissions == list(PERMISSIONS)
    assert len(PERMISSIONS) == 22


def test_a_permission_that_does_not_exist_is_refused_with_a_suggestion(wiki: Area, people: People) -> None:
    group = people.group()
    with pytest.raises(exc.UnknownPermissionError, match="Did you mean 'read:pages'"):
        wiki.client.groups.set_permissions(group.id, ["read:page"])  # type: ignore[list-item]  # wrong on purpose
    with pytest.raises(exc.UnknownPermissionError, match="not one text"):
        wiki.client.groups.set_permissions(group.id, "read:pages")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(exc.UnknownPermissionError, match="that page rules know"):
        wiki.client.groups.set_rules(group.id, [PageRule(roles=["manage:users"])])  # type: ignore[list-item]
    assert wiki.client.groups.get(group.id).permissions == group.permissions


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (PageRule(roles=[]), "without roles"),
        (PageRule(roles=["read:pages"], match="EXACT"), "needs a path"),
        (PageRule(roles=["read:pages"], match="BEGIN", path="a"), "no way to match"),  # type: ignore[arg-type]
    ],
)
def test_rules_that_can_never_match_are_refused(rule: PageRule, reason: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client, pytest.raises(exc.ValidationError, match=reason):
        client.groups.set_rules(3, [rule])


def test_a_slash_in_front_of_a_path_does_not_switch_a_rule_off(wiki: Area, people: People) -> None:
    wiki.client.pages.create(path=wiki.path("seen"), title="Seen", content="x")
    for rule in (
        PageRule(roles=["read:pages"], path=f"/{wiki.folder}"),
        PageRule(roles=["read:pages"], path=f"/{wiki.path('seen')}/", match="EXACT"),
        PageRule(roles=["read:pages"], path="seen/", match="END"),
    ):
        group = people.group(permissions=["read:pages"], rules=[rule])
        key = wiki.client.api_keys.create(people.name("key"), group=group.id)
        pages = wiki.client_with(key.key).execute(ops.pages_list())
        assert wiki.path("seen") in [page.path for page in pages]
        wiki.client.api_keys.revoke(key.id)


def test_a_regular_expression_that_the_server_refuses_is_told(wiki: Area, people: People) -> None:
    group = people.group()
    with pytest.raises(exc.ValidationError, match="regular expression"):
        wiki.client.groups.set_rules(group.id, [PageRule(roles=["read:pages"], path="(a+)+$", match="REGEX")])
    assert wiki.client.groups.get(group.id).page_rules == group.page_rules


def test_rules_come_back_as_they_were_set_with_an_id_each(wiki: Area, people: People) -> None:
    wanted = [
        PageRule(roles=["read:pages", "read:assets"], path="docs", locales=["en"]),
        PageRule(roles=["write:pages"], path="docs/secret", match="EXACT", deny=True),
        PageRule(roles=["read:pages"], path="internal", match="TAG"),
    ]
    group = people.group(rules=wanted)
    rules = wiki.client.groups.rules(group.id)
    assert len({rule.id for rule in rules} - {""}) == 3
    assert [(r.path, r.match, r.deny, list(r.roles), list(r.locales)) for r in rules] == [
        (r.path, r.match, r.deny, list(r.roles), list(r.locales)) for r in wanted
    ]
    # What was read can be given back, with more.
    more = wiki.client.groups.set_rules(group.id, [*rules, PageRule(roles=["read:source"])])
    assert [rule.id for rule in more.page_rules[:3]] == [rule.id for rule in rules]


def test_a_new_group_may_do_what_was_said_and_nothing_else(wiki: Area, people: People) -> None:
    group = people.group(permissions=["read:pages", "write:pages", "manage:users"])
    assert group.permissions == ["read:pages", "write:pages", "manage:users"]
    [rule] = wiki.client.groups.rules(group.id)
    assert (rule.match, rule.path, rule.deny, list(rule.roles)) == ("START", "", False, ["read:pages", "write:pages"])
    assert people.group("clerks", permissions=["manage:users"]).page_rules == []


def test_a_group_that_gets_the_wrong_rights_does_not_stay_behind(wiki: Area, people: People) -> None:
    with pytest.raises(exc.ValidationError):
        people.group(rules=[PageRule(roles=["read:pages"], path="(a+)+$", match="REGEX")])
    assert wiki.client.groups.list(search=people.tag) == []


def test_a_group_needs_a_name(wiki: Area) -> None:
    for name in ("", "  "):
        with pytest.raises(exc.ValidationError, match="needs a name"):
            wiki.client.groups.create(name)


# Updating


CHANGES: dict[str, Any] = {
    "name": "renamed",
    "permissions": ["read:pages", "read:history"],
    "rules": [PageRule(roles=["read:history"], path="old")],
    "redirect_on_login": "/en/start",
}


@pytest.mark.parametrize("field", CHANGES)
def test_an_update_keeps_all_that_is_not_named(wiki: Area, people: People, field: str) -> None:
    before = people.group(
        permissions=["read:pages"], rules=[PageRule(roles=["read:pages"], path="here")], redirect_on_login="/en/here"
    )
    value = people.name("renamed") if field == "name" else CHANGES[field]
    after = wiki.client.groups.update(before.id, **{field: value})
    changed = {"rules": "page_rules"}.get(field, field)
    assert getattr(after, changed) != getattr(before, changed)
    for name in {"name", "permissions", "page_rules", "redirect_on_login", "created_at", "is_system"} - {changed}:
        assert getattr(after, name) == getattr(before, name)


def test_nonsense_that_is_there_already_is_kept(wiki: Area, people: People) -> None:
    group = people.group()
    odd = PageRuleInput(id="x", deny=False, match=PageRuleMatch.START, roles=["odd"], path="/a", locales=["zz"])
    wiki.client.execute(
        ops.groups_update(group.id, name=group.name, redirect_on_login="/", permissions=["odd"], page_rules=[odd])
    )
    after = wiki.client.groups.update(group.id, name=people.name("other"))
    assert after.permissions == ["odd"]
    assert after.page_rules[0].path == "/a"
    assert after.page_rules[0].roles == ["odd"]


def test_updating_a_missing_group_is_an_error_not_silent_success(wiki: Area) -> None:
    with pytest.raises(exc.GroupNotFoundError):
        wiki.client.groups.update(NOBODY, name="Nobody")
    with pytest.raises(exc.GroupNotFoundError):
        wiki.client.groups.set_permissions(NOBODY, ["read:pages"])


def test_administrators_cannot_be_locked_out(wiki: Area) -> None:
    with pytest.raises(exc.ProtectedGroupError, match="manage:system"):
        wiki.client.groups.set_permissions(ADMINISTRATORS, ["read:pages"])
    assert "manage:system" in wiki.client.groups.get(ADMINISTRATORS).permissions


# Deleting


def test_delete_works_once(wiki: Area, people: People) -> None:
    group = people.group()
    wiki.client.groups.delete(group.id)
    with pytest.raises(exc.GroupNotFoundError):
        wiki.client.groups.delete(group.id)


@pytest.mark.parametrize("group_id", [ADMINISTRATORS, GUESTS])
def test_groups_of_the_system_are_not_deleted(wiki: Area, group_id: int) -> None:
    with pytest.raises(exc.ProtectedGroupError):
        wiki.client.groups.delete(group_id)
    assert wiki.client.groups.get(group_id).is_system


# Members


def test_members_come_and_go(wiki: Area, people: People) -> None:
    group, ann, bob = people.group(), people.user("ann"), people.user("bob")
    wiki.client.groups.add_user(group.id, bob.id)
    wiki.client.groups.add_user(group_id=group.id, user_id=ann.id)
    assert [user.id for user in wiki.client.groups.list_members(group.id)] == [ann.id, bob.id]
    wiki.client.groups.remove_user(group.id, ann.id)
    assert [user.id for user in wiki.client.groups.list_members(group.id)] == [bob.id]


def test_membership_errors_say_what_is_wrong(wiki: Area, people: People) -> None:
    groups, group, ann = wiki.client.groups, people.group(), people.user("ann")
    with pytest.raises(exc.MembershipError, match="is not in group"):
        groups.remove_user(group.id, ann.id)
    groups.add_user(group.id, ann.id)
    with pytest.raises(exc.MembershipError, match="already"):
        groups.add_user(group.id, ann.id)
    for change in (groups.add_user, groups.remove_user):
        with pytest.raises(exc.GroupNotFoundError):
            change(NOBODY, ann.id)
        with pytest.raises(exc.UserNotFoundError):
            change(group.id, NOBODY)
    with pytest.raises(exc.ProtectedUserError):
        groups.add_user(group.id, GUEST)
    with pytest.raises(exc.ProtectedUserError):
        groups.remove_user(GUESTS, GUEST)
    with pytest.raises(exc.ProtectedUserError):
        groups.remove_user(ADMINISTRATORS, ROOT)


def test_many_members_are_added_though_one_is_bad(wiki: Area, people: People) -> None:
    group, ann, bob = people.group(), people.user("ann"), people.user("bob")
    result = wiki.client.groups.add_users(group.id, [ann.id, NOBODY, bob.id])
    assert result.success == [ann.id, bob.id]
    assert [(error.index, type(error.exception)) for error in result.errors] == [(1, exc.UserNotFoundError)]


# Many


def test_many_writes_go_on_after_a_bad_one(wiki: Area, people: People) -> None:
    groups = wiki.client.groups
    created = groups.create_many(
        [
            {"name": people.name("one"), "permissions": ["read:pages"]},
            {"name": people.name("two"), "permissions": ["read:everything"]},  # type: ignore[list-item]
            {"name": people.name("three")},
            {"permissions": []},  # type: ignore[typeddict-item]
        ]
    )
    assert [group.name for group in created.success] == [people.name("one"), people.name("three")]
    assert [error.index for error in created.errors] == [1, 3]
    ids = [group.id for group in created.success]
    updated = groups.update_many([{"id": ids[0], "redirect_on_login": "/en/a"}, {"id": NOBODY, "name": "x"}])
    assert [group.redirect_on_login for group in updated.success] == ["/en/a"]
    assert isinstance(updated.errors[0].exception, exc.GroupNotFoundError)
    deleted = groups.delete_many([*ids, ADMINISTRATORS])
    assert deleted.success == ids
    assert isinstance(deleted.errors[0].exception, exc.ProtectedGroupError)


async def test_the_asynchronous_client_does_the_same(aclient: AsyncWikiJSClient, people: People) -> None:
    group = await aclient.groups.create(people.name("async"), permissions=["read:pages"])
    await aclient.groups.set_permissions(group.id, ["read:source"])
    assert (await aclient.groups.get(group.id)).permissions == ["read:source"]
    await aclient.groups.delete(group.id)


# Alone


@given(st.lists(st.sampled_from(PERMISSIONS)))
def test_permissions_are_kept_in_order_without_repetitions(names: list[Permission]) -> None:
    checked = check_permissions(names)
    assert checked == sorted(set(names), key=names.index)


@given(st.text().filter(lambda name: name not in PERMISSIONS))
def test_no_other_text_is_a_permission(name: str) -> None:
    with pytest.raises(exc.UnknownPermissionError):
        check_permissions(["read:pages", name])


@given(st.text(alphabet="ab/", max_size=6), st.sampled_from(["START", "EXACT", "END"]))
def test_paths_of_rules_never_have_the_slash_that_would_keep_them_from_matching(path: str, match: Any) -> None:
    rule = PageRule(roles=["read:pages"], path=path, match=match)
    if match != "START" and not path.strip("/"):
        return
    sent = rule_input(rule).path
    assert not (match in {"START", "EXACT"} and sent.startswith("/"))
    assert not (match in {"END", "EXACT"} and sent.endswith("/"))
    assert sent in path


def test_nothing_is_sent_when_a_name_is_wrong() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise AssertionError(f"sent {request.content!r}")

    with httpx2.Client(transport=httpx2.MockTransport(refuse)) as http:
        client = WikiJSClient("http://wiki.example.com", http_client=http)
        with pytest.raises(exc.UnknownPermissionError):
            client.groups.create("Editors", permissions=["write:page"])  # type: ignore[list-item]  # wrong on purpose
