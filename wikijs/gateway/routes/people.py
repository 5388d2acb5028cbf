"""Users and groups."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from wikijs_generated.fragments import Group, GroupSettings, GroupSummary, User, UserSummary

from ..door import client_of, route
from ..http.encoding import answer, plain
from ..http.paging import DEFAULT, of_offset
from .pages.models import In, Out, arguments
from .pages.reading import Cursor, Limit, tagged

Search = Annotated[str | None, Query(max_length=255)]


class UserList(Out):
    """A part of the users."""

    items: list[UserSummary]


class GroupList(Out):
    """A part of the groups."""

    items: list[GroupSummary]


class UserCreate(In):
    """A new user."""

    email: str = Field(min_length=3, max_length=255)
    name: str = Field(min_length=1, max_length=255)
    password: str | None = Field(default=None, max_length=255, description="One is made up unless given.")
    groups: list[str | int] = Field(default_factory=list[str | int], description="Names or ids.")
    provider: str = "local"
    must_change_password: bool = False
    send_welcome_email: bool = False


class UserPatch(In):
    """Changes to a user; what is left out stays."""

    email: str | None = Field(default=None, max_length=255)
    name: str | None = Field(default=None, max_length=255)
    password: str | None = Field(default=None, max_length=255)
    groups: list[str | int] | None = None
    location: str | None = Field(default=None, max_length=255)
    job_title: str | None = Field(default=None, max_length=255)
    timezone: str | None = Field(default=None, max_length=100)


class Rule(In):
    """A rule for pages."""

    roles: list[str]
    path: str = ""
    match: Literal["START", "EXACT", "END", "REGEX", "TAG"] = "START"
    deny: bool = False
    locales: list[str] = Field(default_factory=list[str])


class GroupCreate(In):
    """A new group."""

    name: str = Field(min_length=1, max_length=255)
    permissions: list[str] | None = None
    rules: list[Rule] | None = None
    redirect_on_login: str | None = None


class GroupPatch(In):
    """Changes to a group; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=255)
    permissions: list[str] | None = None
    rules: list[Rule] | None = None
    redirect_on_login: str | None = None


class Member(In):
    """A user, by id or e-mail address."""

    user: int | str


def add(router: APIRouter) -> None:
    """Register the routes."""
    _users(router)
    _groups(router)


def _users(router: APIRouter) -> None:
    @route(
        router, "GET", "/api/v1/users", scope="users:read", conditional=True,
        answers={200: (UserList, "Users.")}, headers_of=["ETag", "Link"],
    )  # fmt: skip
    async def list_users(
        request: Request,
        search: Search = None,
        active: bool | None = None,
        group: Annotated[str | None, Query(max_length=255, description="Only members of this group.")] = None,
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """List users."""
        found = await client_of(request).users.list(search=search, active=active, group=group)
        items, headers = of_offset(found, request, limit, cursor)
        return tagged(request, {"items": plain(items)}, headers)

    @route(router, "POST", "/api/v1/users", scope="users:write", answers={201: (User, "The new user.")})
    async def create_user(request: Request, body: UserCreate) -> Response:
        """Create a user."""
        given = arguments(body)
        email = given.pop("email")
        made = await client_of(request).users.create(email, **given)
        return answer(made, 201, {"Location": f"/api/v1/users/{made.id}"})

    @route(
        router, "GET", "/api/v1/users/{id}", scope="users:read", conditional=True,
        answers={200: (User, "The user.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_user(request: Request, id: int) -> Response:
        """Read a user."""
        return tagged(request, plain(await client_of(request).users.get(id)))

    @route(router, "PATCH", "/api/v1/users/{id}", scope="users:write", answers={200: (User, "The user.")})
    async def update_user(request: Request, id: int, body: UserPatch) -> Response:
        """Change fields of a user."""
        return answer(await client_of(request).users.update(id, **_given(body)))

    @route(router, "DELETE", "/api/v1/users/{id}", scope="users:delete", answers={204: (None, "It is gone.")})
    async def delete_user(
        request: Request,
        id: int,
        replaceWith: Annotated[int, Query(description="Id of the user who gets its pages.")],  # noqa: N803
    ) -> Response:
        """Delete a user; somebody else gets its pages."""
        await client_of(request).users.delete(id, replace_with=replaceWith)
        return Response(None, 204)

    @route(
        router, "POST", "/api/v1/users/{id}/{action}", scope="users:write", answers={204: (None, "It was done.")},
    )  # fmt: skip
    async def act_on_user(
        request: Request, id: int, action: Literal["activate", "deactivate", "verify", "enable-tfa", "disable-tfa"]
    ) -> Response:
        """Activate, deactivate or verify a user, or switch its second factor on or off."""
        await getattr(client_of(request).users, action.replace("-", "_"))(id)
        return Response(None, 204)


def _groups(router: APIRouter) -> None:
    @route(
        router, "GET", "/api/v1/groups", scope="groups:read", conditional=True,
        answers={200: (GroupList, "Groups.")}, headers_of=["ETag", "Link"],
    )  # fmt: skip
    async def list_groups(
        request: Request, search: Search = None, limit: Limit = DEFAULT, cursor: Cursor = None
    ) -> Response:
        """List groups."""
        found = await client_of(request).groups.list(search=search)
        items, headers = of_offset(found, request, limit, cursor)
        return tagged(request, {"items": plain(items)}, headers)

    @route(
        router, "POST", "/api/v1/groups", scope="groups:write", answers={201: (GroupSettings, "The new group.")},
    )  # fmt: skip
    async def create_group(request: Request, body: GroupCreate) -> Response:
        """Create a group."""
        given = _given(body)
        name = given.pop("name")
        made = await client_of(request).groups.create(name, **given)
        return answer(made, 201, {"Location": f"/api/v1/groups/{made.id}"})

    @route(
        router, "GET", "/api/v1/groups/{id}", scope="groups:read", conditional=True,
        answers={200: (Group, "The group.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_group(request: Request, id: int) -> Response:
        """Read a group with its permissions, rules and members."""
        return tagged(request, plain(await client_of(request).groups.get(id)))

    @route(
        router, "PATCH", "/api/v1/groups/{id}", scope="groups:write", answers={200: (GroupSettings, "The group.")},
    )  # fmt: skip
    async def update_group(request: Request, id: int, body: GroupPatch) -> Response:
        """Change a group."""
        return answer(await client_of(request).groups.update(id, **_given(body)))

    @route(router, "DELETE", "/api/v1/groups/{id}", scope="groups:delete", answers={204: (None, "It is gone.")})
    async def delete_group(request: Request, id: int) -> Response:
        """Delete a group."""
        await client_of(request).groups.delete(id)
        return Response(None, 204)

    @route(
        router, "GET", "/api/v1/groups/{id}/members", scope="groups:read", answers={200: (UserList, "Its members.")},
    )  # fmt: skip
    async def list_members(request: Request, id: int) -> Response:
        """List the members of a group."""
        return answer({"items": plain(await client_of(request).groups.list_members(id))})

    @route(
        router, "POST", "/api/v1/groups/{id}/members", scope="groups:write", answers={204: (None, "It is a member.")},
    )  # fmt: skip
    async def add_member(request: Request, id: int, body: Member) -> Response:
        """Make a user a member."""
        await client_of(request).groups.add_user(id, body.user)
        return Response(None, 204)

    @route(
        router, "DELETE", "/api/v1/groups/{id}/members/{user}", scope="groups:write",
        answers={204: (None, "It is no member any more.")},
    )  # fmt: skip
    async def remove_member(request: Request, id: int, user: int) -> Response:
        """Take a user out of a group."""
        await client_of(request).groups.remove_user(id, user)
        return Response(None, 204)


def _given(body: In) -> dict[str, Any]:
    """What was given; rules as the client has them."""
    from wikijs.permissions import PageRule

    given = {name: value for name, value in arguments(body).items() if value is not None}
    if "rules" in given:
        given["rules"] = [PageRule(**rule.model_dump()) for rule in given["rules"]]
    return given
