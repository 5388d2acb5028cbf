"""Analytics providers: who counts the wiki's visitors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.flow import Flow

from .shared import module_settings as modules
from .shared.base import Flows
from .shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import AnalyticsProvider


class AnalyticsFlows(Flows):
    """Analytics providers: who counts the wiki's visitors."""

    def get(self, key: str) -> Flow[AnalyticsProvider]:
        """Read an analytics provider, such as "matomo".

        Args:
            key: Key of the service, as `list` names it.

        Raises:
            ModuleUnknownError: There is no such provider.

        Permission: `manage:system`.
        Operation: `analytics.providers` (query).
        """
        providers = yield from self._execute(ops.analytics_providers())
        return modules.find(providers, key, "analytics provider", "analytics.providers")

    def settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of an analytics provider by name.

        Args:
            key: Key of the service, as `list` names it.

        Raises:
            ModuleUnknownError: There is no such provider.

        Permission: `manage:system`.
        Operation: `analytics.providers` (query).
        """
        return modules.settings((yield from self.get(key)).config)

    def update(
        self, key: str, *, enabled: bool | None = None, config: Mapping[str, SettingValue] | None = None
    ) -> Flow[AnalyticsProvider]:
        """Change an analytics provider and return it. What is left out is kept.

        Args:
            key: The provider, such as "matomo".
            enabled: Whether to use it.
            config: Settings to change, by name; `settings` tells them.

        Raises:
            ModuleUnknownError: There is no such provider.
            ValidationError: A setting or its value cannot be; nothing was sent.

        Permission: `manage:system`.
        Operation: `analytics.providers` (query), then `analytics.updateProviders` (mutation).
        """
        from wikijs_generated.input_types import AnalyticsProviderInput

        return (
            yield from modules.update_one(
                self.get, self._execute, ops.analytics_update_providers, AnalyticsProviderInput, key, enabled, config
            )
        )
