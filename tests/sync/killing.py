"""Ends a synchronisation at any of its steps, as kill -9 would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from wikijs_generated.facades.blocking.assets import Assets
from wikijs_generated.facades.blocking.pages import Pages

from wikijs.sync.folder import Folder
from wikijs.sync.state import State

STEPS = (
    (Folder, ("write", "rename", "remove", "copy")),
    (State, ("put", "forget", "put_asset", "forget_asset")),
    (Assets, ("upload", "delete")),
    (Pages, ("create", "update", "move", "delete")),
)
"""Everything that changes the folder, the state or the wiki."""


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(boundary: int) -> Iterator[None]:
    """Let the process be gone at the n-th boundary, from 0: before the first step, after it, before the second..."""
    passed = 0

    def wrapped(method: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal passed
            if passed == boundary:
                raise Killed
            result = method(*args, **options)
            passed += 2
            if passed == boundary + 1:
                raise Killed
            return result

        return step

    with ExitStack() as stack:
        for owner, names in STEPS:
            for name in names:
                stack.enter_context(patch.object(owner, name, wrapped(getattr(owner, name))))
        yield
