"""`navigation`: the menu of each locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import Context
from ..graphql.errors import UncodedError, responds, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

AREA = "navigation"
NEW: Row = {
    "mode": "MIXED",
    "tree": [
        {
            "locale": "en",
            "items": [
                {
                    "id": "5a1fdb2c-6b2e-4f4c-9d0e-0c7c1f0e7a11",
                    "kind": "link",
                    "label": "Home",
                    "icon": "mdi-home",
                    "targetType": "home",
                    "target": "/",
                    "visibilityMode": "all",
                    "visibilityGroups": None,
                }
            ],
        }
    ],
}


def settings(ctx: Context) -> Row:
    """The menus and their mode."""
    return NEW | ctx.db.setting(AREA)


@resolver("NavigationQuery.tree")
def tree(ctx: Context) -> list[Row]:
    """The menus of all locales."""
    found: list[Row] = settings(ctx)["tree"]
    return found


@resolver("NavigationQuery.config")
def config(ctx: Context) -> Row:
    """How the menus are shown."""
    return {"mode": settings(ctx)["mode"]}


@resolver("NavigationMutation.updateTree")
@responds
def update_tree(ctx: Context, *, tree: list[Row | None]) -> Row:
    """Replace the menus of all locales; hardly anything about them is checked."""
    for index, menu in enumerate(tree):
        if menu is None:
            raise UncodedError(f"config[{index}]: should be object", "ValidationError")
    ctx.db.save_setting(AREA, ctx.db.setting(AREA) | {"tree": tree})
    return success("Navigation updated successfully")


@resolver("NavigationMutation.updateConfig")
@responds
def update_config(ctx: Context, *, mode: str) -> Row:
    """Choose how the menus are shown."""
    ctx.db.save_setting(AREA, ctx.db.setting(AREA) | {"mode": mode})
    return success("Navigation config updated successfully")
