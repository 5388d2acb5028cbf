"""Offer figures about a wiki to Prometheus, and so to Grafana, whose dashboard lies in examples/monitoring.

    python metrics_for_grafana.py 9300

Figures of this program's requests (calls, errors, seconds), and of the wiki: reachable, latency, days until the key
expires. Needs `pip install "py-wikijs[metrics]"`.
"""

from __future__ import annotations

import sys
import threading

from wikijs.config import connect
from wikijs.telemetry import MetricsPlugin
from wikijs.telemetry.metrics import Watch, serve


def main(port: int, rounds: int = 0, pause: float = 30.0) -> None:
    stop, watch, done = serve(port), Watch(), threading.Event()
    with connect() as client:
        client.plugins.register(MetricsPlugin())
        while True:
            watch.take(client.health())
            rounds -= 1
            if rounds == 0 or done.wait(pause):
                break
    stop()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(int(sys.argv[1]))
