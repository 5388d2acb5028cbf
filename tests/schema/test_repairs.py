"""Query files are mended as far as that needs no thought; everything else in them stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from wikijs.schema_tools.repairs import Edit, repair

SCHEMA = """
type Query { pages: PageQuery }
type Mutation { pages: PageMutation }
type PageQuery { list(limit: Int, order: Order): [Page!]! single(id: ID!, locale: String!): Page }
type PageMutation { delete(id: Int!, reason: String!): Done }
type Page { id: Int! html: String tags: [Tag] }
type Tag { name: String }
type Done { ok: Boolean }
enum Order { ID }
"""
RENAMED = {
    "Page.render": "Page.html",
    "PageQuery.list(sort)": "PageQuery.list(order)",
    "PageQuery.all": "PageQuery.list",
}


def mended(tmp_path: Path, text: str) -> tuple[str, list[str]]:
    file = tmp_path / "pages.graphql"
    file.write_text(text, encoding="utf-8")
    edits = repair([file], build_schema(SCHEMA), RENAMED)
    assert all(edit.file == file for edit in edits)
    return file.read_text(encoding="utf-8"), [f"{edit.line}: {edit.definition}: {edit.text}" for edit in edits]


def test_what_fits_is_not_touched(tmp_path: Path) -> None:
    text = "# List.\nquery   List { pages { list { id __typename } } }   # untidy\n\n\n\nfragment F on Page { id }\n"
    assert mended(tmp_path, text) == (text, [])


def test_a_renamed_field_gets_its_new_name(tmp_path: Path) -> None:
    text, told = mended(
        tmp_path, "# One.\nquery A {\n  pages {\n    list {\n      id\n      render\n    }\n  }\n}\n# end\n"
    )
    assert text == "# One.\nquery A {\n  pages {\n    list {\n      id\n      html\n    }\n  }\n}\n# end\n"
    assert told == ["6: A: Page.render became html."]


def test_a_renamed_field_loses_arguments_that_it_does_not_have(tmp_path: Path) -> None:
    text, told = mended(tmp_path, "query A($by: Sort) { pages { all(sort: $by) { id } } }")
    assert text == "query A {\n  pages {\n    list {\n      id\n    }\n  }\n}"
    assert told == ["1: A: PageQuery.all became list.", "1: A: PageQuery.all(sort) is gone: it is not sent any more."]


def test_a_renamed_argument_gets_its_new_name_and_the_variable_its_type(tmp_path: Path) -> None:
    text, told = mended(tmp_path, "query A($by: Sort) { pages { list(sort: $by) { id } } }")
    assert text.startswith("query A($by: Order) {\n  pages {\n    list(order: $by) {")
    assert told == ["1: A: PageQuery.list(sort) became order.", "1: A: `order` is of type Order now, no longer Sort."]
    assert validate(build_schema(SCHEMA), parse(text)) == []


def test_a_field_that_is_gone_is_left_out_with_what_was_in_it(tmp_path: Path) -> None:
    text, told = mended(tmp_path, "fragment F on Page { id gone { deeper } tags { old } }")
    assert text == "fragment F on Page {\n  id\n}"
    assert told == [
        "1: F: Page.gone is gone: it is not selected any more.",
        "1: F: Tag.old is gone: it is not selected any more.",
    ]


def test_an_operation_that_is_left_with_nothing_is_removed_with_its_comment(tmp_path: Path) -> None:
    text, told = mended(
        tmp_path,
        "# Kept.\nquery A { pages { list { id } } }\n\n# Gone, too.\n# All of it.\nquery B($x: Int) {\n"
        "  pages { gone(x: $x) { id } }\n}\n\n# Last.\nquery C { pages { list { id } } }\n",
    )
    assert text == "# Kept.\nquery A { pages { list { id } } }\n\n# Last.\nquery C { pages { list { id } } }\n"
    assert told == ["6: B: PageQuery.gone is gone: B was removed."]


def test_an_operation_at_the_top_is_removed(tmp_path: Path) -> None:
    text, [told] = mended(tmp_path, "# Gone.\nquery B { pages { gone } }\n\nquery C { pages { list { id } } }\n")
    assert text == "query C { pages { list { id } } }\n"
    assert told.endswith("B was removed.")


def test_an_argument_that_is_gone_takes_its_variable_with_it(tmp_path: Path) -> None:
    text, told = mended(tmp_path, "query A($limit: Int, $old: Int) { pages { list(limit: $limit, old: $old) { id } } }")
    assert text.startswith("query A($limit: Int) {\n  pages {\n    list(limit: $limit) {")
    assert told == ["1: A: PageQuery.list(old) is gone: it is not sent any more."]


def test_a_new_required_argument_becomes_a_required_variable(tmp_path: Path) -> None:
    text, told = mended(tmp_path, "mutation D($id: Int!) { pages { delete(id: $id) { ok } } }")
    assert text.startswith("mutation D($id: Int!, $reason: String!) {\n  pages {\n    delete(id: $id, reason: $reason)")
    assert told == ["1: D: PageMutation.delete takes `reason` now: the operation got a required variable for it."]


def test_required_variables_come_first(tmp_path: Path) -> None:
    text, told = mended(
        tmp_path, "query S($id: Int = 5, $locale: String!) { pages { single(id: $id, locale: $locale) { id } } }"
    )
    assert text.startswith("query S($id: ID!, $locale: String!)")
    assert told == ["1: S: `id` is of type ID! now, no longer Int."]
    text, _ = mended(
        tmp_path, "query S($locale: String) { pages { single(id: 1, locale: $locale) { id } list { id } } }"
    )
    assert text.startswith("query S($locale: String!)")


def test_types_that_fit_stay(tmp_path: Path) -> None:
    text = 'query S($id: ID!, $locale: String = "en") { pages { single(id: $id, locale: $locale) { id } } }'
    assert mended(tmp_path, text) == (text, [])


def test_many_variables_have_a_line_each(tmp_path: Path) -> None:
    names = ", ".join(f"$aVariableWithALongName{index}: Int" for index in range(4))
    uses = " ".join(f"v{index}: list(limit: $aVariableWithALongName{index}) {{ id }}" for index in range(4))
    text, _ = mended(tmp_path, f"query A({names}) {{ pages {{ gone {uses} }} }}")
    assert text.startswith("query A(\n  $aVariableWithALongName0: Int\n  $aVariableWithALongName1: Int\n")
    assert parse(text)


def test_what_needs_thought_is_left(tmp_path: Path) -> None:
    text = "query A { pages { list } }"
    assert mended(tmp_path, text) == (text, [])


@pytest.mark.parametrize("text", ["type A { x: Int }", "fragment F on Nowhere { x }"])
def test_what_is_no_query_of_the_schema_is_left(tmp_path: Path, text: str) -> None:
    assert mended(tmp_path, text) == (text, [])


def test_an_edit_says_where_it_was_made(tmp_path: Path) -> None:
    file = tmp_path / "pages.graphql"
    file.write_text("query A { pages { list { id render } } }", encoding="utf-8")
    [edit] = repair([file], build_schema(SCHEMA), RENAMED)
    assert edit == Edit(file, 1, "A", "Page.render became html.")
