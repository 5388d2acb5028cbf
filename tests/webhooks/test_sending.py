"""Sending: what is sent to whom, when again, and what is never done."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix

from wikijs.exceptions import ConfigurationError, WebhookError, WebhookNotFoundError
from wikijs.webhooks.sending import schedule

from .conftest import WIKI, Scene, sequences
from .receiving_end import OK, ReceivingEnd

STORES = ("sqlite", "postgres")
"""The same on a file and on PostgreSQL."""


def test_an_event_goes_to_who_wants_it_signed_as_it_is_stored(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(f"{end.url}/x?secret=1", events=["page.*"], headers={"x-env": "prod"})
    scene.now = datetime.now(UTC).timestamp()  # what the libraries compare with
    number = scene.tell()
    assert scene.hooks.deliver() == {"delivered": 1}
    [request] = end.received
    event = scene.hooks.store.events()[0]
    assert request.body == event.to_json()
    assert (request.id, request.path, request.headers["x-env"]) == (event.id, "/x?secret=1", "prod")
    assert json.loads(request.body)["sequence"] == number
    assert standardwebhooks.Webhook(made.secret).verify(request.body, request.headers)["id"] == event.id
    svix.Webhook(made.secret).verify(request.body, request.headers)
    assert scene.hooks.deliver() == {}
    [delivery] = scene.hooks.deliveries(made.id)
    assert (delivery.status, delivery.event_type, delivery.subject) == ("delivered", "page.updated", "page:1")
    assert [(each.status, each.trigger, each.ok, each.answer) for each in delivery.attempts] == [
        (200, "auto", True, "ok")
    ]


def test_filters_choose(scene: Scene, end: ReceivingEnd) -> None:
    ids = {
        name: scene.hooks.create(f"{end.url}/{name}", **options).id  # type: ignore[arg-type]
        for name, options in {
            "all": {},
            "types": {"events": ["page.*", "-page.updated"]},
            "paths": {"paths": ["docs/**"]},
            "tags": {"tags": ["red"]},
            "locales": {"locales": ["fr"]},
            "other": {"wiki": "https://other.example.com"},
        }.items()
    }
    scene.tell("page.updated", path="docs/a", tags=["red"])
    scene.tell("page.moved", path="new", previous={"path": "docs/a"})
    scene.tell("page.created", path="new")
    scene.hooks.deliver()
    found = {name: len(scene.statuses(endpoint)) for name, endpoint in ids.items()}
    assert found == {"all": 3, "types": 2, "paths": 2, "tags": 1, "locales": 0, "other": 0}


def test_an_endpoint_gets_what_happens_after_it_was_made(scene: Scene, end: ReceivingEnd) -> None:
    scene.tell()
    scene.hooks.create(end.url)
    later = scene.tell()
    scene.hooks.deliver()
    assert sequences(end) == [later]


def test_failures_are_tried_again_on_schedule_and_then_given_up(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    end.answer = lambda _: (500, {}, b"oh no")
    scene.tell()
    for number, pause in enumerate(schedule.WAITS, 1):
        assert scene.hooks.deliver() == {"failed": 1}, number
        assert scene.hooks.deliver() == {}
        scene.now += pause - 1
        assert scene.hooks.deliver() == {}
        scene.now += 1
    scene.hooks.deliver()
    assert scene.statuses() == ["dead"]
    [delivery] = scene.hooks.deliveries(made.id, failed=True)
    assert len(delivery.attempts) == 10
    assert delivery.attempts[0].error == "It answered 500."
    assert delivery.attempts[0].answer == "oh no"
    assert len({request.id for request in end.received}) == 1
    scene.now += 1e6
    assert scene.hooks.deliver() == {}


def test_one_page_s_messages_wait_for_each_other_and_for_nobody_else_s(scene: Scene, end: ReceivingEnd) -> None:
    scene.hooks.create(end.url)
    first, second, other = scene.tell(page=1), scene.tell(page=1), scene.tell(page=2)
    end.answer = lambda request: (500, {}, b"") if json.loads(request.body)["sequence"] == first else OK
    scene.hooks.deliver()
    assert sorted(sequences(end)) == [first, other]
    end.answer = lambda _: OK
    scene.now += 10
    scene.hooks.deliver()
    assert sequences(end)[2:] == [first, second]


def test_without_order_nothing_waits(scene: Scene, end: ReceivingEnd) -> None:
    scene.hooks.create(end.url, ordering="none")
    first, second = scene.tell(page=1), scene.tell(page=1)
    end.answer = lambda request: (500, {}, b"") if json.loads(request.body)["sequence"] == first else OK
    scene.hooks.deliver()
    assert sorted(sequences(end)) == [first, second]


def test_an_endpoint_that_is_gone_is_disabled_and_the_others_are_told(scene: Scene, end: ReceivingEnd) -> None:
    gone = scene.hooks.create(f"{end.url}/gone")
    scene.hooks.create(f"{end.url}/watch", events=["webhook.*"])
    end.answer = lambda request: (410, {}, b"") if request.path == "/gone" else OK
    scene.tell()
    scene.hooks.deliver()
    endpoint = scene.hooks.get(gone.id)
    assert (endpoint.state, endpoint.reason) == ("disabled", "It answered that it is gone (410).")
    told = [json.loads(request.body) for request in end.received if request.path == "/watch"]
    assert [(each["type"], each["data"]["endpoint"]) for each in told] == [("webhook.disabled", gone.id)]
    scene.tell()
    scene.now += 1e6
    scene.hooks.deliver()
    assert [request.path for request in end.received].count("/gone") == 1
    scene.hooks.resume(gone.id)
    end.answer = lambda _: OK
    scene.tell(page=9)
    scene.hooks.deliver()
    assert [request.path for request in end.received].count("/gone") >= 2


def test_five_days_of_nothing_but_failures_disable_and_one_success_begins_anew(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    end.answer = lambda _: (503, {}, b"")
    for day in range(5):
        scene.tell(page=day)
        scene.hooks.deliver()
        scene.now += 86400
        if day == 2:
            end.answer = lambda _: OK
            scene.tell(page=100)
            scene.hooks.deliver()
            end.answer = lambda _: (503, {}, b"")
    assert scene.hooks.get(made.id).state == "active"
    for day in range(6):
        scene.tell(page=200 + day)
        scene.hooks.deliver()
        scene.now += 86400
    assert scene.hooks.get(made.id).reason == "It failed for five days."


def test_redirects_are_not_followed(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    end.answer = lambda _: (302, {"location": "http://169.254.169.254/latest"}, b"")
    scene.tell()
    scene.hooks.deliver()
    [attempt] = scene.hooks.deliveries(made.id)[0].attempts
    assert (attempt.status, attempt.error) == (302, "It answered with a redirect (302), which is not followed.")
    assert len(end.received) == 1


def test_an_endpoint_may_ask_for_patience_within_bounds(scene: Scene, end: ReceivingEnd) -> None:
    scene.hooks.create(end.url)
    end.answer = lambda _: (429, {"retry-after": "90"}, b"")
    scene.tell()
    scene.hooks.deliver()
    due = scene.hooks.outbox.next_due()
    assert due is not None
    assert due - scene.now == 90


@pytest.mark.parametrize(
    ("attempts", "status", "after", "seconds"),
    [
        (1, 500, None, 5),
        (1, None, None, 5),
        (1, 429, None, 60),
        (1, 503, 1, 60),
        (1, 500, 10**9, 120),
        (2, 500, 400, 400),
        (2, 500, 10**9, 600),
        (9, 500, None, 86400),
        (10, 500, None, None),
    ],
)
def test_the_schedule(attempts: int, status: int | None, after: float | None, seconds: float | None) -> None:
    assert schedule.wait(attempts, 0.5, status=status, retry_after=after) == seconds


def test_jitter() -> None:
    assert schedule.wait(1, 0, status=500) == 4
    assert schedule.wait(1, 1, status=500) == 6


def test_a_paused_endpoint_gets_all_of_it_later(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    scene.hooks.pause(made.id)
    numbers = [scene.tell() for _ in range(3)]
    assert scene.hooks.deliver() == {}
    assert scene.hooks.waiting() == {made.id: 3}
    scene.hooks.resume(made.id)
    scene.hooks.deliver()
    assert sequences(end) == numbers


def test_rotating_a_secret_signs_with_both_for_a_while(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    scene.now = datetime.now(UTC).timestamp()
    new = scene.hooks.rotate_secret(made.id, keep_old_for=3600)
    scene.tell()
    scene.hooks.deliver()
    request = end.received[0]
    for secret in (made.secret, new.secret):
        standardwebhooks.Webhook(secret).verify(request.body, request.headers)
    leaked = scene.hooks.rotate_secret(made.id, keep_old_for=0)
    scene.tell()
    scene.hooks.deliver()
    request = end.received[1]
    standardwebhooks.Webhook(leaked.secret).verify(request.body, request.headers)
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        standardwebhooks.Webhook(new.secret).verify(request.body, request.headers)


def test_trying_an_endpoint_out(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    attempt = scene.hooks.test(made.id)
    assert (attempt.status, attempt.trigger, attempt.ok) == (200, "test", True)
    assert json.loads(end.received[0].body)["type"] == "webhook.test"
    end.answer = lambda _: (404, {}, b"<b>no</b>\x1b[31m whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA " + b"x" * 50_000)
    attempt = scene.hooks.test(made.id)
    assert (attempt.status, attempt.error) == (404, "It answered 404.")
    assert len(attempt.answer) <= 2000
    assert "\x1b" not in attempt.answer
    assert "whsec_A" not in attempt.answer
    assert scene.hooks.deliveries() == []


def test_redelivering_keeps_the_id_and_is_not_tried_again(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    scene.tell()
    scene.hooks.deliver()
    [delivery] = scene.hooks.deliveries(made.id)
    assert scene.hooks.redeliver(delivery.id).ok
    assert end.received[0].id == end.received[1].id
    end.answer = lambda _: (500, {}, b"")
    assert not scene.hooks.redeliver(delivery.id).ok
    scene.now += 1e6
    assert scene.hooks.deliver() == {}
    triggers = [attempt.trigger for attempt in scene.hooks.deliveries(made.id)[0].attempts]
    assert triggers == ["auto", "manual", "manual"]


def test_a_message_that_a_person_brought_through_holds_up_nothing(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    first, second = scene.tell(), scene.tell()
    end.answer = lambda _: (500, {}, b"")
    scene.hooks.deliver()
    end.answer = lambda _: OK
    scene.hooks.redeliver(f"{made.id}.{first}")
    scene.now += 10
    scene.hooks.deliver()
    assert sequences(end) == [first, first, second]
    assert scene.statuses() == ["delivered", "delivered"]


def test_recovering_sends_what_was_never_taken(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    began = datetime.fromtimestamp(scene.now, UTC)
    taken = scene.tell(page=1)
    scene.hooks.deliver()
    end.answer = lambda _: (410, {}, b"")
    gone = scene.tell(page=2)
    scene.hooks.deliver()
    missed = scene.tell(page=3)
    scene.hooks.deliver()
    scene.hooks.resume(made.id)
    end.answer = lambda _: OK
    end.received.clear()
    count = scene.hooks.recover(made.id, since=began)
    scene.now += 10
    scene.hooks.deliver()
    assert taken not in sequences(end)
    assert {gone, missed} <= set(sequences(end))
    assert count >= 1
    assert set(scene.statuses(made.id)) == {"delivered"}


def test_payloads(scene: Scene, end: ReceivingEnd) -> None:
    for payload in ("thin", "full", "cloudevents"):
        scene.hooks.create(f"{end.url}/{payload}", payload=payload)  # type: ignore[arg-type]
    assert scene.hooks.store.setting("content") == "yes"
    scene.tell(content="é" * 15_000)
    scene.hooks.deliver()
    bodies = {request.path: json.loads(request.body) for request in end.received}
    assert bodies["/thin"]["data"]["content"] is None
    assert bodies["/full"]["data"]["truncated"]
    assert bodies["/full"]["data"]["content"] == "é" * 10_000
    [request] = [request for request in end.received if request.path == "/cloudevents"]
    assert request.headers["content-type"] == "application/cloudevents+json"
    read = "import sys, json; from cloudevents.v1.http import from_http; "
    read += "e = from_http(json.loads(sys.argv[1]), sys.argv[2]); "
    read += "print(json.dumps([e['type'], e['source'], e['subject'], e.data['page']['path']]))"
    # In a process of its own, where no folder of ours is called like a library.
    arguments = [sys.executable, "-c", read, json.dumps(request.headers), request.body.decode()]
    found = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd="/").stdout
    assert json.loads(found) == ["org.wikijs.page.updated.v1", WIKI, "page/1", "docs/a"]


def test_changing_and_deleting_an_endpoint(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url, events=["page.*"], description="d")
    changed = scene.hooks.update(made.id, url=f"{end.url}/new", paths=["docs/**"], headers={"x-a": "b"})
    assert (changed.filter.types, changed.filter.paths, changed.description) == (("page.*",), ("docs/**",), "d")
    assert changed.address == f"{end.url}/new"
    scene.tell()
    scene.hooks.deliver()
    assert end.received[0].path == "/new"
    scene.hooks.delete(made.id)
    assert scene.hooks.list() == []
    assert scene.hooks.deliveries() == []
    for call in (scene.hooks.get, scene.hooks.test, scene.hooks.pause, scene.hooks.delete, scene.hooks.rotate_secret):
        with pytest.raises(WebhookNotFoundError):
            call(made.id)
    for delivery in ("x", f"{made.id}.1", ""):
        with pytest.raises(WebhookNotFoundError):
            scene.hooks.redeliver(delivery)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"url": "ftp://example.com"}, "https"),
        ({"url": "https://user:pw@example.com"}, "user name"),
        ({"url": "https://example.com/#x"}, "fragment"),
        ({"url": "https://10.0.0.1/"}, "private network"),
        ({"url": "https://[::1]/"}, "private network"),
        ({"url": "https://"}, "https"),
        ({"url": "https://exa mple.com"}, "characters"),
        ({"url": "https://[x"}, "is none"),
        ({"url": "https://example.com", "events": ["page.eaten"]}, "No type"),
        ({"url": "https://example.com", "events": ["pages"]}, "No type"),
        ({"url": "https://example.com", "payload": "fat"}, "payload must"),
        ({"url": "https://example.com", "version": "2"}, "version must"),
        ({"url": "https://example.com", "ordering": "some"}, "ordering must"),
        ({"url": "https://example.com", "headers": {"host": "x"}}, "ours to set"),
        ({"url": "https://example.com", "headers": {"webhook-id": "x"}}, "ours to set"),
        ({"url": "https://example.com", "headers": {"x y": "x"}}, "no name"),
        ({"url": "https://example.com", "headers": {"x-y": "a\r\nb"}}, "characters"),
        ({"url": "https://example.com", "secret": "whsec_short"}, "no secret"),
    ],
)
def test_what_cannot_be_is_refused(scene: Scene, arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        scene.hooks.create(**arguments)  # type: ignore[arg-type]
    assert scene.hooks.list() == []


def test_http_and_networks_are_refused_unless_allowed(scene: Scene) -> None:
    from wikijs.webhooks import Webhooks

    strict = Webhooks(scene.hooks.store)
    with pytest.raises(WebhookError, match="https"):
        strict.create("http://example.com")
    with pytest.raises(WebhookError, match="no network"):
        Webhooks(scene.hooks.store, allow_networks=["10.0.0.0/99"])
    with pytest.raises(WebhookError, match="timeout"):
        Webhooks(scene.hooks.store, timeout=100)


def test_old_things_are_forgotten_and_waiting_ones_are_not(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    scene.tell()
    scene.hooks.deliver()
    scene.hooks.pause(made.id)
    waiting = scene.tell()
    scene.hooks.deliver()
    scene.now += 40 * 86400
    scene.hooks.outbox.tidy()
    assert [event.sequence for event in scene.hooks.store.events()] == [waiting]
    assert [each.sequence for each in scene.hooks.deliveries()] == [waiting]
    scene.hooks.resume(made.id)
    assert scene.hooks.deliver() == {"delivered": 1}
