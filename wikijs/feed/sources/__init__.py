"""What else of a wiki can be watched, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wikijs.exceptions import ConfigurationError

from .assets import AssetsSource
from .comments import CommentsSource
from .people import GroupsSource, UsersSource
from .settings import NavigationSource, SiteSource, ThemeSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..listing import Source
    from ..store import Store

NAMES: Final = ("pages", "comments", "assets", "users", "groups", "navigation", "site", "theme")


def source_of(text: str, store: Store, wiki: str) -> Source:
    """The source of a name such as "users" or "comments:docs/**".

    Raises:
        ConfigurationError: There is none.
    """
    name, _, pattern = text.partition(":")
    if name == "comments":
        return CommentsSource(store, wiki, pattern or "**")
    simple: dict[str, Callable[[], Source]] = {
        "assets": AssetsSource,
        "users": UsersSource,
        "groups": GroupsSource,
        "navigation": NavigationSource,
        "site": SiteSource,
        "theme": ThemeSource,
    }
    if name not in simple or pattern:
        raise ConfigurationError(f"The feed cannot watch {text!r}.", hint=f"It watches {', '.join(NAMES)}.")
    return simple[name]()
