"""Wikis on sandboxes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox

from .wikis import dumped_wiki, empty_wiki


@pytest.fixture
def empty() -> Iterator[WikiJSClient]:
    """A wiki without pages."""
    with empty_wiki() as sandbox, sandbox.client() as client:
        yield client


@pytest.fixture
def dumped() -> Iterator[WikiJSClient]:
    """The wiki whose dump is in `dumps/`."""
    with dumped_wiki() as sandbox, sandbox.client() as client:
        yield client


@pytest.fixture
def demo() -> Iterator[WikiJSClient]:
    """The demo wiki."""
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        yield client
