"""Uploading files, so that nothing is lost or overwritten unseen.

The server says `ok` whether or not it stored the file, overwrites files of the same name, and does not say what it
made of the name. So each folder is listed before and after, and the head of each file is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from os import PathLike
from typing import TYPE_CHECKING, Final, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, blocking, gather
from wikijs.core.jobs.results import BatchError, BatchResult

from ..shared.base import Flows
from ..shared.several import several
from .folders import FolderTree
from .jobs import OPERATION, Count, Job, Listing, Rules, accept, was_lost
from .models import Asset, Upload, placed
from .names import folder_slugs
from .optimizing import check_available, optimized
from .sources import OpenSource, open_source, sha256

if TYPE_CHECKING:
    from wikijs_generated.fragments import ResponseStatus

    from wikijs.core.jobs.journal import JournalPath

    from ..shared.base import Progress
    from .journal import UploadJournal
    from .models import AssetFolder, Source

IN_FLIGHT: Final = 3
"""Uploads under way at once: the server holds each file in memory as a whole."""
USUAL_LIMIT: Final = 5 * 1024 * 1024
"""Bytes in one file that every wiki takes unless configured otherwise."""


class UploadingFlows(Flows):
    """New files and folders."""

    def ensure_folder(self, path: str) -> Flow[AssetFolder]:
        """Create a folder, and those above it, unless it exists; return it.

        Folders cannot be renamed, moved or deleted. The server stores their names in lower case, without
        `? < > : * | "` and backslashes.

        Args:
            path: Where, such as "/img/deep".

        Raises:
            AssetNameInvalidError: A part of the path cannot be a folder's name.
            AssetFolderExistsError: There is a folder of another name that the wiki's database takes for this one.
            PermissionDeniedError: The caller may not create folders.
            FollowUpError: A folder was created, and what was to follow failed: the caller may not see it, for instance.

        Permission: `write:assets` and `read:assets`.
        Operation: `assets.createFolder` (mutation), `assets.folders` (query).
        """
        return (yield from FolderTree(self._engine).ensure(folder_slugs(path)))

    @overload
    def create_folder(self, name: str, parent: str | int = "/") -> Flow[AssetFolder]: ...
    @overload
    def create_folder(self, name: int, *, slug: str) -> Flow[ResponseStatus]: ...
    @overload
    def create_folder(self, *, parent_folder_id: int, slug: str) -> Flow[ResponseStatus]: ...
    @overload
    def create_folder(
        self,
        name: str | int | None = None,
        parent: str | int = "/",
        *,
        slug: str | None = None,
        parent_folder_id: int | None = None,
    ) -> Flow[AssetFolder | ResponseStatus]: ...
    def create_folder(
        self,
        name: str | int | None = None,
        parent: str | int = "/",
        *,
        slug: str | None = None,
        parent_folder_id: int | None = None,
    ) -> Flow[AssetFolder | ResponseStatus]:
        """Create a folder in another one and return it. `ensure_folder` creates those above it too, or finds it.

        Folders cannot be renamed, moved or deleted. The server stores their names in lower case, without
        `? < > : * | "` and backslashes.

        Args:
            name: Its name, without a slash. In the form of the schema the id of the folder above, with `slug`.
            parent: Path or id of the folder it is to be in; "/" and 0 are the root.
            slug: The name, in the form of the schema: `create_folder(0, slug="img")` returns the server's answer.
            parent_folder_id: The id of the folder above, in the form of the schema.

        Raises:
            AssetFolderExistsError: There is such a folder.
            AssetNameInvalidError: This cannot be a folder's name.
            NotFoundError: The folder above does not exist, or is hidden from the caller.
            PermissionDeniedError: The caller may not create folders.
            FollowUpError: A folder was created, and what was to follow failed: the caller may not see it, for instance.
            ValidationError: Neither a name nor a slug with an id was given.

        Permission: `write:assets` and `read:assets`.
        Operation: `assets.createFolder` (mutation), `assets.folders` (query).
        """
        above = parent_folder_id if parent_folder_id is not None else name
        if slug is not None and isinstance(above, int):
            return (yield from self._execute(ops.assets_create_folder(above, slug=slug)))
        if slug is not None or parent_folder_id is not None or not isinstance(name, str):
            raise exc.ValidationError(
                "A folder is created by its name and the folder above.",
                operation="assets.createFolder",
                hint="Give a name, and the folder above unless it is the root.",
            )
        slugs = folder_slugs(name)
        if "/" in name or len(slugs) != 1:
            raise exc.AssetNameInvalidError(
                f"A folder's name has no slash: {name!r}.", code=0, slug="", hint="assets.ensure_folder takes a path."
            )
        tree = FolderTree(self._engine)
        start = yield from tree.locate(parent) if isinstance(parent, int) else tree.find(folder_slugs(parent))
        return (yield from tree.create(start, slugs[0]))

    def upload(
        self,
        source: Source | None = None,
        *,
        file_path: str | PathLike[str] | None = None,
        folder: str = "/",
        name: str | None = None,
        content_type: str | None = None,
        overwrite: bool = False,
        create_folders: bool = True,
        allow_unreachable: bool = False,
        optimize: bool = False,
        progress: Progress | None = None,
    ) -> Flow[Asset]:
        """Upload a file in constant memory, make sure that it was stored, and return it.

        The server changes names: to lower case, white space and `, ; #` to `_`, without `? < > : * |`; the file
        returned has the name it got. It cleans SVG images of scripts, so they may come back shorter than they were
        sent.

        Args:
            source: Path of a file, bytes, or a stream opened in binary mode, which is read from where it stands.
            file_path: Path of a file, instead of source.
            folder: Folder to put it in, such as "/img/deep".
            name: Name to give it; needed for bytes, otherwise that of the source.
            content_type: Media type, such as "image/png"; by the name's extension unless given.
            overwrite: Whether a file of the same name may be replaced.
            create_folders: Whether folders that do not exist are created; they cannot be deleted again.
            allow_unreachable: Store the file even where its name or folder prevents anybody from downloading it, such
                as `.md`, `.html`, `.txt`, no extension, or a folder at the root named like a locale.
            optimize: Make a PNG or JPEG smaller first where that loses nothing: the same pixels, and all that is
                written beside them. Anything else is uploaded as it is. Needs the extra `images`.
            progress: Called with the bytes sent and the size of the file.

        Raises:
            ConfigurationError: `optimize` needs Pillow, which is not installed.
            ValidationError: Neither a source nor a file_path was given, or both.
            AssetExistsError: A file of this name is there already.
            AssetNameInvalidError: The server could not store the file under this name, or nobody could download it.
            NotFoundError: The folder does not exist, with create_folders=False.
            PayloadTooLargeError: The file is larger than the wiki allows (5 MiB unless configured).
            PermissionDeniedError: The caller may not upload here, or not list the folder.
            OutcomeUnknownError: The answer was lost, and the file is not there (yet).
            ServerError: The server did not store the file although it said so.
            OSError: The source cannot be read.

        Permission: `write:assets` and `read:assets` for the path.
        Operation: `POST /u`, `assets.list`, `assets.folders` (query), `assets.createFolder` (mutation).
        """
        rules = Rules(folder, overwrite, create_folders, allow_unreachable)
        if optimize:
            check_available()
        job = Job(Upload(_one_source(source, file_path), None, name, content_type), optimize=optimize)
        try:
            yield from self._plan([job], rules)
            yield from self._look_around([job], rules)
            yield from self._each([job], lambda job: self._send(job, progress))
            yield from self._verify([job])
        finally:
            job.close()
        if job.error is not None:
            raise job.error
        return job.stored_file()

    def upload_many(
        self,
        items: Iterable[Source | Upload],
        *,
        folder: str = "/",
        overwrite: bool = False,
        create_folders: bool = True,
        allow_unreachable: bool = False,
        optimize: bool = False,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[Source | Upload, Asset]]:
        """Upload files, a few at a time with the asynchronous client; see `upload`. A bad one does not stop the rest.

        Folders are listed once before and once after all uploads. Of two files that would get the same name only the
        first is uploaded. Ctrl-C returns what was done until then.

        Args:
            items: Paths of files, streams, or `Upload(source, folder=..., name=..., content_type=...)`.
            folder: Where to put those that do not say.
            overwrite: Whether files of the same name may be replaced.
            create_folders: Whether folders that do not exist are created; they cannot be deleted again.
            allow_unreachable: Store files even where nobody can download them.
            optimize: Make PNG and JPEG files smaller first where that loses nothing; see `upload`.
            progress: Called after each upload with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal. Files are known again by their path on the wiki and their content, which is
                read once more for it. Those that are done are not sent again; one that was under way is sent again
                unless a file of its size has come to its place since.

        Raises:
            ConfigurationError: `optimize` needs Pillow, which is not installed; or the journal belongs to another job,
                is in use, or cannot be written.

        Permission: `write:assets` and `read:assets` for the paths.
        Operation: `POST /u`, `assets.list`, `assets.folders` (query), `assets.createFolder` (mutation).
        """
        rules = Rules(folder, overwrite, create_folders, allow_unreachable)
        if optimize:
            check_available()
        inputs = several(items)
        jobs = [Job(item if isinstance(item, Upload) else Upload(item), optimize=optimize) for item in inputs]
        notes: UploadJournal | None = None
        try:
            yield from self._plan(jobs, rules)
            if journal is not None:
                notes = yield from self._open(journal, jobs, rules)
            left = [job for job in jobs if job.result is None]
            yield from self._look_around(left, rules, notes)
            waiting = [job for job in left if job.error is None and job.result is None]
            count = Count(len(jobs), len(jobs) - len(waiting), progress)
            with suppress(KeyboardInterrupt):  # what was sent is looked for all the same
                yield from gather([self._send_and_count(job, count, notes) for job in waiting], IN_FLIGHT)
            yield from self._verify(jobs)
            if notes is not None:
                yield from notes.conclude(left)
        finally:
            for job in jobs:
                job.close()
            if notes is not None:
                notes.close()
        result: BatchResult[Source | Upload, Asset] = BatchResult()
        for index, (item, job) in enumerate(zip(inputs, jobs, strict=True)):
            if job.error is not None:
                result.errors.append(BatchError(index, item, job.error))
            elif job.result is not None:
                result.success.append(job.result)
            else:
                result.not_attempted.append(item)
        return result

    def _plan(self, jobs: Sequence[Job], rules: Rules) -> Flow[None]:
        """What can be checked and found out here."""
        planned: set[str] = set()

        def plan(job: Job) -> Flow[None]:
            job.plan(rules, planned)
            job.body = yield from blocking(lambda: _opened(job))

        yield from self._each(jobs, plan)

    def _open(self, path: JournalPath, jobs: Sequence[Job], rules: Rules) -> Flow[UploadJournal]:
        """Open a journal, and take over what it says is done."""
        from .journal import UploadJournal

        def identify(job: Job) -> Flow[None]:
            body = job.body
            if body is not None:
                job.digest = yield from blocking(lambda: sha256(body))

        yield from self._each(jobs, identify)
        return (yield from blocking(lambda: UploadJournal(path, self._engine.url, jobs, rules)))

    def _look_around(self, jobs: Sequence[Job], rules: Rules, notes: UploadJournal | None = None) -> Flow[None]:
        """All else before the first byte of a file is sent: folders, and what is there already."""

        def place(job: Job) -> Flow[None]:
            try:
                job.place = yield from tree.ensure(job.slugs) if rules.create_folders else tree.find(job.slugs)
            except exc.FollowUpError as error:  # a folder was made; what matters is that the file was not sent
                raise (error.__cause__ or error) from None

        def check(job: Job) -> Flow[None]:
            yield from ()
            job.expect(found[job.place.id], limit, rules)

        tree = FolderTree(self._engine)
        yield from self._each(jobs, place)
        if notes is not None:
            yield from notes.settle(jobs, self._listed, self._probe, self._engine.policy.settle_waits)
        jobs = [job for job in jobs if job.result is None]
        found = yield from self._listed(jobs)
        limit = yield from self._limit(jobs)
        yield from self._each(jobs, check)

    def _send_and_count(self, job: Job, count: Count, notes: UploadJournal | None) -> Flow[None]:
        def send(job: Job) -> Flow[None]:
            if notes is not None:
                yield from notes.sent(job)
            yield from self._send(job, None)

        yield from self._each([job], send)
        count.one_more()

    def _send(self, job: Job, progress: Progress | None) -> Flow[None]:
        request = job.request(progress)
        job.sent = True
        try:
            accept((yield from self._engine.request(request, OPERATION)), job)
        except exc.WikiJSException as error:
            if not was_lost(error):
                raise
            job.lost = error
            return
        job.accepted = True

    def _verify(self, jobs: Sequence[Job]) -> Flow[None]:
        """Look in the folders whether the files are there."""
        sent = [job for job in jobs if job.sent and job.error is None]
        found = yield from self._listed(sent)
        for job in sent:
            job.verify(found[job.place.id])
        yield from gather([self._probe(job) for job in sent if job.error is None], IN_FLIGHT)

    def _probe(self, job: Job) -> Flow[None]:
        """Ask for the head of a file: that it is listed does not mean that its content was stored."""
        if not job.reachable:
            return
        try:
            reply = yield from self._engine.request(job.probe(), OPERATION)
        except exc.TransportError:
            return  # the file is listed as it should be, and nothing speaks against it
        job.check(reply)

    def _listed(self, jobs: Sequence[Job]) -> Flow[dict[int, Listing]]:
        """The files in the folders of the jobs that have not failed, or why they cannot be listed, by folder id."""
        from wikijs_generated.enums import AssetKind

        folders = {job.place.id: job.place for job in jobs if job.error is None}
        answers = yield from self._batch(
            [ops.assets_list(folder_id, kind=AssetKind.ALL) for folder_id in folders], fresh=True
        )
        return {
            folder.id: answer
            if isinstance(answer, Exception)
            else {file.filename: placed(file, folder, self._engine.url) for file in answer}
            for folder, answer in zip(folders.values(), answers, strict=True)
        }

    def _limit(self, jobs: Sequence[Job]) -> Flow[int | None]:
        """The wiki's limit for one file in bytes, where a file is large enough to ask and the caller may know."""
        if not any(job.error is None and job.size > USUAL_LIMIT for job in jobs):
            return None
        try:
            return (yield from self._execute(ops.site_config())).upload_max_file_size
        except exc.APIError:
            return None

    def _each(self, jobs: Sequence[Job], step: Callable[[Job], Flow[None]]) -> Flow[None]:
        """Take each job that has not failed one step further; a failure stays with its job."""
        for job in jobs:
            if job.error is None:
                try:
                    yield from step(job)
                except Exception as error:
                    job.error = error


def _one_source(source: Source | None, file_path: str | PathLike[str] | None) -> Source:
    """What to upload, by whichever name it was given."""
    given = source if file_path is None else file_path
    if given is None or (source is not None and file_path is not None):
        raise exc.ValidationError(
            "An upload takes one source.",
            operation=OPERATION,
            hint="Give the path of a file, bytes or a binary stream.",
        )
    return given


def _opened(job: Job) -> OpenSource:
    """The content to send. May wait for a disk."""
    return optimized(job.item.source, job.stored) if job.optimize else open_source(job.item.source)
