"""A login in a browser reaches the program, and nobody else can hand it a login."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from tests.support.jwt import api_key, login_token
from wikijs import exceptions as exc
from wikijs.auth.handover import Handover, from_window
from wikijs.cli.app import app
from wikijs.cli.frame.session import Session

from . import identity_provider
from .identity_provider import SingleSignOn, single_sign_on

TOKEN = login_token()


@pytest.fixture
def sso() -> Iterator[SingleSignOn]:
    with single_sign_on() as both_servers:
        yield both_servers


def state(handover: Handover) -> str:
    return handover.bookmarklet.partition("#")[2].partition("~")[0]


def hand_over(handover: Handover, token: str = TOKEN, **changed: Any) -> httpx2.Response:
    origin = handover.url.rstrip("/")
    headers = {"origin": changed.pop("origin", origin), **changed.pop("headers", {})}
    body = json.dumps({"state": changed.pop("state", state(handover)), "token": token})
    return httpx2.post(handover.url + "token", content=changed.pop("body", body), headers=headers)


def test_the_token_arrives_once() -> None:
    with Handover("https://wiki.example.com/login/kc") as handover:
        page = httpx2.get(handover.url)
        assert "https://wiki.example.com/login/kc" in page.text
        assert state(handover) in page.text
        assert page.headers["cache-control"] == "no-store"
        assert httpx2.get(handover.url + "done").status_code == 200
        assert httpx2.get(handover.url + "other").status_code == 404
        assert handover.wait(0) is None
        assert hand_over(handover).text.startswith("Done")
        assert handover.wait(1) == TOKEN
        assert hand_over(handover, login_token(id=5)).status_code == 409
        assert handover.wait(0) == TOKEN


def test_nobody_else_can_hand_one_over() -> None:
    with Handover("https://wiki.example.com/login/kc") as handover:
        wrong: list[dict[str, Any]] = [
            {"origin": "https://evil.example.com"},
            {"state": "guessed"},
            {"state": None},
            {"headers": {"host": "evil.example.com"}},
            {"body": "x" * 30_000},
            {"body": "[]"},
            {"body": "{"},
        ]
        for changed in wrong:
            assert hand_over(handover, **changed).status_code == 403, changed
        assert httpx2.get(handover.url, headers={"host": "evil.example.com"}).status_code == 403
        assert httpx2.post(handover.url, content=b"{}").status_code == 403
        for token in ("", "no token", api_key()):
            assert hand_over(handover, token).status_code == 400
        assert handover.wait(0) is None


class Line:
    """A command line for one profile of the wiki."""

    def __init__(self, sso: SingleSignOn, folder: Path) -> None:
        (folder / "config.toml").write_text(f'[profiles.docs]\nurl = "{sso.wiki}"\n')
        self.folder = folder

    def __call__(self, *arguments: str) -> Any:
        environment = {"WIKIJS_CONFIG": str(self.folder / "config.toml"), "WIKIJS_CACHE_DIR": str(self.folder / "c")}
        return CliRunner().invoke(app, list(arguments), prog_name="wikijs", obj=Session(environment=environment))


@pytest.fixture
def line(sso: SingleSignOn, tmp_path: Path) -> Line:
    return Line(sso, tmp_path)


def test_the_command_takes_what_the_bookmarklet_hands_over_and_keeps_it(
    line: Line, sso: SingleSignOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = Handover.__enter__

    def entered(handover: Handover) -> Handover:
        enter(handover)
        threading.Timer(0.1, hand_over, (handover, sso.token)).start()
        return handover

    monkeypatch.setattr(Handover, "__enter__", entered)
    result = line("auth", "login", "--sso", "--strategy", "kc", "--wait", "20")
    assert result.exit_code == 0, result.output
    assert "as Administrator (admin@example.com)" in result.stdout
    assert f"{sso.wiki}/login/kc" in result.stderr
    assert sso.token not in result.output
    assert line("whoami", "--json", "kind").stdout == '{\n  "kind": "user"\n}\n'
    monkeypatch.undo()
    assert line("auth", "login", "--sso", "--strategy", "kc", "--wait", "1").exit_code == 4
    assert line("auth", "login", "--sso").exit_code == 2


def test_whoever_sits_there_may_paste_it(line: Line, sso: SingleSignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    from wikijs.cli.setup import auth

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(auth, "somebody_is_there", lambda: True)
    monkeypatch.setattr(auth, "ask", lambda *_, **__: f"jwt={sso.token}")
    result = line("auth", "login", "--sso", "--strategy", "kc")
    assert result.exit_code == 0, result.output
    assert opened[0].startswith("http://127.0.0.1:")
    monkeypatch.setattr(auth, "ask", lambda *_, **__: "")
    assert line("auth", "login", "--sso", "--strategy", "kc").exit_code == 4


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
def test_a_window_closes_itself_when_somebody_has_logged_in(sso: SingleSignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real browser: the form of the provider is filled in by a script in the place of a person."""
    filled = identity_provider.FORM.replace(
        b"</form>",
        b'</form><script>document.querySelector("[name=password]").value="right";'
        b'document.getElementById("go").click()</script>',
    )
    monkeypatch.setattr(identity_provider, "FORM", filled)
    options = {"headless": True, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}
    assert from_window(f"{sso.wiki}/login/kc", sso.wiki, seconds=30, options=options) == sso.token
    assert sso.logins == 1
    monkeypatch.setattr(identity_provider, "FORM", b"<html>nothing to fill in</html>")
    with pytest.raises(exc.SSORequiredError, match="Nobody logged in"):
        from_window(f"{sso.wiki}/login/kc", sso.wiki, seconds=0.5, options=options)


def test_a_window_that_cannot_be_opened_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(exc.ConfigurationError, match="browser cannot be started"):
        from_window("http://x", "http://x", options={"executable_path": "/none/such"})
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(exc.ConfigurationError, match=r'pip install "py-wikijs\[sso\]"'):
        from_window("http://x", "http://x")
