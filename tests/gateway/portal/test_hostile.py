"""Texts and addresses that attack: each stays a text, and no link leads anywhere else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from ..conftest import Gate, Gates
from .visiting import Visitor, words

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "\u202eevil\u202c<!-- ",
    "</title></style><base href=//evil.example>",
)
EVENTS = re.compile(r"^on", re.IGNORECASE)


class Page(HTMLParser):
    """What a browser would find dangerous in a page."""

    def __init__(self, text: str, at: str) -> None:
        super().__init__()
        self.at = at
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if (
            tag in {"img", "iframe", "object", "embed", "base", "meta"}
            and "http-equiv" in names | {"http-equiv": ""}
            and tag != "meta"
        ):
            self.found.append(tag)
        if tag == "script" and "src" not in names:
            self.found.append("inline script")
        for name, value in attrs:
            if EVENTS.match(name) or name == "style":
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"}:
                address = urlsplit(urljoin(f"http://testserver{self.at}", value or ""))
                if (address.scheme, address.netloc) != ("http", "testserver"):
                    self.found.append(f"{name} {value}")


def checked(visitor: Visitor, path: str) -> str:
    """A page without anything dangerous."""
    answer = visitor.get(path)
    assert answer.headers["content-type"].startswith("text/html"), path
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert not Page(answer.text, str(answer.url.path)).found, path
    return answer.text


@pytest.fixture(scope="module")
def hostile_keys() -> list[dict[str, Any]]:
    return [{"name": attack, "origins": f"https://{attack}", "form": ""} for attack in ATTACKS]


def test_names_of_keys_reasons_and_folders_stay_texts(gate: Gate, hostile_keys: list[dict[str, Any]]) -> None:
    admin = Visitor(gate, gate.key())
    for form in hostile_keys:
        key, _ = admin.make(**form, prefixes="a<b>c\"d'")
        admin.post(f"/portal/keys/{key}/limits", {"rate": "5", "reason": form["name"]})
        gate.gateway.usage.note(key, f"GET /{form['name']}", 200, 1.0, 10)
        gate.gateway.audit.note(
            caller=key, name=form["name"], address=form["name"], action=form["name"], target=form["name"], status=200,
            request_id=form["name"][:64],
        )  # fmt: skip
        for path in (f"keys/{key}", f"keys/{key}?edit=1", f"usage?key={key}", f"audit?caller={key}"):
            text = checked(admin, f"/portal/{path}")
        assert form["name"].strip() in words(text) or "<" in form["name"]
    for path in ("keys", "usage", "limits", "audit", "keys/new"):
        text = checked(admin, f"/portal/{path}")
    refused = admin.post("/portal/keys/new", {"name": ATTACKS[1], "scope": [ATTACKS[0]], "tier": ATTACKS[2]})
    assert not Page(refused.text, "/portal/keys/new").found
    # a key whose name attacks is who is signed in
    own = Visitor(gate, gate.gateway.keys.create(ATTACKS[0], scopes=["all"])[1])
    assert ATTACKS[0] in words(checked(own, "/portal"))


def test_parameters_of_pages_stay_texts(gate: Gate) -> None:
    admin = Visitor(gate, gate.key())
    for attack in ATTACKS:
        for path in (
            "/docs/api?q=",
            "/portal/usage?key=",
            "/portal/usage?hours=",
            "/portal/audit?caller=",
            "/portal/keys?state=",
            "/portal/sign-in?why=",
            "/portal/keys/",
            "/portal/jobs/",
            "/docs/api/",
        ):
            answer = admin.get(path + quote(attack, safe=""))
            assert answer.status_code < 500, path
            if answer.headers["content-type"].startswith("text/html"):
                assert not Page(answer.text, answer.url.path).found, (path, attack)
            assert "49" not in re.findall(r"\{\{[^}]*\}\}|\b49\b", words(answer.text)) or "{{" not in attack
    signed_out = Visitor(gate)
    failed = signed_out.post("/portal/sign-in", {"email": ATTACKS[1], "password": "x"})
    assert not Page(failed.text, "/portal/sign-in").found


def test_webhooks_of_attackers_stay_texts_and_are_no_links(gates: Gates) -> None:
    gate = gates(feed=True)
    admin = Visitor(gate, gate.key())
    for attack in ATTACKS:
        made = admin.post(
            "/portal/webhooks/new",
            {"url": f"https://hooks.example.com/{attack}", "event": ["page.*"], "description": attack, "paths": attack},
        )
        assert made.status_code in {200, 422}
        assert not Page(made.text, "/portal/webhooks/new").found, attack
    admin.post(
        "/portal/webhooks/new", {"url": "https://hooks.example.com/ok", "event": ["*"], "description": ATTACKS[0]}
    )
    text = checked(admin, "/portal/webhooks")
    assert ATTACKS[0] in words(text)
    hook = re.search(r'href="\.\./portal/webhooks/([^"/]+)">https://hooks', text)
    assert hook is not None
    assert ATTACKS[0] in words(checked(admin, f"/portal/webhooks/{hook[1]}"))
    for url in ("http://127.0.0.1/x", "javascript:alert(1)", "https://169.254.169.254/latest", "file:///etc/passwd"):
        refused = admin.post("/portal/webhooks/new", {"url": url, "event": ["*"]})
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True), url


def test_titles_and_paths_of_pages_stay_texts_in_jobs(gate: Gate) -> None:
    admin = Visitor(gate, gate.key())
    pages = [{"path": f"x/{n}", "title": attack, "content": attack} for n, attack in enumerate(ATTACKS)]
    pages.append({"path": "x/" + ATTACKS[0], "title": "bad path", "content": "x"})
    job = gate.client.post("/api/v1/jobs", json={"kind": "pages.create_many", "input": {"pages": pages}}).json()
    with gate.client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as stream:
        assert any(line.startswith("event: end") for line in stream.iter_lines())
    text = checked(admin, f"/portal/jobs/{job['id']}")
    assert "Create pages" in words(text)
    checked(admin, "/portal/jobs")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example.com/portal",
        "/portal//evil.example.com",
        "/portal/..//evil.example.com",
        "/portal/%2f%2fevil.example.com",
        "/portal/\\evil.example.com",
        "/portal/sign-in?next=https://evil.example.com",
        "/portal/sign-in?why=//evil.example.com",
        "/docs//evil.example.com",
        "/portal/@evil.example.com",
    ],
)
def test_no_address_leads_to_another_host(gate: Gate, path: str) -> None:
    for key in (None, gate.key()):
        visitor = Visitor(gate, key)
        answer = visitor.get(path, follow_redirects=False)
        location = answer.headers.get("location", "")
        assert (
            urlsplit(urljoin(f"http://testserver{path}", location)).netloc in {"testserver", "evil.example.com"}
            or not location
        )
        assert not location or location.startswith(("../", "./")), location
        if answer.headers.get("content-type", "").startswith("text/html"):
            at = path.partition("?")[0].replace("\\", "/")
            assert not Page(answer.text, at if not at.startswith("//") else "/").found


def test_headers_of_a_proxy_change_no_link(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key())
    forged = {
        "x-forwarded-prefix": "//evil.example.com", "x-forwarded-host": "evil.example.com", "x-script-name": "/evil",
        "x-original-url": "/evil", "forwarded": "host=evil.example.com", "x-forwarded-proto": "javascript",
    }  # fmt: skip
    for path in ("/portal", "/docs", "/docs/api/list_pages", "/portal/keys/new"):
        assert "evil" not in visitor.get(path, headers=forged).text
    assert visitor.get("/portal", headers={"host": "evil.example.com"}).status_code == 421


def test_links_hold_below_a_path_of_a_proxy(gates: Gates) -> None:
    """A proxy takes /wiki-api away: every link and form of a page, seen from outside, still lies below it."""
    gate = gates(public_url="https://example.com/wiki-api")
    visitor = Visitor(gate, base="https://example.com")
    visitor.http.cookies.clear()
    page = visitor.get("/portal/sign-in")
    token = re.search(r'name="token" value="(\w+)"', page.text)
    assert token is not None
    start = next(each for each in page.headers.get_list("set-cookie") if "start" in each).partition(";")[0]
    answer = visitor.http.post(
        "/portal/sign-in", data={"token": token[1], "key": gate.key()},
        headers={"cookie": start, "origin": "https://example.com"}, follow_redirects=False,
    )  # fmt: skip
    whole = next(each for each in answer.headers.get_list("set-cookie") if "login" in each)
    login = whole.partition(";")[0]
    assert login.startswith("__Secure-wikijs-login=")
    assert "path=/wiki-api;" in whole.lower()
    assert urljoin("https://example.com/wiki-api/portal/sign-in", answer.headers["location"]) == (
        "https://example.com/wiki-api/portal"
    )
    for path in (
        "/portal",
        "/portal/keys",
        "/portal/keys/new",
        "/docs",
        "/docs/api",
        "/docs/api/list_pages",
        "/docs/errors",
    ):
        text = visitor.get(path, headers={"cookie": login}).text
        links = re.findall(r'(?:href|src|action)="([^"#]*)"', text)
        outside = {urljoin(f"https://example.com/wiki-api{path}", link) for link in links}
        assert outside
        assert all(link.startswith("https://example.com/wiki-api/") for link in outside), (path, outside)


def test_large_and_strange_forms_are_refused(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key())
    assert visitor.http.post("/portal/keys/new", content=b"a" * 2_000_000).status_code == 413
    many = "&".join(f"scope={n}" for n in range(500))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = visitor.http.post("/portal/keys/new", content=many, headers=headers)
    assert answer.status_code in {400, 403}
    parts = {"content-type": "multipart/form-data; boundary=x"}
    assert visitor.http.post("/portal/keys/new", content=b"--x--", headers=parts).status_code == 415
    for content in (b"%ff%fe=%80", b"token=\xff", b"\x00=\x00", b"&&&==="):
        assert visitor.http.post("/portal/keys/new", content=content, headers=headers).status_code in {400, 403}


def test_graphql_runs_with_the_rights_of_the_key(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key("graphql"))
    headers = {"x-form-token": visitor.token("/portal/usage")}

    def ask(**body: Any) -> dict[str, Any]:
        answer = visitor.http.post("/portal/graphql", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    schema = ask(
        query="query IntrospectionQuery { __schema { queryType { name } } }", operationName="IntrospectionQuery"
    )
    assert "__schema" in schema["data"]
    assert "graphql:any" in ask(query="{ pages { list { id } } }")["errors"][0]["message"]
    everything = Visitor(gate, gate.key())
    headers = {"x-form-token": everything.token("/portal/usage")}
    answer = everything.http.post("/portal/graphql", json={"query": "{ pages { list { id } } }"}, headers=headers)
    assert len(answer.json()["data"]["pages"]["list"]) > 3
    for content in (b"{", b"[1]", b"null", json.dumps({"query": 1}).encode()):
        assert everything.http.post("/portal/graphql", content=content, headers=headers).status_code in {200, 400}
    assert everything.get("/portal/playground").status_code == 200
