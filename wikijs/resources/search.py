"""Search engines: which one the wiki searches with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively

from .shared import module_settings as modules
from .shared.base import Flows, afterwards
from .shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import SearchEngine


class SearchFlows(Flows):
    """Search engines: which one the wiki searches with."""

    def get(self, key: str) -> Flow[SearchEngine]:
        """Read a search engine, such as "db" or "postgres".

        Args:
            key: Key of the engine.

        Raises:
            ModuleUnknownError: There is no such engine.

        Permission: `manage:system`.
        Operation: `search.searchEngines` (query).
        """
        engines = yield from self._execute(ops.search_search_engines())
        return modules.find(engines, key, "search engine", "search.searchEngines")

    def settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a search engine by name.

        Args:
            key: Key of the engine.

        Raises:
            ModuleUnknownError: There is no such engine.

        Permission: `manage:system`.
        Operation: `search.searchEngines` (query).
        """
        return modules.settings((yield from self.get(key)).config)

    def update(
        self, key: str, *, enabled: bool | None = None, config: Mapping[str, SettingValue] | None = None
    ) -> Flow[SearchEngine]:
        """Change a search engine, or switch to it, and return it. What is left out is kept.

        One engine is in use at a time: enabling one disables the others, and disabling the one in use goes back to
        "db". Call `rebuild_index` after switching.

        Args:
            key: The engine, such as "postgres".
            enabled: Whether to search with it.
            config: Settings to change, by name; `settings` tells them.

        Raises:
            ModuleUnknownError: There is no such engine.
            ValidationError: A setting or its value cannot be, or no engine would be left; nothing was sent.
            SearchActivationError: The engine could not be started; the wiki is back at "db".

        Permission: `manage:system`.
        Operation: `search.searchEngines` (query), then `search.updateSearchEngines` (mutation).
        """
        return (yield from exclusively("search-writes", self._update(key, enabled, config or {})))

    def _update(self, key: str, enabled: bool | None, config: Mapping[str, SettingValue]) -> Flow[SearchEngine]:
        from wikijs_generated.input_types import SearchEngineInput

        operation = "search.updateSearchEngines"
        engines = yield from self._execute(ops.search_search_engines())
        engine = modules.find(engines, key, "search engine", operation)
        if enabled and not engine.is_available:
            raise exc.ValidationError(f"{engine.title} does not work in this release yet.", operation=operation)
        chosen = modules.chosen([each.key for each in engines if each.is_enabled], key, enabled, "db", operation)
        yield from self._execute(
            ops.search_update_search_engines(
                engines=[
                    SearchEngineInput(
                        key=each.key,
                        is_enabled=each.key == chosen,
                        config=modules.merged(each.config, config if each.key == key else {}, operation),
                    )
                    for each in engines
                ]
            )
        )
        return (yield from afterwards(self.get(key), "search.updateSearchEngines"))
