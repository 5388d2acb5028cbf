"""Which documents are writes: those that ask for a mutation, not those that speak of one."""

from __future__ import annotations

import time
from typing import Final

import graphql
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.recordings import steps

from wikijs.core.documents.bounds import too_much
from wikijs.core.documents.marks import operations, writes

MUCH: Final = [
    ("{a b}", 4, 1, None), ("{a b}", 3, 1, "more than 3 tokens"), ("{a{b}}", 9, 1, "deeper than 1"),
    ("{a(b:[{c:1}])}", 99, 4, None), ("{a(b:[{c:1}])}", 99, 3, "deeper than 3"), ("{a}{a}{a}", 99, 1, None),
    ('{a(b:"{{{{ \\" {{")}', 8, 2, None), ('{a(b:"""{{ \\""" " {{""")}', 8, 2, None), ("#{{{{\n{a}", 3, 1, None),
    ("{a ...b, c : -1.5e3}", 8, 1, None), ("\ufeff ,,, ", 0, 0, None), ('"""never ends {{', 1, 0, None),
    ('"never ends {{\n{', 2, 1, None), ('"""' + '\\"""' * 50_000, 1, 0, None), ("}" * 9 + "{", 10, 9, None),
]  # fmt: skip


@pytest.mark.parametrize(("document", "tokens", "depth", "said"), MUCH)
def test_what_is_too_much_is_known_without_parsing(document: str, tokens: int, depth: int, said: str | None) -> None:
    found = too_much(document, tokens=tokens, depth=depth)
    assert (found is None) if said is None else (found is not None and said in found)


READS: Final = [
    "{ pages { list { id } } }",
    "query { mutation }",
    "query mutation { a }",
    "query Q { a mutation: b(mutation: true) { mutation } }",
    'query Q($mutation: String = "mutation") { a(b: $mutation) }',
    '{ a(text: "mutation { b }") }',
    '{ a(text: "say \\"mutation {\\" twice") }',
    '{ a(text: """mutation { b }""") }',
    '{ a(text: """he said \\""" mutation { and "quotes" """) }',
    '{ a(text: "") mutation }',
    "# mutation M { b }\n{ a }",
    "{ a } # mutation { b }",
    "fragment mutation on Page { id } query { a { ...mutation } }",
    "query Q @mutation { a }",
    'query Q @ mutation (reason: "mutation") { a }',
    "query Q($a: [Input!] = {mutation: 1}) @skip(if: true) { a }",
    "\ufeff,,query,Q,{,mutation,}",
    "subscription mutation { loggingLiveTrail { output } }",
]
WRITES: Final = [
    "mutation { a }",
    "mutation M { a }",
    "mutation query { a }",
    "mutation($id: Int!) { a(id: $id) { b } }",
    "mutation @live { a }",
    "# a query\nmutation{a}",
    '# "\nmutation { a(text: "\\\\") }',
    "fragment F on A { b } mutation M { a { ...F } }",
    "\ufeff \t mutation\nM\r{ a }",
]
UNCLEAR: Final = ["{ mutation", "mutation }", '{ a(b: "mutation }', "{ a } } mutation", '{ a(b: """mutation ") }']


@pytest.mark.parametrize("document", READS)
def test_a_query_that_speaks_of_mutations_is_a_read(document: str) -> None:
    assert not writes(document)


@pytest.mark.parametrize("document", WRITES)
def test_a_mutation_is_a_write(document: str) -> None:
    assert writes(document)


@pytest.mark.parametrize("document", UNCLEAR)
def test_what_makes_no_sense_is_taken_for_a_write(document: str) -> None:
    assert operations(document) is None
    assert writes(document)


@pytest.mark.parametrize(
    ("name", "expected"), [("Read", False), ("Write", True), (None, True), ("Neither", True), ("Also", False)]
)
def test_the_name_of_the_operation_decides(name: str | None, expected: bool) -> None:
    document = "query Read { mutation } mutation Write { a } query Also { a } fragment Write on A { b }"
    assert writes(document, name) is expected


def test_of_queries_alone_none_is_a_write() -> None:
    assert not writes("query A { mutation } query B { a }")


def test_a_long_document_takes_a_moment() -> None:
    begun = time.perf_counter()
    for text in (
        '"""' + "\\" * 200_000,
        '"""' + '\\"""' * 50_000,
        '"' + "\\\\" * 100_000,
        "{" * 200_000,
        '"" ' * 60_000,
    ):
        writes("mutation " + text)
    assert time.perf_counter() - begun < 2


def parsed(document: str) -> list[tuple[str | None, str]]:
    """The truth, by the reference parser."""
    found = graphql.parse(document).definitions
    return [
        (each.name.value if each.name else None, each.operation.value)
        for each in found
        if isinstance(each, graphql.OperationDefinitionNode)
    ]


def test_recorded_documents_are_told_as_the_parser_tells_them() -> None:
    documents = {
        request["query"]
        for step in steps()
        for request in [step.request.get("json")]
        if isinstance(request, dict) and isinstance(request.get("query"), str)
    }
    understood = 0
    for document in documents:
        try:
            wanted = parsed(document)
        except graphql.GraphQLError:
            continue
        assert operations(document) == wanted, document
        understood += 1
    assert understood > 100


NAMES: Final = st.sampled_from(["mutation", "query", "fragment", "a", "_b1"])
STRINGS: Final = st.sampled_from(
    ['"mutation {"', '"\\"}"', '"""a "b" \\""" }"""', '""', '""""""', '"#"', "1", "$mutation"]
)
COMMENTS: Final = st.sampled_from(["", " ", "\n# mutation {\n", ",", '\n#"\n'])
FIELDS: Final = st.builds(lambda name, text, space: f"{name}(mutation: {text}){space}", NAMES, STRINGS, COMMENTS)
SETS: Final = st.builds(lambda fields: "{" + " ".join(fields) + "}", st.lists(FIELDS, min_size=1, max_size=3))
HEADS: Final = st.one_of(
    st.builds(
        lambda kind, name, space, extra: f"{kind} {name}{space}{extra}",
        st.sampled_from(["query", "mutation", "subscription"]),
        st.one_of(st.just(""), NAMES),
        COMMENTS,
        st.sampled_from(["", '($a: B = {c: ["}"]})', ' @mutation(if: "{")']),
    ),
    st.builds(lambda name: f"fragment {name} on mutation ", st.sampled_from(["mutation", "a"])),
)


@given(
    st.lists(st.builds(lambda head, space, body: head + space + body, HEADS, COMMENTS, SETS), min_size=1, max_size=3)
)
@settings(max_examples=150, deadline=None)
def test_documents_of_any_shape_are_told_as_the_parser_tells_them(definitions: list[str]) -> None:
    document = "\n".join(definitions)
    assert operations(document) == parsed(document)
