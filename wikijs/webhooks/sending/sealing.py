"""Secrets at rest: in a file that only its owner reads, or encrypted where there is a key for it."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError

VARIABLE: Final = "WIKIJS_HOOKS_KEY"
_PLAIN: Final = b"\x00"
_SEALED: Final = b"\x01"
_ID: Final = 4
_NONCE: Final = 12


class Sealer:
    """Writes secrets, and reads them again.

    Args:
        keys: 32 bytes each, as base64; the first encrypts, all decrypt. None encrypts nothing.

    Raises:
        ConfigurationError: A key is none, or the extra is missing.
    """

    def __init__(self, keys: str | None) -> None:
        self._ciphers: dict[bytes, Any] = {}
        for text in (keys or "").split(","):
            if not text.strip():
                continue
            try:
                key = base64.b64decode(text.strip(), validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != 32:
                raise ConfigurationError(
                    f"A key in {VARIABLE} is not 32 bytes as base64.", hint="openssl rand -base64 32"
                )
            self._ciphers[sha256(key).digest()[:_ID]] = _cipher(key)

    def seal(self, content: Mapping[str, Any], owner: str) -> bytes:
        """Secrets of an endpoint as bytes."""
        plain = json.dumps(content, ensure_ascii=False).encode()
        if not self._ciphers:
            return _PLAIN + plain
        name, cipher = next(iter(self._ciphers.items()))
        nonce = os.urandom(_NONCE)
        return _SEALED + name + nonce + bytes(cipher.encrypt(nonce, plain, owner.encode()))

    def open(self, sealed: bytes, owner: str) -> dict[str, Any]:
        """Secrets of an endpoint from bytes.

        Raises:
            ConfigurationError: The key for them is missing, or they belong to another endpoint.
        """
        if sealed[:1] == _PLAIN:
            content: dict[str, Any] = json.loads(sealed[1:])
            return content
        name, nonce, rest = sealed[1 : 1 + _ID], sealed[1 + _ID : 1 + _ID + _NONCE], sealed[1 + _ID + _NONCE :]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise ConfigurationError("The secrets of the webhooks are encrypted.", hint=f"Set {VARIABLE} to their key.")
        try:
            content = json.loads(cipher.decrypt(nonce, rest, owner.encode()))
        except Exception:  # the library's own kind, which is not imported for its name alone
            raise ConfigurationError(f"The secrets of {owner} were altered.", hint="Rotate them.") from None
        return content


def _cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ModuleNotFoundError:
        raise ConfigurationError("Encrypted secrets are an extra.", hint=pip_line("hooks")) from None
    return AESGCM(key)
