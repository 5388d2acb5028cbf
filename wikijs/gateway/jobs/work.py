"""What a job is given to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient, WikiJSClient

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What a job is given to work with.

    Attributes:
        client: The client of its credential.
        blocking: Makes the same for work that blocks, in a thread.
        progress: Told how much is done of how much.
        journal: Notes what was done, so that it is not done twice.
    """

    client: AsyncWikiJSClient
    blocking: Callable[[], WikiJSClient]
    progress: Progress
    journal: Path
