"""The hand-written operations: complete, valid, described, and free of what the server cannot answer."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    Source,
    build_schema,
    is_composite_type,
    is_object_type,
    parse,
    print_ast,
    validate,
)

from wikijs.codegen.reading.corrections import apply, load, violations
from wikijs.codegen.reading.documents import comment_above
from wikijs.codegen.reading.versions import operations, query_documents

ROOT = Path(__file__).parents[2]
SERVER = build_schema((ROOT / "schema/wikijs.graphql").read_text(encoding="utf-8"))
CORRECTIONS = load(ROOT / "schema/corrections.toml", SERVER)
FILES = sorted((ROOT / "queries").glob("*.graphql"))
DEFINITIONS = [
    (file.stem, definition)
    for file in FILES
    for definition in parse(Source(file.read_text(encoding="utf-8"), file.name)).definitions
]
OPERATIONS = {
    node.name.value: (stem, node)
    for stem, node in DEFINITIONS
    if isinstance(node, OperationDefinitionNode) and node.name
}
FRAGMENTS = {node.name.value: node for _, node in DEFINITIONS if isinstance(node, FragmentDefinitionNode)}
DOCUMENTS = query_documents()
NEEDED = {
    name: {node.name.value for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for name, document in operations(DOCUMENTS).items()
}
VARIANTS = {
    "AuthenticationActiveStrategiesForAdmin",
    "CommentsListForAdmin",
    "CommentsListRendered",
    "CommentsSingleForAdmin",
    "CommentsSingleRendered",
    "GroupsSingleSettings",
    "PagesSingleByPathForEditor",
    "PagesSingleByPathMetadata",
    "PagesSingleByPathRendered",
    "PagesSingleForEditor",
    "PagesSingleMetadata",
    "PagesSingleRendered",
    "StorageStatusDetail",
    "SystemInfoAccounts",
    "SystemInfoContent",
    "SystemInfoVersion",
}


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def server_operations() -> dict[str, str]:
    """Kind of each operation that the SDL has, by the name that its document must have."""
    found = {"LoggingLiveTrail": "subscription"}
    for kind, root in (("query", SERVER.query_type), ("mutation", SERVER.mutation_type)):
        assert root is not None
        for namespace, field in root.fields.items():
            assert isinstance(field.type, GraphQLObjectType)
            found |= {pascal(namespace) + pascal(name): kind for name in field.type.fields}
    return found


def only_field(node: OperationDefinitionNode | FieldNode) -> FieldNode:
    assert node.selection_set is not None
    [field] = node.selection_set.selections
    assert isinstance(field, FieldNode)
    return field


def call_of(node: OperationDefinitionNode) -> FieldNode:
    """The field of the namespace, or the subscription's field."""
    root = only_field(node)
    return root if node.operation.value == "subscription" else only_field(root)


each_operation = pytest.mark.parametrize("name", sorted(OPERATIONS))


def test_every_operation_of_the_server_is_there_once() -> None:
    expected = server_operations()
    assert Counter(expected.values()) == {"query": 48, "mutation": 71, "subscription": 1}
    written = [
        node.name.value
        for _, node in DEFINITIONS
        if isinstance(node, OperationDefinitionNode) and node.name is not None
    ]
    assert len(written) == len(set(written))
    assert set(written) - VARIANTS == set(expected)
    assert {name: OPERATIONS[name][1].operation.value for name in expected} == expected


@each_operation
def test_an_operation_calls_the_field_it_is_named_for_in_the_file_of_its_namespace(name: str) -> None:
    stem, node = OPERATIONS[name]
    called = pascal(only_field(node).name.value)
    if node.operation.value != "subscription":
        called += pascal(call_of(node).name.value)
        assert stem == only_field(node).name.value
    assert name == called or (name in VARIANTS and name.startswith(called))


def test_all_documents_are_valid_for_the_server_and_for_the_corrected_schema() -> None:
    assert validate(SERVER, DOCUMENTS) == []
    assert validate(apply(SERVER, CORRECTIONS), DOCUMENTS) == []


def test_nothing_unselectable_is_selected() -> None:
    assert violations(DOCUMENTS, CORRECTIONS, SERVER) == []


@each_operation
def test_all_arguments_are_variables_of_the_same_name_and_type_required_ones_first(name: str) -> None:
    _, node = OPERATIONS[name]
    call = call_of(node)
    root = SERVER.get_root_type(node.operation)
    assert root is not None
    if node.operation.value != "subscription":
        namespace = root.fields[only_field(node).name.value].type
        assert isinstance(namespace, GraphQLObjectType)
        root = namespace
    taken = {arg: str(argument.type) for arg, argument in root.fields[call.name.value].args.items()}
    variables = {definition.variable.name.value: print_ast(definition.type) for definition in node.variable_definitions}
    assert variables == taken
    assert [print_ast(argument) for argument in call.arguments] == [f"{arg}: ${arg}" for arg in variables]
    required = [kind.endswith("!") for kind in variables.values()]
    assert required == sorted(required, reverse=True)


@each_operation
def test_the_leaf_is_one_named_fragment_a_response_status_or_a_scalar(name: str) -> None:
    call = call_of(OPERATIONS[name][1])
    if call.selection_set is None:
        assert name in {"AuthenticationApiState", "PagesSearchTags", "PagesCheckConflicts"}
        return
    [leaf] = call.selection_set.selections
    if isinstance(leaf, FieldNode):
        assert print_ast(leaf).split() == ["responseResult", "{", "...ResponseStatus", "}"]
    else:
        assert isinstance(leaf, FragmentSpreadNode)


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
def test_objects_inside_a_fragment_are_one_named_fragment_and_the_outcome_comes_first(name: str) -> None:
    selections = FRAGMENTS[name].selection_set.selections
    for selection in selections:
        if isinstance(selection, FieldNode) and selection.selection_set:
            [inner] = selection.selection_set.selections
            assert isinstance(inner, FragmentSpreadNode)
    fields = [selection.name.value for selection in selections if isinstance(selection, FieldNode)]
    assert "responseResult" not in fields[1:]


def test_every_mutation_asks_for_its_outcome() -> None:
    for name, (_, node) in OPERATIONS.items():
        if node.operation.value == "mutation":
            assert "ResponseStatus" in NEEDED[name], name


def test_fragment_names_are_free_of_operations_enums_and_inputs() -> None:
    assert not FRAGMENTS.keys() & OPERATIONS.keys()
    for name in FRAGMENTS:
        type_ = SERVER.type_map.get(name)
        assert type_ is None or (is_composite_type(type_) and is_object_type(type_)), name


def test_fragments_for_readers_ask_for_guarded_fields_only_where_they_say_so() -> None:
    guarded = json.loads((ROOT / "schema/facts.json").read_text(encoding="utf-8"))["field_permissions"]
    open_to_readers = {
        "PageMetadata": set[str](),
        "PageRendered": set[str](),
        "Page": {"content"},
        "RenderedComment": set[str](),
        "Comment": {"content"},
        "LoginStrategy": set[str](),
        "AuthenticationModule": set[str](),
    }
    for name, allowed in open_to_readers.items():
        owner = FRAGMENTS[name].type_condition.name.value
        chosen = {
            selection.name.value
            for selection in FRAGMENTS[name].selection_set.selections
            if isinstance(selection, FieldNode)
        }
        assert {field for field in chosen if f"{owner}.{field}" in guarded} == allowed, name


@pytest.mark.parametrize("name", sorted([*OPERATIONS, *FRAGMENTS]))
def test_everything_is_described_by_a_comment_whose_first_line_is_one_sentence(name: str) -> None:
    node = OPERATIONS[name][1] if name in OPERATIONS else FRAGMENTS[name]
    lines = comment_above(node).splitlines()
    assert lines
    assert re.fullmatch(r"[A-Z].*\.", lines[0])
    assert lines[1:2] in ([], [""])
    assert all(len(line) <= 110 for line in lines)


def test_every_fragment_is_used() -> None:
    assert set[str]().union(*NEEDED.values()) == FRAGMENTS.keys()
