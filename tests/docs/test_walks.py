"""Pages that a reader follows line by line do what they say, on the demo wiki."""

from __future__ import annotations

import builtins
import re
from pathlib import Path

import pytest

from wikijs import exceptions

from .walking import blocks, walk

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "getting-started.md": 9,
    "migrating/requests-and-gql.md": 1,
    "faq.md": 2,
    "troubleshooting.md": 1,
    "asyncio.md": 1,
    "batches.md": 2,
    "performance.md": 1,
}
"""How many blocks of each are run."""


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_what_it_says(name: str) -> None:
    assert walk(DOCS / name) == PAGES[name]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_not_run_says_why(name: str) -> None:
    assert [block.why for block in blocks(DOCS / name) if block.why is not None and len(block.why) < 10] == []


NAMED = [
    (page.name, name)
    for page in sorted(DOCS.rglob("*.md"))
    if "reference" not in page.parts
    for name in sorted(set(re.findall(r"`([A-Z]\w+Error)\b", page.read_text(encoding="utf-8"))))
]


def test_errors_that_the_guides_name_exist() -> None:
    assert len(NAMED) > 50
    known = {*dir(exceptions), *dir(builtins)}
    elsewhere = {"CircuitOpenError", "LocalRateLimitError", "PluginError"}
    assert [each for each in NAMED if each[1] not in known | elsewhere] == []
