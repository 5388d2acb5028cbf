"""Navigation, settings and theme of the wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from fastapi import APIRouter
from pydantic import Field, create_model
from starlette.requests import Request
from starlette.responses import Response
from wikijs_generated.fragments import SiteSettings, ThemeSettings

from wikijs.core.outcomes import after_write
from wikijs.resources.navigation import NavigationItem
from wikijs.resources.site import SiteChanges

from ..door import client_of, route
from ..http.encoding import answer, plain
from .pages.models import In, Out, arguments
from .pages.reading import Locale, tagged


class Item(In):
    """An item of the navigation."""

    kind: Literal["link", "header", "divider"] = "link"
    label: str = ""
    icon: str = ""
    target_type: Literal["home", "page", "external", "search"] = "page"
    target: str = ""
    visibility_mode: Literal["all", "restricted"] = "all"
    visibility_groups: list[int] = Field(default_factory=list[int])
    id: str = ""


class Navigation(Out):
    """The navigation of a locale."""

    mode: str
    items: list[Item]


class NavigationPut(In):
    """The navigation of a locale as it shall be."""

    items: list[Item] = Field(max_length=1000)
    mode: Literal["NONE", "TREE", "MIXED", "STATIC"] | None = None


class ThemePatch(In):
    """Changes to the theme; what is left out stays."""

    theme: str | None = None
    iconset: Literal["mdi", "fa", "fa4"] | None = None
    dark_mode: bool | None = None
    toc_position: Literal["left", "right", "off"] | None = None
    inject_css: str | None = None
    inject_head: str | None = None
    inject_body: str | None = None


_FIELDS: dict[str, Any] = {name: (hint | None, None) for name, hint in get_type_hints(SiteChanges).items()}
if TYPE_CHECKING:
    SitePatch = In
else:
    SitePatch = create_model(
        "SitePatch",
        __base__=In,
        __doc__="Changes to the settings of the wiki, by the schema's names; what is left out stays.",
        **_FIELDS,
    )


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "GET", "/api/v1/navigation", scope="site:read", conditional=True,
        answers={200: (Navigation, "The items.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_navigation(request: Request, locale: Locale = None) -> Response:
        """Read the navigation of a locale."""
        client = client_of(request)
        items = await client.navigation.get(locale=locale)
        return tagged(request, {"mode": await client.navigation.mode(), "items": plain(items)})

    @route(
        router, "PUT", "/api/v1/navigation", scope="site:write", answers={200: (Navigation, "The items.")},
    )  # fmt: skip
    async def put_navigation(request: Request, body: NavigationPut, locale: Locale = None) -> Response:
        """Replace the navigation of a locale."""
        client = client_of(request)
        items = [NavigationItem(**item.model_dump()) for item in body.items]
        saved = await client.navigation.set(items, locale=locale)
        with after_write("navigation.updateTree", saved):
            if body.mode is not None:
                await client.navigation.set_mode(body.mode)
            mode = await client.navigation.mode()
        return answer({"mode": mode, "items": plain(saved)})

    @route(
        router, "GET", "/api/v1/site", scope="site:read", conditional=True,
        answers={200: (SiteSettings, "The settings.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_site(request: Request) -> Response:
        """Read the settings of the wiki."""
        return tagged(request, plain(await client_of(request).site.get()))

    @route(router, "PATCH", "/api/v1/site", scope="site:write", answers={200: (SiteSettings, "The settings.")})
    async def update_site(request: Request, body: SitePatch) -> Response:
        """Change settings of the wiki."""
        given: dict[str, Any] = {name: value for name, value in arguments(body).items() if value is not None}
        return answer(await client_of(request).site.update(**given))

    @route(
        router, "GET", "/api/v1/theme", scope="site:read", conditional=True,
        answers={200: (ThemeSettings, "The theme.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_theme(request: Request) -> Response:
        """Read the theme."""
        return tagged(request, plain(await client_of(request).theming.get()))

    @route(router, "PATCH", "/api/v1/theme", scope="site:write", answers={200: (ThemeSettings, "The theme.")})
    async def update_theme(request: Request, body: ThemePatch) -> Response:
        """Change the theme."""
        given = {name: value for name, value in arguments(body).items() if value is not None}
        return answer(await client_of(request).theming.update(**given))
