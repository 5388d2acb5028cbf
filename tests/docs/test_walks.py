"""Pages that a reader follows line by line do what they say, on the demo wiki."""

from __future__ import annotations

import builtins
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wikijs import exceptions

from .walking import RUN, blocks, walk

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    page
    for page in [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
    if "reference" not in page.parts
    and any(block.language in RUN and block.why is None and block.by is None for block in blocks(page))
]
"""All pages with something to run: none is left out by a list."""

SAYS = {
    "README.md": ["How to do it", "1 changed; [(1, 'PageNotFoundError')]", "27 ['Administrators', 'Guests',"],
    "resilience.md": ["True", "closed", "2 True", "True", "1 True Finished"],
    "caching.md": ["True 1"],
    "rate-limiting.md": ["True 0", "True"],
    "export-import.md": ["['docs/intro.md', 'docs/new-lamp.md'] []", "True []"],
    "publish.md": ["True 2"],
    "backup.md": ["True True\n[] True True"],
    "reading-with-few-rights.md": ["True\n('render', 'script_css',"],
    "change-feed.md": ["new: docs/feed\nmoved: docs/feed -> docs/the-feed", "page.created page:"],
    "webhooks.md": ["whsec_ active", "True"],
    "access.md": ["write Administrators True manage:system of group Administrators allows everything"],
    "reports.md": ["True"],
    "people.md": ["create 1"],
    "raw-graphql.md": ["pages.single", "26 docs/intro\n", "Did you mean 'singleByPath'", "2.5.314"],
    "plugins.md": ["New ['pages.create']\n('logging', 'headers')", "comments.list 200", "20 calls in both clients"],
    "monitoring.md": ["True", "True", "['intent', 'outcome'] True", "True API key 1, rights of group 1 (Admin"],
    "sso.md": ["/login/kc from_browser", "API key 1, rights of group 1 (Administrators)"],
    "many-wikis.md": ["API key 1, rights of group 1 (Administrators) | a guest | TransportError", "['a', 'b']"],
}  # fmt: skip
"""What blocks print that the page does not show."""


@pytest.fixture
def quiet() -> Iterator[None]:
    """Handlers of logs that a page adds are gone afterwards."""
    loggers = [logging.getLogger(name) for name in ("wikijs", "wikijs.calls", "wikijs.audit")]
    before = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in before:
        for handler in set(logger.handlers) - set(handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(level)
        logger.propagate = propagate


def test_most_pages_have_something_to_run() -> None:
    assert len(PAGES) >= 25


@pytest.mark.usefixtures("demo", "quiet")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path) -> None:
    assert walk(page, SAYS.get(page.name)) > 0


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
