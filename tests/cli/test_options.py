"""The global options: anywhere on the line, and what they do."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx2
import pytest
from support.jwt import api_key, login_token
from support.recordings import step

from wikijs import __version__

from .conftest import AS_GUEST, WITH_KEY, Run

LIST = step("pages-crud", "list all")


@pytest.mark.parametrize("place", range(3))
def test_json_may_stand_anywhere(run: Run, place: int) -> None:
    arguments = ["pages", "list"]
    arguments.insert(place, "--json")
    assert run(*arguments, answers=(LIST,)).stdout.startswith("[\n")


def test_the_last_url_wins(run: Run) -> None:
    run("--url", "http://one.example.com", "pages", "list", "--url", "http://two.example.com", answers=(LIST,))
    assert run.replay.requests[0].url.host == "two.example.com"


def test_a_key_file_wins_over_the_environment(run: Run, tmp_path: Path) -> None:
    key = api_key(api=77)
    file = tmp_path / "key"
    file.write_text(key + "\n", encoding="utf-8")
    run("pages", "list", "--api-key-file", str(file), answers=(LIST,))
    assert run.replay.requests[0].headers["authorization"] == f"Bearer {key}"


def test_email_and_password_log_in(run: Run) -> None:
    token = login_token()
    login = httpx2.Response(
        200,
        json={
            "data": {
                "authentication": {
                    "login": {
                        "responseResult": {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "Login success"},
                        "jwt": token,
                    }
                }
            }
        },
    )
    environment = {**AS_GUEST, "WIKIJS_EMAIL": "admin@example.com", "WIKIJS_PASSWORD": "secret"}
    result = run("pages", "list", answers=(login, LIST.reply()), environment=environment)
    assert result.exit_code == 0
    assert run.replay.sent[0]["variables"]["username"] == "admin@example.com"
    assert run.replay.requests[1].headers["authorization"] == f"Bearer {token}"


def test_without_credentials_nothing_is_sent_in_their_place(run: Run) -> None:
    run("pages", "list", answers=(LIST,), environment=AS_GUEST)
    assert "authorization" not in run.replay.requests[0].headers


def test_debug_shows_operations_and_times_but_no_token(run: Run) -> None:
    result = run("pages", "list", "--debug", answers=(LIST,))
    assert "wikijs: pages.list: HTTP 200, " in result.stderr
    assert " ms" in result.stderr
    assert WITH_KEY["WIKIJS_API_KEY"] not in result.output
    assert not logging.getLogger("wikijs").handlers


def test_no_option_takes_a_key_itself(run: Run) -> None:
    result = run("pages", "list", "--api-key", "x")
    assert result.exit_code == 2
    assert "It was not used" in result.stderr


def test_version(run: Run) -> None:
    assert run("--version", environment={}).stdout == f"py-wikijs {__version__}\n"


def test_a_word_behind_json_that_is_no_field_is_told_which_there_are(run: Run) -> None:
    told = run("pages", "list", "--json", "titel").stderr
    assert "There is no place for 'titel', and no field of that name: there are id, path, " in told
    assert "no field" not in run("pages", "list", "titel").stderr
