"""The names that the plan of this project prints, each typed as it is printed, with the clients of both colours."""
# Clients of both colours are called alike here, which no type says; tests/typing has the types.
# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportPrivateUsage=false

from __future__ import annotations

import asyncio
import io
import logging
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.either import Either

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.cache import MemoryCache
from wikijs.middleware import CircuitBreaker, RateLimiter, RetryStrategy
from wikijs.sandbox import Sandbox

KINDS = ("sync", "async")


def connected(sandbox: Sandbox, colour: str, runner: asyncio.Runner, **options: Any) -> Any:
    """A client of this colour; `options` are those of the client."""
    if colour == "sync":
        http = httpx2.Client(transport=sandbox.transport())
        return Either(WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, **options), runner)
    ahttp = httpx2.AsyncClient(transport=sandbox.transport())
    return Either(AsyncWikiJSClient(sandbox.url, sandbox.api_key, http_client=ahttp, **options), runner)


@pytest.fixture(scope="module")
def demo() -> Iterator[Sandbox]:
    """The demo wiki, for what only reads."""
    with Sandbox(seed="demo") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=KINDS)
def client(request: pytest.FixtureRequest, demo: Sandbox, runner: asyncio.Runner) -> Any:
    """A client of the demo wiki, which must not change it."""
    return connected(demo, request.param, runner)


@pytest.fixture(params=KINDS)
def writer(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Any]:
    """A client of a wiki of its own, empty."""
    with Sandbox() as sandbox:
        yield connected(sandbox, request.param, runner)


# ---- how a client is made


@pytest.mark.parametrize("kind", [WikiJSClient, AsyncWikiJSClient])
def test_a_client_takes_all_promised_arguments(kind: type[Any]) -> None:
    log = logging.getLogger("wikijs")
    before = log.level
    try:
        client = kind(
            "https://wiki.example.com",
            None,
            retry_strategy=RetryStrategy(max_retries=2),
            circuit_breaker=CircuitBreaker(),
            rate_limiter=RateLimiter(default_rps=10, endpoint_limits={"/graphql": 5, "/assets": 2}),
            cache=MemoryCache(),
            log_level=logging.DEBUG,
            locale="fr",
        )
        assert log.level == logging.DEBUG
        assert client.circuit_breaker.stats().state == "closed"
        kind("https://wiki.example.com", log_level="info")
        assert log.level == logging.INFO
    finally:
        log.setLevel(before)


@pytest.mark.parametrize("kind", [WikiJSClient, AsyncWikiJSClient])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"retry": False, "retry_strategy": True}, "two names of one setting: give one of them"),
        ({"rate_limiter": False, "rate_limit": 5.0}, "give them, or rate_limiter, but not both"),
        ({"rate_limit": 0}, "rate_limit is more than 0 requests per second, not 0"),
        ({"rate_limit": 5, "rate_limit_timeout": -1}, "rate_limit_timeout cannot be -1 seconds"),
        ({"log_level": "loud"}, "There is no log level 'loud'"),
        ({"log_level": 1.5}, "There is no log level 1.5"),
        ({"locale": "french"}, "'french' is no code of a locale"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(kind: type[Any], options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(exc.ConfigurationError, match=sentence):
        kind("https://wiki.example.com", **options)


@pytest.mark.parametrize("colour", KINDS)
def test_a_retry_strategy_is_used(demo: Sandbox, runner: asyncio.Runner, colour: str) -> None:
    client = connected(demo, colour, runner, retry_strategy=False)
    assert client._target._policy.retry is None
    assert connected(demo, colour, runner)._target._policy.retry.max_retries == 3


@pytest.mark.parametrize("colour", KINDS)
def test_a_rate_is_kept_and_waiting_has_an_end(demo: Sandbox, runner: asyncio.Runner, colour: str) -> None:
    client = connected(demo, colour, runner, rate_limit=0.1, rate_limit_timeout=0)
    client.pages.list()
    with pytest.raises(exc.RateLimitExceeded, match="There is room again in"):
        client.pages.list()
    patient = connected(demo, colour, runner, rate_limit=10, rate_limit_timeout=60)
    for _ in range(11):
        patient.groups.list()
    assert patient.get_metrics().counters["limit_waits"] <= 1  # a slow machine waits for nothing
    only_the_servers = connected(demo, colour, runner, rate_limit_timeout=3)
    only_the_servers.groups.list()


def test_logging_goes_to_stderr_where_nobody_listens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("wikijs")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "propagate", False)
    before = log.level
    try:
        WikiJSClient("https://wiki.example.com", log_level=logging.INFO).close()
        log.info("something happened")
        log.debug("nothing much")
    finally:
        log.setLevel(before)
    assert capsys.readouterr().err.endswith("INFO wikijs: something happened\n")


# ---- figures


def test_metrics_count_requests_and_errors(client: Any) -> None:
    client.pages.get(1)
    with pytest.raises(exc.PageNotFoundError):
        client.pages.get(999_999)
    metrics = client.get_metrics()
    assert (metrics.total_requests, metrics.total_errors, metrics.error_rate) == (2, 1, 50.0)
    assert 0 < metrics.latency.min <= metrics.latency.p50 <= metrics.latency.p95 <= metrics.latency.max
    assert metrics["counters"]["requests.pages.single"] == 2
    client.reset_metrics()
    assert client.get_metrics()["total_requests"] == 0


def test_the_circuit_breaker_says_what_it_saw(demo: Sandbox, runner: asyncio.Runner) -> None:
    for colour in KINDS:
        client = connected(demo, colour, runner, circuit_breaker=CircuitBreaker())
        client.pages.list()
        stats = client.circuit_breaker.stats()
        assert (stats.state, stats.failure_count, stats.success_count) == ("closed", 0, 1)
        assert stats.last_failure_time is None


# ---- an id or a name


def test_pages_are_read_by_id_or_path(client: Any) -> None:
    page = client.pages.get("handbook")
    assert client.pages.get(page.id).path == "handbook"
    assert client.pages.get("/en/handbook").id == page.id
    assert client.pages.get("handbook", content=False).title == page.title
    assert [each.id for each in client.pages.get_many([page.id, "handbook"])] == [page.id] * 2
    assert client.pages.history("handbook") == client.pages.history(page.id)


def test_users_and_groups_are_read_by_id_or_name(client: Any) -> None:
    someone = client.users.list()[-1]
    assert client.users.get(someone.email.upper()).id == someone.id
    group = client.groups.get("Editors")
    assert client.groups.get(group.id).name == "Editors"
    assert client.groups.list_members("Editors") == client.groups.list_members(group.id)
    assert client.groups.rules("Editors") == client.groups.rules(group.id)
    assert [each.id for each in client.users.get_many([someone.id, someone.email])] == [someone.id] * 2
    [missing, there] = client.groups.get_many(["Nobody", "Editors"], return_exceptions=True)
    assert isinstance(missing, exc.GroupNotFoundError)
    assert there.id == group.id


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda client: client.pages.get(5.0),
            "A page is named by its id, a number, or by its path, a text, not by 5.0",
        ),
        (lambda client: client.pages.get(None), "or by its path, a text, not by None"),
        (lambda client: client.pages.get(True), "not by True"),
        (lambda client: client.pages.update([1], title="x"), "A page is named by its id"),
        (lambda client: client.pages.delete({}), "A page is named by its id"),
        (lambda client: client.pages.get(2**40), "larger than any id can be"),
        (lambda client: client.users.get(b"a@b.c"), "A user is named by its id, a number, or by the e-mail address"),
        (lambda client: client.groups.get(1.5), "A group is named by its id, a number, or by its name"),
        (lambda client: client.groups.add_user(None, 1), "A group is named by its id"),
        (lambda client: client.comments.get("5"), "A comment is named by its id, a number, not by '5'"),
        (lambda client: client.comments.list(None), "A page is named by its id"),
        (lambda client: client.api_keys.get(None), "An API key is named by its id"),
        (lambda client: client.pages.list(limit=-1), "The limit cannot be -1"),
        (lambda client: client.users.list(limit="5"), "The limit cannot be '5'"),
        (lambda client: client.groups.list(offset=-1), "The offset cannot be -1"),
        (lambda client: client.assets.list(kind="movie"), "There is no kind 'movie' of files"),
    ],
)
def test_a_wrong_type_is_one_clear_sentence(client: Any, call: Any, sentence: str) -> None:
    with pytest.raises(exc.ValidationError, match=sentence):
        call(client)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda client: client.users.get("nobody@example.com"), exc.UserNotFoundError, "no user 'nobody@example.com'"),
        (lambda client: client.groups.get("Nobody"), exc.GroupNotFoundError, "There is no group 'Nobody'"),
        (lambda client: client.pages.get("nowhere/page"), exc.PageNotFoundError, "There is no page en/nowhere/page"),
        (
            lambda client: client.pages.update("nowhere/page", title="x"),
            exc.PageNotFoundError,
            "no page en/nowhere/page",
        ),
        (lambda client: client.api_keys.get("nothing"), exc.ApiKeyNotFoundError, "There is no API key 'nothing'"),
        (lambda client: client.comments.list(999_999), exc.PageNotFoundError, "There is no page 999999"),
        (lambda client: client.comments.iter_all(999_999), exc.PageNotFoundError, "There is no page 999999"),
    ],
)
def test_a_name_that_is_not_there_is_said_so(client: Any, call: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        call(client)


def test_writes_take_names_too(writer: Any) -> None:
    page = writer.pages.create(title="One", path="docs/one", content="# One")
    assert writer.pages.update("docs/one", title="Two").title == "Two"
    assert writer.pages.move("docs/one", "docs/two").path == "docs/two"
    assert writer.pages.update_many([{"id": "docs/two", "title": "Three"}]).success[0].title == "Three"
    assert writer.tags.add(["docs/two"], ["howto"]).success[0].id == page.id
    assert writer.tags.remove(["docs/two"], ["howto"]).success[0].id == page.id
    assert writer.pages.render_many(["docs/two"]).success == [page.id]
    assert writer.pages.convert("docs/two", editor="ckeditor").editor == "ckeditor"
    assert writer.pages.convert_many(["docs/two"], editor="markdown").success[0].id == page.id
    writer.pages.render("docs/two")
    [newest, *_] = writer.pages.iter_history("docs/two", batch_size=1)
    assert writer.pages.version("docs/two", newest.version_id).page_id == page.id
    assert isinstance(writer.pages.diff("docs/two", newest.version_id), str)
    assert writer.pages.restore("docs/two", newest.version_id).id == page.id
    comment = writer.comments.create("docs/two", content="Well done")
    assert [each.id for each in writer.comments.list("docs/two")] == [comment.id]
    assert [each.id for each in writer.comments.list(page.id, limit=1)] == [comment.id]
    assert writer.comments.list(page.id, offset=1) == []
    assert writer.pages.delete_many(["docs/two"]).success == [page.id]


def test_people_are_written_by_name(writer: Any) -> None:
    user = writer.users.create("ann@example.com", name="Ann", password="correct horse")
    group = writer.groups.create("Authors")
    writer.groups.add_user("Authors", "ann@example.com")
    assert [each.id for each in writer.groups.list_members("Authors")] == [user.id]
    with pytest.raises(exc.MembershipError):
        writer.groups.add_user(group.id, user.id)
    writer.groups.remove_user("Authors", "ann@example.com")
    assert writer.groups.add_users("Authors", ["ann@example.com", "nobody@example.com"]).success == [user.id]
    assert writer.users.update("ann@example.com", name="Ann Lee").name == "Ann Lee"
    assert writer.users.update_many([{"id": "ann@example.com", "location": "Oslo"}]).success[0].location == "Oslo"
    writer.users.deactivate("ann@example.com")
    writer.users.activate("ann@example.com")
    assert writer.groups.update("Authors", redirect_on_login="/x").redirect_on_login == "/x"
    assert writer.groups.set_permissions("Authors", ["read:pages"]).permissions == ["read:pages"]
    assert writer.groups.set_rules("Authors", []).page_rules == []
    assert writer.groups.update_many([{"id": "Authors", "name": "Writers"}]).success[0].name == "Writers"
    with pytest.raises(exc.ValidationError, match="must go to somebody else"):
        writer.users.delete("ann@example.com", replace_with=user.id)
    assert writer.users.delete_many(["ann@example.com"], replace_with="admin@example.com").success == [user.id]
    assert writer.groups.delete_many(["Writers"]).success == [group.id]


def test_groups_of_one_name_are_not_confused(writer: Any) -> None:
    writer.groups.create("Twins")
    writer.groups.create("Twins")
    with pytest.raises(exc.ConflictError, match="2 groups have the name 'Twins'"):
        writer.groups.get("Twins")


def test_api_keys_are_found_by_name(writer: Any) -> None:
    made = writer.api_keys.create("deploy", full_access=True)
    assert writer.api_keys.get("deploy").id == made.id
    writer.api_keys.revoke("deploy")
    again = writer.api_keys.create("deploy", full_access=True)
    assert writer.api_keys.get("deploy").id == again.id  # the one that works
    writer.api_keys.create("deploy", full_access=True)
    with pytest.raises(exc.ConflictError, match="2 API keys have the name 'deploy'"):
        writer.api_keys.get("deploy")
    assert [key.name for key in writer.api_keys.iter_all(batch_size=2, search="DEP")] == ["deploy"] * 3
    assert [key.id for key in writer.api_keys.list(search="deploy", limit=1, offset=1)] == [again.id]


def test_bulk_work_takes_plain_dictionaries_and_says_what_failed(writer: Any) -> None:
    result = writer.pages.create_many(
        [
            {"title": "One", "path": "docs/one", "content": "# One"},
            {"title": "Bad", "path": "docs/b d", "content": "# Bad"},
        ]
    )
    [error] = result.errors
    assert [page.path for page in result.success] == ["docs/one"]
    assert (error.index, error.message) == (1, error.exception.message)
    assert "holds a space" in error.message
    assert "no page 999999" in writer.pages.delete_many([999_999]).errors[0].message
    assert writer.users.create_many([{"email": "x", "name": "X", "password": "secret1"}]).errors[0].message
    assert writer.groups.update_many([{"id": "Nobody", "name": "x"}]).errors[0].message
    assert writer.assets.upload_many([b""]).errors[0].message


# ---- parts of lists, and all of them


def pieces(listed: Any, **options: Any) -> list[list[int]]:
    """A list in parts of three, until there is none left."""
    found: list[list[int]] = []
    while part := [each.id for each in listed(limit=3, offset=3 * len(found), **options)]:
        found.append(part)
    return found


@pytest.mark.parametrize("name", ["pages", "users", "groups", "tags", "api_keys"])
def test_parts_of_a_list_make_the_whole(client: Any, name: str) -> None:
    namespace = getattr(client, name)
    whole = [each.id for each in namespace.list()]
    parts = pieces(namespace.list)
    assert [each for part in parts for each in part] == whole
    assert all(len(part) == 3 for part in parts[:-1])
    assert namespace.list(limit=0) == []
    assert namespace.list(offset=len(whole)) == []


@pytest.mark.parametrize("order_by", ["path", "title", "created", "updated"])
def test_parts_are_stable_whatever_they_are_sorted_by(writer: Any, order_by: str) -> None:
    result = writer.pages.create_many(
        [{"path": f"docs/{number}a", "title": "Same", "content": "x"} for number in (3, 1, 2, 5)]
    )
    assert not result.errors
    for descending in (False, True):
        options = {"order_by": order_by, "descending": descending}
        whole = [page.id for page in writer.pages.list(**options)]
        assert [each for part in pieces(writer.pages.list, **options) for each in part] == whole
    if order_by == "title":
        assert whole == sorted(whole)


def test_lists_are_searched(client: Any) -> None:
    found = client.pages.list(search="HANDBOOK")
    assert found
    assert all("handbook" in f"{page.path} {page.title} {page.description}".lower() for page in found)
    assert client.pages.list(search="no such text anywhere") == []
    someone = client.users.list()[-1]
    assert [user.id for user in client.users.list(filter=someone.email)] == [someone.id]
    assert client.users.list(filter=someone.email, search="nobody at all") == []
    assert [group.name for group in client.groups.list(filter="edit")] == ["Editors"]
    tag = client.tags.list()[0]
    assert tag in client.tags.list(search=tag.tag.upper())


@pytest.mark.parametrize("name", ["pages", "users", "groups", "tags", "api_keys"])
def test_iterating_hands_out_all_of_them(client: Any, name: str) -> None:
    namespace = getattr(client, name)
    assert namespace.iter_all(batch_size=2) == namespace.list()
    with pytest.raises(exc.ConfigurationError, match="batch_size is 0"):
        namespace.iter_all(batch_size=0)


def test_comments_of_a_page_a_folder_or_the_wiki(client: Any) -> None:
    everything = client.comments.iter_all(batch_size=5)
    assert everything
    path, locale = everything[0].path, everything[0].locale
    of_page = client.comments.iter_all(f"/{locale}/{path}")
    assert [comment.id for comment in of_page] == [each.id for each in client.comments.list(path, locale=locale)]
    assert of_page == [comment for comment in everything if (comment.path, comment.locale) == (path, locale)]
    top = path.partition("/")[0]
    of_folder = client.comments.iter_all(folder=top, locale=locale)
    assert {comment.id for comment in of_page} <= {comment.id for comment in of_folder}
    assert all(comment.page_id and comment.content for comment in everything)


def test_history_in_batches(client: Any) -> None:
    whole = client.pages.history(1)
    assert client.pages.history(1, batch_size=1) == client.pages.iter_history(1, batch_size=1) == whole
    with pytest.raises(exc.ConfigurationError, match="batch_size is 0"):
        client.pages.history(1, batch_size=0)


# ---- files


def png(pixels: int = 64, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that nobody has packed well, with these chunks before its pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\x00" + bytes((x * y) % 251 for x in range(3 * pixels)) for y in range(pixels))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", pixels, pixels, 8, 2, 0, 0, 0)),
        *chunks,
        (b"IDAT", zlib.compress(rows, 0)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_a_file_is_uploaded_by_its_path_and_made_smaller(writer: Any, tmp_path: Path) -> None:
    from PIL import Image

    original = png(64, (b"tEXt", b"Comment\x00kept"))
    photo = tmp_path / "photo.png"
    photo.write_bytes(original)
    asset = writer.assets.upload(file_path=str(photo), folder="/images", optimize=True)
    stored = writer.assets.download(asset)
    assert asset.path == "/images/photo.png"
    assert asset.file_size == len(stored) < len(original)
    assert b"Comment\x00kept" in stored
    with Image.open(io.BytesIO(stored)) as new, Image.open(io.BytesIO(original)) as old:
        assert new.tobytes() == old.tobytes()
    plain = writer.assets.upload(photo, folder="/plain")
    assert writer.assets.download(plain) == original


def test_an_upload_takes_one_source(writer: Any, tmp_path: Path) -> None:
    for arguments in ({}, {"source": b"x", "file_path": str(tmp_path / "x.txt")}):
        with pytest.raises(exc.ValidationError, match="An upload takes one source"):
            writer.assets.upload(**arguments)


def test_without_pillow_it_says_what_to_install(writer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    for upload in (
        lambda: writer.assets.upload(b"x", name="x.pdf", optimize=True),
        lambda: writer.assets.upload_many([b"x"], optimize=True),
    ):
        with pytest.raises(exc.ConfigurationError, match=r'Pillow: pip install "py-wikijs\[images\]"'):
            upload()
    assert writer.assets.list() == []


def test_what_is_no_image_is_uploaded_as_it_is(writer: Any) -> None:
    for name, content in {
        "broken.png": b"\x89PNG\r\n\x1a\nbroken",
        "text.jpg": b"\xff\xd8 no",
        "a.pdf": b"%PDF",
    }.items():
        asset = writer.assets.upload(content, name=name, optimize=True)
        assert writer.assets.download(asset) == content
    done = writer.assets.upload_many([io.BytesIO(png())], optimize=True)
    assert done.errors[0].message.startswith("The content to upload has no name")


def test_folders_are_created_by_name(writer: Any) -> None:
    assert writer.assets.create_folder("New Folder").path == "/new folder"
    assert writer.assets.create_folder("deep", "/new folder").path == "/new folder/deep"
    assert writer.assets.create_folder(name="deeper", parent="/new folder/deep").path == "/new folder/deep/deeper"
    by_id = writer.assets.create_folder("beside", parent=0)
    assert by_id.path == "/beside"
    with pytest.raises(exc.AssetFolderExistsError):
        writer.assets.create_folder("new folder")
    with pytest.raises(exc.NotFoundError, match="no asset folder /nowhere"):
        writer.assets.create_folder("x", parent="/nowhere")
    with pytest.raises(exc.AssetNameInvalidError, match="has no slash"):
        writer.assets.create_folder("a/b")
    for arguments in ({}, {"name": 5}, {"name": "x", "slug": "x"}, {"parent_folder_id": 0}):
        with pytest.raises(exc.ValidationError, match="created by its name and the folder above"):
            writer.assets.create_folder(**arguments)


def test_the_older_form_of_creating_folders_works(writer: Any) -> None:
    assert writer.assets.create_folder(0, slug="one").succeeded
    assert writer.assets.create_folder(parent_folder_id=0, slug="two").succeeded
    assert [folder.path for folder in writer.assets.folders()] == ["/one", "/two"]


def test_files_of_all_folders_are_iterated_over(writer: Any) -> None:
    for folder in ("/", "/img2", "/img1/deep", "/img1"):
        writer.assets.upload(png(4), name="x.png", folder=folder)
    writer.assets.upload(b"%PDF", name="y.pdf", folder="/img1")
    paths = [asset.path for asset in writer.assets.iter_all(batch_size=1)]
    assert paths == ["/x.png", "/img1/x.png", "/img1/y.pdf", "/img2/x.png", "/img1/deep/x.png"]
    images = writer.assets.iter_all(folder="/img1", kind="image")
    assert [asset.path for asset in images] == ["/img1/x.png", "/img1/deep/x.png"]
    assert [asset.path for asset in writer.assets.list(folder="/img1", kind="Binary")] == ["/img1/y.pdf"]
    assert [asset.path for asset in writer.assets.list("/img1", limit=1, offset=1)] == ["/img1/y.pdf"]
    assert len(writer.assets.list(recursive=True, kind="ALL")) == 5


def test_a_file_moves_to_another_folder(writer: Any) -> None:
    content = png(8)
    asset = writer.assets.upload(content, name="a.png", folder="/old")
    moved = writer.assets.move(asset, "/new/deep")
    assert (moved.path, moved.mime) == ("/new/deep/a.png", asset.mime)
    assert writer.assets.download(moved) == content
    with pytest.raises(exc.AssetNotFoundError):
        writer.assets.get("/old/a.png")
    assert writer.assets.move(moved, "/new/deep/").id == moved.id  # it is there already
    spaced = writer.assets.rename(moved, "b c.png")
    assert writer.assets.move(spaced.path, "/").path == "/b c.png"


def test_a_move_overwrites_nothing(writer: Any) -> None:
    one = writer.assets.upload(png(4), name="a.png", folder="/one")
    writer.assets.upload(png(5), name="a.png", folder="/two")
    with pytest.raises(exc.AssetExistsError):
        writer.assets.move(one, "/two")
    with pytest.raises(exc.NotFoundError):
        writer.assets.move(one, "/three", create_folders=False)
    with pytest.raises(exc.AssetNameInvalidError):
        writer.assets.move(one, "/en")
    assert writer.assets.download(one) == png(4)
