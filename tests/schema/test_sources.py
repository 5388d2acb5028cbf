"""Schemas are read wherever they are, and what is none is refused in one sentence with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import build_schema, introspection_from_schema

from wikijs.codegen.errors import CodegenError
from wikijs.core.documents import bundled
from wikijs.schema_tools import canonical, sources
from wikijs.schema_tools.permissions import Guard

BUNDLED = bundled.schema().read_text(encoding="utf-8")
SMALL = "type Query { pages: PageQuery }\ntype PageQuery { count: Int }\n"

# The style of the server's own source tree: extensions, permissions as directives, no declaration of @rateLimit.
SOURCE_TREE = {
    "common.graphql": "directive @auth(requires: [String]) on FIELD_DEFINITION\ntype Query\ntype Mutation\n",
    "page.graphql": """
        extend type Query { pages: PageQuery }
        extend type Mutation { pages: PageMutation }
        type PageQuery { list: [Int!]! @auth(requires: ["manage:system", "read:pages"]) count: Int }
        type PageMutation {
          create(title: String!): Int @auth(requires: ["write:pages"]) @rateLimit(limit: 5, duration: 60)
          rename: Int @rateLimit
        }
    """,
}


def refusal(path: Path | str) -> str:
    with pytest.raises(CodegenError) as caught:
        sources.load(str(path))
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def test_the_bundled_schema_is_the_file() -> None:
    assert canonical.printed(sources.load("bundled").schema) == BUNDLED
    assert sources.load(bundled.schema().as_posix()).version is None


def test_an_introspection_result_is_a_schema_with_and_without_its_envelope(tmp_path: Path) -> None:
    result = introspection_from_schema(build_schema(BUNDLED), descriptions=False)
    for number, content in enumerate(({"data": result}, result)):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        assert canonical.printed(sources.load(str(file)).schema) == BUNDLED


def test_a_folder_is_read_whole_unless_it_holds_a_pulled_schema(tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_text("type Query { pages: PageQuery }", encoding="utf-8")
    (tmp_path / "two.graphql").write_text("type PageQuery { count: Int }", encoding="utf-8")
    assert "PageQuery" in sources.load(str(tmp_path)).schema.type_map
    (tmp_path / "wikijs.graphql").write_text(BUNDLED, encoding="utf-8")
    assert "UserQuery" in sources.load(str(tmp_path)).schema.type_map


def test_the_source_tree_of_a_server_tells_permissions_and_rate_limits(tmp_path: Path) -> None:
    for name, text in SOURCE_TREE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = sources.load(str(tmp_path))
    assert loaded.permissions == {
        "PageQuery.list": Guard(("manage:system", "read:pages")),
        "PageMutation.create": Guard(("write:pages",), (5, 60)),
        "PageMutation.rename": Guard((), (60, 60)),
    }
    assert {"Upload", "CacheControlScope"} <= loaded.schema.type_map.keys()


def test_printed_sdl_tells_nothing_about_permissions() -> None:
    assert sources.load("bundled").permissions is None


def test_an_older_version_is_rebuilt() -> None:
    old = sources.load("bundled@2.5.201")
    assert old.version == "2.5.201"
    assert "singleByPath" not in canonical.printed(old.schema)


@pytest.mark.parametrize("version", ["", "1.9.9", "two", "2.5.x"])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    assert refusal(f"bundled@{version}").endswith("is no Wiki.js version since 2.0.1.")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "FILE:1: this is empty, not a schema."),
        (" \n\ufeff\n", "FILE:1: this is empty, not a schema."),
        ("<!DOCTYPE html>\n<html></html>", "FILE:1: this is an HTML or XML page, not a schema."),
        ('{"data": {"pages": {"list": []}}}', "FILE:1: this JSON is no answer to an introspection query."),
        ("[]", "FILE:1: this JSON is no answer to an introspection query."),
        ('{"errors": [{"message": "no"}], "data": null}', "FILE:1: this JSON is no answer to an introspection query."),
        ('{"data": {"__schema": {"types": []}}}', "FILE:1: this is no complete introspection result."),
        ('{"__schema": {"queryType": {}}}', "FILE:1: this is no complete introspection result."),
        ('{"data": {"__sch', "FILE:1: this is neither SDL nor JSON."),
        ("type Query {\n  pages: [\n}", "FILE:3: Syntax Error: Expected Name, found '}'."),
        ("type Query {\n  pages: PageQuery\n}", "FILE:2: Unknown type 'PageQuery'; did you mean 'Query'?"),
        ("{ pages { list { id } } }", "FILE:1: a schema holds no operations and fragments."),
        (f"{SMALL}\nquery A {{ pages {{ count }} }}", "FILE:4: a schema holds no operations and fragments."),
        ("type Page { id: Int }", "FILE:1: the schema has no type Query."),
        ("hello world", "FILE:1: Syntax Error: Unexpected Name 'hello'."),
    ],
)
def test_what_is_no_schema_is_refused_with_its_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "some.graphql"
    file.write_text(text, encoding="utf-8")
    assert refusal(file) == problem.replace("FILE", file.as_posix())


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.graphql").endswith("none.graphql: cannot be read: No such file or directory.")
    assert "there is no GraphQL file in this folder" in refusal(tmp_path)
    (tmp_path / "binary.graphql").write_bytes(b"\xff\xfe\x00")
    assert refusal(tmp_path / "binary.graphql").endswith("binary.graphql:1: this is no text in UTF-8.")
