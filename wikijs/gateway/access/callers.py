"""Who calls: a gateway key, a token of the gateway, or a token of the wiki itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from wikijs.core.values.paths import names_locale
from wikijs.exceptions import AuthenticationError, ConfigurationError, ExpiredTokenError

from ..http.problems import Refused
from ..limits.buckets import Bucket, LocalLimits, seconds
from .credentials import Clients, Credentials
from .keys import Key, KeyRing
from .scopes import SCOPES, is_below
from .sessions import Session, Sessions
from .tokens import digest_of, kind_of

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient

WIKI_SCOPES: Final = frozenset(SCOPES) - {"admin", "webhooks", "metrics", "events", "jobs"}
"""What a token of the wiki may do here: all that the wiki itself decides on, nothing that is the gateway's."""
REMEMBERED: Final = 60.0
"""Seconds for which a token of the wiki that was good is taken without asking again."""
_GUESSES: Final = 30
"""Wrong keys a minute from one address."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        id: Name in usage, limits and the audit trail.
        name: What people call it.
        kind: How it came.
        scopes: What it may do.
        tier: Name of its tier.
        prefixes: Folders of pages that it is confined to; none for all pages.
        origins: Web origins that it may come from; none for any.
        key: The gateway key, where there is one.
        token: Its own token of the wiki, where it came with one.
        session: The token of the gateway, where it came with one.
    """

    id: str
    name: str
    kind: Literal["key", "session", "wiki"]
    scopes: frozenset[str]
    tier: str
    prefixes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    credential: str = "default"
    key: Key | None = None
    token: str | None = field(default=None, repr=False)
    session: Session | None = None

    def may_see(self, path: str) -> bool:
        """Whether a page lies where this caller is confined to."""
        return not self.prefixes or is_below(path, self.prefixes)

    def may_walk(self, folder: str) -> bool:
        """Whether a folder is one that this caller is confined to, or leads to one."""
        place = folder.strip("/")
        return self.may_see(place) or any(is_below(prefix, (place,)) for prefix in self.prefixes)

    def check_path(self, path: str) -> None:
        """Refuse what lies elsewhere.

        Raises:
            Refused: It does.
        """
        if not self.may_see(path):
            raise self.forbidden()

    def check_place(self, path: str, locale: str | None = None) -> None:
        """Refuse a place for a page elsewhere; also where it is elsewhere without the locale that may stand in front.

        Raises:
            Refused: It is elsewhere.
        """
        self.check_path(path)
        head, slash, rest = path.strip("/").partition("/")
        if slash and (names_locale(head) or head.lower() == (locale or "").lower()):
            self.check_path(rest)

    def forbidden(self) -> Refused:
        """The answer about what lies elsewhere, whether it is there or not."""
        return Refused(
            403,
            "path-forbidden",
            "Path forbidden",
            f"This key is confined to pages below {', '.join(self.prefixes)}.",
        )


def unauthorized(detail: str, kind: str = "unauthorized") -> Refused:
    """The answer to those who are not known."""
    return Refused(401, kind, "Unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="wikijs"'})


class Authenticator:
    """Finds out who calls.

    Args:
        keys: The gateway's keys.
        sessions: Its tokens.
        credentials: The wiki's credentials, which also seal what sessions hold.
        clients: Clients of the wiki.
        pass_through: Whether tokens of the wiki are taken.
        clock: Seconds since 1970, for tests.
    """

    def __init__(
        self,
        keys: KeyRing,
        sessions: Sessions,
        credentials: Credentials,
        clients: Clients,
        *,
        pass_through: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._sessions = sessions
        self._credentials = credentials
        self._clients = clients
        self._pass_through = pass_through
        self._clock = clock
        self._callers: dict[str, tuple[Key, Caller]] = {}
        self._wiki_tokens: OrderedDict[str, tuple[Caller, float]] = OrderedDict()
        self._guesses = LocalLimits()

    async def authenticate(self, header: str | None, address: str) -> Caller:
        """Who it is.

        Args:
            header: The header Authorization.
            address: Where the request comes from, which may guess only so often.

        Raises:
            Refused: Nobody, or somebody who is not taken any more (401), or who guesses (429).
        """
        if not header:
            raise unauthorized("Send a key: Authorization: Bearer wkg_…")
        scheme, _, text = header.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            raise unauthorized("The header must be Authorization: Bearer, and a key after it.")
        kind = kind_of(text)
        if kind == "wkg":
            found, problem = self._keys.find(text)
            if found is None:
                self.guessed(address)
            if found is None or problem is not None:  # who has the secret of a key that has ended did not guess it
                raise unauthorized(problem or "This key is unknown.", "key-refused")
            return self._of_key(found)
        if kind == "wka":
            return self._of_session(self._sessions.find(text), address)
        if kind is None and text.count(".") == 2 and self._pass_through:
            return await self._of_wiki(text, address)
        self.guessed(address)
        raise unauthorized(_strange(text, kind), "key-malformed")

    def known(self, header: bytes) -> Caller | None:
        """Who it is, where that is a key that is taken; None where it has to be looked at more closely."""
        if not header.startswith(b"Bearer wkg_"):
            return None
        key, problem = self._keys.find(header[7:].decode("latin-1"))
        return None if key is None or problem is not None else self._of_key(key)

    def check_guesses(self, address: str) -> None:
        """Refuse those who guess, before anything is looked up.

        Raises:
            Refused: Too many wrong keys came from there.
        """
        bucket = Bucket(f"guess:{address}", _GUESSES / 60, _GUESSES)
        decision = self._guesses.decide([bucket], 0.0, ("", 10**12))
        if decision.left[0] < 1:
            wait = seconds((1 - decision.left[0]) / bucket.rate)
            raise Refused(
                429,
                "too-many-guesses",
                "Too many guesses",
                "Too many wrong keys came from this address.",
                headers={"Retry-After": str(wait)},
            )

    def guessed(self, address: str) -> None:
        """Note a wrong key or password.

        Raises:
            Refused: There were too many.
        """
        self.check_guesses(address)
        self._guesses.decide([Bucket(f"guess:{address}", _GUESSES / 60, _GUESSES)], 1.0, ("", 10**12))

    def _of_key(self, key: Key) -> Caller:
        known = self._callers.get(key.id)
        if known is not None and known[0] is key:
            return known[1]
        caller = Caller(
            key.id,
            key.name,
            "key",
            key.scopes,
            key.tier,
            key.prefixes,
            key.origins,
            credential=key.credential,
            key=key,
        )
        self._callers[key.id] = (key, caller)
        return caller

    def redeemed(self, ticket: str) -> Caller | None:
        """Whose ticket it is, where the key behind it is still taken; it is used up."""
        name = self._sessions.redeem(ticket)
        key = None if name is None else self._keys.get(name)
        return None if key is None or key.problem(self._clock()) is not None else self._of_key(key)

    def signed_in(self, cookie: str) -> Caller | None:
        """Whoever is signed in to the portal with this cookie; None when nobody is any more."""
        session = self._sessions.find(cookie, "portal") if kind_of(cookie) == "wkp" else None
        try:
            return None if session is None else self._of_login(session)
        except Refused:
            return None

    def _of_session(self, session: Session | None, address: str) -> Caller:
        if session is None:
            self.guessed(address)
            raise unauthorized("This token is unknown or has expired; refresh it.", "token-refused")
        return self._of_login(session)

    def _of_login(self, session: Session) -> Caller:
        if session.key is not None:
            key = self._keys.get(session.key)
            problem = "This key is unknown." if key is None else key.problem(self._clock())
            if key is not None and key.old_until is not None and session.begun_at < key.old_until <= self._clock():
                problem = "This key has a new secret since; log in with it."
            if key is None or problem is not None:
                raise unauthorized(problem or "", "key-refused")
            return self._of_key(key)
        return Caller(
            f"s:{session.family[:28]}", session.name, "session", WIKI_SCOPES, "free", credential="", session=session
        )

    async def _of_wiki(self, token: str, address: str) -> Caller:
        digest = digest_of(token)
        now = self._clock()
        known = self._wiki_tokens.get(digest)
        if known is not None and known[1] > now:
            return known[0]
        self.check_guesses(address)
        try:
            who = await self._clients.with_token(token).whoami()
        except (ConfigurationError, AuthenticationError, ExpiredTokenError):
            who = None
        if who is None or who.is_guest:  # the wiki serves a guest where it does not know a token, and says nothing
            self._wiki_tokens.pop(digest, None)
            self.guessed(address)
            raise unauthorized("The wiki does not know this token.", "wiki-token-refused")
        caller = Caller(f"w:{digest[:28]}", who.name, "wiki", WIKI_SCOPES, "free", credential="", token=token)
        self._wiki_tokens[digest] = (caller, now + REMEMBERED)
        while len(self._wiki_tokens) > 10_000:
            self._wiki_tokens.popitem(last=False)
        return caller

    def is_over(self, caller: Caller) -> bool:
        """Whether a key was revoked, has expired, or may do something else since it was let in."""
        if caller.key is None:
            return False
        key = self._keys.get(caller.id)
        if key is None or key.problem(self._clock()) is not None:
            return True
        return (key.scopes, key.prefixes, key.origins) != (caller.scopes, caller.prefixes, caller.origins)

    def client(self, caller: Caller) -> AsyncWikiJSClient:
        """The client that does what this caller asks for.

        Raises:
            Refused: Its credential cannot be used.
        """
        if caller.token is not None:
            return self._clients.with_token(caller.token)
        session = caller.session
        if session is not None and session.sealed is not None:
            family = session.family
            token = str(self._credentials.open(session.sealed, family)["token"])

            def renewed(new: str) -> None:
                self._sessions.renew(family, self._credentials.seal({"token": new}, family))

            try:
                return self._clients.with_token(token, on_renew=renewed)
            except (ConfigurationError, AuthenticationError):
                raise unauthorized("The wiki's token behind this one has expired; log in again.") from None
        try:
            return self._clients.of(caller.credential)
        except (ConfigurationError, ExpiredTokenError):
            raise Refused(
                502,
                "credential-unusable",
                "Credential unusable",
                "The gateway's own credential for the wiki cannot be used; its operator has to renew it.",
            ) from None


def _strange(text: str, kind: str | None) -> str:
    if kind == "wkp":
        return "This is a login of the portal, which is no key."
    if kind == "wkr":
        return "This token only refreshes others: POST it to /api/v1/auth/refresh."
    if text.startswith("wkg_"):
        return "This key has a typing error: its checksum is wrong."
    if text.count(".") == 2:
        return "Tokens of the wiki are not taken here; ask for a key of the gateway."
    return "This is no key of the gateway."
