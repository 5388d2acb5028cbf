"""Who stands in front of the wiki: a login of a proxy is told from other foreign answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from wikijs import exceptions as exc

from ..values.patterns import LazyPattern
from ..values.redaction import clean

if TYPE_CHECKING:
    from ..flow import Reply

_LOGIN_QUERY: Final = frozenset(
    {"client_id", "redirect_uri", "response_type", "rd", "return_to", "samlrequest", "wtrealm", "redirect_url", "kc"}
)
"""Parameters of addresses that lead to a login: OpenID Connect, SAML, oauth2-proxy, Authelia, Cloudflare Access."""
_LOGIN_PATH: Final = LazyPattern(
    r"(?i)/cdn-cgi/access/|/oauth2/(?:start|sign_in|auth)|/outpost\.goauthentik|/realms/[^/]+/protocol/|/adfs/|/saml"
)
_PASSWORD_FIELD: Final = LazyPattern(rb"(?i)<input[^>]{1,200}type=[\"']?password")
_SIGN_IN: Final = LazyPattern(rb"(?i)<title>[^<]{0,100}(?:sign[ -]?in|log[ -]?in|login|access denied|forbidden)")
_REALM: Final = LazyPattern(r'(?i)realm="([^"]{1,100})"')
_LOOKED_AT: Final = 20_000
"""Bytes of a page that are looked at."""


def login_redirect(reply: Reply, operation: str | None) -> exc.WikiJSException | None:
    """The exception for a redirect to a login; None for any other redirect."""
    target = reply.headers.get("location", "")
    parts = urlsplit(target) if _is_address(target) else None
    if parts is None:
        return None
    named = {name.lower() for name in parse_qs(parts.query)}
    to_login = bool(named & _LOGIN_QUERY) or bool(_LOGIN_PATH.search(parts.path))
    host = clean(parts.hostname or own_host(reply))
    if operation == "authentication.login" and (to_login or parts.hostname not in {None, own_host(reply)}):
        return exc.SSORequiredError(
            f"This strategy logs in at {host}, with a browser.",
            address=clean(target.split("?", 1)[0]),
            operation=operation,
        )
    if not to_login:
        return None
    return exc.ProxyLoginError(
        f"A proxy in front of the wiki asks for a login at {host} (HTTP {reply.status_code}).",
        host=host,
        operation=operation,
        status=reply.status_code,
    )


def login_page(reply: Reply, operation: str | None) -> exc.ProxyLoginError | None:
    """The exception for a page on which somebody is to log in; None for any other answer."""
    kind = reply.headers.get("content-type", "")
    page = reply.content[:_LOOKED_AT] if "html" in kind else b""
    if not (_PASSWORD_FIELD.search(page) or _SIGN_IN.search(page)):
        return None
    return _asked(reply, operation, "shows a page to log in")


def refused(reply: Reply, operation: str | None) -> exc.ProxyLoginError:
    """The exception for HTTP 401 or 403 that Wiki.js did not send."""
    scheme = reply.headers.get("www-authenticate", "").split(" ", 1)[0].rstrip(",")
    realm = _REALM.search(reply.headers.get("www-authenticate", ""))
    asks = f" for a login by {clean(scheme)}{f' ({clean(realm[1])})' if realm else ''}" if scheme else ""
    return _asked(reply, operation, f"asks{asks}" if asks else "refuses access")


def _asked(reply: Reply, operation: str | None, does: str) -> exc.ProxyLoginError:
    host = clean(own_host(reply))
    by = clean(reply.headers.get("server", "")).split("/", 1)[0]
    who = f"A proxy in front of the wiki{f' ({by})' if by else ''}{f' at {host}' if host else ''}"
    return exc.ProxyLoginError(
        f"{who} {does}; the request did not reach Wiki.js (HTTP {reply.status_code}).",
        host=host,
        operation=operation,
        status=reply.status_code,
    )


def own_host(reply: Reply) -> str:
    """The host that answered, where the driver says it."""
    return str(getattr(reply, "host", ""))


def _is_address(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return bool(text)
