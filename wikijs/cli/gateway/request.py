"""`wikijs gateway request`: one request to a gateway."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast
from urllib.parse import urlsplit

import typer

from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_text
from ..frame.output import note
from ..frame.session import Session
from ..frame.structured import show_data

if TYPE_CHECKING:
    import httpx2

URL: Final = "WIKIJS_GATEWAY_URL"
TOKEN: Final = "WIKIJS_GATEWAY_TOKEN"  # noqa: S105  the name of a variable
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

Method = Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.")]
Target = Annotated[str, typer.Argument(metavar="PATH", help="Path and query, such as '/api/v1/pages?limit=3'.")]
At = Annotated[
    str | None, typer.Option("--at", metavar="URL", help=f"The gateway; else {URL}, or http://127.0.0.1:8700.")
]
Data = Annotated[
    str | None, typer.Option("--data", metavar="JSON", help="The body; @FILE reads one, - standard input.")
]
File = Annotated[str | None, typer.Option("--file", metavar="FILE", help="A file to send as it is.")]
IfMatch = Annotated[str | None, typer.Option("--if-match", metavar="ETAG", help="The state that is changed, or *.")]


def request(
    session: Session,
    method: Method,
    target: Target,
    *,
    data: Data = None,
    file: File = None,
    if_match: IfMatch = None,
    at: At = None,
) -> None:
    """Send one request to a gateway, and print what it answers. The key comes from WIKIJS_GATEWAY_TOKEN."""
    if method.upper() not in METHODS:
        raise CommandError(f"{method!r} is no method.", hint=f"One of {', '.join(METHODS)}.", code=ExitCode.USAGE)
    if not target.startswith("/"):
        raise CommandError("The path begins with a slash, such as /api/v1/pages.", code=ExitCode.USAGE)
    base = (at or session.environment.get(URL) or "http://127.0.0.1:8700").rstrip("/")
    if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).hostname:
        raise CommandError(
            f"{base!r} is no address of a gateway.",
            hint=f"Set {URL}, or give --at.",
            code=ExitCode.USAGE,
        )
    headers = {"If-Match": if_match} if if_match else {}
    content = _body(data, file, headers)
    key = session.environment.get(TOKEN)
    if key:
        headers["Authorization"] = f"Bearer {key.strip()}"
    _send(session, method.upper(), base + target, headers, content, has_key=bool(key))


def _body(data: str | None, file: str | None, headers: dict[str, str]) -> bytes | None:
    if data is not None and file is not None:
        raise CommandError("Either --data or --file.", code=ExitCode.USAGE)
    if file is not None:
        headers["Content-Type"] = "application/octet-stream"
        try:
            return Path(file).read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    if data is None:
        return None
    text = read_text(data.removeprefix("@")) if data == "-" or data.startswith("@") else data
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"--data is no JSON: {error}.", code=ExitCode.USAGE) from None
    headers["Content-Type"] = "application/json"
    return text.encode()


def _send(
    session: Session, method: str, url: str, headers: dict[str, str], content: bytes | None, *, has_key: bool
) -> None:
    import httpx2

    try:
        with (
            httpx2.Client(timeout=httpx2.Timeout(60.0, read=None if "/events" in url else 60.0)) as client,
            client.stream(method, url, headers=headers, content=content) as answer,
        ):
            if "event-stream" in answer.headers.get("content-type", ""):
                for line in answer.iter_lines():
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()
                return
            answer.read()
    except httpx2.TransportError as error:
        raise CommandError(
            f"The gateway at {httpx2.URL(url).host} cannot be reached ({type(error).__name__}).",
            hint=f"`wikijs gateway serve` starts one; for another address set {URL}, or give --at.",
        ) from None
    except httpx2.InvalidURL as error:
        raise CommandError(f"That is no address: {error}.", code=ExitCode.USAGE) from None
    _show(session, answer, has_key=has_key)


def _show(session: Session, answer: httpx2.Response, *, has_key: bool) -> None:
    is_json = "json" in answer.headers.get("content-type", "")
    body: Any = answer.json() if is_json and answer.content else None
    if answer.status_code >= 400:
        detail = cast("dict[str, Any]", body).get("detail") if isinstance(body, dict) else None
        hint = f"Set {TOKEN} to a key of the gateway." if answer.status_code == 401 and not has_key else None
        raise CommandError(f"{answer.status_code} {detail or answer.reason_phrase}", hint=hint)
    if tag := answer.headers.get("etag"):
        note(f"ETag: {tag}")
    if is_json:
        show_data(session, body)
    elif answer.content:
        sys.stdout.buffer.write(answer.content)
        sys.stdout.flush()
    else:
        note(f"{answer.status_code} {answer.reason_phrase}")
