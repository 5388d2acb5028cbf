"""`wikijs gateway ...` from the shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from wikijs.cli.app import app
from wikijs.cli.frame.failures import CommandError
from wikijs.cli.gateway.keys import duration
from wikijs.gateway.serving import one_of_many
from wikijs.gateway.settings import load
from wikijs.sandbox import Sandbox

runner = CliRunner()
GUIDE = (Path(__file__).parents[2] / "docs/gateway.md").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("WIKIJS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("WIKIJS_URL", "http://wiki.example.com")
    with Sandbox() as wiki:
        monkeypatch.setenv("WIKIJS_API_KEY", wiki.api_key)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, input: str | None = None) -> Result:
    return runner.invoke(app, ["gateway", *words], input=input)


def done(*words: str, input: str | None = None) -> str:
    result = run(*words, input=input)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_gateway_is_set_up_and_its_keys_are_made_rotated_and_revoked(folder: Path) -> None:
    done("init")
    assert (folder / "gateway.key").stat().st_mode & 0o777 == 0o600
    assert 'wiki = "http://wiki.example.com"' in (folder / "gateway.toml").read_text()
    again = run("init")
    assert (again.exit_code, "--force" in again.output) == (1, True)
    done("init", "--force")
    secret = done("keys", "create", "docs site", "--scope", "read", "--under", "docs", "--expires", "90d").splitlines()[
        0
    ]
    assert re.fullmatch(r"wkg_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", secret)
    made = json.loads(done("keys", "create", "other", "--scope", "pages:read", "--json"))
    assert made["key"].startswith(f"wkg_{made['id']}_")
    keys = json.loads(done("keys", "list", "--json"))
    assert [(key["name"], key["state"]) for key in keys] == [("docs site", "active"), ("other", "active")]
    assert "digest" not in keys[0]
    assert done("keys", "rotate", made["id"], "--grace", "1h").startswith(f"wkg_{made['id']}_")
    done("keys", "revoke", made["id"])
    assert json.loads(done("keys", "list", "--json"))[1]["state"] == "revoked"
    missing = run("keys", "revoke", "nothing1")
    assert (missing.exit_code, "There is no key" in missing.output) == (2, True)
    assert "no scope" in run("keys", "create", "x", "--scope", "everything").output


def test_credentials_are_stored_and_never_shown(folder: Path) -> None:
    done("init")
    done("credentials", "add", "second", "--kind", "api_key", input="e30.e30.secret-key\n")
    done("credentials", "add", "third", "--kind", "login", "--email", "a@b.c", input="secret-word\n")
    done("credentials", "add", "fourth", "--kind", "environment", "--variable", "X")
    shown = done("credentials", "list", "--json")
    assert [each["name"] for each in json.loads(shown)] == ["default", "fourth", "second", "third"]
    assert "secret" not in shown.replace('"second"', "")
    for file in folder.iterdir():
        assert b"secret-key" not in file.read_bytes() if file.is_file() else True
    done("credentials", "remove", "second")
    assert "second" not in done("credentials", "list", "--json")
    assert run("credentials", "add", "x", "--kind", "strange").exit_code == 2
    typed = run("credentials", "add", "x", input="no-such-token\n")
    assert typed.exit_code == 4
    assert "no-such-token" not in typed.output
    assert "guest" not in typed.output  # that is about the wiki, whose key is not asked for here
    for empty in ((), ("--kind", "login", "--email", "a@b.c")):
        nothing = run("credentials", "add", "x", *empty, input="\n")
        assert (nothing.exit_code, "of the wiki was given." in nothing.output) == (2, True)
    assert run("credentials", "add", "x", "--kind", "login", input="x\n").exit_code == 2


def test_the_database_is_migrated_and_copied(folder: Path) -> None:
    done("init")
    assert json.loads(done("migrate", "--json"))["version"] >= 1
    done("backup", "copy.db")
    assert (folder / "copy.db").stat().st_size > 0
    assert run("backup", "copy.db").exit_code == 2


def test_check_tells_what_is_in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIJS_GATEWAY_WIKI", "http://127.0.0.1:9")
    done("init")
    result = run("check", "--json")
    assert result.exit_code == 1
    found = {each["name"]: each["state"] for each in json.loads(result.stdout)}
    assert (found["database"], found["wiki"], found["keys"]) == ("ok", "problem", "warning")


def test_several_processes_are_not_started_where_one_could_not_be(folder: Path) -> None:
    """Else they would be started for ever, each with a stack trace. Nothing listens where the database should be."""
    text = 'database = "postgresql://nobody@127.0.0.1:1/none"\nredis = "redis://127.0.0.1:1/0"\nworkers = 2\nport = 0\n'
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/gateway.toml").write_text(text)
    result = run("serve", "--config", "elsewhere/gateway.toml")
    assert result.exit_code == 1
    assert "database" in result.output.lower()
    assert load("elsewhere/gateway.toml", {}).master_key_file == Path("elsewhere/gateway.key")


def test_a_process_of_several_that_cannot_start_says_why_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wikijs.gateway.serving._AGAIN", 0.0)
    (folder / "gateway.toml").write_text('wiki = "nowhere"\n')
    with pytest.raises(SystemExit):
        one_of_many()
    told = capsys.readouterr().err
    assert told.startswith("A process of the gateway cannot start: The gateway needs the address of its wiki.")
    assert len(told.splitlines()) == 1


def test_durations() -> None:
    assert [duration(text) for text in ("10s", "5m", "2h", "3d")] == [10, 300, 7200, 259_200]
    for bad in ("", "x", "5", "5y", "-1d"):
        with pytest.raises(CommandError):
            duration(bad)


def test_the_demo_does_what_it_says_and_ends_when_it_is_told() -> None:
    command = [sys.executable, "-m", "wikijs.cli", "gateway", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            said = ""
            while "Ctrl+C" not in said:
                line = process.stdout.readline()
                assert line, said + process.stderr.read()
                said += line
            key = re.search(r"wkg_\w+", said)[0]  # type: ignore[index]
            lines = re.findall(r"^  curl -s '?([^\s']+)'? .*$", said, re.MULTILINE)
            assert len(lines) == 3
            with httpx2.Client(headers={"authorization": f"Bearer {key}"}) as http:
                deadline = time.monotonic() + 120
                while True:
                    try:
                        answers = [http.get(line.strip("'")) for line in lines]
                        break
                    except httpx2.TransportError:
                        assert time.monotonic() < deadline
                        time.sleep(0.1)
                assert [answer.status_code for answer in answers] == [200, 200, 200]
                assert len(answers[0].json()["items"]) == 3
            if shutil.which("curl"):
                printed = [line.strip() for line in said.splitlines() if line.startswith("  curl ")]
                base = re.search(r"is on (\S+)", said)[1]  # type: ignore[index]
                written = [line.replace("http://127.0.0.1:8700", base) for line in GUIDE if line.startswith("curl ")]
                assert (len(printed), len(written)) == (3, 3)
                for line in [*printed, *written]:
                    asked = subprocess.run(
                        ["sh", "-c", line], env={**os.environ, "KEY": key}, capture_output=True, text=True, check=False
                    )
                    assert asked.returncode == 0, asked.stderr
                    assert re.search(r'"(items|path)":', asked.stdout), (line, asked.stdout)
            page = httpx2.get(re.search(r"http\S+/portal", said)[0] + "/sign-in", timeout=120)  # type: ignore[index]
            assert (page.status_code, "Sign in" in page.text) == (200, True)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=120)
        assert process.returncode in {0, -signal.SIGTERM}
        assert "Traceback" not in errors
