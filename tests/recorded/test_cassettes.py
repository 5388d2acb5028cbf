"""Nothing that was recorded holds a token, a trace of the machine it was recorded on, or personal data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.cassettes import keep_request, keep_response
from support.jwt import api_key, login_token
from support.wiki import login_body

TESTS = Path(__file__).parents[1]
CASSETTES = sorted((TESTS / "cassettes").glob("*.yaml"))
RECORDINGS = sorted((TESTS / "recordings").glob("*.json"))
FORBIDDEN = {
    "a token": re.compile(r"eyJ[\w-]{5,}"),
    "a credential": re.compile(r"(?i)bearer\s|\bauthorization:|set-cookie:|new-jwt:|\bjwt=ey"),
}
FORBIDDEN_IN_CASSETTES = {
    **FORBIDDEN,
    "an address": re.compile(r"\b(?!192\.0\.2\.1\b)\d{1,3}(?:\.\d{1,3}){3}\b"),
    "a mail address": re.compile(r"[\w.+-]+@(?!example\.com|localhost\b)[\w-]+(?:\.[\w-]+)*"),
    "a host": re.compile(r"uri: (?!http://wiki\.example\.com/)"),
    "a path": re.compile(r"(?<![\w.:/])/(?:work|home|root(?!/wiki\b)|usr|srv|opt|var)/"),
    "a stack trace": re.compile(r"\n?\s+at .+:\d+:\d+"),
    "a password": re.compile(r"Passw0rd"),
}


def test_there_are_cassettes_of_both_clients() -> None:
    assert len(CASSETTES) == 12
    assert sum("[async]" in path.name for path in CASSETTES) == 6


@pytest.mark.parametrize("what", FORBIDDEN_IN_CASSETTES)
@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_no_cassette_holds(path: Path, what: str) -> None:
    assert FORBIDDEN_IN_CASSETTES[what].search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_no_recording_holds(path: Path, what: str) -> None:
    assert FORBIDDEN[what].search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a token", f'"jwt":"{api_key()}"'),
        ("a credential", "authorization:\n    - Bearer abc"),
        ("a credential", "Set-Cookie:"),
        ("an address", '"10.0.0.7"'),
        ("a mail address", "ada@lovelace.org"),
        ("a host", "uri: http://127.0.0.1:3000/graphql"),
        ("a path", '"/home/ada/wiki"'),
        ("a stack trace", "    at Foo (/wiki/x.js:1:2)"),
    ],
)
def test_these_checks_find_what_they_look_for(what: str, text: str) -> None:
    assert FORBIDDEN_IN_CASSETTES[what].search(text)


def kept(body: Any, **headers: str) -> str:
    """What is kept of an answer."""
    response = {"status": {"code": 200}, "headers": headers, "body": {"string": json.dumps(body).encode()}}
    return str(keep_response(response))


def test_of_an_answer_no_token_and_no_header_but_the_content_type_is_kept() -> None:
    text = kept(login_body(continuationToken="abc"), **{"Content-Type": "application/json", "New-JWT": login_token()})
    assert "eyJ" not in text
    assert "abc" not in text
    assert "'headers': {'content-type': 'application/json'}" in text
    assert "<jwt>" in text


def test_of_an_answer_no_machine_person_or_long_text_is_kept() -> None:
    info = {"hostname": "anna", "workingDirectory": "/srv/anna", "telemetryClientId": "4f3a", "dbHost": "10.0.0.7"}
    people = {"email": "anna@firm.org", "note": "from http://localhost:3000 and 10.0.0.8", "keyShort": "...xyz"}
    module = {"description": "x" * 50, "value": json.dumps({"title": "anna", "hint": "anna", "value": "anna@firm.org"})}
    text = kept({"data": [info, people, module], "errors": [{"stack": "at anna", "stacktrace": ["at anna"]}]})
    for secret in ("anna", "4f3a", "10.0.0", "localhost", "firm.org", "xyz", "xxx"):
        assert secret not in text


def test_of_a_request_its_name_and_variables_are_kept_without_passwords() -> None:
    variables = {"username": "ada@example.com", "password": "hunter2"}
    body = {"operationName": "AuthenticationLogin", "query": "mutation ...", "variables": variables}
    request = SimpleNamespace(
        uri="http://127.0.0.1:3000/graphql", headers={"authorization": "Bearer x"}, body=json.dumps(body)
    )
    kept_request = keep_request(request)
    assert kept_request.uri == "http://wiki.example.com/graphql"
    assert kept_request.headers == {}
    assert json.loads(kept_request.body) == {
        "operationName": "AuthenticationLogin",
        "variables": {"username": "ada@example.com", "password": "<password>"},
    }
