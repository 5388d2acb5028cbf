"""Operations that have no tool of their own, and files."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from mcp_host import Connect

from wikijs import WikiJSClient
from wikijs.core.calls.exposure import exposure
from wikijs.core.calls.signatures import calls
from wikijs.mcp.settings import Settings
from wikijs.mcp.tools.operations import why_not


async def test_operations_are_found_with_their_arguments(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        found = await host.call("find_operations", query="create comment")
        one = await host.call("find_operations", query="comments.create")
        nothing = await host.call("find_operations", query="teleport")
    assert found.text.startswith("comments.create(pageId: Int!, content: String!, replyTo?: Int")
    assert '"required":["pageId","content"]' in one.text
    assert "No operation fits" in nothing.text


async def test_operations_are_run(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        await host.call("run_write_operation", name="comments.create", arguments={"pageId": 1, "content": "Hello"})
        read = await host.call(
            "run_read_operation", name="comments.list", arguments={"path": "docs/guide", "locale": "en"}
        )
        wrong = await host.fails("run_read_operation", name="comments.list", arguments={"path": "docs/guide"})
        writing = await host.fails("run_read_operation", name="comments.delete", arguments={"id": 1})
        reading = await host.fails("run_write_operation", name="comments.list")
        unknown = await host.fails("run_read_operation", name="comments.lst")
    assert '"content":"Hello"' in read.fenced[0]
    assert wrong == "comments.list at /locale: it must be given."
    assert writing == "comments.delete writes: use run_write_operation."
    assert reading == "comments.list only reads: use run_read_operation."
    assert "find_operations knows them" in unknown
    assert host.questions[0].startswith("Run comments.create with pageId 1?")
    assert "Hello" not in host.questions[0]


async def test_secrets_are_hidden(connect: Connect, wiki: WikiJSClient) -> None:
    wiki.mail.update(host="mail.example.com", user="wiki", password="hunter2") if hasattr(wiki.mail, "update") else None
    async with connect(toolsets=("pages", "admin")) as host:
        mail = await host.call("run_read_operation", name="mail.config")
        keys = await host.call("run_read_operation", name="authentication.api-keys")
        engines = await host.call("run_read_operation", name="storage.targets")
    assert "hunter2" not in mail.text
    assert '"keyShort":"<hidden>"' in keys.text or '"keyShort"' not in keys.text
    assert '"config":"<hidden>"' in engines.text


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(toolsets=("pages", "assets", "users", "admin")), Settings(read_only=True)],
    ids=["usual", "all", "reading"],
)
def test_what_is_offered_follows_the_table(settings: Settings) -> None:
    offered = [call for call in calls().values() if not why_not(call, settings)]
    for call in offered:
        row = exposure(call)
        assert row.expose != "never"
        assert not row.reaches_out
        assert row.effect == "read" or (call.namespace in settings.namespaces and not settings.read_only)
        assert row.expose == "all" or call.namespace in settings.namespaces
        assert call.spec.server_field != "pages.update"
    assert len(offered) > 20


async def test_what_is_not_offered_is_refused_with_the_reason(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect() as host:
        for name, says in (
            ("authentication.create-api-key", "offered to no assistant"),
            ("mail.send-test", "send mail"),
            ("users.delete", "not in the toolsets"),
            ("pages.update", "edit_page or set_page"),
            ("pages.delete", "delete_page"),
            ("logging.live-trail", "a stream"),
        ):
            assert says in await host.fails("run_write_operation", name=name, arguments={"id": 1})
            assert says in await host.fails("find_operations", query=name)
    assert host.questions == []


async def test_reading_only_offers_no_tool_that_writes(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect(read_only=True) as host:
        tools = (await host.client.list_tools()).tools
        gone = await host.fails("edit_page", page="1", replace=[{"old": "teh", "new": "the"}])
        told = await host.call("wiki_info")
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
    assert "edit_page" in gone
    assert "writing: not offered" in told.ours


async def test_tools_can_be_named_one_by_one(connect: Connect) -> None:
    async with connect(tools=("get_page", "search_pages")) as host:
        assert {tool.name for tool in (await host.client.list_tools()).tools} == {"get_page", "search_pages"}


async def test_files_are_listed_and_uploaded(connect: Connect, wiki: WikiJSClient, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.txt").write_bytes(b"from the disk")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "inside" / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with connect(files=tmp_path / "inside") as host:
        await host.call("upload_asset", folder="/docs", name="one.csv", base64=b64encode(b"one").decode())
        await host.call("upload_asset", folder="/docs", name="two.csv", file="a.txt")
        listed = await host.call("list_assets", folder="/docs")
        for bad in ("../secret.txt", "link.txt", str(tmp_path / "secret.txt"), "none.txt"):
            await host.fails("upload_asset", folder="/docs", name="x.csv", file=bad)
        assert "no base64" in await host.fails("upload_asset", folder="/docs", name="x.csv", base64="*")
        assert "1 MB" in await host.fails("upload_asset", folder="/docs", name="x.csv", base64="A" * 1_400_000)
        assert "either" in await host.fails("upload_asset", folder="/docs", name="x.csv")
        empty = await host.call("list_assets", folder="/docs", limit=1)
    assert [row.split('"file":"')[1].split('"')[0] for row in listed.fenced[0].splitlines()] == ["one.csv", "two.csv"]
    assert "go on with offset 1" in empty.ours
    assert wiki.assets.download("docs/two.csv") == b"from the disk"
    async with connect() as host:
        assert "--files" in await host.fails("upload_asset", folder="/docs", name="x.csv", file="a.txt")
