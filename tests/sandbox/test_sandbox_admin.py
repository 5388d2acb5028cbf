"""Administration in the sandbox: stories measured on a real server, and what they cannot tell."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from stories import load, repeated

from wikijs.sandbox import Sandbox, modules
from wikijs.sandbox.graphql.schema import missing_resolvers
from wikijs.sandbox.markup.css import beautified
from wikijs.sandbox.storage.targets import complaint_of


@pytest.mark.parametrize("story", ["modules", "administration"])
def test_settings_are_as_measured(story: str) -> None:
    assert {step: wrong for step, wrong in repeated(story).items() if wrong} == {}


@pytest.mark.parametrize(("story", "steps"), [("modules", 95), ("administration", 204)])
def test_stories_are_whole(story: str, steps: int) -> None:
    assert len({step["step"] for step in load(story)}) == steps


def test_all_operations_are_answered() -> None:
    assert missing_resolvers() == []


def ask(http: httpx2.Client, query: str) -> Any:
    """The data of a reply."""
    return http.post("/graphql", json={"query": query}).json()["data"]


STATUS = "{ system { exportStatus { status progress startedAt } } }"
EXPORT = """mutation { system { export(entities: ["users", "pages"], path: "copy") {
responseResult { succeeded message } } } }"""


def test_export_runs_in_the_background_and_ends(sandbox: Sandbox, http: httpx2.Client) -> None:
    now = 1_795_252_099.0
    sandbox.clock = lambda: now
    assert ask(http, EXPORT)["system"]["export"]["responseResult"]["succeeded"]
    running = ask(http, STATUS)["system"]["exportStatus"]
    assert running == {"status": "running", "progress": 0, "startedAt": "2026-11-21T09:08:19.000Z"}
    again = ask(http, EXPORT)["system"]["export"]["responseResult"]
    assert again == {"succeeded": False, "message": "Another export is already running."}
    now += 60
    assert ask(http, STATUS)["system"]["exportStatus"]["status"] == "success"
    full = ask(http, EXPORT)["system"]["export"]["responseResult"]
    assert full == {"succeeded": False, "message": "Target directory must be empty!"}


@pytest.mark.parametrize("kind", ["analytics", "comments", "logging", "rendering", "storage"])
def test_modules_are_well_defined(kind: str) -> None:
    listed = modules.definitions(kind)
    assert listed
    for key, module in listed.items():
        assert module["title"]
        assert set(module["initial"]) == set(module["props"]), key


def test_listing_does_not_change_definitions(http: httpx2.Client) -> None:
    query = "{ storage { targets { key config { key value } } } }"
    assert ask(http, query) == ask(http, query)


@pytest.mark.parametrize(
    ("key", "config", "complaint"),
    [
        ("disk", {"path": "copy"}, ""),
        ("box", {}, ""),
        ("azure", {"accountName": "me"}, "getaddrinfo ENOTFOUND me.blob.core.windows.net"),
        ("git", {"localRepoPath": "r", "repoUrl": "https://g.io/x"}, "Could not resolve host"),
        ("git", {"localRepoPath": "r", "repoUrl": ""}, "no path specified"),
        ("s3", {"bucket": ""}, 'found "" for params.Bucket'),
        ("s3", {"bucket": "b"}, "Missing credentials"),
        ("s3", {"bucket": "b", "accessKeyId": "k", "secretAccessKey": "s"}, "Inaccessible host: `s3.amazonaws.com'"),
        ("sftp", {"host": "h"}, "Initializing..."),
    ],
)
def test_targets_complain_as_without_a_network(key: str, config: dict[str, Any], complaint: str) -> None:
    assert complaint in complaint_of(key, config)
    assert bool(complaint) == bool(complaint_of(key, config))


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("", ""),
        ("a{b:c", ""),
        ("a{}", ""),
        ("a{b:c;}}d{e:f}", "a {\n  b: c\n}"),
        ("@charset 'x';a{margin:0px 0em 10px}", "@charset 'x';\na {\n  margin: 0 0 10px\n}"),
        (
            "@supports (a:b){@media print{a{b:c}}}",
            "@supports (a:b) {\n  @media print {\n    a {\n      b: c\n    }\n  }\n}",
        ),
    ],
)
def test_styles_are_tidied(given: str, tidy: str) -> None:
    assert beautified(given) == tidy


def test_settings_outlive_the_process(tmp_path: object) -> None:
    path = f"{tmp_path}/wiki.db"
    change = """mutation { rendering { updateRenderers(renderers: [{ key: "htmlMermaid", isEnabled: false }]) {
    responseResult { succeeded } } } }"""
    for query in (change, "{ rendering { renderers { key isEnabled } } }"):
        with (
            Sandbox(data=path) as sandbox,
            httpx2.Client(
                transport=sandbox.transport(),
                base_url=sandbox.url,
                headers={"authorization": f"Bearer {sandbox.api_key}"},
            ) as http,
        ):
            data = ask(http, query)
    states = {renderer["key"]: renderer["isEnabled"] for renderer in data["rendering"]["renderers"]}
    assert not states["htmlMermaid"]
    assert states["htmlTabset"]
