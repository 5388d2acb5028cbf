"""The command `wikijs`. Presentation only: what commands do is done by the client.

`app` puts the commands together, `command` is what they share (global options, running, failing), `session` says which
wiki and who we are, `failures` what goes to stderr, `output` how results look; beside them one file a command group.
"""

from __future__ import annotations

import sys
from typing import Final

_EXTRA: Final = {"typer", "rich"}


def main() -> None:
    """Entry point of the command `wikijs`."""
    try:
        from .app import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write('The command line is an extra: pip install "py-wikijs[cli]"\n')
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    app(prog_name="wikijs")
