"""Renderers: the steps from a page's content to its HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.flow import Flow

from .shared import module_settings as modules
from .shared.base import Flows
from .shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import Renderer, ResponseStatus

    from wikijs.core.operations import Operation


class RenderingFlows(Flows):
    """Renderers: the steps from a page's content to its HTML."""

    def get(self, key: str) -> Flow[Renderer]:
        """Read a renderer, such as "markdownCore".

        Args:
            key: Key of the renderer.

        Raises:
            ModuleUnknownError: There is no such renderer.

        Permission: `manage:system`.
        Operation: `rendering.renderers` (query).
        """
        renderers = yield from self._execute(ops.rendering_renderers())
        return modules.find(renderers, key, "renderer", "rendering.renderers")

    def settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a renderer by name.

        Args:
            key: Key of the renderer.

        Raises:
            ModuleUnknownError: There is no such renderer.

        Permission: `manage:system`.
        Operation: `rendering.renderers` (query).
        """
        return modules.settings((yield from self.get(key)).config)

    def update(
        self, key: str, *, enabled: bool | None = None, config: Mapping[str, SettingValue] | None = None
    ) -> Flow[Renderer]:
        """Change a renderer and return it. What is left out is kept. Pages keep their HTML until rendered again.

        Args:
            key: The renderer, such as "markdownCore".
            enabled: Whether to use it.
            config: Settings to change, by name; `settings` tells them.

        Raises:
            ModuleUnknownError: There is no such renderer.
            ValidationError: A setting or its value cannot be; nothing was sent.

        Permission: `manage:system`.
        Operation: `rendering.renderers` (query), then `rendering.updateRenderers` (mutation).
        """
        from wikijs_generated.input_types import RendererInput

        def write(renderers: list[RendererInput]) -> Operation[ResponseStatus]:
            return ops.rendering_update_renderers(renderers=renderers)

        return (yield from modules.update_one(self.get, self._execute, write, RendererInput, key, enabled, config))
