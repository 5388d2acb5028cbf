"""Which wiki to talk to and as whom, from files, the environment and flags; what the command line is configured by.

`profiles` reads the user's file, `targets` decides between the sources, `credentials` gets the token, `connecting`
makes the client, `storing` writes. Scripts start with `connect`:

    with connect("docs") as client:
        client.pages.list()
"""

from __future__ import annotations

from .connecting import connect
from .credentials import Credentials
from .profiles import Config, Profile, config_path, load_config
from .targets import Target, choose

__all__ = ["Config", "Credentials", "Profile", "Target", "choose", "config_path", "connect", "load_config"]
