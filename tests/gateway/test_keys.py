"""The gateway's keys, as several processes and threads change them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support.postgres_server import a_database

from wikijs.exceptions import ConfigurationError, StoreError
from wikijs.gateway.access.keys import Key, KeyRing
from wikijs.gateway.store.database import Database

from .conftest import Gate
from .portal.visiting import Visitor


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(str(tmp_path / "gateway.db") if request.param == "sqlite" else a_database())
    database.migrate()
    yield database
    database.close()


def ring(database: Database) -> KeyRing:
    """The keys as another process knows them."""
    found = KeyRing(database)
    found.load()
    return found


CHANGES: dict[str, Callable[[KeyRing, str], Key]] = {
    "update": lambda keys, name: keys.update(name, name="new"),
    "rotate": lambda keys, name: keys.rotate(name)[0],
    "revoke": lambda keys, name: keys.revoke(name),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_undoes_nothing_that_another_process_did(database: Database, kind: str) -> None:
    one = ring(database)
    key, secret = one.create("old", scopes=["read"])
    two = ring(database)
    one.update(key.id, scopes=["read", "write"], origins=["https://a.example/"])
    one.revoke(key.id)  # the other one has not heard of either
    assert two.find(secret)[1] is None
    changed = CHANGES[kind](two, key.id)
    assert (changed.revoked_at is not None, changed.origins) == (True, ("https://a.example",))
    assert two.find(secret)[1] is not None
    one.refresh()
    assert one.get(key.id) == changed == ring(database).get(key.id)


def test_each_of_many_changes_at_once_is_heard_of(database: Database) -> None:
    """Two that got one number would be one to the others."""
    rings = [ring(database) for _ in range(3)]
    watching = ring(database)

    def make(number: int) -> None:
        rings[number % 3].create(f"k{number}", scopes=["read"])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(make, range(12)))
    assert database.work(lambda sql: int(sql.exec_driver_sql(_NUMBER).scalar_one())) == 12
    assert watching.refresh()
    assert not watching.refresh()
    assert len(watching.all()) == 12


_NUMBER = "SELECT value FROM gateway_meta WHERE name = 'keys'"


def test_what_was_read_first_is_not_kept_last(tmp_path: Path) -> None:
    """A thread that read all keys before one was revoked, and was slow, must not bring it back."""

    class Slow(Database):
        waiting: threading.Event | None = None
        read = threading.Event()

        def work(self, do: Callable[[Any], Any]) -> Any:
            found = super().work(do)
            if self.waiting is not None and threading.current_thread() is not threading.main_thread():
                self.read.set()
                self.waiting.wait(60)
            return found

    database = Slow(str(tmp_path / "gateway.db"))
    database.migrate()
    keys = ring(database)
    key, secret = keys.create("k", scopes=["read"])
    database.waiting = threading.Event()
    reader = threading.Thread(target=keys.load)
    reader.start()
    assert database.read.wait(60)
    threading.Timer(0.2, database.waiting.set).start()
    keys.revoke(key.id)
    reader.join()
    assert keys.find(secret)[1] == "This key was revoked."
    assert not keys.refresh()


def test_when_it_was_used_is_written_for_keys_that_are_still_there(database: Database) -> None:
    keys = ring(database)
    key, secret = keys.create("k", scopes=["read"])
    assert keys.find(secret)[1] is None
    ring(database).revoke(key.id)
    keys.flush_used()
    assert keys.refresh()
    found = keys.get(key.id)
    assert found is not None
    assert (found.revoked_at is not None, found.last_used_at is not None) == (True, True)


def test_a_key_that_is_unknown_is_changed_by_nothing(database: Database) -> None:
    with pytest.raises(ConfigurationError, match="There is no key abc"):
        ring(database).update("abc", name="x")


def test_what_cannot_be_written_keeps_nobody_from_hearing_of_a_revoked_key(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each second all is tried, whatever failed before."""
    monkeypatch.setattr("wikijs.gateway.runtime.FLUSH", 0.01)
    flushed = threading.Event()

    def fails(error: Exception) -> Callable[[], None]:
        def flush() -> None:
            raise error

        return flush

    gateway = gate.gateway
    monkeypatch.setattr(gateway.usage, "flush", fails(StoreError("full")))
    monkeypatch.setattr(gateway.audit, "flush", fails(RuntimeError("a fault")))
    monkeypatch.setattr(gateway.keys, "flush_used", flushed.set)
    key = gate.key("read")
    client = gate.calls(key)
    assert client.get("/api/v1/me").status_code == 200
    assert flushed.wait(60)
    ring(gateway.database).revoke(key[4:12])
    heard = threading.Event()
    while not heard.wait(0.02):
        if client.get("/api/v1/me").status_code == 401:
            heard.set()
    assert "What the gateway does beside answering failed." in caplog.text


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_moments_that_cannot_be_told_are_refused_and_close_nothing(gate: Gate, moment: str) -> None:
    made = gate.client.post("/api/v1/admin/keys", json={"name": "e", "scopes": ["read"], "expiresAt": moment})
    assert made.status_code == 422
    key = gate.client.get("/api/v1/me").json()["id"]
    late = gate.client.put(f"/api/v1/admin/overrides/{key}", json={"limits": {"rate": 5}, "until": moment})
    assert late.status_code == 422
    page = {"path": "docs/late", "title": "t", "content": "c", "publishEndDate": moment}
    assert gate.client.post("/api/v1/pages", json=page).status_code == 422
    assert gate.client.get("/api/v1/pages", params={"updatedSince": moment}).status_code == 422
    for at in (1e18, -1e18):  # one of before, or of the command line
        gate.gateway.keys.create("late", scopes=["read"], expires_at=at)
    assert gate.client.get("/api/v1/admin/keys").json()["items"][-1]["expiresAt"] == "0002-01-01T00:00:00.000Z"
    assert Visitor(gate, gate.key()).get("/portal/keys?state=expired").status_code == 200


def test_folders_and_origins_that_are_none_are_refused(gate: Gate) -> None:
    for odd in ({"prefixes": ["a\0"]}, {"prefixes": ["\ud800"]}, {"prefixes": ["x" * 256]}, {"origins": ["null"]},
                {"origins": ["*"]}, {"origins": ["javascript:x"]}, {"origins": ["https://a\r\nx: y"]},
                {"origins": ["https://" + "x" * 255]}, {"origins": [""]}, {"origins": ["https:///"]}):  # fmt: skip
        new = {"name": "odd", "scopes": ["read"], **odd}
        made = gate.client.post("/api/v1/admin/keys", content=json.dumps(new), headers=JSON)
        assert (made.status_code, made.json()["type"]) == (422, "/docs/errors#configuration"), odd
    kept, _ = gate.gateway.keys.create("web", scopes=["read"], origins=["https://app.example.com/", "app://x"])
    assert kept.origins == ("https://app.example.com", "app://x")


JSON = {"content-type": "application/json"}
