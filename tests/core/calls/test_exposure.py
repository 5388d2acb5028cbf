"""What is decided about each operation: complete, and equal to the schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, get_named_type

from wikijs.core.calls.exposure import Exposure, exposure, exposures, read
from wikijs.core.calls.signatures import calls, find
from wikijs.core.documents import bundled
from wikijs.core.values.redaction import _SECRET_FIELDS  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(Path(bundled.schema()).read_text(encoding="utf-8"))


def fields(schema: GraphQLSchema) -> dict[str, tuple[str, set[str], set[str]]]:
    """Each operation: its kind, the names of its arguments, and those of all fields it may give."""
    found: dict[str, tuple[str, set[str], set[str]]] = {}
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        assert root is not None
        for namespace, held in root.fields.items():
            inner = get_named_type(held.type)
            assert isinstance(inner, GraphQLObjectType)
            for name, field in inner.fields.items():
                found[f"{namespace}.{name}"] = (kind, set(field.args), names(get_named_type(field.type)))
    assert schema.subscription_type is not None
    for name, field in schema.subscription_type.fields.items():
        found[name] = ("subscription", set(field.args), names(get_named_type(field.type)))
    return found


def names(kind: object, seen: frozenset[str] = frozenset()) -> set[str]:
    if not isinstance(kind, GraphQLObjectType) or kind.name in seen:
        return set()
    below = (names(get_named_type(field.type), seen | {kind.name}) for field in kind.fields.values())
    return set(kind.fields).union(*below)


def test_there_is_a_row_for_each_operation_of_the_schema_and_no_other(schema: GraphQLSchema) -> None:
    assert set(exposures()) == set(fields(schema))
    assert {call.spec.server_field for call in calls().values()} == set(exposures())


def test_rows_say_what_the_schema_says(schema: GraphQLSchema) -> None:
    for name, (kind, arguments, results) in fields(schema).items():
        row = exposures()[name]
        assert (row.effect == "read") == (kind != "mutation"), name
        assert row.secret_arguments <= arguments, name
        assert row.secret_results <= results, name
        assert row.idempotent or row.effect != "read", name


def test_what_is_hidden_in_a_repr_is_a_secret_here_too(schema: GraphQLSchema) -> None:
    plain = {name.replace("_", "") for name in _SECRET_FIELDS}
    for name, (_, arguments, results) in fields(schema).items():
        row = exposures()[name]
        for given, secret in ((arguments, row.secret_arguments), (results, row.secret_results)):
            hidden = {word for word in given if word.lower() in plain}
            assert hidden <= secret, name


def test_settings_of_modules_are_secrets(schema: GraphQLSchema) -> None:
    for name, (_, _, results) in fields(schema).items():
        if "config" in results:
            assert "config" in exposures()[name].secret_results, name
    for call in calls().values():
        for argument in call.arguments:
            if argument.is_input and "config" in getattr(argument.item_type, "model_fields", {}):
                assert argument.variable in exposure(call).secret_arguments, call.name


def test_nobody_is_offered_what_gives_keys_or_takes_the_wiki_away() -> None:
    never = {name for name, row in exposures().items() if row.expose == "never"}
    assert {
        "authentication.createApiKey",
        "authentication.regenerateCertificates",
        "authentication.resetGuestUser",
        "system.performUpgrade",
        "system.importUsersFromV1",
    } <= never
    tokens = {name for name, row in exposures().items() if row.secret_results & {"jwt", "key"}}
    assert tokens - never == {"users.updateProfile"}


def test_what_only_administrators_may_do_is_offered_to_them_only() -> None:
    for call in calls().values():
        if call.spec.requires == ("manage:system",):
            assert exposure(call).expose != "all", call.name


def test_a_row_is_found_by_the_call_and_by_the_field() -> None:
    call = find("pages.single-for-editor")
    assert call is not None
    assert exposure(call) is exposure("pages.single")
    assert exposure("pages.update").instead == "client.pages.update"
    with pytest.raises(KeyError):
        exposure("pages.nothing")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{ effect = "reads", expose = "all" }', "effect is one of"),
        ('{ effect = "read", expose = "some" }', "expose is one of"),
        ('{ effect = "write", expose = "all" }', "idempotent must say"),
        ('{ effect = "read", expose = "all", secret = [] }', "no column secret"),
    ],
)
def test_a_row_that_is_wrong_is_named(row: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"exposure.toml, pages.list: .*{says}"):
        read(f"[pages]\nlist = {row}\n")


def test_a_read_is_idempotent_without_saying_so() -> None:
    row = read('[pages]\nlist = { effect = "read", expose = "all" }\n')["pages.list"]
    assert row == Exposure("pages.list", "read", idempotent=True, expose="all")
