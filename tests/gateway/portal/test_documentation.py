"""What lies below /docs: the reference, the kinds of failures, Swagger UI, and the documentation's site."""

from __future__ import annotations

import ast
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import wikijs.gateway
from wikijs import exceptions as exc
from wikijs.exceptions import ConfigurationError
from wikijs.gateway import Settings
from wikijs.gateway.http.problems import kind_of
from wikijs.gateway.portal.assets import FILES, file
from wikijs.gateway.portal.docs.errors import OWN, kinds
from wikijs.gateway.portal.docs.site import found_in, policy_of

from ..conftest import Gate, Gates
from .visiting import words

ROOT = Path(wikijs.gateway.__file__).parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("secret")
    folder = outside / "site"
    (folder / "guide").mkdir(parents=True)
    (folder / "index.html").write_text("<html><body><script>let a = 1;</script><h1>The site</h1></body></html>")
    (folder / "guide/index.html").write_text("<h1>A guide</h1>")
    (folder / "style.css").write_text("h1 {}")
    (folder / ".hidden").write_text("secret")
    (folder / "leads-out.txt").symlink_to(outside / "secret.txt")
    return folder


def test_each_route_has_a_page_with_code_in_four_languages(gate: Gate) -> None:
    http = TestClient(gate.client.app)
    operations = [each for methods in gate.client.app.openapi()["paths"].values() for each in methods.values()]  # type: ignore[attr-defined]
    index = http.get("/docs/api").text
    assert len(operations) > 200
    for about in operations:
        assert f'docs/api/{about["operationId"]}"' in index
    for about in [
        *operations[::9],
        *(each for each in operations if each["operationId"] in {"graphql", "upload_asset"}),
    ]:
        answer = http.get(f"/docs/api/{about['operationId']}")
        assert answer.status_code == 200, answer.text
        text = words(answer.text)
        for label in ("curl", "Python", "TypeScript", "Command line"):
            assert label in text
        assert "httpx2." in text
        assert "wikijs gateway request" in text
    assert http.get("/docs/api/nothing").status_code == 404


def test_the_reference_is_searched_without_javascript(gate: Gate) -> None:
    http = TestClient(gate.client.app)
    found = words(http.get("/docs/api?q=page+history").text)
    assert "/api/v1/pages/{id}/history" in found
    assert "/api/v1/users" not in found
    assert "No route has these words" in http.get("/docs/api?q=zzz").text


def refused_kinds() -> set[str]:
    """The kinds that the gateway's own code names."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refused", "unauthorized"}:
                place = 1 if getattr(node.func, "id", "") in {"Refused", "unauthorized"} else 0
                if len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    found.add(str(node.args[place].value))  # type: ignore[attr-defined]
    return found


def test_each_kind_of_failure_is_explained() -> None:
    known = {kind.name for kind in kinds()}
    assert len(refused_kinds()) > 35
    assert refused_kinds() <= known
    classes = [getattr(exc, name) for name in exc.__all__ if isinstance(getattr(exc, name), type)]
    assert {kind_of(cls) for cls in classes if issubclass(cls, exc.WikiJSException)} <= known
    assert all(kind.meaning and re.fullmatch(r"[45]\d\d", kind.status) for kind in kinds())
    assert OWN


def test_the_type_of_a_problem_leads_to_its_entry(gate: Gate) -> None:
    http = TestClient(gate.client.app)
    page = http.get("/docs/errors").text
    for answer in (
        http.get("/api/v1/me"),
        gate.client.get("/api/v1/pages/99999"),
        gate.client.get("/api/v1/pages?nothing=1"),
        gate.client.patch("/api/v1/pages/1", json={"title": "x"}),
        http.get("/nothing"),
        http.put("/healthz"),
    ):
        path, _, kind = answer.json()["type"].partition("#")
        assert path == "/docs/errors"
        assert f'id="{kind}"' in page, kind


def test_programs_of_others_are_kept_here_with_their_licences(gate: Gate) -> None:
    http = TestClient(gate.client.app)
    for name in FILES:
        packed = http.get(f"/portal/static/{name}", headers={"accept-encoding": "gzip"})
        plain = http.get(f"/portal/static/{name}", headers={"accept-encoding": "identity"})
        assert packed.status_code == plain.status_code == 200
        assert packed.content == plain.content, name
        again = http.get(f"/portal/static/{name}", headers={"if-none-match": plain.headers["etag"]})
        assert again.status_code == 304
    licences = (ROOT / "portal/static/vendored/LICENSES.txt").read_text()
    assert "swagger-ui-dist 5.35.0" in licences
    assert "Apache License" in licences
    digests = dict(re.findall(r"^sha256 (\S+) (\w{64})$", licences, re.MULTILINE))
    for path in sorted((ROOT / "portal/static/vendored").glob("*.gz")):
        assert hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() == digests[path.name.removesuffix(".gz")]
    assert file("../desk.py") is None
    assert http.get("/portal/static/..%2fdesk.py").status_code == 404
    page = http.get("/docs/try")
    assert "script-src 'self';" in page.headers["content-security-policy"]


def test_the_site_is_shown_when_there_is_one(gates: Gates, site: Path) -> None:
    http = TestClient(gates(docs=str(site)).client.app)
    page = http.get("/docs")
    assert page.url.path == "/docs/"
    assert "The site" in page.text
    policy = page.headers["content-security-policy"]
    assert re.search(r"script-src 'self' 'sha256-[\w+/]+=';", policy)
    assert "A guide" in http.get("/docs/guide").text
    assert http.get("/docs/guide").url.path == "/docs/guide/"
    assert http.get("/docs/style.css").headers["content-type"].startswith("text/css")
    assert "API reference" in http.get("/docs/api").text  # what is built in stays
    assert "page-not-found" in http.get("/docs/errors").text
    for path in (
        "nothing",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        ".hidden",
        "leads-out.txt",
        "guide/%00",
        "a" * 300,
        "\\x",
    ):
        answer = http.get(f"/docs/{path}")
        assert answer.status_code == 404, path
        assert "secret" not in answer.text.replace(path, "")


@pytest.mark.parametrize(
    "path", ["../outside", "/etc/passwd", "guide/../../secret.txt", "C:\\x", ".git/config", "a\0b"]
)
def test_no_path_leads_out_of_the_site(site: Path, path: str) -> None:
    assert found_in(site, path) is None


def test_scripts_that_are_not_of_the_site_have_no_digest() -> None:
    assert "sha256" not in policy_of(b'<script src="x.js"></script>')
    assert policy_of(b"<script>a</script>") != policy_of(b"<script>b</script>")


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no index\.html"):
        Settings(wiki="http://wiki.example.com", docs=str(tmp_path)).checked()


def test_our_own_start_says_how_to_begin(gate: Gate) -> None:
    text = words(TestClient(gate.client.app).get("/docs").text)
    for part in ("export WIKIJS_GATEWAY_URL=http://testserver", "API reference", "Try it", "Errors", "Portal"):
        assert part in text
