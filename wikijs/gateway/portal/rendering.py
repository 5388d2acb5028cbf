"""Pages out of templates: escaped, with links that hold at any address, and a policy that lets nothing foreign in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

import wikijs

if TYPE_CHECKING:
    import jinja2
    from starlette.requests import Request

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing of another host, no frame."""
STYLED: Final = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "font-src 'self'", "font-src 'self' data:"
)
"""The same for programs of others that write styles into the page; for scripts it stays as strict."""
HEADERS: Final = {
    "Cache-Control": "no-store",
    # not "no-referrer": with that a browser says `Origin: null` when it posts a form
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def root_of(request: Request) -> str:
    """What leads from this page to the root of the gateway, such as "../../": it holds behind any proxy."""
    raw = bytes(request.scope.get("raw_path") or request.scope["path"].encode())
    return "../" * (raw.count(b"/") - 1) or "./"


def render(
    request: Request,
    template: str,
    status: int = 200,
    /,
    *,
    policy: str = POLICY,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page.

    Args:
        request: The request that it answers.
        template: Its template.
        status: Its status.
        policy: What the browser may load.
        headers: More headers.
        values: What the template needs.
    """
    visit = getattr(request.state, "visit", None)
    has_portal = request.app.state.gateway.settings.portal
    known: dict[str, Any] = {"root": root_of(request), "visit": visit, "version": wikijs.__version__, "section": ""}
    known["portal"] = has_portal
    text = environment().get_template(template).render(known | values)
    # half a character, which JSON can hold, must not close a page
    return Response(
        text.encode(errors="replace"),
        status,
        {**HEADERS, "Content-Security-Policy": policy, **(headers or {})},
        "text/html",
    )


def redirect(request: Request, to: str, headers: Mapping[str, str] | None = None) -> Response:
    """Send a browser to a page of the gateway; never to an address that came with the request."""
    return Response(None, 303, {**HEADERS, "Location": root_of(request) + to, **(headers or {})})


@cache
def environment() -> jinja2.Environment:
    """The templates."""
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"moment": moment, "number": number, "size": size}
    parts: Any = found.get_template("parts.html").module
    found.globals["parts"] = parts
    return found


def _template(name: str) -> str:
    return (files("wikijs.gateway.portal") / "templates" / name).read_text(encoding="utf-8")


def moment(text: str | None) -> str:
    """A moment of the API for people: `2026-11-28 21:04 UTC`."""
    if not text:
        return "never"
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC")


def number(value: float) -> str:
    """A number with thin spaces between its thousands."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def size(value: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError
