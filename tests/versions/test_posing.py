"""The sandbox posing as an older version answers as a real server of that version did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from typer.testing import CliRunner

from tests.sandbox.test_sandbox_plugin import run_pytest
from wikijs.cli.app import app
from wikijs.sandbox import Sandbox, UnknownVersionError

from .questions import MEASURED, VERSIONS, Ask, complaints, story

FIELDS_OF_SITE: Final = '{ __type(name: "SiteConfig") { fields { name } } }'


def requests_to(sandbox: Sandbox) -> httpx2.Client:
    """A plain HTTP client of a sandbox."""
    return httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url)


def asking(sandbox: Sandbox) -> Ask:
    """Asks a sandbox."""
    http = requests_to(sandbox)

    def ask(request: dict[str, Any], with_key: bool) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {sandbox.api_key}"} if with_key else {}
        response = http.post("/graphql", json=request, headers=headers)
        return response.status_code, response.json()

    return ask


def measured(version: str) -> dict[str, Any]:
    """What a real server answered."""
    answers: dict[str, Any] = json.loads((MEASURED / f"{version}.json").read_text(encoding="utf-8"))
    return answers


@pytest.mark.parametrize("version", VERSIONS)
def test_it_finds_the_same_wrong_with_every_document(version: str) -> None:
    with Sandbox(version=version) as sandbox:
        assert complaints(asking(sandbox)) == measured(version)["complaints"]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_answers_the_same(version: str) -> None:
    with Sandbox(version=version) as sandbox:
        answers = story(asking(sandbox))
    for answer, real in zip(answers, measured(version)["story"], strict=True):
        assert answer == real


def test_a_version_between_two_has_the_schema_of_the_older_one() -> None:
    with Sandbox(version="v2.5.254") as sandbox, sandbox.client() as wiki:
        assert wiki.system.info().current_version == "2.5.254"
        names = [field["name"] for field in wiki.graphql(FIELDS_OF_SITE)["__type"]["fields"]]
    assert "uploadMaxFiles" in names
    assert "uploadScanSVG" not in names


@pytest.mark.parametrize("version", ["2.0.0", "2.6.1", "3", "", "2.5", "newest"])
def test_an_unknown_version_is_refused_with_the_known_ones(version: str) -> None:
    with pytest.raises(UnknownVersionError) as caught:
        Sandbox(version=version)
    assert str(caught.value).startswith(f"{version!r} is not a Wiki.js version from 2.0.1 to 2.5.314. Take one of ")
    assert "2.5.201, 2.5.214, " in str(caught.value)


def test_the_command_refuses_an_unknown_version() -> None:
    outcome = CliRunner().invoke(app, ["sandbox", "--port", "0", "--version", "2.9.9"])
    assert outcome.exit_code == 1
    assert "'2.9.9' is not a Wiki.js version from 2.0.1 to 2.5.314." in outcome.stderr


@pytest.mark.parametrize(("version", "status"), [("2.5.274", 413), ("2.5.275", 200)])
def test_bodies_may_be_larger_since_2_5_275(version: str, status: int) -> None:
    with Sandbox(version=version) as sandbox:
        answered, _ = asking(sandbox)({"query": "{ __typename }", "padding": "x" * 1_100_000}, False)
    assert answered == status


@pytest.mark.parametrize(("version", "status"), [("2.5.308", 200), ("2.5.309", 403)])
def test_refused_views_have_a_status_since_2_5_309(version: str, status: int) -> None:
    with (
        Sandbox(version=version) as sandbox,
        httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as http,
    ):
        assert http.get("/a").status_code == status


@pytest.mark.parametrize(("version", "status"), [("2.5.264", 200), ("2.5.272", 403)])
def test_uploads_take_no_cookie_since_2_5_272(version: str, status: int) -> None:
    with (
        Sandbox(version=version) as sandbox,
        httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as http,
    ):
        http.cookies.set("jwt", sandbox.admin_jwt)
        folder, file = (None, b'{"folderId":0}', None), ("a.png", b"image", "image/png")
        answer = http.post("/u", files=[("mediaUpload", folder), ("mediaUpload", file)])
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("version", "title", "after"),
    [
        ("2.5.201", "docs/one", "docs/one"),
        ("2.5.214", "docs/one", "docs/two"),
        ("2.5.214", "one", "one"),
        ("2.5.296", "docs/one", "docs/one"),
        ("2.5.296", "one", "two"),
    ],
)
def test_which_title_follows_a_move(version: str, title: str, after: str) -> None:
    with Sandbox(version=version) as sandbox, sandbox.client() as wiki:
        page = wiki.pages.create("docs/one", title=title, content="x")
        assert wiki.pages.move(page.id, "docs/two").title == after


@pytest.mark.parametrize(("version", "seen"), [("2.5.275", False), ("2.5.276", True)])
def test_rules_are_for_their_locales_since_2_5_276(version: str, seen: bool) -> None:
    rule = {"id": "a", "deny": True, "match": "START", "roles": ["read:pages"], "path": "", "locales": ["fr"]}
    with Sandbox(version=version) as sandbox, sandbox.client() as wiki, sandbox.client(guest=True) as guest:
        wiki.pages.create("docs/one", title="One", content="x")
        group = sandbox.db.one("SELECT * FROM groups WHERE id = 2")
        assert group is not None
        sandbox.db.update("groups", 2, {"pageRules": [*group["pageRules"], rule]})
        assert bool(guest.pages.list()) is seen


MARKED = """
import pytest

def version(client):
    return client.graphql("{ system { info { currentVersion } } }")["system"]["info"]["currentVersion"]

@pytest.mark.wikijs_version("2.5.201")
def test_marked(wikijs_client):
    assert version(wikijs_client) == "2.5.201"

def test_not_marked(wikijs_client):
    assert version(wikijs_client) == "{default}"
"""


@pytest.mark.parametrize(("options", "default"), [((), "2.5.314"), (("--wikijs-version", "2.4.75"), "2.4.75")])
def test_tests_choose_a_version(tmp_path: Path, options: tuple[str, ...], default: str) -> None:
    outcome = run_pytest(tmp_path, MARKED.replace("{default}", default), *options)
    assert "2 passed" in outcome.stdout


def test_tests_that_choose_wrongly_are_told(tmp_path: Path) -> None:
    wrong = """
import pytest

@pytest.mark.wikijs_version("2.9")
def test_unknown(wikijs_sandbox): pass

@pytest.mark.wikijs_version(2, 9)
def test_numbers(wikijs_sandbox): pass
"""
    outcome = run_pytest(tmp_path, wrong)
    assert "'2.9' is not a Wiki.js version" in outcome.stdout
    assert 'The mark takes one version: @pytest.mark.wikijs_version("2.5.201")' in outcome.stdout
