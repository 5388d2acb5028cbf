"""What of a request and an answer is kept in a cassette: no token, no personal data, no long text of the server."""

from __future__ import annotations

import json
import re
from typing import Any

from wikijs.core.documents.nonces import PREFIX

from .echo import without_nonces

SITE = "http://wiki.example.com"
KEPT_HEADERS = ("content-type",)
PASSWORDS = frozenset({"password", "passwordRaw", "newPassword", "current", "new", "securityCode"})
REPLACED = {
    "jwt": "<jwt>",
    "keyShort": "...<end of a key>",
    "continuationToken": "<token>",
    "hostname": "wiki",
    "telemetryClientId": "<id>",
    "workingDirectory": "/wiki",
    "configFile": "/wiki/config.yml",
    "dbHost": "db.example.com",
    "operatingSystem": "Linux",
}
TRACES = frozenset({"stack", "stacktrace"})
PROSE = frozenset({"description", "hint", "instructions", "icon"})
LONGEST_PROSE = 40
LONGEST_LIST = 3
_TOKEN = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*)+")
_EMAIL = re.compile(r"[\w.+-]+@(?!example\.com\b)[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"\b(?!192\.0\.2\.1\b)\d{1,3}(?:\.\d{1,3}){3}\b")
_LOCAL_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?")


def plain(text: str) -> str:
    """A text without tokens, addresses and names of machines and people."""
    text = _LOCAL_URL.sub(SITE, text)
    text = _TOKEN.sub("<jwt>", text)
    text = _EMAIL.sub("somebody@example.com", text)
    return _ADDRESS.sub("192.0.2.1", text)


def scrub(value: Any, name: str = "") -> Any:
    """JSON fit to keep."""
    match value:
        case dict():
            kept = {key: item for key, item in value.items() if not key.startswith(PREFIX)}
            return {key: "<omitted>" if key in TRACES else scrub(item, key) for key, item in kept.items()}
        case list():
            items = value[:LONGEST_LIST] if name == "translations" else value
            return [scrub(item, name) for item in items]
        case str():
            return _scrub_text(value, name)
        case _:
            return value


def _scrub_text(text: str, name: str) -> str:
    if name in PASSWORDS:
        return "<password>"
    if REPLACED.get(name) and text:
        return str(REPLACED[name])
    if name in PROSE and len(text) > LONGEST_PROSE:
        return f"<text of {len(text)} characters>"
    if name == "value" and text.startswith("{"):
        return json.dumps(_without_prose(json.loads(text)))
    return plain(text)


def _without_prose(setting: Any) -> Any:
    """The description of a module's setting, without its texts."""
    if not isinstance(setting, dict):
        return setting
    return {
        name: "<text>" if name in {"title", "hint"} and item else scrub(item, name) for name, item in setting.items()
    }


def keep_request(request: Any) -> Any:
    """Of a request: its address on an example host, the operation's name and its variables."""
    request.uri = re.sub(r"^https?://[^/]+", SITE, request.uri)
    request.headers = {}
    if request.body:
        content = request.body if isinstance(request.body, bytes) else request.body.encode()
        request.body = json.dumps(_identity(json.loads(without_nonces(content)))).encode()
    return request


def _identity(body: Any) -> Any:
    """What tells a request from others. Not the document: it may be reformatted without recording anew."""
    if isinstance(body, list):
        return [_identity(entry) for entry in body]
    name = body.get("operationName")
    kept = {"operationName": name} if name else {"query": body.get("query", "")}
    return {**kept, "variables": scrub(body.get("variables") or {})}


def keep_response(response: dict[str, Any]) -> dict[str, Any]:
    """Of an answer: status, content type and the scrubbed body."""
    headers = {name.lower(): value for name, value in response["headers"].items()}
    response["headers"] = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    text = response["body"]["string"]
    if text:
        text = text.decode() if isinstance(text, bytes) else text
        response["body"]["string"] = json.dumps(scrub(json.loads(text)), separators=(",", ":")).encode()
    return response
