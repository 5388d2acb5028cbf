"""The journal of many uploads: they run side by side, and are confirmed all at once by looking into their folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from wikijs.core.flow import Flow, blocking, pause
from wikijs.core.jobs.journal import Journal, JournalPath, is_refusal
from wikijs.exceptions import FollowUpError

from .jobs import Job, Listing, Rules, changed_at
from .models import Asset

LookInto: TypeAlias = Callable[[Sequence[Job]], Flow[dict[int, Listing]]]
"""Lists the folders of these jobs, by folder id."""


class UploadJournal:
    """The journal of one call of `upload_many`. Jobs that it confirms have their result from the start.

    Args:
        path: The file; made unless it exists.
        wiki: URL of the wiki.
        jobs: All files of the call, with what identifies them.
        rules: What the caller allows.
    """

    def __init__(self, path: JournalPath, wiki: str, jobs: Sequence[Job], rules: Rules) -> None:
        identities = [job.identity() for job in jobs]
        self._journal = Journal(path, "assets.upload_many", wiki, identities, Asset, about=rules)
        self._places = {id(job): index for index, job in enumerate(jobs)}
        for index, file in self._journal.confirmed.items():
            jobs[index].result = file

    def settle(
        self, jobs: Sequence[Job], look_into: LookInto, probe: Callable[[Job], Flow[None]], waits: Sequence[float]
    ) -> Flow[None]:
        """Look for the files that were under way when an earlier run ended. What is not there is sent again.

        Args:
            jobs: Those that are not confirmed.
            look_into: Lists folders.
            probe: Makes sure that the content of a file that is listed is there.
            waits: Seconds before each look but the first, since the server may still be storing a file.
        """
        missing = [job for job in jobs if job.error is None and self._places[id(job)] in self._journal.in_flight]
        for wait in (0.0, *waits):
            if not missing:
                return
            yield from pause(wait)
            found = yield from look_into(missing)
            stored = [job for job in missing if job.find(found[job.place.id], self._before(job))]
            for job in stored:
                yield from probe(job)
            yield from self.conclude(stored)
            missing = [job for job in missing if job.result is None and job.error is None]

    def sent(self, job: Job) -> Flow[None]:
        """An upload is about to be sent."""
        index, before = self._places[id(job)], self._before(job)
        yield from blocking(lambda: self._journal.sent(index, {"changed": before}))

    def conclude(self, jobs: Sequence[Job]) -> Flow[None]:
        """Note what became of uploads; those of which it cannot be told stay in flight."""
        yield from blocking(lambda: self._note_ends(jobs))

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def _note_ends(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            index = self._places[id(job)]
            if job.result is not None:
                try:
                    self._journal.confirm(index, job.result)
                except FollowUpError as error:
                    job.error = error
            elif job.error is not None and job.sent and index not in self._journal.in_flight and is_refusal(job.error):
                self._journal.refuse(index, job.error)

    def _before(self, job: Job) -> str | None:
        """When the file in its place was changed before it was first sent."""
        noted: Mapping[str, str | None] | None = self._journal.in_flight.get(self._places[id(job)])
        return changed_at(job.before) if noted is None else noted["changed"]
