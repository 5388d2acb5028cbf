"""Pages over REST: reading, writing, and who changes which state."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from .conftest import Gate, Gates

NEW = {"path": "docs/new", "title": "New", "content": "# New\n\nText.\n\n## Part\n\nMore.\n"}


def created(gate: Gate, **changes: Any) -> tuple[dict[str, Any], str]:
    answer = gate.client.post("/api/v1/pages", json=NEW | changes)
    assert answer.status_code == 201, answer.text
    return answer.json(), answer.headers["etag"]


def test_a_list_comes_in_parts_that_miss_nothing_and_double_nothing(gate: Gate) -> None:
    everything = [item["id"] for item in gate.client.get("/api/v1/pages?limit=500").json()["items"]]
    for sort in ("id", "path", "title", "updated"):
        for descending in ("false", "true"):
            seen: list[int] = []
            address = f"/api/v1/pages?limit=4&sort={sort}&descending={descending}&fields=path"
            while address:
                answer = gate.client.get(address)
                assert answer.status_code == 200, answer.text
                seen += [item["id"] for item in answer.json()["items"]]
                assert set(answer.json()["items"][0]) == {"id", "path"}
                address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
            assert sorted(seen) == sorted(everything)


def test_a_cursor_holds_while_pages_come_and_go(gate: Gate) -> None:
    first = gate.client.get("/api/v1/pages?limit=3&sort=path")
    last = first.json()["items"][-1]
    created(gate, path="aaa/before")
    gate.client.delete(f"/api/v1/pages/{last['id']}", headers={"if-match": "*"})
    address = first.headers["link"].partition(">")[0].removeprefix("<")
    second = gate.client.get(address).json()["items"]
    assert second[0]["path"] > last["path"]


def test_a_cursor_is_for_its_own_list_alone(gate: Gate) -> None:
    def cursor_of(address: str) -> str:
        link = gate.client.get(address).headers["link"]
        return link.partition("cursor=")[2].partition(">")[0]

    cursor = cursor_of("/api/v1/pages?limit=1&sort=path")
    again = gate.client.get(f"/api/v1/pages?sort=path&limit=5&fields=title&cursor={cursor}")
    assert again.status_code == 200  # another part of the same list may be larger, and show less
    for other in (
        "/api/v1/pages?sort=title", "/api/v1/pages?sort=path&descending=true", "/api/v1/pages?sort=path&folder=docs",
        "/api/v1/tags?", "/api/v1/users?", "/api/v1/pages/1/history?", "/api/v1/admin/audit?",
    ):  # fmt: skip
        answer = gate.client.get(f"{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (422, "/docs/errors#cursor-invalid"), other
    by_place = cursor_of("/api/v1/users?limit=1")
    assert gate.client.get(f"/api/v1/tags?cursor={by_place}").status_code == 422
    mark, _ = json.loads(base64.urlsafe_b64decode(by_place + "=" * (-len(by_place) % 4)))
    for forged in ([mark], [mark, 2**70], [mark, "1"], [mark, None], [mark, True], [mark, 1, 1], [1], mark, []):
        text = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
        assert gate.client.get(f"/api/v1/users?cursor={text}").status_code == 422, forged


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("cursor=!!", "cursor"),
        ("cursor=WzEsMl0", "cursor"),
        ("fields=nothing", "fields"),
        ("fields=", "fields"),
        ("sort=size", "sort"),
        ("updatedSince=yesterday", "updatedSince"),
        ("updatedSince=2026-01-01T00:00:00", "updatedSince"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_by_its_name(gate: Gate, query: str, pointer: str) -> None:
    answer = gate.client.get(f"/api/v1/pages?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_filters_hold_together(gate: Gate) -> None:
    created(gate, path="docs/tagged", tags=["red", "blue"])
    created(gate, path="docs/draft", isPublished=False, tags=["red"])
    for query, paths in {
        "tags=red&tags=blue": ["docs/tagged"],
        "tags=red&published=false": ["docs/draft"],
        "folder=docs&search=tagg": ["docs/tagged"],
    }.items():
        assert [item["path"] for item in gate.client.get(f"/api/v1/pages?{query}").json()["items"]] == paths


def test_a_page_is_read_by_id_by_path_in_part_and_not_again(gate: Gate) -> None:
    page, tag = created(gate)
    by_id = gate.client.get(f"/api/v1/pages/{page['id']}")
    by_path = gate.client.get("/api/v1/pages/by-path/en/docs/new")
    assert by_id.json() == by_path.json()
    assert by_id.headers["etag"] == by_path.headers["etag"] == tag
    assert "authorEmail" not in by_id.json()
    assert by_id.json()["updatedAt"].endswith("Z")
    assert len(by_id.json()["updatedAt"]) == len("2026-11-21T09:08:10.397Z")
    again = gate.client.get(f"/api/v1/pages/{page['id']}", headers={"if-none-match": f"W/{tag}"})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert set(gate.client.get(f"/api/v1/pages/{page['id']}?fields=title,tags").json()) == {"id", "title", "tags"}
    rendered = gate.client.get(f"/api/v1/pages/{page['id']}?render=true")
    assert "<h1" in rendered.json()["render"]
    assert rendered.headers["etag"] != tag


def test_a_section_is_read_and_changed_alone(gate: Gate) -> None:
    page, tag = created(gate)
    address = f"/api/v1/pages/{page['id']}"
    assert [each["id"] for each in gate.client.get(f"{address}?outline=true").json()["sections"]] == ["new", "part"]
    part = gate.client.get(f"{address}?section=part")
    assert part.json()["text"] == "## Part\n\nMore.\n"
    changed = gate.client.patch(
        f"{address}/sections/part",
        json={"text": "## Part\n\nLess."},
        headers={"if-match": part.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert gate.client.get(address).json()["content"] == "# New\n\nText.\n\n## Part\n\nLess.\n"
    # Another section's edit does not stand in the way; one of this section does.
    new = {"text": "## Part\n\nNothing.", "mode": "replace"}
    gate.client.patch(f"{address}/sections/part", json=new, headers={"if-match": changed.headers["etag"]})
    late = gate.client.patch(f"{address}/sections/part", json=new, headers={"if-match": changed.headers["etag"]})
    assert late.status_code == 412
    late = gate.client.patch(f"{address}/sections/part", json=new, headers={"if-match": tag})
    assert late.status_code == 412
    assert gate.client.get(f"{address}?section=nowhere").status_code == 404


def test_a_write_says_which_state_it_changes(gate: Gate) -> None:
    page, tag = created(gate, tags=["kept"], scriptCss=".a{}", isPublished=False)
    address = f"/api/v1/pages/{page['id']}"
    assert gate.client.patch(address, json={"title": "A"}).status_code == 428
    assert gate.client.patch(address, json={"title": "A"}, headers={"if-match": "nonsense"}).status_code == 400
    first = gate.client.patch(address, json={"title": "A"}, headers={"if-match": tag})
    assert first.status_code == 200
    now = gate.client.get(address)
    assert now.headers["etag"] == first.headers["etag"]
    assert now.json() | {"title": "New"} | {"updatedAt": page["updatedAt"]} == {**now.json(), **page}
    stale = gate.client.patch(address, json={"title": "B"}, headers={"if-match": tag})
    assert (stale.status_code, stale.json()["current"]["title"]) == (412, "A")
    assert stale.headers["etag"] == first.headers["etag"]
    assert gate.client.patch(
        address, json={"title": "B"}, headers={"if-match": f'"x", {stale.headers["etag"]}'}
    ).is_success
    assert gate.client.delete(address, headers={"if-match": tag}).status_code == 412
    assert gate.client.delete(address).status_code == 428
    assert gate.client.delete(address, headers={"if-match": "*"}).status_code == 204
    assert gate.client.get(address).json()["type"] == "/docs/errors#page-not-found"


def test_what_is_left_out_stays_and_null_is_nothing(gate: Gate) -> None:
    page, _ = created(gate, description="About", publishEndDate="2030-01-01T00:00:00Z")
    address = f"/api/v1/pages/{page['id']}"
    any_state = {"if-match": "*"}
    gate.client.patch(address, json={"tags": ["One"]}, headers=any_state)
    assert gate.client.get(address).json()["description"] == "About"
    answer = gate.client.patch(address, json={"description": None, "publishEndDate": None}, headers=any_state)
    assert answer.status_code == 200, answer.text
    now = gate.client.get(address)
    assert (now.json()["description"], now.json()["publishEndDate"], now.json()["tags"]) == ("", None, ["one"])
    assert now.headers["etag"] == answer.headers["etag"]
    for bad in ({"title": None}, {"path": "x/y"}, {"unknown": 1}, {"tags": "a"}, [], None, {"title": ""}):
        assert gate.client.patch(address, json=bad, headers=any_state).status_code == 422, bad
    broken = gate.client.patch(address, content=b"{", headers=any_state | {"content-type": "application/json"})
    assert broken.status_code == 400


def test_put_makes_a_page_or_changes_it(gate: Gate) -> None:
    address = "/api/v1/pages/by-path/en/docs/put"
    body = {"title": "Put", "content": "One"}
    assert gate.client.put(address, json=body).status_code == 428
    only_new = {"if-none-match": "*"}
    made = gate.client.put(address, json=body, headers=only_new)
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/pages/{made.json()['id']}")
    assert gate.client.put(address, json=body, headers=only_new).status_code == 412
    changed = gate.client.put(address, json=body | {"content": "Two"}, headers={"if-match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["content"]) == (200, "Two")
    missing = gate.client.put(
        "/api/v1/pages/by-path/en/docs/other", json=body, headers={"if-match": made.headers["etag"]}
    )
    assert missing.status_code == 412


def test_a_page_is_moved_converted_restored_and_its_history_told(gate: Gate) -> None:
    page, _ = created(gate)
    address = f"/api/v1/pages/{page['id']}"
    gate.client.patch(address, json={"content": "# Other"}, headers={"if-match": "*"})
    history = gate.client.get(f"{address}/history?limit=1")
    version = history.json()["items"][0]["versionId"]
    assert gate.client.get(f"{address}/versions/{version}").json()["content"] == NEW["content"]
    assert "+# Other" in gate.client.get(f"{address}/diff?from={version}").text
    restored = gate.client.post(f"{address}/restore", json={"versionId": version})
    assert restored.json()["content"] == NEW["content"]
    moved = gate.client.post(f"{address}/move", json={"path": "docs/moved"})
    assert moved.json()["path"] == "docs/moved"
    assert gate.client.post(f"{address}/render").status_code == 204
    assert gate.client.post(f"{address}/convert", json={"editor": "code"}).json()["editor"] == "code"
    assert gate.client.post(f"{address}/tags?add=X&add=y&remove=z").json()["tags"] == ["x", "y"]
    assert gate.client.get(f"{address}/links").json()["links"] == []


def test_finding_pages(gate: Gate) -> None:
    created(gate, content="# New\n\nA needle in here.\n", tags=["sharp"])
    tree = gate.client.get("/api/v1/tree?folder=docs").json()["items"]
    assert "docs/new" in {item["path"] for item in tree}
    assert "sharp" in {item["tag"] for item in gate.client.get("/api/v1/tags?limit=500").json()["items"]}
    found = gate.client.get("/api/v1/search?q=New").json()
    assert found["engine"] == "db"
    grepped = gate.client.get("/api/v1/grep?q=NEEDLE&ignoreCase=true").json()
    assert [(line["path"], line["lineNumber"]) for line in grepped["items"]] == [("docs/new", 3)]
    assert gate.client.get("/api/v1/grep?q=.needle.").json()["items"] == []
    assert gate.client.get("/api/v1/recent?limit=1").json()["items"][0]["path"] == "docs/new"
    assert gate.client.patch("/api/v1/tags/sharp", json={"tag": "blunt"}).status_code == 204
    assert gate.client.delete("/api/v1/tags/blunt").status_code == 204
    tag = gate.client.get("/api/v1/tree").headers["etag"]
    assert gate.client.get("/api/v1/tree", headers={"if-none-match": tag}).status_code == 304


def test_a_page_whose_text_the_credential_may_not_read_is_shown_as_far_as_it_may(gates: Gates) -> None:
    gate = gates()
    with gate.sandbox.client() as wiki:
        group = wiki.groups.create("Readers", permissions=["read:pages"])
        made = wiki.authentication.create_api_key(name="reader", expiration="1y", full_access=False, group=group.id)
    gate.gateway.credentials.put("reader", "api_key", {"key": made.key})
    reader = gate.calls(gate.key("read", credential="reader"))
    answer = reader.get("/api/v1/pages/1")
    assert answer.status_code in {200, 403}, answer.text
    assert "content" not in answer.json()


def test_the_wiki_down_is_503_or_502_and_says_nothing_of_itself(gates: Gates) -> None:
    from wikijs.sandbox import Sandbox

    gate = gates(sandbox=Sandbox("demo", fail="502:1.0"))
    answer = gate.client.get("/api/v1/pages/1")
    assert answer.status_code in {502, 503, 504}
    assert "Traceback" not in answer.text
    assert json.loads(answer.text)["requestId"] == answer.headers["x-request-id"]
