"""Operations of arguments that come as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from wikijs_generated import operations

from wikijs.core.calls.reading import ArgumentProblem, json_schema, operation_of
from wikijs.core.calls.signatures import Argument, Call, calls, find
from wikijs.core.operations import OperationSpec

RULE = {"id": "a", "deny": False, "match": "START", "roles": ["read:pages"], "path": "", "locales": []}
GROUP = {"id": 1, "name": "x", "redirectOnLogin": "/", "permissions": ["read:pages"]}


def call(name: str) -> Call:
    found = find(name)
    assert found is not None
    return found


def test_every_generated_operation_is_there() -> None:
    specs = {spec for spec in vars(operations).values() if isinstance(spec, OperationSpec)}
    assert {one.spec for one in calls().values()} == specs
    assert len(specs) > 130


@pytest.mark.parametrize("name", ["pages.search-tags", "pages.searchTags", "pages.search_tags", "PAGES.searchtags"])
def test_an_operation_is_found_as_the_schema_and_python_write_it(name: str) -> None:
    assert call(name).name == "pages.search-tags"
    assert (call(name).namespace, call(name).operation) == ("pages", "search-tags")


def test_arguments_have_the_names_and_types_of_the_schema() -> None:
    assert [argument.variable for argument in call("mail.updateConfig").arguments][6:9] == ["verifySSL", "user", "pass"]
    for one in calls().values():
        declared = one.spec.variable_definitions
        for argument in one.arguments:
            assert f"{argument.variable}: {argument.declared}" in declared
            assert argument.is_required == argument.declared.endswith("!")
            assert argument.is_list == ("[" in argument.declared)
            assert isinstance(argument.item_type, type)


def test_results_say_which_fields_they_have() -> None:
    assert call("users.list").fields[:2] == ("id", "name")
    assert call("authentication.api-state").leaf is None
    assert call("authentication.api-state").fields == ()


def example(argument: Argument) -> Any:
    """A value that the argument takes."""
    if argument.is_input:
        item: Any = EXAMPLES[argument.kind]
    elif argument.is_enum:
        item = argument.words[0]
    else:
        item = {"str": "x", "int": 1, "bool": True, "datetime": "2026-05-01T12:00:00Z"}[argument.kind]
    return [item] if argument.is_list else item


SETTING = [{"key": "a", "value": "b"}]
EXAMPLES: dict[str, Any] = {
    "AnalyticsProviderInput": {"isEnabled": True, "key": "a", "config": SETTING},
    "AuthenticationStrategyInput": {
        "key": "a",
        "strategyKey": "local",
        "displayName": "x",
        "order": 1,
        "isEnabled": True,
        "selfRegistration": False,
        "domainWhitelist": [],
        "autoEnrollGroups": [1],
    },
    "CommentProviderInput": {"isEnabled": True, "key": "a"},
    "LoggerInput": {"isEnabled": True, "key": "a", "level": "info"},
    "NavigationTreeInput": {"locale": "en", "items": [{"id": "a", "kind": "link"}]},
    "PageRuleInput": RULE,
    "RendererInput": {"isEnabled": True, "key": "a"},
    "SearchEngineInput": {"isEnabled": True, "key": "a"},
    "StorageTargetInput": {"isEnabled": True, "key": "a", "mode": "sync"},
    "SystemFlagInput": {"key": "a", "value": True},
}


@pytest.mark.parametrize("name", sorted(calls()))
def test_what_its_schema_allows_can_be_read(name: str) -> None:
    one = call(name)
    schema = json_schema(one)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    given = {argument.variable: example(argument) for argument in one.arguments}
    validator.validate(given)
    sent = operation_of(one, given).payload()["variables"]
    assert set(sent) == set(given)
    required = {argument.variable: given[argument.variable] for argument in one.arguments if argument.is_required}
    assert validator.is_valid(required)
    assert set(operation_of(one, required).variables) == set(required)
    assert not validator.is_valid({**given, "somethingElse": 1})
    nulls = {**required, **{argument.variable: None for argument in one.arguments if argument.is_nullable}}
    validator.validate(nulls)
    assert all(value is None for key, value in operation_of(one, nulls).variables.items() if key not in required)


def test_what_is_left_out_is_not_sent_and_null_is_null() -> None:
    update = call("pages.update")
    assert dict(operation_of(update, {"id": 1}).variables) == {"id": 1}
    assert dict(operation_of(update, {"id": 1, "script_js": None}).variables) == {"id": 1, "scriptJs": None}


def test_dates_say_their_zone() -> None:
    found = operation_of(call("pages.check-conflicts"), {"id": 1, "checkoutDate": "2026-05-01T14:00:00+02:00"})
    assert found.variables["checkoutDate"] == "2026-05-01T12:00:00.000Z"
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    given = operation_of(call("pages.check-conflicts"), {"id": 1, "checkoutDate": moment})
    assert given.variables["checkoutDate"] == "2026-05-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("name", "given", "pointer", "says"),
    [
        ("pages.delete", {}, "/id", "it must be given"),
        ("pages.delete", {"id": None}, "/id", "must not be null"),
        ("pages.delete", {"id": True}, "/id", "a whole number"),
        ("pages.delete", {"id": 2**40}, "/id", "too large"),
        ("pages.delete", {"id": 1, "Id": 2}, "/Id", "given twice"),
        ("pages.delete", {"id": 1, "a/b~": 2}, "/a~1b~0", "no such argument; it takes id"),
        ("pages.tags", {"x": 2}, "/x", "it takes none"),
        ("pages.list", {"tags": "a"}, "/tags", "must be a list"),
        ("pages.list", {"tags": ["a", 1]}, "/tags/1", "must be a text"),
        ("pages.list", {"orderBy": "SIZE"}, "/orderBy", "one of CREATED"),
        ("pages.check-conflicts", {"id": 1, "checkoutDate": "soon"}, "/checkoutDate", "a date such as"),
        ("pages.check-conflicts", {"id": 1, "checkoutDate": 5}, "/checkoutDate", "a date such as"),
        ("pages.check-conflicts", {"id": 1, "checkoutDate": "2026-05-01"}, "/checkoutDate", "its time zone"),
        ("groups.update", {**GROUP, "pageRules": [{**RULE, "match": "?"}]}, "/pageRules/0/match", "Input should be"),
        ("groups.update", {**GROUP, "pageRules": [{**RULE, "paht": "?"}]}, "/pageRules/0/paht", "no such field"),
        ("groups.update", {**GROUP, "pageRules": [3]}, "/pageRules/0", "Input should be"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(name: str, given: dict[str, Any], pointer: str, says: str) -> None:
    with pytest.raises(ArgumentProblem, match=says) as caught:
        operation_of(call(name), given)
    assert caught.value.pointer == pointer
