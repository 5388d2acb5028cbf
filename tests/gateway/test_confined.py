"""A key that is confined to folders learns nothing of what lies elsewhere, by whatever way it asks."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from wikijs import WikiJSClient, ops
from wikijs.exceptions import ConfigurationError, PageExistsError
from wikijs.gateway.access.callers import Caller
from wikijs.gateway.access.scopes import checked_prefixes
from wikijs.gateway.http.problems import Refused

from .conftest import Gate

ANY = {"if-match": "*"}


def made(client: TestClient, path: str, **fields: Any) -> int:
    answer = client.post("/api/v1/pages", json={"path": path, "title": "Title", "content": "# Text", **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def told(client: TestClient, method: str, address: str, **more: Any) -> tuple[int, Any]:
    """What an answer tells, without what is its own each time."""
    answer = client.request(method, address, **more)
    return answer.status_code, {
        name: value for name, value in answer.json().items() if name not in {"requestId", "instance"}
    }


def test_a_page_elsewhere_is_as_one_that_is_not_there(gate: Gate) -> None:
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    there, nowhere = made(gate.client, "plans/secret"), 99_999
    own = made(mine, "team/one")
    for method, address, body in (
        ("GET", "/api/v1/pages/{}", None),
        ("GET", "/api/v1/pages/{}?section=x", None),
        ("GET", "/api/v1/pages/{}/history", None),
        ("GET", "/api/v1/pages/{}/versions/1", None),
        ("GET", "/api/v1/pages/{}/diff?from=1", None),
        ("GET", "/api/v1/pages/{}/links", None),
        ("GET", "/api/v1/pages/{}/comments", None),
        ("POST", "/api/v1/pages/{}/comments", {"content": "Hello"}),
        ("PATCH", "/api/v1/pages/{}", {"title": "x"}),
        ("DELETE", "/api/v1/pages/{}", None),
        ("PATCH", "/api/v1/pages/{}/sections/x", {"text": "x"}),
        ("POST", "/api/v1/pages/{}/move", {"path": "team/x"}),
        ("POST", "/api/v1/pages/{}/render", None),
        ("POST", "/api/v1/pages/{}/convert", {"editor": "code"}),
        ("POST", "/api/v1/pages/{}/restore", {"versionId": 1}),
        ("POST", "/api/v1/pages/{}/tags?add=x", None),
    ):
        answers = [
            told(mine, method, address.format(each), json=body, headers=ANY) if body is not None
            else told(mine, method, address.format(each), headers=ANY)
            for each in (there, nowhere)
        ]  # fmt: skip
        assert answers[0] == answers[1], address
        assert answers[0][0] == 403, (address, answers[0])
    for path in ("plans/secret", "plans/none"):
        assert mine.get(f"/api/v1/pages/by-path/en/{path}").status_code == 403
        assert mine.post(f"/api/v1/pages/{own}/move", json={"path": path}).status_code == 403
    assert told(mine, "GET", "/api/v1/tree?folder=plans") == told(mine, "GET", "/api/v1/tree?folder=none")
    assert told(mine, "GET", "/api/v1/pages?folder=plans") == told(mine, "GET", "/api/v1/pages?folder=none")
    assert mine.get("/api/v1/tree?folder=team").status_code == 200
    assert mine.get("/api/v1/pages/by-path/en/team/none").status_code == 404


def test_the_folders_that_lead_to_its_own_are_walked(gate: Gate) -> None:
    mine = gate.calls(gate.key("all", prefixes=["wide/team"]))
    made(gate.client, "wide/team/one")
    made(gate.client, "wide/other/one")
    assert [each["path"] for each in mine.get("/api/v1/tree?folder=wide").json()["items"]] == ["wide/team"]
    assert mine.get("/api/v1/tree?folder=/wide/team/").json()["items"][0]["path"] == "wide/team/one"
    assert mine.get("/api/v1/tree?folder=wide/other").status_code == 403


def test_where_a_page_lay_before_and_what_it_was_there_is_not_told(gate: Gate) -> None:
    page = made(gate.client, "plans/secret", content="confidential")
    gate.client.patch(f"/api/v1/pages/{page}", json={"content": "public"}, headers=ANY)
    gate.client.post(f"/api/v1/pages/{page}/move", json={"path": "team/page"})
    gate.client.patch(f"/api/v1/pages/{page}", json={"content": "public, too"}, headers=ANY)
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    every = gate.client.get(f"/api/v1/pages/{page}/history").json()["items"]
    assert "plans/secret" in str(every)
    entries = mine.get(f"/api/v1/pages/{page}/history").json()["items"]
    assert [each["versionId"] for each in entries] == [each["versionId"] for each in every]
    assert "plans" not in str(entries)
    with WikiJSClient(gate.sandbox.url, gate.sandbox.api_key, http_client=_http(gate)) as client:
        versions = [each["versionId"] for each in every if each["versionId"]]
        paths = {each: client.pages.version(page, each).path for each in versions}
    elsewhere = [version for version, path in paths.items() if path == "plans/secret"]
    here = [version for version, path in paths.items() if path == "team/page"]
    assert elsewhere
    assert here
    for version in elsewhere:
        for answer in (
            mine.get(f"/api/v1/pages/{page}/versions/{version}"),
            mine.get(f"/api/v1/pages/{page}/diff?from={version}"),
            mine.get(f"/api/v1/pages/{page}/diff?from={here[0]}&to={version}"),
            mine.post(f"/api/v1/pages/{page}/restore", json={"versionId": version}),
        ):
            assert answer.status_code == 403, answer.request.url
            assert "confidential" not in answer.text
    assert mine.get(f"/api/v1/pages/{page}/diff?from={here[0]}").status_code == 200


def _http(gate: Gate) -> httpx2.Client:
    return httpx2.Client(transport=gate.sandbox.transport())


def test_html_does_not_say_which_links_lead_to_a_page(gate: Gate) -> None:
    made(gate.client, "plans/known")
    text = '[a](/plans/known "a>b") [b](/plans/none) <b class="bold is-valid-page">c</b>'
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    page = made(mine, "team/page", content=text)
    whole = gate.client.get(f"/api/v1/pages/{page}?render=true").json()["render"]
    assert "is-valid-page" in whole
    assert "is-invalid-page" in whole
    shown = mine.get(f"/api/v1/pages/{page}?render=true").json()["render"]
    assert "valid-page" not in shown
    assert 'class="is-internal-link"' in shown


@pytest.mark.parametrize("prefix", ["en", "fr", "de-ch", "EN/team"])
def test_a_locale_is_no_folder(gate: Gate, prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="locale"):
        checked_prefixes([prefix])


def test_a_locale_in_front_does_not_lead_out(gate: Gate) -> None:
    caller = Caller("a", "a", "key", frozenset(), "free", prefixes=("en", "team"))  # of a key of an older gateway
    caller.check_place("team/page", "en")
    for path, locale in (("en/plans", None), ("EN/plans/x", "en"), ("/en/plans", "en"), ("plans", "en")):
        with pytest.raises(Refused):
            caller.check_place(path, locale)
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    for path in (
        "en/plans/x",
        "team/../plans",
        "team//x",
        "team\\..\\plans",
        "/team/./x",
        "TEAM/x",
    ):
        answer = mine.post("/api/v1/pages", json={"path": path, "title": "x", "content": "x"})
        assert answer.status_code in {400, 403, 422}, (path, answer.text)


def test_a_page_that_a_database_takes_for_another_one_is_not_named(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on MariaDB, where `docs/x` and `döcs/x` are one: what is found by a path may lie in another folder."""
    there = made(gate.client, "döcs/x")
    mine = gate.calls(gate.key("all", prefixes=["docs"]))
    own = made(mine, "docs/own")
    nothing = told(mine, "GET", "/api/v1/pages/by-path/en/docs/x")
    found = ops.pages_single_by_path_for_editor

    def folded(path: str, **more: Any) -> Any:
        return found(path.replace("docs/x", "döcs/x"), **more)

    monkeypatch.setattr("wikijs.ops.pages_single_by_path_for_editor", folded)
    assert gate.client.get("/api/v1/pages/by-path/en/docs/x").json()["id"] == there
    assert told(mine, "GET", "/api/v1/pages/by-path/en/docs/x") == nothing == (404, nothing[1])

    async def no_room(*_: Any, **__: Any) -> Any:
        raise PageExistsError(f"There is no room for a page en/docs/x beside en/döcs/x (id {there}).")

    monkeypatch.setattr("wikijs_generated.facades.asynchronous.pages.AsyncPages.create", no_room)
    monkeypatch.setattr("wikijs_generated.facades.asynchronous.pages.AsyncPages.move", no_room)
    page = {"title": "x", "content": "x"}
    for method, address, body, headers in (
        ("POST", "/api/v1/pages", {"path": "docs/x", **page}, {}),
        ("PUT", "/api/v1/pages/by-path/en/docs/x", page, {"if-none-match": "*"}),
        ("POST", f"/api/v1/pages/{own}/move", {"path": "docs/x"}, {}),
    ):
        answer = mine.request(method, address, json=body, headers=headers)
        assert answer.status_code == 409, (address, answer.text)
        assert "döcs" not in answer.text
        assert str(there) not in answer.json()["detail"]
    assert "döcs" in gate.client.post("/api/v1/pages", json={"path": "docs/x", **page}).text
