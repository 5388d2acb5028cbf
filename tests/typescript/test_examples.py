"""The TypeScript examples do what they say: on the sandbox, through a gateway, with a webhook that Python signed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gated import Gated, gated
from tests.support.served import Served, served
from tests.typescript import npm
from tests.typescript.test_npm import webhook

EXAMPLES = npm.ROOT / "examples" / "typescript"
WORKER = """
import worker from "./worker.ts";
const environment = { WIKIJS_URL: process.env.WIKIJS_URL, WIKIJS_API_KEY: process.env.WIKIJS_API_KEY };
for (const path of ["/examples/one", "/no/such"]) {
  const answer = await worker.fetch(new Request("https://edge.example.com" + path), environment);
  console.log(answer.status, await answer.text());
}
"""
ROUTE = """
import { POST } from "./ROUTE";
globalThis.revalidatePath = (path) => console.log("revalidated", path);
const { headers, body } = JSON.parse(process.env.MESSAGE);
for (const changed of [{}, { "webhook-id": "other" }]) {
  const init = { method: "POST", body, headers: { ...headers, ...changed } };
  const answer = await POST(new Request("https://me.example.com/hooks/wiki", init));
  console.log(answer.status);
}
"""


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("wiki") / "wiki.db") as server:
        with server.sandbox.client() as client:
            client.pages.create("examples/one", title="One", content="# One\n")
        yield server


@pytest.fixture(scope="module")
def gate(wiki: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    with gated(tmp_path_factory.mktemp("gateway"), wiki.url, wiki.api_key, feed=False) as gateway:
        yield gateway


def run(folder: Path, name: str, *arguments: str, source: str = "", **environment: str) -> str:
    """What an example prints, bundled as users would."""
    npm.build()
    scope = folder / "node_modules" / "@py-wikijs"
    scope.mkdir(parents=True)
    (scope / "sdk").symlink_to(npm.PACKAGE)
    for example in EXAMPLES.rglob("*.ts"):
        shutil.copy(example, folder / example.relative_to(EXAMPLES).name)
    entry = folder / name
    if source:
        entry = folder / "entry.ts"
        entry.write_text(source.replace("ROUTE", name))
    target = folder / "bundled.mjs"
    npm.run("esbuild", str(entry), "--bundle", "--platform=node", "--format=esm", f"--outfile={target}")
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(target), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_script_writes_its_report(wiki: Served, tmp_path: Path) -> None:
    said = run(tmp_path, "report.ts", WIKIJS_URL=wiki.url, WIKIJS_API_KEY=wiki.api_key)
    assert said == "Created reports/stale: 0 pages.\n"
    with wiki.sandbox.client() as client:
        assert client.pages.get("reports/stale").content == "# Untouched for a year\n\nNothing.\n"


def test_a_script_imports_pages_as_a_job(wiki: Served, gate: Gated, tmp_path: Path) -> None:
    pages = [{"path": path, "title": "T", "content": "# T"} for path in ("examples/two", "examples/one")]
    (tmp_path / "pages.json").write_text(json.dumps(pages))
    key = {"WIKIJS_GATEWAY_URL": gate.url, "WIKIJS_GATEWAY_TOKEN": gate.key}
    said = run(tmp_path, "import.ts", str(tmp_path / "pages.json"), **key).splitlines()
    assert said[0].strip() == "examples/two done"
    assert said[1].startswith("examples/one failed ")
    with wiki.sandbox.client() as client:
        assert client.pages.get("examples/two").title == "T"


def test_a_worker_answers_with_pages(wiki: Served, tmp_path: Path) -> None:
    said = run(tmp_path, "worker.ts", source=WORKER, WIKIJS_URL=wiki.url, WIKIJS_API_KEY=wiki.api_key)
    assert said == "200 # One\n\n404 There is no such page.\n"


def test_a_route_takes_what_python_signed_and_nothing_else(tmp_path: Path) -> None:
    name = next((EXAMPLES / "next").rglob("*.ts")).name
    message = webhook(now=True, kind="page.updated")
    secrets = message["secrets"]
    assert isinstance(secrets, list)
    said = run(tmp_path, name, source=ROUTE, MESSAGE=json.dumps(message), WEBHOOK_SECRET=str(secrets[0]))
    assert said == "revalidated /wiki/docs/ünï\n204\n400\n"
