"""Secrets at rest."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from wikijs.exceptions import ConfigurationError
from wikijs.webhooks import Webhooks
from wikijs.webhooks.sending.sealing import Sealer

KEY, OTHER = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("hooks.db*"))


def test_with_a_key_no_secret_is_in_the_file(tmp_path: Path) -> None:
    with Webhooks(tmp_path / "hooks.db", key=KEY) as hooks:
        made = hooks.create("https://example.com/x?token=hidden", headers={"x-gateway": "password1"})
        assert hooks.get(made.id).secrets[0][0] == made.secret
    found = content(tmp_path)
    for secret in (made.secret, "hidden", "password1", "x-gateway"):
        assert secret.encode() not in found
    with (
        Webhooks(tmp_path / "hooks.db", key=OTHER) as hooks,
        pytest.raises(ConfigurationError, match=r"encrypted.*WIKIJS_HOOKS_KEY"),
    ):
        hooks.list()
    with Webhooks(tmp_path / "hooks.db", key=f"{OTHER},{KEY}") as hooks:
        hooks.update(made.id, description="sealed with the other key from now on")
    with Webhooks(tmp_path / "hooks.db", key=OTHER) as hooks:
        assert hooks.list()[0].headers == {"x-gateway": "password1"}


def test_without_one_they_are_in_a_file_of_their_owner(tmp_path: Path) -> None:
    with Webhooks(tmp_path / "hooks.db", key="") as hooks:
        made = hooks.create("https://example.com/")
    assert made.secret.encode() in content(tmp_path)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("hooks.db*"))


def test_the_environment_gives_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIJS_HOOKS_KEY", KEY)
    with Webhooks(tmp_path / "hooks.db") as hooks:
        made = hooks.create("https://example.com/")
    assert made.secret.encode() not in content(tmp_path)


def test_what_is_sealed_for_one_endpoint_opens_for_no_other() -> None:
    sealer = Sealer(KEY)
    sealed = sealer.seal({"a": "b"}, "one")
    assert sealer.open(sealed, "one") == {"a": "b"}
    for altered, owner in ((sealed, "two"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "one")):
        with pytest.raises(ConfigurationError, match="altered"):
            sealer.open(altered, owner)
    with pytest.raises(ConfigurationError, match="32 bytes"):
        Sealer("short")


def test_nothing_that_is_shown_holds_a_secret(tmp_path: Path) -> None:
    from wikijs.core.values.redaction import clean

    with Webhooks(tmp_path / "hooks.db", key="") as hooks:
        made = hooks.create("https://example.com/x?token=hidden", headers={"x-gateway": "password1"})
        shown = f"{made!r} {hooks.list()!r} {hooks.get(made.id)}"
    for secret in (made.secret, "hidden", "password1"):
        assert secret not in shown
    assert clean(f"the secret {made.secret} and v1,{'A' * 43}= here") == "the secret <secret> and <secret> here"
