"""The asynchronous client does the same: representative methods of each kind."""

from __future__ import annotations

import asyncio

import pytest

from tests.resources.conftest import Area
from wikijs import AsyncWikiJSClient
from wikijs import exceptions as exc


async def test_pages_are_written_read_and_found(wiki: Area, aclient: AsyncWikiJSClient) -> None:
    page = await aclient.pages.create(wiki.path("one"), title="One", content="needle", tags=["t"])
    await aclient.pages.update(page.id, title="New", expected=page)
    assert (await aclient.pages.get(page.id)).title == "New"
    assert (await aclient.pages.get_by_path(wiki.path("one"))).content == "needle"
    with pytest.raises(exc.PageChangedError):
        await aclient.pages.update(page.id, title="Late", expected=page)
    assert [match.page.id async for match in aclient.pages.grep("needle", folder=wiki.folder)] == [page.id]
    assert [item.page_id async for item in aclient.pages.walk(wiki.folder)] == [page.id]
    assert [entry.action_type async for entry in aclient.pages.history(page.id)] == ["initial"]
    assert "t" in {tag.tag for tag in await aclient.tags.list()}


async def test_many_pages(wiki: Area, aclient: AsyncWikiJSClient) -> None:
    result = await aclient.pages.create_many(
        [{"path": wiki.path(name), "title": name, "content": name} for name in ("one", "b d", "two")]
    )
    ids = [page.id for page in result]
    assert [error.index for error in result.errors] == [1]
    assert [page.id for page in await aclient.pages.get_many(ids)] == ids
    found = aclient.pages.iter_all(folder=wiki.folder, content=True, batch_size=1)
    assert [page.content async for page in found] == ["one", "two"]
    deleted = await aclient.pages.delete_many([*ids, 999_999])
    assert (deleted.success, len(deleted.errors)) == (ids, 1)


async def test_page_writes_of_tasks_go_one_at_a_time(wiki: Area, aclient: AsyncWikiJSClient) -> None:
    names = [f"page{number}" for number in range(4)]
    pages = await asyncio.gather(
        *(aclient.pages.create(wiki.path(name), title=name, content=name, tags=["same"]) for name in names)
    )
    assert [page.path for page in pages] == [wiki.path(name) for name in names]
    assert [page.tags for page in await aclient.pages.list(folder=wiki.folder)] == [["same"]] * 4


async def test_generated_page_writes_go_one_at_a_time_too(wiki: Area, aclient: AsyncWikiJSClient) -> None:
    pages = (
        await aclient.pages.create_many(
            [{"path": wiki.path(name), "title": name, "content": name} for name in ("one", "two")]
        )
    ).success
    await asyncio.gather(*(aclient.pages.render(page.id) for page in pages), aclient.pages.rebuild_tree())
    assert len(await aclient.pages.tree(wiki.folder)) == 2


async def test_a_cancelled_task_stops_its_work(sandbox_wiki: Area) -> None:
    import httpx2

    async with httpx2.AsyncClient(transport=sandbox_wiki.async_transport()) as http:
        client = AsyncWikiJSClient(sandbox_wiki.url, sandbox_wiki.key, http_client=http)
        done = asyncio.Event()
        items = [{"path": sandbox_wiki.path(f"page{n}"), "title": "x", "content": "x"} for n in range(50)]
        task = asyncio.create_task(client.pages.create_many(items, progress=lambda *_: done.set()))  # type: ignore[arg-type]
        await done.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert 0 < len(sandbox_wiki.pages.list(folder=sandbox_wiki.folder)) < 50


async def test_everything_else_is_there_too(wiki: Area, aclient: AsyncWikiJSClient) -> None:
    pages, tags = aclient.pages, aclient.tags
    page, created = await pages.upsert(wiki.path("one"), title="One", content="one", tags=["first-tag"])
    assert created
    assert await pages.exists(page.path)
    assert [each.id for each in await pages.list(folder=wiki.folder)] == [page.id]
    assert [each.title for each in await pages.update_many([{"id": page.id, "title": "Two"}])] == ["Two"]
    newest = (await anext(pages.history(page.id))).version_id
    assert (await pages.version(page.id, newest)).title == "One"
    assert await pages.diff(page.id, newest) == ""
    assert (await pages.restore(page.id, newest)).title == "One"
    await pages.render(page.id)
    assert (await pages.convert(page.id, editor="ckeditor")).editor == "ckeditor"
    assert (await pages.move(page.id, wiki.path("two/page"))).path == wiki.path("two/page")
    assert len(await pages.move_tree(wiki.path("two"), wiki.path("three"))) == 1
    assert [item.path for item in await pages.tree(wiki.folder)] == [wiki.path("three")]
    assert page.id in {hit.id for hit in await pages.search("One")}
    assert page.id in {each.id for each in await pages.links()}
    await tags.rename("first-tag", "second-tag")
    assert len(await tags.merge(["second-tag"], "third-tag")) == 1
    await tags.delete("third-tag")
    await pages.delete(page.id)
    assert not await pages.exists(wiki.path("three/page"))
