"""The look of the wiki, and the code that is put into every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively
from wikijs.permissions import suggestion

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import ThemeSettings

Iconset: TypeAlias = Literal["mdi", "fa", "fa4"]
TocPosition: TypeAlias = Literal["left", "right", "off"]
OPERATION = "theming.setConfig"


class ThemingFlows(Flows):
    """The look of the wiki, and the code that is put into every page."""

    def get(self) -> Flow[ThemeSettings]:
        """Read the theme settings.

        Permission: any of `manage:theme`, `manage:system`.
        Operation: `theming.config` (query).
        """
        return (yield from self._execute(ops.theming_config()))

    def update(
        self,
        *,
        theme: str | None = None,
        iconset: Iconset | None = None,
        dark_mode: bool | None = None,
        toc_position: TocPosition | None = None,
        inject_css: str | None = None,
        inject_head: str | None = None,
        inject_body: str | None = None,
    ) -> Flow[ThemeSettings]:
        """Change theme settings and return all. What is left out is kept; the server alone would erase code.

        Args:
            theme: Key of a theme.
            iconset: The icons of the editor.
            dark_mode: Whether the wiki is dark unless a user says otherwise.
            toc_position: Where pages show their table of contents.
            inject_css: CSS for every page; stored in another layout. Empty to remove it.
            inject_head, inject_body: HTML for every page. Empty to remove it.

        Raises:
            ValidationError: There is no such theme, iconset or position; nothing was sent. Or the CSS is broken: the
                server then stores none.

        Permission: any of `manage:theme`, `manage:system`.
        Operation: `theming.config`, `theming.themes` (queries), then `theming.setConfig` (mutation).
        """
        if theme is not None:
            themes = yield from self._execute(ops.theming_themes())
            _check("theme", theme, [each.key for each in themes if each.key])
        _check("iconset", iconset, get_args(Iconset))
        _check("toc_position", toc_position, get_args(TocPosition))
        stored = yield from exclusively(
            "theming-writes",
            self._merge(theme, iconset, dark_mode, toc_position, inject_css, inject_head, inject_body),
        )
        if inject_css and inject_css.strip() and not stored.inject_css:
            raise exc.ValidationError("The server takes the CSS for broken and stored none.", operation=OPERATION)
        return stored

    def _merge(
        self,
        theme: str | None,
        iconset: str | None,
        dark_mode: bool | None,
        toc_position: str | None,
        inject_css: str | None,
        inject_head: str | None,
        inject_body: str | None,
    ) -> Flow[ThemeSettings]:
        current = yield from self.get()
        yield from self._execute(
            ops.theming_set_config(
                theme or current.theme,
                iconset=iconset or current.iconset,
                dark_mode=current.dark_mode if dark_mode is None else dark_mode,
                toc_position=toc_position or current.toc_position,
                inject_css=current.inject_css if inject_css is None else inject_css,
                inject_head=current.inject_head if inject_head is None else inject_head,
                inject_body=current.inject_body if inject_body is None else inject_body,
            )
        )
        return (yield from afterwards(self.get(), "theming.setConfig"))


def _check(field: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise exc.ValidationError(f"There is no {field} {value!r}.", operation=OPERATION, hint=suggestion(value, known))
