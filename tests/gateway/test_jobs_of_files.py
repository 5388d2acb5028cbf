"""Jobs about files, writes that are done later, and requests for heads alone."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

from .conftest import Gate
from .test_jobs import JOBS, begun, ended, pages, paths


def test_pages_are_exported_downloaded_and_imported_again(gate: Gate) -> None:
    ended(gate, begun(gate, "pages.create_many", pages(3)))
    job = ended(gate, begun(gate, "export", {"folder": "docs"}))
    assert (job["state"], job["failed"]) == ("done", 0), job
    answer = gate.client.get(f"{JOBS}/{job['id']}/file")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("docs/job-")}
    assert len(texts) == 3
    items = gate.client.get(f"{JOBS}/{job['id']}/items?limit=500").json()["items"]
    assert {item["result"]["path"] for item in items} >= set(texts)
    changed = {name: text.replace("# 1", "# One") for name, text in texts.items()}
    changed["docs/job-new.md"] = "---\ntitle: New\n---\n\n# New\n"
    again = ended(gate, begun(gate, "import", {"files": changed}))
    assert (again["state"], again["failed"], again["done"]) == ("done", 0, 4), again
    assert "docs/job-new" in paths(gate)
    page = gate.client.get("/api/v1/pages/by-path/en/docs/job-1").json()
    assert page["content"].strip() == "# One"


def test_other_formats_and_what_has_no_file(gate: Gate) -> None:
    job = ended(gate, begun(gate, "export", {"format": "json"}))
    assert gate.client.get(f"{JOBS}/{job['id']}/file").content[:1] in {b"[", b"{"}
    other = ended(gate, begun(gate, "pages.render", {"ids": [1]}))
    assert gate.client.get(f"{JOBS}/{other['id']}/file").status_code == 409
    impossible = ended(gate, begun(gate, "export", {"format": "json", "assets": True}))
    assert (impossible["state"], bool(impossible["problem"])) == ("failed", True)
    assert gate.client.get(f"{JOBS}/{impossible['id']}/file").status_code == 404
    weak = gate.calls(gate.key("jobs", "pages:read"))
    refused = weak.post(JOBS, json={"kind": "export", "input": {"assets": True}})
    assert (refused.status_code, refused.json()["requiredScope"]) == (403, "assets:read")


@pytest.mark.parametrize("name", ["../x.md", "/etc/x.md", "a\\b.md", "a/../../b.md", "a\u0000.md", ""])
def test_no_file_of_an_import_lies_elsewhere(gate: Gate, name: str) -> None:
    answer = gate.client.post(JOBS, json={"kind": "import", "input": {"files": {name: "# x"}}})
    assert answer.status_code == 422, answer.text


def test_files_are_uploaded_and_what_failed_is_tried_again(gate: Gate) -> None:
    files: list[Any] = [
        {"name": f"file{n}.bin", "folder": "/many", "content": base64.b64encode(f"text {n}".encode()).decode()}
        for n in range(3)
    ]
    files[1]["name"] = "file0.bin"  # the same place twice
    job = ended(gate, begun(gate, "assets.upload_many", {"files": files}))
    assert (job["state"], job["done"], job["failed"]) == ("done", 3, 1), job
    assert gate.client.get("/api/v1/assets/many/file2.bin").content == b"text 2"
    again = gate.client.post(f"{JOBS}/{job['id']}/retry").json()
    assert ended(gate, again["id"])["total"] == 1
    bad = gate.client.post(
        JOBS, json={"kind": "assets.upload_many", "input": {"files": [{"name": "a", "content": "%"}]}}
    )
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/input/files/0/content")


def test_a_write_is_done_later_where_that_is_wanted(gate: Gate) -> None:
    later = {"prefer": "respond-async"}
    new = {"path": "docs/later", "title": "Later", "content": "# Later", "tags": ["x"]}
    answer = gate.client.post("/api/v1/pages", json=new, headers=later)
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    assert answer.headers["location"] == f"{JOBS}/{answer.json()['id']}"
    assert ended(gate, answer.json()["id"])["done"] == 1
    page = gate.client.get("/api/v1/pages/by-path/en/docs/later").json()
    one = f"/api/v1/pages/{page['id']}"
    any_state = {"if-match": "*"}
    patched = gate.client.patch(one, json={"title": "Much later"}, headers=later | any_state)
    assert ended(gate, patched.json()["id"])["state"] == "done"
    now = gate.client.get(one)
    assert (now.json()["title"], now.json()["tags"]) == ("Much later", ["x"])
    # A state that is expected cannot wait: it is written at once. So is what comes of a key that may have no jobs.
    told = gate.client.patch(one, json={"title": "Now"}, headers=later | {"if-match": now.headers["etag"]})
    assert told.status_code == 200
    few = gate.calls(gate.key("pages:write", "pages:read"))
    assert few.patch(one, json={"title": "Again"}, headers=later | any_state).status_code == 200
    gone = gate.client.delete(one, headers=later | any_state)
    assert ended(gate, gone.json()["id"])["state"] == "done"
    assert gate.client.get(one).status_code == 404


def test_a_head_is_what_a_get_has_without_its_body(gate: Gate) -> None:
    for path in ("/api/v1/pages/1", "/api/v1/pages", "/api/v1/pages/999999", "/healthz", "/openapi.json"):
        whole, head = gate.client.get(path), gate.client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers.get("etag") == whole.headers.get("etag")
    tag = gate.client.head("/api/v1/pages/1").headers["etag"]
    assert gate.client.head("/api/v1/pages/1", headers={"if-none-match": tag}).status_code == 304
    assert gate.client.head("/api/v1/pages").status_code == 200
    assert gate.client.head("/graphql").status_code == 405
    job = begun(gate, "pages.render", {"ids": [1]})
    assert gate.client.head(f"{JOBS}/{job}/events").status_code == 200  # and it ends


def test_a_login_is_ended_by_its_own_token(gate: Gate) -> None:
    pair = gate.client.post("/api/v1/auth/token", json={"key": gate.key("read")}).json()
    mine = gate.calls(pair["accessToken"])
    assert mine.get("/api/v1/me").status_code == 200
    assert mine.delete("/api/v1/auth/revoke").status_code == 204
    assert mine.get("/api/v1/me").status_code == 401
    assert gate.calls(None).delete("/api/v1/auth/revoke").status_code == 204
