"""Every job with a journal, ended at each of its requests: before the server has it, and after the server has acted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import httpx2
import pytest

from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.jobs.results import BatchResult
from wikijs.permissions import PageRule
from wikijs.resources.assets.models import Upload
from wikijs.sandbox import Sandbox

ROOT: Final = 1
PASSWORD: Final = "correct horse battery"


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it."""


@dataclass
class Line(httpx2.BaseTransport):
    """The way to a sandbox, on which the process ends at a certain request."""

    sandbox: Sandbox
    fatal: int = 0
    when: Literal["before", "after"] = "before"
    requests: int = 0
    writes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._inner = self.sandbox.transport()
        self.key = self.sandbox.api_key

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        if self.requests == self.fatal and self.when == "before":
            raise KilledError
        content = request.read()
        answer = self._inner.handle_request(request)
        if request.url.path == "/u" or b'"query":"mutation' in content:
            self.writes["upload" if request.url.path == "/u" else json.loads(content)["operationName"]] += 1
        if self.requests == self.fatal and self.when == "after":
            raise KilledError
        return answer


@contextmanager
def a_client(line: Line) -> Iterator[WikiJSClient]:
    url = line.sandbox.url
    with httpx2.Client(transport=line) as http, WikiJSClient(url, line.key, http_client=http, retry=False) as client:
        client._policy.settle_waits = (0.0,)
        yield client


@dataclass(frozen=True)
class JobCase:
    """A job: what it needs, the call, what the wiki holds that the job changes, and writes that repeat nothing."""

    prepare: Callable[[WikiJSClient], Any]
    run: Callable[[WikiJSClient, Any, Path | None], BatchResult[Any, Any]]
    state: Callable[[WikiJSClient], Any]


# Users


def users(count: int) -> list[Any]:
    names = [f"user{number}" for number in range(count)]
    return [
        {"email": f"{name}@example.com", "name": name, "password": f"{PASSWORD} {name}", "groups": [ROOT]}
        for name in names
    ]


def accounts(client: WikiJSClient) -> Any:
    found = [client.users.get(user.id) for user in client.users.list() if user.email.endswith("example.com")]
    return sorted((user.email, user.name, user.location, [group.id for group in user.groups]) for user in found)


def made_users(client: WikiJSClient) -> list[int]:
    return [user.id for user in client.users.create_many(users(2)).success]


# Groups


def groups(names: str) -> list[Any]:
    rule = PageRule(roles=["read:pages"], path="docs")
    plain: list[Any] = [{"name": name} for name in names]
    plain[0] |= {"permissions": ["read:pages"], "rules": [rule], "redirect_on_login": "/docs"}
    return plain


def all_groups(client: WikiJSClient) -> Any:
    found = [client.groups.get(group.id) for group in client.groups.list() if not group.is_system]
    return sorted(
        (
            group.name,
            group.redirect_on_login,
            group.permissions,
            [(rule.path, rule.roles) for rule in group.page_rules],
            [user.email for user in group.users],
        )
        for group in found
    )


def made_groups(client: WikiJSClient) -> list[int]:
    return [group.id for group in client.groups.create_many(groups("AB")).success]


def with_members(client: WikiJSClient) -> tuple[int, list[int]]:
    group, members = made_groups(client)[0], made_users(client)
    client.groups.add_users(group, members)
    return group, members


# Files


def uploads() -> list[Any]:
    return [Upload(b"x" * size, folder=f"/img{size % 2}", name=f"f{size}.png") for size in (1, 2, 3)]


def files(client: WikiJSClient) -> Any:
    return sorted((file.path, file.file_size) for file in client.assets.list("/", recursive=True))


def made_files(client: WikiJSClient) -> list[Any]:
    made = client.assets.upload_many(uploads()).success
    return [made[0], made[1].path, made[2].id]


# Pages


def tree(client: WikiJSClient) -> None:
    for path in ("docs", "docs/a", "docs/b/c", "other"):
        client.pages.create(path, title=path, content=f"# {path}", tags=["old", "kept"] if path != "other" else ["new"])


def pages(client: WikiJSClient) -> Any:
    return sorted((page.path, page.title, page.tags) for page in client.pages.list())


CASES: Final[dict[str, JobCase]] = {
    "users.create_many": JobCase(
        lambda _: users(3), lambda client, given, path: client.users.create_many(given, journal=path), accounts
    ),
    "users.update_many": JobCase(
        made_users,
        lambda client, ids, path: client.users.update_many(
            [{"id": each, "location": f"Room {each}", "password": f"{PASSWORD} new"} for each in ids], journal=path
        ),
        accounts,
    ),
    "users.delete_many": JobCase(
        made_users,
        lambda client, ids, path: client.users.delete_many(ids, replace_with=ROOT, journal=path),
        accounts,
    ),
    "groups.create_many": JobCase(
        lambda _: groups("ABC"), lambda client, given, path: client.groups.create_many(given, journal=path), all_groups
    ),
    "groups.update_many": JobCase(
        made_groups,
        lambda client, ids, path: client.groups.update_many(
            [{"id": each, "redirect_on_login": "/new", "permissions": ["read:pages"]} for each in ids], journal=path
        ),
        all_groups,
    ),
    "groups.delete_many": JobCase(
        made_groups, lambda client, ids, path: client.groups.delete_many(ids, journal=path), all_groups
    ),
    "groups.add_users": JobCase(
        lambda client: (made_groups(client)[0], made_users(client)),
        lambda client, given, path: client.groups.add_users(*given, journal=path),
        all_groups,
    ),
    "groups.remove_users": JobCase(
        with_members,
        lambda client, given, path: client.groups.remove_users(*given, journal=path),
        all_groups,
    ),
    "groups.set_members": JobCase(
        with_members,
        lambda client, given, path: client.groups.set_members(given[0], [ROOT, *given[1][:1]], journal=path),
        all_groups,
    ),
    "assets.upload_many": JobCase(
        lambda _: uploads(), lambda client, given, path: client.assets.upload_many(given, journal=path), files
    ),
    "assets.delete_many": JobCase(
        made_files, lambda client, given, path: client.assets.delete_many(given, journal=path), files
    ),
    "pages.move_tree": JobCase(
        tree, lambda client, _, path: client.pages.move_tree("docs", "docs/deep", journal=path), pages
    ),
    "tags.add": JobCase(tree, lambda client, _, path: client.tags.add([1, 2, 4], ["more"], journal=path), pages),
    "tags.remove": JobCase(tree, lambda client, _, path: client.tags.remove([1, 2], ["old"], journal=path), pages),
    "tags.merge": JobCase(tree, lambda client, _, path: client.tags.merge(["old"], "new", journal=path), pages),
}


def outcome(case: JobCase) -> tuple[Any, int, Counter[str]]:
    """What the job does when nothing ends it, in how many requests, and with which writes."""
    with Sandbox() as sandbox:
        line = Line(sandbox)
        with a_client(line) as client:
            given = case.prepare(client)
            begun, line.writes = line.requests, Counter()
            assert not case.run(client, given, None).errors
            writes, requests = line.writes, line.requests - begun
            return case.state(client), requests + 2, writes


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_job_that_is_ended_at_any_request_ends_as_if_it_had_not_been(
    name: str, when: Literal["before", "after"], tmp_path: Path
) -> None:
    case = CASES[name]
    wanted, requests, writes = outcome(case)
    ended = 0
    for fatal in range(1, requests + 1):
        path = tmp_path / f"{fatal}.jsonl"
        with Sandbox() as sandbox:
            line = Line(sandbox)
            with a_client(line) as client:
                given = case.prepare(client)
                line.writes.clear()
                line.fatal, line.when = line.requests + fatal, when
                try:
                    case.run(client, given, path)
                except KilledError:
                    ended += 1
            line.fatal = 0
            with a_client(line) as client:
                result = case.run(client, given, path)
                again = case.run(client, given, path)
                assert not result.errors, (fatal, result.errors)
                assert not again.errors
                assert len(again.success) == len(result.success)
                assert case.state(client) == wanted, fatal
        # What cannot be read back is sent once more, and is the same when done twice: a password, a file to delete.
        repeatable = {"UsersUpdate", "GroupsUpdate", "AssetsDeleteAsset"}
        more = line.writes - writes
        assert not set(more) - repeatable, fatal
        assert sum(more.values()) <= 1, fatal
        assert PASSWORD not in path.read_text()
        assert line.key not in path.read_text()
    assert ended >= requests - 3


def test_groups_of_one_name_are_refused_where_a_journal_could_not_tell_them_apart(tmp_path: Path) -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        with pytest.raises(exc.ValidationError, match="Two groups have the name 'A'"):
            client.groups.create_many(groups("AA"), journal=tmp_path / "job")
        assert not all_groups(client)


def test_a_new_user_who_is_not_in_all_groups_yet_is_put_into_them(tmp_path: Path) -> None:
    """The server does it one by one after the account is there, and may be restarted meanwhile."""
    path = tmp_path / "job"
    with Sandbox() as sandbox, sandbox.client() as client:
        client._policy.settle_waits = (0.0,)
        user = client.users.create_many(users(1), journal=path).success[0]
        client.execute(ops.users_update(user.id, groups=[]))
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
        assert [group.id for group in client.users.create_many(users(1), journal=path).success[0].groups] == [ROOT]


def test_another_password_is_another_job(tmp_path: Path) -> None:
    """A user who is done would keep the first one unnoticed; a finished journal gives way to the job, which tells."""
    with Sandbox() as sandbox, sandbox.client() as client:
        client.users.create_many(users(1), journal=tmp_path / "job")
        changed = [users(1)[0] | {"password": "another one"}]
        second = client.users.create_many(changed, journal=tmp_path / "job")
        assert [type(error.exception) for error in second.errors] == [exc.AccountExistsError]


def test_a_mail_that_could_not_be_sent_leaves_a_user_who_is_found(tmp_path: Path) -> None:
    given = [users(1)[0] | {"send_welcome_email": True}]
    with Sandbox() as sandbox, sandbox.client() as client:
        client._policy.settle_waits = (0.0,)
        first = client.users.create_many(given, journal=tmp_path / "job")
        assert [type(error.exception) for error in first.errors] == [exc.MailNotConfiguredError]
        assert len(client.users.create_many(given, journal=tmp_path / "job")) == 1


def test_a_file_of_another_content_is_another_job(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    with Sandbox() as sandbox, sandbox.client() as client:
        source.write_bytes(b"123")
        client.assets.upload_many([source], journal=tmp_path / "job")
        source.write_bytes(b"321")
        second = client.assets.upload_many([source], journal=tmp_path / "job")
        assert [type(error.exception) for error in second.errors] == [exc.AssetExistsError]


def test_a_file_that_was_there_before_is_not_taken_for_the_one_under_way(tmp_path: Path) -> None:
    path, line = tmp_path / "job", None
    with Sandbox() as sandbox:
        with sandbox.client() as client:
            client.assets.upload(b"old", name="a.png")
        line = Line(sandbox)
        for when in ("before", "after"):
            line.requests, line.fatal, line.when = 0, 4 if when == "before" else 0, "before"
            with a_client(line) as client, suppress(KilledError):
                stored = client.assets.upload_many([Upload(b"new", name="a.png")], overwrite=True, journal=path)
                assert client.assets.download(stored.success[0]) == b"new"
        assert line.writes["upload"] == 1


def test_uploads_that_fail_are_tried_again_and_interrupted_ones_are_left(tmp_path: Path) -> None:
    path = tmp_path / "job"
    items: list[Any] = [tmp_path / "missing.png", Upload(b"12", name="b.png"), Upload(b"34", name="no:tes.txt")]
    with Sandbox() as sandbox, sandbox.client() as client:
        for _ in range(2):
            result = client.assets.upload_many(items, journal=path)
            assert [error.index for error in result.errors] == [0, 2]
            assert [file.path for file in result.success] == ["/b.png"]


def test_a_tree_that_could_not_be_planned_leaves_a_journal_that_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "job"
    with Sandbox() as sandbox, sandbox.client() as client:
        with pytest.raises(exc.PageNotFoundError):
            client.pages.move_tree("docs", "manual", journal=path)
        tree(client)
        assert len(client.pages.move_tree("docs", "manual", journal=path)) == 3
        client.pages.create("docs/late", title="Late", content="# Late")
        assert len(client.pages.move_tree("docs", "manual", journal=path)) == 3
        assert "docs/late" in [page.path for page in client.pages.list()]
        assert len(client.pages.move_tree("docs", "elsewhere", journal=path)) == 1  # the finished job gave way


def test_a_journal_of_which_nothing_was_done_gives_way_to_the_next_job(tmp_path: Path) -> None:
    """The item was refused: whoever mends the input and tries again need not look for another file."""
    path = tmp_path / "job"
    with Sandbox() as sandbox, sandbox.client() as client:
        refused = client.users.create_many([{**users(1)[0], "email": "admin@example.com"}], journal=path)
        assert len(refused.errors) == 1
        assert len(client.users.create_many(users(1), journal=path).success) == 1
        assert len(client.groups.create_many(groups("A"), journal=path).success) == 1


def test_a_journal_of_which_a_part_was_done_does_not(tmp_path: Path) -> None:
    path = tmp_path / "job"
    with Sandbox() as sandbox, sandbox.client() as client:
        given = [users(1)[0], {**users(2)[1], "email": "admin@example.com"}]
        assert len(client.users.create_many(given, journal=path).success) == 1
        with pytest.raises(exc.ConfigurationError, match="journal of another job"):
            client.groups.create_many(groups("A"), journal=path)
        assert len(client.users.create_many(given, journal=path).success) == 1
