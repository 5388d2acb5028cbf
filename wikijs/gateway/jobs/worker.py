"""Does jobs, one after the other: a wiki takes one page write at a time, and no more."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import BaseModel

from wikijs.exceptions import StoreError, WikiJSException

from ..http.encoding import plain
from ..http.problems import kind_of, refused, shortened
from .handing_out import HandingOut
from .kinds import KINDS, Kind
from .store import ENDED, Job, JobStore
from .work import Work

if TYPE_CHECKING:
    from wikijs.core.jobs.results import BatchResult

    from ..changes import Changes
    from ..runtime import Gateway

log = logging.getLogger("wikijs.gateway")

LOOK: Final = 1.0
BEAT: Final = 1.0
TIDY: Final = 3600.0
KEPT: Final = 30 * 86_400.0
"""Seconds for which jobs that have ended are known."""
EXPORTS_KEPT: Final = 86_400.0
SETTLING: Final = 5.0
"""Seconds that a wiki may still work on what a process asked for that died."""
READING: Final = frozenset({"export"})
"""Kinds of jobs that change nothing in the wiki."""
_KEPT_FIELDS: Final = ("id", "path", "locale", "title", "updatedAt", "tags")


@dataclass(slots=True)
class _Going:
    """A job under way.

    Attributes:
        shall_end: Whether it ends after the item under way.
        needs: Scopes that its key must have.
    """

    shall_end: bool = False
    needs: tuple[str, ...] = ()


class Jobs:
    """The jobs of a gateway.

    Args:
        gateway: The gateway.
        changes: Where events of jobs go.
    """

    def __init__(self, gateway: Gateway, changes: Changes | None = None) -> None:
        self._gateway = gateway
        self._changes = changes
        self.store = JobStore(gateway.database, gateway.id, gateway.clock, gateway.settings.job_lease)
        self._folder = gateway.settings.journal_folder
        self._wake = {True: asyncio.Event(), False: asyncio.Event()}
        self.live: dict[str, tuple[int, int | None, int]] = {}
        """How far jobs of this process are: done, total, failed."""
        self.watching = 0
        if gateway.settings.workers == 1 and not gateway.database.is_postgres:
            self.store.adopt(SETTLING)
        settings = gateway.settings
        self._handing: HandingOut | None = None
        if settings.job_queue == "procrastinate":
            self._handing = HandingOut(settings.database, settings.wiki, self._all, settings.job_lease)
        gateway.hooks += [self.write, self.read] if self._handing is None else [self._handing.run]
        gateway.hooks.append(self.tidy)

    async def wake(self, *, writes: bool) -> None:
        """There is something to do."""
        if self._handing is not None:
            await self._handing.tell(writes)
        for event in self._wake.values():
            event.set()

    def journal(self, id: str) -> Path:
        """Where the journal of a job is."""
        return self._folder / f"{id}.jsonl"

    async def write(self) -> None:
        """Do jobs that write pages until cancelled."""
        await self._work(writes=True)

    async def read(self) -> None:
        """Do those that write none, such as exports: they need not wait for a long write."""
        await self._work(writes=False)

    async def _all(self, writes: bool) -> None:
        """Do all jobs that there are now."""
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        kinds = READING if self._gateway.settings.read_only else None  # the others wait until it writes again
        while (job := await asyncio.to_thread(lambda: self.store.claim(writes=writes, kinds=kinds))) is not None:
            await self._do(job)

    async def _work(self, *, writes: bool) -> None:
        """Do jobs until cancelled. One that is under way is then left as it is: its journal knows how far it came."""
        wake = self._wake[writes]
        while True:
            await self._all(writes)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await wake.wait()
            wake.clear()

    async def tidy(self) -> None:
        """Forget files of exports after a day, and jobs and journals after a month."""
        while True:
            await asyncio.to_thread(self._tidy)
            await asyncio.sleep(TIDY)

    def _tidy(self) -> None:
        now = self._gateway.clock()
        with suppress(StoreError):
            self.store.forget(now - KEPT)
        with suppress(OSError):
            for place in self._folder.iterdir():
                kept = EXPORTS_KEPT if ".export." in place.name else KEPT
                if place.is_file() and place.stat().st_mtime < now - kept:
                    place.unlink(missing_ok=True)

    async def _do(self, job: Job) -> None:
        kind = KINDS[job.kind]
        self.live[job.id] = (job.done, job.total, job.failed)
        await self._emit(job, "batch.started", f"started:{job.attempt}")
        going = _Going()
        beating = asyncio.create_task(self._beat(job, going))
        try:
            await self._run(job, kind, going)
        except StoreError as error:
            log.warning("%s", error)  # its lease ends, and it is taken up again
        finally:
            beating.cancel()
            self.live.pop(job.id, None)

    async def _run(self, job: Job, kind: Kind, going: _Going) -> None:
        def progress(done: int, total: int) -> None:
            self.live[job.id] = (done, total, self.live[job.id][2])
            if going.shall_end:
                raise KeyboardInterrupt  # the way in which bulk work ends between two items, and says what is left

        try:
            if job.cancel:
                await self._end(job, "cancelled", None, None)
                return
            body = kind.model.model_validate(job.input)
            await asyncio.to_thread(self._gateway.keys.refresh)  # another process may have changed it a moment ago
            going.needs = ("jobs", *kind.scopes, *kind.more(body))
            why_not = self._why_not(job, going)
            if why_not is not None:
                await self._end(job, "failed", None, why_not)
                return
            clients, credential = self._gateway.clients, self._credential(job)
            blocking = partial(clients.blocking, credential)
            work = Work(clients.of(credential), blocking, progress, self.journal(job.id))
            outcome = await kind.run(work, body)
        except WikiJSException as error:
            detail = refused(error).members["detail"]
            await self._end(job, "failed", None, str(detail))
            return
        except Exception as error:
            log.exception("The job %s failed unexpectedly.", job.id)
            await self._end(job, "failed", None, f"It failed unexpectedly ({type(error).__name__}); the log says why.")
            return
        finally:
            self._gateway.wrote()
        problem = self._why_not(job, going) if outcome.not_attempted else None
        await self._end(job, "cancelled" if outcome.not_attempted else "done", outcome, problem)

    def _why_not(self, job: Job, going: _Going) -> str | None:
        """Why the key whose job this is may not have it done any more; None where it may.

        What it might do when it asked does not count: a job may wait for hours, and go on for days.
        """
        key = self._gateway.keys.get(job.caller)
        problem = "This key is unknown." if key is None else key.problem(self._gateway.clock())
        if key is None or problem is not None:
            return problem
        lost = [scope for scope in going.needs if scope not in key.scopes]
        if lost:
            return f"This key does not have the scope {lost[0]} any more."
        return f"This key is confined to pages below {', '.join(key.prefixes)} now." if key.prefixes else None

    def _credential(self, job: Job) -> str:
        """The wiki's credential that its key has now."""
        key = self._gateway.keys.get(job.caller)
        return job.credential if key is None else key.credential

    async def _end(self, job: Job, state: Any, outcome: BatchResult[Any, Any] | None, problem: str | None) -> None:
        result = None if outcome is None else _result(outcome)
        failed = len(outcome.errors) if outcome is not None else 0
        done = len(outcome.success) + failed if outcome is not None else self.live[job.id][0]
        total = self.live[job.id][1] if result is None else len(result["items"])
        await asyncio.to_thread(
            lambda: self.store.end(job.id, state, result=result, problem=problem, done=done, total=total, failed=failed)
        )
        self.live[job.id] = (done, total, failed)
        await self._emit(job, "batch.failed" if state == "failed" else "batch.completed", "ended", problem, state)

    async def _beat(self, job: Job, going: _Going) -> None:
        while True:
            done, total, failed = self.live[job.id]
            try:
                wanted = await asyncio.to_thread(self.store.beat, job.id, done, total, failed)
            except StoreError as error:
                log.warning("%s", error)
            else:
                if wanted is not False or self._why_not(job, going) is not None:
                    going.shall_end = True  # cancelled, taken over by another process, or not allowed any more
            await asyncio.sleep(min(BEAT, self._gateway.settings.job_lease / 5))

    async def _emit(self, job: Job, type: str, key: str, message: str | None = None, state: str = "running") -> None:
        if self._changes is None:
            return
        done, total, failed = self.live[job.id]
        data = {"job": job.id, "kind": job.kind, "state": state, "done": done, "failed": failed, "total": total}
        await asyncio.to_thread(self._changes.emit, type, f"job:{job.id}", data | {"message": message}, key)

    def as_it_is(self, job: Job) -> Job:
        """A job with how far it is at this moment."""
        from dataclasses import replace

        live = self.live.get(job.id)
        if live is None or job.state in ENDED:
            return job
        return replace(job, done=live[0], total=live[1], failed=live[2])


def _result(outcome: BatchResult[Any, Any]) -> dict[str, Any]:
    """What became of items, by their place: nothing of their content."""
    failed = {error.index: error for error in outcome.errors}
    total = len(outcome.success) + len(failed) + len(outcome.not_attempted)
    success = iter(outcome.success)
    items: list[dict[str, Any]] = []
    for index in range(total):
        if index in failed:
            error = failed[index].exception
            message = error.message if isinstance(error, WikiJSException) else type(error).__name__
            kind = kind_of(type(error)) if isinstance(error, WikiJSException) else "unexpected"
            items.append({"index": index, "status": "failed", "type": kind, "detail": shortened(message)})
        elif index < len(outcome.success) + len(failed):
            items.append({"index": index, "status": "done", "result": _brief(next(success, None))})
        else:
            items.append({"index": index, "status": "left"})
    return {"items": items}


def _brief(value: Any) -> Any:
    found = plain(value)
    if isinstance(value, BaseModel) or type(found) is dict:
        fields: dict[str, Any] = cast("Any", found)
        kept = {name: fields[name] for name in _KEPT_FIELDS if name in fields}
        tags: list[Any] | None = kept.get("tags")
        if tags is not None:
            kept["tags"] = [tag if isinstance(tag, str) else tag["tag"] for tag in tags]
        if "updatedAt" in kept and not isinstance(kept["updatedAt"], str):
            from wikijs.core.scalars import timestamp

            kept["updatedAt"] = timestamp(kept["updatedAt"])
        return kept
    return found
