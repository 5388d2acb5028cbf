"""What stands before each page of the portal: who is there, whether the form is ours, and how a failure looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wikijs.exceptions import WikiJSException

from ..http.problems import Refused, of_status, refused
from .asking import Api, Reply, Unanswered
from .rendering import redirect, render
from .visits import Cookies, Pace, Visit, begin, check_form

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

    from ..access.callers import Caller
    from ..runtime import Gateway

Page = Callable[["Desk", "Request"], Awaitable[Response]]
Who = Literal["anybody", "signed in"]
FIELDS: Final = 200
"""Fields of a form at most."""


class Desk:
    """The portal of a gateway.

    Args:
        app: Its application.
        gateway: The gateway.
    """

    def __init__(self, app: FastAPI, gateway: Gateway) -> None:
        self.app = app
        self.gateway = gateway
        self.api = Api(app)
        self.cookies = Cookies(gateway.settings)
        self.pace = Pace()

    def page(self, method: Literal["GET", "POST"], path: str, page: Page, who: Who = "signed in") -> None:
        """Register a page."""

        async def endpoint(request: Request) -> Response:
            request.state.route = path
            try:
                response = await self._entered(request, page, who)
            except (Refused, Unanswered, HTTPException, WikiJSException) as error:
                response = self.failed(request, error)
            visit: Visit | None = getattr(request.state, "visit", None)
            if visit is not None and visit.fresh is not None and path == "/portal/sign-in":
                self.cookies.put(response, request, "start", visit.fresh, None)
            return response

        self.app.router.add_route(path, endpoint, methods=[method], include_in_schema=False)

    async def _entered(self, request: Request, page: Page, who: Who) -> Response:
        cookie = self.cookies.value(request, "login")
        caller = await run_in_threadpool(self.gateway.authenticator.signed_in, cookie) if cookie else None
        request.state.visit = visit = begin(self.cookies, request, caller)
        if request.url.path.startswith("/portal"):
            self.pace.check(caller.id if caller is not None else request.state.address)
        if caller is None and who == "signed in":
            return redirect(request, "portal/sign-in?why=ended" if cookie else "portal/sign-in")
        if request.method == "POST":
            request.state.form = form = await self._form(request)
            check_form(self.cookies, request, visit, form)
        return await page(self, request)

    async def _form(self, request: Request) -> FormData:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            raise of_status(415)
        return await request.form(max_files=0, max_fields=FIELDS)

    def failed(self, request: Request, error: Refused | Unanswered | HTTPException | WikiJSException) -> Response:
        """A page that tells of a failure."""
        headers: dict[str, str] = {}
        if isinstance(error, Unanswered):
            status, title, detail = error.status, error.title, error.detail
        else:
            if isinstance(error, HTTPException):
                error = of_status(error.status_code, str(error.detail))
            elif isinstance(error, WikiJSException):
                error = refused(error)
            status, headers = error.status, error.headers
            title, detail = str(error.members["title"]), str(error.members["detail"])
        headers = {name: value for name, value in headers.items() if name == "Retry-After"}
        number = request.state.request_id
        return render(
            request, "failure.html", status, headers=headers, code=status, heading=title, detail=detail, number=number
        )

    async def ask(self, request: Request, method: str, path: str, **options: Any) -> Reply:
        """Ask the API in the name of whoever is signed in; see `Api.ask`."""
        return await self.api.ask(request, caller_at(request), method, path, **options)

    async def made_by(self, request: Request) -> str | None:
        """What this very form has made before it was sent again, such as by a reload."""
        return await run_in_threadpool(self.gateway.sessions.made_by, text(request, "form", 40))

    async def remember(self, request: Request, made: str) -> None:
        """Remember what a form has made."""
        number = text(request, "form", 40)
        if number:
            await run_in_threadpool(self.gateway.sessions.remember, number, made)

    def base(self, request: Request) -> str:
        """How programs reach the gateway, for lines to copy."""
        public = self.gateway.settings.public_url.rstrip("/")
        return public or f"{request.scope.get('scheme', 'http')}://{request.headers.get('host', 'localhost')}"


def visit_of(request: Request) -> Visit:
    """The visit."""
    return cast("Visit", request.state.visit)


def caller_at(request: Request) -> Caller:
    """Who is signed in."""
    caller = visit_of(request).caller
    assert caller is not None  # noqa: S101  pages for others do not ask
    return caller


def require(request: Request, scope: str) -> None:
    """Close a page to those whose key does not open it.

    Raises:
        Refused: It does not.
    """
    if not visit_of(request).may(scope):
        caller = caller_at(request)
        why = (
            f"This key is confined to pages below {', '.join(caller.prefixes)}."
            if caller.prefixes
            else f"It needs a key with the scope {scope}."
        )
        raise Refused(403, "scope-missing", "Not for this key", why)


def form_of(request: Request) -> FormData:
    """The form that was sent."""
    return cast("FormData", request.state.form)


def text(request: Request, name: str, most: int = 2000) -> str:
    """A field of the form."""
    value = form_of(request).get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def lines(request: Request, name: str) -> list[str]:
    """A field of the form with one thing a line."""
    return [line.strip() for line in text(request, name, 20_000).splitlines() if line.strip()]


def many(request: Request, name: str) -> list[str]:
    """Boxes of the form that are ticked."""
    return [value for value in form_of(request).getlist(name) if isinstance(value, str)]
