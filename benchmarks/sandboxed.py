"""The sandbox in a process of its own, as its command starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(pages: int) -> Iterator[tuple[str, str]]:
    """Serve a wiki of generated pages; gives its URL and an API key."""
    command = [sys.executable, "-m", "wikijs.sandbox", "--port", "0", "--seed", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline().split() for _ in ("URL", "Login", "API key")]
            yield said[0][-1], said[-1][-1]
        finally:
            process.terminate()
