"""Code of the contract: each sample can be read, and those that read the wiki really run, against a gateway."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from typer.testing import CliRunner

from wikijs.cli.app import app as cli
from wikijs.gateway import Gateway
from wikijs.gateway.app import application
from wikijs.gateway.samples import KEY, URL, value
from wikijs.gateway.serving import config, listening
from wikijs.sandbox import Sandbox

from .conftest import settings_at

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    about["operationId"]: (method, path, about)
    for path, methods in DOCUMENT["paths"].items()
    for method, about in methods.items()
}
RUN = (
    "list_pages",
    "get_page",
    "search_pages",
    "get_me",
    "ops_pages_list",
    "update_page",
    "create_job",
    "run_batch",
    "graphql",
)
"""Those that are really run, in all of Python, curl and the command line."""


def sample(name: str, label: str) -> str:
    found = next(each for each in OPERATIONS[name][2]["x-codeSamples"] if each["label"] == label)
    return str(found["source"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that leads to a gateway that listens."""
    with pytest.MonkeyPatch.context() as patch, Sandbox("demo") as sandbox:
        patch.delenv("WIKIJS_GATEWAY_KEY", raising=False)
        settings = settings_at(tmp_path_factory.mktemp("gateway"), sandbox.url, port=0, drain_seconds=1.0)
        gateway = Gateway(settings, http=httpx2.AsyncClient(transport=sandbox.transport()))
        gateway.credentials.put("default", "api_key", {"key": sandbox.api_key})
        key = gateway.keys.create("samples", scopes=["all"], tier="enterprise")[1]
        bound = listening(settings)
        server = uvicorn.Server(config(application(gateway), settings))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])))
        thread.start()
        while not server.started:
            time.sleep(0.02)
        patch.setenv(URL, f"http://127.0.0.1:{bound.getsockname()[1]}")
        patch.setenv(KEY, key)
        yield {**os.environ}
        server.should_exit = True
        thread.join()


def test_each_route_has_code_in_four_languages() -> None:
    for method, path, about in OPERATIONS.values():
        labels = [each["label"] for each in about["x-codeSamples"]]
        assert labels == ["curl", "Python", "TypeScript", "Command line"], path
        for each in about["x-codeSamples"]:
            assert "{id}" not in each["source"]
            assert ("security" in about) == (KEY in each["source"]) or each["label"] == "Command line", path
        compile(sample(about["operationId"], "Python"), path, "exec")
        words = shlex.split(sample(about["operationId"], "curl").replace("\\\n", ""))
        assert words[0] == "curl"
        assert (words[words.index("-X") + 1].lower() if "-X" in words else "get") == method


@pytest.mark.skipif(shutil.which("node") is None, reason="needs the command node")
def test_the_typescript_can_be_read() -> None:
    """It is also JavaScript, but for marks of types that are taken off here."""
    sources = [sample(name, "TypeScript").replace("body!", "body") for name in OPERATIONS]
    imports = {line for source in sources for line in source.splitlines() if line.startswith("import ")}
    whole = "\n".join([*imports, *(f"async () => {{\n{source}\n}};" for source in sources)])
    bare = "\n".join(line for line in whole.splitlines() if not line.startswith("import ") or line in imports)
    for line in imports:
        bare = bare.replace(f"{{\n{line}", "{")
    checked = subprocess.run(
        ["node", "--check", "--input-type=module", "-"], input=bare, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr[-600:]


@pytest.mark.parametrize("name", RUN)
def test_the_python_runs(served: dict[str, str], capsys: pytest.CaptureFixture[str], name: str) -> None:
    exec(compile(sample(name, "Python"), name, "exec"), {})  # noqa: S102  that is the test
    assert json.loads(capsys.readouterr().out)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs the command curl")
@pytest.mark.parametrize("name", RUN)
def test_the_curl_runs(served: dict[str, str], name: str) -> None:
    line = sample(name, "curl").replace("curl -s", "curl -s --fail-with-body", 1)
    done = subprocess.run(["sh", "-c", line], env=served, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)


@pytest.mark.parametrize("name", RUN)
def test_the_command_runs(served: dict[str, str], name: str) -> None:
    words = shlex.split(sample(name, "Command line").splitlines()[0])
    done = CliRunner().invoke(cli, words[1:])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)


def test_the_commands_for_the_wiki_itself_are_there() -> None:
    found = [sample(name, "Command line").splitlines() for name in OPERATIONS if name.startswith("ops_")]
    assert len(found) > 100
    for lines in found[::6]:
        words = shlex.split(lines[2])[1:]
        done = CliRunner().invoke(cli, [*words, "--dry-run"])
        assert done.exit_code == 0, (lines, done.output)


def test_a_request_of_the_command_line_says_what_is_wrong(served: dict[str, str], tmp_path: Path) -> None:
    def said(*words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["gateway", "request", *words], env=env)
        return done.exit_code, done.output

    assert said("FETCH", "/api/v1/me")[0] == 2
    assert "begins with a slash" in said("GET", "api/v1/me")[1]
    assert "no JSON" in said("POST", "/api/v1/pages", "--data", "{")[1]
    assert "no address" in said("GET", "/x", "--at", "ftp://x")[1]
    unreachable = said("GET", "/x", "--at", "http://127.0.0.1:9")[1]
    assert "cannot be reached" in unreachable
    assert "`wikijs gateway serve` starts one" in unreachable
    assert "cannot be read" in said("POST", "/x", "--file", str(tmp_path / "none"))[1]
    assert "Either" in said("POST", "/x", "--file", "a", "--data", "{}")[1]
    code, told = said("GET", "/api/v1/pages/99999")
    assert (code, "404" in told) == (1, True)
    code, told = said("GET", "/api/v1/me", env={KEY: ""})
    assert (code, f"Set {KEY}" in told) == (1, True)
    code, told = said("GET", "/docs/api/nothing")
    assert "404" in told


def test_a_file_goes_up_and_comes_down(served: dict[str, str], tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    (tmp_path / "logo.png").write_bytes(picture)
    command = ["gateway", "request", "POST", "/api/v1/assets?folder=images&name=sample.png"]
    done = CliRunner().invoke(cli, [*command, "--file", str(tmp_path / "logo.png")])
    assert done.exit_code == 0, done.output
    down = CliRunner().invoke(cli, ["gateway", "request", "GET", "/api/v1/assets/images/sample.png"])
    assert down.stdout_bytes == picture


def test_a_stream_is_printed_as_it_comes(served: dict[str, str]) -> None:
    job = json.loads(CliRunner().invoke(cli, shlex.split(sample("create_job", "Command line"))[1:]).stdout)
    done = CliRunner().invoke(cli, ["gateway", "request", "GET", f"/api/v1/jobs/{job['id']}/events"])
    assert re.search(r"event: end\ndata: \{.*\"state\":\s*\"done\"", done.stdout), done.output


def test_values_fit_their_schemas() -> None:
    schemas = {
        "Own": {"type": "object", "properties": {"own": {"$ref": "#/components/schemas/Own"}}, "required": ["own"]}
    }
    assert json.dumps(value({"$ref": "#/components/schemas/Own"}, schemas, ""))  # it ends
    assert value({"type": "array", "items": {"enum": ["a"]}}, {}, "") == ["a"]
    assert value({"type": ["integer", "null"], "minimum": 5}, {}, "") == 5
    assert value({"anyOf": [{"type": "boolean"}]}, {}, "") is True
    assert value({"type": "string", "format": "date-time"}, {}, "").endswith("Z")
