"""What changed between two schemas, how bad it is, whom it touches, and which version bump it calls for."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from wikijs.codegen.errors import CodegenError
from wikijs.schema_tools import operations, rendering, sources
from wikijs.schema_tools.diff import Change, Difference, Severity, compare
from wikijs.schema_tools.operations import Checked

OLD = """
directive @upper(length: Int) repeatable on FIELD | QUERY
directive @lower on FIELD
type Query { pages: PageQuery any: Either }
type PageQuery {
  list(order: Order, limit: Int = 5): [Page]
  single(id: Int!, filter: Filter): Page
  count: Int
  old: Legacy
}
type Page implements Node { id: Int! title: String! render: String }
type Legacy { x: Int }
union Either = Page | Legacy
interface Node { id: Int! }
interface Named { name: String }
input Filter { tag: String nested: Inner }
input Inner { word: String }
enum Order { ID PATH }
scalar Date
"""

QUERIES = """
query List($order: Order) { pages { list(order: $order) { ...Short } } }
query Single($filter: Filter) { pages { single(id: 1, filter: $filter) { id render } } }
query Count { pages { count } }
query Literal { pages { single(id: 1, filter: {nested: {word: "a"}}) { id } list(order: PATH) { id } } }
fragment Short on Page { id title }
"""


@pytest.fixture
def users(tmp_path: Path) -> tuple[Checked, ...]:
    file = tmp_path / "mine.graphql"
    file.write_text(QUERIES, encoding="utf-8")
    return operations.of_files([file])


def changes(users: tuple[Checked, ...], *edits: tuple[str, str]) -> Difference:
    new = OLD
    for before, after in edits:
        assert before in new
        new = new.replace(before, after)
    return compare(build_schema(OLD), build_schema(new), users)


def only(difference: Difference) -> Change:
    [change] = difference.changes
    return change


def names(change: Change) -> set[str]:
    return {operation.name for operation in change.touches}


EVERYBODY_WHO_FILTERS = {"Single", "Literal"}
CASES = [
    # before, after, severity, what it is about, whom it touches
    ("id: Int! title", "id: Int title", "BREAKING", "Page.id", {"List", "Single", "Literal"}),
    ("render: String", "", "BREAKING", "Page.render", {"Single"}),
    ("count: Int", "count(of: Int!): Int", "BREAKING", "PageQuery.count(of)", {"Count"}),
    ("count: Int", "count(of: Int): Int", "DANGEROUS", "PageQuery.count(of)", {"Count"}),
    ("list(order: Order, ", "list(", "BREAKING", "PageQuery.list(order)", {"List", "Literal"}),
    ("limit: Int = 5", "limit: Int = 6", "DANGEROUS", "PageQuery.list(limit)", set()),
    ("filter: Filter)", "filter: Inner)", "BREAKING", "PageQuery.single(filter)", EVERYBODY_WHO_FILTERS),
    ("ID PATH", "ID", "BREAKING", "Order.PATH", {"List", "Literal"}),
    ("ID PATH", "ID PATH TITLE", "DANGEROUS", "Order.TITLE", {"List", "Literal"}),
    ("tag: String", "tag: String must: Int!", "BREAKING", "Filter.must", EVERYBODY_WHO_FILTERS),
    ("word: String", "word: String may: Int", "DANGEROUS", "Inner.may", EVERYBODY_WHO_FILTERS),
    ("word: String", "word: Int", "BREAKING", "Inner.word", EVERYBODY_WHO_FILTERS),
    ("Page | Legacy", "Page", "BREAKING", "Either", set()),
    ("implements Node", "implements Named & Node", "DANGEROUS", "Page", {"List", "Single", "Literal"}),
    ("scalar Date", "", "BREAKING", "Date", set()),
    ("scalar Date", "type Date { x: Int }", "BREAKING", "Date", set()),
    ("directive @lower on FIELD", "", "BREAKING", "@lower", set()),
    ("on FIELD | QUERY", "on FIELD", "BREAKING", "@upper", set()),
    ("repeatable ", "", "BREAKING", "@upper", set()),
    ("(length: Int)", "", "BREAKING", "@upper", set()),
    ("(length: Int)", "(length: Int, kind: Int!)", "BREAKING", "@upper", set()),
    ("count: Int", "count: Int!", "SAFE", "PageQuery.count", {"Count"}),
    ("count: Int", "count: Int last: Page", "SAFE", "PageQuery.last", set()),
    ("scalar Date", "scalar Date scalar Time", "SAFE", "Time", set()),
]


@pytest.mark.parametrize(
    ("before", "after", "severity", "at", "touched"),
    CASES,
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_change_says_what_it_is_about_and_whom_it_touches(
    users: tuple[Checked, ...], before: str, after: str, severity: str, at: str, touched: set[str]
) -> None:
    found = [change for change in changes(users, (before, after)).changes if change.at == at]
    assert [change.severity.name for change in found] == [severity]
    assert names(found[0]) == touched


def test_a_renamed_field_argument_or_value_is_recognised(users: tuple[Checked, ...]) -> None:
    edits = [("render: String", "rendered: String"), ("limit: Int = 5", "limitTo: Int = 5"), ("ID PATH", "ID PATHS")]
    found = {change.at: change for change in changes(users, *edits).changes}
    assert found["Page.render"].renamed == "Page.rendered"
    assert found["Page.render"].text.endswith("; Page.rendered of the same type is new: renamed?")
    assert found["PageQuery.list(limit)"].renamed == "PageQuery.list(limitTo)"
    assert found["Order.PATH"].renamed == "Order.PATHS"


def test_what_is_new_beside_it_with_another_type_is_no_new_name(users: tuple[Checked, ...]) -> None:
    [removed, added] = changes(users, ("render: String", "rendered: Int")).changes
    assert (removed.renamed, added.at) == ("", "Page.rendered")
    [removed, *_] = changes(users, ("render: String", "first: String second: String")).changes
    assert removed.renamed == ""


@pytest.mark.parametrize(
    ("before", "after", "bump", "severity"),
    [
        ("scalar Date", "scalar Date", "none", None),
        ("count: Int", "count: Int!", "patch", Severity.SAFE),
        ("count: Int", "count: Int last: Page", "minor", Severity.SAFE),
        ("ID PATH", "ID PATH TITLE", "minor", Severity.DANGEROUS),
        ("old: Legacy", "", "minor", Severity.BREAKING),
        ("render: String", "", "major", Severity.BREAKING),
    ],
)
def test_the_version_bump(
    users: tuple[Checked, ...], before: str, after: str, bump: str, severity: Severity | None
) -> None:
    found = changes(users, (before, after))
    assert (found.bump, found.severity) == (bump, severity)


def test_the_worst_comes_first(users: tuple[Checked, ...]) -> None:
    found = changes(users, ("ID PATH", "ID TITLE"), ("count: Int", "count: Int!"))
    assert [change.severity for change in found.changes] == [3, 2, 1]


def test_directives_of_graphql_itself_do_not_count() -> None:
    with_more = build_schema("directive @oneOf on INPUT_OBJECT\ndirective @skip on FIELD\n" + OLD)
    assert compare(with_more, build_schema(OLD)).changes == ()
    assert compare(build_schema(OLD), with_more).changes == ()


def test_a_new_field_tells_who_already_uses_it() -> None:
    found = compare(sources.load("bundled@2.5.293").schema, sources.carried().schema, operations.of_client())
    [change] = [change for change in found.changes if change.at == "PageQuery.singleByPath"]
    assert {operation.method for operation in change.touches} == {
        f"client.pages.single_by_path{suffix}" for suffix in ("", "_for_editor", "_metadata", "_rendered")
    }
    assert found.bump == "minor"


def test_markdown_is_a_table_for_each_severity(users: tuple[Checked, ...]) -> None:
    found = changes(users, ("render: String", ""), ("count: Int", "count: Int!"))
    assert rendering.as_markdown(found, "a", "b").splitlines() == [
        "## Schema: `a` to `b`",
        "",
        "1 breaking, 0 dangerous, 1 safe. Version bump: major: breaking changes touch operations of this client.",
        "",
        "### Breaking",
        "",
        "| change | operations |",
        "|---|---|",
        "| Page.render was removed. | `Single` |",
        "",
        "### Safe",
        "",
        "| change | operations |",
        "|---|---|",
        "| PageQuery.count changed type from Int to Int!. | `Count` |",
    ]


def test_text_counts_what_it_does_not_name() -> None:
    found = compare(
        sources.carried().schema,
        build_schema(rendering_without("ResponseStatus", "slug")),
        operations.of_client(),
    )
    text = rendering.as_text(found)
    assert text.startswith("BREAKING   ResponseStatus.slug was removed.\n           touches client.")
    assert " more\n" in text
    assert len(text.splitlines()[1]) < 300


def rendering_without(owner: str, field: str) -> str:
    from wikijs.core.documents import bundled

    head, begin, tail = bundled.schema().read_text(encoding="utf-8").partition(f"type {owner} {{\n")
    return head + begin + tail.replace(f"  {field}: String!\n", "", 1)


def test_queries_of_users_may_use_fragments_of_this_client(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("query Mine { pages { single(id: 1) { ...PageMetadata } } }", encoding="utf-8")
    [mine] = operations.of_files([tmp_path])
    assert (mine.owner, mine.server_field, mine.method) == ("user", "pages.single", "")
    assert ("read:pages", "manage:system") in mine.requires


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("query A { pages {", "a.graphql:1: Syntax Error: Expected Name, found <EOF>."),
        ("query A { x }\nquery A { y }", "a.graphql:2: there is another operation `A`."),
        ("{ x }", "a.graphql:1: this query has no name."),
        ("query A {\n  ...Nope\n}", "a.graphql:2: there is no fragment `Nope`."),
        ("type A { x: Int }", "a.graphql:1: only operations and fragments belong in a query file."),
    ],
)
def test_broken_queries_are_refused_with_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.graphql").write_text(text, encoding="utf-8")
    with pytest.raises(CodegenError) as caught:
        operations.of_files([tmp_path / "a.graphql", tmp_path])
    assert caught.value.problems == (f"{tmp_path.as_posix()}/{problem}",)


def test_queries_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="none: there is no such file or folder"):
        operations.of_files([tmp_path / "none"])
