"""The request body of an upload, read from its source while it is sent.

Wiki.js wants two parts of one name: first a text with the folder's id, then the file. The file's name must stand there
as raw UTF-8: the server decodes neither percent-encoding nor `filename*=`, which general libraries use.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final

from wikijs.exceptions import AssetNameInvalidError, ValidationError

from ..flow import Body

_FIELD: Final = 'Content-Disposition: form-data; name="mediaUpload"'
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(; *[ -~]*)?", re.ASCII)
_UNQUOTABLE: Final = re.compile(r'["\\/\x00-\x1f]|^.:')


@dataclass(frozen=True, slots=True)
class UploadBody:
    """A multipart body. It holds its file part as a `Body` of its own, never as bytes."""

    content_type: str
    _head: bytes = field(repr=False)
    _file: Body = field(repr=False)
    _tail: bytes = field(repr=False)

    @property
    def length(self) -> int:
        """Bytes in all."""
        return len(self._head) + self._file.length + len(self._tail)

    @property
    def lead(self) -> int:
        """Bytes before the file."""
        return len(self._head)

    def chunks(self) -> Generator[bytes, None, None]:
        """The body from its start."""
        yield self._head
        yield from self._file.chunks()
        yield self._tail


def upload_body(folder_id: int, name: str, content_type: str, file: Body, *, boundary: str = "") -> UploadBody:
    """The body that uploads a file.

    Args:
        folder_id: Where to; 0 is the root.
        name: Name of the file as the server is to read it.
        content_type: The file's media type, from which the server tells images from other files.
        file: Its content.
        boundary: What separates the parts; random unless given.

    Raises:
        AssetNameInvalidError: The name cannot be written into a multipart header.
        ValidationError: The media type is none.
    """
    check_name(name)
    if not _MEDIA_TYPE.fullmatch(content_type):
        raise ValidationError(f"{content_type!r} is no media type.", hint='It should read like "image/png".')
    boundary = boundary or secrets.token_hex(16)
    head = (
        f'--{boundary}\r\n{_FIELD}\r\n\r\n{{"folderId":{folder_id}}}\r\n'
        f'--{boundary}\r\n{_FIELD}; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
    )
    return UploadBody(
        f"multipart/form-data; boundary={boundary}", head.encode(), file, f"\r\n--{boundary}--\r\n".encode()
    )


def check_name(name: str) -> None:
    """Refuse a file name that the server would read as another one.

    It does not undo the quoting of `"`, and takes what stands before a slash, a backslash or a drive's colon for a
    folder, which it drops.

    Raises:
        AssetNameInvalidError: The name holds such a character.
    """
    found = _UNQUOTABLE.search(name)
    if found or (not name.isprintable() and _lone_surrogate(name)):
        what = repr(found[0]) if found else "bytes that are not UTF-8"
        raise AssetNameInvalidError(
            f"A file with {what} in its name cannot be uploaded: {name!r}.", code=0, slug="", hint="Pass another name=."
        )


def _lone_surrogate(text: str) -> bool:
    """Whether a text stems from a file name that is not UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in text)
