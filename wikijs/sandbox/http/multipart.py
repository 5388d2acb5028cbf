"""Uploads in `multipart/form-data`, read as multer 1.4 and busboy 0.2 read them: names are mangled their way."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

CHUNK = 64 * 1024
IN_MEMORY = 1024 * 1024
"""Bytes of a file that are held in memory; a bigger one goes to disk."""
LONGEST_FIELD = 1024 * 1024
PARAMETER = re.compile(r';[ \t]*([^=;*\s"]+)(\*?)=[ \t]*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
WINDOWS_DEVICE = re.compile(r"\A(?:[a-zA-Z]:|[\\/]{2}[^\\/]+[\\/]+[^\\/]+)")


class FormError(Exception):
    """A form that is refused with an HTML page and status 500."""


@dataclass
class File:
    """A file of a form."""

    filename: str
    mime: str
    content: IO[bytes]
    size: int = 0


@dataclass
class Form:
    """What a form holds: texts by name, and the files."""

    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: list[File] = field(default_factory=list[File])

    def close(self) -> None:
        """Remove temporary files."""
        for file in self.files:
            file.content.close()


def read_form(source: IO[bytes], content_type: str, name: str, largest_file: int, most_files: int) -> Form:
    """Read a form whose files must all be in fields of this name. Raise FormError for what the server chokes on."""
    kind, _, _ = content_type.partition(";")
    boundary = parameters(content_type.encode().decode("latin-1")).get("boundary")
    if kind.strip().lower() != "multipart/form-data":
        raise FormError(f"Unsupported content type: {content_type}")
    if not boundary:
        raise FormError("Multipart: Boundary not found")
    reader = FormReader(name, largest_file, most_files)
    callbacks: dict[str, Callable[..., None]] = {
        "on_part_begin": reader.begin,
        "on_header_field": reader.header_name,
        "on_header_value": reader.header_value,
        "on_header_end": reader.header_end,
        "on_headers_finished": reader.headers_finished,
        "on_part_data": reader.data,
        "on_part_end": reader.end,
        "on_end": reader.finish,
    }
    parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # a TypedDict of these names
    try:
        for chunk in from_first_part(source, b"--" + boundary.encode("latin-1")):
            parser.write(chunk)
    except FormParserError as error:
        reader.form.close()
        raise FormError("Unexpected end of multipart data") from error
    except FormError:
        reader.form.close()
        raise
    if reader.parts and not reader.is_finished:
        reader.form.close()
        raise FormError("Unexpected end of multipart data")
    return reader.form


def from_first_part(source: IO[bytes], delimiter: bytes) -> Iterator[bytes]:
    """The form in pieces, without what comes before its first part; nothing of a form that has none."""
    start = b""
    while chunk := source.read(CHUNK):
        start += chunk
        if (position := start.find(delimiter)) >= 0:
            start = start[position:] + source.read(CHUNK)
            if not start.startswith(delimiter + b"--"):
                yield start
                while chunk := source.read(CHUNK):
                    yield chunk
            return
        start = start[-len(delimiter) :]


class FormReader:
    """Builds a form from what the parser reports."""

    def __init__(self, name: str, largest_file: int, most_files: int) -> None:
        self.form = Form()
        self.parts = 0
        self.is_finished = False
        self._name = name
        self._largest_file = largest_file
        self._most_files = most_files
        self._file_parts = 0
        self._headers: dict[str, str] = {}
        self._header = (b"", b"")
        self._file: File | None = None
        self._text: bytearray | None = None
        self._text_name = ""

    def begin(self) -> None:
        """A part begins."""
        self.parts += 1
        self._headers, self._file, self._text = {}, None, None

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        name, value = self._header
        self._header = (name + data[start:end], value)

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        name, value = self._header
        self._header = (name, value + data[start:end])

    def header_end(self) -> None:
        """A header is complete; the first of a name counts."""
        name, value = self._header
        self._headers.setdefault(name.decode("latin-1").strip().lower(), value.decode("latin-1"))
        self._header = (b"", b"")

    def headers_finished(self) -> None:
        """The part's kind is known: a file, a text, or neither."""
        disposition = self._headers.get("content-disposition", "")
        if disposition.partition(";")[0].strip().lower() != "form-data":
            return
        known = parameters(disposition)
        mime = (self._headers.get("content-type", "").partition(";")[0].strip() or "text/plain").lower()
        if mime == "application/octet-stream" or "filename" in known:
            self._begin_file(known, mime)
            return
        if "name" not in known:
            raise FormError("Field name missing")
        self._text, self._text_name = bytearray(), decoded(known["name"])

    def _begin_file(self, known: dict[str, str], mime: str) -> None:
        self._file_parts += 1
        if self._file_parts > self._most_files:
            raise FormError("Too many files")
        filename = basename(decoded(known.get("filename", "")))
        if not filename:
            return
        if decoded(known.get("name", "")) != self._name:
            raise FormError("Unexpected field")
        self._file = File(filename, mime, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  # the form closes it
        self.form.files.append(self._file)

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of a part."""
        if self._file is not None:
            self._file.size += end - start
            if self._file.size > self._largest_file:
                raise FormError("File too large")
            self._file.content.write(data[start:end])
        elif self._text is not None:
            self._text += data[start:end]
            if len(self._text) > LONGEST_FIELD:
                raise FormError("Field value too long")

    def end(self) -> None:
        """A part is complete."""
        if self._file is not None:
            self._file.content.seek(0)
        elif self._text is not None:
            self.form.texts.setdefault(self._text_name, []).append(self._text.decode(errors="replace"))

    def finish(self) -> None:
        """The form is complete."""
        self.is_finished = True


def parameters(header: str) -> dict[str, str]:
    """The parameters of a header, one character a byte; the last of equal names wins, extended ones included."""
    found: dict[str, str] = {}
    for name, star, value in PARAMETER.findall(header):
        text = re.sub(r'\\([\\"])', r"\1", value.strip('"')) if value.startswith('"') else "".join(value.split())
        found[name.lower()] = extended(text) if star else text
    return found


def extended(value: str) -> str:
    """An RFC 5987 value, decoded; the caller decodes it once more, as the server does, which spoils it."""
    charset, quote, rest = value.partition("'")
    _, second, text = rest.partition("'")
    if not quote or not second:
        return value
    try:
        return unquote_to_bytes(text).decode(codecs.lookup(charset).name, "replace")
    except LookupError:
        return unquote_to_bytes(text).decode("latin-1")


def decoded(text: str) -> str:
    """Bytes kept one a character, as the UTF-8 they are; of greater characters only the low byte counts."""
    return bytes(ord(letter) & 0xFF for letter in text).decode(errors="replace")


def basename(path: str) -> str:
    """The last part of a path of either kind."""
    name = path.rstrip("/").rpartition("/")[2]
    if name != path:
        return name
    return re.split(r"[\\/]", WINDOWS_DEVICE.sub("", path, count=1).rstrip("\\/"))[-1]
