"""Uploads whose answer is lost: the folder tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.sandbox import Sandbox


class Lossy(httpx2.BaseTransport):
    """Loses uploads as planned."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.inner = sandbox.transport()
        self.plan: list[str] = []
        self.uploads = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/u":
            return self.inner.handle_request(request)
        self.uploads += 1
        fault = self.plan.pop(0) if self.plan else ""
        where, _, status = fault.partition(" ")
        answer = None if where == "before" else self.inner.handle_request(request)
        if status:
            return httpx2.Response(int(status), text="<html>", headers={"content-type": "text/html"})
        if fault or answer is None:
            raise httpx2.ReadError("cut", request=request)
        return answer


@pytest.fixture
def line() -> Iterator[Lossy]:
    with Sandbox() as sandbox:
        yield Lossy(sandbox)


@pytest.fixture
def client(line: Lossy) -> Iterator[WikiJSClient]:
    sandbox = line.inner._sandbox
    with (
        httpx2.Client(transport=line) as http,
        WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False) as client,
    ):
        yield client


@pytest.mark.parametrize("fault", ["after", "after 502", "after 503", "after 504"])
def test_a_file_that_is_there_was_uploaded(client: WikiJSClient, line: Lossy, fault: str) -> None:
    line.plan = [fault]
    assert client.assets.upload(b"12345", name="a.bin").file_size == 5
    assert line.uploads == 1


@pytest.mark.parametrize("fault", ["before", "before 502", "before 504"])
def test_a_file_that_is_not_there_may_be_on_its_way(client: WikiJSClient, line: Lossy, fault: str) -> None:
    line.plan = [fault]
    with pytest.raises(exc.OutcomeUnknownError, match="was stored is not known"):
        client.assets.upload(b"12345", name="a.bin")
    assert line.uploads == 1


def test_the_file_that_was_there_before_is_not_taken_for_the_new_one(client: WikiJSClient, line: Lossy) -> None:
    client.assets.upload(b"12345", name="a.bin")
    line.plan = ["before"]
    with pytest.raises(exc.OutcomeUnknownError):
        client.assets.upload(b"54321", name="a.bin", overwrite=True)


def test_of_many_files_each_is_settled(client: WikiJSClient, line: Lossy, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(4):
        (folder / f"f{number}.bin").write_bytes(b"x" * (number + 1))
    line.plan = ["", "after", "before", "after 502"]
    result = client.assets.upload_many(sorted(folder.iterdir()))
    assert [asset.file_size for asset in result] == [1, 2, 4]
    assert [(error.index, type(error.exception)) for error in result.errors] == [(2, exc.OutcomeUnknownError)]
