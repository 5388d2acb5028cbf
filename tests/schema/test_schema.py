"""The table of corrections: every row is real, wrong rows are told, and the corrected schema is what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, parse, print_schema
from graphql.language import get_location

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading.corrections import Correction, Corrections, apply, load, violations

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "schema/corrections.toml"
SERVER = build_schema((ROOT / "schema/wikijs.graphql").read_text(encoding="utf-8"))
CORRECTIONS = load(TABLE, SERVER)
CORRECTED = apply(SERVER, CORRECTIONS)
TIGHTENED = apply(SERVER, Corrections())

Load = Callable[[str], Corrections]


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    def load_text(text: str) -> Corrections:
        file = tmp_path / "corrections.toml"
        file.write_text(text, encoding="utf-8")
        return load(file, SERVER, "schema/corrections.toml")

    return load_text


def type_of(schema: GraphQLSchema, coordinate: str) -> str:
    owner, _, field = coordinate.partition(".")
    type_ = schema.type_map[owner]
    assert isinstance(type_, GraphQLObjectType)
    return str(type_.fields[field].type)


def messages(document: str, corrections: Corrections = CORRECTIONS) -> list[str]:
    return [violation.message for violation in violations(parse(document), corrections, SERVER)]


def rows(action: str) -> list[Correction]:
    return [row for row in CORRECTIONS.rows if row.action == action]


# ---- the table ----


@pytest.mark.parametrize("row", rows("type"), ids=lambda row: row.at)
def test_a_type_row_changes_the_generated_type_to_what_it_says(row: Correction) -> None:
    assert type_of(CORRECTED, row.at) == row.to
    assert type_of(TIGHTENED, row.at) != row.to


def test_rows_name_recordings_that_exist() -> None:
    recordings = {path.name: json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/recordings").glob("*.json")}
    for row in CORRECTIONS.rows:
        for source in row.source.split("; "):
            if source.startswith("recordings/"):
                name, _, step = source.removeprefix("recordings/").partition(": ")
                steps = {recorded["step"] for recorded in recordings[name]["steps"]}
                assert not step or any(step in recorded for recorded in steps), row


def test_the_table_is_complete_for_the_fields_that_failed_in_recordings() -> None:
    failed = {"toc", "props", "editor", "isSystem"}
    assert failed <= {row.at.partition(".")[2] for row in rows("unselectable")}


@pytest.mark.parametrize("row", rows("unselectable"), ids=lambda row: f"{row.at} below {row.below}")
def test_reasons_are_one_sentence(row: Correction) -> None:
    assert row.reason.endswith(".")
    assert ". " not in row.reason


# ---- the corrected schema ----


def test_correcting_leaves_the_servers_schema_alone() -> None:
    before = print_schema(SERVER)
    apply(SERVER, CORRECTIONS)
    assert print_schema(SERVER) == before


@pytest.mark.parametrize(
    ("coordinate", "server", "corrected"),
    [
        ("Query.pages", "PageQuery", "PageQuery!"),
        ("PageMutation.delete", "DefaultResponse", "DefaultResponse!"),
        ("UserQuery.list", "[UserMinimal]", "[UserMinimal!]!"),
        ("Subscription.loggingLiveTrail", "LoggerTrailLine", "LoggerTrailLine!"),
        ("Page.tags", "[PageTag]!", "[PageTag!]!"),
        ("NavigationItem.visibilityGroups", "[Int]", "[Int!]"),
        ("GroupQuery.single", "Group", "Group"),
        ("PageResponse.page", "Page", "Page"),
        ("PageTag.title", "String", "String"),
        ("Page.publishEndDate", "Date!", "PublishDate!"),
        ("UserMutation.resetPassword", "DefaultResponse", "UnimplementedResponse!"),
    ],
)
def test_namespaces_their_fields_and_items_become_non_null_and_rows_have_the_last_word(
    coordinate: str, server: str, corrected: str
) -> None:
    assert (type_of(SERVER, coordinate), type_of(CORRECTED, coordinate)) == (server, corrected)


def test_what_is_sent_is_not_corrected() -> None:
    server, corrected = SERVER.type_map["PageMutation"], CORRECTED.type_map["PageMutation"]
    assert isinstance(server, GraphQLObjectType)
    assert isinstance(corrected, GraphQLObjectType)
    for name, field in server.fields.items():
        assert {key: str(value.type) for key, value in field.args.items()} == {
            key: str(value.type) for key, value in corrected.fields[name].args.items()
        }
    assert str(CORRECTED.type_map["PageRuleInput"]) == "PageRuleInput"


def test_without_a_table_only_the_three_rules_hold() -> None:
    assert type_of(TIGHTENED, "Page.publishEndDate") == "Date!"
    assert type_of(TIGHTENED, "GroupQuery.single") == "Group!"


# ---- selections ----


def test_an_unselectable_field_is_refused_with_its_reason_and_place() -> None:
    document = parse("query A {\n  pages {\n    single(id: 1) {\n      toc\n    }\n  }\n}")
    [violation] = violations(document, CORRECTIONS, SERVER)
    assert violation.message.startswith("Page.toc cannot be selected. On PostgreSQL")
    assert violation.node.loc is not None
    assert get_location(violation.node.loc.source, violation.node.loc.start).line == 4


def test_a_field_refused_below_another_is_found_through_fragments_and_nowhere_else() -> None:
    fragment = "fragment F on Page { id ... on Page { locale } }"
    assert messages("query { pages { single(id: 1) { ...F } } } " + fragment) == []
    [message] = messages("mutation { pages { create { responseResult { slug } page { ...F } } } } " + fragment)
    assert message.startswith("Page.locale cannot be selected below PageResponse.page. ")


def test_an_unused_fragment_must_not_select_what_always_fails() -> None:
    assert len(messages("fragment F on Page { toc locale }")) == 1


def test_type_definitions_in_a_document_are_none_of_its_business() -> None:
    assert messages("type Page { toc: String }") == []


def test_one_selection_used_twice_is_told_once() -> None:
    uses = "a: create { page { ...F } } b: update(id: 1) { page { ...F } }"
    assert len(messages(f"mutation {{ pages {{ {uses} }} }} fragment F on Page {{ editor }}")) == 1


def test_other_fields_are_allowed() -> None:
    assert messages('{ users { search(query: "a") { id __typename } list { isActive } } }') == []


# ---- wrong tables ----

ROW = '[[correction]]\nat = "Page.toc"\naction = "unselectable"\nreason = "It fails."\nsource = "seen"\n'


def test_a_good_row_loads(load_text: Load) -> None:
    [row] = load_text(ROW).rows
    assert row == Correction(at="Page.toc", action="unselectable", reason="It fails.", source="seen")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW.replace("Page.toc", "Page.tocc"), "row 1 (Page.tocc): the schema has no field `Page.tocc`."),
        (ROW.replace("Page.toc", "Pages.toc"), "row 1 (Pages.toc): the schema has no field `Pages.toc`."),
        (
            ROW.replace("Page.toc", "PageOrderBy.ID"),
            "row 1 (PageOrderBy.ID): the schema has no field `PageOrderBy.ID`.",
        ),
        (ROW + 'below = "Page.x"\n', "row 1 (Page.toc): the schema has no field `Page.x`."),
        (
            ROW.replace("unselectable", "drop"),
            'row 1 (Page.toc): the action is "unselectable" or "type", not "drop".',
        ),
        (ROW.replace('reason = "It fails."\n', ""), 'row 1 (Page.toc): "reason" is missing or empty.'),
        (ROW.replace("It fails.", " "), 'row 1 (Page.toc): "reason" is missing or empty.'),
        (ROW.replace('at = "Page.toc"\n', ""), 'row 1 (no field): "at" is missing or empty.'),
        (ROW + 'to = "Int"\n', 'row 1 (Page.toc): "to" has no meaning for the action "unselectable".'),
        (ROW.replace("unselectable", "type"), 'row 1 (Page.toc): "to" is missing or empty.'),
        (
            ROW.replace("unselectable", "type") + 'to = "Text!"\n',
            "row 1 (Page.toc): `Text!` is no type of the schema or of the additions.",
        ),
        (
            ROW.replace("unselectable", "type") + 'to = "[Int"\n',
            "row 1 (Page.toc): `[Int` is no type of the schema or of the additions.",
        ),
        (ROW + ROW, "row 2 (Page.toc): the same as row 1."),
        ("corrections = 1\n", "there is no setting `corrections`; use `additions` and `[[correction]]`."),
        ("at = \n", "not valid TOML: Invalid value (at line 1, column 6)."),
        ('additions = "scalar"\n', "the additions are no valid SDL: Syntax Error: Expected Name, found <EOF>."),
        ('additions = "type Page { id: Int }"\n', None),
    ],
)
def test_a_wrong_table_is_an_error_that_names_file_and_row(load_text: Load, text: str, message: str | None) -> None:
    with pytest.raises(CodegenError) as error:
        load_text(text)
    if message is None:
        assert str(error.value).startswith("schema/corrections.toml: the additions are no valid SDL: ")
    else:
        assert str(error.value) == f"schema/corrections.toml: {message}"


def test_all_wrong_rows_are_told_at_once(load_text: Load) -> None:
    with pytest.raises(CodegenError) as error:
        load_text(ROW.replace("Page.toc", "A.b") + ROW.replace("Page.toc", "C.d"))
    assert len(error.value.problems) == 2


def test_the_file_is_called_by_its_name_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("x = 1", encoding="utf-8")
    with pytest.raises(CodegenError, match=r"^mine\.toml: there is no setting `x`"):
        load(tmp_path / "mine.toml", SERVER)
