"""Users, groups and logins: stories measured on a real server, and what they cannot tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from replay import FakeClock
from stories import repeated

from wikijs.auth import PasswordAuth
from wikijs.sandbox import Sandbox
from wikijs.sandbox.accounts.logins import time_code
from wikijs.sandbox.accounts.tokens import hash_password, password_matches


@pytest.mark.parametrize(("story", "least"), [("users", 130), ("groups", 500), ("authentication", 200)])
def test_a_story_goes_as_on_the_real_server(story: str, least: int) -> None:
    outcomes = repeated(story)
    assert {step: found for step, found in outcomes.items() if found} == {}
    assert len(outcomes) >= least


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_of_second_factors_are_those_of_rfc_6238(now: int, code: str) -> None:
    assert time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", now) == code


def test_only_the_first_72_bytes_of_a_password_count() -> None:
    stored = hash_password("ä" * 40)
    assert password_matches("ä" * 36, stored)
    assert not password_matches("ä" * 35, stored)


def ask(sandbox: Sandbox, query: str, token: str = "") -> Any:
    with httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as http:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return http.post("/graphql", json={"query": query}, headers=headers).json()


LOGIN = """mutation { authentication { login(username: "admin@example.com", password: "Passw0rd!x", strategy: "local") {
  jwt mustSetupTFA mustChangePwd continuationToken tfaQRImage responseResult { errorCode } } } }"""
CHANGE = """mutation {{ authentication {{ loginChangePassword(continuationToken: "{}", newPassword: "Another1") {{
  jwt responseResult {{ errorCode }} }} }} }}"""


def test_a_continuation_token_lasts_a_day() -> None:
    clock = FakeClock(1_800_000_000)
    with Sandbox(clock=clock) as sandbox:
        sandbox.db.update("users", 1, {"mustChangePwd": True})
        token = ask(sandbox, LOGIN)["data"]["authentication"]["login"]["continuationToken"]
        clock.now += 86401
        reply = ask(sandbox, CHANGE.format(token))["data"]["authentication"]["loginChangePassword"]
        assert reply == {"jwt": None, "responseResult": {"errorCode": 1015}}


def test_the_image_of_a_second_factor_tells_its_secret() -> None:
    with Sandbox() as sandbox:
        ask(sandbox, "mutation { users { enableTFA(id: 1) { responseResult { succeeded } } } }", sandbox.api_key)
        login = ask(sandbox, LOGIN)["data"]["authentication"]["login"]
        secret = sandbox.db.value("SELECT tfaSecret FROM users WHERE id = 1")
        assert login["mustSetupTFA"] is True
        assert f"otpauth://totp/Wikijs:admin@example.com?secret={secret}" in login["tfaQRImage"]


def test_five_logins_a_minute_are_all_there_are_when_limits_are_on() -> None:
    clock = FakeClock(1_800_000_000)
    with Sandbox(clock=clock, rate_limit=True) as sandbox:
        tries = [ask(sandbox, LOGIN) for _ in range(6)]
        assert ["errors" in reply for reply in tries] == [False] * 5 + [True]
        assert tries[-1]["errors"][0]["message"] == "Too many requests, please try again in 60 seconds."
        clock.now += 60
        assert "errors" not in ask(sandbox, LOGIN)


def test_new_certificates_outlive_a_restart(tmp_path: Path) -> None:
    renew = "mutation { authentication { regenerateCertificates { responseResult { succeeded } } } }"
    with Sandbox(data=tmp_path / "wiki.db") as first:
        old = first.api_key
        assert "errors" not in ask(first, renew, old)
        token = first.admin_jwt
    with Sandbox(data=tmp_path / "wiki.db") as second:
        assert ask(second, "{users{profile{id}}}", token) == {"data": {"users": {"profile": {"id": 1}}}}
        assert ask(second, "{users{profile{id}}}", old)["errors"][0]["message"].startswith("You must be authenticated")


def test_a_guest_account_that_wrote_something_can_be_reset() -> None:
    with Sandbox() as sandbox:
        sandbox.db.update("users", 2, {"name": "Somebody"})
        reset = "mutation { authentication { resetGuestUser { responseResult { succeeded } } } }"
        assert "errors" not in ask(sandbox, reset, sandbox.api_key)
        assert sandbox.db.value("SELECT name FROM users WHERE id = 2") == "Guest"


def test_mail_goes_nowhere_once_a_host_is_named() -> None:
    forgot = (
        'mutation { authentication { forgotPassword(email: "admin@example.com") { responseResult { errorCode } } } }'
    )
    with Sandbox() as sandbox:
        replies = [ask(sandbox, forgot)]
        sandbox.db.save_setting("mail", {"host": "mail.example.com"})
        replies.append(ask(sandbox, forgot))
    codes = [reply["data"]["authentication"]["forgotPassword"]["responseResult"]["errorCode"] for reply in replies]
    assert codes == [3002, 0]


def test_our_client_goes_on_when_its_login_expires() -> None:
    clock = FakeClock(1_800_000_000)
    login = PasswordAuth("admin@example.com", "Passw0rd!x")
    with Sandbox(clock=clock) as sandbox, sandbox.client(login) as client:
        assert client.users.profile().name == "Administrator"
        clock.now += 3600
        assert client.users.profile().name == "Administrator"
        assert sandbox.db.value("SELECT lastLoginAt FROM users WHERE id = 1") == "2027-01-15T09:00:00.000Z"


def test_what_a_deleted_user_wrote_is_handed_over_and_counts_as_changed() -> None:
    clock = FakeClock(1_800_000_000)
    with Sandbox(clock=clock) as sandbox, sandbox.client() as client:
        editor = client.users.create("ed@example.com", name="Ed", password="secret12", groups=[1])
        with sandbox.client(PasswordAuth("ed@example.com", "secret12")) as ed:
            ed.pages.create("editor/one", title="One", content="1")
            client.pages.create("editor/two", title="Two", content="2")
        clock.now += 60
        client.users.delete(editor.id, replace_with=1)
        rows = sandbox.db.all("SELECT authorId, creatorId, updatedAt FROM pages ORDER BY id")
    assert [(row["authorId"], row["creatorId"]) for row in rows] == [(1, 1), (1, 1)]
    assert [row["updatedAt"][:19] for row in rows] == ["2027-01-15T08:01:00", "2027-01-15T08:00:00"]
