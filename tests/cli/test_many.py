"""One command for several wikis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox


class Wikis:
    """Two wikis with one page each, and a third that is not there."""

    def __init__(self, folder: Path) -> None:
        self.sandboxes = {name: Sandbox() for name in ("docs", "team")}
        lines = []
        for name, sandbox in self.sandboxes.items():
            (folder / name).write_text(sandbox.api_key)
            lines.append(f'[profiles.{name}]\nurl = "http://{name}.example.com"\napi_key_file = "{name}"\n')
        lines.append('[profiles.gone]\nurl = "http://gone.example.com"\n')
        (folder / "config.toml").write_text("".join(lines))
        self.environment = {"WIKIJS_CONFIG": str(folder / "config.toml"), "WIKIJS_CACHE_DIR": str(folder / "cache")}
        transports = {f"{name}.example.com": sandbox.transport() for name, sandbox in self.sandboxes.items()}

        def handle(request: httpx2.Request) -> httpx2.Response:
            if request.url.host not in transports:
                raise httpx2.ConnectError("refused", request=request)
            response = transports[request.url.host].handle_request(request)
            response.read()
            return response

        self.http = httpx2.Client(transport=httpx2.MockTransport(handle))

    def __call__(self, *arguments: str) -> Result:
        session = Session(environment=self.environment, http=self.http)
        return CliRunner().invoke(app, list(arguments), prog_name="wikijs", obj=session)


@pytest.fixture
def wikis(tmp_path: Path) -> Iterator[Wikis]:
    found = Wikis(tmp_path)
    for name in ("docs", "team"):
        assert (
            found("pages", "create", f"{name}/page", "--title", name, "--content", "x", "--profile", name).exit_code
            == 0
        )
    yield found
    found.http.close()


def test_each_line_says_whose_it_is(wikis: Wikis) -> None:
    result = wikis("pages", "list", "--profile", "docs,team")
    assert result.exit_code == 0, result.output
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["docs", "team"]
    assert "docs/page" in result.stdout
    quiet = wikis("--profile", "docs, team", "pages", "list", "--quiet")
    assert quiet.stdout == "docs\t1\nteam\t1\n"


def test_programs_get_one_object_by_profile(wikis: Wikis) -> None:
    found = json.loads(wikis("pages", "list", "--profile", "team,docs", "--json", "path").stdout)
    assert found == {"team": [{"path": "team/page"}], "docs": [{"path": "docs/page"}]}
    assert wikis("pages", "list", "--profile", "docs,team", "--yaml").stdout.startswith("docs:\n- ")


def test_one_that_fails_does_not_stop_the_others(wikis: Wikis) -> None:
    result = wikis("--all-profiles", "whoami", "--json", "name")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert found["docs"] == {"name": "API key 1"}
    assert found["gone"] is None
    assert "that was gone" in result.stderr
    assert wikis("health", "--all-profiles").exit_code == 3


def test_commands_that_may_change_something_take_one_wiki(wikis: Wikis) -> None:
    for arguments in (
        ("pages", "delete", "1", "--yes"),
        ("pages", "create", "x/y", "--title", "x", "--content", "x"),
        ("pages", "get", "docs/page", "--output", "page.md"),
    ):
        result = wikis(*arguments, "--profile", "docs,team")
        assert result.exit_code == 2
        assert "one wiki at a time" in result.stderr


def test_reports_about_several_wikis_are_one_document(wikis: Wikis, tmp_path: Path) -> None:
    table = wikis("report", "orphans", "--profile", "docs,team")
    assert [line.split("\t")[:3] for line in table.stdout.splitlines()] == [
        ["docs", "warning", "en/docs/page"],
        ["team", "warning", "en/team/page"],
    ]
    found = json.loads(wikis("report", "orphans", "--profile", "docs,team", "--json").stdout)
    assert {name: report["counts"]["warning"] for name, report in found.items()} == {"docs": 1, "team": 1}
    file = tmp_path / "both.html"
    assert wikis("report", "orphans", "--profile", "docs,team", "-o", str(file)).exit_code == 1
    assert all(name in file.read_text(encoding="utf-8") for name in ("docs/page", "team/page", "docs.example.com"))
    rows = wikis("report", "orphans", "--profile", "docs,team", "--csv").stdout.splitlines()
    assert (len(rows), len({row.partition(",")[0] for row in rows})) == (3, 2)


def test_access_to_several_wikis(wikis: Wikis) -> None:
    result = wikis("access", "guest", "read:pages", "docs/page", "--profile", "docs,team")
    assert result.exit_code == 0
    assert {line.split("\t")[0] for line in result.stdout.splitlines()} == {"docs", "team"}


def test_what_cannot_be_is_said_before_anything_is_asked(wikis: Wikis, tmp_path: Path) -> None:
    assert "no profile" in wikis("pages", "list", "--profile", "docs,nope").stderr
    assert wikis("pages", "list", "--profile", "docs,team", "--url", "http://x.example.com").exit_code == 2
    assert wikis("pages", "list", "--profile", ",").exit_code == 2
    (tmp_path / "config.toml").write_text("")
    assert "No wiki is configured" in wikis("pages", "list", "--all-profiles").stderr
