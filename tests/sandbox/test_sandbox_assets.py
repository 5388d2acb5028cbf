"""Files in the sandbox: answers measured on a real server, and what they cannot tell."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import AsyncIterator

import httpx2
import pytest
import transfers
from compare import Differences
from stories import repeated

from wikijs.sandbox import Sandbox
from wikijs.sandbox.http import multipart
from wikijs.sandbox.http.messages import Request
from wikijs.sandbox.markup.svg import sanitized_svg

FORM = {"content-type": "multipart/form-data; boundary=B"}
LIST = "{assets{list(folderId:0,kind:ALL){id filename fileSize}}}"


@pytest.fixture(scope="module")
def found() -> dict[str, Differences]:
    """Where uploads and downloads differ from those measured."""
    return transfers.repeated()


@pytest.mark.parametrize("step", [step["step"] for step in transfers.load()])
def test_files_travel_as_measured(step: str, found: dict[str, Differences]) -> None:
    assert found[step] == []


def test_folders_are_as_measured() -> None:
    assert {step: wrong for step, wrong in repeated("folders").items() if wrong} == {}


def form(name: str, content: bytes, *, ends: bool = True) -> bytes:
    """A form with one file for the root."""
    start = '--B\r\nContent-Disposition: form-data; name="mediaUpload"\r\n\r\n{"folderId":0}\r\n--B\r\n'
    start += f'Content-Disposition: form-data; name="mediaUpload"; filename="{name}"\r\n\r\n'
    return start.encode() + content + (b"\r\n--B--\r\n" if ends else b"")


def listed(http: httpx2.Client) -> list[tuple[str, int]]:
    """Names and sizes of the files at the root."""
    files = http.post("/graphql", json={"query": LIST}).json()["data"]["assets"]["list"]
    return [(file["filename"], file["fileSize"]) for file in files]


def test_expired_key_is_never_answered(sandbox: Sandbox, http: httpx2.Client) -> None:
    made = http.post(
        "/graphql",
        json={
            "query": """mutation { authentication { createApiKey(name: "k", expiration: "1s", fullAccess: true) {
            key } } }"""
        },
    ).json()
    key = made["data"]["authentication"]["createApiKey"]["key"]
    real = sandbox.clock
    sandbox.clock = lambda: real() + 10
    with pytest.raises(httpx2.ReadTimeout):
        http.post("/u", content=form("a.png", b"x"), headers=FORM | {"authorization": f"Bearer {key}"})
    assert listed(http) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
@pytest.mark.parametrize("front", [b"", b"preamble\r\n"])
def test_form_may_be_read_in_any_pieces(size: int, front: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"\r\n--X\r\n--\r\n-" * 3
    monkeypatch.setattr(multipart, "CHUNK", size)
    found = multipart.read_form(
        io.BytesIO(front + form("pieces.png", content)), FORM["content-type"], "mediaUpload", len(content), 1
    )
    assert found.texts == {"mediaUpload": ['{"folderId":0}']}
    assert [(file.filename, file.size, file.content.read()) for file in found.files] == [
        ("pieces.png", len(content), content)
    ]
    found.close()


async def test_long_upload_over_a_port_stays_out_of_memory(sandbox: Sandbox) -> None:
    size = 48 * 1024 * 1024
    chunk = bytes(64 * 1024)

    async def body() -> AsyncIterator[bytes]:
        yield form("huge.bin", b"", ends=False)
        for _ in range(size // len(chunk)):
            yield chunk
        yield b"\r\n--B--\r\n"

    transport = httpx2.ASGITransport(sandbox.asgi)
    headers = FORM | {"authorization": f"Bearer {sandbox.api_key}"}
    async with httpx2.AsyncClient(transport=transport, base_url=sandbox.url, headers=headers) as http:
        tracemalloc.start()
        try:
            response = await http.post("/u", content=body())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert response.status_code == 500
    assert "File too large" in response.text
    assert peak < size / 4


def test_files_outlive_the_process(tmp_path: object) -> None:
    path = f"{tmp_path}/wiki.db"
    with Sandbox(data=path) as first:
        body = form("kept.png", b"12345")
        headers = FORM | {"authorization": f"Bearer {first.api_key}"}
        assert first.handle(Request("POST", "/u", headers=headers, body=body)).body == b"ok"
    with Sandbox(data=path) as second:
        headers = {"authorization": f"Bearer {second.api_key}"}
        assert second.handle(Request("GET", "/kept.png", headers=headers)).body == b"12345"


@pytest.mark.parametrize(
    ("drawing", "clean"),
    [
        ('<svg><script>1</script><circle r="1"/></svg>', '<svg><circle r="1"></circle></svg>'),
        ('<svg onload="x()"><path d="M0 0"/></svg>', '<svg><path d="M0 0"></path></svg>'),
        ('<?xml version="1.0"?><!-- c --><svg viewBox="0 0 1 1"></svg>', '<svg viewBox="0 0 1 1"></svg>'),
        (
            '<svg><a xlink:href="javascript:x()"><text>a &lt; b</text></a></svg>',
            "<svg><a><text>a &lt; b</text></a></svg>",
        ),
        ("<svg><foreignObject><p>x</p></foreignObject><g></g></svg>", "<svg><g></g></svg>"),
        ('<svg><linearGradient id="g"/></svg>', '<svg><linearGradient id="g"></linearGradient></svg>'),
    ],
)
def test_drawings_lose_what_could_run(drawing: str, clean: str) -> None:
    assert sanitized_svg(drawing) == clean


def test_measured_steps_have_names_of_their_own() -> None:
    names = [step["step"] for step in transfers.load()]
    assert len(names) == len(set(names)) > 300
    assert json.loads(transfers.FILE.read_text(encoding="utf-8"))
