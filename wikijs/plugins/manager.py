"""The plugins of one client: `client.plugins`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import TYPE_CHECKING

from wikijs.exceptions import ConfigurationError

from .chain import Chain
from .types import Plugin

if TYPE_CHECKING:
    from wikijs.core.engine import Engine
    from wikijs.core.events import Event


class PluginManager:
    """The plugins of one client, in their order: the first stands around all others.

    `client.plugins.register(...)`, `.unregister("name")`, `client.plugins["name"]`, `in`, `len` and iteration. Safe to
    change while calls are running: they keep the plugins that they began with.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._chain = Chain((), engine.url)
        self._lock = Lock()
        self._listens = False

    def add(self, plugins: Iterable[Plugin | str]) -> None:
        """Register several, the outermost first."""
        for plugin in [plugins] if isinstance(plugins, str | Plugin) else plugins:
            self.register(plugin)

    def register(self, plugin: Plugin | str) -> Plugin:
        """Put a plugin behind the others, nearest to the server.

        Args:
            plugin: The plugin, or the name of one that is installed (entry point group `wikijs.plugins`).

        Returns:
            The plugin.

        Raises:
            ConfigurationError: There is one of that name already, no such plugin is installed, or it is none.
        """
        from .discovery import load

        new = load(plugin) if isinstance(plugin, str) else plugin
        if isinstance(new, type) and issubclass(new, Plugin):
            raise ConfigurationError(f"{new.__name__} is a class.", hint=f"Give an object: {new.__name__}().")
        if not isinstance(new, Plugin):  # pyright: ignore[reportUnnecessaryIsInstance]  anything may be given
            raise ConfigurationError(
                f"A plugin is an object of a subclass of wikijs.plugins.Plugin, not {type(new).__name__}."
            )
        with self._lock:
            if any(known.name == new.name for known in self._chain.plugins):
                raise ConfigurationError(
                    f"There is a plugin {new.name!r} already.",
                    hint="Give it another name: class attribute `name`.",
                )
            chain = Chain((*self._chain.plugins, new), self._engine.url)
            new.attach(self._engine.url)
            self._swap(chain)
        return new

    def unregister(self, plugin: Plugin | str) -> Plugin:
        """Take a plugin out, and return it.

        Raises:
            KeyError: There is none of that name.
        """
        with self._lock:
            found = self[plugin if isinstance(plugin, str) else plugin.name]
            self._swap(Chain(tuple(each for each in self._chain.plugins if each is not found), self._engine.url))
        found.detach(self._engine.url)
        return found

    def _swap(self, chain: Chain) -> None:
        self._chain = chain
        self._engine.chain = chain if chain.calls or chain.attempts else None
        if chain.events and not self._listens:
            self._listens = True
            self._engine.policy.events.listen(self._emit)

    def _emit(self, event: Event) -> None:
        self._chain.emit(event)

    def close(self) -> None:
        """Let go of all plugins; the client does so when it is closed."""
        for plugin in reversed(self._chain.plugins):
            self.unregister(plugin)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, from the outermost inwards."""
        return tuple(plugin.name for plugin in self._chain.plugins)

    def __getitem__(self, name: str) -> Plugin:
        for plugin in self._chain.plugins:
            if plugin.name == name:
                return plugin
        raise KeyError(f"there is no plugin {name!r}; there are: {', '.join(self.names) or 'none'}")

    def __contains__(self, plugin: object) -> bool:
        return any(plugin is each or plugin == each.name for each in self._chain.plugins)

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._chain.plugins)

    def __len__(self) -> int:
        return len(self._chain.plugins)

    def __repr__(self) -> str:
        return f"<plugins {', '.join(self.names) or 'none'}>"
