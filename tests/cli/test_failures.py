"""How commands fail: one sentence and a hint on stderr, no traceback, and an exit code that says what to do."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
from support.jwt import api_key
from support.recordings import step
from typer.testing import CliRunner

from wikijs import Operation, WikiJSClient, ops
from wikijs.cli.app import app
from wikijs.cli.frame import command
from wikijs.cli.frame.session import Session

from .conftest import AS_GUEST, WITH_KEY, Answer, OnSandbox, Run

MISSING = step("pages-crud", "single: missing")
HTML = httpx2.Response(200, headers={"content-type": "text/html"}, text="<html>hello</html>")
FORBIDDEN = httpx2.Response(
    200,
    json={"errors": [{"message": "Forbidden", "path": ["pages", "list"]}], "data": {"pages": {"list": None}}},
)


@pytest.mark.parametrize(
    ("arguments", "answer", "code", "says"),
    [
        pytest.param(("pages", "get", "1"), MISSING, 1, "There is no page 1.", id="missing page"),
        pytest.param(("pages", "list"), HTML, 1, "No Wiki.js GraphQL endpoint answers here", id="wrong URL"),
        pytest.param(("pages", "list"), httpx2.ConnectError("refused"), 1, "No connection to", id="no server"),
        pytest.param(("pages", "list"), httpx2.ReadTimeout("late"), 1, "did not answer within 30 s", id="late"),
        pytest.param(("pages", "list"), FORBIDDEN, 1, "It takes any of these permissions", id="forbidden"),
        pytest.param(
            ("pages", "list"), step("authentication", "revoked key"), 4, "Create a new key under", id="revoked key"
        ),
        pytest.param(("pages", "list", "--timeout", "0"), None, 2, "timeout must be more than 0", id="timeout"),
        pytest.param(("--url", "wiki.example.com", "whoami"), None, 2, "https://wiki.example.com", id="no URL"),
        pytest.param(("whoami", "--api-key-file", "/none/such"), None, 2, "No such file", id="no key file"),
        pytest.param(("graphql",), None, 2, "Give either a GraphQL document or --file", id="no document"),
        pytest.param(("graphql", "{ x }", "-f", "x"), None, 2, "Give either", id="two documents"),
        pytest.param(("graphql", "-f", "/none/such"), None, 2, "No such file", id="no document file"),
        pytest.param(("graphql", "{ x }", "-v", "x"), None, 2, "Write -v name=value", id="no variable"),
        pytest.param(("pages", "list", "--limit", "0"), None, 2, "--limit", id="limit"),
        pytest.param(("pages", "lst"), None, 2, "Did you mean", id="unknown command"),
    ],
)
def test_a_failure_is_explained(
    run: Run, arguments: tuple[str, ...], answer: Answer | None, code: int, says: str
) -> None:
    result = run(*arguments, answers=(answer,) if answer is not None else ())
    assert result.exit_code == code
    assert result.stdout == ""
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_message_and_hint_have_a_line_each(run: Run) -> None:
    result = run("pages", "list", answers=(step("authentication", "revoked key"),))
    message, hint = result.stderr.splitlines()
    assert message == "wikijs: pages list: API Key is invalid or was revoked."
    assert hint == "  Create a new key under Administration, API Access."


def test_no_wiki_was_named(run: Run) -> None:
    result = run("pages", "list", environment={})
    assert result.exit_code == 2
    assert result.stderr == (
        "wikijs: Which wiki?\n  Give --url, or set WIKIJS_URL, or write a configuration: `wikijs config init`.\n"
    )


def test_a_guest_is_told_to_log_in_when_something_is_forbidden(run: Run) -> None:
    result = run("pages", "list", answers=(FORBIDDEN,), environment=AS_GUEST)
    assert result.exit_code == 4
    assert "You are a guest here" in result.stderr


@pytest.mark.parametrize("key", [api_key(exp=1), "not a token"], ids=["expired", "malformed"])
def test_a_key_that_cannot_work_is_found_out_before_anything_is_sent(run: Run, key: str) -> None:
    result = run("pages", "list", environment={**AS_GUEST, "WIKIJS_API_KEY": key})
    assert result.exit_code == 4
    assert key not in result.output
    assert not run.replay.requests


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (b"\xff\xfe", "not a text file")], ids=["empty", "binary"]
)
def test_a_key_file_that_holds_no_key(run: Run, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    result = run("whoami", "--api-key-file", str(file))
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_document_that_is_no_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q").write_bytes(b"\xff\xfe")
    result = run("graphql", "-f", str(tmp_path / "q"))
    assert result.exit_code == 2
    assert "not a text file" in result.stderr


def test_half_of_a_login_is_refused(run: Run) -> None:
    result = run("whoami", environment={**AS_GUEST, "WIKIJS_EMAIL": "a@example.com"})
    assert result.exit_code == 2
    assert "WIKIJS_PASSWORD is not" in result.stderr


def test_a_bug_is_one_line_that_shows_no_value(run: Run) -> None:
    result = run("pages", "list", answers=(RuntimeError(f"holds {WITH_KEY['WIKIJS_API_KEY']}"),))
    assert result.exit_code == 1
    assert result.stderr == "wikijs: This is a bug in py-wikijs (RuntimeError).\n  --debug shows where it is.\n"


def test_debug_shows_the_way_to_a_bug_without_its_values(run: Run) -> None:
    secret = WITH_KEY["WIKIJS_API_KEY"]
    result = run("--debug", "pages", "list", answers=(RuntimeError(f"holds {secret}"),))
    assert "in list_pages" in result.stderr
    assert secret not in result.stderr


def interrupt(_request: httpx2.Request) -> httpx2.Response:
    raise KeyboardInterrupt


def test_an_interrupted_command_ends_with_130(run: Run) -> None:
    result = run("pages", "list", answers=(interrupt,))
    assert result.exit_code == 130
    assert result.output == ""


def fill_up(_request: httpx2.Request) -> httpx2.Response:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_bug(run: Run) -> None:
    result = run("pages", "list", answers=(fill_up,))
    assert result.exit_code == 1
    assert result.stderr == "wikijs: Reading or writing the output failed: No space left on device.\n"


def hang_up(_request: httpx2.Request) -> httpx2.Response:
    raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_has_gone_away_is_no_news(run: Run) -> None:
    result = run("pages", "list", answers=(hang_up,))
    assert result.exit_code == 0
    assert result.output == ""


@pytest.mark.parametrize(("operation", "code"), [(ops.pages_delete(1), 3), (ops.pages_list(), None)])
def test_a_reader_that_goes_away_in_the_middle_of_writes_does_not_make_them_a_success(
    operation: Operation[Any], code: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    done = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": ""}
    data = {"pages": {"delete": {"responseResult": done}, "list": []}}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": data}))
    session = Session(url="http://wiki.test", http=httpx2.Client(transport=transport), environment={})

    def work(session: Session) -> None:
        session.client().execute(operation)
        raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BrokenPipeError if code is None else typer.Exit) as ended:
        command._run(session, work, {}, None, lists=False)
    assert getattr(ended.value, "exit_code", None) == code
    assert ("before the work was done" in capsys.readouterr().err) is (code is not None)


def test_a_key_of_another_wiki_is_found_out_although_the_wiki_serves_a_guest(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "list", environment={"WIKIJS_API_KEY": api_key()})
    assert (result.exit_code, result.stdout) == (4, "")
    assert "ignored the token" in result.stderr
    assert on_sandbox("whoami", environment={"WIKIJS_API_KEY": api_key()}).exit_code == 4


def test_a_key_that_the_wiki_knew_is_not_asked_for_again_that_day(
    on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = WikiJSClient.whoami
    monkeypatch.setattr(WikiJSClient, "whoami", lambda client: asked.append(client.url) or ask(client))
    for _ in range(2):
        assert on_sandbox("pages", "list").exit_code == 0
    assert len(asked) == 1
    [mark] = (tmp_path / "cache" / "wikijs" / "known").iterdir()
    assert on_sandbox.sandbox.api_key not in mark.name + mark.read_text()
    os.utime(mark, (0, 0))
    on_sandbox("pages", "list")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:9", "No connection to http://127.0.0.1:9: Connection refused."),
        ("http://no-such-host.invalid", "No connection to http://no-such-host.invalid: "),
    ],
)
def test_a_server_that_is_not_there_is_one_sentence(url: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    result = CliRunner().invoke(app, ["pages", "list"], obj=Session(environment={"WIKIJS_URL": url}))
    assert result.exit_code == 1
    message, hint = result.stderr.splitlines()
    assert message.startswith(f"wikijs: {says}")
    assert hint == "  Check the URL and whether the wiki is running."
