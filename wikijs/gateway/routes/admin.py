"""Administration: keys, credentials, limits, what all have used, the audit trail."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from wikijs.exceptions import ConfigurationError

from ..access.keys import GRACE, Key
from ..door import caller_of, gateway_of, route
from ..http.encoding import answer, moment
from ..http.paging import DEFAULT, decode, next_link
from ..http.problems import Refused
from .me import shown_usage
from .pages.models import In, Moment, Out
from .pages.reading import Cursor, Limit


class KeyOut(Out):
    """A key, without its secret."""

    id: str
    name: str
    state: Literal["active", "expired", "revoked"]
    scopes: list[str]
    tier: str
    prefixes: list[str]
    origins: list[str]
    credential: str
    created_at: str
    created_by: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    key: str | None = Field(default=None, description="The key itself; shown when it is made, only then.")


class KeyList(Out):
    """Keys, the oldest first."""

    items: list[KeyOut]


class KeyCreate(In):
    """A new key."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[str] = Field(min_length=1, max_length=100, examples=[["read"]])
    tier: str = Field(default="free", max_length=64)
    prefixes: list[str] = Field(default_factory=list[str], max_length=100)
    origins: list[str] = Field(default_factory=list[str], max_length=100)
    credential: str = Field(default="default", max_length=64)
    expires_at: Moment | None = None


class KeyPatch(In):
    """Changes to a key; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    scopes: list[str] | None = Field(default=None, max_length=100)
    tier: str | None = Field(default=None, max_length=64)
    prefixes: list[str] | None = Field(default=None, max_length=100)
    origins: list[str] | None = Field(default=None, max_length=100)
    credential: str | None = Field(default=None, max_length=64)
    expires_at: Moment | None = None


class KeyRotation(In):
    """How long the old secret is still taken."""

    grace: float = Field(default=GRACE, ge=0, le=30 * 86_400, description="Seconds.")


class CredentialPut(In):
    """A credential of the wiki."""

    kind: Literal["api_key", "login", "environment", "keyring", "guest"]
    key: str | None = Field(default=None, max_length=5000)
    email: str | None = Field(default=None, max_length=255)
    password: str | None = Field(default=None, max_length=255)
    variable: str | None = Field(default=None, max_length=255)
    service: str | None = Field(default=None, max_length=255)
    user: str | None = Field(default=None, max_length=255)


class OverridePut(In):
    """Other limits for a key."""

    limits: dict[str, int] = Field(min_length=1, max_length=20, examples=[{"rate": 1000}])
    until: Moment | None = None
    reason: str = Field(default="", max_length=500)


def add(router: APIRouter) -> None:
    """Register the routes."""
    _keys(router)
    _credentials(router)
    _limits(router)


def _keys(router: APIRouter) -> None:
    @route(router, "GET", "/api/v1/admin/keys", scope="admin", answers={200: (KeyList, "Keys.")})
    async def list_keys(request: Request) -> Response:
        """List keys."""
        gateway = gateway_of(request)
        return answer({"items": [shown(key, gateway.clock()) for key in gateway.keys.all()]})

    @route(router, "POST", "/api/v1/admin/keys", scope="admin", answers={201: (KeyOut, "With its secret.")})
    async def create_key(request: Request, body: KeyCreate) -> Response:
        """Make a key. It is shown this once."""
        gateway = gateway_of(request)
        _check_tier(request, body.tier)
        given = body.model_dump()
        ends = given.pop("expires_at")
        name = given.pop("name")
        key, secret = await asyncio.to_thread(
            lambda: gateway.keys.create(
                name, **given, expires_at=ends.timestamp() if ends else None, created_by=caller_of(request).id
            )
        )
        headers = {"Location": f"/api/v1/admin/keys/{key.id}", "Cache-Control": "no-store"}
        return answer({**shown(key, gateway.clock()), "key": secret}, 201, headers)

    @route(router, "GET", "/api/v1/admin/keys/{id}", scope="admin", answers={200: (KeyOut, "The key.")})
    async def get_key(request: Request, id: str) -> Response:
        """Read a key."""
        return answer(shown(_key(request, id), gateway_of(request).clock()))

    @route(router, "PATCH", "/api/v1/admin/keys/{id}", scope="admin", answers={200: (KeyOut, "The key.")})
    async def update_key(request: Request, id: str, body: KeyPatch) -> Response:
        """Change what a key may do."""
        _key(request, id)
        gateway = gateway_of(request)
        given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
        given = {name: value for name, value in given.items() if value is not None or name == "expires_at"}
        if given.get("expires_at") is not None:
            given["expires_at"] = given["expires_at"].timestamp()
        if "tier" in given:
            _check_tier(request, given["tier"])
        key = await asyncio.to_thread(lambda: gateway.keys.update(id, **given))
        gateway.policy.forget(id)
        return answer(shown(key, gateway.clock()))

    @route(router, "POST", "/api/v1/admin/keys/{id}/rotate", scope="admin", answers={200: (KeyOut, "With its secret.")})
    async def rotate_key(request: Request, id: str, body: KeyRotation) -> Response:
        """Give a key a new secret; the old one is taken for a while."""
        _key(request, id)
        gateway = gateway_of(request)
        key, secret = await asyncio.to_thread(lambda: gateway.keys.rotate(id, grace=body.grace))
        return answer({**shown(key, gateway.clock()), "key": secret}, headers={"Cache-Control": "no-store"})

    @route(router, "DELETE", "/api/v1/admin/keys/{id}", scope="admin", answers={200: (KeyOut, "The key.")})
    async def revoke_key(request: Request, id: str) -> Response:
        """Take a key no more, from now on."""
        _key(request, id)
        gateway = gateway_of(request)
        key = await asyncio.to_thread(gateway.keys.revoke, id)
        return answer(shown(key, gateway.clock()))


def _credentials(router: APIRouter) -> None:
    @route(
        router, "GET", "/api/v1/admin/credentials", scope="admin",
        answers={200: (dict[str, Any], "Credentials of the wiki, without their secrets.")},
    )  # fmt: skip
    async def list_credentials(request: Request) -> Response:
        """List the wiki's credentials."""
        found = await asyncio.to_thread(gateway_of(request).credentials.all)
        return answer(
            {
                "items": [
                    {
                        "name": each.name,
                        "kind": each.kind,
                        "createdAt": moment(each.created_at),
                        "checkedAt": moment(each.checked_at),
                        "problem": each.problem,
                    }
                    for each in found
                ]
            }
        )

    @route(router, "PUT", "/api/v1/admin/credentials/{name}", scope="admin", answers={204: (None, "It is stored.")})
    async def put_credential(request: Request, name: str, body: CredentialPut) -> Response:
        """Store a credential of the wiki, encrypted; nobody can read it here again."""
        gateway = gateway_of(request)
        if not 1 <= len(name) <= 64:
            raise Refused(422, "validation", "Validation", "name: it has 1 to 64 characters.")
        given = body.model_dump(exclude_none=True)
        kind = given.pop("kind")
        await asyncio.to_thread(lambda: gateway.credentials.put(name, kind, given))
        gateway.clients.forget(name)
        return Response(None, 204)

    @route(router, "DELETE", "/api/v1/admin/credentials/{name}", scope="admin", answers={204: (None, "It is gone.")})
    async def delete_credential(request: Request, name: str) -> Response:
        """Forget a credential of the wiki."""
        gateway = gateway_of(request)
        await asyncio.to_thread(gateway.credentials.delete, name)
        gateway.clients.forget(name)
        return Response(None, 204)


def _limits(router: APIRouter) -> None:
    @route(
        router, "GET", "/api/v1/admin/tiers", scope="admin", answers={200: (dict[str, Any], "Limits by name.")},
    )  # fmt: skip
    async def list_tiers(request: Request) -> Response:
        """List tiers; they are part of the configuration."""
        return answer({"items": [asdict(tier) for tier in gateway_of(request).policy.tiers.values()]})

    @route(
        router, "GET", "/api/v1/admin/overrides", scope="admin",
        answers={200: (dict[str, Any], "Keys that have other limits.")},
    )  # fmt: skip
    async def list_overrides(request: Request) -> Response:
        """List overrides."""
        found = gateway_of(request).policy.overrides()
        return answer(
            {
                "items": [
                    {
                        "key": each.key,
                        "limits": dict(each.limits),
                        "until": moment(each.until),
                        "reason": each.reason,
                        "createdBy": each.created_by,
                    }
                    for each in found
                ]
            }
        )

    @route(router, "PUT", "/api/v1/admin/overrides/{key}", scope="admin", answers={204: (None, "They hold.")})
    async def put_override(request: Request, key: str, body: OverridePut) -> Response:
        """Give a key other limits, for a while or for good."""
        _key(request, key)
        policy = gateway_of(request).policy
        until = body.until.timestamp() if body.until else None
        by = caller_of(request).id
        await asyncio.to_thread(
            lambda: policy.override(key, body.limits, until=until, created_by=by, reason=body.reason)
        )
        return Response(None, 204)

    @route(router, "DELETE", "/api/v1/admin/overrides/{key}", scope="admin", answers={204: (None, "They are gone.")})
    async def delete_override(request: Request, key: str) -> Response:
        """Give a key the limits of its tier again."""
        policy = gateway_of(request).policy
        if not await asyncio.to_thread(policy.drop_override, key):
            raise Refused(404, "override-not-found", "Override not found", "This key has the limits of its tier.")
        return Response(None, 204)

    @route(
        router, "GET", "/api/v1/admin/usage", scope="admin",
        answers={200: (dict[str, Any], "Requests by hour, key, route and status.")},
    )  # fmt: skip
    async def get_usage(
        request: Request,
        hours: Annotated[int, Query(ge=1, le=24 * 31)] = 24,
        key: Annotated[str | None, Query(max_length=32)] = None,
    ) -> Response:
        """Say what all have used."""
        gateway = gateway_of(request)

        def read() -> list[dict[str, Any]]:
            gateway.usage.flush()
            return gateway.usage.read(since=gateway.clock() - hours * 3600, key=key)

        return answer({"items": [shown_usage(row) for row in await asyncio.to_thread(read)]})

    @route(
        router, "GET", "/api/v1/admin/audit", scope="admin", answers={200: (dict[str, Any], "Who wrote what.")},
        headers_of=["Link"],
    )  # fmt: skip
    async def get_audit(
        request: Request,
        caller: Annotated[str | None, Query(max_length=32)] = None,
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """Read the audit trail, the latest first."""
        gateway = gateway_of(request)
        before = decode(request, cursor, [int])[0] if cursor else None
        rows = await asyncio.to_thread(lambda: gateway.audit.read(limit=limit, before=before, caller=caller))
        more = [rows[-1]["id"]] if len(rows) == limit else None
        items = [{**row, "at": moment(row["at"]), "requestId": row["request_id"]} for row in rows]
        for item in items:
            item.pop("request_id")
        return answer({"items": items}, headers=next_link(request, more))


def _key(request: Request, id: str) -> Key:
    key = gateway_of(request).keys.get(id)
    if key is None:
        raise Refused(404, "key-not-found", "Key not found", "There is no such key.")
    return key


def _check_tier(request: Request, tier: str) -> None:
    tiers = gateway_of(request).policy.tiers
    if tier not in tiers:
        raise ConfigurationError(f"There is no tier {tier!r}.", hint=f"There are {', '.join(tiers)}.")


def shown(key: Key, now: float) -> dict[str, Any]:
    """A key as it goes out."""
    state = "active" if key.problem(now) is None else "revoked" if key.revoked_at is not None else "expired"
    return {
        "id": key.id,
        "name": key.name,
        "state": state,
        "scopes": sorted(key.scopes),
        "tier": key.tier,
        "prefixes": list(key.prefixes),
        "origins": list(key.origins),
        "credential": key.credential,
        "createdAt": moment(key.created_at),
        "createdBy": key.created_by,
        "expiresAt": moment(key.expires_at),
        "revokedAt": moment(key.revoked_at),
        "lastUsedAt": moment(key.last_used_at),
    }
