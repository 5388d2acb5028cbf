"""Which wiki is meant, and whose credentials may go there.

Four sources say so, in this order of rising force: the user's own file, the file of a project, the environment, flags.
A stronger source that names a wiki, by profile or by URL, displaces the weaker ones.

A project's file comes with the project, from whoever wrote it. It may choose among the wikis the user knows, and no
more: it cannot hold commands, and to a URL that only it names no credentials are sent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wikijs.core.settings import normalize_url

from ..exceptions import ConfigurationError
from .profiles import Config, Profile, read_toml

PROJECT_FILE: Final = ".wikijs.toml"
_PROJECT_KEYS: Final = ("url", "profile")


@dataclass(frozen=True)
class Target:
    """A wiki that was chosen.

    Attributes:
        url: Its root.
        source: What chose it, for messages.
        profile: Its profile, if it has one.
        is_trusted: Whether the user named this URL, so that credentials may go there; else a project's file did.
        is_flag: Whether a flag chose it.
        is_of_project: Whether a project's file chose it among the user's wikis, another one than they would come to
            without that file: what is in the environment need not be meant for it.
    """

    url: str
    source: str
    profile: Profile | None = None
    is_trusted: bool = True
    is_flag: bool = False
    is_of_project: bool = False


def choose(
    config: Config,
    *,
    url: str | None = None,
    profile: str | None = None,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Target | None:
    """Decide for a wiki.

    Args:
        config: The user's own configuration.
        url: What the flag --url says.
        profile: What the flag --profile says.
        environment: Holds WIKIJS_URL and WIKIJS_PROFILE.
        folder: Where to look for a project's file, upwards; the current folder without it.

    Returns:
        The wiki, or None when no source names one.

    Raises:
        ConfigurationError: A source is wrong, or contradicts itself.
    """
    if url or profile:
        return _named(config, "the flags", url, profile, is_flag=True)
    in_environment = environment.get("WIKIJS_URL"), environment.get("WIKIJS_PROFILE")
    if any(in_environment):
        return _named(config, "the environment", *in_environment)
    found = find_project(folder or Path.cwd())
    if found is not None:
        return _of_project(config, found)
    chosen = _default(config)
    return None if chosen is None else Target(chosen.url, str(config.path), chosen)


def find_project(folder: Path) -> Path | None:
    """The project's file in this folder or the nearest one above it."""
    return next((path for at in (folder, *folder.parents) if (path := at / PROJECT_FILE).is_file()), None)


def _of_project(config: Config, path: Path) -> Target:
    content = read_toml(path)
    for key, value in content.items():
        if key not in _PROJECT_KEYS:
            raise ConfigurationError(
                f"{path} must not set {key!r}.",
                hint="A project may name url and profile only; the rest belongs into your own configuration.",
            )
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{path}: `{key}` must be a text.")
    if not content:
        raise ConfigurationError(f"{path} names no wiki.", hint='Write url = "https://wiki.example.com" into it.')
    target = _named(config, str(path), content.get("url"), content.get("profile"))
    own = _default(config)
    return Target(
        target.url,
        target.source,
        target.profile,
        is_trusted=target.profile is not None,
        is_of_project=own is None or own.url != target.url,
    )


def _default(config: Config) -> Profile | None:
    """The wiki that the user comes to where nothing else names one."""
    if config.default or len(config.profiles) == 1:
        return config.profile(config.default or next(iter(config.profiles)))
    return None


def _named(config: Config, source: str, url: Any, profile: Any, *, is_flag: bool = False) -> Target:
    """The wiki that one source names, by its URL, by a profile, or both."""
    chosen = config.profile(profile) if profile else None
    if not url and chosen is not None:
        return Target(chosen.url, source, chosen, is_flag=is_flag)
    root = normalize_url(url)
    if chosen is not None and chosen.url != root:
        # Neither can be right for the other: the profile's token must not go to another server.
        raise ConfigurationError(
            f"In {source} the profile {chosen.name!r} and the URL {root} contradict each other: the profile is for"
            f" {chosen.url}.",
            hint="Name one of them only.",
        )
    return Target(root, source, chosen or config.profile_of(root), is_flag=is_flag)
