"""The audit file: what it says, and what is found when somebody changes it."""

from __future__ import annotations

import json
import logging
import random
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.plugins.both import DONE, KEY, WRITE, Both, LosingGroups, Server, html
from wikijs import exceptions as exc
from wikijs import ops
from wikijs.auth import PasswordAuth
from wikijs.telemetry import AuditPlugin
from wikijs.telemetry.audit import as_line, read
from wikijs.telemetry.chain import verify

REFUSED = {"succeeded": False, "errorCode": 8002, "slug": "CommentNotFound", "message": "no"}
GONE = {"data": {"comments": {"delete": {"responseResult": REFUSED}}}}
SECRET = b"0123456789abcdef-secret"


@pytest.fixture(params=["blocking", "async"])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_a_write_is_two_lines_and_a_read_none(both: Both, file: Path) -> None:
    both.read([AuditPlugin(file)])
    both.write([AuditPlugin(file)])
    intent, outcome = read(file)
    assert intent["event"] == "intent"
    assert intent["caller"] == "key 1 of group 1"
    assert intent["wiki"] == "http://wiki.example.com"
    assert intent["operations"] == [{"operation": "comments.delete", "given": {"id": 7}}]
    assert outcome["outcome"] == "applied"
    assert outcome["call"] == intent["call"]
    assert [entry["seq"] for entry in read(file)] == [1, 2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert "begins comments.delete" in as_line(intent)
    assert as_line(outcome).endswith("comments.delete: applied")


def test_the_intent_is_on_the_disk_before_anything_is_sent(both: Both, file: Path) -> None:
    seen: list[str] = []

    class Looking(Server):
        def usual(self, request: httpx2.Request) -> httpx2.Response:
            seen.append(file.read_text())
            return super().usual(request)

    both.write([AuditPlugin(file)], Looking())
    assert json.loads(seen[0])["event"] == "intent"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda: httpx2.ReadError("lost"), "unknown"),
        (lambda: httpx2.ConnectError("no"), "rejected"),
        (html, "unknown"),
        (lambda: httpx2.Response(200, json=GONE), "rejected"),
        (lambda: LookupError("a defect"), "unknown"),
    ],
)
def test_each_outcome_is_written_down(both: Both, file: Path, answer: Any, outcome: str) -> None:
    with pytest.raises((exc.WikiJSException, LookupError)):
        both.write([AuditPlugin(file)], Server(answer(), answer(), answer()))
    [_, ended] = read(file)
    assert ended["outcome"] == outcome
    assert ended["error"] in as_line(ended)


def test_a_settled_write_says_so_and_what_was_made_has_its_id(both: Both, file: Path) -> None:
    class Wiki(Server):
        def usual(self, request: httpx2.Request) -> httpx2.Response:
            if b"GroupsCreate" in request.content:
                done = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "ok"}
                made = {"id": 12, "name": "a", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
                group = {
                    **made,
                    "redirectOnLogin": "/",
                    "isSystem": False,
                    "permissions": [],
                    "pageRules": [],
                    "users": [],
                }
                return httpx2.Response(
                    200, json={"data": {"groups": {"create": {"responseResult": done, "group": group}}}}
                )
            return httpx2.Response(200, json={"data": {"groups": {"list": []}}})

    both.run(lambda client: client.execute(ops.groups_delete(3)), [AuditPlugin(file)], LosingGroups())
    assert [entry["event"] for entry in read(file)] == ["intent", "outcome", "settled"]
    assert read(file)[2]["outcome"] == "applied"
    assert "settled" in as_line(read(file)[2])
    both.run(lambda client: client.execute(ops.groups_create("a")), [AuditPlugin(file)], Wiki())
    assert read(file)[-1]["id"] == 12


def test_batches_and_documents_as_text_are_writes_too(both: Both, file: Path) -> None:
    class Wiki(Server):
        def usual(self, request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200, json={"data": {}})

    document = "mutation { comments { delete(id: 1) { responseResult { succeeded } } } }"
    both.run(lambda client: client.graphql(document), [AuditPlugin(file)], Wiki())
    assert read(file)[0]["operations"] == [{"operation": "graphql", "given": {}}]
    done = {"responseResult": DONE}
    gone = {"responseResult": {**DONE, "succeeded": False, "errorCode": 8001, "slug": "CommentNotFound"}}

    class Batching(Server):
        def usual(self, request: httpx2.Request) -> httpx2.Response:
            roots = re.findall(r"(\w+): comments", json.loads(request.content)["query"])
            return httpx2.Response(
                200, json={"data": {root: {"delete": each} for root, each in zip(roots, (done, gone), strict=True)}}
            )

    with pytest.raises(exc.WikiJSException):
        both.run(
            lambda client: client.batch(ops.comments_delete(1), ops.comments_delete(2)), [AuditPlugin(file)], Batching()
        )
    assert len(read(file)[2]["operations"]) == 2
    assert read(file)[3]["each"] == ["applied", "rejected"]


def test_no_content_password_or_token_is_written_down(both: Both, file: Path) -> None:
    writes = [
        ops.users_create("ada@example.com", name="Ada", password_raw="s3cret-word", provider_key="local", groups=[],
                         must_change_password=False, send_welcome_email=False),
        ops.pages_create("docs/a", title="Title", content="the content", description="d", editor="markdown",
                         is_published=True, is_private=False, locale="en", tags=["x"], script_css="body{}"),
        ops.mail_update_config(sender_name="s", sender_email="a@b", host="h", port=1, secure=True, verify_ssl=True,
                               user="u", pass_="mailpass", use_dkim=False, dkim_domain_name="", dkim_key_selector="",
                               dkim_private_key="PRIVATEKEY", name="n"),
    ]  # fmt: skip
    for write in writes:
        with pytest.raises(exc.WikiJSException):
            both.run(lambda client, write=write: client.execute(write), [AuditPlugin(file)], Server(*[html(400)] * 9))
    with pytest.raises(exc.WikiJSException):
        both.write(
            [AuditPlugin(file)],
            Server(*[httpx2.ConnectError("no")] * 9),
            auth=PasswordAuth("a@b.com", "loginpw"),
            rate_limiter=False,
        )
    text = file.read_text()
    for secret in ("s3cret-word", "the content", "mailpass", "PRIVATEKEY", "loginpw", "body{}", KEY):
        assert secret not in text
    given = read(file)[2]["operations"][0]["given"]
    assert given["title"] == "Title"
    assert given["tags"] == ["x"]
    assert given["content"]["length"] == 11
    assert len(given["content"]["sha256"]) == 64
    assert read(file)[0]["operations"][0]["given"]["passwordRaw"] == "<secret>"


def test_a_file_that_cannot_be_written_stops_writes_and_not_reads(both: Both, file: Path) -> None:
    class Full(AuditPlugin):
        def _append(self, entry: Any) -> None:
            raise OSError(28, "No space left on device")

    server = Server()
    with pytest.raises(exc.ConfigurationError, match="No space left"):
        both.write([Full(file)], server)
    assert server.requests == []
    both.read([Full(file)], server)


def test_a_disk_that_is_full_after_a_write_does_not_make_it_look_failed(
    both: Both, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Filling(AuditPlugin):
        def _append(self, entry: Any) -> None:
            if entry["event"] == "outcome":
                raise OSError(28, "No space left on device")
            super()._append(entry)

    server = Server()
    with pytest.raises(exc.ConfigurationError):
        both.write([Filling(file)], server)
    assert server.writes == 1


def test_half_a_line_is_taken_back(file: Path) -> None:
    plugin = AuditPlugin(file)
    plugin.attach("")

    class Stream:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def write(self, text: str) -> int:
            self.inner.write(text[:20])
            self.inner.flush()
            raise OSError(28, "No space left on device")

    good = plugin._stream
    plugin._stream = Stream(good)  # type: ignore[assignment]
    with pytest.raises(exc.ConfigurationError):
        plugin._write({"event": "intent"})
    plugin._stream = good
    plugin._write({"event": "intent", "call": "x"})
    plugin.close()
    found = verify(file.read_text().splitlines())
    assert found.ok
    assert found.lines == 1
    with pytest.raises(exc.ConfigurationError, match="closed"):
        plugin._write({})


def filled(file: Path, count: int = 30, key: bytes | None = SECRET, **options: Any) -> list[str]:
    def work(client: Any) -> None:
        for _ in range(count // 2):
            client.execute(WRITE)

    Both("blocking").run(work, [AuditPlugin(file, key=key, fsync=False, **options)])
    return file.read_text().splitlines()


@pytest.mark.parametrize("key", [None, SECRET])
def test_every_line_that_was_edited_deleted_moved_or_put_in_is_found(file: Path, key: bytes | None) -> None:
    lines = filled(file, key=key)
    assert len(lines) == 30
    assert verify(lines, key).ok
    chance = random.Random(7)
    for number in range(30):
        edited = list(lines)
        place = chance.randrange(len(edited[number]))
        letter = "1" if edited[number][place] != "1" else "2"
        edited[number] = edited[number][:place] + letter + edited[number][place + 1 :]
        found = verify(edited, key)
        assert not found.ok or (found.torn and number == 29)
    for number in range(29):
        assert not verify(lines[:number] + lines[number + 1 :], key).ok or number == 0
        moved = list(lines)
        moved[number], moved[number + 1] = moved[number + 1], moved[number]
        assert not verify(moved, key).ok
        assert not verify([*lines[:number], lines[number], *lines[number:]], key).ok
    assert not verify(lines[1:], key).ok


def test_without_the_key_nobody_can_make_a_line(file: Path) -> None:
    lines = filled(file)
    found = verify(lines, b"another-key-of-16-bytes")
    assert len(found.problems) == 30
    assert "the key is another" in found.problems[0]
    assert not verify(lines, None).ok


def test_a_cut_end_shows_against_a_checkpoint(file: Path) -> None:
    noted: list[tuple[int, str]] = []
    lines = filled(file, checkpoint=lambda number, digest: noted.append((number, digest)), checkpoint_every=10)
    assert [number for number, _ in noted] == [10, 20, 30]
    assert verify(lines[:25], SECRET).ok
    assert verify(lines[:25], SECRET, checkpoint=noted[1]).ok
    assert "cut off" in verify(lines[:25], SECRET, checkpoint=noted[2]).problems[0]
    assert "not the one of the checkpoint" in verify(lines, SECRET, checkpoint=(20, "x")).problems[0]


def test_checkpoints_go_to_the_log_and_one_that_fails_disturbs_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "wikijs.audit"):
        filled(file)
    assert "audit checkpoint: line 30" in caplog.text

    def fail(number: int, digest: str) -> None:
        raise ValueError

    filled(file, checkpoint=fail)
    assert "the checkpoint of the audit file failed" in caplog.text


def test_a_new_file_goes_on_where_the_old_one_ended(file: Path) -> None:
    filled(file, 60, max_bytes=4_000)
    old = sorted(file.parent.glob("audit.jsonl.*"), key=lambda path: int(path.suffix[1:]))
    assert len(old) > 2
    last = "0" * 64
    total = 0
    for path in [*old, file]:
        found = verify(path.read_text().splitlines(), SECRET, previous=last)
        assert found.ok, (path, found.problems)
        last = found.last
        total += found.lines
    assert total == 60 + len(old)
    assert verify(file.read_text().splitlines(), SECRET).ok  # alone it can be looked through too
    assert not verify(file.read_text().splitlines(), SECRET, previous="1" * 64).ok


def test_a_file_is_taken_up_again_and_one_that_is_not_sound_is_not(file: Path) -> None:
    filled(file)
    lines = filled(file)
    assert len(lines) == 60
    assert verify(lines, SECRET).ok
    with pytest.raises(exc.ConfigurationError, match="not sound"):
        filled(file, key=b"another-key-of-16-bytes")
    file.write_text("\n".join(lines[:10] + lines[11:]) + "\n")
    with pytest.raises(exc.ConfigurationError, match="line 11 does not follow"):
        filled(file)


def test_a_file_is_written_by_one_process_at_a_time(file: Path) -> None:
    plugin = AuditPlugin(file)
    plugin.attach("a")
    plugin.attach("b")
    with pytest.raises(exc.ConfigurationError, match="Another process writes"):
        AuditPlugin(file).attach("a")
    plugin.detach("a")
    plugin.detach("b")
    plugin.attach("a")
    plugin.close()


def test_wrong_keys_and_places_are_named(tmp_path: Path) -> None:
    with pytest.raises(exc.ConfigurationError, match="16 bytes"):
        AuditPlugin(tmp_path / "a", key="short")
    with pytest.raises(exc.ConfigurationError, match="cannot be opened"):
        AuditPlugin(tmp_path).attach("")
    with pytest.raises(exc.ConfigurationError, match="cannot be read"):
        read(tmp_path / "none")


def test_a_process_that_is_killed_between_intent_and_outcome_leaves_a_readable_intent(file: Path) -> None:
    script = textwrap.dedent(f"""
        import os, signal, sys
        sys.path.insert(0, "tests"); sys.path.insert(0, ".")
        from tests.plugins.both import Both, LosingGroups, Server
        from wikijs.telemetry import AuditPlugin
        class Killing(Server):
            def usual(self, request):
                if self.writes == 3:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().usual(request)
        def work(client):
            from tests.plugins.both import WRITE
            while True:
                client.execute(WRITE)
        Both("blocking").run(work, [AuditPlugin({str(file)!r})], Killing())
    """)
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    found = verify(file.read_text().splitlines())
    assert found.ok
    assert found.lines == 5
    assert list(found.open.values()) == [5]
    # A line that was cut while it was written is a trace of the crash, and the next process goes on behind it.
    whole = file.read_bytes()
    file.write_bytes(whole[:-30])
    assert verify(file.read_text().splitlines()).torn
    Both("blocking").write([AuditPlugin(file)])
    found = verify(file.read_text().splitlines())
    assert found.ok
    assert found.lines == 6
    file.write_bytes(b'{"half')
    Both("blocking").write([AuditPlugin(file)])
    assert verify(file.read_text().splitlines()).lines == 2
