"""What a caller may do at a route: one list, which whoever answers a request goes through.

There are two ways to an answer: the usual one (`door`), and that of answers given again (`http.again`). Both go
through `CHECKS`, so that a check that is added holds for both; a test goes through them both for each check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..http.problems import Refused

if TYPE_CHECKING:
    from ..limits.tiers import RouteClass
    from ..settings import Settings
    from .callers import Caller


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of its callers.

    Attributes:
        scope: The scope that is needed; None where anybody may come, "" where any caller may.
        kind: The bucket it takes from.
        confined: Whether it keeps to the folders of a key that is confined; others are closed to such keys.
        streams: Whether its body is read as it comes, so that it cannot be compared with an earlier one.
        again: Whether it can be done once more after the process that did it died: it finds out what became of it.
        tickets: Whether a ticket does in the place of a key.
        live: Whether its answer is made while it is sent, so that it cannot be kept for a second time.
        kept: Whether its answers follow from what the wiki says, the address and the caller's folders alone.
    """

    scope: str | None
    kind: RouteClass = "read"
    confined: bool = False
    streams: bool = False
    again: bool = False
    tickets: bool = False
    live: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What checks look at.

    Attributes:
        caller: Who calls.
        rule: What the route asks for.
        method: How it is called.
        origin: The web page that calls, as the browser says.
        settings: How the gateway is set up.
    """

    caller: Caller
    rule: Rule
    method: str
    origin: str | None
    settings: Settings


def from_its_origins(asked: Asked) -> Refused | None:
    """A key for certain web pages is for no other."""
    caller, origin = asked.caller, asked.origin
    if caller.origins and origin is not None and origin not in caller.origins:
        return Refused(403, "origin-forbidden", "Origin forbidden", f"This key is not for pages of {origin}.")
    return None


def has_the_scope(asked: Asked) -> Refused | None:
    """The key has the scope of the route."""
    scope = asked.rule.scope
    return missing(scope) if scope and scope not in asked.caller.scopes else None


def keeps_to_its_folders(asked: Asked) -> Refused | None:
    """A confined key comes to routes only that keep to folders."""
    prefixes = asked.caller.prefixes
    if prefixes and not asked.rule.confined:
        return Refused(
            403,
            "path-forbidden",
            "Path forbidden",
            f"This key is confined to pages below {', '.join(prefixes)}; this address is not about them.",
        )
    return None


def may_write(asked: Asked) -> Refused | None:
    """A gateway that only reads does not write."""
    if asked.settings.read_only and asked.method not in {"GET", "HEAD"} and asked.rule.scope not in {"", "admin"}:
        return Refused(403, "read-only", "Read only", "This gateway only reads.")
    return None


Check = Callable[[Asked], Refused | None]
CHECKS: Final[tuple[Check, ...]] = (from_its_origins, has_the_scope, keeps_to_its_folders, may_write)


def refusal(asked: Asked) -> Refused | None:
    """Why a caller may not do what it asks for; None where it may."""
    for check in CHECKS:
        found = check(asked)
        if found is not None:
            return found
    return None


def missing(scope: str) -> Refused:
    """The answer to a caller without a scope."""
    return Refused(
        403,
        "scope-missing",
        "Scope missing",
        f"This key does not have the scope {scope}.",
        headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        requiredScope=scope,
    )
