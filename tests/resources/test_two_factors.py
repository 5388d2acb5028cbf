"""Signing in with two factors: what the server demands, once, and what it tells."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable

import pytest

from wikijs import WikiJSClient, exceptions
from wikijs.auth import PasswordAuth
from wikijs.sandbox import Sandbox
from wikijs.sandbox.accounts.logins import time_code

MAIL, PASSWORD = "ada@example.com", "secret-word"


@pytest.fixture
def sandbox() -> Sandbox:
    """A wiki with an account that must set up a second factor."""
    made = Sandbox()
    with made.client() as client:
        user = client.users.create(MAIL, name="Ada", password=PASSWORD)
        client.users.enable_tfa(user.id)
    return made


def sign_in(
    sandbox: Sandbox, *, totp: Callable[[], str] | None = None, setup: Callable[[str], str] | None = None
) -> int:
    with sandbox.client(PasswordAuth(MAIL, PASSWORD, totp=totp, setup=setup)) as client:
        return client.users.profile().id


def code(sandbox: Sandbox) -> str:
    secret: str = sandbox.db.value("SELECT tfaSecret FROM users WHERE email = ?", MAIL)
    return time_code(secret, time.time())


def test_the_error_carries_the_qr_code_and_the_token_that_the_server_shows_once(sandbox: Sandbox) -> None:
    with pytest.raises(exceptions.TwoFactorSetupRequiredError) as caught:
        sign_in(sandbox)
    error = caught.value
    assert error.qr_image is not None
    assert error.qr_image.startswith("<svg")
    assert error.continuation_token
    for shown in (str(error), repr(error)):
        assert error.continuation_token not in shown
        assert "<svg" not in shown
    with sandbox.client(guest=True) as client:
        done = client.authentication.login_tfa(error.continuation_token, security_code=code(sandbox), setup=True)
    assert done.jwt is not None
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  as it comes back from a worker process
    assert (again.qr_image, again.continuation_token) == (error.qr_image, error.continuation_token)


def test_a_demand_that_was_not_met_is_gone_at_the_next_login(sandbox: Sandbox) -> None:
    with pytest.raises(exceptions.TwoFactorSetupRequiredError):
        sign_in(sandbox)
    assert sign_in(sandbox)  # the server's doing: it takes back what it demanded, and the password alone will do


def test_a_second_factor_is_set_up_at_the_login_and_asked_for_from_then_on(sandbox: Sandbox) -> None:
    images: list[str] = []

    def setup(qr_image: str) -> str:
        images.append(qr_image)
        return code(sandbox)

    assert sign_in(sandbox, setup=setup)
    assert [image[:4] for image in images] == ["<svg"]
    with pytest.raises(exceptions.TwoFactorRequiredError) as caught:
        sign_in(sandbox, setup=setup)
    assert len(images) == 1
    token = caught.value.continuation_token
    assert token
    assert token not in str(caught.value)
    assert sign_in(sandbox, totp=lambda: code(sandbox))


def test_a_wrong_code_at_the_setup_is_told_as_such(sandbox: Sandbox) -> None:
    with pytest.raises(exceptions.TwoFactorFailedError):
        sign_in(sandbox, setup=lambda _: "000000")


def test_what_a_login_answers_is_not_shown(sandbox: Sandbox) -> None:
    with sandbox.client(guest=True) as client:
        step = client.authentication.login(MAIL, password=PASSWORD, strategy="local")
    assert step.continuation_token
    assert step.tfa_qr_image
    for shown in (str(step), repr(step), repr([step]), f"{step}"):
        assert step.continuation_token not in shown
        assert "<svg" not in shown
    with WikiJSClient(sandbox.url, sandbox.api_key, http_client=None) as client:
        assert sandbox.api_key not in repr(client)
    with sandbox.client() as client:
        made = client.authentication.create_api_key("a", expiration="1d", full_access=True)
        assert made.key
        assert made.key not in repr(made)
        assert "<hidden>" in repr(made)
    with sandbox.client(guest=True) as client:
        login = client.authentication.login(sandbox.admin_email, password=sandbox.admin_password, strategy="local")
        assert login.jwt
        assert login.jwt not in f"{login!r} {login}"


def test_secret_settings_of_modules_are_not_shown(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        added = client.authentication.add_strategy("oidc", name="O", config={"clientSecret": "hush-hush"})
        settings = client.authentication.strategy_settings(added.key)
        assert settings["clientSecret"].value == "hush-hush"
        assert "hush-hush" not in repr(settings)
        assert "hush-hush" not in repr(added)
