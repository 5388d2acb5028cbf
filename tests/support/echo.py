"""What a server of canned answers has to do beside: give back the response key that each document asks for."""

from __future__ import annotations

import json
import re
from typing import Any

_NONCE = re.compile(r"\bnonce_\w+")


def nonces(request: bytes) -> list[str]:
    """The keys that a request asks for, one for each document."""
    return _NONCE.findall(request.decode("utf-8", "replace"))


def without_nonces(request: bytes) -> bytes:
    """A request as it would be without them."""
    return re.sub(r"(?:  )?nonce_\w+: ?__typename(?:\\n| )?", "", request.decode()).encode()


def echoed(request: bytes, answer: bytes) -> bytes:
    """An answer that bears the keys of its request; as it is where it has no data."""
    names = nonces(request)
    try:
        body = json.loads(answer)
    except ValueError:
        return answer
    parts: list[Any] = body if isinstance(body, list) else [body]
    if not names or len(parts) != len(names):
        return answer
    for part, name in zip(parts, names, strict=True):
        if isinstance(part, dict) and isinstance(part.get("data"), dict) and part["data"]:
            part["data"] = {name: "Query", **part["data"]}
    return json.dumps(body, separators=(",", ":")).encode()
