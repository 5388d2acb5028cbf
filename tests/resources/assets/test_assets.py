"""Uploading files, against the sandbox and, where WIKIJS_URL names one, a real server.

Every test runs with both clients; the asynchronous one is driven from here, call by call.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.recordings import step

from tests.resources.assets.files import PIXEL, Files, InLoop, again, files_of, uploads
from tests.resources.assets.test_rules import UPLOADED
from tests.resources.conftest import Area
from wikijs import exceptions as exc
from wikijs.resources.assets.models import Upload

OK = step("assets", "upload: unknown folder").reply()
"""What the server answers when it has stored nothing."""


@pytest.fixture(params=["sync", "async"])
def files(wiki: Area, request: pytest.FixtureRequest) -> Iterator[Files]:
    with files_of(wiki, request.param) as area:
        yield area


def test_an_upload_creates_its_folders_and_returns_the_file(files: Files) -> None:
    asset = files.put("My Photo (1).PNG", folder=f"{files.folder}/Deep/Er")
    assert asset.path == files.at("deep/er/my_photo_(1).png")
    assert asset.folder == files.at("deep/er")
    assert asset.filename == "my_photo_(1).png"
    assert (asset.kind.value, asset.mime, asset.file_size) == ("IMAGE", "image/png", len(PIXEL))
    assert asset.url == files.wiki.url + files.at("deep/er/my_photo_%281%29.png")
    assert files.assets.download(asset) == PIXEL
    assert files.assets.get(asset.id) == files.assets.get(asset.path) == asset


def test_every_kind_of_source_arrives(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "From Disk.bin"
    path.write_bytes(os.urandom(600_000))
    with path.open("rb") as stream:
        stream.seek(100)
        sent = {
            "from_disk.bin": (files.assets.upload(path, folder=files.folder), path.read_bytes()),
            "text.bin": (files.assets.upload(str(path), folder=files.folder, name="text.bin"), path.read_bytes()),
            "stream.bin": (
                files.assets.upload(stream, folder=files.folder, name="stream.bin"),
                path.read_bytes()[100:],
            ),
            "bytes.bin": (files.put("bytes.bin", b"b"), b"b"),
            "empty.bin": (files.put("empty.bin", b""), b""),
            "memory.bin": (files.put("memory.bin", io.BytesIO(b"m")), b"m"),  # type: ignore[arg-type]
        }
    for name, (asset, content) in sent.items():
        assert asset.filename == name
        assert asset.file_size == len(content)
        assert files.assets.download(asset) == content


def test_the_server_makes_of_names_what_we_say(files: Files) -> None:
    taken: set[str] = set()
    items = [
        Upload(b"x", name=name)
        for name, stored in UPLOADED.items()
        if not (stored in taken or taken.add(stored))  # type: ignore[func-returns-value]
        and not re.search(r'[\x00-\x1f"]', name)
    ]
    done = files.assets.upload_many(items, folder=files.folder, allow_unreachable=True)
    done.raise_for_errors()
    assert [asset.filename for asset in done] == [UPLOADED[item.name or ""] for item in items]
    for asset in done:
        if ".." not in asset.path and "." in asset.path:
            assert files.assets.download(asset) == b"x", asset.path


def test_a_file_that_exists_is_not_overwritten_unless_told(files: Files) -> None:
    first = files.put("a.png", b"one")
    with pytest.raises(exc.AssetExistsError, match="overwrite=True"):
        files.put("A.PNG", b"two")
    assert files.assets.download(first) == b"one"
    second = files.put("A.PNG", b"two", overwrite=True)
    assert second.id == first.id
    assert second.updated_at > first.updated_at
    assert files.assets.download(second) == b"two"


def test_refusals_come_before_anything_is_sent(files: Files, tmp_path: Path) -> None:
    assets, between = files.through(None)
    for name in ('a"b.png', "a\nb.png", "con.png", "x" * 300 + ".png", "x.md", "README", "a..b.png"):
        with pytest.raises(exc.AssetNameInvalidError):
            assets.upload(b"", name=name, folder=files.folder)
    for folder in ("/en", "/a", "/x/..", "/de-de/x", "/login", "/.."):
        with pytest.raises(exc.AssetNameInvalidError):
            assets.upload(b"", name="x.png", folder=folder)
    with pytest.raises(exc.ValidationError):
        assets.upload(b"", folder=files.folder)
    with pytest.raises(exc.ValidationError):
        assets.upload(tmp_path, name="x.png", folder=files.folder)
    with pytest.raises(FileNotFoundError):
        assets.upload(tmp_path / "x.png", folder=files.folder)
    assert between.requests == []


def test_a_file_that_nobody_can_download_is_stored_when_told_so(files: Files) -> None:
    asset = files.put("notes.MD", b"# x", allow_unreachable=True)
    assert asset.path == files.at("notes.md")
    with pytest.raises(exc.AssetNameInvalidError, match="lead to pages"):
        files.assets.download(asset)
    with pytest.raises(exc.AssetNotFoundError, match="a page answers there"):
        files.assets.download(asset, allow_unreachable=True)


def test_a_folder_is_not_created_when_told_so(files: Files) -> None:
    with pytest.raises(exc.NotFoundError, match=files.folder):
        files.put("a.png", create_folders=False)
    files.put("a.png")
    files.put("b.png", create_folders=False)
    assert [asset.filename for asset in files.assets.list(files.folder)] == ["a.png", "b.png"]


def test_an_ok_without_a_file_is_an_error(files: Files) -> None:
    files.put("there.png", b"old")
    assets, between = files.through(lambda request, ask: again(OK) if request.url.path == "/u" else ask())
    with pytest.raises(exc.ServerError, match=r"said ok, but there is no file of 3 bytes at .*/a\.png"):
        assets.upload(b"new", name="a.png", folder=files.folder)
    with pytest.raises(exc.ServerError, match=r"said ok, but there is no new file of 3 bytes at .*/there\.png"):
        assets.upload(b"new", name="there.png", folder=files.folder, overwrite=True)
    assert uploads(between) == 2


def test_a_lost_answer_is_settled_by_looking(files: Files) -> None:
    def lose(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        answer = ask()
        if request.url.path == "/u":
            raise httpx2.ReadTimeout("lost", request=request)
        return answer

    assets, between = files.through(lose)
    assert assets.upload(b"x", name="a.png", folder=files.folder).file_size == 1
    assert assets.upload(b"y", name="a.png", folder=files.folder, overwrite=True).file_size == 1
    assert files.assets.download(files.at("a.png")) == b"y"
    assert uploads(between) == 2


def test_a_lost_request_is_not_sent_again(files: Files) -> None:
    files.put("a.png", b"x")

    def lose(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        if request.url.path == "/u":
            raise httpx2.ReadError("lost", request=request)
        return ask()

    assets, between = files.through(lose)
    for name in ("a.png", "b.png"):
        with pytest.raises(exc.OutcomeUnknownError, match=name) as caught:
            assets.upload(b"y", name=name, folder=files.folder, overwrite=True)
        assert isinstance(caught.value.__cause__, exc.TransportError)
    assert uploads(between) == 2


def test_a_request_that_was_never_sent_leaves_nothing_to_settle(files: Files) -> None:
    files.put("a.png")

    def refuse(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        if request.url.path == "/u":
            raise httpx2.ConnectError("refused", request=request)
        return ask()

    with pytest.raises(exc.TransportError) as caught:
        files.through(refuse)[0].upload(b"y", name="b.png", folder=files.folder)
    assert not caught.value.sent


def test_a_folder_that_stays_hidden_is_an_error(files: Files) -> None:
    none = step("assets", "folders root, empty").reply()
    created = step("assets", "create folder: again").reply()

    def hide(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        return again(created if b"AssetsCreateFolder" in request.content else none)

    with pytest.raises(exc.PermissionDeniedError, match="hidden from this caller"):
        files.through(hide)[0].ensure_folder("/secret")


def test_a_folder_that_cannot_be_listed_afterwards_leaves_the_outcome_unknown(files: Files) -> None:
    files.put("x.png")

    def meddle(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        if uploads(between) and b"AssetsList" in request.content:
            return httpx2.Response(502, text="Bad Gateway")
        return ask()

    assets, between = files.through(meddle)
    with pytest.raises(exc.OutcomeUnknownError, match="cannot be listed"):
        assets.upload(b"y", name="a.png", folder=files.folder)


def test_a_large_file_is_refused_before_it_is_sent(files: Files) -> None:
    limit = files.wiki.client.site.config().upload_max_file_size
    assert limit == 5 * 1024 * 1024
    assets, between = files.through(None)
    with pytest.raises(exc.PayloadTooLargeError, match=r"at most 5242880 bytes.*uploads\.maxFileSize"):
        assets.upload(bytes(limit + 1), name="big.bin", folder=files.folder)
    assert uploads(between) == 0
    assert files.put("fits.bin", bytes(limit)).file_size == limit


def test_the_server_refuses_a_large_file_where_its_settings_are_hidden(files: Files) -> None:
    forbidden = {"errors": [{"message": "Forbidden", "path": ["site", "config"]}], "data": {"site": {"config": None}}}

    def meddle(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        return httpx2.Response(200, json=forbidden) if b"SiteConfig" in request.content else ask()

    assets, between = files.through(meddle)
    with pytest.raises(exc.PayloadTooLargeError, match=r"more than the wiki takes.*uploads\.maxFileSize") as caught:
        assets.upload(bytes(5 * 1024 * 1024 + 1), name="big.bin", folder=files.folder)
    assert caught.value.status == 500
    assert uploads(between) == 1
    assert files.assets.list(files.folder) == []


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (httpx2.Response(413, html="<html>nginx</html>"), exc.PayloadTooLargeError, "proxy"),
        (httpx2.Response(500, html="<span>Unexpected field</span>"), exc.OutcomeUnknownError, "not known"),
        (httpx2.Response(500, html="<p>Oops</p>"), exc.OutcomeUnknownError, "not known"),
        (httpx2.Response(302, headers={"location": "https://wiki/u"}), exc.OutcomeUnknownError, "not known"),
        (step("assets", "upload as guest").reply(), exc.PermissionDeniedError, "not authorized to upload"),
        (step("assets", "upload: no folder field").reply(), exc.ValidationError, "Missing upload folder"),
        (
            httpx2.Response(500, json={"data": {}, "errors": [{"message": "API Key is invalid or was revoked."}]}),
            exc.ApiKeyRevokedError,
            "revoked",
        ),
        (httpx2.Response(200, html="<p>Log in</p>"), exc.OutcomeUnknownError, "not known"),
    ],
)
def test_other_answers(files: Files, answer: httpx2.Response, error: type[Exception], text: str) -> None:
    assets, _ = files.through(lambda request, ask: again(answer) if request.url.path == "/u" else ask())
    with pytest.raises(error, match=text):
        assets.upload(b"x", name="a.png", folder=files.folder)


def test_who_may_not_upload_is_told_the_permission(files: Files) -> None:
    files.put("a.png")
    reader = files.wiki.limited("read:assets")
    with pytest.raises(exc.PermissionDeniedError) as caught:
        reader.assets.upload(b"x", name="b.png", folder=files.folder)
    assert "write:assets" in caught.value.permissions
    writer = files.wiki.limited("write:assets")
    with pytest.raises(exc.PermissionDeniedError) as caught:
        writer.assets.upload(b"x", name="b.png", folder=files.folder)
    assert "read:assets" in caught.value.permissions
    both = files.wiki.limited("read:assets", "write:assets")
    assert both.assets.upload(b"x", name="b.png", folder=files.folder).filename == "b.png"


def test_the_content_type_decides_what_is_an_image(files: Files) -> None:
    assert files.put("a.png").kind.value == "IMAGE"
    assert files.put("b.webp").mime == "image/webp"
    assert files.put("c.png", content_type="application/x-own").kind.value == "BINARY"
    assert [asset.filename for asset in files.assets.list(files.folder, kind="IMAGE")] == ["a.png", "b.webp"]
    assert [asset.filename for asset in files.assets.list(files.folder, kind="BINARY")] == ["c.png"]


def test_svg_images_come_back_cleaned(files: Files) -> None:
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect width="1"/></svg>'
    asset = files.put("a.svg", script)
    assert asset.file_size == len(script)  # of what was sent, not of what is there
    content = files.assets.download(asset)
    assert b"<script" not in content
    assert b"<rect" in content


def test_progress_counts_the_bytes_of_the_file(files: Files) -> None:
    seen: list[tuple[int, int]] = []
    size = 700_000
    files.put("a.bin", bytes(size), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (size, size)
    assert len(seen) > 3
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {total for _, total in seen} == {size}


# Many at once


def test_many_uploads_each_with_its_outcome(files: Files, tmp_path: Path) -> None:
    (tmp_path / "One.bin").write_bytes(b"1")
    files.put("there.bin", b"old")
    items: list[Any] = [
        tmp_path / "One.bin",
        Upload(b"2", name="two.bin", folder=f"{files.folder}/sub"),
        tmp_path / "missing.bin",
        Upload(b"3", name="ONE.bin"),
        Upload(b"4", name="there.bin"),
        Upload(b"5", name="x.md"),
        Upload(b"6", name="six.bin", folder="/en"),
        Upload(b"7", name="seven.bin", folder=f"{files.folder}/Sub"),
    ]
    seen: list[tuple[int, int]] = []
    result = files.assets.upload_many(items, folder=files.folder, progress=lambda *each: seen.append(each))
    assert [asset.path for asset in result] == [files.at("one.bin"), files.at("sub/two.bin"), files.at("sub/seven.bin")]
    assert [(error.index, type(error.exception)) for error in result.errors] == [
        (2, FileNotFoundError),
        (3, exc.AssetExistsError),
        (4, exc.AssetExistsError),
        (5, exc.AssetNameInvalidError),
        (6, exc.AssetNameInvalidError),
    ]
    assert [error.input for error in result.errors] == [items[error.index] for error in result.errors]
    assert seen == [(6, 8), (7, 8), (8, 8)]
    assert files.assets.download(files.at("there.bin")) == b"old"
    assert not result.interrupted


def test_many_uploads_list_each_folder_twice_not_once_a_file(files: Files) -> None:
    files.put("x.bin")
    assets, between = files.through(None)
    items = [Upload(bytes([n]), name=f"{n}.bin") for n in range(12)]
    assert len(assets.upload_many(items, folder=files.folder)) == 12
    assert uploads(between) == 12
    heads = sum(method == "HEAD" for method, _ in between.requests)
    assert heads == 12
    assert len(between.requests) - 12 - heads <= 4


def test_ctrl_c_returns_what_was_done(files: Files) -> None:
    if isinstance(files.assets, InLoop):
        pytest.skip("a cancelled task has to obey")
    files.put("x.bin")

    def meddle(request: httpx2.Request, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        if request.url.path == "/u" and uploads(between) == 3:
            raise KeyboardInterrupt
        return ask()

    assets, between = files.through(meddle)
    items = [Upload(bytes([n]), name=f"{n}.bin") for n in range(6)]
    result = assets.upload_many(items, folder=files.folder)
    assert [asset.filename for asset in result] == ["0.bin", "1.bin"]
    assert [(error.index, type(error.exception)) for error in result.errors] == [(2, exc.OutcomeUnknownError)]
    assert result.not_attempted == items[3:]
    assert result.interrupted
