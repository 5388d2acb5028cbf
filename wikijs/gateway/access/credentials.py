"""Credentials of the wiki, encrypted at rest, and the clients that use them."""

from __future__ import annotations

import base64
import os
import secrets
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

import sqlalchemy as sa

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError
from wikijs.webhooks.sending.sealing import Sealer

from ..store import tables, versions
from ..store.database import Database, row_of

if TYPE_CHECKING:
    import httpx2

    from wikijs import AsyncWikiJSClient, WikiJSClient
    from wikijs.auth import Auth
    from wikijs.cache import Cache
    from wikijs.core.processes.locks import PageLock

VARIABLE: Final = "WIKIJS_GATEWAY_KEY"
Kind = Literal["api_key", "login", "token", "environment", "keyring", "guest"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_MOST: Final = 64
"""Clients kept; the least recently used one leaves."""


def master_key(path: Path, environment: Mapping[str, str] = os.environ, *, make: bool = False) -> str:
    """The key that encrypts credentials: of the environment, or of a file that only its owner can read.

    Args:
        path: The file.
        environment: Holds WIKIJS_GATEWAY_KEY.
        make: Make the file where it is missing.

    Raises:
        ConfigurationError: There is none, or others may read the file.
    """
    given = environment.get(VARIABLE)
    if given:
        return given.strip()
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise ConfigurationError(f"The key {path} cannot be written: {error.strerror}.") from None
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigurationError(f"Others may read the key {path}.", hint=f"chmod 600 {path}")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"The key for credentials, {path}, cannot be read: {error.strerror}.",
            hint=f"`wikijs gateway init` makes it; or set {VARIABLE} to 32 bytes as base64.",
        ) from None


@dataclass(frozen=True, slots=True)
class CredentialState:
    """What is known of a credential; never the secret.

    Attributes:
        name: Its name.
        kind: What it is.
        created_at: When it was stored, in seconds since 1970.
        checked_at: When the wiki was last asked who it is.
        problem: Why it cannot be used; None when it can.
    """

    name: str
    kind: str
    created_at: float
    checked_at: float | None
    problem: str | None


class Credentials:
    """The credentials of the wiki.

    Args:
        database: Where they are kept.
        key: What they are encrypted with.
        clock: Seconds since 1970, for tests.
    """

    def __init__(self, database: Database, key: str, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._sealer = Sealer(key)
        self._clock = clock

    def put(self, name: str, kind: Kind, secret: Mapping[str, str]) -> None:
        """Store one, in the place of another of that name.

        Raises:
            ConfigurationError: It is of no known kind, or a part is missing.
        """
        needs = {"api_key": ("key",), "login": ("email", "password"), "token": ("token",), "environment": ("variable",)}
        needs["keyring"] = ("service", "user")
        if kind not in KINDS:
            raise ConfigurationError(f"{kind!r} is no kind of credential.", hint=f"Known are {', '.join(KINDS)}.")
        for part in needs.get(kind, ()):
            if not secret.get(part):
                raise ConfigurationError(f"A credential of kind {kind} needs {part}.")
        sealed = self.seal(secret, name)
        values = {"kind": kind, "sealed": sealed, "created_at": self._clock(), "checked_at": None, "problem": None}
        statement = self._database.insert(tables.credentials).values(name=name, **values)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_=values)
        self._change(statement)

    def seal(self, secret: Mapping[str, str], owner: str) -> bytes:
        """Encrypt something for an owner."""
        return self._sealer.seal(secret, f"gateway:{owner}")

    def open(self, sealed: bytes, owner: str) -> dict[str, Any]:
        """Decrypt it again."""
        return self._sealer.open(sealed, f"gateway:{owner}")

    def delete(self, name: str) -> None:
        """Forget one."""
        self._change(tables.credentials.delete().where(tables.credentials.c.name == name))

    def _change(self, statement: sa.Executable) -> None:
        def change(sql: sa.Connection) -> None:
            versions.changed(self._database, sql, "credentials")
            sql.execute(statement)

        self._database.work(change)

    def version(self) -> str:
        """What grows with each change, by whichever process."""
        return self._database.work(lambda sql: versions.version(sql, "credentials"))

    def all(self) -> list[CredentialState]:
        """All of them, without their secrets."""
        table = tables.credentials
        columns = (table.c.name, table.c.kind, table.c.created_at, table.c.checked_at, table.c.problem)
        rows = self._database.work(
            lambda sql: [row_of(row) for row in sql.execute(sa.select(table).with_only_columns(*columns))]
        )
        return sorted((CredentialState(**row) for row in rows), key=lambda each: each.name)

    def checked(self, seen: CredentialState, problem: str | None) -> None:
        """Note what the wiki said of one; not of another that came in its place meanwhile."""
        table = tables.credentials
        values = {"checked_at": self._clock(), "problem": problem}
        same = sa.and_(table.c.name == seen.name, table.c.created_at == seen.created_at)
        self._database.work(lambda sql: sql.execute(table.update().where(same).values(values)))

    def auth(self, name: str, environment: Mapping[str, str] = os.environ) -> Auth | str | None:
        """What a client signs in with.

        Raises:
            ConfigurationError: There is none of this name, or it cannot be used.
        """
        table = tables.credentials
        query = sa.select(table.c.kind, table.c.sealed).where(table.c.name == name)
        row = self._database.work(lambda sql: sql.execute(query).one_or_none())
        if row is None:
            raise ConfigurationError(
                f"There is no credential {name!r} of the wiki.", hint="`wikijs gateway credentials add` stores one."
            )
        kind = cast("str", row[0])
        return _auth(kind, self.open(bytes(row[1]), name), environment)


def _auth(kind: str, secret: Mapping[str, Any], environment: Mapping[str, str]) -> Auth | str | None:
    from wikijs.auth import JWTAuth, PasswordAuth

    if kind == "guest":
        return None
    if kind == "api_key":
        return str(secret["key"])
    if kind == "login":
        return PasswordAuth(secret["email"], secret["password"])
    if kind == "token":
        return JWTAuth(secret["token"])
    if kind == "environment":
        found = environment.get(secret["variable"])
        if not found:
            raise ConfigurationError(f"The variable {secret['variable']} with the wiki's key is not set.")
        return found
    return _of_keyring(str(secret["service"]), str(secret["user"]))


def _of_keyring(service: str, user: str) -> str:
    try:
        import keyring
    except ModuleNotFoundError:
        raise ConfigurationError("The keyring is an extra.", hint=pip_line("keyring")) from None
    found = keyring.get_password(service, user)
    if not found:
        raise ConfigurationError(f"The keyring has no {service} of {user}.")
    return found


def _watched(http: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A client that tells which requests of callers asked the wiki."""
    from ..limits.traffic import note_asked

    http.event_hooks = {**http.event_hooks, "request": [*http.event_hooks.get("request", ()), note_asked]}
    return http


class Clients:
    """A client for each credential, all on one HTTP client, one cache, one lock for page writes.

    Args:
        url: Root of the wiki.
        credentials: Where their secrets are.
        cache: What keeps answers; None for nothing.
        page_lock: What keeps page writes of several processes apart.
        http: An HTTP client to use in the place of one of our own, for tests.
        blocking_http: The same for work in threads.
        options: More of what a client takes.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        cache: Cache | None = None,
        page_lock: PageLock | None = None,
        http: httpx2.AsyncClient | None = None,
        blocking_http: httpx2.Client | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.url = url
        self._given_blocking = blocking_http
        self._credentials = credentials
        self._cache = cache
        self._page_lock = page_lock
        self._given = http
        self._http: httpx2.AsyncClient | None = None if http is None else _watched(http)
        self._options = dict(options or {})
        self._clients: OrderedDict[str, AsyncWikiJSClient] = OrderedDict()

    def of(self, name: str) -> AsyncWikiJSClient:
        """The client of a credential, made when it is first wanted.

        Raises:
            ConfigurationError: There is none of this name, or it cannot be used.
        """
        found = self._clients.get(name)
        if found is None:
            found = self._keep(name, self._credentials.auth(name))
        else:
            self._clients.move_to_end(name)
        return found

    def with_token(self, token: str, *, on_renew: Callable[[str], object] | None = None) -> AsyncWikiJSClient:
        """A client of a caller's own token: an API key, or that of a login.

        Raises:
            ConfigurationError: It is no token.
        """
        from wikijs.auth import APIKeyAuth, JWTAuth
        from wikijs.core.tokens import read_token

        name = f"token:{sha256(token.encode()).hexdigest()}"
        found = self._clients.get(name)
        if found is None:
            is_key = read_token(token).is_api_key
            found = self._keep(name, APIKeyAuth(token) if is_key else JWTAuth(token, on_renew=on_renew))
        else:
            self._clients.move_to_end(name)
        return found

    def blocking(self, name: str) -> WikiJSClient:
        """A client of a credential for work in a thread. It is the caller's to close, and reads past the cache.

        Raises:
            ConfigurationError: There is none of this name, or it cannot be used.
        """
        from wikijs import WikiJSClient

        auth = self._credentials.auth(name)
        return WikiJSClient(
            self.url, auth, http_client=self._given_blocking, page_lock=self._page_lock, **self._options
        )

    def forget(self, name: str) -> None:
        """Drop the client of a credential that was changed."""
        self._clients.pop(name, None)

    def forget_all(self) -> None:
        """Drop all of them: another process changed credentials. Those in use end what they do."""
        self._clients.clear()

    def _keep(self, name: str, auth: Auth | str | None) -> AsyncWikiJSClient:
        from wikijs import AsyncWikiJSClient

        client = AsyncWikiJSClient(
            self.url,
            auth,
            http_client=self.http,
            cache=self._cache,
            page_lock=self._page_lock,
            **self._options,
        )
        self._clients[name] = client
        while len(self._clients) > _MOST:
            self._clients.popitem(last=False)
        return client

    @property
    def http(self) -> httpx2.AsyncClient:
        """What sends."""
        if self._http is None:
            import httpx2

            from wikijs.core.settings import Settings
            from wikijs.core.transport.direct import connect_directly
            from wikijs.core.transport.exchange import options

            self._http = _watched(httpx2.AsyncClient(**options(Settings(self.url))))
            connect_directly(self._http)
        return self._http

    async def aclose(self) -> None:
        """Close all connections."""
        self._clients.clear()
        if self._http is not None and self._given is None:
            await self._http.aclose()
