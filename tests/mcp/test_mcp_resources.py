"""Pages and folders as resources, and the completion of their paths."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.client.client import ConnectMode
from mcp.shared.exceptions import MCPError
from mcp_host import GUIDE, VERSIONS, Connect
from mcp_types import PromptReference, ResourceTemplateReference

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.middleware import RetryStrategy


@pytest.mark.parametrize("mode", VERSIONS)
async def test_a_page_is_a_resource(connect: Connect, wiki: WikiJSClient, mode: ConnectMode) -> None:
    async with connect(mode) as host:
        templates = (await host.client.list_resource_templates()).resource_templates
        read: Any = (await host.client.read_resource("wikijs://page/en/docs/guide")).contents[0]
        folder: Any = (await host.client.read_resource("wikijs://tree/en/docs")).contents[0]
        top: Any = (await host.client.read_resource("wikijs://tree/en/")).contents[0]
        with pytest.raises(MCPError, match="no/such"):
            await host.client.read_resource("wikijs://page/en/no/such")
    assert {template.uri_template for template in templates} == {
        "wikijs://page/{locale}/{+path}",
        "wikijs://tree/{locale}/{+path}",
    }
    assert f"# Guide\n\n{GUIDE}\n>>>wiki" in read.text
    assert read.text.startswith("<<<wiki")
    assert "1 docs/guide Guide" in folder.text
    assert "docs/" in top.text


async def test_a_very_long_page_is_cut_and_says_so(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.pages.create("long", title="Long", content="x" * 120_000)
    async with connect() as host:
        read: Any = (await host.client.read_resource("wikijs://page/en/long")).contents[0]
    assert "20000 more characters: read them with get_page and offset 100000." in read.text


async def test_paths_are_completed(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.pages.create("docs/linux/install", title="L", content="x")
    page = ResourceTemplateReference(type="ref/resource", uri="wikijs://page/{locale}/{+path}")
    tree = ResourceTemplateReference(type="ref/resource", uri="wikijs://tree/{locale}/{+path}")
    prompt = PromptReference(type="ref/prompt", name="summarise-page")
    async with connect() as host:
        paths = await host.client.complete(page, {"name": "path", "value": "docs/"})
        inside = await host.client.complete(prompt, {"name": "page", "value": "linux"})
        folders = await host.client.complete(tree, {"name": "path", "value": "docs"})
        locales = await host.client.complete(page, {"name": "locale", "value": "e"})
        nothing = await host.client.complete(prompt, {"name": "goal", "value": "x"})
    assert paths.completion.values == ["docs/guide", "docs/linux/install"]
    assert inside.completion.values == ["docs/linux/install"]
    assert folders.completion.values == ["docs", "docs/linux"]
    assert locales.completion.values == ["en"]
    assert nothing.completion.values == []


async def test_a_path_that_is_not_what_it_looks_like_is_not_proposed(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.pages.create("docs/\u202egnp", title="x", content="x")
    page = ResourceTemplateReference(type="ref/resource", uri="wikijs://page/{locale}/{+path}")
    async with connect() as host:
        found = await host.client.complete(page, {"name": "path", "value": "docs/"})
    assert found.completion.values == ["docs/guide"]


async def test_completion_is_silent_where_the_wiki_cannot_be_read(
    connect: Connect,
) -> None:
    gone = AsyncWikiJSClient("http://127.0.0.1:9", auth=None, retry_strategy=RetryStrategy(max_retries=0))
    page = ResourceTemplateReference(type="ref/resource", uri="wikijs://page/{locale}/{+path}")
    async with gone, connect(client=gone) as host:
        for name in ("path", "locale"):
            assert (await host.client.complete(page, {"name": name, "value": ""})).completion.values == []
