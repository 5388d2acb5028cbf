"""Documents are drafted for operations that have none: valid, safe to read, marked for review."""

from __future__ import annotations

import pytest
from graphql import FragmentDefinitionNode, build_schema, concat_ast, parse, validate

from wikijs.codegen.reading import versions
from wikijs.codegen.reading.documents import comment_above
from wikijs.schema_tools import sources
from wikijs.schema_tools.coordinates import operation_fields
from wikijs.schema_tools.drafts import REVIEW, Drafting, append, missing, operation_name

SCHEMA = sources.carried().schema
DOCUMENTS = versions.query_documents()
FRAGMENTS = {node.name.value: node for node in DOCUMENTS.definitions if isinstance(node, FragmentDefinitionNode)}
GUARDED = {"Page.content", "Page.toc"}


def test_every_operation_of_the_schema_can_be_drafted_without_any_fragment() -> None:
    for field in operation_fields(SCHEMA):
        assert validate(SCHEMA, parse(Drafting(SCHEMA, {}).operation(field))) == [], field


def test_every_draft_fits_to_the_fragments_there_are() -> None:
    drafting = Drafting(SCHEMA, FRAGMENTS)
    only = [node for node in DOCUMENTS.definitions if isinstance(node, FragmentDefinitionNode)]
    for field in ("pages.list", "users.search", "comments.create", "system.info", "authentication.apiState"):
        document = concat_ast([parse(drafting.operation(field))])
        document.definitions = (*document.definitions, *only)
        errors = [error.message for error in validate(SCHEMA, document)]
        assert [message for message in errors if "is never used" not in message] == [], field


def test_guarded_fields_are_not_selected() -> None:
    text = Drafting(SCHEMA, {}, GUARDED).operation("pages.single")
    assert "  title\n" in text
    assert "  content\n" not in text
    assert "  toc\n" not in text
    with_ours = Drafting(SCHEMA, FRAGMENTS, GUARDED).operation("pages.single")
    assert "...Page\n" not in with_ours


def test_the_fragment_called_like_its_type_is_taken() -> None:
    assert "...ResponseStatus" in Drafting(SCHEMA, FRAGMENTS).operation("pages.delete")
    assert "fragment" not in Drafting(SCHEMA, FRAGMENTS).operation("pages.delete")


def test_a_draft_asks_to_be_reviewed_and_says_what_it_is_for() -> None:
    document = parse(Drafting(SCHEMA, {}).operation("pages.single"))
    assert [comment_above(node).splitlines()[0] for node in document.definitions] == [
        "Call `pages.single`.",
        "What is known of `Page`.",
    ]
    assert all(REVIEW in comment_above(node) for node in document.definitions)


def test_required_arguments_come_first_and_long_heads_are_broken() -> None:
    text = Drafting(SCHEMA, {}).operation("users.create")
    assert "mutation UsersCreate(\n  $email: String!\n" in text


SMALL = build_schema(
    """
    type Query { a: A }
    type A { nested: Outer loop: Loop value: Int typed(of: Int!): Int choice: Choice used: Taken }
    type Outer { inner: Inner }
    type Inner { x: Int with(arg: Int!): Int }
    type Loop { again: Loop }
    enum Choice { ONE }
    input Taken2 { x: Int }
    type Taken { x: Int }
    """
)


@pytest.mark.parametrize(
    ("field", "selected"),
    [
        ("a.nested", ["nested {\n      ...Outer", "inner {\n    ...Inner", "  x\n}"]),
        ("a.loop", ["fragment Loop on Loop {\n  __typename\n}"]),
        ("a.value", ["    value\n"]),
        ("a.typed", ["query ATyped($of: Int!)", "typed(of: $of)\n"]),
        ("a.choice", ["    choice\n"]),
    ],
)
def test_fields_are_followed_until_there_is_something_to_read(field: str, selected: list[str]) -> None:
    text = Drafting(SMALL, {}).operation(field)
    for part in selected:
        assert part in text
    assert "with" not in text
    assert validate(SMALL, parse(text)) == []


def test_a_name_that_is_taken_gets_another_one() -> None:
    fragments = {"Taken": parse("fragment Taken on Outer { inner { x } }").definitions[0]}
    text = Drafting(SMALL, fragments).operation("a.used")  # type: ignore[arg-type]
    assert "fragment TakenDraft on Taken {" in text


def test_what_has_no_operation_is_missing() -> None:
    assert missing(SMALL, {"a.value", "a.loop"}) == ["a.nested", "a.typed", "a.choice", "a.used"]
    assert operation_name("pages.singleByPath") == "PagesSingleByPath"
    with pytest.raises(KeyError):
        Drafting(SMALL, {}).operation("a.nope")


def test_drafts_are_written_at_the_end_of_the_file_of_their_namespace(tmp_path) -> None:
    (tmp_path / "pages.graphql").write_text("query A { x }\n\n\n", encoding="utf-8")
    assert append(tmp_path, "pages.b", "query B { x }\n") == tmp_path / "pages.graphql"
    assert (tmp_path / "pages.graphql").read_text(encoding="utf-8") == "query A { x }\n\nquery B { x }\n"
    assert append(tmp_path, "new.c", "query C { x }\n").read_text(encoding="utf-8") == "query C { x }\n"
