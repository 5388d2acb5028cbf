"""What the playground answers, and whom."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from wikijs import WikiJSClient, exceptions
from wikijs.playground.answers import Answer, Answers, Asked
from wikijs.sandbox import Sandbox

HOST = "127.0.0.1:4000"
JSON = {"host": HOST, "content-type": "application/json"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed="demo") as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[WikiJSClient]:
    with sandbox.client() as client:
        yield client


@pytest.fixture
def answers(client: WikiJSClient) -> Answers:
    return Answers(client, address=HOST, secret="open-sesame")


def ask(answers: Answers, request: object, headers: Mapping[str, str] = JSON) -> Answer:
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    return answers.answer(Asked("POST", "/open-sesame/graphql", headers, body))


def reply(answers: Answers, request: object) -> Any:
    return json.loads(ask(answers, request).content)


def test_the_page_and_its_files_come_from_here_alone(answers: Answers) -> None:
    page = answers.answer(Asked("GET", "/open-sesame/", {"host": HOST}))
    assert page.status == 200
    assert b"://" not in page.content
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    for name in ("graphiql.min.js", "graphiql.min.css", "react.production.min.js", "react-dom.production.min.js"):
        assert name.encode() in page.content
        file = answers.answer(Asked("GET", f"/open-sesame/{name}", {"host": HOST}))
        assert file.headers["content-encoding"] == "gzip"
        assert gzip.decompress(file.content)


def test_a_query_is_asked_with_the_credentials_of_the_client(answers: Answers) -> None:
    request = {"query": "query Q($id: Int!) { pages { single(id: $id) { path } } }", "variables": {"id": 2}}
    assert reply(answers, request) == {"data": {"pages": {"single": {"path": "handbook"}}}}


def test_errors_come_back_without_the_innards_of_the_server(answers: Answers) -> None:
    assert reply(answers, {"query": "{ pages { nope } }"})["errors"][0]["message"].startswith("Cannot query field")
    found = reply(answers, {"query": "{ pages { a: single(id: 9999) { id } list(limit: 1) { id } } }"})
    assert found["data"]["pages"]["a"] is None
    assert "stack" not in json.dumps(found)


def test_no_token_is_in_any_answer(answers: Answers, sandbox: Sandbox) -> None:
    everything = [
        answers.answer(Asked("GET", f"/open-sesame/{name}", {"host": HOST})) for name in ("", "playground.js")
    ]
    everything += [ask(answers, {"query": "{ pages { list { id } } }"}), ask(answers, {"query": "{ nope }"})]
    for answer in everything:
        assert sandbox.api_key.encode() not in answer.content
        assert "eyJ" not in str(answer.headers)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"host": HOST}, 404),
        ("GET", "/open-sesam/", {"host": HOST}, 404),
        ("GET", "/open-sesame/../pyproject.toml", {"host": HOST}, 404),
        ("GET", "/open-sesame/LICENSES.txt", {"host": HOST}, 404),
        ("POST", "/open-sesame/", {"host": HOST}, 404),
        ("GET", "/open-sesame/graphql", JSON, 405),
        ("GET", "/open-sesame/", {"host": "evil.example.com:4000"}, 403),
        ("GET", "/open-sesame/", {}, 403),
        ("POST", "/open-sesame/graphql", {**JSON, "origin": "https://evil.example.com"}, 403),
        ("POST", "/open-sesame/graphql", {**JSON, "origin": "null"}, 403),
        ("POST", "/open-sesame/graphql", {"host": HOST, "content-type": "text/plain"}, 415),
        ("POST", "/open-sesame/graphql", {"host": HOST}, 415),
    ],
)
def test_other_sites_and_other_users_get_nothing(
    answers: Answers, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = answers.answer(Asked(method, path, headers, b'{"query": "{ pages { list { id } } }"}'))
    assert answer.status == status
    assert b"handbook" not in answer.content


@pytest.mark.parametrize("origin", [f"http://{HOST}", "http://localhost:4000"])
def test_its_own_page_may_ask(answers: Answers, origin: str) -> None:
    assert ask(answers, {"query": "{ __typename }"}, {**JSON, "origin": origin}).status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"query": 3}', b"\xff"])
def test_what_is_no_request(answers: Answers, body: bytes) -> None:
    answer = ask(answers, body)
    assert answer.status == 400
    assert json.loads(answer.content) == {"errors": [{"message": "A request needs a query."}]}


def test_a_playground_that_only_reads_refuses_mutations(client: WikiJSClient) -> None:
    answers = Answers(client, address=HOST, secret="open-sesame", read_only=True)
    mutation = "query A { __typename } mutation B { pages { delete(id: 2) { responseResult { succeeded } } } }"
    assert "only reads" in reply(answers, {"query": mutation, "operationName": "B"})["errors"][0]["message"]
    assert client.pages.get(2)
    assert "data" in reply(answers, {"query": '{ pages { searchTags(query: "mutation") } }'})
    assert "Syntax Error" in reply(answers, {"query": "mutation {"})["errors"][0]["message"]


def test_where_introspection_is_off_the_bundled_schema_is_shown(
    answers: Answers, client: WikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> dict[str, Any]:
        raise exceptions.QueryError("GraphQL introspection is not allowed by Apollo Server.")

    monkeypatch.setattr(client, "graphql", refuse)
    found = reply(answers, {"query": "{ __schema { types { name } } }", "operationName": "IntrospectionQuery"})
    assert "PageQuery" in {type_["name"] for type_ in found["data"]["__schema"]["types"]}
    assert reply(answers, {"query": "{ __schema { types { name } } }"})["errors"]


def test_a_wiki_that_does_not_answer_is_a_sentence(
    answers: Answers, client: WikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> dict[str, Any]:
        raise exceptions.TransportError("The server cannot be reached.")

    monkeypatch.setattr(client, "graphql", fail)
    assert reply(answers, {"query": "{ a }"}) == {"errors": [{"message": "The server cannot be reached."}]}


@pytest.mark.parametrize(
    "document",
    [
        'mutation { pages { render(id: 1) { responseResult { message } } } } query Q { search(query: "\\uD83D") }',
        'mutation { site { updateConfig(title: "\\uD83D") { responseResult { message } } } }',
        "mutation { pages {",
        "query Q { a } mutation { b }",
        "subscription { loggingLiveTrail { output } }",
        "{" * 5_000,
    ],
)
def test_what_is_not_known_to_read_only_is_refused(client: WikiJSClient, document: str) -> None:
    answers = Answers(client, address=HOST, secret="open-sesame", read_only=True)
    assert "only reads" in reply(answers, {"query": document})["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"query": "{a}", "variables": ' + b"[" * 500 + b"]" * 500 + b"}"])
def test_json_without_bounds_is_refused(answers: Answers, body: bytes) -> None:
    assert ask(answers, body).status == 400
