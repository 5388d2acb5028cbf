"""Who one is, what one may do, what one has used."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from wikijs.auth import PasswordAuth
from wikijs.exceptions import AuthenticationError, LoginUnfinishedError

from ..access.sessions import Pair
from ..access.tokens import kind_of
from ..door import caller_of, gateway_of, route
from ..http.encoding import answer, moment
from ..http.problems import Refused
from ..limits.tiers import CLASSES
from .pages.models import In, Out


class Me(Out):
    """Who calls."""

    id: str
    name: str
    kind: str
    scopes: list[str]
    tier: str
    prefixes: list[str]
    origins: list[str]
    expires_at: str | None


class TokenRequest(In):
    """A key, or an account of the wiki."""

    key: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=255)
    password: str | None = Field(default=None, max_length=255)


class RefreshRequest(In):
    """A token that refreshes."""

    refresh_token: str = Field(max_length=200)


class RevokeRequest(In):
    """A token to end, with all of its login."""

    token: str = Field(max_length=200)


class TokenPair(Out):
    """An access token for an hour, and what makes the next one."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(router, "GET", "/api/v1/me", scope="", confined=True, answers={200: (Me, "Who calls.")})
    async def get_me(request: Request) -> Response:
        """Say who calls, and what they may do."""
        caller = caller_of(request)
        key = caller.key
        return answer(
            {
                "id": caller.id,
                "name": caller.name,
                "kind": caller.kind,
                "scopes": sorted(caller.scopes),
                "tier": caller.tier,
                "prefixes": list(caller.prefixes),
                "origins": list(caller.origins),
                "expiresAt": moment(key.expires_at if key else None),
            }
        )

    @route(
        router, "GET", "/api/v1/me/usage", scope="", confined=True,
        answers={200: (dict[str, Any], "Requests by hour, route and status.")},
    )  # fmt: skip
    async def get_my_usage(
        request: Request, hours: Annotated[int, Query(ge=1, le=24 * 31, description="How far back.")] = 24
    ) -> Response:
        """Say what was used."""
        gateway = gateway_of(request)
        caller = caller_of(request)

        def read() -> list[dict[str, Any]]:
            gateway.usage.flush()
            return gateway.usage.read(since=gateway.clock() - hours * 3600, key=caller.id)

        rows = await asyncio.to_thread(read)
        return answer({"items": [shown_usage(row) for row in rows]})

    @route(
        router, "GET", "/api/v1/me/limits", scope="", confined=True,
        answers={200: (dict[str, Any], "How much may be used, and how much was today.")},
    )  # fmt: skip
    async def get_my_limits(request: Request) -> Response:
        """Say how much may be used."""
        gateway = gateway_of(request)
        caller = caller_of(request)
        tier = gateway.policy.tier(caller)
        used = await gateway.policy.limits.used(caller.id)
        return answer(
            {
                "tier": tier.name,
                "rate": tier.rate,
                "burst": tier.burst,
                "classes": {kind: tier.of_class(kind) or tier.rate for kind in CLASSES},
                "daily": tier.daily,
                "usedToday": round(used, 1),
                "batch": tier.batch,
                "jobs": tier.jobs,
            }
        )

    @route(
        router, "POST", "/api/v1/auth/token", scope=None,
        answers={201: (TokenPair, "Tokens.")},
    )  # fmt: skip
    async def create_token(request: Request, body: TokenRequest) -> Response:
        """Get an access token: for a key, or for an e-mail address and a password of the wiki."""
        gateway = gateway_of(request)
        address = request.state.address
        gateway.authenticator.check_guesses(address)
        if body.key is not None:
            if kind_of(body.key) != "wkg":
                raise Refused(422, "validation", "Validation", "key: a token is made of a key, wkg_….")
            caller = await gateway.authenticator.authenticate(f"Bearer {body.key}", address)
            return _pair(await asyncio.to_thread(lambda: gateway.sessions.begin(caller.name, key=caller.id)))
        if not body.email or not body.password:
            raise Refused(422, "validation", "Validation", "Give a key, or an e-mail address and a password.")
        if not gateway.settings.pass_through:
            raise Refused(403, "logins-off", "Logins off", "Accounts of the wiki are not taken here; see pass_through.")
        token = await log_in(request, body.email, body.password)
        credentials = gateway.credentials
        email = body.email

        def begin() -> Pair:
            return gateway.sessions.begin(email, seal=lambda family: credentials.seal({"token": token}, family))

        return _pair(await asyncio.to_thread(begin))

    @route(router, "POST", "/api/v1/auth/refresh", scope=None, answers={201: (TokenPair, "New tokens.")})
    async def refresh_token(request: Request, body: RefreshRequest) -> Response:
        """Get new tokens for a refresh token, which is used up. One that was used before ends the whole login."""
        gateway = gateway_of(request)
        gateway.authenticator.check_guesses(request.state.address)
        pair = None
        if kind_of(body.refresh_token) == "wkr":
            pair = await asyncio.to_thread(gateway.sessions.refresh, body.refresh_token)
        if pair is None:
            gateway.authenticator.guessed(request.state.address)
            raise Refused(
                401,
                "token-refused",
                "Unauthorized",
                "This token was used, is unknown, or has expired; log in again.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return _pair(pair)

    @route(router, "POST", "/api/v1/auth/revoke", scope=None, answers={204: (None, "It is not taken any more.")})
    async def revoke_token(request: Request, body: RevokeRequest) -> Response:
        """End a login: its access and refresh tokens."""
        if kind_of(body.token) in {"wka", "wkr"}:
            await asyncio.to_thread(gateway_of(request).sessions.revoke, body.token)
        return Response(None, 204)

    @route(router, "DELETE", "/api/v1/auth/revoke", scope=None, answers={204: (None, "It is not taken any more.")})
    async def revoke_own_token(request: Request) -> Response:
        """End the login of the token in the header Authorization."""
        token = request.headers.get("authorization", "").partition(" ")[2].strip()
        if kind_of(token) in {"wka", "wkr"}:
            await asyncio.to_thread(gateway_of(request).sessions.revoke, token)
        return Response(None, 204)


async def log_in(request: Request, email: str, password: str) -> str:
    """The wiki's token of an account."""
    from wikijs import AsyncWikiJSClient

    gateway = gateway_of(request)
    try:
        auth = PasswordAuth(email, password)
        client = AsyncWikiJSClient(gateway.settings.wiki, auth, http_client=gateway.clients.http)
        await client.whoami()
    except LoginUnfinishedError as error:
        raise Refused(403, "login-unfinished", "Login unfinished", error.message) from None
    except AuthenticationError:
        gateway.authenticator.guessed(request.state.address)
        raise Refused(
            401,
            "login-refused",
            "Unauthorized",
            "The wiki does not take this e-mail address with this password.",
            headers={"WWW-Authenticate": "Bearer"},
        ) from None
    current = auth.current
    if current is None:
        raise Refused(502, "login-strange", "Login strange", "The wiki gave no token for this login.")
    return current.value


def _pair(pair: Pair) -> Response:
    body = {"accessToken": pair.access, "refreshToken": pair.refresh, "tokenType": "Bearer"}
    return answer({**body, "expiresIn": int(pair.expires_in)}, 201, {"Cache-Control": "no-store"})


def shown_usage(row: dict[str, Any]) -> dict[str, Any]:
    """A row of usage as it goes out."""
    count = max(row["count"], 1)
    return {
        "hour": moment(row["hour"]),
        "key": row["key"],
        "route": row["route"],
        "status": row["status"],
        "count": row["count"],
        "milliseconds": round(row["milliseconds"] / count, 2),
        "bytes": row["bytes"],
    }
