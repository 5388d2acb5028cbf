"""Comments, files, users, groups, navigation, settings, theme."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Gate


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_comments(gate: Gate) -> None:
    page = "/api/v1/pages/1/comments"
    made = ok(gate.client.post(page, json={"content": "Well said."}), 201)
    one = f"/api/v1/comments/{made['id']}"
    assert "Well said." in ok(gate.client.get(one))["content"]
    assert made["id"] in {item["id"] for item in ok(gate.client.get(page))["items"]}
    assert ok(gate.client.patch(one, json={"content": "Better said."}))["content"] == "Better said."
    ok(gate.client.delete(one), 204)
    assert gate.client.get(one).status_code == 404
    assert gate.client.post("/api/v1/pages/999999/comments", json={"content": "To whom?"}).status_code == 404


def test_files_go_up_and_down_whole_and_in_parts(gate: Gate) -> None:
    content = bytes(range(256)) * 5000
    ok(gate.client.post("/api/v1/asset-folders", json={"path": "/data/deep"}), 201)
    made = ok(gate.client.post("/api/v1/assets?folder=/data/deep&name=numbers.bin", content=content), 201)
    assert (made["path"], made["fileSize"]) == ("/data/deep/numbers.bin", len(content))
    where = "/api/v1/assets/data/deep/numbers.bin"
    whole = gate.client.get(where)
    assert whole.content == content
    assert whole.headers["content-disposition"] == "attachment"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = gate.client.get(where, headers={"range": "bytes=256-1023"})
    assert (part.status_code, part.content) == (206, content[256:1024])
    assert part.headers["content-range"] == f"bytes 256-1023/{len(content)}"
    assert gate.client.get(where, headers={"range": "bytes=99999999-"}).status_code == 416
    tag = whole.headers["etag"]
    assert gate.client.get(where, headers={"if-none-match": tag}).status_code == 304
    assert [item["filename"] for item in ok(gate.client.get("/api/v1/assets?folder=/data/deep"))["items"]] == [
        "numbers.bin"
    ]
    assert "/data/deep" in {item["path"] for item in ok(gate.client.get("/api/v1/asset-folders"))["items"]}
    one = f"/api/v1/assets/{made['id']}"
    assert ok(gate.client.patch(one, json={"name": "digits.bin"}))["filename"] == "digits.bin"
    assert gate.client.patch(one, json={}).status_code == 422
    ok(gate.client.delete(one), 204)
    assert gate.client.get("/api/v1/assets/data/deep/digits.bin").status_code == 404


def test_a_file_comes_with_a_form(gate: Gate) -> None:
    made = ok(gate.client.post("/api/v1/assets", files={"file": ("note.dat", b"words", "text/plain")}), 201)
    assert (made["filename"], made["fileSize"]) == ("note.dat", 5)
    again = gate.client.post("/api/v1/assets", files={"file": ("note.dat", b"other", "text/plain")})
    assert again.status_code == 409
    ok(gate.client.post("/api/v1/assets?overwrite=true", files={"file": ("note.dat", b"other", "text/plain")}), 201)
    assert gate.client.get("/api/v1/assets/note.dat").content == b"other"
    assert gate.client.post("/api/v1/assets", files={"other": ("x.dat", b"x")}).status_code == 422
    assert gate.client.post("/api/v1/assets?name=x.dat", content=b"").status_code == 422
    assert gate.client.post("/api/v1/assets", content=b"x").status_code == 422


@pytest.mark.parametrize("path", ["../../etc/passwd", "a/..%2f..%2fx.txt", "x", "page.html", "%00.txt"])
def test_no_path_leads_out_of_the_files(gate: Gate, path: str) -> None:
    answer = gate.client.get(f"/api/v1/assets/{path}")
    assert answer.status_code in {404, 422}, answer.text


def test_users(gate: Gate) -> None:
    made = ok(
        gate.client.post(
            "/api/v1/users", json={"email": "new@example.com", "name": "New", "password": "long-enough-1"}
        ),
        201,
    )
    assert "long-enough" not in str(made)
    one = f"/api/v1/users/{made['id']}"
    assert ok(gate.client.patch(one, json={"jobTitle": "Keeper"}))["jobTitle"] == "Keeper"
    assert ok(gate.client.get(one))["name"] == "New"
    assert "new@example.com" in {item["email"] for item in ok(gate.client.get("/api/v1/users?limit=500"))["items"]}
    ok(gate.client.post(f"{one}/deactivate"), 204)
    ok(gate.client.post(f"{one}/activate"), 204)
    assert gate.client.post(f"{one}/promote").status_code == 422
    ok(gate.client.delete(f"{one}?replaceWith=1"), 204)
    assert gate.client.get(one).status_code == 404
    assert gate.client.delete(one).status_code == 422


def test_groups_and_their_members(gate: Gate) -> None:
    rule = {"roles": ["read:pages"], "path": "docs", "match": "START"}
    made = ok(
        gate.client.post("/api/v1/groups", json={"name": "Docs", "permissions": ["read:pages"], "rules": [rule]}), 201
    )
    one = f"/api/v1/groups/{made['id']}"
    assert [each["path"] for each in ok(gate.client.get(one))["pageRules"]] == ["docs"]
    assert ok(gate.client.patch(one, json={"name": "Papers"}))["name"] == "Papers"
    user = ok(
        gate.client.post(
            "/api/v1/users", json={"email": "m@example.com", "name": "Member", "password": "long-enough-1"}
        ),
        201,
    )["id"]
    ok(gate.client.post(f"{one}/members", json={"user": user}), 204)
    assert [each["id"] for each in ok(gate.client.get(f"{one}/members"))["items"]] == [user]
    ok(gate.client.delete(f"{one}/members/{user}"), 204)
    assert "Papers" in {each["name"] for each in ok(gate.client.get("/api/v1/groups"))["items"]}
    ok(gate.client.delete(one), 204)


def test_navigation_settings_and_theme(gate: Gate) -> None:
    items = [{"kind": "link", "label": "Home", "targetType": "home", "target": "/"}]
    saved = ok(gate.client.put("/api/v1/navigation", json={"items": items, "mode": "MIXED"}))
    assert saved["mode"] == "MIXED"
    read = gate.client.get("/api/v1/navigation")
    assert [each["label"] for each in ok(read)["items"]] == ["Home"]
    assert gate.client.get("/api/v1/navigation", headers={"if-none-match": read.headers["etag"]}).status_code == 304
    assert ok(gate.client.patch("/api/v1/site", json={"title": "Mine"}))["title"] == "Mine"
    assert gate.client.patch("/api/v1/site", json={"nothing": 1}).status_code == 422
    assert gate.client.patch("/api/v1/site", json={"title": 1}).status_code == 422
    assert ok(gate.client.get("/api/v1/site"))["title"] == "Mine"
    assert ok(gate.client.patch("/api/v1/theme", json={"darkMode": True}))["darkMode"] is True
    assert ok(gate.client.get("/api/v1/theme"))["darkMode"] is True


def test_one_tag_is_read(gate: Gate) -> None:
    tags = ok(gate.client.get("/api/v1/tags"))["items"]
    found = gate.client.get(f"/api/v1/tags/{tags[0]['tag']}")
    assert ok(found) == tags[0]
    assert found.headers["etag"]
    assert ok(gate.client.get(f"/api/v1/tags/{tags[0]['tag'].upper()}"))["id"] == tags[0]["id"]
    missing = gate.client.get("/api/v1/tags/nobody-has-it")
    assert (missing.status_code, missing.json()["type"]) == (404, "/docs/errors#tag-not-found")
    with_it = ok(gate.client.get(f"/api/v1/pages?tags={tags[0]['tag']}"))
    assert with_it["total"] == tags[0]["count"]
