"""Pages outside GraphQL: their source as a file, the address by id, and views, of which only the status counts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..accounts.tokens import Identity
from ..context import Context
from ..http.messages import HTML, NoAnswerError, Request, Response, page_response, redirect_response
from ..pages.files import file_name, with_header
from ..pages.store import page_by_id, page_by_path, tags_of
from ..pages.urls import PagePath, is_reserved, parse_path
from ..resolvers.pages.history import version_of
from . import route

if TYPE_CHECKING:
    from ..storage.database import Row
    from ..wiki import Wiki

ADMINISTRATORS = (
    "manage:system", "write:users", "manage:users", "write:groups", "manage:groups", "manage:navigation",
    "manage:theme", "manage:api",
)  # fmt: skip

FILE_TYPES = {
    "md": "text/markdown; charset=utf-8", "html": HTML, "adoc": "application/octet-stream; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}  # fmt: skip


def unauthorized(sandbox: Wiki) -> Response:
    """The page that refuses, with the status 200 before 2.5.309."""
    return page_response("Unauthorized", 403 if sandbox.since("2.5.309") else 200)


def page_and_tags(ctx: Context, place: PagePath) -> tuple[Row | None, list[str]]:
    """The page at a place, if there is one, with the names of its tags."""
    page = page_by_path(ctx.db, place.path, place.locale)
    return page, [tag["tag"] for tag in tags_of(ctx.db, page["id"])] if page else []


def version_number(request: Request) -> int:
    """The version that is asked for; 0 for the page as it is."""
    text = request.query().get("v", "")
    return int(text) if text.isdecimal() else 0


@route("GET", r"/d(?:/.*)?")
def download(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """The source of a page or of a version of it."""
    ctx = Context(sandbox, request, identity.viewer)
    place = parse_path(request.path, strip_extension=True)
    page, tags = page_and_tags(ctx, place)
    version_id = version_number(request)
    if not ctx.may(["read:history" if version_id else "read:source"], place.path, place.locale, tags):
        return unauthorized(sandbox)
    if page is None:
        return Response(404, "", b"")
    text = with_header(page, ctx.db.engine, tags=tags, editor=page["editorKey"], updated_at=page["updatedAt"])
    if version_id:
        version = version_of(ctx, page["id"], version_id)
        if version is None:
            raise NoAnswerError  # the server fails without telling
        text = with_header(version, ctx.db.engine, tags=(), editor="undefined", updated_at=version["createdAt"])
    name = file_name(page)
    kind = FILE_TYPES[name.rpartition(".")[2]]
    return Response(200, kind, text.encode(), [("content-disposition", attachment(name))])


def attachment(name: str) -> str:
    """The header that has a browser save a file under a name."""
    latin = "".join(letter if ord(letter) < 256 else "?" for letter in name)
    plain = latin.replace("\\", "\\\\").replace('"', '\\"')
    if latin == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@route("GET", r"/i(?:/([^/]*))?/?")
def by_id(sandbox: Wiki, request: Request, identity: Identity, number: str | None) -> Response:
    """Where a page is that is known by its id."""
    ctx = Context(sandbox, request, identity.viewer)
    if not number or not number.isdecimal() or int(number) == 0:
        return redirect_response("/")
    page = page_by_id(ctx.db, int(number))
    if page is None:
        return page_response("Page Not Found", 404)
    if not ctx.may(["read:pages"], page["path"], page["localeCode"]):
        return unauthorized(sandbox)
    return redirect_response(quote(f"/{page['path']}", safe="/!#$&'()*+,;=:?@~[]%"))


@route("GET", r"/s(?:/.*)?")
def source(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """The view of a page's source."""
    ctx = Context(sandbox, request, identity.viewer)
    place = parse_path(request.path, strip_extension=True)
    page, tags = page_and_tags(ctx, place)
    version_id = version_number(request)
    if not ctx.may(["read:history" if version_id else "read:source"], place.path, place.locale, tags):
        return unauthorized(sandbox)
    if page is None:
        return redirect_response(quote(f"/{place.path}"))
    if version_id and version_of(ctx, page["id"], version_id) is None:
        raise NoAnswerError
    return page_response(page["title"])


@route("GET", r"/h(?:/.*)?")
def history(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """The view of a page's history; a refusal has the status 200."""
    ctx = Context(sandbox, request, identity.viewer)
    place = parse_path(request.path, strip_extension=True)
    page, tags = page_and_tags(ctx, place)
    if page is None:
        return page_response("Page Not Found", 404)
    if not ctx.may(["read:history"], place.path, place.locale, tags):
        return page_response("Unauthorized")
    return page_response(page["title"])


@route("GET", r"/e(?:/.*)?")
def edit(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """The editor."""
    ctx = Context(sandbox, request, identity.viewer)
    place = parse_path(request.path, strip_extension=True)
    if is_reserved(place.path):
        return page_response("Error", 500)
    page, tags = page_and_tags(ctx, place)
    wanted = ["write:pages"] if page is None else ["write:pages", "manage:pages"]
    if not any(ctx.may([permission], place.path, place.locale, tags) for permission in wanted):
        return unauthorized(sandbox)
    if page is None:
        return page_response("New Page")
    scripts = (page["scriptCss"], page["scriptJs"]) if sandbox.since("2.5.105") else None
    return editor(page["id"], page["title"], scripts)


def editor(id: int, title: str, scripts: tuple[str, str] | None) -> Response:
    """The editor of a page, which is handed the styles and scripts of the page."""
    response = page_response(f"Edit {title}")
    given = "".join(
        f' {name}="{escape(text, quote=False).replace(chr(34), "&quot;")}"'
        for name, text in zip(("script-css", "script-js"), scripts or (), strict=False)
    )
    response.body = response.body.replace(b"</body>", f'<editor :page-id="{id}"{given}></editor></body>'.encode())
    return response


@route("GET", r"/t(?:/.*)?")
def tags(_sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """The view of all tags."""
    return page_response("Tags")


@route("GET", r"/p(?:/.*)?")
def profile(sandbox: Wiki, _request: Request, identity: Identity) -> Response:
    """The profile of who is signed in."""
    if identity.viewer is None or identity.viewer.is_guest:
        return unauthorized(sandbox)
    return page_response("User Profile")


@route("GET", r"/a(?:/.*)?")
def administration(sandbox: Wiki, _request: Request, identity: Identity) -> Response:
    """The administration area."""
    if identity.viewer is None or not identity.viewer.has_any(ADMINISTRATORS):
        return unauthorized(sandbox)
    return page_response("Admin")


@route("GET", r"/login/?")
def login(_sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """The login form."""
    return page_response("Login")
