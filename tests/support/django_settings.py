"""Django's settings are configured once for a process; each test that needs them begins and ends without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unconfigured() -> Iterator[None]:
    """Inside it, and behind it, nobody has configured Django."""
    from django.conf import settings
    from django.utils.functional import empty

    settings._wrapped = empty
    try:
        yield
    finally:
        settings._wrapped = empty
