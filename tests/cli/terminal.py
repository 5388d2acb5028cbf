"""A terminal for commands that are run in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer import testing

Sit = Callable[..., None]


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Call it to have streams of later runs say that they are a terminal, stdout unless told otherwise."""

    def sit(*streams: str) -> None:
        names = {f"<{name}>" for name in streams or ("stdout",)}
        monkeypatch.setattr(testing._NamedTextIOWrapper, "isatty", lambda stream: stream.name in names)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.delenv("NO_COLOR", raising=False)

    return sit
