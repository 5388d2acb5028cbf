"""The languages of the wiki."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively
from wikijs.permissions import suggestion

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import Locale, LocaleSettings


class LocalizationFlows(Flows):
    """The languages of the wiki."""

    def get(self) -> Flow[LocaleSettings]:
        """Read the locale settings: the main locale, and those in use.

        Public.
        Permission: none.
        Operation: `localization.config` (query).
        """
        return (yield from self._execute(ops.localization_config()))

    def default(self) -> Flow[str]:
        """The code of the locale that paths mean where a call does not say: the client's, else the wiki's main one.

        The wiki is asked once.

        Public.
        Permission: none.
        Operation: `localization.config` (query).
        """
        return (yield from self._locale(None))

    def in_use(self) -> Flow[builtins.list[str]]:
        """The codes of the locales that pages can be created in: the main one, and with namespacing the others.

        The wiki is asked once; `get` asks each time.

        Public.
        Permission: none.
        Operation: `localization.config` (query).
        """
        return (yield from self._engine.locales.in_use())

    def update(
        self,
        *,
        locale: str | None = None,
        auto_update: bool | None = None,
        namespacing: bool | None = None,
        namespaces: Iterable[str] | None = None,
    ) -> Flow[LocaleSettings]:
        """Change locale settings and return all. What is left out is kept.

        Args:
            locale: Code of the main locale.
            auto_update: Whether the server downloads new translations.
            namespacing: Whether pages exist in several locales.
            namespaces: Codes of the locales that pages exist in; the main one is added by the server.

        Raises:
            LocaleNotFoundError: A locale is not installed; nothing was sent. The server would store a part.

        Permission: `manage:system`.
        Operation: `localization.locales`, `localization.config` (queries), then `localization.updateLocale` (mutation).
        """
        wanted = None if namespaces is None else list(namespaces)
        installed = [each.code for each in (yield from self._execute(ops.localization_locales())) if each.is_installed]
        for code in (*(wanted or ()), *([] if locale is None else [locale])):
            if code not in installed:
                raise exc.LocaleNotFoundError(
                    f"The locale {code!r} is not installed.",
                    operation="localization.updateLocale",
                    code=0,
                    slug="",
                    hint=suggestion(code, installed),
                )
        return (yield from exclusively("locale-writes", self._merge(locale, auto_update, namespacing, wanted)))

    def install(self, locale: str) -> Flow[Locale]:
        """Download a locale to the server and return it.

        Args:
            locale: Code of the locale.

        Raises:
            ServerError: It is not there afterwards: the server cannot reach the internet, or there is no such locale.
                The server alone says yes all the same.

        Permission: `manage:system`.
        Operation: `localization.downloadLocale` (mutation), then `localization.locales` (query).
        """
        yield from self._execute(ops.localization_download_locale(locale))
        locales = self._execute(ops.localization_locales())
        for each in (yield from afterwards(locales, "localization.downloadLocale")):
            if each.code == locale and each.is_installed:
                return each
        raise exc.ServerError(
            f"The server did not install the locale {locale!r}.",
            operation="localization.downloadLocale",
            hint="It downloads locales from graph.requarks.io: check its access to the internet, and the code.",
        )

    def _merge(
        self,
        locale: str | None,
        auto_update: bool | None,
        namespacing: bool | None,
        namespaces: builtins.list[str] | None,
    ) -> Flow[LocaleSettings]:
        current = yield from self.get()
        yield from self._execute(
            ops.localization_update_locale(
                locale or current.locale,
                auto_update=current.auto_update if auto_update is None else auto_update,
                namespacing=current.namespacing if namespacing is None else namespacing,
                namespaces=current.namespaces if namespaces is None else namespaces,
            )
        )
        return (yield from afterwards(self.get(), "localization.updateLocale"))
