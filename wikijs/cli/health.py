"""`wikijs health ...`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .frame.command import command, group
from .frame.failures import ExitCode
from .frame.options import Group
from .frame.output import note, show_list, show_record
from .frame.progress import progress
from .frame.session import Session

if TYPE_CHECKING:
    from wikijs.core.identity import Identity
    from wikijs.telemetry.health import Health

app = typer.Typer()

_CHECK: Final = ("check", "ok", "detail")
_STATS: Final = (
    *("requests", "failures", "fastest", "median", "slowest"),
    *("version", "pages", "tags", "users", "groups"),
)
_SMALLEST: Final = "{ __typename }"


class HealthGroup(Group):
    """A group that checks when no command is named: what a probe runs is `wikijs health`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line; without a command there it is `check`."""
        named = any(word in self.commands for word in args)
        return super().parse_args(ctx, args if named or "--help" in args else ["check", *args])


@group(app, example="wikijs health", cls=HealthGroup)
def health(session: Session) -> None:
    """Whether the wiki answers, and how fast. Without a command: `check`."""


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


@command(app, "check", example="wikijs health check --quiet", fields=_CHECK, lists=True, reads=True)
def check(
    session: Session,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too, as of a key that ends soon.")] = False,
) -> None:
    """Check that the wiki answers, takes the credentials, and which version it is.

    Exit code 0 when all is well and 1 when something fails, as probes of Kubernetes want it. A key that ends within 14
    days is a warning.
    """
    with session.client(or_guest=True) as client:
        found = client.health()
    show_list(session, list(_rows(session, found)), _CHECK, key="check")
    for warning in found.warnings:
        note(f"wikijs: {warning}")
    if not found.ok or (strict and found.warnings):
        raise typer.Exit(ExitCode.FAILED)


def _rows(session: Session, found: Health) -> Iterator[_Check]:
    who, latency = found.identity, found.latency
    if not found.reachable or who is None or latency is None:
        yield _Check("answers", False, found.problems[0])
        return
    yield _Check("answers", found.healthy is not False, f"{found.url} in {latency * 1000:.0f} ms")
    yield _credentials(session, who, found.expires_in_days)
    if found.version is None:
        yield _Check("version", None, "Only those who have manage:system may see it.")
    else:
        yield _Check("version", found.version.startswith("2."), f"Wiki.js {found.version}")


def _credentials(session: Session, who: Identity, days: float | None) -> _Check:
    credentials = session.credentials
    if credentials is None:
        return _Check("credentials", True, "None are given: you are a guest.")
    if who.is_guest:
        return _Check("credentials", False, who.warning or "The wiki serves a guest.")
    token = credentials.auth.current
    ends = f"; the key expires on {token.expiry}" if token is not None and days is not None else ""
    return _Check("credentials", True, f"{who.described}, by {credentials.source}{ends}")


@command(app, "stats", example="wikijs health stats --requests 50", fields=_STATS, reads=True)
def stats(
    session: Session,
    *,
    requests: Annotated[int, typer.Option(min=1, max=10_000, help="How many small requests to send.")] = 10,
) -> None:
    """Measure how fast the wiki answers, and count what is in it as far as you may know. As data: in seconds."""
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
    data: dict[str, object] = {
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
    }
    shown = {name: f"{value * 1000:.1f} ms" for name, value in data.items() if isinstance(value, float)}
    show_record(session, data, data | shown, key="median")
