"""Jobs over REST."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from ..door import caller_of, gateway_of, require, route, tier_of
from ..http.encoding import answer, moment, to_json
from ..http.paging import DEFAULT, of_offset
from ..http.problems import Refused, invalid
from ..jobs.files import exported
from ..jobs.kinds import KINDS
from ..jobs.store import ENDED, Job
from ..jobs.worker import Jobs
from .pages.models import In, Out
from .pages.reading import Cursor, Limit

STREAMS: Final = 500
"""Who may watch at once; each looks into the database twice a second."""
STREAM = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


class JobRequest(In):
    """A job to begin."""

    kind: Literal[
        "pages.create_many", "pages.update_many", "pages.delete_many", "pages.render", "pages.replace",
        "pages.move_tree", "tags.merge", "export", "import", "assets.upload_many",
    ]  # fmt: skip
    input: dict[str, Any] = Field(description="As its kind has it: `pages`, `updates`, `ids`, `files`, ...")


class JobOut(Out):
    """A job."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    failed: int
    problem: str | None
    attempt: int
    retry_of: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


class JobList(Out):
    """Jobs, the newest first."""

    items: list[JobOut]


class ItemOut(Out):
    """An item of a job."""

    index: int
    status: Literal["done", "failed", "left"]
    result: Any = None
    type: str | None = None
    detail: str | None = None


class ItemList(Out):
    """Items of a job, in the order of its input."""

    items: list[ItemOut]


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "POST", "/api/v1/jobs", scope="jobs", kind="export", answers={202: (JobOut, "It will be done.")},
        headers_of=["Location"],
    )  # fmt: skip
    async def create_job(request: Request, body: JobRequest) -> Response:
        """Begin a job: many pages at once, one after the other, also when the gateway is restarted meanwhile."""
        return await begin(request, body.kind, body.input)

    @route(router, "GET", "/api/v1/jobs", scope="jobs", answers={200: (JobList, "Jobs.")})
    async def list_jobs(
        request: Request,
        state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None,
        limit: Limit = DEFAULT,
    ) -> Response:
        """List one's jobs; with the scope admin those of all."""
        gateway = gateway_of(request)
        caller = None if "admin" in caller_of(request).scopes else caller_of(request).id
        found = await asyncio.to_thread(lambda: gateway.jobs.store.list(caller=caller, state=state, limit=limit))
        return answer({"items": [shown(gateway.jobs.as_it_is(job)) for job in found]})

    @route(router, "GET", "/api/v1/jobs/{id}", scope="jobs", answers={200: (JobOut, "The job.")})
    async def get_job(request: Request, id: str) -> Response:
        """Say how far a job is."""
        job = await _job(request, id)
        return answer(shown(job), headers={} if job.state in ENDED else {"Retry-After": "1"})

    @route(
        router, "GET", "/api/v1/jobs/{id}/items", scope="jobs", answers={200: (ItemList, "What became of its items.")},
        headers_of=["Link"],
    )  # fmt: skip
    async def list_job_items(
        request: Request,
        id: str,
        status: Annotated[Literal["done", "failed", "left"] | None, Query()] = None,
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """Say what became of the items of a job that has ended."""
        job = await _job(request, id)
        items: list[dict[str, Any]] = (job.result or {}).get("items", [])
        found = [item for item in items if status is None or item["status"] == status]
        chosen, headers = of_offset(found, request, limit, cursor)
        return answer({"items": chosen}, headers=headers)

    @route(router, "GET", "/api/v1/jobs/{id}/result", scope="jobs", answers={200: (ItemList, "What became of all.")})
    async def get_job_result(request: Request, id: str) -> Response:
        """Give the whole result of a job that has ended."""
        job = await _job(request, id)
        if job.state not in ENDED:
            raise Refused(409, "job-running", "Job running", "It has not ended yet.", headers={"Retry-After": "1"})
        return answer(job.result or {"items": []})

    @route(
        router, "GET", "/api/v1/jobs/{id}/file", scope="jobs", kind="export", answers={200: (None, "The file.")},
        media={200: "application/octet-stream"},
    )  # fmt: skip
    async def get_job_file(request: Request, id: str) -> Response:
        """Download what an export wrote. It is kept for a day."""
        job = await _job(request, id)
        if job.kind != "export":
            raise Refused(409, "job-without-file", "Job without file", "Only exports write a file.")
        if job.state not in ENDED:
            raise Refused(409, "job-running", "Job running", "It has not ended yet.", headers={"Retry-After": "1"})
        jobs: Jobs = gateway_of(request).jobs
        place = exported(jobs.journal(job.id), str(job.input.get("format", "zip")))
        if not await asyncio.to_thread(place.is_file):
            raise Refused(404, "job-file-gone", "Job file gone", "Its file was kept for a day; export again.")
        name = f"{job.id}{place.suffix}"
        return FileResponse(place, media_type="application/octet-stream", filename=name)

    @route(
        router, "GET", "/api/v1/jobs/{id}/events", scope="jobs",
        answers={200: (None, "Server-sent events: `progress`, and `end`.")}, media={200: "text/event-stream"},
    )  # fmt: skip
    async def watch_job(request: Request, id: str) -> Response:
        """Watch a job until it has ended."""
        await _job(request, id)
        if gateway_of(request).jobs.watching >= STREAMS:
            raise Refused(503, "streams", "Streams", "Too many listen already.", headers={"Retry-After": "30"})
        return StreamingResponse(_watch(request, id), headers=STREAM, media_type="text/event-stream")

    @route(router, "POST", "/api/v1/jobs/{id}/cancel", scope="jobs", answers={202: (JobOut, "It ends.")})
    async def cancel_job(request: Request, id: str) -> Response:
        """Let a job end after the item under way."""
        job = await _job(request, id)
        if job.state in ENDED:
            raise Refused(409, "job-ended", "Job ended", f"It is {job.state} already.")
        await asyncio.to_thread(gateway_of(request).jobs.store.cancel, id)
        return answer(shown(await _job(request, id)), 202)

    @route(
        router, "POST", "/api/v1/jobs/{id}/retry", scope="jobs", kind="export",
        answers={202: (JobOut, "A new job, of the items that are not done.")}, headers_of=["Location"],
    )  # fmt: skip
    async def retry_job(request: Request, id: str) -> Response:
        """Do the items again that failed or were left."""
        job = await _job(request, id)
        kind = KINDS[job.kind]
        if job.state not in ENDED:
            raise Refused(409, "job-running", "Job running", "It has not ended yet.")
        if kind.of_items is None:
            return await begin(request, job.kind, job.input, retry_of=id)
        items: list[dict[str, Any]] = (job.result or {}).get("items", [])
        places = [item["index"] for item in items if item["status"] != "done"]
        if job.result is None:
            return await begin(request, job.kind, job.input, retry_of=id)
        if not places:
            raise Refused(409, "job-complete", "Job complete", "All of its items are done.")
        body = kind.model.model_validate(job.input)
        return await begin(request, job.kind, kind.of_items(body, places), retry_of=id)


def is_deferred(request: Request) -> bool:
    """Whether a caller would rather have a write done later than wait for it (RFC 7240), and may have jobs."""
    wishes = [each.strip().lower() for each in request.headers.get("prefer", "").split(",")]
    caller = caller_of(request)
    return "respond-async" in wishes and caller.key is not None and "jobs" in caller.scopes and not caller.prefixes


async def deferred(request: Request, name: str, given: dict[str, Any]) -> Response:
    """Do a write as a job."""
    response = await begin(request, name, given)
    response.headers["Preference-Applied"] = "respond-async"
    return response


async def begin(request: Request, name: str, given: dict[str, Any], retry_of: str | None = None) -> Response:
    """Begin a job.

    Raises:
        Refused: A scope is missing, the input is not valid, or there are too many already.
    """
    kind = KINDS[name]
    for scope in kind.scopes:
        require(request, scope)
    caller = caller_of(request)
    if caller.key is None:
        raise Refused(403, "job-key", "Job key", "Jobs need a key of the gateway: a token may end before they do.")
    try:
        body = kind.model.model_validate(given)
    except ValidationError as error:
        raise invalid([{**each, "loc": ("body", "input", *each["loc"])} for each in error.errors()]) from None
    for scope in kind.more(body):
        require(request, scope)
    kept = body.model_dump(by_alias=True, mode="json", exclude_unset=True)
    jobs = gateway_of(request).jobs
    most = tier_of(request).jobs
    job = await asyncio.to_thread(
        lambda: jobs.store.create(
            name,
            kept,
            caller=caller.id,
            credential=caller.credential,
            most=most,
            writes=kind.writes,
            retry_of=retry_of,
        )
    )
    if job is None:
        raise Refused(
            429, "jobs-at-once", "Jobs at once", f"This key may have {most} jobs at once.", headers={"Retry-After": "5"}
        )
    await jobs.wake(writes=kind.writes)
    return answer(shown(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


async def _job(request: Request, id: str) -> Job:
    gateway = gateway_of(request)
    jobs: Jobs = gateway.jobs
    job = await asyncio.to_thread(jobs.store.get, id)
    caller = caller_of(request)
    if job is None or (job.caller != caller.id and "admin" not in caller.scopes):
        raise Refused(404, "job-not-found", "Job not found", "There is no such job.")
    return jobs.as_it_is(job)


async def _watch(request: Request, id: str) -> AsyncGenerator[bytes]:
    jobs: Jobs = gateway_of(request).jobs
    jobs.watching += 1
    try:
        async for part in _seen(request, id):
            yield part
    finally:
        jobs.watching -= 1


async def _seen(request: Request, id: str) -> AsyncGenerator[bytes]:
    gateway = gateway_of(request)
    yield b": welcome\n\n"
    last: bytes | None = None
    silent = 0
    caller = caller_of(request)
    while not gateway.draining and not gateway.authenticator.is_over(caller):
        job = await _job(request, id)
        now = to_json(shown(job))
        if now != last:
            last, silent = now, 0
            yield b"event: %b\ndata: %b\n\n" % (b"end" if job.state in ENDED else b"progress", now)
        if job.state in ENDED:
            return
        silent += 1
        if silent % 30 == 0:
            yield b": alive\n\n"
        await asyncio.sleep(0.5)


def shown(job: Job) -> dict[str, Any]:
    """A job as it goes out."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "failed": job.failed,
        "problem": job.problem,
        "attempt": job.attempt,
        "retryOf": job.retry_of,
        "createdAt": moment(job.created_at),
        "startedAt": moment(job.started_at),
        "endedAt": moment(job.ended_at),
    }
