"""Finding, renaming, deleting and downloading files, against the sandbox and a real server where WIKIJS_URL names one.

Every test runs with both clients; the asynchronous one is driven from here, call by call.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.resources.assets.files import OF_THE_WAY, PIXEL, Files, again, files_of
from tests.resources.conftest import Area
from wikijs import exceptions as exc


@pytest.fixture(params=["sync", "async"])
def files(wiki: Area, request: pytest.FixtureRequest) -> Iterator[Files]:
    with files_of(wiki, request.param) as area:
        yield area


# Finding


def test_listing(files: Files) -> None:
    for path in ("b.png", "a.png", "sub/c.png", "sub/deep/d.png"):
        folder, _, name = path.rpartition("/")
        files.put(name, folder=f"{files.folder}/{folder}")
    names = [asset.path for asset in files.assets.list(files.folder, recursive=True)]
    assert names == [files.at(path) for path in ("a.png", "b.png", "sub/c.png", "sub/deep/d.png")]
    assert [asset.path for asset in files.assets.list(files.at("Sub/"))] == [files.at("sub/c.png")]
    sub, deep = files.assets.folders(files.folder)
    assert (sub.path, deep.path) == (files.at("sub"), files.at("sub/deep"))
    assert deep.parent_id == sub.id
    assert files.assets.folders(files.folder, recursive=False) == [sub]
    assert files.assets.list(deep.id) == files.assets.list(deep.path)
    assert files.folder in [folder.path for folder in files.assets.folders()]
    with pytest.raises(exc.NotFoundError):
        files.assets.list(files.at("nowhere"))
    with pytest.raises(exc.NotFoundError):
        files.assets.list(2**31 - 1)


def test_getting(files: Files) -> None:
    asset = files.put("My File.bin")
    for reference in (asset, asset.id, asset.path, files.at("My File.bin"), asset.path.lstrip("/")):
        assert files.assets.get(reference) == asset
        assert files.assets.url(reference).startswith(files.wiki.url)
    assert files.assets.url(asset.path) == files.assets.url(asset.id) == asset.url
    for missing in (files.at("none.bin"), files.at("none/none.bin"), 2**31 - 1):
        with pytest.raises(exc.AssetNotFoundError):
            files.assets.get(missing)


def test_folders_are_made_once(files: Files) -> None:
    first = files.assets.ensure_folder(f"{files.folder}/A b/c")
    assert first.path == files.at("a b/c")
    assert files.assets.ensure_folder(f"{files.folder}/a B/C/") == first
    assert files.assets.ensure_folder("/").id == 0


# Renaming and deleting


def test_renaming(files: Files) -> None:
    asset = files.put("old.png")
    new = files.assets.rename(asset, "New Name.PNG")
    assert (new.id, new.path) == (asset.id, files.at("new name.png"))
    assert files.assets.download(new) == PIXEL
    with pytest.raises(exc.AssetNotFoundError):
        files.assets.download(asset.path)
    assert files.assets.rename(new.path, "new name.png") == new
    files.put("taken.png")
    with pytest.raises(exc.AssetExistsError):
        files.assets.rename(new, "taken.png")
    with pytest.raises(exc.AssetExtensionChangedError):
        files.assets.rename(new, "x.jpg")
    for name in ("a/b.png", "..", "a..b.png", ""):
        with pytest.raises(exc.AssetNameInvalidError):
            files.assets.rename(new, name)
    assert files.assets.rename(new.id, "a..b.png", allow_unreachable=True).filename == "a..b.png"
    with pytest.raises(exc.AssetNotFoundError):
        files.assets.rename(2**31 - 1, "x.png")


def test_deleting(files: Files) -> None:
    one, two = files.put("1.png"), files.put("2.png")
    files.assets.delete(one.path)
    files.assets.delete(two.id)
    assert files.assets.list(files.folder) == []
    for gone in (one, one.path, two.id):
        with pytest.raises(exc.AssetNotFoundError):
            files.assets.delete(gone)


def test_deleting_many(files: Files) -> None:
    kept, one, two = files.put("kept.bin"), files.put("1.bin"), files.put("2.bin")
    seen: list[tuple[int, int]] = []
    result = files.assets.delete_many(
        [one, two.path, files.at("none.bin"), one.id], progress=lambda *each: seen.append(each)
    )
    assert result.success == [one.id, two.id]
    assert [(error.index, type(error.exception)) for error in result.errors] == [
        (2, exc.AssetNotFoundError),
        (3, exc.AssetNotFoundError),
    ]
    assert seen[-1] == (4, 4)
    assert files.assets.list(files.folder) == [kept]


# Downloading


def test_downloading_to_disk(files: Files, tmp_path: Path) -> None:
    content = os.urandom(700_000)
    asset = files.put("a.bin", content)
    seen: list[tuple[int, int]] = []
    path = files.assets.download(asset, to=tmp_path / "b.bin", progress=lambda *each: seen.append(each))
    assert path == tmp_path / "b.bin"
    assert path.read_bytes() == content
    assert seen[-1] == (len(content), len(content))
    assert files.assets.download(asset.path, to=str(tmp_path)) == tmp_path / "a.bin"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.bin", "b.bin"]
    files.put("a.bin", b"new", overwrite=True)
    files.assets.download(asset.id, to=path)
    assert path.read_bytes() == b"new"


def test_a_file_that_is_not_there_leaves_nothing_on_disk(files: Files, tmp_path: Path) -> None:
    with pytest.raises(exc.AssetNotFoundError, match=r"none\.bin"):
        files.assets.download(files.at("none.bin"), to=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (httpx2.Response(302, headers={"location": "https://wiki/a.bin"}), exc.EndpointError, "redirects"),
        (httpx2.Response(403, html="<p>Log in</p>"), exc.AuthenticationError, "proxy"),
        (httpx2.Response(502, text="Bad Gateway"), exc.ServerError, "Bad Gateway"),
        (
            httpx2.Response(500, json={"data": {}, "errors": [{"message": "API Key is invalid or was revoked."}]}),
            exc.ApiKeyRevokedError,
            "revoked",
        ),
    ],
)
def test_other_answers_to_a_download(files: Files, answer: httpx2.Response, error: type[Exception], text: str) -> None:
    assets, _ = files.through(lambda request, ask: again(answer))
    with pytest.raises(error, match=text):
        assets.download("/a.bin")


def test_a_failing_list_is_an_error(files: Files) -> None:
    assets, _ = files.through(
        lambda request, ask: httpx2.Response(502, text="Bad") if b"AssetsList" in request.content else ask()
    )
    with pytest.raises(exc.ServerError):
        assets.list("/")


def test_downloads_need_no_right_to_list(files: Files) -> None:
    asset = files.put("a.bin", b"x")
    assets, between = files.through(None)
    assert assets.download(asset.path) == b"x"
    assert between.requests == [("GET", asset.path)]


def test_a_forbidden_download_names_the_permission(files: Files) -> None:
    asset = files.put("a.bin", b"x")
    with pytest.raises(exc.PermissionDeniedError) as caught:
        files.wiki.limited("read:pages").assets.download(asset)
    assert caught.value.permissions == ("read:assets",)


@pytest.mark.parametrize("there", [1, 300_000, 699_999, 700_000])
def test_a_download_goes_on_in_a_later_call(files: Files, tmp_path: Path, there: int) -> None:
    content = os.urandom(700_000)
    asset = files.put("a.bin", content)
    ranges: list[str | None] = []

    def cut(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        answer = ask()
        if request.method == "GET":
            ranges.append(request.headers.get("range"))
            piece = answer.content[:there] if answer.status_code == 200 else b""
            headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_WAY}
            return httpx2.Response(answer.status_code, headers=headers, stream=Cut(piece))
        return answer

    with pytest.raises(exc.TransportError):  # the first attempt breaks off, those that follow bring nothing
        files.through(cut)[0].download(asset, to=tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.bin.part", "a.bin.part.json"]
    assert (tmp_path / "a.bin.part").stat().st_size == there
    assert ranges == [None, *[f"bytes={there - 1}-"] * 3]
    assets, _ = files.through(lambda request, ask: (ranges.append(request.headers.get("range")), ask())[1])
    assets.download(asset, to=tmp_path)
    assert ranges[-1] == f"bytes={there - 1}-"
    assert (tmp_path / "a.bin").read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


class Cut(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Content that breaks off."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx2.ReadError("cut")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
        raise httpx2.ReadError("cut")


def test_a_file_that_changed_meanwhile_is_downloaded_anew(files: Files, tmp_path: Path) -> None:
    old, new = b"a" * 400_000, b"b" * 400_000
    asset = files.put("a.bin", old)
    (tmp_path / "a.bin.part").write_bytes(old[:1000])
    with httpx2.Client(transport=files.wiki.transport()) as http:
        answer = http.get(asset.url, headers={"authorization": f"Bearer {files.wiki.key}"})
    notes = {"url": asset.url, "etag": answer.headers["etag"]}  # as a call that broke off leaves them
    (tmp_path / "a.bin.part.json").write_text(json.dumps(notes))
    files.put("a.bin", new, overwrite=True)
    files.assets.download(asset, to=tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == new
