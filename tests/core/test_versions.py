"""Old schemas are rebuilt from the facts, and each version serves as many operations as counted here."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    print_schema,
    validate,
)
from wikijs_generated import operations as generated

from wikijs.codegen.reading import versions
from wikijs.codegen.reading.versions import (
    Served,
    first_served,
    history,
    operations,
    query_documents,
    report,
    schema_at,
    table,
)
from wikijs.core.documents import bundled
from wikijs.core.operations import OperationSpec

# Each number was compared with the SDL that the version was released with.
SERVED = {
    "2.0.1": 56,
    "2.1.113": 69,
    "2.2.50": 79,
    "2.3.71": 87,
    "2.4.75": 104,
    "2.5.105": 120,
    "2.5.117": 123,
    "2.5.201": 124,
    "2.5.260": 124,
    "2.5.264": 124,
    "2.5.282": 126,
    "2.5.284": 128,
    "2.5.285": 128,
    "2.5.289": 128,
    "2.5.293": 130,
    "2.5.296": 134,
    "2.5.297": 136,
}


NEWEST = history()["versions_with_a_schema_change"][-1]


@pytest.fixture(scope="module")
def rows() -> tuple[Served, ...]:
    return report()


def fields(schema: GraphQLSchema, name: str) -> dict[str, str]:
    type_ = schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return {field: str(value.type) for field, value in type_.fields.items()}


def arguments(schema: GraphQLSchema, name: str, field: str) -> dict[str, str]:
    type_ = schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return {argument: str(value.type) for argument, value in type_.fields[field].args.items()}


def test_each_version_serves_as_many_operations_as_counted(rows: tuple[Served, ...]) -> None:
    assert {row.version: len(row.operations) for row in rows} == SERVED
    assert [*SERVED] == history()["versions_with_a_schema_change"]
    assert len(SERVED) == 17


def test_all_documents_are_valid_for_the_newest_version(rows: tuple[Served, ...]) -> None:
    assert len(rows[-1].operations) == rows[-1].total == 136


def test_no_version_takes_an_operation_away(rows: tuple[Served, ...]) -> None:
    for older, newer in pairwise(rows):
        assert older.operations <= newer.operations


def test_an_operation_is_never_served_before_its_field_exists(rows: tuple[Served, ...]) -> None:
    facts = json.loads(bundled.facts().read_text(encoding="utf-8"))["operations"]
    first = first_served(rows)
    order = history()["versions_with_a_schema_change"]
    for field, fact in facts.items():
        namespace, _, name = field.partition(".")
        operation = namespace[0].upper() + namespace[1:] + name[0].upper() + name[1:]
        assert order.index(first[operation]) >= order.index(fact["since"]), field


def test_first_served_tells_when_newer_fields_are_selected(rows: tuple[Served, ...]) -> None:
    first = first_served(rows)
    assert first["PagesSingleMetadata"] == "2.0.1"
    assert first["PagesSingle"] == "2.5.105"
    assert first["SiteConfig"] == "2.5.297"


def test_first_served_needs_all_later_versions_too() -> None:
    gap = [Served("1", frozenset("ab"), 2), Served("2", frozenset("b"), 2), Served("3", frozenset("ab"), 2)]
    assert first_served(gap) == {"a": "3", "b": "1"}
    assert first_served([]) == {}


@pytest.mark.parametrize("version", ["2.0.1", "2.5.105"])
def test_the_rules_left_out_change_nothing(rows: tuple[Served, ...], version: str) -> None:
    [row] = [row for row in rows if row.version == version]
    schema, documents = schema_at(version), operations(query_documents())
    assert {name for name, document in documents.items() if not validate(schema, document)} == row.operations


def test_the_newest_version_is_the_sdl_unchanged() -> None:
    assert print_schema(schema_at(NEWEST)) == print_schema(build_schema(bundled.schema().read_text(encoding="utf-8")))


def test_later_fields_arguments_values_and_types_are_missing() -> None:
    old = schema_at("2.2.50")
    assert "comments" not in fields(old, "Query")
    assert "CommentPost" not in old.type_map
    assert "NavigationMode" not in old.type_map
    assert "creatorId" not in arguments(old, "PageQuery", "list")
    modes = schema_at("2.3.71").type_map["NavigationMode"]
    assert isinstance(modes, GraphQLEnumType)
    assert set(modes.values) == {"NONE", "TREE", "MIXED"}


def test_types_are_as_they_were() -> None:
    assert fields(schema_at("2.1.113"), "Page")["publishEndDate"] == "String!"
    assert fields(schema_at("2.2.50"), "Page")["publishEndDate"] == "Date!"
    assert fields(schema_at("2.2.50"), "NavigationQuery")["tree"] == "[NavigationItem]!"
    assert arguments(schema_at("2.3.71"), "SiteMutation", "updateConfig")["host"] == "String!"
    assert arguments(schema_at("2.4.75"), "SiteMutation", "updateConfig")["host"] == "String"
    assert fields(schema_at("2.5.201"), "SiteConfig")["host"] == "String!"


def test_a_version_between_two_has_the_schema_of_the_older_one() -> None:
    assert print_schema(schema_at("2.5.170")) == print_schema(schema_at("2.5.117"))


def test_every_coordinate_of_the_facts_is_one_of_the_sdl() -> None:
    sdl = schema_at(NEWEST)
    for coordinate in [*history()["since_later"], *history()["type_changes"]]:
        path, _, argument = coordinate.rstrip(")").partition("(")
        owner, _, name = path.partition(".")
        members = getattr(sdl.type_map[owner], "fields", None) or getattr(sdl.type_map[owner], "values", {})
        assert name in members, coordinate
        assert not argument or argument in members[name].args, coordinate


def test_the_newest_type_of_every_change_is_the_type_of_the_sdl() -> None:
    sdl = schema_at(NEWEST)
    for coordinate, changes in history()["type_changes"].items():
        path, _, argument = coordinate.rstrip(")").partition("(")
        owner, _, name = path.partition(".")
        now = arguments(sdl, owner, name)[argument] if argument else fields(sdl, owner)[name]
        assert changes[-1]["to"] == now, coordinate


def test_other_documents_can_be_reported_on() -> None:
    rows = report(
        parse(
            'query Old { pages { list { id } } } query New { pages { singleByPath(path: "a", locale: "en") { id } } }'
        )
    )
    assert [row.version for row in rows if "New" in row.operations] == ["2.5.296", "2.5.297"]
    assert all("Old" in row.operations for row in rows)


def test_the_table_shows_counts_and_what_is_new() -> None:
    served = [Served("2.0.1", frozenset("A"), 6), Served("2.1.0", frozenset("ABCDEF"), 6)]
    assert table(served).splitlines() == [
        "version   operations   first served here",
        "2.0.1       1 of 6",
        "2.1.0       6 of 6   B, C, D, E and 1 more",
    ]


def test_the_program_prints_the_table(
    rows: tuple[Served, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "report", lambda: rows)
    versions.main()
    assert capsys.readouterr().out == table(rows) + "\n"


def test_each_operation_says_from_which_version_on_it_is_served(rows: tuple[Served, ...]) -> None:
    oldest = history()["versions_with_a_schema_change"][0]
    said = {spec.name: spec.since or oldest for spec in vars(generated).values() if isinstance(spec, OperationSpec)}
    assert said == first_served(rows)
