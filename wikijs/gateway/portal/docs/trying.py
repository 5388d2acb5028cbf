"""Swagger UI, from this gateway and without asking any other host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..desk import Desk
from ..rendering import STYLED, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def add(desk: Desk) -> None:
    """Register the page."""
    desk.page("GET", "/docs/try", show, "anybody")


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    del desk
    return render(request, "try.html", section="try", policy=STYLED)
