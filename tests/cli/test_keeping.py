"""`wikijs health`, `wikijs cache` and `wikijs completion`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import httpx2
import pytest
from support.jwt import api_key
from support.recordings import step

from .conftest import AS_GUEST, OnSandbox, Run

INFO = step("config-reads", "system.info")
HTML = httpx2.Response(200, headers={"content-type": "text/html"}, text="<html>hello</html>")

FORBIDDEN = httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": {"groups": {"list": None}}})


def test_health_check_says_what_it_found(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("health", "check")
    assert result.exit_code == 0
    checks = [line.split("\t") for line in result.stdout.splitlines()]
    assert [check[:2] for check in checks] == [["answers", "yes"], ["credentials", "yes"], ["version", "yes"]]
    assert "by WIKIJS_API_KEY" in checks[1][2]
    assert checks[2][2].startswith("Wiki.js 2.5.314")
    [first] = json.loads(on_sandbox("health", "check", "--json", "check,ok", "--filter", "[:1]").stdout)
    assert first == {"check": "answers", "ok": True}


def test_health_check_of_a_guest(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("health", "check", guest=True)
    assert result.exit_code == 0
    assert "you are a guest" in result.stdout
    assert "version\t\tOnly those who have manage:system may see it." in result.stdout


def test_health_check_finds_a_key_of_another_wiki(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("health", "check", environment={"WIKIJS_API_KEY": api_key()})
    assert result.exit_code == 1
    assert "credentials\tno\t" in result.stdout


def test_health_check_warns_of_a_key_that_ends_soon(run: Run) -> None:
    environment = {**AS_GUEST, "WIKIJS_API_KEY": api_key(exp=int(time.time()) + 3600)}
    profile = step("users", "profile with an API key")
    healthz = httpx2.Response(200, json={"ok": True})
    answers = (healthz, healthz, profile, FORBIDDEN, INFO)
    result = run("health", "check", answers=answers, environment=environment)
    assert result.exit_code == 0
    assert "the key expires on" in result.stdout
    assert "API key 1, rights of group 1, by WIKIJS_API_KEY" in result.stdout
    assert "expires in 0.0 days" in result.stderr
    assert run("health", "--strict", answers=answers, environment=environment).exit_code == 1


def test_health_alone_checks_and_its_help_is_the_help_of_the_group(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("health").stdout.startswith("answers\tyes\t")
    assert "stats" in on_sandbox("health", "--help").stdout


def test_a_wiki_that_is_not_well_fails(run: Run) -> None:
    profile = step("users", "profile with an API key")
    sick = [httpx2.Response(503, json={"ok": False}) for _ in range(2)]
    result = run("health", answers=(*sick, profile, FORBIDDEN, INFO))
    assert result.exit_code == 1
    assert result.stdout.startswith("answers\tno\t")


def test_a_wiki_that_is_not_there_fails(run: Run) -> None:
    result = run("health", answers=(httpx2.ConnectError("refused"),))
    assert result.exit_code == 1
    assert result.stdout.startswith("answers\tno\tNo connection")


def test_health_check_of_something_else(run: Run) -> None:
    result = run("health", "check", answers=(HTML,))
    assert result.exit_code == 1
    assert result.stdout.startswith("answers\tno\tNo Wiki.js GraphQL endpoint answers here")
    assert len(result.stdout.splitlines()) == 1


def test_health_stats_measures_and_counts(on_sandbox: OnSandbox) -> None:
    shown = json.loads(on_sandbox("health", "stats", "--requests", "3", "--json").stdout)
    assert (shown["requests"], shown["failures"]) == (3, 0)
    assert 0 < shown["fastest"] <= shown["median"] <= shown["slowest"]
    assert shown["pages"] == len(on_sandbox.client.pages.list())
    assert "version" not in on_sandbox("health", "stats", "--requests", "1", guest=True).stdout


def test_health_stats_counts_failures(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    asked: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if b"system" in request.content:  # every document asks for a __typename
            return INFO.reply()
        asked.append(request.content)
        if len(asked) in {1, 2}:
            return httpx2.Response(200, json={"data": {"__typename": "Query"}})
        raise httpx2.ConnectTimeout("lost")

    shown = json.loads(run("health", "stats", "--requests", "3", "--json", answers=(answer,)).stdout)
    assert (shown["requests"], shown["failures"]) == (3, 2)
    assert shown["version"] == "2.5.314"


def test_the_cache_is_off_unless_a_profile_says_so(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    config = Path(on_sandbox.environment["WIKIJS_CONFIG"])
    config.write_text(f'[profiles.demo]\nurl = "{on_sandbox.sandbox.url}"\n')
    config.chmod(0o600)
    assert on_sandbox("cache", "clear").stdout == "There is no cache.\n"
    on_sandbox("pages", "get", "1")
    assert json.loads(on_sandbox("cache", "stats", "--json").stdout)["entries"] == 0
    on_sandbox("config", "set", "demo.cache", "true")
    on_sandbox("pages", "get", "1", "--no-cache")
    assert json.loads(on_sandbox("cache", "stats", "--json").stdout)["entries"] == 0
    on_sandbox("pages", "get", "1")
    stats = json.loads(on_sandbox("cache", "stats", "--json").stdout)
    assert stats["entries"] >= 1
    assert stats["bytes"] > 0
    assert stats["usedBy"] == ["demo"]
    on_sandbox.sandbox.db.run("UPDATE pages SET title = 'changed behind its back' WHERE id = 1")
    assert "changed behind" not in on_sandbox("pages", "get", "1").stdout
    assert "changed behind" in on_sandbox("pages", "get", "1", "--no-cache").stdout
    assert on_sandbox("cache", "clear").stdout == f"Dropped {stats['entries']} entries.\n"
    assert "changed behind" in on_sandbox("pages", "get", "1").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_prints_the_script_of_a_shell(on_sandbox: OnSandbox, shell: str) -> None:
    result = on_sandbox("completion", shell)
    assert result.exit_code == 0
    assert "_WIKIJS_COMPLETE" in result.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_takes_the_script(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "wikijs.sh").write_text(on_sandbox("completion", "bash").stdout)
    known = subprocess.run(
        ["bash", "-c", f"source {tmp_path}/wikijs.sh && complete -p wikijs"], capture_output=True, text=True, check=True
    )
    assert known.stdout.startswith("complete -o default -F _wikijs_completion wikijs")


def test_completion_is_installed(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    result = on_sandbox("completion", "bash", "--install")
    assert result.exit_code == 0
    assert f"bash completion installed in {tmp_path}/.bash_completions/wikijs.sh" in result.stdout
    assert "_WIKIJS_COMPLETE" in (tmp_path / ".bash_completions" / "wikijs.sh").read_text()


def test_completion_that_cannot_be_installed(
    on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    result = on_sandbox("completion", "bash", "--install")
    assert result.exit_code == 1
    assert "It cannot be installed: " in result.stderr
