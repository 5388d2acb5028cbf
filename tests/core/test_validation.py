"""`graphql(validate=True)`: mistakes are found before anything is sent."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from support.jwt import api_key
from support.recordings import Replay, step

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions

URL = "http://wiki.example.com"

MISTAKES = {
    '{ pages { singleByPat(path: "a", locale: "en") { id } } }': "Line 1, column 11: .*Did you mean 'singleByPath'",
    "{ pages { list { id }": "Line 1, column 22: Syntax Error",
    "{\n  pages {\n    list { titel wrong }\n  }\n}": "Line 3, column 12: .*'title'.* Line 3, column 18: ",
    "query A { __typename } query B { __typename }": "say with operation_name",
}


@pytest.mark.parametrize("document", MISTAKES)
async def test_a_document_that_does_not_fit_is_refused_and_not_sent(document: str) -> None:
    replay = Replay(AssertionError("Nothing was to be sent."))
    with (
        WikiJSClient(URL, auth=api_key(), http_client=replay.client()) as client,
        pytest.raises(exceptions.QueryError, match=MISTAKES[document]),
    ):
        client.graphql(document, validate=True)
    async with AsyncWikiJSClient(URL, auth=api_key(), http_client=replay.async_client()) as client:
        with pytest.raises(exceptions.QueryError, match=MISTAKES[document]):
            await client.graphql(document, validate=True)


DOCUMENT = "query Q($id: Int!) { pages { single(id: $id) { id } } }"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"id": "secret-text"}, r"The value of \$id does not fit its type, Int!\."),
        ({}, r"The value of \$id does not fit its type, Int!\."),
        ({"id": 1, "nme": "x"}, r"The document has no variable \$nme\."),
    ],
)
def test_variables_are_checked_without_quoting_their_values(variables: dict[str, Any], message: str) -> None:
    with WikiJSClient(URL, auth=api_key()) as client, pytest.raises(exceptions.QueryError, match=message) as caught:
        client.graphql(DOCUMENT, variables, validate=True)
    assert "secret-text" not in str(caught.value)


def test_a_document_that_fits_is_sent() -> None:
    recorded = step("transport", "deep query")
    with WikiJSClient(URL, auth=api_key(), http_client=Replay(recorded.reply()).client()) as client:
        assert client.graphql("{ groups { single(id: 1) { users { id } } } }", validate=True)


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphql", None)
    with (
        WikiJSClient(URL, auth=api_key()) as client,
        pytest.raises(exceptions.ConfigurationError, match=r"py-wikijs\[codegen\]"),
    ):
        client.graphql("{ a }", validate=True)
