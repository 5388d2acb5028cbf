"""`wikijs metrics ...`."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from ..frame.command import command, group
from ..frame.output import note
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)


@group(app, example="wikijs metrics serve --port 9300")
def metrics(session: Session) -> None:
    """Figures for Prometheus."""


@command(app, "serve", example="wikijs metrics serve --port 9300 --every 30")
def serve(
    session: Session,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 9300,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    every: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Pause between two looks at the wiki.")] = 30,
    times: Annotated[int, typer.Option(min=0, hidden=True, help="Looks before it ends; 0 for no end.")] = 0,
) -> None:
    """Look at the wiki again and again, and offer what is found at /metrics until Ctrl+C.

    Of a program of your own `MetricsPlugin` and `wikijs.telemetry.metrics.serve` offer the figures.
    """
    from wikijs.telemetry.metrics import MetricsPlugin, Watch
    from wikijs.telemetry.metrics import serve as listen

    with session.client(or_guest=True) as client:
        client.plugins.register(MetricsPlugin())
        watch, stop = Watch(), listen(port, address=host)
        note(f"wikijs: figures are at http://{host}:{port}/metrics until Ctrl+C.")
        done = threading.Event()
        try:
            while True:
                watch.take(client.health())
                times -= 1
                if times == 0 or done.wait(every):
                    return
        finally:
            stop()
