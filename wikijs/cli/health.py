"""`wikijs health ...`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .frame.command import command, group
from .frame.failures import ExitCode, explained
from .frame.output import show_list, show_record
from .frame.progress import progress
from .frame.session import Session

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer(no_args_is_help=True)

_CHECK: Final = ("check", "ok", "detail")
_STATS: Final = (
    *("requests", "failures", "fastest", "median", "slowest"),
    *("version", "pages", "tags", "users", "groups"),
)
_SMALLEST: Final = "{ __typename }"
_SOON: Final = 14 * 24 * 3600.0
"""Seconds before its end from which a key is worth a word."""


@group(app, example="wikijs health check")
def health(session: Session) -> None:
    """Whether the wiki answers, and how fast."""


@dataclass(frozen=True)
class _Check:
    """One thing that was looked at.

    Attributes:
        check: What it was.
        ok: Whether it is as it should be; None where that could not be told.
        detail: What was found.
    """

    check: str
    ok: bool | None
    detail: str


@command(app, "check", example="wikijs health check --quiet", fields=_CHECK)
def check(session: Session) -> None:
    """Check that the wiki answers, takes the credentials, and which version it is. Exit code 1 when something fails."""
    from wikijs.exceptions import WikiJSException

    found: list[_Check] = []
    with session.client(or_guest=True) as client:
        for name, look in (("answers", _answers), ("credentials", _credentials), ("version", _version)):
            try:
                found.append(look(session, client))
            except WikiJSException as error:
                found.append(_Check(name, False, explained(error)))
                if name == "answers":
                    break
    show_list(session, found, _CHECK, key="check")
    if any(one.ok is False for one in found):
        raise typer.Exit(ExitCode.FAILED)


def _answers(session: Session, client: WikiJSClient) -> _Check:
    start = time.perf_counter()
    client.graphql(_SMALLEST)
    return _Check("answers", True, f"{client.url} in {(time.perf_counter() - start) * 1000:.0f} ms")


def _credentials(session: Session, client: WikiJSClient) -> _Check:
    found, identity = session.credentials, client.whoami()
    if found is None:
        return _Check("credentials", True, "None are given: you are a guest.")
    if identity.is_guest:
        return _Check("credentials", False, identity.warning or "The wiki serves a guest.")
    token = found.auth.current
    detail = f"{identity.name} ({identity.email}), by {found.source}"
    if token is not None and token.is_api_key and token.expires_at is not None:
        detail += f"; the key expires on {token.expiry}"
        return _Check("credentials", token.expires_at - time.time() > _SOON, detail)
    return _Check("credentials", True, detail)


def _version(session: Session, client: WikiJSClient) -> _Check:
    from wikijs.exceptions import AuthenticationRequiredError, PermissionDeniedError

    try:
        info = client.system.info()
    except (PermissionDeniedError, AuthenticationRequiredError):
        return _Check("version", None, "Only those who have manage:system may see it.")
    version, latest = info.current_version or "", info.latest_version or ""
    newer = f"; {latest} is out" if latest and latest != version else ""
    return _Check("version", version.startswith("2."), f"Wiki.js {version}{newer}")


@command(app, "stats", example="wikijs health stats --requests 50", fields=_STATS)
def stats(
    session: Session,
    *,
    requests: Annotated[int, typer.Option(min=1, max=10_000, help="How many small requests to send.")] = 10,
) -> None:
    """Measure how fast the wiki answers, in seconds, and count what is in it as far as you may know."""
    from wikijs.exceptions import AuthenticationRequiredError, PermissionDeniedError, TransportError

    times: list[float] = []
    with session.client(or_guest=True) as client, progress(session, "Asking", total=requests) as step:
        client.graphql(_SMALLEST)  # the first one opens the connection
        for _ in range(requests):
            start = time.perf_counter()
            try:
                client.graphql(_SMALLEST)
                times.append(time.perf_counter() - start)
            except TransportError:
                pass
            step(1)
        try:
            info = client.system.info()
        except (PermissionDeniedError, AuthenticationRequiredError):
            info = None
    ordered = sorted(times)
    show_record(
        session,
        {
            "requests": requests,
            "failures": requests - len(times),
            "fastest": round(ordered[0], 6) if ordered else None,
            "median": round(ordered[len(ordered) // 2], 6) if ordered else None,
            "slowest": round(ordered[-1], 6) if ordered else None,
            "version": info.current_version if info else None,
            "pages": info.pages_total if info else None,
            "tags": info.tags_total if info else None,
            "users": info.users_total if info else None,
            "groups": info.groups_total if info else None,
        },
        key="median",
    )
