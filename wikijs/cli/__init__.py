"""The command `wikijs`. Presentation only: what commands do is done by the client.

`app` puts the commands together and `lazy` imports each when it is wanted; `command` is what they share (running,
failing), `options` the global options, `session` which wiki and who we are, `failures` what goes to stderr, `output`
how results look, `structured` how programs get them; `confirm` asks and `progress` says how far it is. Beside them
there is one file a command group.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import IO, Final

from ..core.values.installing import pip_line

_EXTRA: Final = {"typer", "rich"}


def main() -> None:
    """Entry point of the command `wikijs`."""
    if sys.stdin is None:  # closed: nothing can be read, and no file that is opened later shall take its place
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  # open until the end
    if sys.stderr is None:  # closed by whoever runs this, who does not want to be told
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # open until the end
    if sys.stdout is None:
        sys.stderr.write("wikijs: The output is closed.\n")
        raise SystemExit(1)
    _take_what_cannot_be_shown(sys.stdout, sys.stderr)
    with suppress(ValueError):  # only the main thread may; `wikijs` is one
        signal.signal(signal.SIGTERM, _interrupt)
        hang_up = getattr(signal, "SIGHUP", None)  # the terminal was closed; not on Windows
        if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_DFL:  # not behind nohup
            signal.signal(hang_up, _interrupt)
    try:
        from .app import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(f"The command line is an extra: {pip_line('cli')}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    if "_WIKIJS_COMPLETE" in os.environ:  # a shell asks how a line could go on
        from typer.main import get_install_completion_arguments

        get_install_completion_arguments()  # registers how typer answers each shell
    app(prog_name="wikijs")


def _take_what_cannot_be_shown(*streams: IO[str]) -> None:
    """Show a mark for a character that an output cannot encode, such as an arrow in a pipe of Windows."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(_number: int, _frame: object) -> None:
    """End as Ctrl+C does: what is under way is finished or noted, and the summary is printed."""
    raise KeyboardInterrupt
