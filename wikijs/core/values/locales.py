"""The locales of a wiki: the main one, which paths mean where nobody says another, and those in use."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import (
    ConfigurationError,
    LocaleNotFoundError,
    UnsupportedByServerError,
    ValidationError,
    WikiJSException,
)

from ..flow import Flow
from ..operations import Operation
from .patterns import LazyPattern

if TYPE_CHECKING:
    from wikijs_generated.fragments import LocaleSettings

CODE: Final = LazyPattern(r"[a-z]{2}(-[a-z]{2})?", re.IGNORECASE)
FALLBACK: Final = "en"
"""Of a server that does not tell its locales."""


class Locales:
    """What is known of the locales of one wiki. They are asked for when first needed, and kept.

    Args:
        ask: Makes the operation that tells the settings; None to never ask.
        given: Code of the locale to take for the main one.

    Raises:
        ConfigurationError: The given one is no code of a locale.
    """

    def __init__(self, ask: Callable[[], Operation[Any]] | None = None, given: str | None = None) -> None:
        self._ask = ask
        try:
            self._given = None if given is None else checked(given)
        except ValidationError as error:
            raise ConfigurationError(error.message, hint=error.hint) from None
        self._known: LocaleSettings | None = None
        self._is_silent = ask is None

    def attach(self, execute: Callable[[Operation[Any]], Flow[Any]]) -> None:
        """Ask by this function, which executes an operation past any cache."""
        self._execute = execute

    def default(self, locale: str | None = None) -> Flow[str]:
        """The locale of a path: the one that the call names, else the client's, else the wiki's main one."""
        if locale is not None:
            return checked(locale)
        if self._given is not None:
            return self._given
        settings = yield from self._settings()
        return FALLBACK if settings is None else settings.locale

    def in_use(self) -> Flow[list[str]]:
        """Codes of the locales that pages of this wiki can be opened in; empty where the server does not tell."""
        settings = yield from self._settings()
        if settings is None:
            return []
        others = [code for code in settings.namespaces if code != settings.locale] if settings.namespacing else []
        return [settings.locale, *others]

    def check(self, locale: str, operation: str | None = None) -> Flow[None]:
        """Make sure that a locale is in use.

        Raises:
            LocaleNotFoundError: It is not; the message lists those that are.
        """
        refusal = _refusal(locale, (yield from self.in_use()), operation)
        if refusal is not None:
            self.forget()  # it may have been switched on since: the next call asks again
            raise refusal

    def refusal(self, locale: str, operation: str | None = None) -> Flow[LocaleNotFoundError | None]:
        """Why a locale cannot be used, to explain another error by; None where it can, or where nobody tells."""
        try:
            return _refusal(locale, (yield from self.in_use()), operation)
        except WikiJSException:
            return None

    def forget(self) -> None:
        """Ask again when needed next: the settings may have changed."""
        self._known, self._is_silent = None, self._ask is None

    def _settings(self) -> Flow[LocaleSettings | None]:
        if self._known is None and not self._is_silent and self._ask is not None:
            try:
                self._known = yield from self._execute(self._ask())
            except UnsupportedByServerError:
                self._is_silent = True
        return self._known


def _refusal(locale: str, codes: Sequence[str], operation: str | None) -> LocaleNotFoundError | None:
    if not codes or locale in codes:
        return None
    return LocaleNotFoundError(
        f"The locale {locale!r} is not in use on this wiki. In use: {', '.join(codes)}.",
        operation=operation,
        code=0,
        slug="",
        hint="An administrator can add it under Administration, Locale, with namespacing switched on.",
    )


def checked(locale: object) -> str:
    """The code of a locale as the server writes it.

    Raises:
        ValidationError: This is none.
    """
    if not isinstance(locale, str) or not CODE.fullmatch(locale):
        raise ValidationError(f"{locale!r} is no code of a locale.", hint='It looks like "en" or "pt-br".')
    return locale.lower()
