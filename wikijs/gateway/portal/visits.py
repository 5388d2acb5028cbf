"""Who is at the portal: its cookie, the tokens of its forms, where a request comes from, how often it may come."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ..access.sessions import PORTAL
from ..http.problems import Refused
from ..limits.buckets import Bucket, LocalLimits

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from ..access.callers import Caller
    from ..settings import Settings

RATE: Final = 240
"""Pages a minute of one browser or address."""
BURST: Final = 80
FIELD: Final = "token"
"""The field of a form that holds its token."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser at the portal.

    Attributes:
        caller: Who is signed in; None for nobody.
        token: What forms of its pages hold.
        fresh: A new cookie for it; None where it has one.
    """

    caller: Caller | None
    token: str
    fresh: str | None = None

    def may(self, scope: str) -> bool:
        """Whether a scope opens something here; what is not about pages is closed to confined keys."""
        caller = self.caller
        return caller is not None and scope in caller.scopes and not caller.prefixes


class Cookies:
    """The portal's cookies: for one host or one path only, never for scripts, never sent from other sites.

    Args:
        settings: How the gateway is reached.
    """

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url)
        self._is_public_secure = public.scheme == "https"
        self._path = public.path.rstrip("/")
        self._public = f"{public.scheme}://{public.netloc}".lower() if public.netloc else None

    def name(self, request: Request, what: str) -> str:
        """The name of a cookie; its beginning makes browsers refuse one that is set from elsewhere."""
        if not self._is_secure(request):
            return f"wikijs-{what}"
        return f"__Secure-wikijs-{what}" if self._path else f"__Host-wikijs-{what}"

    def value(self, request: Request, what: str) -> str:
        """What the browser sent."""
        return request.cookies.get(self.name(request, what), "")[:200]

    def put(self, response: Response, request: Request, what: str, value: str, seconds: int | None) -> None:
        """Set a cookie; an empty value ends it."""
        response.set_cookie(
            self.name(request, what),
            value,
            max_age=0 if not value else seconds,
            path=self._path or "/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="strict",
        )

    def _is_secure(self, request: Request) -> bool:
        return self._is_public_secure or request.scope.get("scheme") == "https"

    def is_own(self, request: Request) -> bool:
        """Whether a form was sent by a page of this gateway, as far as the browser says."""
        site = request.headers.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        origin = request.headers.get("origin") or _origin_of(request.headers.get("referer"))
        if origin is None:
            return True  # no browser of today: the token decides
        own = f"{request.scope.get('scheme', 'http')}://{request.headers.get('host', '')}"
        return origin.lower() in {own.lower(), self._public}


def _origin_of(referer: str | None) -> str | None:
    """The origin of the page that a browser names, for one that names no origin; our own pages let it."""
    if not referer:
        return None
    try:
        page = urlsplit(referer)
    except ValueError:
        return "null"
    return f"{page.scheme}://{page.netloc}"


def signed_in(response: Response, request: Request, cookies: Cookies, text: str) -> Response:
    """Give a browser the cookie of its login; whatever it had before is void."""
    cookies.put(response, request, "login", text, int(PORTAL))
    cookies.put(response, request, "start", "", None)
    return response


def token_of(secret: str) -> str:
    """The token that forms hold, of the cookie that goes with them."""
    return sha256(f"form:{secret}".encode()).hexdigest()


def begin(cookies: Cookies, request: Request, caller: Caller | None) -> Visit:
    """The visit that a request belongs to."""
    if caller is not None:
        return Visit(caller, token_of(cookies.value(request, "login")))
    known = cookies.value(request, "start")
    if len(known) >= 32:
        return Visit(None, token_of(known))
    fresh = secrets.token_urlsafe(32)
    return Visit(None, token_of(fresh), fresh)


def check_form(cookies: Cookies, request: Request, visit: Visit, form: FormData) -> None:
    """Refuse a form that no page of this gateway sent.

    Raises:
        Refused: Another site did, or it is old.
    """
    given = form.get(FIELD)
    fits = isinstance(given, str) and hmac.compare_digest(given.encode(), visit.token.encode())
    if not fits or visit.fresh is not None or not cookies.is_own(request):
        raise Refused(
            403,
            "form-foreign",
            "This form cannot be taken",
            "It is too old, or another site sent it. Open the page again and send it from there.",
        )


class Pace:
    """How often pages may be asked for."""

    def __init__(self) -> None:
        self._limits = LocalLimits()

    def check(self, who: str) -> None:
        """Count a page.

        Raises:
            Refused: There were too many.
        """
        bucket = Bucket(f"portal:{who}", RATE / 60, BURST)
        decision = self._limits.decide([bucket], 1.0, ("", 10**12))
        if not decision.allowed:
            raise Refused(
                429,
                "portal-pace",
                "Too many pages",
                "That was quick. Wait a few seconds.",
                headers={"Retry-After": "5"},
            )
