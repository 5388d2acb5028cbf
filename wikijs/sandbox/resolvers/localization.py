"""`localization`: languages. Only English is installed, and there is no internet to get another one from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import Context
from ..graphql.errors import UncodedError, responds, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

AREA = "localization"
NEW: Row = {"locale": "en", "autoUpdate": True, "namespacing": False, "namespaces": []}


def is_installed(ctx: Context, code: str | None) -> bool:
    """Whether there is a locale of this code."""
    return ctx.db.one("SELECT code FROM locales WHERE code = ?", code) is not None


@resolver("LocalizationQuery.locales")
def locales(ctx: Context) -> list[Row]:
    """The locales that are installed."""
    found = ctx.db.all("SELECT * FROM locales")
    return [locale | {"isInstalled": True, "installDate": locale["updatedAt"]} for locale in found]


@resolver("LocalizationQuery.config")
def config(ctx: Context) -> Row:
    """The locale of the site, and whether there are others beside it."""
    return NEW | ctx.db.setting(AREA)


@resolver("LocalizationQuery.translations")
def translations(_ctx: Context, *, locale: str, namespace: str) -> list[Row]:
    """Fails, as wherever the texts could not be downloaded."""
    del locale, namespace
    raise UncodedError("Invalid locale or namespace")


@resolver("LocalizationMutation.downloadLocale")
@responds
def download_locale(_ctx: Context, *, locale: str) -> Row:
    """Does nothing and says it went well, as the server does when it cannot reach the internet."""
    del locale
    return success("Locale downloaded successfully")


@resolver("LocalizationMutation.updateLocale")
@responds
def update_locale(
    ctx: Context, *, locale: str, auto_update: bool, namespacing: bool, namespaces: list[str | None]
) -> Row:
    """Replace the settings; they are in force even where it fails because of a locale that is not installed."""
    names = list(dict.fromkeys([*namespaces, locale]))
    changes = {"locale": locale, "autoUpdate": auto_update, "namespacing": namespacing, "namespaces": names}
    ctx.db.save_setting(AREA, changes)
    if not is_installed(ctx, locale):
        raise UncodedError("Cannot read properties of undefined (reading 'isRTL')", "TypeError")
    if namespacing and not all(is_installed(ctx, name) for name in names):
        raise UncodedError("No such locale in local store.")
    return success("Locale config updated")
