"""Bounds of one request: how long it may take as a whole, see `waits`, and how large its answer may become.

The HTTP library bounds each wait, so that an answer that comes a byte at a time never ends. Here each wait also knows
the moment at which all must be over. It bounds no sizes either, and unpacks what is compressed without looking how much
becomes of it, so answers are unpacked here, in pieces.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator
from typing import Any, Final

import httpx2

PIECE: Final = 1 << 20
"""Bytes of a piece of unpacked content at most."""
ENCODINGS: Final = "gzip, deflate"
"""Ways to compress answers that are asked for."""
_UNPACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})


def watch(http: httpx2.Client | httpx2.AsyncClient) -> None:
    """Have the connections of an HTTP client heed deadlines. Requests without one are as before."""
    parts: Any = http  # what HTTP clients and their transports are made of has no public names
    for transport in [parts._transport, *parts._mounts.values()]:
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            from .watching import watched  # it knows the HTTP library's connections, which not every client has

            pool._network_backend = watched(getattr(pool, "_network_backend", None))


def is_canned(http: httpx2.Client | httpx2.AsyncClient) -> bool:
    """Whether a client's answers are made in this process, by a test: nothing can mix them up."""
    parts: Any = http
    return isinstance(parts._transport, httpx2.MockTransport)


def has_surplus(response: httpx2.Response) -> bool:
    """Whether a server sent more than the answer: the next one on this connection would not be that to its request."""
    part: Any = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        part = getattr(part, name, None)
    return part is not None and bool(part.trailing_data[0])


class Inflater:
    """Unpacks the content of an answer, a piece at a time.

    Args:
        encoding: What the answer says of itself.

    Raises:
        httpx2.DecodingError: It is packed in a way that was not asked for.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name in {"", "identity"}:
            self._unpack = None
        elif name in _UNPACKED:
            self._unpack = zlib.decompressobj(wbits=47)  # tells gzip and zlib apart by itself
        else:
            raise httpx2.DecodingError(f"The answer is packed as {name[:40]!r}, which was not asked for.")
        self._is_raw = name == "deflate"  # which some servers send without its frame
        self._is_empty = True

    def feed(self, data: bytes) -> Generator[bytes, None, None]:
        """The content of the next bytes.

        Raises:
            httpx2.DecodingError: They are damaged.
        """
        if self._unpack is None:
            yield data
            return
        self._is_empty = self._is_empty and not data
        while data:
            try:
                piece = self._unpack.decompress(data, PIECE)
            except zlib.error as error:
                if not self._is_raw:
                    raise httpx2.DecodingError(str(error)) from None
                self._unpack, self._is_raw = zlib.decompressobj(wbits=-15), False
                continue
            self._is_raw = False
            if piece:
                yield piece
            data = self._unpack.unconsumed_tail

    def end(self) -> None:
        """Nothing comes any more.

        Raises:
            httpx2.DecodingError: Something is missing.
        """
        if self._unpack is not None and not self._unpack.eof and not self._is_empty:
            raise httpx2.DecodingError("The end is missing.")


class TooLargeError(Exception):
    """An answer is larger than the client takes."""
