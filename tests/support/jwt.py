"""Tokens of the shape that Wiki.js signs, without a valid signature: for local checks and for replays."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

ADMIN = "urn:wiki.js"


def jwt(**claims: Any) -> str:
    """A token with these claims."""
    return ".".join((_encoded({"alg": "RS256", "typ": "JWT"}), _encoded(claims), "c2lnbmF0dXJl"))


def api_key(**claims: Any) -> str:
    """An API key, valid for an hour unless told otherwise."""
    now = int(time.time())
    return jwt(**{"api": 1, "grp": 1, "iat": now, "exp": now + 3600, "aud": ADMIN, "iss": ADMIN, **claims})


def login_token(**claims: Any) -> str:
    """A user's login token, valid for half an hour unless told otherwise."""
    now = int(time.time())
    user = {
        "id": 1,
        "email": "admin@example.com",
        "name": "Administrator",
        "permissions": ["manage:system"],
        "groups": [1],
    }
    return jwt(**{**user, "iat": now, "exp": now + 1800, "aud": ADMIN, "iss": ADMIN, **claims})


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
