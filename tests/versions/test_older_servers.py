"""What the client does with a server that is older than its schema: it leaves out what is not known, and finds ways."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import wikijs_generated.operations as generated
from graphql import parse, validate

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.auth import PasswordAuth
from wikijs.cache import MemoryCache
from wikijs.core.documents.older_servers import OlderServer
from wikijs.core.operations import Operation, OperationSpec
from wikijs.sandbox import Sandbox
from wikijs.sandbox.graphql.schema import executable_schema

from .questions import VERSIONS

BY_PATH: Final = {
    "PagesSingleByPath", "PagesSingleByPathForEditor", "PagesSingleByPathMetadata", "PagesSingleByPathRendered",
}  # fmt: skip
EXPORT: Final = {"SystemExport", "SystemExportStatus"}
ACTIVE: Final = {"AuthenticationActiveStrategies", "AuthenticationActiveStrategiesForAdmin"}
NAMES: Final = ("render", "hash")
IMPOSSIBLE: Final = {
    "2.4.75": BY_PATH | EXPORT | ACTIVE | {
        "AuthenticationForgotPassword", "AuthenticationStrategies", "PagesConvert", "PagesPurgeHistory",
        "UsersDisableTFA", "UsersEnableTFA",
    },
    "2.5.105": BY_PATH | EXPORT | ACTIVE | {"PagesConvert", "PagesPurgeHistory"},
    "2.5.117": BY_PATH | EXPORT | {"PagesConvert"},
    "2.5.201": BY_PATH | EXPORT,
    "2.5.282": BY_PATH,
    "2.5.296": set[str](),
}  # fmt: skip
"""Operations that a version does not have at all, from that version on."""


class Wire(httpx2.BaseTransport):
    """What goes over the wire to a sandbox: the status of each answer, and the operation that was asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()
        self.seen: list[tuple[int, str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        name = request.read().decode().partition('"operationName":"')[2].partition('"')[0]
        self.seen.append((response.status_code, name or request.url.path))
        return response

    def taken(self) -> list[tuple[int, str]]:
        """What was seen since this was last asked."""
        seen, self.seen = self.seen, []
        return seen


@pytest.fixture
def posing() -> Iterator[Callable[..., tuple[Sandbox, WikiJSClient, Wire]]]:
    """Makes a sandbox of a version, a client of it, and its wire."""
    open_things: list[Any] = []

    def make(version: str, key: str | None = None, **options: Any) -> tuple[Sandbox, WikiJSClient, Wire]:
        sandbox = Sandbox(version=version)
        wire = Wire(sandbox)
        http = httpx2.Client(transport=wire)
        open_things.extend((http, sandbox))
        return sandbox, WikiJSClient(sandbox.url, key or sandbox.api_key, http_client=http, **options), wire

    yield make
    for thing in open_things:
        thing.close()


Posing = Callable[..., tuple[Sandbox, WikiJSClient, Wire]]


def specs() -> list[OperationSpec[Any]]:
    """All operations that this client has."""
    return [value for value in vars(generated).values() if isinstance(value, OperationSpec)]


@pytest.mark.parametrize("version", [*IMPOSSIBLE, "2.5.290"])
def test_all_operations_fit_but_those_that_the_version_does_not_have(version: str) -> None:
    schema, server, impossible = executable_schema(version), OlderServer(), set[str]()
    for spec in specs():
        operation = Operation(spec)
        for _ in range(3):
            fitted = server.fit(operation)
            errors = validate(schema, parse(fitted.spec.document))
            if not errors:
                break
            server.learn(exc.QueryError("", errors=[{"message": error.message.replace("'", '"')} for error in errors]))
        if errors:
            impossible.add(spec.name)
    expected = [names for since, names in IMPOSSIBLE.items() if tuple_of(since) <= tuple_of(version)][-1]
    assert impossible == expected


def tuple_of(version: str) -> tuple[int, ...]:
    """What versions are compared by."""
    return tuple(map(int, version.split(".")))


def test_on_the_newest_nothing_is_looked_at_twice() -> None:
    server, operation = OlderServer(), ops.pages_single(1)
    assert server.fit(operation) is operation


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tour_of_the_facade(posing: Posing, version: str) -> None:
    _, wiki, _ = posing(version)
    tour(wiki)


def tour(wiki: WikiJSClient) -> None:
    """What most programs do with a wiki, an empty one."""
    assert wiki.whoami().acts_as == "Administrator"
    first = wiki.pages.create("docs/first", title="First", content="# One", tags=["one", "two"])
    second = wiki.pages.create("docs/deep/second", title="Second", content="# Two", tags=["two"])
    assert [page.path for page in wiki.pages.list()] == ["docs/first", "docs/deep/second"]
    whole = wiki.pages.get(first.id)
    assert (whole.content, {tag.tag for tag in whole.tags}) == ("# One", {"one", "two"})
    assert wiki.pages.get(first.id, content=False).title == "First"
    assert wiki.pages.get_by_path("docs/deep/second") == wiki.pages.get(second.id)
    assert wiki.pages.exists("docs/first")
    assert not wiki.pages.exists("docs/none")
    pages = wiki.pages.get_many([first.id, "docs/deep/second", "docs/first"])
    assert [page.id for page in pages] == [first.id, second.id, first.id]
    assert [page.content for page in wiki.pages.iter_all(content=True)] == ["# One", "# Two"]

    wiki.pages.update(first.id, title="Better", expected=whole)
    assert wiki.pages.upsert("docs/first", title="Better", content="# Changed").created is False
    after = wiki.pages.get(first.id)
    assert (after.title, after.content, {tag.tag for tag in after.tags}) == ("Better", "# Changed", {"one", "two"})
    assert wiki.pages.move(first.id, "docs/moved").path == "docs/moved"
    assert len(list(wiki.pages.history(first.id))) == 3
    assert {tag.tag for tag in wiki.tags.list()} == {"one", "two"}
    assert [hit.path for hit in wiki.pages.search("Second")] == ["docs/deep/second"]
    assert [item.path for item in wiki.pages.tree()] == ["docs"]

    wiki.comments.create(first.id, content="A remark")
    assert [comment.content for comment in wiki.comments.list("docs/moved")] == ["A remark"]
    group = wiki.groups.create("Editors", permissions=["read:pages"])
    assert group.redirect_on_login == "/"
    wiki.groups.update(group.id, name="Writers")
    assert wiki.groups.get(group.id).name == "Writers"
    user = wiki.users.create("a@example.com", name="Ann", password="a long one", groups=[group.id])
    assert wiki.users.get(user.id).tfa_is_active is False
    wiki.users.delete(user.id, replace_with=1)
    asset = wiki.assets.upload(b"text", name="a.bin", folder="/files", create_folders=True)
    assert wiki.assets.download(asset) == b"text"
    wiki.assets.delete(asset.id)
    wiki.pages.delete(second.id)
    assert [page.id for page in wiki.pages.list()] == [first.id]


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_async_client_finds_the_same_ways(version: str) -> None:
    with Sandbox(version=version) as sandbox:
        wiki: AsyncWikiJSClient = sandbox.async_client()
        page = await wiki.pages.create("docs/first", title="First", content="# One", tags=["one"])
        await wiki.pages.update(page.id, title="Better")
        assert (await wiki.pages.get_by_path("docs/first")).title == "Better"
        assert [found.title for found in await wiki.pages.get_many(["docs/first", page.id])] == ["Better", "Better"]
        await wiki.aclose()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_demo_runs(version: str, capsys: pytest.CaptureFixture[str]) -> None:
    demo = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "demo.py"))
    with Sandbox("demo", version=version) as sandbox, sandbox.client() as wiki:
        demo["demo"](wiki, whole=True)
    said = capsys.readouterr().out
    assert "change one field           The first page -> A better title; kept: content, description, path, tags" in said
    assert "clean up                   3 pages deleted" in said


def test_a_path_is_found_without_a_second_failed_request(posing: Posing) -> None:
    _, wiki, wire = posing("2.5.201")
    page = wiki.pages.create("docs/first", title="First", content="x")
    wire.taken()
    assert wiki.pages.get_by_path("docs/first").id == page.id
    assert wire.taken() == [
        (200, "PagesList"),
        (200, "PagesSingle"),
    ]  # fmt: skip  to create it, its path was looked for already: that singleByPath is missing is known
    assert wiki.pages.get_by_path("docs/first").id == page.id
    assert wire.taken() == [(200, "PagesList"), (200, "PagesSingle")]
    assert wiki.pages.get_many(["docs/first"])[0].id == page.id
    assert wire.taken() == [(200, "PagesList"), (200, "PagesSingle")]


def test_fields_are_left_out_without_a_second_failed_request(posing: Posing) -> None:
    _, wiki, wire = posing("2.4.75")
    page = wiki.pages.create("docs/first", title="First", content="x", tags=["one"])
    assert wire.taken()[-2:] == [(400, "PagesCreate"), (200, "PagesCreate")]
    assert wiki.pages.get(page.id).script_css is None
    assert wire.taken() == [(400, "PagesSingle"), (200, "PagesSingle")]
    wiki.pages.get(page.id)
    assert wire.taken() == [(200, "PagesSingle")]
    wiki.pages.create("docs/second", title="Second", content="x")  # asks for the fields of an editor once
    wire.taken()
    wiki.pages.create("docs/third", title="Third", content="x")
    assert ("PagesCreate" in [name for status, name in wire.taken() if status == 400]) is False


@pytest.mark.parametrize(
    ("version", "call", "message"),
    [
        (
            "2.5.117",
            lambda wiki: wiki.pages.convert(1, editor="ckeditor"),
            "pages.convert needs Wiki.js 2.5.201 or later; this server is 2.5.117.",
        ),
        (
            "2.5.201",
            lambda wiki: wiki.execute(ops.pages_single_by_path("docs/first", locale="en")),
            "pages.singleByPath needs Wiki.js 2.5.296 or later; this server is 2.5.201.",
        ),
        (
            "2.5.105",
            lambda wiki: wiki.execute(ops.authentication_active_strategies()),
            "authentication.activeStrategies needs Wiki.js 2.5.117 or later; this server is 2.5.105.",
        ),
        (
            "2.4.75",
            lambda wiki: wiki.pages.create("docs/new", title="New", content="x", script_css="a{}"),
            "pages.create with scriptCss needs Wiki.js 2.5.105 or later; this server is 2.4.75.",
        ),
    ],
)
def test_what_a_server_does_not_have_is_said_with_versions(
    posing: Posing, version: str, call: Callable[[WikiJSClient], object], message: str
) -> None:
    _, wiki, wire = posing(version)
    if "convert" in message:
        wiki.pages.create("docs/first", title="First", content="x")  # which asks for the version already
    for asked in (0, 0) if "convert" in message else (1, 0):
        wire.taken()
        with pytest.raises(exc.UnsupportedByServerError) as caught:
            call(wiki)
        assert str(caught.value).startswith(message)
        assert caught.value.version == version
        assert [name for _, name in wire.taken()].count("SystemInfoVersion") == asked


def test_who_may_not_know_the_version_is_told_so_much(posing: Posing) -> None:
    sandbox, admin, _ = posing("2.5.117")
    group = admin.groups.create("Readers", permissions=["read:pages"])
    made = admin.api_keys.create("reader", expires=timedelta(days=1), group=group.id)
    wire = Wire(sandbox)
    with httpx2.Client(transport=wire) as http:
        wiki = WikiJSClient(sandbox.url, made.key, http_client=http)
        for asked in (1, 0):
            with pytest.raises(exc.UnsupportedByServerError) as caught:
                wiki.execute(ops.pages_single_by_path("docs/first", locale="en"))
            assert str(caught.value).startswith(
                "pages.singleByPath needs Wiki.js 2.5.296 or later; this server is older. "
            )
            assert "manage:system" in str(caught.value)
            assert [name for _, name in wire.taken()].count("SystemInfoVersion") == asked


def test_a_document_that_never_fitted_is_not_blamed_on_the_version(posing: Posing) -> None:
    _, wiki, _ = posing("2.5.314")
    spec = generated.PAGES_LIST
    wrong = OperationSpec[Any](
        name="Wrong", kind="query", server_field="pages.lst", model=spec.model, path=spec.path, keys=spec.keys,
        selection="\x01pages: pages {\n  lst {\n    id\n  }\n}",
    )  # fmt: skip
    with pytest.raises(exc.UnsupportedByServerError) as caught:
        wiki.execute(Operation(wrong))
    assert str(caught.value).startswith(
        'pages.lst does not fit this server, Wiki.js 2.5.314: Cannot query field "lst" on type "PageQuery".'
    )


@pytest.mark.parametrize("mode", ["alias", "array"])
def test_batches_are_fitted_too(posing: Posing, mode: Any) -> None:
    _, wiki, wire = posing("2.4.75")
    page = wiki.pages.create("docs/first", title="First", content="x", tags=["one"])
    wire.taken()
    single, users, groups = wiki.batch(ops.pages_single(page.id), ops.users_single(1), ops.groups_single(1), mode=mode)
    assert groups is not None
    assert (single.title, users.tfa_is_active, groups.redirect_on_login) == ("First", False, "/")
    wire.taken()
    wiki.batch(ops.pages_single(page.id), ops.users_single(1), ops.groups_single(1), mode=mode)
    assert [status for status, _ in wire.taken()] == [200]


def test_one_impossible_query_leaves_the_rest_of_a_batch_alone(posing: Posing) -> None:
    _, wiki, _ = posing("2.5.201")
    page = wiki.pages.create("docs/first", title="First", content="x")
    single, by_path = wiki.batch(
        ops.pages_single(page.id), ops.pages_single_by_path("docs/first", locale="en"), return_exceptions=True
    )
    assert getattr(single, "title", None) == "First"
    assert isinstance(by_path, exc.UnsupportedByServerError)
    assert str(by_path).startswith("pages.singleByPath needs Wiki.js 2.5.296 or later; this server is 2.5.201.")


def test_a_batch_of_impossible_writes_is_refused_as_a_whole(posing: Posing) -> None:
    _, wiki, _ = posing("2.5.117")
    page = wiki.pages.create("docs/first", title="First", content="x")
    with pytest.raises(exc.UnsupportedByServerError, match=r"pages\.convert needs Wiki\.js 2\.5\.201 or later"):
        wiki.batch(ops.pages_convert(page.id, editor="code"), ops.pages_convert(page.id, editor="markdown"))
    assert wiki.pages.get(page.id).content == "x"


def test_a_wrong_batch_is_no_matter_of_versions(posing: Posing) -> None:
    _, wiki, _ = posing("2.5.117")
    with pytest.raises(exc.QueryError) as caught:
        wiki.batch(Operation(generated.PAGES_SINGLE), Operation(generated.PAGES_SINGLE))
    assert not isinstance(caught.value, exc.UnsupportedByServerError)


def test_answers_of_a_fitted_operation_are_cached(posing: Posing) -> None:
    _, wiki, wire = posing("2.4.75", cache=MemoryCache())
    page = wiki.pages.create("docs/first", title="First", content="x", tags=["one"])
    first = wiki.batch(ops.pages_single(page.id), ops.users_single(1), mode="array")
    wire.taken()
    assert wiki.batch(ops.pages_single(page.id), ops.users_single(1)) == first
    assert wiki.pages.get(page.id) == first[0]
    assert wire.taken() == []


def test_logging_in_with_a_password(posing: Posing) -> None:
    sandbox, _, _ = posing("2.4.75")
    with sandbox.client(PasswordAuth(sandbox.admin_email, sandbox.admin_password)) as wiki:
        assert wiki.whoami().name == "Administrator"


@pytest.mark.parametrize("version", ["2.5.105", "2.5.117", "2.5.201", "2.5.289"])
def test_an_update_keeps_scripts_that_the_server_does_not_answer(posing: Posing, version: str) -> None:
    sandbox, wiki, wire = posing(version)
    script = "<script>if (1 < 2 && \"a\" == 'b') {}\n</script>"
    page = wiki.pages.create("docs/first", title="First", content="x", script_css=".a{color:red}", script_js=script)
    assert wiki.pages.get(page.id).script_css is None
    wire.taken()
    wiki.pages.update(page.id, title="Better")
    assert wire.taken() == [(200, "PagesSingleForEditor"), (200, "/e/en/docs/first"), (200, "PagesUpdate")]
    stored = sandbox.db.one("SELECT * FROM pages WHERE id = ?", page.id)
    assert stored is not None
    assert (stored["title"], stored["scriptCss"], stored["scriptJs"]) == ("Better", ".a{color:red}", script)
    wiki.pages.update(page.id, script_css="")
    stored = sandbox.db.one("SELECT * FROM pages WHERE id = ?", page.id)
    assert stored is not None
    assert (stored["scriptCss"], stored["scriptJs"]) == ("", script)


def test_scripts_that_cannot_be_read_are_not_erased(posing: Posing) -> None:
    sandbox, wiki, _ = posing("2.5.201")
    page = wiki.pages.create("docs/first", title="First", content="x", script_css=".a{color:red}")
    sandbox.db.update("pages", page.id, {"path": "x/y"})  # at paths like this there is no editor
    with pytest.raises(exc.UnsupportedByServerError) as caught:
        wiki.pages.update(page.id, title="Better")
    assert str(caught.value).startswith(
        f"pages.update: This server does not say which styles and scripts page {page.id} has, so an update would erase"
        " them. Nothing was written. Give script_css= and script_js= both, or upgrade"
    )
    assert wiki.pages.get(page.id).title == "First"
    wiki.pages.update(page.id, title="Better", script_css="", script_js="")
    assert wiki.pages.get(page.id).title == "Better"


def test_a_lost_create_is_found_by_way_of_the_list(posing: Posing) -> None:
    _, wiki, wire = posing("2.5.201")
    inner = wire.handle_request

    def losing(request: httpx2.Request) -> httpx2.Response:
        response = inner(request)
        if wire.seen[-1][1] == "PagesCreate" and [name for _, name in wire.seen].count("PagesCreate") == 1:
            raise httpx2.ReadError("lost", request=request)
        return response

    wire.handle_request = losing  # type: ignore[method-assign]  # the one that the client calls
    page = wiki.pages.create("docs/first", title="First", content="x")
    assert [found.id for found in wiki.pages.list()] == [page.id]
    assert [name for _, name in wire.seen].count("PagesCreate") == 1


def test_a_create_that_never_arrived_is_missed_in_the_list_and_sent_again(posing: Posing) -> None:
    _, wiki, wire = posing("2.5.201")
    wiki.pages.create("docs/other", title="Other", content="x")
    inner, lost = wire.handle_request, list[int]()

    def losing(request: httpx2.Request) -> httpx2.Response:
        if b'"operationName":"PagesCreate"' in request.read() and not lost:
            lost.append(1)
            raise httpx2.ReadError("lost", request=request)
        return inner(request)

    wire.handle_request = losing  # type: ignore[method-assign]  # the one that the client calls
    page = wiki.pages.create("docs/first", title="First", content="x")
    assert lost
    assert [found.path for found in wiki.pages.list()] == ["docs/other", page.path]


def test_a_version_that_cannot_be_asked_for_now_is_asked_for_again(posing: Posing) -> None:
    _, wiki, wire = posing("2.5.201")
    inner = wire.handle_request

    def losing(request: httpx2.Request) -> httpx2.Response:
        if b"SystemInfoVersion" in request.read():
            raise httpx2.ReadError("lost", request=request)
        return inner(request)

    wire.handle_request = losing  # type: ignore[method-assign]  # the one that the client calls
    with pytest.raises(exc.UnsupportedByServerError, match="this server is older"):
        wiki.execute(ops.pages_single_by_path("docs/first", locale="en"))
    wire.handle_request = inner  # type: ignore[method-assign]
    with pytest.raises(exc.UnsupportedByServerError, match=r"this server is 2\.5\.201"):
        wiki.execute(ops.pages_single_by_path("docs/first", locale="en"))


def test_tags_of_pages_are_filled_in_where_they_have_a_name_only(posing: Posing) -> None:
    sandbox, writer, _ = posing("2.4.75")
    page = writer.pages.create("docs/first", title="First", content="x", tags=["one"])
    wiki = sandbox.client()  # one that knows nothing of the server yet
    [tag] = wiki.pages.get(page.id, content=False).tags
    assert (tag.id, tag.tag, tag.title, tag.created_at.year) == (0, "one", "one", 1970)
    [tag] = wiki.execute(ops.pages_tags())
    assert tag.id > 0
    assert tag.created_at.year > 2000


def test_operations_that_have_the_same_fragment_otherwise_do_not_share_a_document(posing: Posing) -> None:
    _, wiki, _ = posing("2.4.75")
    page = wiki.pages.create("docs/first", title="First", content="x", tags=["one"])
    for _ in range(2):
        tags, read = wiki.batch(ops.pages_tags(), ops.pages_single(page.id))
        assert tags[0].id > 0
        assert (read.tags[0].id, read.tags[0].tag) == (0, "one")


def test_a_field_is_left_out_only_where_a_model_can_do_without_it() -> None:
    server = OlderServer()
    server.learn(
        exc.QueryError("", errors=[{"message": f'Cannot query field "{name}" on type "Page".'} for name in NAMES])
    )
    fitted = server.fit(ops.pages_single_rendered(1)).spec.document
    assert "render" not in fitted
    assert "hash" in fitted
    spec = generated.PAGES_SINGLE
    elsewhere = replace(
        spec,
        model="nowhere.to_be_found:Reply",
        fragments=("Mine",),
        fragment_sources={"Mine": "fragment Mine on Page {\n  render\n}"},
        selection=spec.selection.replace("...Page", "...Mine"),
    )
    assert server.fit(Operation(elsewhere, {"id": 1})).spec is elsewhere


def test_the_words_of_older_graphql_are_understood() -> None:
    server = OlderServer()
    server.learn(
        exc.QueryError(
            "", errors=[{"message": 'Unknown argument "scriptCss" on field "create" of type "PageMutation".'}]
        )
    )
    fitted = server.fit(Operation(generated.PAGES_CREATE, {"path": "a", "scriptCss": "", "scriptJs": ""}))
    assert "scriptCss" not in fitted.spec.document
    assert "scriptJs: $scriptJs" in fitted.spec.document
    assert fitted.variables == {"path": "a", "scriptJs": ""}


def test_an_operation_with_its_only_argument_left_out_is_still_a_document() -> None:
    server = OlderServer()
    message = 'Unknown argument "enabledOnly" on field "AuthenticationQuery.activeStrategies".'
    server.learn(exc.QueryError("", errors=[{"message": message}]))
    fitted = server.fit(Operation(generated.AUTHENTICATION_ACTIVE_STRATEGIES, {}))
    assert "enabledOnly" not in fitted.spec.document
    parse(fitted.spec.document)


def test_what_is_no_json_is_left_to_who_reads_it(posing: Posing) -> None:
    _, wiki, wire = posing("2.4.75")
    wiki.groups.get(1)
    wire.handle_request = lambda request: httpx2.Response(200, html="<p>Busy</p>", request=request)  # type: ignore[method-assign]
    with pytest.raises(exc.EndpointError):
        wiki.groups.get(1)
