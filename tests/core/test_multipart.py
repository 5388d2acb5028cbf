"""The body of an upload, judged by other parsers than ours, and where its bytes come from."""

from __future__ import annotations

import io
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser

from wikijs import exceptions as exc
from wikijs.core.transport.multipart import check_name, upload_body
from wikijs.resources.assets.sources import CHUNK, OpenSource, name_of, open_source

UPLOADABLE = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\/', exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40
).filter(lambda name: name[1:2] != ":")


class Data:
    """Content in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.length = sum(map(len, pieces))

    def chunks(self) -> Generator[bytes, None, None]:
        yield from self._pieces


def parts(content_type: str, body: bytes) -> list[tuple[dict[str, bytes], bytes]]:
    """Headers and content of each part, as python-multipart reads them."""
    found: list[tuple[dict[str, bytes], bytes]] = []
    names: list[bytes] = []
    values: list[bytes] = []

    def begin() -> None:
        found.append(({}, b""))

    def field(data: bytes, start: int, end: int) -> None:
        names.append(data[start:end])

    def value(data: bytes, start: int, end: int) -> None:
        values.append(data[start:end])

    def header_end() -> None:
        found[-1][0][b"".join(names).decode().lower()] = b"".join(values)
        names.clear()
        values.clear()

    def content(data: bytes, start: int, end: int) -> None:
        found[-1] = (found[-1][0], found[-1][1] + data[start:end])

    parser = MultipartParser(
        content_type.partition("boundary=")[2],
        {
            "on_part_begin": begin,
            "on_header_field": field,
            "on_header_value": value,
            "on_header_end": header_end,
            "on_part_data": content,
        },
    )
    parser.write(body)
    parser.finalize()
    return found


def test_the_body_byte_for_byte() -> None:
    body = upload_body(7, "図 (1).png", "image/png", Data(b"abc", b"def"), boundary="B")
    assert body.content_type == "multipart/form-data; boundary=B"
    assert b"".join(body.chunks()) == (
        b'--B\r\nContent-Disposition: form-data; name="mediaUpload"\r\n\r\n{"folderId":7}\r\n'
        b'--B\r\nContent-Disposition: form-data; name="mediaUpload"; filename="\xe5\x9b\xb3 (1).png"\r\n'
        b"Content-Type: image/png\r\n\r\nabcdef\r\n--B--\r\n"
    )


@given(UPLOADABLE, st.lists(st.binary(max_size=100), max_size=4), st.integers(0, 2**31 - 1))
def test_another_parser_reads_what_was_put_in(name: str, pieces: list[bytes], folder_id: int) -> None:
    body = upload_body(folder_id, name, "text/x-test", Data(*pieces))
    (metadata, text), (headers, content) = parts(body.content_type, b"".join(body.chunks()))
    assert metadata == {"content-disposition": b'form-data; name="mediaUpload"'}
    assert text == b'{"folderId":%d}' % folder_id
    assert headers["content-disposition"] == f'form-data; name="mediaUpload"; filename="{name}"'.encode()
    assert headers["content-type"] == b"text/x-test"
    assert content == b"".join(pieces)


@given(UPLOADABLE, st.lists(st.binary(max_size=100), max_size=4))
def test_the_length_is_known_beforehand_and_the_body_can_be_read_again(name: str, pieces: list[bytes]) -> None:
    body = upload_body(0, name, "a/b", Data(*pieces))
    first, second = b"".join(body.chunks()), b"".join(body.chunks())
    assert first == second
    assert len(first) == body.length
    assert first[body.lead :].startswith(b"".join(pieces))


def test_two_bodies_have_two_boundaries() -> None:
    kinds = {upload_body(0, "a", "a/b", Data()).content_type for _ in range(20)}
    assert len(kinds) == 20


@pytest.mark.parametrize("name", ['a"b', "a\nb", "a\rb", "a\0b", "a\\b", "a/b", "C:x.png", "x\tb", "caf\udce9.png"])
def test_names_that_the_server_would_misread_are_refused(name: str) -> None:
    with pytest.raises(exc.AssetNameInvalidError) as caught:
        upload_body(0, name, "a/b", Data())
    assert isinstance(caught.value, exc.ValidationError)
    str(caught.value).encode()


@pytest.mark.parametrize("name", ["a'b", "a%22b", "ab:c", "😀.png", "a\u200bb", "ünï.png", " a "])
def test_other_names_are_not(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("kind", ["", "png", "image/", "a/b\r\nX: y", "a/b; c=d\n", "a b/c", "image/é"])
def test_what_is_no_media_type_is_refused(kind: str) -> None:
    with pytest.raises(exc.ValidationError, match="media type"):
        upload_body(0, "a.png", kind, Data())


def test_a_media_type_may_have_parameters() -> None:
    assert b"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n" in b"".join(
        upload_body(0, "a.csv", "text/csv; charset=utf-8", Data()).chunks()
    )


def whole(source: OpenSource) -> bytes:
    content = b"".join(source.chunks())
    assert len(content) == source.length
    return content


class Pipe(io.RawIOBase):
    """A stream that cannot go back."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._data.readinto(buffer)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_every_kind_of_source_gives_the_same_bytes_twice(size: int, tmp_path: Path) -> None:
    data = os.urandom(size)
    path = tmp_path / "f.bin"
    path.write_bytes(data)
    with path.open("rb") as stream:
        for source in (data, bytearray(data), path, str(path), stream, io.BytesIO(data), Pipe(data)):
            opened = open_source(source)  # type: ignore[arg-type]
            assert whole(opened) == data
            assert whole(opened) == data
            opened.close()
        assert not stream.closed


def test_chunks_are_small(tmp_path: Path) -> None:
    data = bytes(5 * CHUNK)
    (tmp_path / "f").write_bytes(data)
    for source in (data, tmp_path / "f", io.BytesIO(data)):
        assert max(map(len, open_source(source).chunks())) == CHUNK


def test_a_stream_is_read_from_where_it_stands() -> None:
    stream = io.BytesIO(b"header|content")
    stream.read(7)
    source = open_source(stream)
    assert whole(source) == b"content"
    assert whole(source) == b"content"


def test_a_file_that_grows_is_sent_as_long_as_it_was_announced(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"12345")
    source = open_source(path)
    path.write_bytes(b"1234567")
    assert whole(source) == b"12345"


def test_a_file_that_shrinks_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"12345")
    source = open_source(path)
    path.write_bytes(b"12")
    with pytest.raises(exc.ValidationError, match="3 bytes are missing"):
        list(source.chunks())


def test_folders_missing_files_and_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(exc.ValidationError, match="not a file"):
        open_source(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_source(tmp_path / "missing")
    with pytest.raises(exc.ValidationError, match="binary mode"):
        open_source(io.StringIO("text"))  # type: ignore[arg-type]


def test_names_of_sources(tmp_path: Path) -> None:
    path = tmp_path / "Photo.PNG"
    path.touch()
    assert name_of(path) == name_of(str(path)) == "Photo.PNG"
    with path.open("rb") as stream:
        assert name_of(stream) == "Photo.PNG"
    nameless = io.BytesIO()
    nameless.name = "<stdin>"
    for source in (b"", io.BytesIO(), nameless):
        with pytest.raises(exc.ValidationError, match="name="):
            name_of(source)
