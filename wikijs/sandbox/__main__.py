"""`python -m wikijs.sandbox`: the same as `wikijs sandbox`, without the command-line extra."""

from __future__ import annotations

import argparse

from .http.server import StartError, fail_with, serve
from .storage.engines import DEFAULT, ENGINES
from .versions import NEWEST


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    options = argparse.ArgumentParser("python -m wikijs.sandbox", description="Run a stand-in for Wiki.js.")
    options.add_argument("--host", default="127.0.0.1", help="address to listen on")
    options.add_argument("--port", type=int, default=3000, help="port to listen on; 0 takes a free one")
    options.add_argument("--seed", default="empty", help="empty, demo, or a number of pages")
    options.add_argument("--data", metavar="FILE", help="file that keeps the wiki; in memory without it")
    options.add_argument("--latency", default="0", metavar="TIME", help="time each answer takes, such as 25ms")
    options.add_argument("--rate-limit", choices=["on", "off"], default="on", help="limits on logins and comments")
    options.add_argument("--fail", metavar="STATUS:SHARE", help="share of requests to fail, such as 502:0.1")
    options.add_argument("--version", default=NEWEST, help="Wiki.js version to pose as, from 2.0.1 on")
    options.add_argument("--database", default=DEFAULT, help=f"database to pose as: {', '.join(ENGINES)}")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    given = vars(parser().parse_args(arguments))
    try:
        serve(**given | {"rate_limit": given["rate_limit"] == "on"})
    except StartError as error:
        fail_with(error)


if __name__ == "__main__":
    main()
