"""`/graphql` and its neighbours at the HTTP level; expectations were taken from a running Wiki.js 2.5.314."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from hashlib import sha256
from typing import Any

import httpx2
import pytest

from wikijs.exceptions import APIError
from wikijs.sandbox import Sandbox
from wikijs.sandbox.graphql.schema import executable_schema, missing_resolvers

JSON = {"content-type": "application/json"}
SELECT = "have a selection of subfields."
TYPENAME = {"query": "{__typename}"}
RULES = (
    'mutation($r:[PageRuleInput]!){groups{update(id:1,name:"",redirectOnLogin:"",permissions:[],pageRules:$r)'
    "{responseResult{slug}}}}"
)


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ("{}", 500, "POST body missing. Did you forget use body-parser middleware?"),
        ("[]", 500, "POST body missing. Did you forget use body-parser middleware?"),
        ("", 500, "POST body missing. Did you forget use body-parser middleware?"),
        ('{"query":1}', 400, "GraphQL queries must be strings."),
        ('[{"query":1}]', 400, "GraphQL queries must be strings."),
        ('{"query":""}', 400, "Must provide query string."),
        ('{"query":"{__typename}","variables":"{x"}', 400, "Variables are invalid JSON."),
        ('{"query":"{__typename}","extensions":"{x"}', 400, "Extensions are invalid JSON."),
    ],
)
def test_a_malformed_request_gets_a_line_of_text(http: httpx2.Client, body: str, status: int, text: str) -> None:
    response = http.post("/graphql", content=body, headers=JSON)
    assert (response.status_code, response.text) == (status, text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("nope", "Unexpected token 'n', \"#\" is not valid JSON"),
        ('"str"', 'Unexpected token \'"\', "#" is not valid JSON'),
        ("   ", "Unexpected end of JSON input"),
        ('{"query":"{__typename}"', "Expected ',' or '}' after property value in JSON at position 23"),
        ('{"query" "x"}', "Expected ':' after property name in JSON at position 9"),
        ('{"a":1,}', "Expected double-quoted property name in JSON at position 7"),
        ('{"query":"{__typename}"} x', "Unexpected non-whitespace character after JSON at position 25"),
        ('{"a":tru}', 'Unexpected token \'}\', "{"a":tru}" is not valid JSON'),
        ("{not json", "Expected property name or '}' in JSON at position 1"),
    ],
)
def test_broken_json_is_described_as_node_does(http: httpx2.Client, body: str, message: str) -> None:
    response = http.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json() == {"data": {}, "errors": [{"message": message, "path": []}]}


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"content-type": "application/json; charset=latin1"}, 'unsupported charset "LATIN1"'),
        (JSON | {"content-encoding": "br"}, 'unsupported content encoding "br"'),
    ],
)
def test_an_encoding_it_cannot_read_is_415(http: httpx2.Client, headers: dict[str, str], message: str) -> None:
    response = http.post("/graphql", content=json.dumps(TYPENAME), headers=headers)
    assert (response.status_code, response.json()["errors"][0]["message"]) == (415, message)


def test_a_compressed_body_is_read(http: httpx2.Client) -> None:
    body = gzip.compress(json.dumps(TYPENAME).encode())
    response = http.post("/graphql", content=body, headers=JSON | {"content-encoding": "gzip"})
    assert response.json() == {"data": {"__typename": "Query"}}


def test_a_small_body_that_inflates_beyond_the_limit_is_413(http: httpx2.Client) -> None:
    body = gzip.compress(b" " * 6 * 1024 * 1024)
    response = http.post("/graphql", content=body, headers=JSON | {"content-encoding": "gzip"})
    assert (response.status_code, response.json()["errors"][0]["message"]) == (413, "request entity too large")


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("{pages{list(nope:1){id}}}", ['Unknown argument "nope" on field "PageQuery.list".']),
        ('{pages{single(id:"x"){id}}}', ['Int cannot represent non-integer value: "x"']),
        ("{pages{single{id}}}", ['Field "single" argument "id" of type "Int!" is required, but it was not provided.']),
        (
            "{pages{list}}",
            [f'Field "list" of type "[PageListItem!]!" must {SELECT} Did you mean "list {{ ... }}"?'],
        ),
        ("{pages{list{id{x}}}}", ['Field "id" must not have a selection since type "Int!" has no subfields.']),
        (
            "query($a:Foo){pages{list{idd}}}",
            [
                'Unknown type "Foo".',
                'Cannot query field "idd" on type "PageListItem". Did you mean "id"?',
                'Variable "$a" is never used.',
            ],
        ),
        ("{pages{list{id}} ? }", ['Syntax Error: Cannot parse the unexpected character "?".']),
        ("{pages{list{...F}}}", ['Unknown fragment "F".']),
        ("query Q{__typename} query Q{__typename}", ['There can be only one operation named "Q".']),
        (
            "{pages{list(tags:[1]){id @foo}}}",
            ["String cannot represent a non string value: 1", 'Unknown directive "@foo".'],
        ),
        ("fragment F on Page{id}", ['Fragment "F" is never used.']),
        (
            "query($a:String){pages{single(id:$a){id}}}",
            ['Variable "$a" of type "String" used in position expecting type "Int!".'],
        ),
        ("   ", ["Syntax Error: Unexpected <EOF>."]),
        ("{", ["Syntax Error: Expected Name, found <EOF>."]),
        ('{a(b:"x)}', ["Syntax Error: Unterminated string."]),
        ("nope", ['Syntax Error: Unexpected Name "nope".']),
        ("{pages nope:1}", ['Syntax Error: Expected Name, found Int "1".']),
    ],
)
def test_an_invalid_document_is_described_as_graphql_js_does(
    http: httpx2.Client, query: str, messages: list[str]
) -> None:
    response = http.post("/graphql", json={"query": query})
    assert response.status_code == 400
    assert [error["message"] for error in response.json()["errors"]] == messages
    code = "GRAPHQL_PARSE_FAILED" if messages[0].startswith("Syntax") else "GRAPHQL_VALIDATION_FAILED"
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}
    assert "data" not in response.json()


@pytest.mark.parametrize(
    ("query", "variables", "message", "code"),
    [
        (
            "query($id:Int!){pages{single(id:$id){id}}}",
            {"id": None},
            'Variable "$id" of non-null type "Int!" must not be null.',
            "INTERNAL_SERVER_ERROR",
        ),
        (
            "query($id:Int!){pages{single(id:$id){id}}}",
            {"id": "x"},
            'Variable "$id" got invalid value "x"; Int cannot represent non-integer value: "x"',
            "BAD_USER_INPUT",
        ),
        (
            RULES,
            {"r": [{"id": "x"}]},
            'Variable "$r" got invalid value { id: "x" } at "r[0]"; Field "deny" of required type "Boolean!" was not'
            " provided.",
            "BAD_USER_INPUT",
        ),
        (
            RULES,
            {"r": {"id": "x", "nope": True}},
            'Variable "$r" got invalid value { id: "x", nope: true }; Field "deny" of required type "Boolean!" was not'
            " provided.",
            "BAD_USER_INPUT",
        ),
    ],
)
def test_wrong_variables_are_shown_in_javascript(
    http: httpx2.Client, query: str, variables: dict[str, Any], message: str, code: str
) -> None:
    response = http.post("/graphql", json={"query": query, "variables": variables})
    error = response.json()["errors"][0]
    assert (response.status_code, error["message"], error["extensions"]["code"]) == (400, message, code)


def test_variables_that_are_no_object_are_refused(http: httpx2.Client) -> None:
    response = http.post("/graphql", json=TYPENAME | {"variables": 5})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith("Variables must be provided as an Object")


@pytest.mark.parametrize(
    ("method", "query", "status", "allow"),
    [
        ("PUT", "", 405, "GET, POST"),
        ("DELETE", "", 405, "GET, POST"),
        ("GET", "query=mutation{pages{flushCache{responseResult{slug}}}}", 405, "POST"),
        ("GET", "query={__typename}", 200, None),
        ("GET", "foo=1", 400, None),
        ("GET", "", 400, None),
    ],
)
def test_methods(http: httpx2.Client, method: str, query: str, status: int, allow: str | None) -> None:
    response = http.request(method, f"/graphql?{query}")
    assert (response.status_code, response.headers.get("allow")) == (status, allow)


def test_browsers_get_the_playground(http: httpx2.Client) -> None:
    response = http.get("/graphql", headers={"accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html")


def test_an_unchanged_reply_to_get_is_304(http: httpx2.Client) -> None:
    first = http.get("/graphql?query={__typename}")
    assert first.headers["etag"] == 'W/"20-/8NdYwgmGsmmlrq5Nh8mH1T+tAs"'
    again = http.get("/graphql?query={__typename}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("version", "digest", "text"),
    [(1, "x", "provided sha does not match query"), (2, "x", "Unsupported persisted query version")],
)
def test_persisted_queries_are_checked(http: httpx2.Client, version: int, digest: str, text: str) -> None:
    extensions = {"persistedQuery": {"version": version, "sha256Hash": digest}}
    response = http.post("/graphql", json=TYPENAME | {"extensions": extensions})
    assert (response.status_code, response.text) == (400, text)


def test_persisted_queries_are_forgotten_by_a_new_server(http: httpx2.Client) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(b"{__typename}").hexdigest()}}
    assert http.post("/graphql", json=TYPENAME | {"extensions": extensions}).json()["data"]
    assert http.post("/graphql", json={"extensions": extensions}).json()["data"]
    with httpx2.Client(transport=Sandbox().transport(), base_url="http://other") as other:
        response = other.post("/graphql", json={"extensions": extensions})
    assert response.status_code == 200
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"


def test_batch_entries_fail_alone(http: httpx2.Client) -> None:
    response = http.post("/graphql", json=[TYPENAME, {}, {"query": "{nope}"}])
    assert response.status_code == 200
    assert [list(result) for result in response.json()] == [["data"], ["errors"], ["errors"]]
    assert response.json()[1]["errors"][0]["message"] == "Must provide query string."


def test_subscriptions_over_http_give_null(http: httpx2.Client) -> None:
    response = http.post("/graphql", json={"query": "subscription{loggingLiveTrail{level}}"})
    assert response.json() == {"data": {"loggingLiveTrail": None}}


def test_introspection_is_open(http: httpx2.Client) -> None:
    response = http.post("/graphql", json={"query": "{__schema{queryType{name} types{name}}}"})
    names = {type_["name"] for type_ in response.json()["data"]["__schema"]["types"]}
    assert {"PageQuery", "Upload", "CacheControlScope", "Date"} <= names


def test_a_slash_at_the_end_also_executes(http: httpx2.Client) -> None:
    assert http.post("/graphql/", json=TYPENAME).json() == {"data": {"__typename": "Query"}}
    broken = http.post("/graphql/", content="{bad", headers=JSON)
    assert (broken.status_code, broken.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_health_and_keys(http: httpx2.Client) -> None:
    assert http.get("/healthz").json() == {"ok": True}
    health = http.get("/.well-known/apollo/server-health")
    assert health.headers["content-type"] == "application/health+json; charset=utf-8"
    assert http.get("/.well-known/jwk.json").json()["kty"] == "RSA"
    assert http.get("/.well-known/jwk.pem").text.startswith("-----BEGIN RSA PUBLIC KEY-----\n")
    assert http.head("/healthz").content == b""


async def test_async_clients_need_no_port(sandbox: Sandbox) -> None:
    async with httpx2.AsyncClient(transport=sandbox.transport(), base_url=sandbox.url) as client:
        assert (await client.post("/graphql", json=TYPENAME)).json() == {"data": {"__typename": "Query"}}


async def test_the_asgi_application_answers_the_same(sandbox: Sandbox) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(sandbox.asgi), base_url=sandbox.url) as client:
        response = await client.get("/graphql?query={__typename}")
    assert response.json() == {"data": {"__typename": "Query"}}
    assert response.headers["etag"] == 'W/"20-/8NdYwgmGsmmlrq5Nh8mH1T+tAs"'


def test_threads_share_a_sandbox(sandbox: Sandbox, http: httpx2.Client) -> None:
    statuses: list[int] = []

    def work() -> None:
        for _ in range(20):
            response = http.post("/graphql", json={"query": "{system{info{usersTotal}} site{config{title}}}"})
            statuses.append(response.status_code if "errors" not in response.json() else 0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 80


def test_an_operation_without_a_resolver_says_so(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from wikijs.sandbox.graphql.schema import absent

    field = executable_schema().type_map["SystemQuery"].fields["flags"]  # type: ignore[attr-defined]
    monkeypatch.setattr(field, "resolve", absent("SystemQuery.flags"))
    response = http.post("/graphql", json={"query": "{system{flags{key}}}"})
    assert response.json()["errors"][0]["message"] == "The sandbox does not answer SystemQuery.flags yet."
    assert "SystemQuery.flags" not in missing_resolvers()


MANY = "{pages{" + " ".join(f"a{number}: list{{id title tags}}" for number in range(40)) + " b: single(id: 1){id}}}"


async def test_a_large_request_lets_others_have_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox("50") as sandbox:
        async with sandbox.async_client() as client:
            quick = await client.graphql(MANY)
            monkeypatch.setattr("wikijs.sandbox.graphql.requests.TURN", 0.0)
            order: list[str] = []

            async def ask(name: str, query: str) -> Any:
                answer = await client.graphql(query)
                order.append(name)
                return answer

            long, *_ = await asyncio.gather(ask("long", MANY), ask("short", "{pages{single(id: 1){id}}}"))
            assert order == ["short", "long"]
            assert long == quick
            assert len(long["pages"]["a39"]) == len(long["pages"]["a0"]) >= 50


async def test_what_fails_in_a_large_request_fails_as_in_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    query = MANY.replace("single(id: 1)", "single(id: 999999)")
    with Sandbox("50") as sandbox:
        async with sandbox.async_client() as client, sandbox.async_client(guest=True) as guest:
            told: list[str] = []
            for turn in (60.0, 0.0):
                monkeypatch.setattr("wikijs.sandbox.graphql.requests.TURN", turn)
                for each in (client, guest):
                    with pytest.raises(APIError) as caught:
                        await each.graphql(query)
                    told.append(str(caught.value))
            assert told[:2] == told[2:]
