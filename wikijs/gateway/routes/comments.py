"""Comments on pages."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from wikijs.resources.comments.models import PageComment

from ..door import client_of, route
from ..http.encoding import answer, plain
from ..http.paging import DEFAULT, of_offset
from .pages.models import In, Out
from .pages.reading import Cursor, Limit
from .pages.states import read


class CommentList(Out):
    """A part of the comments of a page."""

    items: list[PageComment]


class CommentCreate(In):
    """A new comment."""

    content: str = Field(min_length=2, max_length=65_535)
    reply_to: int | None = None


class CommentPatch(In):
    """A new text of a comment."""

    content: str = Field(min_length=2, max_length=65_535)


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "GET", "/api/v1/pages/{id}/comments", scope="comments:read", confined=True,
        answers={200: (CommentList, "Comments.")}, headers_of=["Link"],
    )  # fmt: skip
    async def list_comments(request: Request, id: int, limit: Limit = DEFAULT, cursor: Cursor = None) -> Response:
        """List the comments on a page."""
        await read(request, id)
        items, headers = of_offset(await client_of(request).comments.list(id), request, limit, cursor)
        return answer({"items": plain(items)}, headers=headers)

    @route(
        router, "POST", "/api/v1/pages/{id}/comments", scope="comments:write", confined=True,
        answers={201: (PageComment, "The new comment.")}, headers_of=["Location"],
    )  # fmt: skip
    async def create_comment(request: Request, id: int, body: CommentCreate) -> Response:
        """Comment on a page."""
        await read(request, id)
        made = await client_of(request).comments.create(id, content=body.content, reply_to=body.reply_to)
        return answer(made, 201, {"Location": f"/api/v1/comments/{made.id}"})

    @route(router, "GET", "/api/v1/comments/{id}", scope="comments:read", answers={200: (PageComment, "The comment.")})
    async def get_comment(request: Request, id: int) -> Response:
        """Read a comment."""
        return answer(await client_of(request).comments.get(id))

    @route(
        router, "PATCH", "/api/v1/comments/{id}", scope="comments:write", answers={200: (PageComment, "The comment.")},
    )  # fmt: skip
    async def update_comment(request: Request, id: int, body: CommentPatch) -> Response:
        """Change a comment."""
        return answer(await client_of(request).comments.update(id, content=body.content))

    @route(router, "DELETE", "/api/v1/comments/{id}", scope="comments:delete", answers={204: (None, "It is gone.")})
    async def delete_comment(request: Request, id: int) -> Response:
        """Delete a comment."""
        await client_of(request).comments.delete(id)
        return Response(None, 204)
