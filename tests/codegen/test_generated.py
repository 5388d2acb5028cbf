"""The package that users get: what it holds, what importing it costs, and that its operations can share documents."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import wikijs_generated
from graphql import GraphQLSchema, build_schema, parse, validate
from wikijs_generated import aio, client, operations

import wikijs.ops
from wikijs.core.operations import MARK, OperationSpec

ROOT = Path(__file__).parents[2]
SPECS = [value for value in vars(operations).values() if isinstance(value, OperationSpec)]
SYNC = {
    name: value
    for name, value in vars(client).items()
    if inspect.isclass(value) and value.__module__.startswith(("wikijs_generated.methods.", client.__name__))
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema/wikijs.graphql").read_text())


def modules_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after running some code."""
    code = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_operation_of_the_schema_is_there(schema):
    served = {
        f"{namespace}.{field}"
        for root in (schema.query_type, schema.mutation_type)
        for namespace, definition in root.fields.items()
        for field in definition.type.fields
    }
    assert {spec.server_field for spec in SPECS} == served | {"loggingLiveTrail"}


@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_all_operations_of_a_kind_merge_into_one_valid_document(kind, schema):
    definitions, selections, fragments = [], [], {}
    for number, spec in enumerate(spec for spec in SPECS if spec.kind == kind):
        definitions.append(spec.variable_definitions.replace(MARK, f"o{number}_"))
        selections.append(spec.selection.replace(MARK, f"o{number}_"))
        fragments |= {name: spec.fragment_sources[name] for name in spec.fragments}
    body = "\n".join(selections)
    document = "\n".join([f"{kind} Batch({', '.join(filter(None, definitions))}) {{\n{body}\n}}", *fragments.values()])
    assert validate(schema, parse(document)) == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_an_operation_is_complete(spec, schema):
    assert validate(schema, parse(spec.document)) == []
    assert len(spec.path) == len(spec.keys)
    fields = spec.result.model_fields
    assert spec.path[0] in fields
    spec.result.model_rebuild()
    assert MARK not in spec.document


def test_facts_reach_the_specs():
    assert operations.PAGES_SINGLE_BY_PATH.since == "2.5.296"
    assert operations.PAGES_SINGLE_BY_PATH.requires == ("read:pages", "manage:system")
    assert operations.AUTHENTICATION_LOGIN.rate_limit == (5, 60)
    assert operations.PAGES_TREE.since == "2.3.71", "older servers do not know its argument includeAncestors"
    assert operations.PAGES_DELETE.since == ""
    assert operations.LOGGING_LIVE_TRAIL.requires == ("manage:system",)


def test_constructors_and_methods_of_both_clients_say_the_same():
    compared = 0
    for name, namespace in SYNC.items():
        other = getattr(aio, f"Async{name}")
        public = [method for method in vars(namespace) if not method.startswith("_")]
        assert public == [method for method in vars(other) if not method.startswith("_")]
        if name == "GeneratedClient":
            continue
        for method in public:
            mine, theirs = getattr(namespace, method), getattr(other, method)
            assert list(inspect.signature(mine).parameters.values()) == list(
                inspect.signature(theirs).parameters.values()
            )
            operation = f"{name[0].lower()}{name[1:]}_{method.rstrip('_')}"
            assert mine.__doc__ == theirs.__doc__
            assert inspect.cleandoc(mine.__doc__) == inspect.cleandoc(getattr(operations, operation).__doc__)
            compared += 1
    assert compared == len(SPECS)


def test_importing_a_client_loads_neither_models_nor_build_tools():
    loaded = modules_after("import wikijs_generated.client, wikijs_generated.aio")
    assert not loaded & {"ariadne_codegen", "graphql", "pydantic", "httpx2"}
    parts = ("wikijs_generated.methods", "wikijs_generated.specs")
    assert {name for name in loaded if name.startswith("wikijs_generated.") and not name.startswith(parts)} == {
        "wikijs_generated.aio",
        "wikijs_generated.client",
    }


def test_an_operation_loads_its_own_namespace_only():
    loaded = modules_after("from wikijs import ops; ops.pages_list()")
    assert {name for name in loaded if name.startswith("wikijs_generated.")} == {
        "wikijs_generated.specs",
        "wikijs_generated.specs.fragment_sources",
        "wikijs_generated.specs.pages",
    }
    assert not loaded & {"pydantic", "httpx2"}


def test_all_operations_are_gathered_and_each_is_found_by_its_name():
    assert set(wikijs.ops.__dir__()) == {name for name in operations.__all__ if name != "FRAGMENTS"}
    assert wikijs.ops.PAGES_LIST is operations.PAGES_LIST
    with pytest.raises(AttributeError, match=r"wikijs\.ops.* no attribute 'nope'"):
        wikijs.ops.nope  # noqa: B018


def test_an_operation_loads_the_models_it_needs_and_no_others():
    before = modules_after("import wikijs_generated.operations")
    after = modules_after("from wikijs_generated import operations; operations.PAGES_LIST.result")
    assert {name for name in after - before if name.startswith("wikijs_generated")} == {
        "wikijs_generated.base_model",
        "wikijs_generated.fragments",
        "wikijs_generated.fragments.page_summary",
        "wikijs_generated.pages_list",
    }


def test_every_public_name_can_be_imported():
    assert len(dir(wikijs_generated)) > 80
    for name in dir(wikijs_generated):
        assert getattr(wikijs_generated, name).__name__ == name


def test_every_file_says_that_it_is_generated():
    files = list((ROOT / "generated/wikijs_generated").rglob("*.py"))
    header = "# Generated by wikijs.codegen from schema/ and queries/. Do not edit; run `make generate`."
    assert [file for file in files if file.read_text().splitlines()[0] != header] == []
