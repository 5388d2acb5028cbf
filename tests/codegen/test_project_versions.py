"""A project whose server is older: what fits its schema is compiled, and everything else is named."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from graphql import build_schema, parse, print_ast, print_schema, validate
from graphql.language import get_location

from wikijs.codegen import package
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading import project, versions
from wikijs.codegen.reading.config import Config

DOCUMENTS = versions.operations(versions.query_documents())
SAMPLE = sorted(DOCUMENTS)[::4]


def write(folder: Path, version: str, names: list[str]) -> Config:
    """A project with operations of ours under names of its own, beside the schema of a version."""
    (folder / "codegen.toml").write_text('[tool.wikijs.generate]\npackage = "old_wiki"\nschema = "server.graphql"\n')
    if not (folder / "server.graphql").exists():
        (folder / "server.graphql").write_text(print_schema(versions.schema_at(version)))
    (folder / "queries").mkdir(exist_ok=True)
    texts = (print_ast(DOCUMENTS[name].definitions[0]).replace(name, f"Own{name}", 1) for name in names)
    (folder / "queries/own.graphql").write_text("\n\n".join(texts))
    return project.load(folder / "codegen.toml")


def named(problems: tuple[str, ...], queries: Path) -> set[str]:
    """The operations in which problems are, by their lines."""
    nodes = parse((queries / "own.graphql").read_text()).definitions
    starts = [(get_location(node.loc.source, node.loc.start).line, node.name.value) for node in nodes]
    found: set[str] = set()
    for problem in problems:
        place, _, sentence = problem.partition(": ")
        file, _, line = place.rpartition(":")
        assert file == "queries/own.graphql"
        assert sentence.endswith((".", "?"))
        found.add(max(start for start in starts if start[0] <= int(line))[1].removeprefix("Own"))
    return found


@pytest.mark.parametrize("version", versions.history()["versions_with_a_schema_change"])
def test_what_does_not_fit_is_named_and_what_fits_compiles(version: str, tmp_path: Path) -> None:
    settings = write(tmp_path, version, SAMPLE)
    schema = build_schema((tmp_path / "server.graphql").read_text(), assume_valid_sdl=True)
    missing = {name for name in SAMPLE if validate(schema, DOCUMENTS[name], versions.RULES, max_errors=1)}
    assert bool(missing) == (version != "2.5.297")
    if missing:
        with pytest.raises(CodegenError) as refused:
            package.compiled(settings)
        assert named(refused.value.problems, tmp_path / "queries") == missing
    found = package.compiled(write(tmp_path, version, [name for name in SAMPLE if name not in missing]))
    assert len(found.package.operations) == len(SAMPLE) - len(missing)


def test_types_that_an_older_server_has_otherwise_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = write(tmp_path, "2.0.1", [])
    (tmp_path / "queries/own.graphql").write_text(
        "mutation GroupsRestrict($id: Int!, $rules: [PageRuleInput]!) {\n  groups {\n"
        '    update(id: $id, name: "Readers", permissions: [], pageRules: $rules) {\n'
        "      responseResult { ...ResponseStatus }\n    }\n  }\n}\n"
        'query PagesByTree { pages { tree(parent: 0, mode: ALL, locale: "en") { id isFolder } } }\n'
    )
    package.generate(settings)
    monkeypatch.syspath_prepend(str(tmp_path))
    wiki = import_module("old_wiki")
    assert [member.name for member in wiki.PageRuleMatch] == ["START", "EXACT", "END", "REGEX"]
    assert wiki.PageRuleInput.model_fields["match"].annotation is wiki.PageRuleMatch
    assert [path.name for path in sorted((tmp_path / "old_wiki").glob("*s.py"))] == [
        "enums.py",
        "input_types.py",
        "ops.py",
    ]
    assert import_module("old_wiki.ops").PAGES_BY_TREE.result.model_json_schema()["type"] == "object"


def test_a_fragment_of_ours_with_a_type_that_the_server_has_otherwise_is_refused(tmp_path: Path) -> None:
    settings = write(tmp_path, "2.5.297", [])
    schema = tmp_path / "server.graphql"
    schema.write_text(
        schema.read_text().replace(
            "type ContributeContributor {\n  id: String!", "type ContributeContributor {\n  id: Int!"
        )
    )
    query = "query ContributeNames { contribute { contributors { ...Contributor } } }"
    (tmp_path / "queries/own.graphql").write_text(query)
    with pytest.raises(CodegenError) as refused:
        package.compiled(settings)
    assert str(refused.value) == (
        "queries/own.graphql:1: fragment `Contributor` of py-wikijs does not fit this schema, so write one of your own:"
        " `ContributeContributor.id` is `Int!` here, and `String!` in our model."
    )
