"""`Idempotency-Key`: a request that was sent twice is done once, and answered the same both times."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from .http.problems import Refused
from .store import tables
from .store.database import Database, row_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from .access.callers import Caller
    from .access.credentials import Credentials

KEPT: Final = 24 * 3600.0
SETTLING: Final = 5.0
"""Seconds that a wiki may still work on what a process asked for that died."""
LEASE: Final = 60.0
"""Seconds after which a request that nobody keeps alive is taken for one whose process died."""
_KEPT_HEADERS: Final = frozenset({"content-type", "etag", "location", "link"})
_LARGEST: Final = 4 * 1_048_576
"""Bytes of an answer that is kept. Those of pages are not much larger than what was sent (`max_body`)."""
_UNSTORED: Final = "no-store"
"""The Cache-Control of answers that hold a secret: they are encrypted."""
_SEALED: Final = "answer:"
_RIGHTS: Final = ":rights"
"""Beside the headers of an answer: what its caller might do."""
_CONTENT: Final = ":content"
_CUT: Final = ":cut"


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer that was given already."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    rights: Mapping[str, Any]
    content: str | None

    def response(self) -> Response:
        """The same answer again."""
        from starlette.responses import Response

        return Response(self.body, self.status, {**self.headers, "Idempotency-Replayed": "true"})


class Interrupted(Exception):  # noqa: N818  an answer, not an error
    """The process that did this request died: nobody knows whether it was done."""


class Idempotency:
    """Requests that were sent with a key.

    Args:
        database: Where they are kept.
        owner: Name of this process.
        credentials: Encrypts answers that hold a secret, such as a new key.
        clock: Seconds since 1970, for tests.
    """

    def __init__(
        self, database: Database, owner: str, credentials: Credentials, clock: Callable[[], float] = time.time
    ) -> None:
        self._credentials = credentials
        self._database = database
        self._owner = owner
        self._clock = clock

    def adopt(self) -> None:
        """This is the only process: what is under way in the database is what one before it left behind."""
        table = tables.idempotency
        left = table.update().where(table.c.state == "running", table.c.owner != self._owner)
        self._database.work(lambda sql: sql.execute(left.values(lease_until=self._clock() + SETTLING)))

    async def begin(self, caller: Caller, key: str, fingerprint: str) -> Stored | None:
        """Begin with a request, or hand out the answer that it got.

        Raises:
            Refused: Another request has this key (422), the same one is under way (409), or the caller might do more
                when it was answered than it may now (409).
            Interrupted: The same one was under way when its process died.
        """
        found = await self._database.run(lambda sql: self._begin(sql, caller.id, key, fingerprint))
        if isinstance(found, Stored) and not _may_still(caller, found.rights):
            raise Refused(
                409,
                "idempotency-rights",
                "Key changed since",
                "This was done and answered before; the key may do less since, so the answer is not given again.",
            )
        if isinstance(found, type):
            raise Interrupted
        return found

    def _begin(self, sql: sa.Connection, caller: str, key: str, fingerprint: str) -> Stored | type[Interrupted] | None:
        table = tables.idempotency
        now = self._clock()
        sql.execute(table.delete().where(table.c.created_at < now - KEPT))
        row = {"caller": caller, "key": key, "fingerprint": fingerprint, "state": "running", "owner": self._owner}
        statement = self._database.insert(table).values(**row, lease_until=now + LEASE, created_at=now)
        # What came in is asked for: the number of rows is not told for an INSERT on PostgreSQL.
        if sql.execute(statement.on_conflict_do_nothing().returning(table.c.key)).first() is not None:
            return None
        found = row_of(sql.execute(sa.select(table).where(table.c.caller == caller, table.c.key == key)).one())
        if found["fingerprint"] != fingerprint:
            raise reused()
        if found["state"] == "done":
            headers, body = json.loads(found["headers"]), bytes(found["body"])
            rights, content = headers.pop(_RIGHTS, {}), headers.pop(_CONTENT, None)
            if headers.get("cache-control") == _UNSTORED:
                body = str(self._credentials.open(body, f"{_SEALED}{key}")["body"]).encode()
            if headers.pop(_CUT, None) is not None:
                raise Refused(
                    409,
                    "idempotency-large",
                    "Answer not kept",
                    "This was done before; its answer was too large to be kept. Read what came of it.",
                    outcome="applied",
                )
            return Stored(found["status"], headers, body, rights, content)
        if now < found["lease_until"] and found["state"] == "running":
            raise Refused(
                409,
                "idempotency-running",
                "Still running",
                "A request with this Idempotency-Key is under way. Ask again for its answer.",
                headers={"Retry-After": "1"},
            )
        taken = (
            table.update()
            .where(table.c.caller == caller, table.c.key == key, table.c.lease_until == found["lease_until"])
            .values(owner=self._owner, lease_until=now + LEASE)
        )
        if sql.execute(taken).rowcount != 1:
            raise Refused(409, "idempotency-running", "Still running", "Ask again.", headers={"Retry-After": "1"})
        return Interrupted

    async def keep(self, caller: str, key: str) -> None:
        """Say that a request is still under way."""
        values = {"lease_until": self._clock() + LEASE}
        await self._database.run(lambda sql: sql.execute(self._mine(caller, key).values(values)))

    async def end(self, caller: Caller, key: str, response: Response, content: str | None = None) -> None:
        """Remember the answer to a request, and a digest of what its body held, where that was read only then."""
        body = bytes(response.body)
        headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
        if len(body) > _LARGEST:
            headers[_CUT] = "true"
            body = b""
        if response.headers.get("cache-control") == _UNSTORED:
            headers["cache-control"] = _UNSTORED
            body = self._credentials.seal({"body": body.decode()}, f"{_SEALED}{key}")
        values: dict[str, Any] = {
            "state": "done",
            "status": response.status_code,
            "headers": json.dumps({**headers, _RIGHTS: _rights(caller), _CONTENT: content}),
            "body": body,
        }
        await self._database.run(lambda sql: sql.execute(self._mine(caller.id, key).values(values)))

    async def forget(self, caller: str, key: str) -> None:
        """A request that certainly did nothing: the next one with this key is done."""
        table = tables.idempotency
        mine = table.delete().where(table.c.caller == caller, table.c.key == key, table.c.owner == self._owner)
        await self._database.run(lambda sql: sql.execute(mine))

    def _mine(self, caller: str, key: str) -> Any:
        table = tables.idempotency
        return table.update().where(table.c.caller == caller, table.c.key == key, table.c.owner == self._owner)


def reused() -> Refused:
    """The answer to another request with a key that one has already."""
    return Refused(
        422,
        "idempotency-key-reused",
        "Idempotency-Key reused",
        "Another request was sent with this Idempotency-Key. Use a new one for each request.",
    )


def said_before(request: Request, content: str) -> Response | None:
    """The answer that was given before, asked for by a route that reads its body as it comes; None for a new request.

    Args:
        request: The request.
        content: A digest of what came.

    Raises:
        Refused: Something else came with this Idempotency-Key before.
    """
    request.state.content = content
    stored: Stored | None = getattr(request.state, "stored", None)
    if stored is None:
        return None
    if stored.content not in {None, content}:
        raise reused()
    return stored.response()


def _rights(caller: Caller) -> dict[str, Any]:
    return {"scopes": sorted(caller.scopes), "prefixes": caller.prefixes, "credential": caller.credential}


def _may_still(caller: Caller, rights: Mapping[str, Any]) -> bool:
    """Whether a caller may do all that it might do then: an answer may tell what it may not read any more."""
    if not rights:  # of a version before
        return True
    folders: list[str] = rights["prefixes"]
    is_as_wide = all(caller.may_see(folder) for folder in folders) if folders else not caller.prefixes
    return is_as_wide and caller.scopes >= set(rights["scopes"]) and caller.credential == rights["credential"]


def fingerprint(method: str, path: str, query: str, expected: bytes, body: bytes) -> str:
    """What makes a request the same one; `expected` is its If-Match."""
    return sha256(b"\n".join([method.encode(), path.encode(), query.encode(), expected, body])).hexdigest()
