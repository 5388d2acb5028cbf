"""What can come back is equal, the rest is listed, and nothing else of the wiki is touched."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import httpx2
import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.backup.making import back_up
from wikijs.backup.restoring.model import RestoreOptions
from wikijs.backup.restoring.planning import plan_restore
from wikijs.backup.restoring.running import restore
from wikijs.backup.store import Snapshot, Store
from wikijs.sandbox import Sandbox

from .wikis import client_of, content_of, differing, empty_wiki, fill


def _nothing(_seconds: float) -> None:
    pass


def test_an_empty_wiki_becomes_equal(
    full: WikiJSClient, empty: WikiJSClient, store: Store, snapshot: Snapshot, tmp_path: Path
) -> None:
    report = restore(empty, store, snapshot)
    assert report.failed == []
    assert report.is_whole
    there = back_up(empty, Store(tmp_path / "there"))
    found = differing(content_of(store, snapshot), content_of(Store(tmp_path / "there"), there.snapshot))
    assert found == []
    again = plan_restore(empty, store, snapshot)
    assert again.steps == []
    assert again.unchanged["pages"] == 6
    assert report.ids["pages"][full.pages.get("team/page-5").id] == empty.pages.get("team/page-5").id


def test_what_cannot_come_back_is_told_before(empty: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    told = dict(plan_restore(empty, store, snapshot).lost)
    assert "passwords of 3 users" in told
    assert told["old versions of 1 pages"] == "the server takes none; they stay in the backup"
    assert told["mail: pass"] == "it is a secret"
    assert told["storage git: basicPassword"] == "it is a secret"
    assert "ids, authors and moments of pages" in told
    assert not any("geheim" in part for part in (*told, *told.values()))


def test_no_secret_is_in_a_backup(store: Store, snapshot: Snapshot) -> None:
    assert snapshot.parts
    assert not any(b"geheim" in store.get(digest) for digest in store.object_names())


def test_only_some_kinds_and_a_folder(empty: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    report = restore(empty, store, snapshot, RestoreOptions(only=frozenset({"pages"}), folder="team/page-1"))
    assert [step.name for step in report.done] == ["en/team/page-1"]
    assert [page.path for page in empty.pages.list()] == ["team/page-1"]
    assert [user.email for user in empty.users.list() if user.email.startswith("user")] == []


def _groups_of(client: WikiJSClient, email: str) -> list[str]:
    (number,) = [user.id for user in client.users.list() if user.email == email]
    return [group.name for group in client.users.get(number).groups]


def test_what_hangs_on_something_that_is_not_there_is_told_before_and_not_tried(
    empty: WikiJSClient, store: Store, snapshot: Snapshot
) -> None:
    number = next(group["id"] for group in store.get_json(snapshot.parts["groups"].object) if group["name"] == "Team")
    strangers = empty.groups.create("Strangers", permissions=["read:pages"])
    assert strangers.id == number  # of a group it is not
    only = RestoreOptions(only=frozenset({"users", "navigation", "comments", "tags"}))
    plan = plan_restore(empty, store, snapshot, only)
    told = dict(plan.lost)
    assert {
        *("that user1@example.com is in Team", "that user2@example.com is in Team"),
        *("that Team of the navigation is seen by Team", "comments of en/team/page-1", "the title of the tag tag0"),
    } <= told.keys()
    assert not [what for what in told if what.startswith(("mail", "storage", "API key", "ids and moments of groups"))]
    report = restore(empty, store, snapshot, only, plan=plan)
    assert report.is_whole, report.failed
    assert [step.name for step in report.done] == [step.name for step in plan.steps]
    assert _groups_of(empty, "user1@example.com") == []
    (tree,) = [tree for tree in empty.navigation.tree() if tree.locale == "en"]
    assert [item.visibility_groups for item in tree.items or ()] == [[], []]
    rest = restore(empty, store, snapshot)
    assert rest.is_whole, rest.failed
    assert _groups_of(empty, "user1@example.com") == ["Team"]
    (tree,) = [tree for tree in empty.navigation.tree() if tree.locale == "en"]
    seen = [item.visibility_groups for item in tree.items or ()][1]
    assert [empty.groups.get(group).name for group in seen or ()] == ["Team"]


def test_a_group_that_could_not_be_brought_back_is_none_of_another_number(
    empty: WikiJSClient, store: Store, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_restore(empty, store, snapshot, RestoreOptions(only=frozenset({"groups", "navigation"})))
    plan.steps = [step for step in plan.steps if step.kind != "groups"]  # as if each of them had failed
    report = restore(empty, store, snapshot, plan=plan)
    (failure,) = [str(error) for step, error in report.failed if step.name == "of en"]
    assert "is not there" in failure


def test_what_differs_is_brought_back_or_left_alone(full: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    full.pages.update("team/page-5", content="changed", tags=["other"])
    full.pages.create("mine", title="Mine", content="stays")
    full.groups.set_permissions("Team", ["read:pages"])
    full.users.update("user1@example.com", job_title="Cook")
    full.site.update(title="Other")
    full.navigation.set_mode("NONE")
    left = plan_restore(full, store, snapshot, RestoreOptions(update=False))
    assert left.steps == []
    assert sorted(left.left) == [
        "groups: Team",
        "navigation: mode",
        "pages: en/team/page-5",
        "site: site",
        "users: user1@example.com (local)",
    ]
    report = restore(full, store, snapshot)
    assert (len(report.done), report.failed) == (5, [])
    assert full.pages.get("team/page-5").content == "# Page 5\r\n\nbody ünï\n"
    assert full.pages.get("mine").content == "stays"
    assert full.users.get("user1@example.com").job_title == "Skipper"
    assert plan_restore(full, store, snapshot).steps == []


def test_a_page_of_a_locale_that_is_missing_is_told_and_left_out(store: Store, snapshot: Snapshot) -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        plan = plan_restore(client, store, snapshot)
        assert ("pages of the locale fr", "it is not installed on this wiki: install it, and run again") in plan.lost
        assert "fr/team/page-4" not in {step.name for step in plan.steps}


def test_a_storage_target_stays_off_unless_asked_for(
    full: WikiJSClient, empty: WikiJSClient, store: Store, tmp_path: Path
) -> None:
    full.storage.update("disk", enabled=True, mode="push", config={"path": str(tmp_path)})
    snapshot = back_up(full, store).snapshot
    only = frozenset({"storage"})
    plan = plan_restore(empty, store, snapshot, RestoreOptions(only=only))
    assert any(what == "storage: disk" and "left switched off" in why for what, why in plan.lost)
    restore(empty, store, snapshot, RestoreOptions(only=only), plan=plan)
    assert not empty.storage.get("disk").is_enabled
    restore(empty, store, snapshot, RestoreOptions(only=only, storage=True))
    assert empty.storage.get("disk").is_enabled


def test_a_failure_does_not_stop_the_rest(empty: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    empty.site.update(upload_max_file_size=2)
    options = RestoreOptions(only=frozenset({"assets", "pages"}))
    report = restore(empty, store, snapshot, options)
    assert {step.name for step, _ in report.failed} == {"/img/deep/a.png", "/b_c.pdf", "fr/team/page-4"}
    assert len(empty.pages.list()) == 5  # the locale fr is not in use without the settings
    assert not report.is_whole


class Killed(BaseException):
    """The process is gone."""


class Deadly(httpx2.BaseTransport):
    """Ends the process before or after the n-th request."""

    def __init__(self, inner: httpx2.BaseTransport, left: int, *, after: bool) -> None:
        self._inner, self._left, self._after = inner, left, after

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Killed
        response = self._inner.handle_request(request)
        response.read()
        if self._left < 0:
            raise Killed
        return response


def _killed(sandbox: Sandbox, left: int, after: bool) -> WikiJSClient:
    return client_of(sandbox, Deadly(sandbox.transport(), left, after=after))


def test_killed_at_fifty_points_it_goes_on_and_writes_nothing_twice(tmp_path: Path) -> None:
    store = Store(tmp_path / "backups")
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        fill(client, pages=30)
        snapshot = back_up(client, store).snapshot
    chance, kills, whole = random.Random(20), 0, False
    journal = tmp_path / "journal"
    with empty_wiki() as sandbox:
        while kills < 50 and not whole:
            client = _killed(sandbox, chance.randint(1, 12), after=chance.random() < 0.7)
            try:
                whole = restore(client, store, snapshot, journal=journal, sleep=_nothing).is_whole
            except Killed:
                kills += 1
        with client_of(sandbox) as client:
            assert restore(client, store, snapshot, journal=journal, sleep=_nothing).is_whole
            there = back_up(client, Store(tmp_path / "there")).snapshot
    assert kills == 50
    assert differing(content_of(store, snapshot), content_of(Store(tmp_path / "there"), there)) == []


def test_an_unfinished_journal_of_another_backup_is_refused(
    full: WikiJSClient, store: Store, snapshot: Snapshot, tmp_path: Path
) -> None:
    other = back_up(full, store).snapshot
    with empty_wiki() as sandbox:
        with pytest.raises(Killed):
            restore(_killed(sandbox, 15, after=False), store, snapshot, journal=tmp_path / "journal")
        with client_of(sandbox) as client, pytest.raises(exc.ConfigurationError, match="another job"):
            restore(client, store, other, journal=tmp_path / "journal")


def test_a_damaged_backup_restores_nothing_of_what_is_damaged(
    empty: WikiJSClient, store: Store, snapshot: Snapshot
) -> None:
    page: dict[str, Any] = store.get_json(snapshot.parts["pages"].object)[0]
    store.place(page["object"])[0].write_bytes(b"damaged")
    report = restore(empty, store, snapshot, RestoreOptions(only=frozenset({"pages"})))
    assert [step.name for step, _ in report.failed] == ["en/team/page-0", "fr/team/page-4"]
    assert len(empty.pages.list()) == 4
