"""`wikijs search ...`."""

from __future__ import annotations

from typing import Final

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.output import show_done
from ..frame.session import Session
from .modules import DryRunOption, KeyArgument, SettingsArgument, show_changes, show_module, show_modules, values_of

app = typer.Typer(no_args_is_help=True)

ENGINE: Final = ("key", "title", "isEnabled", "isAvailable", "settings")


@group(app, example="wikijs search list")
def search(session: Session) -> None:
    """Search engines of the wiki; `pages search` searches."""


@command(app, "list", example="wikijs search list", fields=ENGINE, lists=True, reads=True)
def list_engines(session: Session) -> None:
    """List search engines, the one in use first."""
    with session.client() as client:
        show_modules(session, client.search.search_engines(), available="is_available")


@command(app, "get", example="wikijs search get elasticsearch", fields=ENGINE, reads=True)
def get(session: Session, key: KeyArgument) -> None:
    """Show a search engine and its settings."""
    with session.client() as client:
        found, settings = client.search.get(key), client.search.settings(key)
    show_module(session, found, settings, {"key": found.key, "title": found.title})


@command(app, "set", example="wikijs search set elasticsearch indexName=wiki", fields=ENGINE)
def set_settings(
    session: Session, key: KeyArgument, settings: SettingsArgument, *, dry_run: DryRunOption = False
) -> None:
    """Change settings of a search engine. What is not named is kept."""
    values = values_of(settings)
    with session.client() as client:
        if dry_run:
            show_changes(session, key, client.search.settings(key), values)
            return
        changed = client.search.update(key, config=values)
    show_done(session, f"Changed {changed.title}.", changed, key="key")


@command(app, "enable", example="wikijs search enable postgres", fields=ENGINE)
def enable(session: Session, key: KeyArgument) -> None:
    """Search with this engine instead of the one in use; rebuild its index afterwards."""
    with session.client() as client:
        changed = client.search.update(key, enabled=True)
    show_done(session, f"The wiki searches with {changed.title}. Now run: wikijs search rebuild", changed, key="key")


@command(app, "disable", example="wikijs search disable postgres", fields=ENGINE)
def disable(session: Session, key: KeyArgument) -> None:
    """Go back to searching with the database itself."""
    with session.client() as client:
        changed = client.search.update(key, enabled=False)
    show_done(session, f"{changed.title} is not in use any more.", changed, key="key")


@command(app, "rebuild", example="wikijs search rebuild --yes")
def rebuild(session: Session) -> None:
    """Rebuild the index of the engine in use, and wait for it. Searches find little meanwhile."""
    with session.client() as client:
        confirm(session, "Rebuild the search index?")
        client.search.rebuild_index()
    show_done(session, "Rebuilt the search index.")
