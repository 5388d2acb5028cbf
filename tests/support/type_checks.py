"""mypy for tests of what users write: one cache for all, since reading our own package takes most of the time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

MYPY: Final = (
    sys.executable,
    "-m",
    "mypy",
    "--strict",
    "--config-file=",
    "--cache-dir",
    str(Path(__file__).resolve().parents[2] / ".stamps/mypy"),
)
"""The command in strict mode, with no configuration but its arguments."""
