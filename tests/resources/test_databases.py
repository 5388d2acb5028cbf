"""Wikis on databases that take for one what people tell apart: MariaDB, and beside it PostgreSQL and SQLite.

On a real server these tests run as far as its database does what they are about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions
from wikijs.core.collation import folded
from wikijs.exceptions import NotFoundError, PageNotFoundError
from wikijs.resources.assets.models import Upload
from wikijs.sandbox import Sandbox

LIVE_URL = os.environ.get("WIKIJS_URL")
LIVE = [pytest.param("live", marks=pytest.mark.live)] if LIVE_URL else []


@dataclass
class Place:
    """A wiki, and a name that only this test uses; it holds no vowel, so that accents are the test's own."""

    client: WikiJSClient
    sandbox: Sandbox | None
    name: str = field(default_factory=lambda: "t" + "".join("bcdfghjklmnpqrst"[int(c, 16)] for c in uuid4().hex[:8]))

    def path(self, rest: str) -> str:
        """A path of this test."""
        return f"{self.name}/{rest}"


def places(database: str) -> Iterator[Place]:
    """A wiki on a database, or the real one."""
    if database == "live":
        assert LIVE_URL
        with WikiJSClient(LIVE_URL, os.environ["WIKIJS_API_KEY"]) as client:
            if client.system.info().db_type != "MariaDB":
                pytest.skip("this wiki's database tells texts apart")
            place = Place(client, None)
            yield place
            for page in client.pages.list(folder=place.name):
                client.pages.delete(page.id)
        return
    with Sandbox(database=database) as sandbox, sandbox.client() as client:
        yield Place(client, sandbox)


@pytest.fixture(params=["mariadb", *LIVE])
def folding(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A wiki on MariaDB."""
    yield from places(request.param)


@pytest.fixture(params=["postgres", "sqlite"])
def telling(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A wiki whose database tells texts apart."""
    yield from places(request.param)


@pytest.mark.parametrize(
    ("there", "asked"),
    [("cafe", "café"), ("cafe", "CAFE"), ("Straße", "strase"), ("🙂", "🚀"), ("délme", "delme")],
)
def test_a_page_that_the_database_takes_for_another_is_not_that_one(folding: Place, there: str, asked: str) -> None:
    pages = folding.client.pages
    page = pages.create(folding.path(there), title="There", content="its content")
    path = folding.path(asked)
    for find in (
        lambda: pages.get_by_path(path),
        lambda: pages.get_by_path(path, content=False),
        lambda: pages.get_many([path]),
        lambda: pages.get_many([page.id, path]),
        lambda: pages.find_ids([path]),
        lambda: pages.find_ids([path, folding.path(there)]),
    ):
        with pytest.raises(PageNotFoundError, match=f"There is no page en/{path}") as caught:
            find()
    with pytest.raises(PageNotFoundError) as caught:
        pages.get_by_path(path)
    assert f"There is en/{folding.path(there)} (id {page.id}), which the wiki's database takes for it" in str(
        caught.value
    )
    assert not pages.exists(path)
    assert pages.exists(folding.path(there))
    assert folding.client.comments.list(path) == []
    [missing] = pages.get_many([path], return_exceptions=True)
    assert isinstance(missing, PageNotFoundError)


@pytest.mark.parametrize("asked", ["café", "CAFE"])
def test_nothing_is_written_over_a_page_of_another_name(folding: Place, asked: str) -> None:
    pages = folding.client.pages
    page = pages.create(folding.path("cafe"), title="There", content="its content", tags=["kept"])
    words = rf"no room for a page en/{folding.path(asked)} beside en/{folding.path('cafe')} \(id {page.id}\)"
    with pytest.raises(exceptions.PageExistsError, match=words):
        pages.upsert(folding.path(asked), title="New", content="new")
    with pytest.raises(exceptions.PageExistsError, match=words):
        pages.create(folding.path(asked), title="New", content="new")
    result = pages.create_many([{"path": folding.path(asked), "title": "New", "content": "new"}])
    assert [type(error.exception) for error in result.errors] == [exceptions.PageExistsError]
    with pytest.raises(exceptions.PageExistsError, match="exists at the same path") as plain:
        pages.create(folding.path("cafe"), title="New", content="new")
    assert "takes them for one" not in str(plain.value)
    with pytest.raises(exceptions.PagePathCollisionError, match=r"takes them for one.*another path first"):
        pages.move(page.id, folding.path(asked))
    now = pages.get(page.id)
    assert (now.title, now.content, [tag.tag for tag in now.tags]) == ("There", "its content", ["kept"])


def test_a_move_onto_another_page_is_told_as_such(folding: Place) -> None:
    pages = folding.client.pages
    first = pages.create(folding.path("one"), title="1", content="x")
    pages.create(folding.path("zwei"), title="2", content="x")
    with pytest.raises(exceptions.PagePathCollisionError, match="already exists"):
        pages.move(first.id, folding.path("zwei"))
    with pytest.raises(exceptions.PagePathCollisionError, match=f"beside en/{folding.path('zwei')}"):
        pages.move(first.id, folding.path("ZWÉI"))


@pytest.mark.parametrize(("first", "second"), [("é", "e"), ("🙂", "🚀"), ("ete", "été")])
@pytest.mark.parametrize("before", [True, False], ids=["one is there", "both are new"])
def test_two_tags_that_are_one_to_the_database(folding: Place, first: str, second: str, *, before: bool) -> None:
    pages = folding.client.pages
    # Emoji are all one to it, so this name cannot tell the tests of a real wiki apart.
    one, two = (f"{folding.name}{tag}" for tag in (first, second))
    if before:
        pages.create(folding.path("old"), title="Old", content="x", tags=[one])
    with pytest.raises(exceptions.TagCollisionError) as caught:
        pages.create(folding.path("new"), title="New", content="new content", tags=["zz", one, two])
    error = caught.value
    assert set(error.tags) == {one, two}
    assert one in str(error)
    assert two in str(error)
    assert isinstance(error, exceptions.ConflictError)
    page = pages.get_by_path(folding.path("new"))
    assert page.id == error.page_id
    assert page.content == "new content"
    assert page.render
    kept = {tag.tag for tag in page.tags}
    assert kept - {one, two} == {"zz"}
    assert len(kept) == 2
    assert f"Page {page.id} was saved all the same" in str(error)


def test_an_update_with_such_a_tag_saves_the_rest(folding: Place) -> None:
    pages = folding.client.pages
    page = pages.create(folding.path("p"), title="T", content="old", tags=["aa", f"{folding.name}x"])
    with pytest.raises(exceptions.TagCollisionError) as caught:
        pages.update(page.id, content="changed", tags=["aa", f"{folding.name}x", f"{folding.name}ẍ"])
    assert caught.value.page_id == page.id
    now = pages.get(page.id)
    assert (now.content, sorted(tag.tag for tag in now.tags)) == ("changed", ["aa", f"{folding.name}x"])
    assert "changed" in (now.render or "")


def test_renaming_a_tag_onto_such_a_one_is_a_conflict(folding: Place) -> None:
    one, two = f"{folding.name}e", f"{folding.name}u"
    folding.client.pages.create(folding.path("p"), title="T", content="x", tags=[one, two])
    with pytest.raises(exceptions.ConflictError) as caught:
        folding.client.tags.rename(two, f"{folding.name}é")
    assert "Duplicate" not in str(caught.value)
    folding.client.tags.rename(one, f"{folding.name}é")
    assert f"{folding.name}é" in {tag.tag for tag in folding.client.tags.list()}


def test_a_folder_that_is_one_with_another_is_named(folding: Place) -> None:
    assets = folding.client.assets
    assets.ensure_folder(f"/{folding.name}/deep")
    with pytest.raises(exceptions.AssetFolderExistsError, match=rf"'deép' beside /{folding.name}/deep") as caught:
        assets.ensure_folder(f"/{folding.name}/deép")
    assert "ermission" not in str(caught.value)
    with pytest.raises(exceptions.AssetFolderExistsError):
        assets.upload(b"x", name="x.bin", folder=f"/{folding.name}/deép")
    with pytest.raises(NotFoundError):
        assets.list(f"/{folding.name}/deép")


def test_files_of_such_names_are_two(folding: Place) -> None:
    assets, folder = folding.client.assets, f"/{folding.name}"
    assets.upload(b"one", name="cafe.bin", folder=folder)
    assets.upload(b"three", name="café.bin", folder=folder)
    assert [(file.filename, file.file_size) for file in assets.list(folder)] == [("cafe.bin", 3), ("café.bin", 5)]
    assert assets.download(f"{folder}/café.bin") == b"three"


def test_an_upload_that_the_database_did_not_take_is_an_error(folding: Place) -> None:
    client, size = folding.client, 8 * 1024 * 1024
    before = client.site.get().upload_max_file_size
    client.site.update(upload_max_file_size=4 * size)
    try:
        with pytest.raises(
            exceptions.ServerError, match="its content is not there: it answers with HTTP 500"
        ) as caught:
            client.assets.upload(b"x" * size, name="large.bin", folder=f"/{folding.name}")
        assert "max_allowed_packet" in str(caught.value)
        small = client.assets.upload(b"small", name="other.bin", folder=f"/{folding.name}")
        with pytest.raises(exceptions.ServerError, match="answers with 5 bytes"):
            client.assets.upload(b"y" * size, name="other.bin", folder=f"/{folding.name}", overwrite=True)
        items = [Upload(b"z" * length, name=f"{length}.bin") for length in (7_000_000, size)]
        result = client.assets.upload_many(items, folder=f"/{folding.name}")
        assert [file.file_size for file in result.success] == [7_000_000]
        assert [type(error.exception) for error in result.errors] == [exceptions.ServerError]
        assert small.file_size == 5
    finally:
        client.site.update(upload_max_file_size=before)


def test_lists_have_one_order_and_links_are_there_once(folding: Place) -> None:
    check_lists(folding)


def test_so_they_have_on_other_databases(telling: Place) -> None:
    check_lists(telling)


def check_lists(place: Place) -> None:
    pages = place.client.pages
    for name, title in (("Zeta", "zeta"), ("alpha", "Alpha"), ("éta", "éta"), ("_x", "_x"), ("Beta", "Beta")):
        pages.create(place.path(name), title=title, content="x", tags=[f"{place.name}{t}" for t in ("z", "a", "m")])
    linked = f"[b](/en/{place.path('b')}) [a](/en/{place.path('alpha')}) [b](/en/{place.path('b')})"
    pages.create(place.path("links"), title="L", content=linked)
    by_path = [page.path for page in pages.list(folder=place.name, order_by="path")]
    assert by_path == sorted(by_path)
    by_title = [page.title or "" for page in pages.list(folder=place.name, order_by="title", descending=True)]
    assert by_title == sorted(by_title, reverse=True)
    tags = [f"{place.name}{letter}" for letter in "amz"]
    assert [page.tags for page in pages.list(folder=place.name)] == [*[tags] * 5, []]
    assert [tag.tag for tag in pages.get_by_path(place.path("alpha")).tags] == tags
    [page] = [page for page in pages.links() if page.path == place.path("links")]
    assert page.links == [f"en/{place.path('alpha')}", f"en/{place.path('b')}"]
    assert page.broken == [f"en/{place.path('b')}"]
    users = [user.id for user in place.client.users.list()]
    assert users == sorted(users)


def test_a_locale_in_capitals_is_another_one(folding: Place) -> None:
    pages = folding.client.pages
    page = pages.create(folding.path("one"), title="T", content="x")
    document = """mutation($p: String!) { pages { create(path: $p, locale: "EN", title: "T", content: "x", tags: [],
      description: "", editor: "markdown", isPublished: true, isPrivate: false) { page { id } } } }"""
    folding.client.graphql(document, {"p": folding.path("two")})  # the database finds "EN" among the locales
    assert {each.locale for each in pages.list(folder=folding.name)} == {"en", "EN"}
    assert [each.id for each in pages.list(locale="en", folder=folding.name)] == [page.id]
    assert folding.path("two") not in {each.path for each in pages.links(locale="en")}
    with pytest.raises(PageNotFoundError, match=f"There is no page en/{folding.path('two')}"):
        pages.get_by_path(folding.path("two"))


def test_comments_have_a_size_that_fits_everywhere(telling: Place) -> None:
    page = telling.client.pages.create(telling.path("p"), title="T", content="x")
    with pytest.raises(exceptions.CommentContentError, match="65535 bytes at most, and this one has 65536"):
        telling.client.comments.create(page.id, content="é" * 32_768)
    assert telling.client.comments.list(telling.path("p")) == []


def test_the_server_says_no_sql(folding: Place) -> None:
    client = folding.client
    page = client.pages.create(folding.path("p"), title="T", content="x")
    cases = [
        lambda: client.pages.create(folding.path("q"), title="T", content="x", editor="nonsense"),  # type: ignore[arg-type]
        lambda: client.pages.create(folding.path("q"), title="T", content="x", locale="xx"),
        lambda: client.graphql("{pages{list(limit:-1){id}}}"),
        lambda: client.comments.update(comment(client, page.id), content="a" * 65_535),
    ]
    for case in cases:
        with pytest.raises(exceptions.APIError) as caught:
            case()
        for word in ("foreign key", "insert into", "`", "column", "SQL syntax", "CONSTRAINT", "Data too long"):
            assert word not in str(caught.value)


def comment(client: WikiJSClient, page_id: int) -> int:
    return client.comments.create(page_id, content="hello").id


def test_the_server_names_its_database(folding: Place, telling: Place) -> None:
    assert folding.client.system.info().db_type == "MariaDB"
    assert telling.client.system.info().db_type in {"PostgreSQL", "SQLite"}


def test_the_search_engine_of_postgresql_takes_that_database(folding: Place) -> None:
    search = folding.client.search
    with pytest.raises(exceptions.SearchActivationError, match="Must use PostgreSQL"):
        search.update("postgres", enabled=True)
    assert [engine.key for engine in search.search_engines() if engine.is_enabled] == ["db"]


async def test_the_async_client_compares_too(folding: Place) -> None:
    if folding.sandbox is None:
        pytest.skip("shown with the sandbox")
    folding.client.pages.create(folding.path("cafe"), title="T", content="x")
    client: AsyncWikiJSClient
    async with folding.sandbox.async_client() as client:
        with pytest.raises(PageNotFoundError, match="takes for it"):
            await client.pages.get_by_path(folding.path("café"))
        assert not await client.pages.exists(folding.path("café"))


def test_the_guess_what_is_one_to_such_a_database() -> None:
    assert folded("Café") == folded("cafe")
    assert folded("🙂") == folded("🚀") != folded("x")
    assert folded("straße") == folded("Strase")
    assert folded("ø") != folded("o")


@pytest.mark.parametrize("database", ["postgres", "mariadb", "sqlite"])
def test_a_new_account_is_in_all_its_groups(database: str) -> None:
    """MariaDB and SQLite: the server makes the account, then finds out that it cannot put it into several at once."""
    with Sandbox(database=database) as sandbox, sandbox.client() as client:
        groups = [client.groups.create(name).id for name in ("One", "Two", "Three")]
        user = client.users.create("mia@example.com", name="Mia", password="Passw0rd!x", groups=groups)
        assert {group.id for group in user.groups} == set(groups)
        many = client.users.create_many(
            [{"email": "ben@example.com", "name": "Ben", "password": "Passw0rd!x", "groups": ["One", "Three"]}]
        )
        assert [{group.name for group in each.groups} for each in many.success] == [{"One", "Three"}]


@pytest.mark.parametrize("database", ["mariadb", "sqlite"])
def test_several_groups_are_refused_after_the_account_is_made(database: str) -> None:
    with Sandbox(database=database) as sandbox, sandbox.client() as client:
        groups = [client.groups.create(name).id for name in ("One", "Two")]
        document = (
            'mutation($groups: [Int]!) { users { create(email: "mia@example.com", name: "Mia",'
            ' passwordRaw: "Passw0rd!x", providerKey: "local", groups: $groups)'
            " { responseResult { succeeded message } } } }"
        )
        said = client.graphql(document, {"groups": groups})["users"]["create"]["responseResult"]
        assert said == {"succeeded": False, "message": "batch insert only works with Postgresql and SQL Server"}
        assert [user.email for user in client.users.search("mia@example.com")] == ["mia@example.com"]
