"""What a user should know before a secret leaves this machine, or is read on it by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .storing import others_can_write, warning

if TYPE_CHECKING:
    from .credentials import Credentials
    from .profiles import Config
    from .targets import Target


def dangers(config: Config, target: Target, found: Credentials | None) -> Iterator[str]:
    """Warnings, in a sentence each.

    Args:
        config: The user's configuration.
        target: The wiki that was chosen.
        found: The credentials for it.
    """
    if target.profile is not None and others_can_write(config.path):
        yield f"Others can write {config.path}, and so choose where your secrets go: run `chmod 600 {config.path}`."
    if found is not None and found.file is not None:
        said = warning(found.file)
        if said:
            yield said
    if target.profile is not None and not target.profile.verify_ssl:
        yield f"The certificate of {target.url} is not checked (verify_ssl): anybody on the way can be that wiki."
    if found is not None and is_readable_on_the_way(target.url):
        yield f"{target.url} is reached without encryption: everybody on the way can read the token. Use https."


def is_readable_on_the_way(url: str) -> bool:
    """Whether what is sent to a URL leaves this machine unencrypted."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True
