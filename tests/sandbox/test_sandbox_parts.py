"""The sandbox's parts: state, time, rules, limits, faults, races."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from contextlib import nullcontext
from pathlib import Path

import graphql
import httpx2
import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st
from replay import FakeClock

from wikijs import exceptions
from wikijs.sandbox import DataFileError, FaultError, Sandbox, UnknownSeedError
from wikijs.sandbox.accounts.permissions import Viewer, allowed
from wikijs.sandbox.accounts.tokens import hash_password, password_matches
from wikijs.sandbox.clock import seconds, timestamp
from wikijs.sandbox.graphql import requests
from wikijs.sandbox.graphql.errors import CODES, CodedError, UncodedError, graphql_js, responds, success
from wikijs.sandbox.graphql.interleave import interleave, pause, run, run_async
from wikijs.sandbox.graphql.ratelimit import RateLimits
from wikijs.sandbox.graphql.schema import executable_schema, field_names
from wikijs.sandbox.graphql.variables import inspect_javascript
from wikijs.sandbox.http.faults import parse_failure, parse_latency
from wikijs.sandbox.http.messages import Request
from wikijs.sandbox.resolvers import snake_case
from wikijs.sandbox.storage.database import Database

READER = Viewer(3, "R", "r@example.com", ("read:pages",), (3,))


def rule(match: str, path: str, *, deny: bool = False, locales: tuple[str, ...] = ()) -> dict[str, object]:
    return {"match": match, "path": path, "deny": deny, "locales": list(locales), "roles": ["read:pages"]}


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ([], "a", False),
        ([rule("START", "")], "a/b", True),
        ([rule("START", "a")], "b", False),
        ([rule("START", ""), rule("START", "a", deny=True)], "a/b", False),
        ([rule("START", "", deny=True), rule("START", "a")], "a/b", True),
        ([rule("START", "a"), rule("START", "a", deny=True)], "a/b", False),
        ([rule("START", "a/b", deny=True), rule("EXACT", "a/b")], "a/b", True),
        ([rule("END", "/b")], "a/b", True),
        ([rule("REGEX", "^a.b$")], "a/b", True),
        ([rule("REGEX", "(")], "(", False),
        ([rule("TAG", "x")], "a", True),
        ([rule("TAG", "y")], "a", False),
        ([rule("START", "", locales=("en",))], "a", True),
        ([rule("START", "", locales=("fr",))], "a", False),
    ],
)
def test_page_rules(rules: list[dict[str, object]], path: str, *, expected: bool) -> None:
    assert allowed(READER, ["read:pages"], rules, path, "en", ["x"]) is expected


def test_rules_for_locales_do_not_apply_where_none_is_known() -> None:
    assert not allowed(READER, ["read:pages"], [rule("START", "", locales=("en",))], "a")


def test_rules_give_nothing_that_is_not_held_globally() -> None:
    everything = [rule("START", "") | {"roles": ["write:pages"]}]
    assert not allowed(READER, ["write:pages"], everything, "a")
    assert not allowed(None, ["read:pages"], everything, "a")
    assert allowed(Viewer(1, "A", "a", ("manage:system",), (1,)), ["write:pages"], [], "a")


def test_rate_limits_are_windows_opened_by_the_first_call() -> None:
    clock = FakeClock(1000.0)
    limits = RateLimits(clock, enabled=True)
    for _ in range(2):
        limits.count("x", "1.1.1.1", 2, 60)
    clock.now += 0.5
    with pytest.raises(GraphQLError, match=r"^Too many requests, please try again in 60 seconds\.$"):
        limits.count("x", "1.1.1.1", 2, 60)
    limits.count("x", "2.2.2.2", 2, 60)
    limits.count("y", "1.1.1.1", 2, 60)
    clock.now += 59.5
    limits.count("x", "1.1.1.1", 2, 60)


def test_rate_limits_count_before_permissions() -> None:
    wiki = Sandbox(rate_limit=True)
    query = {"query": 'mutation{comments{create(pageId:1,content:"xx"){id}}}'}
    with httpx2.Client(transport=wiki.transport(), base_url=wiki.url) as client:
        messages = [client.post("/graphql", json=query).json()["errors"][0]["message"] for _ in range(2)]
    assert messages == ["Forbidden", "Too many requests, please try again in 15 seconds."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", 1800),
        ("14d", 14 * 86400),
        ("1y", 31_557_600),
        ("365", 0.365),
        ("2 days", 172_800),
        ("zzz", None),
        ("", None),
    ],
)
def test_time_spans(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


def test_timestamps_have_milliseconds() -> None:
    assert timestamp(1_800_000_000.0456) == "2027-01-15T08:00:00.045Z"


@given(st.text(max_size=20))
def test_any_text_is_a_time_span_or_none(text: str) -> None:
    assert seconds(text) is None or isinstance(seconds(text), float)


def test_ids_are_never_given_twice_even_after_a_failure() -> None:
    db = Database()
    row = {"tag": "a", "createdAt": "", "updatedAt": ""}
    assert db.insert("tags", row) == 1
    with pytest.raises(sqlite3.IntegrityError):
        db.insert("tags", row)
    assert db.insert("tags", row | {"tag": "b"}) == 3


def test_an_update_moves_a_row_to_the_end_of_the_heap(sandbox: Sandbox) -> None:
    order = "SELECT id FROM users ORDER BY heap"
    assert [row["id"] for row in sandbox.db.all(order)] == [2, 1]
    sandbox.db.update("users", 2, {"name": "Visitor"})
    assert [row["id"] for row in sandbox.db.all(order)] == [1, 2]


def test_rows_have_booleans_and_lists(sandbox: Sandbox) -> None:
    group = sandbox.db.one("SELECT * FROM groups WHERE id = 1")
    assert group
    assert (group["isSystem"], group["permissions"]) == (True, ["manage:system"])


def test_seeding_that_fails_leaves_nothing() -> None:
    db = Database()

    def seed() -> None:
        with db.together():
            db.save_setting("x", {"a": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        seed()
    assert db.setting("x") == {}


def test_a_data_file_outlives_its_sandbox(tmp_path: Path) -> None:
    file = tmp_path / "wiki.db"
    first = Sandbox(data=file)
    first.db.save_setting("site", first.db.setting("site") | {"title": "Kept"})
    key = first.api_key
    first.close()
    again = Sandbox(data=file)
    query = {"query": "{site{config{title}}}"}
    with httpx2.Client(transport=again.transport(), base_url=again.url) as client:
        response = client.post("/graphql", json=query, headers={"authorization": f"Bearer {key}"})
    assert response.json() == {"data": {"site": {"config": {"title": "Kept"}}}}
    again.close()


def test_data_files_of_others_are_refused(tmp_path: Path) -> None:
    text, other, old = tmp_path / "text", tmp_path / "other", tmp_path / "old"
    text.write_text("not a database, but long enough to look at its header; " * 20)
    for file, statement in ((other, "CREATE TABLE x (y)"), (old, "PRAGMA user_version = 999")):
        if file == old:
            Sandbox(data=file).close()
        connection = sqlite3.connect(file)
        connection.execute(statement)
        connection.commit()
        connection.close()
    for file, words in (
        (text, "cannot be opened"),
        (other, "belongs to another program"),
        (old, "made by another version"),
        (tmp_path, "cannot be opened"),
    ):
        with pytest.raises(DataFileError, match=words):
            Sandbox(data=file)


@pytest.mark.parametrize("seed", ["nope", "-1", -1, ""])
def test_unknown_seeds_are_refused(seed: str | int) -> None:
    with pytest.raises(UnknownSeedError, match="There is no seed"):
        Sandbox(seed)


@pytest.mark.parametrize("text", ["502", "502:2", "200:0.1", "abc", "599:0.1", "502:-1"])
def test_failures_are_checked(text: str) -> None:
    with pytest.raises(FaultError, match=r"such as 502:0\.1"):
        parse_failure(text)


@pytest.mark.parametrize("text", ["fast", "25", "-1ms", "25 parsecs", -1])
def test_latencies_are_checked(text: str | float) -> None:
    with pytest.raises(FaultError, match="such as 25ms"):
        parse_latency(text)


def test_latencies() -> None:
    assert [parse_latency(text) for text in ("25ms", "0.5s", "0", 2)] == [0.025, 0.5, 0.0, 2.0]


def test_a_share_of_requests_fails() -> None:
    wiki = Sandbox(fail="502:0.5")
    with httpx2.Client(transport=wiki.transport(), base_url=wiki.url) as client:
        statuses = [client.get("/healthz").status_code for _ in range(100)]
    assert set(statuses) == {200, 502}
    assert 30 < statuses.count(502) < 70


async def test_latency_delays_answers() -> None:
    wiki = Sandbox(latency="30ms")
    began = time.perf_counter()
    wiki.handle(Request("GET", "/healthz"))
    await asyncio.gather(*(wiki.handle_async(Request("GET", "/healthz")) for _ in range(20)))
    assert 0.06 <= time.perf_counter() - began < 0.5


async def phases(name: str, log: list[str]) -> str:
    """A write with a pause in the middle."""
    log.append(f"{name} begins")
    await pause()
    log.append(f"{name} ends")
    return name


def test_work_is_interleaved_at_pauses() -> None:
    log: list[str] = []
    assert run(interleave([phases("a", log), phases("b", log)]), nullcontext()) == ["a", "b"]
    assert log == ["a begins", "b begins", "a ends", "b ends"]


def test_an_error_lets_the_others_end() -> None:
    log: list[str] = []

    async def fails() -> str:
        await pause()
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        run(interleave([fails(), phases("b", log)]), nullcontext())
    assert log == ["b begins", "b ends"]


async def test_requests_of_one_event_loop_meet_at_pauses() -> None:
    log: list[str] = []
    await asyncio.gather(*(run_async(phases(name, log), nullcontext()) for name in "ab"))
    assert log == ["a begins", "b begins", "a ends", "b ends"]


async def test_mutations_answer_with_their_errors() -> None:
    @responds
    def fails(code: int | None) -> dict[str, object]:
        if code is None:
            return success("fine")
        raise CodedError(code) if code else UncodedError("bad", "TypeError")

    @responds
    async def fails_later() -> None:
        await asyncio.sleep(0)
        raise CodedError(1012, "Too short")

    assert fails(None)["responseResult"] == {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "fine"}
    coded = {"succeeded": False, "errorCode": 6003, "slug": "PageNotFound", "message": "This page does not exist."}
    assert fails(6003)["responseResult"] == coded
    uncoded = {"succeeded": False, "errorCode": 1, "slug": "TypeError", "message": "bad"}
    assert fails(0)["responseResult"] == uncoded
    assert (await fails_later())["responseResult"]["message"] == "Too short"


def test_codes_have_one_slug_each() -> None:
    assert len({slug for slug, _ in CODES.values()}) == len(CODES)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Cannot query field 'a' on type 'B'.", 'Cannot query field "a" on type "B".'),
        ("Expected 'it''s' x", 'Expected "it""s" x'),
        ('Value: "it\'s"', 'Value: "it\'s"'),
    ],
)
def test_messages_are_requoted(theirs: str, ours: str) -> None:
    assert graphql_js(theirs) == ours


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": {"b": {"c": 1}}}, "{ a: { b: [Object] } }"),
        ([[[1]]], "[[[Array]]]"),
        (list(range(11)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 1 more item]"),
        (list(range(12)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more items]"),
        ({}, "{}"),
        ([], "[]"),
        ("é", '"é"'),
        (None, "null"),
    ],
)
def test_values_are_shown_in_javascript(value: object, text: str) -> None:
    assert inspect_javascript(value) == text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_shallow_values_are_shown_as_json(value: object) -> None:
    if not isinstance(value, list):
        assert json.loads(inspect_javascript(value)) == value


def test_snake_case() -> None:
    names = ("orderByDirection", "authEnforce2FA", "securityHSTSDuration", "new", "uploadScanSVG", "mongoDbConnString")
    assert [snake_case(name) for name in names] == [
        "order_by_direction", "auth_enforce2_fa", "security_hsts_duration", "new", "upload_scan_svg",
        "mongo_db_conn_string",
    ]  # fmt: skip


def test_passwords() -> None:
    stored = hash_password("secret")
    assert password_matches("secret", stored)
    assert not password_matches("Secret", stored)
    assert not password_matches("", "")
    assert not password_matches("x", None)


def test_every_field_of_the_facts_is_in_the_schema() -> None:
    from wikijs.sandbox.accounts.permissions import field_rules

    assert set(field_rules()) - set(field_names(executable_schema())) <= {"Subscription.loggingLiveTrail"}


def test_every_validation_error_of_a_document_is_named() -> None:
    with Sandbox() as sandbox, sandbox.client() as client, pytest.raises(exceptions.QueryError) as caught:
        client.graphql("{ " + " ".join(f"field{number}" for number in range(300)) + " }")
    assert len(caught.value.errors) == 300


@pytest.mark.parametrize(
    "document",
    [
        "mutation X($id: Int!) {\n  NAME: __typename\n  pages { delete(id: $id) { responseResult { succeeded } } }\n}",
        "{NAME:__typename system { info { currentVersion } }}",
        "query A { NAME: __typename } query B { users { __typename } }",
        "fragment P on PageQuery { __typename } query A { NAME: __typename pages { ...P } }",
        # Where the name stands is nothing that our clients write; it means what it means all the same.
        "{ pages { NAME: __typename } }",
        "{ pages { __typename } NAME: __typename }",
        '{ pages { singleByPath(path: "NAME: __typename", locale: "en") { id } } }',
        "# NAME: __typename\n{ pages { __typename } }",
        "{ NAME: __typename NAME: __typename }",
    ],
)
def test_a_document_that_bears_another_name_each_time_is_prepared_once_and_means_the_same(document: str) -> None:
    names = "nonce_07", "nonce_0123456789abcdef", "nonce_fedcba9876543210"
    for name in names:
        prepared = requests.prepared(document.replace("NAME", name))
        assert isinstance(prepared, graphql.DocumentNode)
        assert graphql.print_ast(prepared) == graphql.print_ast(graphql.parse(document.replace("NAME", name)))
    if re.search(r"^(mutation|query A|\{NAME)", document):
        before = requests._prepared.cache_info().misses
        requests.prepared(document.replace("NAME", "nonce_1111111111111111"))
        assert requests._prepared.cache_info().misses == before


@pytest.mark.parametrize(
    "document", ["{ NAME: __typename(a: 1) }", "{ NAME: __typename NAME: pages { x } }", "{ NAME: __typename"]
)
def test_what_is_wrong_with_a_document_is_said_in_its_own_words(document: str) -> None:
    for name in ("nonce_07", "nonce_0123456789abcdef"):
        asked = document.replace("NAME", name)
        assert requests.prepared(asked) == requests._prepared.__wrapped__(asked, "2.5.314")
