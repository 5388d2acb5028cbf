"""The npm package in Node: strict types, its tests on the sandbox and through faults, and what is published.

Where Node is missing the tests are skipped, and say so.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from graphql.utilities import strip_ignored_characters
from wikijs_generated import operations

from tests.support.chaos import Chaos, proxied
from tests.support.gated import gated
from tests.support.served import served
from tests.typescript import npm
from wikijs.core.operations import OperationSpec
from wikijs.feed.types.pages import PageCreated, PageUpdated
from wikijs.webhooks import signing

FAULTS = {"delay": 0.1, "cut before": 0.1, "cut after": 0.1, "truncate": 0.1, "502 before": 0.05, "502 after": 0.05}
"""Half of all requests, of each kind a tenth or less."""


WEBSOCKET = {"NODE_OPTIONS": "--experimental-websocket"}
"""Node 20 has one for the asking, later ones have it anyway."""


def webhook(*, now: bool = False, kind: Literal["page.created", "page.updated"] = "page.created") -> dict[str, object]:
    """A message as Python signs it, with two secrets."""
    moment = datetime.now(UTC) if now else datetime(2026, 11, 28, 12, tzinfo=UTC)
    event = {"page.created": PageCreated, "page.updated": PageUpdated}[kind].model_validate(
        {
            "id": "evt_1",
            "timestamp": moment,
            "detected_at": moment,
            "wiki": "https://wiki.example.com",
            "subject": "page:12",
            "data": {
                "page": {"id": 12, "path": "docs/ünï", "locale": "en"},
                "change": {"kind": "create" if kind == "page.created" else "edit"},
                "url": "https://wiki.example.com/en/docs",
            },
        }
    )
    secrets = [signing.new_secret(), signing.new_secret()]
    body, seconds = event.to_json(), int(moment.timestamp())
    headers = signing.signed_headers(secrets, event.id, seconds, body)
    return {"secrets": secrets, "headers": headers, "body": body.decode(), "now": seconds * 1000}


def documents() -> dict[str, object]:
    """The document of each operation, and the names of its variables."""
    return {
        spec.name: {
            "document": strip_ignored_characters(spec.document),
            "variables": re.findall(r"\$\x01(\w+)", spec.variable_definitions),
        }
        for spec in vars(operations).values()
        if isinstance(spec, OperationSpec)
    }


def test_strict_types_of_the_package_and_of_its_tests() -> None:
    npm.build()
    npm.run("tsc", "-p", str(npm.TESTS / "tsconfig.json"))


def test_behaviour_on_the_sandbox_and_through_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    npm.ready()
    given = tmp_path / "given.json"
    with (
        served(tmp_path / "wiki.db", seed="demo") as wiki,
        proxied(Chaos(FAULTS, seed=7), wiki.port) as chaos,
        gated(tmp_path, wiki.url, wiki.api_key) as gate,
        proxied(Chaos(FAULTS, seed=8), gate.port) as spoiling,
    ):
        sandbox = wiki.sandbox
        given.write_text(
            json.dumps(
                {
                    "wiki": {
                        "url": wiki.url,
                        "key": wiki.api_key,
                        "email": sandbox.admin_email,
                        "password": sandbox.admin_password,
                    },
                    "faulty": {"url": chaos.url, "key": wiki.api_key},
                    "gateway": {"url": gate.url, "key": gate.key, "faulty": spoiling.url},
                    "login": sandbox.admin_jwt,
                    "webhook": webhook(),
                    "documents": documents(),
                }
            )
        )
        configuration = str(npm.TESTS / "vitest.config.ts")
        said = npm.run(
            *("vitest", "run", "--coverage", "--config", configuration),
            timeout=1_200,
            WIKIJS_TS_TESTS=str(given),
            **WEBSOCKET,
        )
    assert sum(chaos.struck.values()) > 120
    assert sum(count for fault, count in chaos.struck.items() if fault != "none") > 40
    with capsys.disabled():
        for line in re.findall(
            r"^(?:.*: \d+ bytes|done of (?:40 each|20 through the gateway):.*| *Tests .*passed.*|All files.*)$",
            said,
            re.MULTILINE,
        ):
            print(f"\n  {line}", end="")


def test_what_is_published_is_sound(tmp_path: Path) -> None:
    dist = npm.build()
    manifest = json.loads((npm.PACKAGE / "package.json").read_text())
    targets = [
        path for entry in manifest["exports"].values() for path in (entry.values() if isinstance(entry, dict) else [])
    ]
    assert targets
    assert all((npm.PACKAGE / path).is_file() for path in targets)
    assert (dist / "index.d.ts").is_file()
    assert not manifest.get("dependencies")
    assert '"resolved"' not in (npm.PACKAGE / "package-lock.json").read_text()
    npm.run("publint", "--strict", str(npm.PACKAGE))
    packed = npm.run_npm("pack", "--ignore-scripts", "--json", "--pack-destination", str(tmp_path))
    (report,) = json.loads(packed)
    names = {file["path"] for file in report["files"]}
    assert {"package.json", "README.md", "LICENSE", "dist/index.js", "dist/core/index.d.ts"} <= names
    assert not {name for name in names if name.startswith(("src/", "node_modules/")) or name.endswith(".npmrc")}
    assert report["size"] < 200_000
    npm.run("attw", str(tmp_path / report["filename"]), "--profile", "esm-only")
