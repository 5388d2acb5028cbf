"""Test a script that works with a wiki, without a wiki: the sandbox stands in for it.

pip install 'py-wikijs[sandbox]' pytest
pytest examples/test_with_sandbox.py

The fixtures `wikijs_sandbox`, `wikijs_client` and `async_wikijs_client` come with the package.
"""

import asyncio

import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.exceptions import PageNotFoundError, PermissionDeniedError
from wikijs.sandbox import Sandbox

# The script: usually a module of its own.


def mark_outdated(client: WikiJSClient, tag: str) -> list[str]:
    """Put a warning above every page with a tag; the paths of the pages changed."""
    changed: list[str] = []
    for entry in client.pages.list(tags=[tag]):
        page = client.pages.get(entry.id)
        if not page.content.startswith("> Outdated"):
            client.pages.update(page.id, content=f"> Outdated\n\n{page.content}")
            changed.append(page.path)
    return changed


async def paths(client: AsyncWikiJSClient) -> list[str]:
    """The paths of all pages."""
    return [entry.path for entry in await client.pages.list()]


# Its tests: each has a fresh, empty wiki.


def test_pages_with_the_tag_are_marked(wikijs_client: WikiJSClient) -> None:
    wikijs_client.pages.create("ops/old", title="Old", content="Restart it.", tags=["2019"])
    wikijs_client.pages.create("ops/new", title="New", content="It restarts by itself.", tags=["2026"])

    assert mark_outdated(wikijs_client, "2019") == ["ops/old"]

    page = wikijs_client.pages.get_by_path("ops/old")
    assert page.content == "> Outdated\n\nRestart it."
    assert [tag.tag for tag in page.tags] == ["2019"]  # the API alone would have lost them
    assert mark_outdated(wikijs_client, "2019") == []


def test_guests_may_not_mark_anything(wikijs_sandbox: Sandbox, wikijs_client: WikiJSClient) -> None:
    wikijs_client.pages.create("ops/old", title="Old", content="Restart it.", tags=["2019"])
    with wikijs_sandbox.client(guest=True) as guest, pytest.raises(PermissionDeniedError):
        mark_outdated(guest, "2019")


def test_paths(wikijs_client: WikiJSClient, async_wikijs_client: AsyncWikiJSClient) -> None:
    wikijs_client.pages.create("home", title="Welcome", content="Hello")
    assert asyncio.run(paths(async_wikijs_client)) == ["home"]


def test_wikis_are_not_shared_between_tests(wikijs_client: WikiJSClient) -> None:
    with pytest.raises(PageNotFoundError):
        wikijs_client.pages.get_by_path("home")
