"""The server itself: exports that are waited for, flags that are not lost, and what each may know about it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.resources import system

OK = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": ""}


@pytest.fixture
def directory() -> str:
    """A directory on the server that does not exist."""
    return f"/tmp/wikijs-test-export-{uuid4().hex}"  # noqa: S108  # the server makes it


def exporting(wiki: Area, *progress: tuple[str, int], message: str = "") -> WikiJSClient:
    """A client of a server whose export goes on like this each time it is asked."""
    states = iter([("notrunning", 0), *progress])

    def meddle(request: dict[str, Any], ask: Any) -> httpx2.Response:
        if request.get("operationName") == "SystemExport":
            return answer({"system": {"export": {"responseResult": OK}}})
        assert request.get("operationName") == "SystemExportStatus"
        status, percent = next(states)
        return answer(
            {"system": {"exportStatus": {"status": status, "progress": percent, "message": message, "startedAt": None}}}
        )

    return wiki.meddled(meddle)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once."""
    monkeypatch.setattr(system, "POLL_SECONDS", 0.001)


def test_an_export_is_waited_for(wiki: Area, directory: str) -> None:
    steps: list[int] = []
    status = wiki.client.system.export(directory, entities=["pages", "users"], progress=steps.append)
    assert status.status == "success"
    assert steps == sorted(steps)
    assert steps[-1] == 100


@pytest.mark.usefixtures("hurry")
def test_progress_is_told_until_the_end(wiki: Area) -> None:
    steps: list[int] = []
    client = exporting(wiki, ("running", 10), ("running", 60), ("success", 0))
    assert client.system.export("/export", progress=steps.append).status == "success"
    assert steps == [10, 60, 100]


def test_an_export_need_not_be_waited_for(wiki: Area) -> None:
    assert exporting(wiki, ("running", 10)).system.export("/export", wait=False).status == "running"


@pytest.mark.usefixtures("hurry")
def test_an_export_that_fails_or_takes_too_long_is_told(wiki: Area) -> None:
    with pytest.raises(exc.ExportFailedError, match="disk is full"):
        exporting(wiki, ("running", 10), ("error", 10), message="disk is full").system.export("/export")
    with pytest.raises(exc.TimeoutError, match=r"not finished after 0 seconds \(10 %\)"):
        exporting(wiki, ("running", 10)).system.export("/export", timeout=0)


def test_two_exports_at_once_are_a_conflict(wiki: Area) -> None:
    client = exporting(wiki)

    def busy(request: dict[str, Any], ask: Any) -> httpx2.Response:
        status = {"status": "running", "progress": 1, "message": "", "startedAt": None}
        return answer({"system": {"exportStatus": status}})

    client = wiki.meddled(busy)
    with pytest.raises(exc.ConflictError, match="running already"):
        client.system.export("/export")


def test_an_export_into_a_directory_with_files_is_a_conflict(wiki: Area, directory: str) -> None:
    def refuse(request: dict[str, Any], ask: Any) -> httpx2.Response:
        if request.get("operationName") == "SystemExport":
            result = {"succeeded": False, "errorCode": 1, "slug": "Error", "message": "Target directory must be empty!"}
            return answer({"system": {"export": {"responseResult": result}}})
        reply: httpx2.Response = ask()
        return reply

    client = wiki.client if wiki.is_live else wiki.meddled(refuse)
    with pytest.raises(exc.ConflictError, match="is not empty"):
        client.system.export("/etc")


@pytest.mark.parametrize(
    ("path", "entities", "reason"),
    [
        ("/export", [], "nothing to export"),
        ("/export", ["page"], "Did you mean 'pages'"),
        ("export", ["pages"], "no absolute path"),
    ],
)
def test_exports_of_nothing_or_to_nowhere_are_refused(path: str, entities: Any, reason: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client, pytest.raises(exc.ValidationError, match=reason):
        client.system.export(path, entities=entities)


def test_flags_that_are_not_named_are_kept(wiki: Area) -> None:
    wiki.client.system.set_flags(ldapdebug=True)
    assert wiki.client.system.set_flags(sqllog=False) == {flag.key: flag.value for flag in wiki.client.system.flags()}
    assert {flag.key: flag.value for flag in wiki.client.system.flags()}["ldapdebug"] is True
    wiki.client.system.set_flags(ldapdebug=False)


def test_each_is_told_about_the_server_what_they_may_know(wiki: Area) -> None:
    everything = wiki.client.system.info()
    assert everything.current_version
    assert everything.users_total
    some = wiki.limited("manage:users").system.info()
    assert some.users_total == everything.users_total
    assert some.current_version is None
    with pytest.raises(exc.PermissionDeniedError, match="may not read anything about the server"):
        wiki.limited("read:pages").system.info()


async def test_the_asynchronous_client_does_the_same(aclient: AsyncWikiJSClient, directory: str) -> None:
    assert (await aclient.system.export(directory, entities=["pages"])).status == "success"
    assert (await aclient.system.info()).current_version
