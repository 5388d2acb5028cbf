"""`site`: the wiki's configuration. The one update of the server that leaves what is omitted alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..context import Context
from ..graphql.errors import responds, success
from ..seeds.planting import SITE
from . import resolver, snake_case

if TYPE_CHECKING:
    from ..storage.database import Row

# What the four options that a new wiki lacks become with the first update of anything.
LATE_DEFAULTS = {"authAutoLogin": False, "authEnforce2FA": False, "authHideLocal": False, "authLoginBgUrl": ""}
OPTIONS = {snake_case(name): name for name in (*SITE, *LATE_DEFAULTS)}

TRIMMED = {"title", "company", "logoUrl"}
NEVER_NULL = {"authJwtAudience", "authJwtExpiration", "authJwtRenewablePeriod"}


@resolver("SiteQuery.config")
def config(ctx: Context) -> Row:
    """The configuration."""
    return ctx.db.setting("site")


@resolver("SiteMutation.updateConfig")
@responds
def update_config(ctx: Context, **changes: Any) -> Row:
    """Change the options given; null is stored as such by most."""
    site = LATE_DEFAULTS | ctx.db.setting("site")
    for name, value in changes.items():
        option = OPTIONS[name]
        if value is not None or option not in NEVER_NULL:
            site[option] = cleaned(option, value)
    ctx.db.save_setting("site", site)
    return success("Site configuration updated successfully")


def cleaned(name: str, value: Any) -> Any:
    """An option as the server keeps it."""
    if name in TRIMMED:
        return (value or "").strip()
    if name == "host":
        return (value or "").strip().removesuffix("/")
    if name == "pageExtensions":
        extensions = [part.strip().lower() for part in (value or "").split(",")]
        return ", ".join(part for part in extensions if part)
    return value
