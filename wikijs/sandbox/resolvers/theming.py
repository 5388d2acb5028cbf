"""`theming`: how the wiki looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import Context
from ..graphql.errors import responds, success
from ..markup.css import beautified
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

AREA = "theming"
NEW: Row = {
    "theme": "default",
    "iconset": "mdi",
    "darkMode": False,
    "tocPosition": "left",
    "injectCSS": "",
    "injectHead": "",
    "injectBody": "",
}


@resolver("ThemingQuery.themes")
def themes(_ctx: Context) -> list[Row]:
    """The only theme there is."""
    return [{"key": "default", "title": "Default", "author": "requarks.io"}]


@resolver("ThemingQuery.config")
def config(ctx: Context) -> Row:
    """The look; styles come back tidied up."""
    theming = NEW | ctx.db.setting(AREA)
    return theming | {"injectCSS": beautified(theming["injectCSS"])}


@resolver("ThemingMutation.setConfig")
@responds
def set_config(
    ctx: Context,
    *,
    theme: str,
    iconset: str,
    dark_mode: bool,
    toc_position: str | None = None,
    inject_css: str | None = None,
    inject_head: str | None = None,
    inject_body: str | None = None,
) -> Row:
    """Replace the look: what is left out is erased."""
    look = {
        "theme": theme,
        "iconset": iconset,
        "darkMode": dark_mode,
        "tocPosition": toc_position or "left",
        "injectCSS": inject_css or "",
        "injectHead": inject_head or "",
        "injectBody": inject_body or "",
    }
    ctx.db.save_setting(AREA, look)
    return success("Theme config updated")
