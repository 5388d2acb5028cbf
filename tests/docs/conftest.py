"""README blocks and examples run on recorded answers of a real Wiki.js.

To record again, start a wiki that holds the pages `home`, `docs/intro` (id 2, tag howto) and `docs/install`, then:

    WIKIJS_URL=... WIKIJS_API_KEY=... pytest tests/docs --record-mode=rewrite
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from support.jwt import api_key

URL = "https://wiki.example.com"
KEPT_HEADERS = {"content-type"}
TRACES = {"stack", "stacktrace"}
MACHINE = {
    "configFile": "/wiki/config.yml",
    "workingDirectory": "/wiki",
    "hostname": "wiki",
    "telemetryClientId": "00000000-0000-4000-8000-000000000000",
}
"""What a recording must not tell about the machine it was made on."""


@pytest.fixture(scope="session")
def vcr_config() -> dict[str, Any]:
    return {
        "match_on": ["method", "uri", "body"],
        "decode_compressed_response": True,
        "before_record_request": _without_secrets,
        "before_record_response": _without_noise,
    }


def _without_secrets(request: Any) -> Any:
    parts = urlsplit(request.uri)
    request.uri = urlunsplit(("https", "wiki.example.com", parts.path, "", ""))
    request.headers = {name: value for name, value in request.headers.items() if name.lower() in KEPT_HEADERS}
    return request


def _without_noise(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    body = json.loads(response["body"]["string"], object_hook=_anonymous)
    response["body"]["string"] = json.dumps(body, ensure_ascii=False).encode()
    return response


def _anonymous(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: MACHINE.get(name, value) for name, value in fields.items() if name not in TRACES}


@pytest.fixture
def wiki(record_mode: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """URL and API key: those of the environment when recording, made-up ones otherwise."""
    if record_mode == "none":
        monkeypatch.setenv("WIKIJS_URL", URL)
        monkeypatch.setenv("WIKIJS_API_KEY", api_key())
    return os.environ["WIKIJS_URL"], os.environ["WIKIJS_API_KEY"]
