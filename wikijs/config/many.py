"""From a configuration to many wikis at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from wikijs.fleet import Wiki

from ..exceptions import ConfigurationError
from .connecting import options_of
from .credentials import of_profile
from .profiles import config_path, load_config


def wikis_of_profiles(
    names: Iterable[str] | None = None, *, environment: Mapping[str, str] = os.environ
) -> dict[str, Wiki]:
    """The wikis of profiles, each with its own token.

    Args:
        names: Names of profiles; all without it.
        environment: Says where the configuration is.

    Raises:
        ConfigurationError: There is no such profile, or its token cannot be had.
    """
    config = load_config(config_path(environment))
    chosen = [config.profile(name) for name in (config.profiles if names is None else names)]
    if not chosen:
        raise ConfigurationError("No wiki is configured.", hint="Make a profile: wikijs config init NAME --url URL")
    wikis: dict[str, Wiki] = {}
    for profile in chosen:
        found = of_profile(config, profile)
        wikis[profile.name] = Wiki(profile.url, found.auth if found else None, options=options_of(profile))
    return wikis
