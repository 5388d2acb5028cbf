"""Editing pages through the server: nothing else of a page changes, and nobody's edit is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from mcp.client.client import ConnectMode
from mcp_host import GUIDE, VERSIONS, Connect
from wikijs_generated.enums import PageRuleMatch
from wikijs_generated.input_types import PageRuleInput

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs.core.pages.state_tag import state_tag
from wikijs.sandbox import Sandbox


def content(wiki: WikiJSClient, page: int | str = 1) -> str:
    return wiki.pages.get(page).content


@pytest.mark.parametrize("mode", VERSIONS)
async def test_a_typo_is_fixed_and_all_else_stays(connect: Connect, wiki: WikiJSClient, mode: ConnectMode) -> None:
    before = wiki.pages.single_for_editor(1)
    async with connect(mode) as host:
        shown = await host.call("edit_page", page="1", replace=[{"old": "teh", "new": "the"}], dry_run=True)
        assert content(wiki) == GUIDE
        done = await host.call("edit_page", page="1", replace=[{"old": "teh", "new": "the"}])
        again = await host.fails("edit_page", page="1", replace=[{"old": "teh", "new": "the"}])
    after = wiki.pages.single_for_editor(1)
    assert content(wiki) == GUIDE.replace("teh", "the")
    assert "-Run teh installer." in shown.fenced[0]
    assert "Nothing was written" in shown.ours
    assert done.structured == {
        "page": 1,
        "path": "docs/guide",
        "locale": "en",
        "version": state_tag(after),
        "changed": True,
    }
    assert "does not occur in page 1" in again
    untouched = ("title", "description", "editor", "is_published", "script_css", "script_js", "path")
    assert all(getattr(before, name) == getattr(after, name) for name in untouched)
    assert [tag.tag for tag in after.tags] == ["howto"]


async def test_a_text_that_occurs_twice_is_refused(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        said = await host.fails(
            "edit_page", page="1", replace=[{"old": "installer", "new": "x"}, {"old": "it", "new": "x"}]
        )
        neither = await host.fails("edit_page", page="1")
        both = await host.fails("edit_page", page="1", replace=[{"old": "teh", "new": "the"}], section="use", text="x")
    assert "old text 2 occurs" in said
    assert "Nothing was written" in said
    assert neither == both == "Give either replace, or section with text."
    assert content(wiki) == GUIDE


async def test_a_section_is_replaced_with_its_own_tag(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        read = await host.call("get_page", page="1", section="linux")
        tag = read.said("tag of the section")
        await host.call("edit_page", page="1", section="linux", text="## Linux\n\ndnf install it", tag=tag)
        assert content(wiki) == GUIDE.replace("apt", "dnf")
        # The heading may be left out: it stays.
        read = await host.call("get_page", page="1", section="windows")
        await host.call("edit_page", page="1", section="windows", text="tap", tag=read.said("tag of the section"))
    assert content(wiki) == GUIDE.replace("apt", "dnf").replace("## Windows\n\nclick", "## Windows\n\ntap")


@pytest.mark.parametrize("tag", [None, "latest", "pAAAAAAAAAAAAAAAAAAAAAA", "the whole page's"])
async def test_an_invented_tag_or_another_ones_is_refused(
    connect: Connect, wiki: WikiJSClient, tag: str | None
) -> None:
    async with connect() as host:
        if tag == "the whole page's":
            tag = (await host.call("get_page", page="1")).said("version")
        given = {"tag": tag} if tag is not None else {}
        said = await host.fails("edit_page", page="1", section="linux", text="x", **given)
    assert said == "A section is replaced with its own tag: read it whole with get_page, which tells the tag."
    assert content(wiki) == GUIDE


async def test_a_section_that_changed_meanwhile_is_refused_with_the_difference(
    connect: Connect, wiki: WikiJSClient
) -> None:
    async with connect() as host:
        tag = (await host.call("get_page", page="1", section="linux")).said("tag of the section")
        other = (await host.call("get_page", page="1", section="use")).said("tag of the section")
        wiki.pages.update(1, content=GUIDE.replace("apt install", "zypper install"))
        said = await host.fails("edit_page", page="1", section="linux", text="## Linux\n\nmine", tag=tag)
        assert content(wiki) == GUIDE.replace("apt install", "zypper install")
        # An edit elsewhere does not matter to a section.
        await host.call("edit_page", page="1", section="use", text="# Use\n\nNow.\n", tag=other)
    assert "-apt install it" in said
    assert "+zypper install it" in said
    assert "<<<wiki" in said
    assert content(wiki) == GUIDE.replace("apt install", "zypper install").replace("Use it.", "Now.")


async def test_text_is_added_to_a_section_and_behind_it(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        await host.call("edit_page", page="1", section="linux", action="append", text="or build it")
        await host.call(
            "edit_page", page="1", section="windows", action="insert_after", text="## Mac\n\nbrew install it"
        )
        swallowing = await host.fails("edit_page", page="1", section="linux", action="append", text="```\nnever closed")
    expected = GUIDE.replace("apt install it\n", "apt install it\n\nor build it\n")
    assert content(wiki) == expected.replace("click\n", "click\n\n## Mac\n\nbrew install it\n")
    assert "never closed" in swallowing


async def test_an_edit_that_comes_between_reading_and_writing_is_not_lost(
    connect: Connect, wiki: WikiJSClient, async_wikijs_client: AsyncWikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = type(async_wikijs_client.pages).update
    others = iter([GUIDE.replace("click", "double click")])

    async def late(pages: Any, *arguments: Any, **given: Any) -> Any:
        for text in others:
            wiki.pages.update(1, content=text)
        return await update(pages, *arguments, **given)

    monkeypatch.setattr(type(async_wikijs_client.pages), "update", late)
    async with connect() as host:
        await host.call("edit_page", page="1", replace=[{"old": "teh", "new": "the"}])
    assert content(wiki) == GUIDE.replace("click", "double click").replace("teh", "the")


async def test_a_page_of_200_kb_is_edited_in_parts_without_losing_a_byte(connect: Connect, wiki: WikiJSClient) -> None:
    parts = [f"## Part {number}\r\n\r\n" + f"Line {number} of ünïcode.\r\n" * 40 + "\r\n" for number in range(240)]
    wiki.pages.create("long", title="Long", content="".join(parts))
    assert sum(map(len, parts)) > 200_000
    async with connect() as host:
        for number in (0, 7, 111, 239):
            read = await host.call("get_page", page="long", section=f"part-{number}")
            changed = read.fenced[-1].replace(f"Line {number} of", f"Row {number} of", 1)
            tag = read.said("tag of the section")
            await host.call("edit_page", page="long", section=f"part-{number}", text=changed, tag=tag)
            parts[number] = parts[number].replace(f"Line {number} of", f"Row {number} of", 1)
    assert content(wiki, "long") == "".join(parts)


async def test_a_page_is_created_and_its_fields_are_set(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        made = await host.call("create_page", path="team/new", title="New", content="x", tags=["a"], published=False)
        version = made.structured["version"]
        await host.call("set_page", page="team/new", title="Newer", tags=["a", "b"], version=version)
        late = await host.fails("set_page", page="team/new", title="Mine", version=version)
        invented = await host.fails("set_page", page="team/new", title="Mine", version="3")
        nothing = await host.fails("set_page", page="team/new")
        taken = await host.fails("create_page", path="team/new", title="New", content="x")
    page = wiki.pages.single_for_editor(made.structured["page"])
    assert (page.title, sorted(tag.tag for tag in page.tags), page.is_published) == ("Newer", ["a", "b"], False)
    assert "changed since it was read" in late
    assert "That is no version" in invented
    assert "at least one" in nothing
    assert "already exists" in taken


async def test_writing_is_kept_to_folders(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.pages.create("private/a", title="A", content="a")
    async with connect(write_under=("/docs/",)) as host:
        for tool, arguments in (
            ("create_page", {"path": "private/b", "title": "B", "content": "b"}),
            ("create_page", {"path": "/en/private/b", "title": "B", "content": "b"}),
            ("create_page", {"path": "docsb", "title": "B", "content": "b"}),
            ("edit_page", {"page": "private/a", "replace": [{"old": "a", "new": "b"}]}),
            ("set_page", {"page": "private/a", "title": "b"}),
            ("move_page", {"page": "private/a", "to": "docs/a"}),
            ("move_page", {"page": "docs/guide", "to": "private/guide"}),
            ("delete_page", {"pages": ["docs/guide", "private/a"]}),
            ("restore_page", {"page": "private/a", "version": 1}),
            ("upload_asset", {"folder": "/private", "name": "a.txt", "base64": "YQ=="}),
        ):
            said = await host.fails(tool, **arguments)
            assert "below docs only" in said, tool
        assert host.questions == []
        names = {tool.name for tool in (await host.client.list_tools()).tools}
        await host.call("create_page", path="docs/b", title="B", content="b")
    assert "run_write_operation" not in names
    assert {page.path for page in wiki.pages.list()} == {"docs/guide", "private/a", "docs/b"}


async def test_what_was_written_is_told_to_who_may_not_read_it_back(
    connect: Connect, wiki: WikiJSClient, wikijs_sandbox: Sandbox
) -> None:
    group = wiki.execute(ops.groups_create("writers")).group
    assert group is not None
    rights = ["read:pages", "write:pages"]
    rule = PageRuleInput(id="1", deny=False, match=PageRuleMatch.START, roles=rights, path="", locales=[])
    wiki.execute(
        ops.groups_update(group.id, name="writers", redirect_on_login="/", permissions=rights, page_rules=[rule])
    )
    made = wiki.execute(ops.authentication_create_api_key("writer", expiration="1d", full_access=False, group=group.id))
    assert made.key
    async with connect(client=wikijs_sandbox.async_client(made.key)) as host:
        created = await host.call("create_page", path="docs/new", title="New", content="x")
    assert "was created" in created.ours
    assert "version" not in created.structured
    assert content(wiki, "docs/new") == "x"


async def test_edits_of_two_hosts_at_once_lose_nothing(connect: Connect, wiki: WikiJSClient) -> None:
    parts = range(6)
    wiki.pages.create("race", title="R", content="".join(f"## Part {part}\n\nold {part}\n\n" for part in parts))
    async with connect() as one, connect("legacy") as other:

        async def edit(part: int) -> bool:
            host = (one, other)[part % 2]
            tag = (await host.call("get_page", page="race", section=f"part-{part}")).said("tag of the section")
            text = f"## Part {part}\n\nnew {part}\n"
            given = {"page": "race", "section": f"part-{part}", "text": text, "tag": tag}
            return not (await host.client.call_tool("edit_page", given)).is_error

        done = await asyncio.gather(*map(edit, parts))
    lines = content(wiki, "race").split("\n")
    assert [f"{'new' if done[part] else 'old'} {part}" in lines for part in parts] == [True] * 6
    assert done.count(True) >= 1
