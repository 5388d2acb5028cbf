"""A key that may read sources only reads pages all the same, and is told what it cannot have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.values.paths import PagePath
from wikijs.resources.pages.source import document
from wikijs.resources.pages.source.document import PageSource, SourcePage
from wikijs.sandbox import Sandbox

NEVER = ("render", "script_css", "script_js", "publish_start_date", "publish_end_date")


@pytest.fixture
def ids(wiki: Area) -> list[int]:
    """Pages of all kinds: with a title that looks like a header, scripts, no header at all."""
    title = "One: #1\ndescription: fake\npublished: false"
    made = [
        wiki.pages.create(wiki.path("md"), title=title, content="---\na: b\n---\n\nneedle\r\n", tags=["b", "a"]),
        wiki.pages.create(wiki.path("html"), title="Two", content="<p>needle</p>", editor="code", is_published=False),
        wiki.pages.create(wiki.path("adoc"), title="Three", content="== needle", editor="asciidoc", description="d"),
        wiki.pages.create(wiki.path("über-ß/100%"), title="Four", content="hay", script_css="p{color:red}"),
    ]
    return [page.id for page in made]


@pytest.fixture
def reader(wiki: Area) -> WikiJSClient:
    return wiki.limited("read:pages", "read:source", "read:history")


def test_a_page_is_read_by_its_source(wiki: Area, ids: list[int], reader: WikiJSClient) -> None:
    for page_id in ids[:3]:
        whole, page = wiki.pages.get(page_id), reader.pages.get(page_id)
        assert isinstance(page, SourcePage)
        told = page.model_dump(exclude={"missing", "is_published", "editor", *NEVER})
        assert told == whole.model_dump(exclude=set(NEVER))
        assert page.is_published == wiki.state(page_id).is_published
        assert page.editor in {wiki.state(page_id).editor, None}
        assert (page.render, page.script_css, page.script_js) == (None, None, None)
        assert reader.pages.get_by_path(page.path) == page
    assert reader.pages.get(ids[0]).missing == NEVER  # type: ignore[attr-defined]
    assert reader.pages.get(ids[2]).missing == (*NEVER, "editor")  # type: ignore[attr-defined]


def test_many_and_all_and_their_lines(wiki: Area, ids: list[int], reader: WikiJSClient) -> None:
    pages = reader.pages.get_many([*ids[:3], wiki.path("md")])
    assert [page.id for page in pages] == [*ids[:3], ids[0]]
    whole = list(wiki.pages.iter_all(folder=wiki.folder, content=True))
    found = list(reader.pages.iter_all(folder=wiki.folder, content=True, batch_size=2))
    assert [(page.id, page.content, page.tags) for page in found] == [
        (page.id, page.content, page.tags) for page in whole
    ]
    assert [match.page.id for match in reader.pages.grep("needle", folder=wiki.folder)] == ids[:3]


def test_versions_are_compared_with_the_source(wiki: Area, ids: list[int], reader: WikiJSClient) -> None:
    wiki.pages.update(ids[0], content="new")
    (version,) = reader.pages.history(ids[0])
    assert reader.pages.diff(ids[0], version.version_id) == wiki.pages.diff(ids[0], version.version_id)
    assert "+new" in reader.pages.diff(ids[0], version.version_id)


async def test_the_asynchronous_client_does_the_same(wiki: Area, ids: list[int]) -> None:
    key = wiki.limited_key("read:pages", "read:source")
    async with httpx2.AsyncClient(transport=wiki.async_transport(), timeout=60) as http:
        client = AsyncWikiJSClient(wiki.url, key, http_client=http)
        assert [page.id for page in await client.pages.get_many(ids[:2])] == ids[:2]
        pages = [page async for page in client.pages.iter_all(folder=wiki.folder, content=True)]
        assert [page.id for page in pages] == ids
        assert all(isinstance(page, SourcePage) for page in pages)


def test_the_source_alone_takes_no_more_than_read_source(wiki: Area, ids: list[int]) -> None:
    lonely = wiki.limited("read:source").pages
    source = lonely.get_source(wiki.path("md"))
    assert source.content.endswith("---\na: b\n---\n\nneedle\r\n")  # its title holds what looks like a header
    assert source.tags is not None
    plain = lonely.get_source(wiki.path("adoc"))
    assert (plain.content, plain.content_type, plain.title) == ("== needle", "asciidoc", None)
    assert {"title", "tags", "is_published"} <= set(plain.missing)
    with pytest.raises(exc.PageNotFoundError, match="There is no page en/"):
        lonely.get_source(wiki.path("nowhere"))


def test_a_listed_page_tells_where_its_header_ends(wiki: Area, ids: list[int]) -> None:
    (page,) = [page for page in wiki.pages.list(folder=wiki.folder) if page.id == ids[0]]
    source = wiki.pages.get_source(page)
    assert (source.title, source.description, source.is_published) == (page.title, "", True)
    assert source.tags is not None
    assert sorted(source.tags) == ["a", "b"]
    assert source.missing == NEVER


@pytest.mark.parametrize("database", ["postgres", "mariadb", "sqlite"])
def test_on_all_databases_the_header_is_found(database: str) -> None:
    """On SQLite the server writes `published: 1`."""
    with Sandbox(database=database) as sandbox, sandbox.client() as client:
        for name, published in (("on", True), ("off", False)):
            client.pages.create(f"docs/{name}", title=name, content="x", is_published=published)
            source = client.pages.get_source(f"docs/{name}")
            assert (source.title, source.is_published, source.content) == (name, published, "x")


def test_who_may_not_read_it_is_told_what_it_takes(wiki: Area, ids: list[int]) -> None:
    reader = wiki.limited("read:pages").pages
    with pytest.raises(exc.PageContentForbiddenError, match="read:source") as caught:
        reader.get_source(wiki.path("md"))
    assert caught.value.permissions == ("read:source",)
    outcomes = reader.get_many(ids[:1], return_exceptions=True)
    assert isinstance(outcomes[0], exc.PageContentForbiddenError)
    assert "read:source" in outcomes[0].permissions
    with pytest.raises(exc.PageContentForbiddenError, match="not show page"):
        list(reader.iter_all(folder=wiki.folder, content=True))


class Files(httpx2.BaseTransport):
    """A server whose downloads another function answers."""

    def __init__(self, inner: httpx2.BaseTransport, answer: Callable[[httpx2.Request], httpx2.Response | None]) -> None:
        self._inner, self._answer = inner, answer

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        found = self._answer(request) if request.url.path.startswith("/d/") else None
        return found or self._inner.handle_request(request)


def _with_files(
    wiki: Area, key: str, answer: Callable[[httpx2.Request], httpx2.Response | None], **options: Any
) -> WikiJSClient:
    http = httpx2.Client(transport=Files(wiki.transport(), answer))
    wiki._open.append(http)
    return WikiJSClient(wiki.url, key, http_client=http, **options)


def test_what_is_no_source_is_not_taken_for_one(sandbox_wiki: Area) -> None:
    wiki = sandbox_wiki
    wiki.pages.create(wiki.path("md"), title="T", content="text")
    answers: list[httpx2.Response] = []
    client = _with_files(wiki, wiki.key, lambda _: answers[-1], retry_strategy=None)
    refused = httpx2.Response(200, headers={"content-type": "text/html"}, content=b"<html>Unauthorized")
    for answer, error in (
        (refused, exc.PageContentForbiddenError),  # as before 2.5.309
        (httpx2.Response(404, headers={"content-type": "text/html"}, content=b"<html>proxy"), exc.EndpointError),
        (httpx2.Response(502, headers={"content-type": "text/html"}, content=b"<html>proxy"), exc.ServerError),
        (
            httpx2.Response(200, headers={"content-type": "application/json"}, content=b'{"data":{}}'),
            exc.WikiJSException,
        ),
    ):
        answers.append(answer)
        with pytest.raises(error):
            client.pages.get_source(wiki.path("md"))


def test_a_read_that_fails_is_tried_again(sandbox_wiki: Area) -> None:
    wiki = sandbox_wiki
    wiki.pages.create(wiki.path("md"), title="T", content="text")
    answers: list[httpx2.Response | None] = [httpx2.Response(503, headers={"retry-after": "0"}), None]
    client = _with_files(wiki, wiki.key, lambda _: answers.pop(0))
    assert client.pages.get_source(wiki.path("md")).content == "text"


def test_a_page_that_moves_meanwhile_is_followed_and_a_stranger_not_taken_for_it(sandbox_wiki: Area) -> None:
    wiki = sandbox_wiki
    moved = wiki.pages.create(wiki.path("old"), title="Moved", content="mine")
    gone = wiki.pages.create(wiki.path("gone"), title="Gone", content="gone")
    key = wiki.limited_key("read:pages", "read:source")
    happened: list[str] = []

    def meanwhile(request: httpx2.Request) -> None:
        if not happened:
            happened.append(request.url.path)
            wiki.pages.move(moved.id, wiki.path("new"))
            wiki.pages.create(wiki.path("old"), title="Stranger", content="another")
            wiki.pages.delete(gone.id)

    client = _with_files(wiki, key, meanwhile)
    found = list(client.pages.iter_all(folder=wiki.folder, content=True))
    assert [(page.id, page.path, page.content) for page in found] == [(moved.id, wiki.path("new"), "mine")]


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_a_file_without_the_servers_header_is_content_alone(kind: str) -> None:
    place = PagePath("a", "en")
    for text in (
        "text",
        "---\ntitle: x\n---\n\ntext",
        "---\ntitle: a\ndescription: \npublished: true\ndate: x\n---\n\n",
    ):
        source = document.read(text, kind, place)
        assert source.content == text
        assert source.title is None


def test_a_source_is_plain_data() -> None:
    text = "---\ntitle: a\ndescription: \npublished: true\ndate: 2026-01-01T00:00:00.000Z\ntags: x, y\n---\n\nb"
    source = document.read(text, "markdown", PagePath("a", "en"))
    assert json.loads(source.model_dump_json(by_alias=True))["tags"] == ["x", "y"]
    assert PageSource.model_validate_json(source.model_dump_json()) == source
    assert source.missing == (*NEVER, "editor", "created_at")
