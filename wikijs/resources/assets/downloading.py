"""Downloading files: in pieces, to memory or to disk, going on where an earlier attempt broke off."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, overload

from wikijs import exceptions as exc
from wikijs.core import replies
from wikijs.core.flow import Flow, Reply, Send, blocking

from .names import refuse_unreachable, url_path
from .reading import ReadingFlows
from .targets import FileTarget, MemoryTarget, Target

if TYPE_CHECKING:
    from ..shared.base import Progress
    from .models import AssetRef

_OPERATION: Final = "assets.download"
_FRUITLESS: Final = 3
"""Attempts in a row that may break off without a byte before a download is given up."""


class DownloadingFlows(ReadingFlows):
    """Contents of files."""

    @overload
    def download(
        self, asset: AssetRef, *, to: None = None, allow_unreachable: bool = False, progress: Progress | None = None
    ) -> Flow[bytes]: ...
    @overload
    def download(
        self,
        asset: AssetRef,
        *,
        to: str | PathLike[str],
        allow_unreachable: bool = False,
        progress: Progress | None = None,
    ) -> Flow[Path]: ...
    @overload
    def download(
        self,
        asset: AssetRef,
        *,
        to: str | PathLike[str] | None,
        allow_unreachable: bool = False,
        progress: Progress | None = None,
    ) -> Flow[bytes | Path]: ...
    def download(
        self,
        asset: AssetRef,
        *,
        to: str | PathLike[str] | None = None,
        allow_unreachable: bool = False,
        progress: Progress | None = None,
    ) -> Flow[bytes | Path]:
        """Download a file: return its bytes, or write it to disk in constant memory and return the path.

        On disk it grows as `<name>.part` and takes its name when complete. When the connection breaks, the download
        goes on where it was, also in a later call, unless the file has changed on the server meanwhile.

        Args:
            asset: A file, its path such as "/img/photo.png" (no permission to list is needed then), or its id.
            to: File to write, replaced if it exists; or a folder that exists, for a file of the same name.
            allow_unreachable: Try even where the server answers with a page, because of the file's name: for wikis
                whose page extensions are configured otherwise.
            progress: Called with the bytes done and the total, 0 while unknown.

        Raises:
            AssetNotFoundError: There is no such file.
            AssetNameInvalidError: Files of this name cannot be downloaded.
            PermissionDeniedError: A page rule forbids it.
            TransportError: The connection broke; what has arrived is kept for the next call.
            OSError: The file cannot be written.

        Permission: `read:assets` for the path.
        Operation: `GET /<path>`.
        """
        path = yield from self._path(asset)
        if not allow_unreachable:
            refuse_unreachable(path)
        address = url_path(path)
        if to is None:
            memory = MemoryTarget(path)
            yield from self._fetch(address, memory, progress)
            return memory.content()
        target = yield from blocking(lambda: FileTarget(Path(fspath(to)), path, self._engine.url + address))
        yield from self._fetch(address, target, progress)
        yield from blocking(target.complete)
        return target.path

    def _fetch(self, address: str, target: Target, progress: Progress | None) -> Flow[None]:
        """Ask for the file, and again for the rest of it while every few attempts bring something."""
        fruitless = 0
        while True:
            before = target.size
            try:
                reply = yield from self._engine.request(
                    Send(
                        address,
                        b"",
                        # Compressed pieces could not be put together.
                        {"accept": "*/*", "accept-encoding": "identity", **target.headers()},
                        method="GET",
                        receive=target.receive,
                        progress=_counted_from(target, progress),
                    ),
                    _OPERATION,
                )
                break
            except exc.TransportError as error:
                fruitless = 0 if target.size > before else fruitless + 1
                if not (error.sent and target.resumable) or fruitless == _FRUITLESS:
                    raise
            finally:
                target.close()
        if not target.taken:
            _raise_refused(reply, target.asset)


def _counted_from(target: Target, progress: Progress | None) -> Progress | None:
    """Progress of the whole file, of an answer that may bring a part of it."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(target.offset + done, target.offset + total if total else 0)

    return report


def _raise_refused(reply: Reply, path: str) -> NoReturn:
    status = reply.status_code
    plain = reply.headers.get("content-type", "").startswith("text/plain")
    if status in {200, 404}:
        raise exc.AssetNotFoundError(
            f"There is no file at {path}{'' if plain else ': a page answers there'}.",
            operation=_OPERATION,
            status=status,
            code=0,
            slug="",
        )
    if status == 403 and plain:
        raise exc.PermissionDeniedError(
            f"The server forbids the download of {path}.",
            operation=_OPERATION,
            status=status,
            permissions=("read:assets",),
            hint="It takes read:assets and a page rule for this path. A bad token is silently taken for a guest;"
            " client.whoami() tells.",
        )
    if status == 206:
        raise exc.ServerError(
            f"The server sent another part of {path} than was asked for.", operation=_OPERATION, status=status
        )
    body = replies.payload(reply, _OPERATION)  # raises unless it looks like GraphQL, as for a revoked key
    replies.raise_errors(body.get("errors") or [{"message": "The answer makes no sense."}], operation=_OPERATION)
