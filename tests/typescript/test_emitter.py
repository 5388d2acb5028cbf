"""What the second back end writes, without Node: it must follow from the same sources as the Python package."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql.utilities import strip_ignored_characters
from wikijs_generated import operations

from wikijs.codegen import package
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading import config
from wikijs.codegen.typescript import compact, modules, tables, text
from wikijs.codegen.typescript import package as npm
from wikijs.core.operations import MARK, OperationSpec
from wikijs.exceptions import CLASS_FOR_CODE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found():
    return package.compiled(config.load(ROOT / "codegen.toml"))


@pytest.fixture(scope="module")
def typed(found):
    return modules.typed(found)


def expanded(operation: modules.TypedOperation) -> str:
    """The document that the templates of an operation stand for."""
    source = operation.source
    variables = text.definitions(source)
    arguments = " ".join(f"{each.variable}:${each.variable}" for each in source.arguments)
    head = f"{source.kind} {source.name}{f'({variables})' if variables else ''}{{{text.selection(source)}}}"
    return head.replace(text.ARGUMENTS_MARK, f"({arguments})").replace(text.ROOT_MARK, "").replace(MARK, "")


def test_documents_are_those_of_python_without_what_graphql_ignores(found, typed):
    specs = {value.name: value for value in vars(operations).values() if isinstance(value, OperationSpec)}
    assert len(typed.operations) == len(specs) == 136
    for operation in typed.operations:
        document = expanded(operation) + "".join(typed.sources[name] for name in operation.source.fragments)
        assert document == strip_ignored_characters(specs[operation.source.name].document), operation.source.name


def test_every_operation_of_the_schema_fits_the_text_that_the_whole_client_is_made_of(typed):
    assert compact.others(typed) == []
    lines = [line for each in typed.operations if (line := compact.line(each)) is not None]
    assert len(lines) == 135, "all but the subscription"
    assert set(lines) <= set(compact.module(typed).replace("`", "\n").splitlines())


def test_every_code_of_the_server_has_its_class(typed):
    rows = tables.error_rows()
    assert {row[0] for row in rows} == set(CLASS_FOR_CODE)
    letters = {letter: cls.__name__ for cls, letter in tables.LETTERS.items()}
    source = tables.codes_module()
    for code, _, _, cls, _, _ in rows:
        block = source.partition(f'{code // 1000}: "')[2].partition('"')[0]
        assert letters[block[code % 1000 - 1]] == cls


def test_the_package_is_written_and_compared_without_node(tmp_path, found):
    wanted, target = npm.files(found), tmp_path / "typescript"
    npm.write(wanted, target)
    (target / "node_modules" / "zod").mkdir(parents=True)
    (target / "node_modules" / "zod" / "index.js").write_text("")
    assert npm.differences(wanted, target) == []
    (target / "src" / "old" / "one.ts").mkdir(parents=True)
    (target / "src" / "old" / "one.ts" / "two.ts").write_text("")
    (target / "src" / "index.ts").unlink()
    (target / "src" / "wiki.ts").write_text("")
    assert npm.differences(wanted, target) == [
        "typescript/src/index.ts: missing",
        "typescript/src/old/one.ts/two.ts: stale",
        "typescript/src/wiki.ts: differs",
    ]
    npm.write(wanted, target)
    assert npm.differences(wanted, target) == []
    assert not (target / "src" / "old").exists(), "folders that nothing is in go too"
    assert (target / "node_modules" / "zod" / "index.js").exists(), "what npm installed stays"


def test_names_follow_the_language():
    assert text.function("PagesList") == "pagesList"
    assert text.function("TFALogin") == "tfaLogin"
    assert text.function("A") == "a"
    assert text.literal('\x01id `${x}` "é"') == '"\\x01id `${x}` \\"é\\""'
    assert text.comment("ends */ here") == "/** ends *\\/ here */\n"
    assert text.table({"a": [1, "b", True], "b c": None}) == '{ a: [1, "b", true], "b c": null }'


def test_a_word_of_the_language_cannot_be_an_operation(tmp_path):
    with pytest.raises(CodegenError, match="is a word of the language in TypeScript"):
        _compile(tmp_path, "query Delete { pages { tags { ...Tag } } } fragment Tag on PageTag { id }")


def test_a_fragment_cannot_be_named_as_a_type_that_is_needed(tmp_path):
    queries = """
    query PagesSorted($by: PageOrderBy) { pages { list(orderBy: $by) { ...PageOrderBy } } }
    fragment PageOrderBy on PageListItem { id }
    """
    with pytest.raises(CodegenError, match="same name"):
        _compile(tmp_path, queries)


def _compile(folder: Path, queries: str) -> modules.Package:
    """Compile queries of a user's project."""
    from wikijs.codegen.reading import project

    (folder / "codegen.toml").write_text('[tool.wikijs.generate]\npackage = "my_wiki"\n')
    (folder / "queries").mkdir()
    (folder / "queries" / "mine.graphql").write_text(queries)
    return modules.typed(package.compiled(project.load(folder / "codegen.toml")))


def test_shapes_of_users_own_queries(tmp_path):
    queries = """
    query Recent($limit: Int = 5, $tag: String!) {
      pages { list(limit: $limit, tags: [$tag]) { id __typename title @include(if: true) } }
    }
    """
    found = _compile(tmp_path, queries)
    (operation,) = found.operations
    assert text.type_of(operation.result) == "RecentItem[]"
    assert text.members_of(found.fragments["RecentItem"].members) == (
        '{\n  id: number;\n  __typename: "PageListItem";\n  title?: string | null | undefined;\n}'
    )
    assert operation.parameter == "variables: RecentVariables"
    assert text.members_of(operation.variables) == "{\n  limit?: number | null | undefined;\n  tag: string;\n}"


def test_the_package_is_the_version_of_python():
    from wikijs import __version__

    assert f'"version": "{__version__}"' in dict(npm.copied())["package.json"]


def test_shapes_of_json_schema():
    from wikijs.codegen.typescript import json_schema

    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"anyOf": [{"type": "integer"}, {"type": "null"}], "description": "A  number."},
            "b-c": {"type": "array", "items": {"enum": ["x", "y"]}},
            "d": {"$ref": "#/$defs/Page_Summary_"},
            "e": {"type": "object", "additionalProperties": {"type": "string"}},
            "f": {"type": ["boolean", "null"]},
            "g": {"type": "object"},
            "h": {},
            "i": {"const": 1},
        },
    }
    (source,) = json_schema.interfaces({"my_type": schema})
    assert source.splitlines() == [
        "export interface MyType {",
        "  /** A number. */",
        "  a: number | null;",
        '  "b-c"?: ("x" | "y")[] | undefined;',
        "  d?: PageSummary | undefined;",
        "  e?: Record<string, string> | undefined;",
        "  f?: boolean | null | undefined;",
        "  g?: Record<string, unknown> | undefined;",
        "  h?: unknown | undefined;",
        "  i?: 1 | undefined;",
        "}",
    ]
    assert list(json_schema.interfaces({"Kind": {"enum": ["a"], "description": "K."}})) == [
        '/** K. */\nexport type Kind = "a";\n'
    ]
