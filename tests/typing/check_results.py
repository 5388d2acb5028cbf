"""What mypy and pyright must infer. Checked, not run: `make check` does both."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, assert_type

from pydantic import BaseModel
from wikijs_generated import (
    AssetFolder,
    Comment,
    GroupSummary,
    LogLine,
    PageForEditor,
    PageSummary,
    PageWriteResult,
    ResponseStatus,
    ServerInfo,
    UserProfile,
    UserSummary,
)

from wikijs import UNSET, AsyncWikiJSClient, Identity, Operation, WikiJSClient, exceptions, models, ops, q
from wikijs import client as client_module
from wikijs.access import Decision, Target, read_moment
from wikijs.auth import APIKeyAuth, JWTAuth, PasswordAuth
from wikijs.models import (
    Asset,
    Group,
    MemberChange,
    MembersPlan,
    Page,
    PageHistoryEntry,
    PlacedComment,
    Tag,
    User,
)
from wikijs.people import ImportPlan, plan_import
from wikijs.reports import Report, dead_links, read_edits, read_wiki

NOW = datetime.now(UTC)


class Answer(BaseModel):
    """A result of a user's own."""

    title: str


def blocking(client: WikiJSClient) -> None:
    """Results of the blocking client."""
    assert_type(client.query(q.pages.list(order_by="UPDATED").select("id", "path")), list[dict[str, Any]])
    assert_type(client.query(q.authentication.api_state()), bool)
    q.pages.list().select("titel")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    q.pages.list(order_by="AGE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(client.execute(ops.pages_list()), list[PageSummary])
    assert_type(client.execute(ops.pages_single_for_editor(1)), PageForEditor)
    assert_type(client.execute(ops.users_profile()), UserProfile)
    assert_type(client.execute(ops.pages_delete(1)), ResponseStatus)
    assert_type(client.execute(ops.authentication_api_state()), bool)
    assert_type(client.system.info(), ServerInfo)
    assert_type(client.users.profile(), UserProfile)
    assert_type(client.pages.flush_cache(), ResponseStatus)
    assert_type(client.logging.live_trail(), Iterator[LogLine])
    assert_type(client.graphql("{__typename}"), dict[str, Any])
    assert_type(client.graphql("{__typename}", {"id": 1}, operation_name="A", result_type=None), dict[str, Any])
    assert_type(client.graphql("{__typename}", result_type=Answer), Answer)
    assert_type(client.whoami(), Identity)
    assert_type(client.url, str)
    assert_type(client.execute(ops.pages_list(), timeout=2.5), list[PageSummary])
    assert_type(client.graphql("{__typename}", timeout=2.5), dict[str, Any])
    assert_type(client.whoami(timeout=2.5), Identity)
    assert_type(client.query(q.authentication.api_state(), timeout=2.5), bool)
    assert_type(client.close(), None)
    with client as entered:
        assert_type(entered, WikiJSClient)


async def asynchronous(client: AsyncWikiJSClient) -> None:
    """The same results of the asynchronous client."""
    assert_type(await client.query(q.pages.single(1).select("tags.tag")), dict[str, Any])
    assert_type(await client.execute(ops.pages_list()), list[PageSummary])
    assert_type(await client.execute(ops.pages_single_for_editor(1)), PageForEditor)
    assert_type(await client.execute(ops.users_profile()), UserProfile)
    assert_type(await client.execute(ops.pages_delete(1)), ResponseStatus)
    assert_type(await client.execute(ops.authentication_api_state()), bool)
    assert_type(await client.system.info(), ServerInfo)
    assert_type(await client.users.profile(), UserProfile)
    assert_type(await client.pages.flush_cache(), ResponseStatus)
    assert_type(client.logging.live_trail(), AsyncIterator[LogLine])
    assert_type(await client.graphql("{__typename}"), dict[str, Any])
    assert_type(await client.graphql("{__typename}", {"id": 1}, operation_name="A", result_type=None), dict[str, Any])
    assert_type(await client.graphql("{__typename}", result_type=Answer), Answer)
    assert_type(await client.whoami(), Identity)
    assert_type(client.url, str)
    assert_type(await client.aclose(), None)
    async with client as entered:
        assert_type(entered, AsyncWikiJSClient)


def operations() -> None:
    """Operation values know their leaf."""
    assert_type(ops.pages_list(limit=5, tags=None), Operation[list[PageSummary]])
    assert_type(ops.pages_list(limit=UNSET), Operation[list[PageSummary]])
    assert_type(ops.users_list(), Operation[list[UserSummary]])
    assert_type(ops.groups_list(), Operation[list[GroupSummary]])
    assert_type(ops.assets_folders(0), Operation[list[AssetFolder]])
    assert_type(ops.comments_single(1), Operation[Comment])
    assert_type(ops.pages_check_conflicts(1, checkout_date=NOW), Operation[bool])
    assert_type(ops.logging_live_trail(), Operation[LogLine])
    result = ops.pages_convert(1, editor="code")
    assert_type(result, Operation[ResponseStatus])
    assert_type(result.spec.result, type[BaseModel])


def fields(page: PageSummary, editor: PageForEditor, written: PageWriteResult) -> None:
    """Fields have the corrected types, not those that the server's schema claims."""
    assert_type(page.id, int)
    assert_type(page.tags, list[str])
    assert_type(page.updated_at, datetime)
    assert_type(editor.content, str)
    assert_type(editor.publish_start_date, datetime | str | None)
    assert_type(written.response_result, ResponseStatus)


def credentials(key: str) -> list[WikiJSClient]:
    """What `auth=` takes."""
    return [
        WikiJSClient("https://wiki.example.com", key),
        WikiJSClient("https://wiki.example.com", auth=None),
        WikiJSClient("https://wiki.example.com", auth=APIKeyAuth(key)),
        WikiJSClient("https://wiki.example.com", auth=JWTAuth(key)),
        client_module.WikiJSClient(
            "https://wiki.example.com", auth=PasswordAuth("ada", "secret", totp=lambda: "123456")
        ),
    ]


def misuse(client: WikiJSClient) -> None:
    """What must not pass; a `type: ignore` that is not needed is itself an error."""
    client.execute("{__typename}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ops.pages_single("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ops.pages_list(5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.graphql("{__typename}", result_type=int)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportCallIssue]
    WikiJSClient("https://wiki.example.com", auth=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def promised(client: WikiJSClient) -> None:
    """The promised names, of the blocking client."""
    assert_type(client.pages.get_source("docs/intro"), models.PageSource)
    assert_type(client.pages.get("docs/intro"), Page)
    assert_type(client.pages.get_details("docs/intro"), models.PageDetails)
    assert_type(client.pages.get(5, locale="fr"), Page)
    assert_type(client.pages.copy("docs/intro", "docs/other", title="Other").title, str)
    assert_type(client.pages.append("docs/intro", "More.").content, str)
    assert_type(client.pages.plan_move("docs/intro", "help/intro"), models.PlannedMove)
    assert_type(client.pages.mend_links([client.pages.plan_move(1, "x")]).success[0].id, int)
    assert_type(client.pages.list(search="API", limit=10, offset=20), list[PageSummary])
    assert_type(client.users.get("a@b.c"), User)
    assert_type(client.users.list(limit=10, offset=0, filter="a"), list[UserSummary])
    assert_type(client.groups.get("Editors"), Group)
    assert_type(client.groups.list(limit=10, offset=0), list[GroupSummary])
    assert_type(client.groups.add_user("Editors", "a@b.c"), None)
    assert_type(client.groups.plan_members("Editors", [1]), MembersPlan)
    assert_type(client.groups.remove_users("Editors", [1]).success, list[int])
    assert_type(client.groups.set_members("Editors", [1]).success, list[MemberChange])
    assert_type(read_moment(client).can(2, "view", Target(path="home")), Decision)
    assert_type(dead_links(read_wiki(client)), Report)
    assert_type(read_edits(client, read_wiki(client)), Mapping[int, datetime])
    assert_type(plan_import(client, ()), ImportPlan)
    assert_type(client.users.iter_all(batch_size=50), Iterator[UserSummary])
    assert_type(client.groups.iter_all(batch_size=50), Iterator[GroupSummary])
    assert_type(client.assets.iter_all(batch_size=50, kind="image"), Iterator[Asset])
    assert_type(client.comments.iter_all("docs/intro", batch_size=50), Iterator[PlacedComment])
    assert_type(client.tags.iter_all(batch_size=50), Iterator[Tag])
    assert_type(client.pages.iter_history(5, batch_size=50), Iterator[PageHistoryEntry])
    assert_type(client.assets.upload(file_path="a.png", folder="/images", optimize=True), Asset)
    assert_type(client.assets.create_folder("New Folder", "/img"), models.AssetFolder)
    assert_type(client.assets.create_folder(0, slug="img"), ResponseStatus)
    assert_type(client.assets.move("/a.png", "/img"), Asset)
    assert_type(client.get_metrics().latency.p95, float)
    assert_type(client.get_metrics(reset=True).total_requests, int)
    assert_type(client.pages.create_many([{"title": "T", "path": "p", "content": "c"}]).errors[0].message, str)


async def promised_too(client: AsyncWikiJSClient) -> None:
    """The same of the asynchronous client."""
    assert_type(await client.pages.get("docs/intro"), Page)
    assert_type(await client.pages.get_details("docs/intro"), models.PageDetails)
    assert_type(await client.pages.plan_moved("docs", "help"), list[models.PlannedMove])
    assert_type(await client.pages.get_source("docs/intro"), models.PageSource)
    assert_type(await client.pages.list(search="API", limit=10, offset=20), list[PageSummary])
    assert_type(await client.users.get("a@b.c"), User)
    assert_type(await client.groups.get("Editors"), Group)
    assert_type(await client.groups.add_user("Editors", "a@b.c"), None)
    assert_type(client.users.iter_all(batch_size=50), AsyncIterator[UserSummary])
    assert_type(client.groups.iter_all(batch_size=50), AsyncIterator[GroupSummary])
    assert_type(client.assets.iter_all(batch_size=50), AsyncIterator[Asset])
    assert_type(client.comments.iter_all(folder="docs"), AsyncIterator[PlacedComment])
    assert_type(client.tags.iter_all(batch_size=50), AsyncIterator[Tag])
    assert_type(client.pages.iter_history("docs/intro"), AsyncIterator[PageHistoryEntry])
    assert_type(await client.assets.upload(file_path="a.png", optimize=True), Asset)
    assert_type(await client.assets.create_folder("New Folder"), models.AssetFolder)
    assert_type(await client.assets.move("/a.png", "/img"), Asset)
    assert_type(client.get_metrics().error_rate, float)


def failures(one: exceptions.FollowUpError, other: exceptions.ForeignReplyError) -> None:
    """Errors of what came after a write, and of an answer that belongs to another request."""
    assert_type(one.operation, str | None)
    assert_type(one.result, Any)
    assert_type(other.sent, bool)
