"""Which rule decides, and how the answer is put."""

from __future__ import annotations

from typing import Any

import pytest

from wikijs.access import ACTIONS, Group, Target, action_of, decide, rules_on
from wikijs.exceptions import UnknownPermissionError
from wikijs.permissions import PAGE_PERMISSIONS, PageRule

ALL: tuple[str, ...] = PAGE_PERMISSIONS
INTRO = Target(path="docs/intro", locale="en", tags=("team",))


def rule(match: Any, path: str, *, deny: bool = False, roles: Any = ("read:pages",), locales: Any = ()) -> PageRule:
    return PageRule(roles=roles, path=path, match=match, deny=deny, locales=locales, id=f"{match} {path} {deny}")


def group(*rules: PageRule, permissions: tuple[str, ...] = ALL, name: str = "Editors", id: int = 7) -> Group:
    return Group(id=id, name=name, permissions=permissions, rules=rules)


def may(*rules: PageRule, action: str = "view", target: Target = INTRO) -> bool:
    """The same whatever the order of the rules."""
    answers = {decide([group(*order)], action_of(action), target).allowed for order in (rules, rules[::-1])}
    assert len(answers) == 1
    return answers.pop()


def test_what_no_rule_allows_is_denied() -> None:
    assert not may()
    assert not may(rule("START", "plan"))
    assert may(rule("START", ""))


def test_the_longest_path_decides() -> None:
    assert not may(rule("START", "docs"), rule("START", "docs/i", deny=True))
    assert may(rule("START", "docs", deny=True), rule("START", "docs/i"))
    assert may(rule("EXACT", "docs/intro"), rule("START", "docs/", deny=True))


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        (rule("START", "docs"), rule("END", "ntro", deny=True)),
        (rule("END", "ntro"), rule("REGEX", "docs", deny=True)),
        (rule("REGEX", "docs"), rule("TAG", "team", deny=True)),
        (rule("START", "docs/intro"), rule("EXACT", "docs/intro", deny=True)),
    ],
)
def test_of_equally_long_paths_the_stricter_kind_decides(weak: PageRule, strong: PageRule) -> None:
    assert not may(weak, strong)


def test_of_equal_rules_the_denial_decides() -> None:
    assert not may(rule("START", "docs"), rule("START", "docs", deny=True))


def test_a_path_is_as_long_as_javascript_says() -> None:
    target = Target(path="\U0001f600x/yz", locale="en")
    assert not may(rule("START", "\U0001f600", deny=True), rule("END", "z"), target=target)


def test_groups_add_up() -> None:
    readers = group(permissions=("read:pages",), name="Readers")
    rules = group(rule("START", "docs"), permissions=(), name="Rules")
    assert not decide([readers], ACTIONS["view"], INTRO)
    assert not decide([rules], ACTIONS["view"], INTRO)
    answer = decide([readers, rules], ACTIONS["view"], INTRO)
    assert answer.allowed
    assert answer.group is rules
    assert str(answer) == "the rule allow START docs of group Rules"


def test_manage_system_allows_everything() -> None:
    answer = decide([group(), group(permissions=("manage:system",), name="Admins")], ACTIONS["delete"], INTRO)
    assert (answer.allowed, str(answer)) == (True, "manage:system of group Admins allows everything")


def test_a_missing_permission_is_named() -> None:
    answer = decide([group(rule("START", ""), permissions=("write:pages",))], ACTIONS["view"], INTRO)
    assert (answer.allowed, str(answer)) == (False, "no group has read:pages")
    readable = decide([group(rule("START", ""), permissions=("manage:pages", "read:pages"))], ACTIONS["read"], INTRO)
    assert str(readable) == "no group has read:source or write:pages"


def test_tags_count_in_the_browser_and_not_in_lists_and_writes() -> None:
    tagged = rule("TAG", "team", roles=("read:pages", "write:pages"))
    assert may(tagged)
    assert not may(tagged, action="list")
    assert not may(tagged, action="write")


def test_locales_count_where_the_server_knows_one() -> None:
    french = rule("START", "", roles=("read:pages", "delete:pages", "read:assets"), locales=("fr",))
    assert not may(french)
    assert may(french, target=Target(path="x", locale="fr"))
    # The server forgets the locale when it deletes pages and lists files.
    assert not may(french, action="delete", target=Target(path="x", locale="fr"))
    assert not may(french, action="list-asset", target=Target(path="x", locale="fr"))
    assert may(french, action="get-asset", target=Target(path="x", locale="fr"))


def test_a_draft_is_seen_by_who_may_write_it() -> None:
    draft = Target(path="docs/intro", locale="en", published=False)
    assert not may(rule("START", ""), target=draft)
    assert may(rule("START", "", roles=("read:pages", "write:pages")), target=draft)


def test_an_expression_that_the_server_cannot_read_is_an_error_there() -> None:
    answer = decide([group(rule("START", ""), rule("REGEX", "("))], ACTIONS["view"], INTRO)
    assert (answer.allowed, answer.why) == (False, "broken")
    assert "the server answers an error" in str(answer)


def test_an_expression_that_only_the_server_can_read_makes_the_answer_unclear_only_where_it_matters() -> None:
    dark = rule("REGEX", "(?<=s/+)i", deny=True)
    answer = decide([group(rule("START", "docs"), dark)], ACTIONS["view"], INTRO)
    assert (answer.allowed, answer.certain) == (False, False)
    assert "which only the server can read" in str(answer)
    longer = decide([group(rule("START", "docs/intro"), dark)], ACTIONS["view"], INTRO)
    assert (longer.allowed, longer.certain) == (True, True)
    either = decide([group(rule("START", "docs", deny=True), dark)], ACTIONS["view"], INTRO)
    assert (either.allowed, either.certain) == (False, True)
    assert decide([group(dark)], ACTIONS["view"], INTRO).why == "no rule"
    allowing = rule("REGEX", "(?<=s/+)i")
    assert not decide([group(allowing)], ACTIONS["view"], INTRO).certain


def test_actions_are_named_by_permissions_too() -> None:
    assert action_of("write:pages").name == "write"
    assert action_of("comment").permissions == ("write:comments",)
    with pytest.raises(UnknownPermissionError, match="nothing to do with pages"):
        action_of("manage:users")
    with pytest.raises(UnknownPermissionError, match="Did you mean"):
        action_of("write:page")


def test_each_rule_says_why_it_does_not_decide() -> None:
    held = group(
        rule("START", "docs"),
        rule("START", ""),
        rule("START", "", roles=("write:pages",)),
        rule("START", "", locales=("fr",)),
        rule("EXACT", "plan"),
        rule("REGEX", "(?<=s/+)z$", roles=("read:history",)),
    )
    decision, rows = rules_on(held, "view", INTRO)
    assert decision.allowed
    assert [row.because for row in rows] == [
        "decides",
        "matches, but is weaker",
        "is not about read:pages",
        "is for fr",
        "does not match",
        "is not about read:pages",
    ]
    _, rows = rules_on(group(rule("TAG", "team"), rule("REGEX", "("), rule("REGEX", "nix")), "list", INTRO)
    assert [row.because for row in rows] == [
        "looks at tags, which the server forgets when people find the page in lists and trees",
        "cannot be read: the server answers an error",
        "does not match",
    ]
    _, rows = rules_on(group(rule("START", "", roles=("read:assets",), locales=("en",))), "list-asset", INTRO)
    assert rows[0].because == "is for en, and files have no locale there"
