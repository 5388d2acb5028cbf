"""One file on its way to the server: what is known of it at each step, and the decisions that follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from wikijs import exceptions as exc
from wikijs.core import replies
from wikijs.core.flow import Reply, Send
from wikijs.core.transport.multipart import check_name, upload_body
from wikijs.core.values.redaction import clean

from .models import ROOT, Asset, AssetFolder, Upload
from .names import folder_slugs, join_path, media_type, refuse_unreachable, stored_name, url_path, why_unreachable
from .sources import OpenSource, name_of

if TYPE_CHECKING:
    from ..shared.base import Progress

OPERATION: Final = "assets.upload"
SLOWEST: Final = 2_000_000
"""Bytes a second that a server takes at least to store a file before it answers."""
_LIMIT_HINT: Final = "An administrator can raise uploads.maxFileSize: site.update_config(upload_max_file_size=...)."
_ERROR_PAGE: Final = re.compile(rb"<span>([^<]{1,200})</span>")

Listing: TypeAlias = Mapping[str, Asset] | Exception
"""Files of a folder by name, or why they cannot be listed."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the caller of an upload allows."""

    folder: str
    overwrite: bool
    create_folders: bool
    allow_unreachable: bool


class Count:
    """Counts finished items for a progress callback."""

    def __init__(self, total: int, done: int, report: Progress | None) -> None:
        self._total = total
        self._done = done
        self._report = report

    def one_more(self) -> None:
        """One more item is finished."""
        self._done += 1
        if self._report is not None:
            self._report(self._done, self._total)


@dataclass(slots=True)
class Job:
    """One file to upload.

    Attributes:
        item: What the caller asked for.
        optimize: Whether images are made smaller first.
        name: File name that is sent.
        stored: File name that the server makes of it.
        slugs: Folders on the way to it.
        place: Its folder, once that is known to exist.
        body: Its content.
        digest: SHA-256 of its content, where there is a journal.
        before: The file that it replaces.
        sent: Whether sending has begun.
        accepted: Whether the server said `ok`, which does not mean much.
        lost: Why there was no answer.
        result: The file as the server lists it afterwards.
        error: Why there is no result.
    """

    item: Upload
    optimize: bool = False
    name: str = ""
    stored: str = ""
    slugs: tuple[str, ...] = ()
    place: AssetFolder = field(default_factory=lambda: ROOT)
    body: OpenSource | None = None
    digest: str = ""
    before: Asset | None = None
    sent: bool = False
    accepted: bool = False
    lost: exc.WikiJSException | None = None
    result: Asset | None = None
    error: Exception | None = None

    @property
    def path(self) -> str:
        """Where the file will be."""
        return join_path(self.slugs, self.stored)

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return self.body.length if self.body is not None else 0

    def identity(self) -> dict[str, object]:
        """What makes it the same upload when the job is run again."""
        known = {"path": self.path, "size": self.size, "sha256": self.digest} if self.error is None else {}
        return {"name": self.name, "type": self.item.content_type, **known}

    def plan(self, rules: Rules, planned: set[str]) -> None:
        """Decide on name and place by the rules of the server; `planned` are the paths of the jobs before."""
        self.name = name_of(self.item.source) if self.item.name is None else self.item.name
        check_name(self.name)
        self.stored = stored_name(self.name)
        self.slugs = folder_slugs(rules.folder if self.item.folder is None else self.item.folder)
        if not rules.allow_unreachable:
            refuse_unreachable(self.path)
        if self.path in planned:
            raise _exists(f"Another file of this call is stored at {self.path} as well.", "Give one of them a name=.")
        planned.add(self.path)

    def expect(self, listing: Listing, limit: int | None, rules: Rules) -> None:
        """Look at what is in the folder before the upload, and refuse what could not end well."""
        if isinstance(listing, Exception):
            raise listing
        if limit is not None and self.size > limit:
            raise exc.PayloadTooLargeError(
                f"The wiki takes files of at most {limit} bytes, and {self.name} has {self.size}.",
                operation=OPERATION,
                hint=_LIMIT_HINT,
            )
        self.before = listing.get(self.stored)
        if self.before is not None and not rules.overwrite:
            raise _exists(f"There is a file at {self.path} already.", "Pass overwrite=True to replace it, or a name=.")

    def request(self, progress: Progress | None) -> Send:
        """The request that uploads it."""
        assert self.body is not None  # noqa: S101  jobs without a body have failed before
        kind = self.item.content_type or media_type(self.stored)
        body = upload_body(self.place.id, self.name, kind, self.body)
        size, lead = self.size, body.lead

        def report(done: int, _total: int) -> None:
            if progress is not None:
                progress(min(max(done - lead, 0), size), size)

        return Send(
            "/u",
            body,
            {"content-type": body.content_type, "accept": "*/*"},
            progress=report if progress is not None else None,
            patience=size / SLOWEST,
        )

    def find(self, listing: Listing, before: str | None) -> bool:
        """Look for a file that was perhaps stored in an earlier run; `before` is when the one in its place was changed.

        What was there before it was sent is not taken for it, nor is a file of another size.
        """
        found = None if isinstance(listing, Exception) else listing.get(self.stored)
        if found is None or found.file_size != self.size or changed_at(found) == before:
            return False
        self.result = found
        return True

    def verify(self, listing: Listing) -> None:
        """Decide what became of it from what is in the folder after the upload."""
        if not isinstance(listing, Exception):
            found = listing.get(self.stored)
            changed = found is not None and (self.before is None or found.updated_at != self.before.updated_at)
            if found is not None and changed and found.file_size == self.size:
                self.result = found
                return
            if self.accepted:
                self.error = exc.ServerError(
                    f"The server said ok, but there is no {'new ' if self.before else ''}file of {self.size} bytes at"
                    f" {self.path}.",
                    operation=OPERATION,
                    hint="The server's log says why it was not stored.",
                )
                return
            if isinstance(self.lost, exc.PayloadTooLargeError):
                self.error = self.lost  # it is not there, as the proxy's word lets one expect; still nothing proves it
                return
        self.error = exc.OutcomeUnknownError(
            f"Whether {self.path} was stored is not known: "
            + ("the server said ok, but its folder cannot be listed." if self.accepted else "there was no answer."),
            operation=OPERATION,
            hint="List the folder later, before you upload the file again.",
        )
        self.error.__cause__ = listing if isinstance(listing, Exception) else self.lost

    @property
    def reachable(self) -> bool:
        """Whether it can be asked for at its address, where pages answer to some names."""
        return why_unreachable(self.path) is None

    def probe(self) -> Send:
        """The request that asks whether its content is there, without asking for it."""
        return Send(url_path(self.path), b"", {"accept": "*/*", "accept-encoding": "identity"}, method="HEAD")

    def check(self, reply: Reply) -> None:
        """Decide whether the content is there, by the answer to `probe`.

        A database that cannot take a file in one piece leaves it listed with the new size, with no content or the old
        one.
        """
        length = reply.headers.get("content-length", "")
        if reply.status_code == 200 and (not length.isdecimal() or int(length) == self.size or self._is_cleaned):
            return
        plain = reply.headers.get("content-type", "").startswith("text/plain")
        if reply.status_code not in {200, 404, 500} or (reply.status_code == 404 and not plain):
            return  # a proxy's rules or troubles, or a page answers there; the wiki says 500 of what it has lost
        found = f"{length} bytes" if reply.status_code == 200 else f"HTTP {reply.status_code}"
        self.error = exc.ServerError(
            f"The server said ok, and lists {self.path} with {self.size} bytes, but its content is not there: it"
            f" answers with {found}.",
            operation=OPERATION,
            hint="MariaDB and MySQL take half of max_allowed_packet at once, 8 MiB unless configured: raise it, or"
            " delete the file.",
        )
        self.result = None

    @property
    def _is_cleaned(self) -> bool:
        """Whether the server cleans it of scripts, so that it may come back shorter."""
        return self.stored.endswith(".svg") or (self.item.content_type or "").startswith("image/svg")

    def stored_file(self) -> Asset:
        """The file on the server."""
        assert self.result is not None  # noqa: S101  jobs without a result have an error
        return self.result

    def close(self) -> None:
        """Let go of temporary files."""
        if self.body is not None:
            self.body.close()


def changed_at(file: Asset | None) -> str | None:
    """When a file was last stored, as text; None where there is none."""
    return None if file is None else file.updated_at.isoformat()


def was_lost(error: exc.WikiJSException) -> bool:
    """Whether the server may have stored a file without saying so: the answer was lost, or came from a proxy.

    For uploads, whose answers are not GraphQL; for operations it is `core.outcomes.is_lost`.
    """
    if isinstance(error, exc.TransportError):
        return error.sent
    if isinstance(error, exc.ApiDisabledError | exc.ApiKeyRevokedError):
        return False  # refused by authentication, before the file is looked at
    broken = isinstance(error, exc.ServerError) and (isinstance(error, exc.BrokenReplyError) or error.status >= 500)
    return broken or isinstance(error, exc.EndpointError) or (isinstance(error, exc.APIError) and error.foreign)


def accept(reply: Reply, job: Job) -> None:
    """Turn an answer that is not `ok` into an exception."""
    status, kind = reply.status_code, reply.headers.get("content-type", "")
    if status == 200 and reply.content == b"ok":
        return
    if kind.startswith("text/html") and status == 500:
        found = _ERROR_PAGE.search(reply.content)
        reason = found[1].decode("utf-8", "replace") if found else ""
        if reason == "File too large":
            raise exc.PayloadTooLargeError(
                f"{job.name} has {job.size} bytes, more than the wiki takes.",
                operation=OPERATION,
                status=status,
                hint=_LIMIT_HINT,
            )
        raise exc.ServerError(
            f"The server failed to take {job.name}{f': {reason}' if reason else ''}.",
            operation=OPERATION,
            status=status,
        )
    if status == 413:
        raise exc.PayloadTooLargeError(
            f"{job.name} has {job.size} bytes, more than a proxy in front of the wiki lets through.",
            operation=OPERATION,
            status=status,
            foreign=True,  # it may have passed the file on before
        )
    message = _refusal(replies.decode(reply, OPERATION))  # raises unless it is JSON
    if message is None:
        body = replies.payload(reply, OPERATION)  # raises unless it looks like GraphQL, as for a revoked key
        replies.raise_errors(body.get("errors") or [{"message": "The answer makes no sense."}], operation=OPERATION)
    if status == 403:
        raise exc.PermissionDeniedError(
            message,
            operation=OPERATION,
            status=status,
            permissions=("write:assets", "manage:system"),
            hint="It takes write:assets and a page rule for the path. A bad token is silently taken for a guest;"
            " client.whoami() tells.",
        )
    raise exc.ValidationError(message, operation=OPERATION, status=status)


def _refusal(answer: object) -> str | None:
    """The reason in an answer of the upload route itself."""
    if not isinstance(answer, dict):
        return None
    fields = cast("dict[str, object]", answer)
    return clean(str(fields.get("message"))) if fields.get("succeeded") is False else None


def _exists(message: str, hint: str) -> exc.AssetExistsError:
    return exc.AssetExistsError(message, operation=OPERATION, code=0, slug="", hint=hint)
