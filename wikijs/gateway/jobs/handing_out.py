"""Jobs of several machines, handed out by procrastinate: who is free hears of one at once, one at a time writes pages.

The table of jobs and their journals stay the truth. What is handed out is only that there is something to do: one
message for jobs that write, one for those that do not, each with a lock of its own. Whoever gets a message does jobs
until none is left. A machine that dies with a message keeps its lock until its heart has not beaten for a while; then
its message is taken away, and the next one counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, StoreError

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.tasks import Task

log = logging.getLogger("wikijs.gateway")

TASK: Final = "wikijs.gateway.jobs"
_SCHEMA_LOCK: Final = 7766554435


class HandingOut:
    """Tells the processes of a gateway, on any machine, that there are jobs.

    Args:
        database: URL of PostgreSQL.
        wiki: Root of the wiki.
        perform: Does jobs, those that write pages or the others, until none is left.
        lease: Seconds without a sign of life after which a machine is taken for dead.

    Raises:
        ConfigurationError: The library is missing.
    """

    def __init__(self, database: str, wiki: str, perform: Callable[[bool], Awaitable[None]], lease: float) -> None:
        try:
            import procrastinate
        except ModuleNotFoundError:
            raise ConfigurationError(
                "Jobs that procrastinate hands out are an extra.", hint=pip_line("gateway", "procrastinate")
            ) from None
        self._database = database
        self._wiki = wiki
        self._lease = lease
        self._queue = f"wikijs:{wiki}"
        self._loop: asyncio.AbstractEventLoop | None = None
        connector = procrastinate.PsycopgConnector(conninfo=database, min_size=1, max_size=4)
        self._app: App = procrastinate.App(connector=connector)

        async def work(writes: bool) -> None:
            await perform(writes)

        self._task: Task[Any, Any, Any] = self._app.task(name=TASK, queue=self._queue)(work)
        self._is_open = asyncio.Event()

    async def run(self) -> None:
        """Do what is handed out, until cancelled."""
        await asyncio.to_thread(self._set_up)
        async with self._app.open_async():
            self._is_open.set()
            reviving = asyncio.create_task(self._revive())
            try:
                await self.tell(True)  # there may be jobs of before
                await self.tell(False)
                await self._app.run_worker_async(
                    queues=[self._queue],
                    concurrency=2,  # one that writes, one that does not
                    fetch_job_polling_interval=max(self._lease / 4, 0.5),
                    shutdown_graceful_timeout=0.1,  # the journal knows how far a job is
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._lease / 4,
                    stalled_worker_timeout=self._lease,
                )
            finally:
                reviving.cancel()
                self._is_open.clear()

    async def tell(self, writes: bool) -> None:
        """There is a job."""
        from procrastinate.exceptions import AlreadyEnqueued

        if not self._is_open.is_set():
            return  # it will be found when this one is
        lock = f"wikijs:{self._wiki}:{'writes' if writes else 'reads'}"
        with suppress(AlreadyEnqueued):  # whoever gets that message finds this job, too
            await self._task.configure(lock=lock, queueing_lock=lock).defer_async(writes=writes)

    async def _revive(self) -> None:
        """Take away what dead machines have, and say anew that there may be jobs.

        It is not retried: beside a message of the same kind that waits already, that is refused, and waits for ever.
        """
        from procrastinate.exceptions import ConnectorException
        from procrastinate.jobs import Status

        while True:
            await asyncio.sleep(self._lease / 2)
            try:
                manager = self._app.job_manager
                dead = await manager.get_stalled_jobs(queue=self._queue, seconds_since_heartbeat=self._lease)
                for job in dead:
                    with suppress(ConnectorException):  # another machine took it away just now
                        await manager.finish_job_by_id_async(cast("int", job.id), Status.FAILED, delete_job=True)
                await self.tell(True)
                await self.tell(False)
            except Exception as error:  # the database may be away for a while
                log.warning("Jobs cannot be handed out now (%s).", type(error).__name__)

    def _set_up(self) -> None:
        """Make the library's tables, where they are missing."""
        import psycopg
        from procrastinate.schema import SchemaManager

        try:
            with psycopg.connect(self._database) as connection:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
                found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
                if found is None or found[0] is None:
                    connection.execute(SchemaManager.get_schema().encode())
        except psycopg.Error as error:
            raise StoreError(f"The tables of procrastinate cannot be made ({type(error).__name__}).") from None
