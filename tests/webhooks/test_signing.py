"""Signatures: the same as those of the libraries, both ways, and nothing an attacker sends is another exception."""

from __future__ import annotations

import base64
import json
import os
import time
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix
from hypothesis import given, settings
from hypothesis import strategies as st

from wikijs.exceptions import ConfigurationError, WebhookVerificationError
from wikijs.webhooks.signing import key_of, new_secret, signature, signed_headers, verify

RUNS = int(os.environ.get("WIKIJS_TEST_RUNS", "500"))
SECRET = new_secret()
KEY = key_of(SECRET)


@pytest.mark.parametrize("body", [b"{}", b'{"a": "\xc3\xa9"}', json.dumps({"x": "y" * 10_000}).encode()])
def test_ours_is_theirs(body: bytes) -> None:
    now = int(time.time())
    headers = signed_headers([SECRET], "evt_1", now, body)
    standardwebhooks.Webhook(SECRET).verify(body, headers)
    svix.Webhook(SECRET).verify(body, headers)
    moment = datetime.fromtimestamp(now, UTC)
    assert headers["webhook-signature"] == standardwebhooks.Webhook(SECRET).sign("evt_1", moment, body.decode())
    assert headers["webhook-signature"] == svix.Webhook(SECRET).sign("evt_1", moment, body.decode())


def test_theirs_is_ours() -> None:
    now = time.time()
    for library in (standardwebhooks.Webhook, svix.Webhook):
        signed = library(SECRET).sign("evt_2", datetime.fromtimestamp(now, UTC), "{}")
        for prefix in ("webhook", "Webhook", "svix"):
            headers = {f"{prefix}-id": "evt_2", f"{prefix}-timestamp": str(int(now)), f"{prefix}-signature": signed}
            assert verify([KEY], headers, b"{}", now=now) == "evt_2"


def test_the_example_of_the_specification() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_one_of_several_secrets_is_enough() -> None:
    other = new_secret()
    body, now = b"{}", 1_800_000_000
    both = signed_headers([SECRET, other], "evt_1", now, body)
    for keys in ([KEY], [key_of(other)], [key_of(new_secret()), KEY]):
        assert verify(keys, both, body, now=now) == "evt_1"
    with pytest.raises(WebhookVerificationError, match="fits none"):
        verify([key_of(new_secret())], both, body, now=now)


@pytest.mark.parametrize("skew", [-301, 301, 86400, -(10**9)])
def test_too_old_and_too_new_is_refused(skew: int) -> None:
    headers = signed_headers([SECRET], "evt_1", 1_800_000_000, b"{}")
    assert verify([KEY], headers, b"{}", now=1_800_000_000 + 299)
    with pytest.raises(WebhookVerificationError, match="differs"):
        verify([KEY], headers, b"{}", now=1_800_000_000 + skew)


def test_each_change_is_found_out() -> None:
    now = 1_800_000_000
    headers = signed_headers([SECRET], "evt_1", now, b'{"a":1}')
    signature = headers["webhook-signature"]
    last = "A" if signature[-2] != "A" else "Q"  # the secret is a new one each time
    for change in (
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(now + 1)},
        {"webhook-timestamp": f"0{now}"},
        {"webhook-signature": f"{signature[:-2]}{last}="},
        {"webhook-signature": signature.replace("v1,", "v1a,")},
        {"webhook-signature": signature.replace("v1,", "v2,")},
    ):
        changed = {**headers, **change}
        if change.get("webhook-timestamp") == f"0{now}":
            assert verify([KEY], changed, b'{"a":1}', now=now)  # the same number
            continue
        with pytest.raises(WebhookVerificationError):
            verify([KEY], changed, b'{"a":1}', now=now)
    for body in (b'{"a":2}', b'{"a": 1}', b"", b'{"a":1}\n'):
        with pytest.raises(WebhookVerificationError):
            verify([KEY], headers, body, now=now)
    for missing in headers:
        with pytest.raises(WebhookVerificationError, match="missing"):
            verify([KEY], {name: value for name, value in headers.items() if name != missing}, b'{"a":1}', now=now)


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["", " ", "v1,", "v1,=", "v1,AAAA", ",", "v1", "\x00", "-1", "1e9", "٣", "1800000000", "9" * 5000, "v1,é", "\ud800"]
)


@settings(max_examples=RUNS)
@given(HOSTILE, HOSTILE, HOSTILE, st.binary(max_size=50))
def test_nothing_that_comes_raises_anything_else(id_: str, moment: str, signatures: str, body: bytes) -> None:
    headers = {"webhook-id": id_, "webhook-timestamp": moment, "webhook-signature": signatures}
    with pytest.raises(WebhookVerificationError):
        verify([KEY], headers, body, now=1_800_000_000)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_" + "é" * 40, "x" * 31, "whsec_" + "A" * 200])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="no secret"):
        key_of(secret)


def test_secrets_may_come_without_their_prefix() -> None:
    assert key_of(base64.b64encode(b"x" * 24).decode()) == b"x" * 24
