"""Backups: what is in them, what is not read again, what becomes of one that is killed or damaged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.backup.archives import is_archive, pack, unpacked
from wikijs.backup.checking import Verified, verify
from wikijs.backup.comparing import compare
from wikijs.backup.making import BackupOptions, back_up
from wikijs.backup.store import Snapshot, Store, parsed
from wikijs.core.files import FileRefusedError
from wikijs.permissions import PageRule
from wikijs.sandbox import Sandbox

from .test_restoring import Killed
from .wikis import client_of, content_of, differing, empty_wiki, fill

INCREMENTAL = BackupOptions(incremental=True)


class Counting(httpx2.BaseTransport):
    """Counts requests."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner, self.sent = inner, 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += 1
        return self._inner.handle_request(request)


def test_an_unchanged_wiki_takes_two_requests_and_reads_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "backups")
    with empty_wiki() as sandbox:
        transport = Counting(sandbox.transport())
        with client_of(sandbox, transport) as client:
            fill(client)
            first = back_up(client, store)
            assert first.read == 6
            transport.sent = 0
            second = back_up(client, store, INCREMENTAL)
    assert second.read == 0
    assert transport.sent <= 2  # one of fifty questions, and one of the rest
    assert second.snapshot.parts == first.snapshot.parts
    assert compare(store, first.snapshot, second.snapshot).is_empty
    assert first.is_whole


def test_only_what_changed_is_read_and_told(full: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    client = full
    before = back_up(client, store, INCREMENTAL).snapshot
    client.pages.update("team/page-5", content="new")
    client.pages.create("more", title="More", content="more")
    client.pages.move(client.pages.get("team/page-2").id, "moved")
    client.pages.delete("team/page-3")
    client.comments.create("team/page-0", content="Another one")
    client.assets.upload(b"new", name="c.pdf", content_type="application/pdf", folder="/more")
    client.users.update("user1@example.com", job_title="Cook")
    client.site.update(company="Other Ltd")
    after = back_up(client, store, INCREMENTAL)
    assert after.read == 3
    found = compare(store, before, after.snapshot)
    assert found.added == {"assets": ["/more/c.pdf"], "comments": ["en/team/page-0"], "pages": ["en/more"]}
    assert found.deleted == {"pages": ["en/team/page-3"], "tags": ["tag2"]}
    assert found.moved == [("en/team/page-2", "en/moved")]
    assert found.changed["pages"] == ["en/team/page-5"]
    assert found.changed["users"] == ["user1@example.com (local)"]
    assert found.changed["site"] == ["company"]
    whole = back_up(client, store).snapshot
    assert differing(content_of(store, after.snapshot), content_of(store, whole)) == []
    assert verify(store).is_whole


def test_a_tag_that_is_renamed_is_told_though_no_page_says_it_was_updated(full: WikiJSClient, store: Store) -> None:
    before = {page.id: (page.updated_at, page.tags) for page in full.pages.list()}
    assert back_up(full, store, INCREMENTAL).read == 0
    tag = next(tag for tag in full.pages.tags() if any(tag.tag in (tags or ()) for _, tags in before.values()))
    full.pages.update_tag(tag.id, tag="another", title="Another")
    changed = {page.id for page in full.pages.list() if page.tags != before[page.id][1]}
    assert all(page.updated_at == before[page.id][0] for page in full.pages.list())
    report = back_up(full, store, INCREMENTAL)
    assert report.read == len(changed) > 0
    assert "another" in {
        tag for page in store.get_json(report.snapshot.parts["pages"].object) for tag in page["head"]["tags"]
    }


def test_old_ones_go_with_what_only_they_had(full: WikiJSClient, store: Store) -> None:
    full.pages.update("team/page-5", content="only in this one")
    gone = back_up(full, store).snapshot
    full.pages.update("team/page-5", content="and now this")
    report = back_up(full, store, BackupOptions(incremental=True, keep=1, history=False))
    assert gone.name in report.deleted
    assert store.names() == [report.snapshot.name]
    assert verify(store).is_whole
    assert not any(b"only in this one" in store.get(digest) for digest in store.object_names())


def test_history_is_in_it(store: Store, snapshot: Snapshot) -> None:
    pages: list[dict[str, Any]] = store.get_json(snapshot.parts["pages"].object)
    (changed,) = [page for page in pages if page["history"]]
    (version,) = store.get_json(changed["history"])
    assert store.get_json(version["object"])["title"] == "Page 0: a #title"


def test_a_key_that_may_do_little_backs_up_what_it_may_read(sandbox: Sandbox, full: WikiJSClient, store: Store) -> None:
    allowed = ["read:pages", "read:source"]
    full.groups.create("Machines", permissions=allowed, rules=[PageRule(roles=allowed)])
    key = full.api_keys.create("little", group="Machines").key
    with sandbox.client(auth=key) as little:
        report = back_up(little, store)
    assert not report.is_whole
    told = dict(report.snapshot.left_out)
    assert {"users", "groups", "site", "storage", "assets"} <= told.keys()
    pages: list[dict[str, Any]] = store.get_json(report.snapshot.parts["pages"].object)
    assert len(pages) == 6
    assert "script_css" in pages[0]["missing"]
    assert store.get_json(pages[1]["object"])["content"] == "# Page 1\r\n\nbody ünï\n"


class Deadly:
    """Ends the process at the n-th of the requests and of the writes to the disk."""

    def __init__(self, left: int) -> None:
        self.left = left

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return call(*args, **options)

        return step


def test_killed_at_fifty_points_there_is_no_half_backup(
    full: WikiJSClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, kills = random.Random(4), 0
    store = Store(tmp_path / "new")
    send, name, add = WikiJSClient.batch, Store._name, Store.add
    for point in range(50):
        deadly = Deadly(chance.randint(0, 7))
        if point % 5 == 0:  # now and then another page, so that there is something to write
            full.pages.update("team/page-5", content=f"text {point}")
        with monkeypatch.context() as patched:
            patched.setattr(WikiJSClient, "batch", deadly.before(send))
            patched.setattr(Store, "_name", deadly.before(name))
            patched.setattr(Store, "add", deadly.before(add))
            try:
                back_up(full, Store(store.path), BackupOptions(incremental=chance.random() < 0.3))
            except Killed:
                kills += 1
        assert not store.names() or verify(store).is_whole
    final = back_up(full, store).snapshot
    assert verify(store).is_whole
    assert kills > 20
    other = Store(tmp_path / "other")
    assert differing(content_of(store, final), content_of(other, back_up(full, other).snapshot)) == []


def test_what_is_damaged_or_missing_is_found(store: Store, snapshot: Snapshot) -> None:
    pages: list[dict[str, Any]] = store.get_json(snapshot.parts["pages"].object)
    assets: dict[str, Any] = store.get_json(snapshot.parts["assets"].object)
    store.place(pages[0]["object"])[0].write_bytes(b"x")
    store.place(assets["files"][0]["object"])[0].write_bytes(b"x")
    store.place(snapshot.parts["users"].object)[0].unlink()
    problems = verify(store).problems[snapshot.name]
    assert len(problems) == 3
    assert [problem.partition(":")[0] for problem in sorted(problems)] == ["assets", "pages", "users"]


def test_a_snapshot_that_was_changed_is_refused(store: Store, snapshot: Snapshot) -> None:
    file = store.path / "snapshots" / f"{snapshot.name}.json"
    fields = json.loads(file.read_bytes())
    for changed, why in (
        ({"wiki": "http://other"}, "changed since"),
        ({"version": 9}, "newer release"),
        ({"parts": 1}, "no snapshot"),
    ):
        with pytest.raises(FileRefusedError, match=why):
            parsed(json.dumps(fields | changed).encode(), snapshot.name)
    file.write_bytes(b"nonsense")
    assert verify(store).problems.keys() == {snapshot.name}
    with pytest.raises(FileRefusedError):
        store.snapshot()


def test_a_damaged_backup_is_nothing_to_go_by(full: WikiJSClient, store: Store, snapshot: Snapshot) -> None:
    store.place(snapshot.parts["pages"].object)[0].write_bytes(b"x")
    assert back_up(full, store, INCREMENTAL).read == 6


def test_what_is_missing_is_read_again_though_nothing_changed(
    full: WikiJSClient, store: Store, snapshot: Snapshot
) -> None:
    part = snapshot.parts["pages"]
    assert part.state is not None
    assert part.needs is not None
    pages: list[dict[str, Any]] = store.get_json(part.object)
    gone = store.place(pages[0]["object"])[0]
    content = gone.read_bytes()
    gone.unlink()
    assert back_up(full, Store(store.path), INCREMENTAL).read == 1
    assert gone.read_bytes() == content
    store.place(part.needs)[0].write_bytes(b"x")
    found = back_up(full, Store(store.path), INCREMENTAL)
    assert (found.read, found.snapshot.parts["pages"].object) == (0, part.object)
    without = back_up(full, Store(store.path), BackupOptions(incremental=True, history=False))
    assert without.read == 0
    assert back_up(full, Store(store.path), INCREMENTAL).read == 0


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(exc.ConfigurationError, match="something else"):
        Store(tmp_path)
    with pytest.raises(exc.ConfigurationError, match="not a folder"):
        Store(tmp_path / "mine.txt")
    with pytest.raises(exc.ConfigurationError, match="There is no backup"):
        verify(Store(tmp_path / "none"))


def test_a_store_is_written_by_one(full: WikiJSClient, store: Store) -> None:
    with store.writing(), pytest.raises(exc.ConfigurationError, match="in use"):
        back_up(full, store)


def test_a_name_that_leads_elsewhere_is_no_object(store: Store) -> None:
    with pytest.raises(FileRefusedError):
        store.get("../../etc/passwd")


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.zst", "A.TGZ"])
def test_one_file_holds_it_all(store: Store, snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    assert is_archive(name)
    pack(store, tmp_path / name)
    with unpacked(tmp_path / name) as there:
        assert verify(there).is_whole
        assert there.snapshot() == snapshot
        assert content_of(there, there.snapshot()) == content_of(store, snapshot)


@pytest.mark.parametrize("name", ["wiki.tar.zst", "wiki.tar.gz", "wiki.tar"])
def test_an_archive_that_was_cut_or_changed_anywhere_is_never_taken_for_a_smaller_one(
    full: WikiJSClient, store: Store, tmp_path: Path, name: str
) -> None:
    back_up(full, store, INCREMENTAL)
    pack(store, tmp_path / name)
    content = (tmp_path / name).read_bytes()
    at = random.Random(1)

    def found(archive: bytes) -> Verified | None:
        (tmp_path / f"damaged-{name}").write_bytes(archive)
        try:
            with unpacked(tmp_path / f"damaged-{name}") as there:
                return verify(there)
        except FileRefusedError:
            return None

    whole = found(content)
    assert whole is not None
    assert (whole.is_whole, len(whole.snapshots)) == (True, 2)
    block = 512 if name == "wiki.tar" else 1
    for _ in range(10):
        left = found(content[: at.randrange(len(content) // block) * block])
        assert left is None or left == whole  # of the zeros at the end of a .tar some were cut off
    for _ in range(10):
        place = at.randrange(len(content))
        changed = bytes([content[place] ^ (1 << at.randrange(8))])
        left = found(content[:place] + changed + content[place + 1 :])
        assert left is None or not left.is_whole or left.snapshots == whole.snapshots  # it was in what fills blocks up


def test_an_encrypted_one_opens_with_its_key_only(store: Store, snapshot: Snapshot, tmp_path: Path) -> None:
    pyrage = pytest.importorskip("pyrage")
    mine, other = (pyrage.x25519.Identity.generate() for _ in range(2))
    for number, key in enumerate((mine, other)):
        (tmp_path / f"key{number}").write_text(f"# created: today\n{key}\n")
    file = tmp_path / "a.tar.zst.age"
    pack(store, file, [str(mine.to_public())])
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    with unpacked(file, [str(tmp_path / "key0")]) as there:
        assert there.snapshot() == snapshot
    for keys, why in (
        ([], "is encrypted"),
        ([str(tmp_path / "key1")], "cannot be opened"),
        (["/none"], "cannot be read"),
    ):
        with pytest.raises(exc.ConfigurationError, match=why), unpacked(file, keys):
            pass
    (tmp_path / "key2").write_text("AGE-SECRET-KEY-nonsense")
    with pytest.raises(exc.ConfigurationError, match="no key"), unpacked(file, [str(tmp_path / "key2")]):
        pass
    with pytest.raises(exc.ConfigurationError, match="no key says for whom"):
        pack(store, file)
    with pytest.raises(exc.ConfigurationError, match="encrypted"):
        pack(store, tmp_path / "a.tar", [str(mine.to_public())])
    with pytest.raises(exc.ConfigurationError, match="no key to encrypt for"):
        pack(store, file, ["age1nonsense"])


def test_a_hostile_archive_is_refused(store: Store, tmp_path: Path) -> None:
    import io
    import tarfile

    for name, kind in (
        ("../out", tarfile.REGTYPE),
        ("objects/aa", tarfile.SYMTYPE),
        ("snapshots/x.json", tarfile.REGTYPE),
    ):
        with tarfile.open(tmp_path / "bad.tar", "w") as bad:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, 0
            bad.addfile(member, io.BytesIO())
        with pytest.raises(FileRefusedError, match="no backup holds"), unpacked(tmp_path / "bad.tar"):
            pass
    (tmp_path / "bad.tar.zst").write_bytes(b"nonsense")
    with pytest.raises(FileRefusedError, match="no backup, or damaged"), unpacked(tmp_path / "bad.tar.zst"):
        pass
    with pytest.raises(exc.ConfigurationError, match="does not exist"), unpacked(tmp_path / "none.tar"):
        pass


def test_a_page_that_changes_meanwhile_is_read_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "backups")
    with Sandbox() as sandbox, sandbox.client() as client:
        page = client.pages.create("one", title="A", content="old")
        gone = client.pages.create("two", title="B", content="gone")
        happened: list[str] = []

        def meanwhile(what: str, done: int, total: int) -> None:
            if not happened:
                happened.append(what)
                client.pages.update(page.id, content="new")
                client.pages.delete(gone.id)

        report = back_up(client, store, progress=meanwhile)
    (entry,) = store.get_json(report.snapshot.parts["pages"].object)
    assert store.get_json(entry["object"])["content"] == "new"
