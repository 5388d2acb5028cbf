"""Finding and reading pages through the server."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.client.client import ConnectMode
from mcp_host import GUIDE, VERSIONS, Connect

from wikijs import WikiJSClient
from wikijs.core.pages.state_tag import is_section_tag, is_state_tag
from wikijs.permissions import PageRule
from wikijs.sandbox import Sandbox


@pytest.mark.parametrize("mode", VERSIONS)
async def test_a_page_is_read_with_outline_and_version(connect: Connect, wiki: WikiJSClient, mode: ConnectMode) -> None:
    async with connect(mode) as host:
        page = await host.call("get_page", page="docs/guide")
        again = await host.call("get_page", page="1", outline=True)
    head, content = page.fenced
    assert content == GUIDE
    assert '"title":"Guide"' in head
    assert "  linux (26 characters) Linux" in head
    assert is_state_tag(page.said("version"))
    assert again.said("version") == page.said("version")
    assert "Run teh" not in again.text
    assert "linux" in again.fenced[0]


async def test_a_section_is_read_with_its_own_tag(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        section = await host.call("get_page", page="docs/guide", section="install")
        missing = await host.fails("get_page", page="docs/guide", section="instal")
    assert section.fenced == [GUIDE[GUIDE.index("# Install") : GUIDE.index("# Use")]]
    assert is_section_tag(section.said("tag of the section"))
    assert missing.startswith("There is no such section. Give one of these ids:\n<<<wiki ")
    assert "\n~lead\ninstall\nlinux\nwindows\nuse\n>>>wiki " in missing


async def test_a_long_page_comes_in_parts_and_not_a_byte_is_lost(connect: Connect, wiki: WikiJSClient) -> None:
    content = "".join(
        f"## Part {number}\n\n" + f"Line {number} with ünïcode. " * 30 + "\r\n\r\n" for number in range(280)
    )
    content += "x" * 45_000
    assert len(content) > 200_000
    wiki.pages.create("long", title="Long", content=content)
    async with connect() as host:
        offset, parts = 0, []
        while True:
            page = await host.call("get_page", page="long", offset=offset)
            parts.append(page.fenced[-1])
            assert len(page.fenced[-1]) <= 20_000
            if "cut: go on" not in page.ours:
                break
            offset = int(page.ours.rpartition("offset ")[2].split()[0])
        cut = await host.call("get_page", page="long", section="part-279")
    assert "".join(parts) == content
    assert "this is the end" in page.ours
    assert "the section is cut, so it has no tag" in cut.ours
    assert "tag of the section" not in cut.ours


async def test_searching_listing_and_grepping(connect: Connect, wiki: WikiJSClient) -> None:
    for number in range(12):
        wiki.pages.create(f"docs/p{number:02}", title=f"Page {number}", content=f"text {number}\nNeedle {number}\n")
    async with connect() as host:
        found = await host.call("search_pages", query="Guide")
        first = await host.call("list_pages", folder="docs", limit=10)
        rest = await host.call("list_pages", folder="docs", limit=10, cursor=first.structured["next"])
        tagged = await host.call("list_pages", tags=["howto"])
        lines = await host.call("grep_pages", text="needle", limit=5)
        seen = list(lines.structured["hits"])
        while lines.structured.get("next"):
            lines = await host.call("grep_pages", text="needle", limit=5, cursor=lines.structured["next"])
            seen += lines.structured["hits"]
        none = await host.call("grep_pages", text="needle", match_case=True)
        bad = await host.fails("list_pages", cursor="../1")
    assert [hit["path"] for hit in found.structured["hits"]] == ["docs/guide"]
    assert (first.structured["matched"], len(first.structured["hits"])) == (13, 10)
    assert len(rest.structured["hits"]) == 3
    assert "next" not in rest.structured
    assert [hit["path"] for hit in tagged.structured["hits"]] == ["docs/guide"]
    assert [hit["snippet"] for hit in seen] == [f"2: Needle {number}" for number in range(12)]
    assert none.structured["hits"] == []
    assert "0 lines match in 13 of 13 pages" in none.ours
    assert "not one of this server" in bad


async def test_history_versions_and_differences(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.pages.update(1, content=GUIDE.replace("teh", "the"))
    async with connect() as host:
        history = await host.call("page_history", page="docs/guide")
        entry = next(iter(wiki.pages.history(1)))
        old = await host.call("page_history", page="docs/guide", version=entry.version_id)
        changes = await host.call("page_history", page="docs/guide", version=entry.version_id, diff=True)
    assert f'"version":{entry.version_id}' in history.fenced[0]
    assert old.fenced == [GUIDE]
    assert "-Run teh installer." in changes.fenced[0]
    assert "+Run the installer." in changes.fenced[0]


async def test_who_one_is_and_where_one_may_write(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect(write_under=("docs",)) as host:
        told = await host.call("wiki_info")
    assert "you: api_key, user id 1" in told.ours
    assert "version: 2.5.314" in told.ours
    assert "search engine: db, which looks at title" in told.ours
    assert "writing: below docs" in told.ours


async def test_what_fails_is_one_sentence(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        missing = await host.fails("get_page", page="no/such")
        wrong = await host.fails("get_page", page="docs/guide", offset=-1)
        unknown = await host.fails("edit_page", page="docs/guide", replace=[{"old": "a", "new": "b"}], dryRun=True)
        tool = await host.fails("no_tool")
    assert "no/such" in missing
    assert wrong == "Wrong arguments: offset: Input should be greater than or equal to 0."
    assert unknown == "Wrong arguments: dryRun: Extra inputs are not permitted."
    assert "no_tool" in tool
    assert all(len(said.splitlines()) == 1 for said in (missing, wrong, unknown))


async def test_who_may_read_but_not_edit_reads_by_path_and_by_id(
    connect: Connect, wiki: WikiJSClient, wikijs_sandbox: Sandbox
) -> None:
    roles = ["read:pages", "read:source", "manage:pages"]
    group = wiki.groups.create("Readers", permissions=roles, rules=[PageRule(roles=roles, path="")])
    key = wiki.api_keys.create("reader", group=group.name)
    async with wikijs_sandbox.async_client(key.key) as reader, connect(client=reader) as host:
        for page in ("docs/guide", "1"):
            read = await host.call("get_page", page=page)
            assert read.fenced[-1] == GUIDE
            assert "version:" not in read.ours
        found = await host.call("grep_pages", text="installer")
        said = await host.fails("edit_page", page="1", replace=[{"old": "teh", "new": "the"}])
    assert len(found.structured["hits"]) == 1
    assert "manage:pages" in said or "may not be" in said


async def test_no_heading_and_no_folder_makes_an_answer_long(
    connect: Connect, wiki: WikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"# {'h' * 50_000}\n\n" + "\n\n".join(f"## {'x' * 300} {number}" for number in range(300))
    wiki.pages.create("docs/headings", title="Headings", content=content, tags=["t" * 200 + str(n) for n in range(40)])
    async with connect() as host:
        for given in ({}, {"outline": True}):
            assert len((await host.call("get_page", page="docs/headings", **given)).text) < 90_000
        assert len(await host.fails("get_page", page="docs/headings", section="none")) < 10_000
        monkeypatch.setattr("wikijs.mcp.resources._MOST", 30)
        folder: Any = (await host.client.read_resource("wikijs://tree/en/docs")).contents[0]
    assert "1 more: list_pages goes on" in folder.text
