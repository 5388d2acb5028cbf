"""`locales`, `storage`, `mail`, `search` and `auth strategies`: settings in one grammar, on the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import OnSandbox


def data(on_sandbox: OnSandbox, *line: str) -> Any:
    result = on_sandbox(*line, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_locales(on_sandbox: OnSandbox) -> None:
    assert "en\tEnglish" in on_sandbox("locales", "list").stdout
    assert len(data(on_sandbox, "locales", "list", "--all")) >= len(data(on_sandbox, "locales", "list"))
    before = data(on_sandbox, "locales", "get")
    assert before["locale"] == "en"
    line = ("locales", "set", "auto_update=true", "namespaces=en,fr")
    assert "auto_update: " in on_sandbox(*line, "--dry-run").stdout
    assert data(on_sandbox, "locales", "get") == before
    assert data(on_sandbox, *line)["autoUpdate"] is True
    assert "main" in on_sandbox("locales", "list").stdout
    assert on_sandbox("locales", "set", "colour=red").exit_code == 2
    assert on_sandbox("locales", "install", "xx").exit_code == 1


def test_storage(on_sandbox: OnSandbox) -> None:
    assert "disk\t" in on_sandbox("storage", "list").stdout
    shown = data(on_sandbox, "storage", "get", "disk")
    assert "path" in shown["settings"]
    assert "actions" in on_sandbox("storage", "get", "disk").stdout
    assert on_sandbox("storage", "get", "disk", "--quiet").stdout == "disk\n"
    line = ("storage", "set", "disk", "path=/srv/wiki")
    assert "-> /srv/wiki" in on_sandbox(*line, "--dry-run").stdout
    assert data(on_sandbox, *line, "--dry-run")["changes"]["path"]["then"] == "/srv/wiki"
    assert on_sandbox(*line).exit_code == 0
    assert data(on_sandbox, "storage", "get", "disk")["settings"]["path"] == "/srv/wiki"
    assert on_sandbox("storage", "enable", "disk").exit_code == 0
    assert "disk" in on_sandbox("storage", "status").stdout
    refused = on_sandbox("storage", "run", "disk", "fly")
    assert (refused.exit_code, "It has: " in refused.stderr) == (2, True)
    assert on_sandbox("storage", "run", "disk", "dump").exit_code == 0
    assert on_sandbox("storage", "disable", "disk").exit_code == 0
    assert data(on_sandbox, "storage", "get", "disk")["isEnabled"] is False
    assert on_sandbox("storage", "set", "disk").exit_code == 2
    assert on_sandbox("storage", "set", "disk", "colour=red", "--dry-run").exit_code == 2


def test_search(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("search", "list").stdout.startswith("db\t")
    engines = {engine["key"] for engine in data(on_sandbox, "search", "list")}
    assert "elasticsearch" in engines
    shown = data(on_sandbox, "search", "get", "elasticsearch")
    name = next(iter(name for name, value in shown["settings"].items() if isinstance(value, str)))
    assert on_sandbox("search", "get", "elasticsearch").exit_code == 0
    assert on_sandbox("search", "set", "elasticsearch", f"{name}=x", "--dry-run").exit_code == 0
    assert on_sandbox("search", "set", "elasticsearch", f"{name}={shown['settings'][name]}").exit_code == 0
    assert on_sandbox("search", "disable", "elasticsearch").exit_code == 0
    assert on_sandbox("search", "enable", "db").exit_code == 0
    assert on_sandbox("search", "rebuild").exit_code == 2
    assert on_sandbox("search", "rebuild", "--yes").exit_code == 0


def test_mail(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush\n")
    line = ("mail", "set", "host=mail.example.com", "port=465", "--password-file", str(tmp_path / "password"))
    assert on_sandbox(*line, "--dry-run").stdout == "Would change host, port, password.\n"
    changed = data(on_sandbox, *line)
    assert (changed["host"], changed["port"], "hush" in json.dumps(changed)) == ("mail.example.com", 465, False)
    assert "mail.example.com" in on_sandbox("mail", "get").stdout
    assert on_sandbox("mail", "set", "password=hush").exit_code == 2
    assert on_sandbox("mail", "set", "colour=red").exit_code == 2
    assert on_sandbox("mail", "set").exit_code == 2
    assert on_sandbox("mail", "test", "ada@example.com").exit_code in {0, 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mail set port=abc", "port is a whole number, not 'abc'."),
        ("mail set port=[1]", "port is a whole number"),
        ("mail set secure=maybe", "secure is true or false, not 'maybe'."),
        ("mail set host=null", "Leave it out to keep it, or write host= to empty it."),
        ("locales set auto_update=null", "auto_update cannot be null."),
        ("locales set namespaces=[1]", "namespaces is a list of words, such as namespaces=a,b."),
        ("site set upload_max_files=many", "upload_max_files is a whole number, not 'many'."),
        ("site set uploadMaxFiles=true", "upload_max_files is a whole number, not 'true'."),
    ],
)
def test_a_value_that_is_not_of_its_type_is_one_sentence_and_sends_nothing(
    on_sandbox: OnSandbox, line: str, said: str
) -> None:
    result = on_sandbox(*line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") <= 2


def test_digits_are_a_text_where_one_is_wanted_and_yes_is_true(on_sandbox: OnSandbox) -> None:
    assert data(on_sandbox, "site", "set", "title=2026", "featurePageComments=yes", "robots=index,follow")
    site = on_sandbox.client.site.get()
    assert (site.title, site.feature_page_comments, site.robots) == ("2026", True, ["index", "follow"])
    assert data(on_sandbox, "mail", "set", "name=7", "secure=off")["name"] == "7"
    assert on_sandbox.client.mail.get().secure is False


def test_login_strategies(on_sandbox: OnSandbox) -> None:
    assert "local\t" in on_sandbox("auth", "strategies", "list").stdout
    assert "ldap" in on_sandbox("auth", "strategies", "list", "--modules").stdout
    made = data(on_sandbox, "auth", "strategies", "add", "ldap", "--name", "Staff", "--group", "1", "--disabled")
    key = made["key"]
    assert on_sandbox("auth", "strategies", "get", key).exit_code == 0
    line = ("auth", "strategies", "set", key, "--domain", "example.com", "--registration")
    assert on_sandbox(*line, "--dry-run").exit_code == 0
    assert data(on_sandbox, *line)["domainWhitelist"] == ["example.com"]
    assert on_sandbox("auth", "strategies", "set", key).exit_code == 2
    assert on_sandbox("auth", "strategies", "enable", key).exit_code == 0
    assert on_sandbox("auth", "strategies", "disable", key, "--yes").exit_code == 0
    assert on_sandbox("auth", "strategies", "remove", key).exit_code == 2
    assert on_sandbox("auth", "strategies", "remove", key, "--yes").exit_code == 0
    assert key not in on_sandbox("auth", "strategies", "list").stdout
