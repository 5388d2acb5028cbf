"""From a configuration to a client."""

from __future__ import annotations

import os
from collections.abc import Mapping
from logging import getLogger
from typing import TYPE_CHECKING, Any

from ..exceptions import ConfigurationError
from .credentials import find_credentials
from .dangers import dangers
from .profiles import Profile, config_path, load_config
from .targets import Target, choose

if TYPE_CHECKING:
    import ssl

    import httpx2

    from ..aio import AsyncWikiJSClient
    from ..auth import Auth
    from ..cache import Cache
    from ..client import WikiJSClient


def connect(
    profile: str | None = None, *, url: str | None = None, environment: Mapping[str, str] = os.environ
) -> WikiJSClient:
    """A client of a wiki that is configured, chosen as the command `wikijs` chooses it.

    Args:
        profile: Name of a profile; else the environment, a project's file or the configuration say which.
        url: Root of the wiki, in the place of a profile.
        environment: Holds WIKIJS_URL, WIKIJS_LOCALE and the like.

    Raises:
        ConfigurationError: No wiki is named, or its configuration or its token cannot be right.
    """
    config = load_config(config_path(environment))
    target = choose(config, url=url, profile=profile, environment=environment)
    if target is None:
        raise ConfigurationError("No wiki is named.", hint="Set WIKIJS_URL, or run `wikijs config init`.")
    found = find_credentials(config, target, environment=environment)
    for said in dangers(config, target, found):
        getLogger("wikijs").warning(said)
    return client_of(target, found.auth if found else None, locale=environment.get("WIKIJS_LOCALE") or None)


def client_of(
    target: Target,
    auth: Auth | None,
    *,
    timeout: float | None = None,
    cache: Cache | None = None,
    http: httpx2.Client | None = None,
    locale: str | None = None,
) -> WikiJSClient:
    """A client of a wiki that was chosen, set up as its profile says.

    Args:
        target: The wiki.
        auth: Who comes; None for a guest.
        timeout: Seconds to wait for the server, in the place of the profile's.
        cache: Keeps what was read.
        http: An HTTP client to use instead of a new one.
        locale: Code of the locale that paths mean, in the place of the profile's.
    """
    from ..client import WikiJSClient

    options = _options(target, timeout, locale)
    return WikiJSClient(target.url, auth=auth, cache=cache, http_client=http, **options)


def async_client_of(
    target: Target, auth: Auth | None, *, timeout: float | None = None, locale: str | None = None
) -> AsyncWikiJSClient:
    """The same for programs that run in an event loop.

    Args:
        target: The wiki.
        auth: Who comes; None for a guest.
        timeout: Seconds to wait for the server, in the place of the profile's.
        locale: Code of the locale that paths mean, in the place of the profile's.
    """
    from ..aio import AsyncWikiJSClient

    return AsyncWikiJSClient(target.url, auth=auth, **_options(target, timeout, locale))


def _options(target: Target, timeout: float | None, locale: str | None) -> dict[str, Any]:
    options = options_of(target.profile)
    if timeout is not None:
        options["timeout"] = timeout
    if locale is not None:
        options["locale"] = locale
    return options


def options_of(profile: Profile | None) -> dict[str, Any]:
    """What a profile says of its client, past address and credentials."""
    if profile is None:
        return {}
    return {
        "timeout": profile.timeout or 30.0,
        "verify_ssl": _verified(profile),
        "proxy": profile.proxy,
        "plugins": profile.plugins,
        "locale": profile.locale,
    }


def _verified(profile: Profile) -> bool | ssl.SSLContext:
    """How certificates are checked, and which one is shown to a proxy that asks."""
    if profile.client_cert is None:
        return profile.verify_ssl
    import ssl

    context = ssl.create_default_context()
    if not profile.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        context.load_cert_chain(profile.client_cert)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or "it holds no certificate with its key"
        raise ConfigurationError(f"The client certificate {profile.client_cert} cannot be read: {reason}.") from None
    return context
