"""Runs a worker until it is told to end."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Final

import attrs
import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.operations.park_job import ParkJob
from energyretail.domain.shared import Fault
from energyretail.entrypoints.worker.policy import NotParked, RetryPolicy, Strategy
from energyretail.entrypoints.worker.queue import Queue
from energyretail.entrypoints.worker.sweep import sweep_for_ever
from energyretail.entrypoints.worker.ticks import tick_for_ever

__all__ = ["GivenUp", "Parking", "run_worker"]

Parking = Callable[[str, Mapping[str, str], Exception], None]
GivenUp = Mapping[str, Callable[[Mapping[str, str], Exception], None]]

_LOOK_SECONDS_MAX: Final = 1.0
_CONNECT_SECONDS: Final = 10.0
# Rows of dead workers go when nobody can wait for them any more.
_FORGET_HEARTBEATS: Final = 100


def run_worker(
    url: str,
    tasks: Mapping[str, Callable[..., None]],
    *,
    concurrency: int,
    heartbeat_s: float,
    policy: RetryPolicy | None = None,
    given_up: GivenUp = MappingProxyType({}),
    tick: Callable[[], object] | None = None,
) -> None:
    """Run the jobs at `url` with `tasks` by name, until SIGTERM or SIGINT; then finish them.

    Tasks take their job's arguments as text and run in `concurrency` threads. One that
    fails is tried again under `policy`; when that gives up, the job stays in the queue as
    failed and is put on the work list, after what `given_up` has for its task was told. Jobs
    of a worker that died come back after about three times `heartbeat_s`. Beside the jobs `tick`
    is done every `heartbeat_s` seconds. Raises Fault
    ``postgres.unreachable`` when the database is or goes away.
    """
    database = Database(url, pool_size=2)
    park = ParkJob(
        work=PostgresWork(database),
        work_list=PostgresWorkList(database),
        clock=PostgresClock(database),
    )
    service = _Service(
        url, tasks, park, given_up, policy or RetryPolicy(), concurrency, heartbeat_s, tick
    )
    try:
        # The library's pool would try for half a minute before it says so.
        psycopg.connect(url, connect_timeout=int(_CONNECT_SECONDS)).close()
        asyncio.run(service.run())
    except (ConnectorException, psycopg.Error) as error:
        raise Fault(
            "postgres.unreachable", "the worker lost its database", said=error.__cause__ or error
        ) from error
    finally:
        database.close()


@attrs.frozen
class _Service:
    url: str
    tasks: Mapping[str, Callable[..., None]]
    park: Parking
    given_up: GivenUp
    policy: RetryPolicy
    concurrency: int
    heartbeat_s: float
    tick: Callable[[], object] | None

    async def run(self) -> None:
        """Work until told to end."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.concurrency + 2))
        connector = PsycopgConnector(
            conninfo=self.url, min_size=1, max_size=4, timeout=_CONNECT_SECONDS
        )
        app = App(connector=connector)
        queue = Queue(connector)
        app.job_manager = queue
        for name, task in self.tasks.items():
            self._register(app, name, task)
        async with app.open_async():
            await self._work(self._worker(app), queue)

    def _worker(self, app: App) -> Worker:
        return Worker(
            app,
            concurrency=self.concurrency,
            fetch_job_polling_interval=min(self.heartbeat_s, _LOOK_SECONDS_MAX),
            # A failed job is kept, for a person to run again.
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=self.heartbeat_s,
            stalled_worker_timeout=self.heartbeat_s * _FORGET_HEARTBEATS,
        )

    async def _work(self, worker: Worker, queue: Queue) -> None:
        told = _stop_on_signals(worker)
        sweep = asyncio.create_task(
            sweep_for_ever(self.url, worker, queue, heartbeat_s=self.heartbeat_s)
        )
        sweep.add_done_callback(lambda _: _stop(worker))
        ticks = asyncio.create_task(
            tick_for_ever(self.tick or (lambda: None), every_s=self.heartbeat_s)
        )
        try:
            await worker.run()  # type: ignore[no-untyped-call]  # the library's is bare
        finally:
            sweep.cancel()
            ticks.cancel()
            ended, _ = await asyncio.gather(sweep, ticks, return_exceptions=True)
        if not told:
            # It stops by itself only when a connection breaks.
            raise psycopg.OperationalError(str(ended or "connection lost"))

    def _register(self, app: App, name: str, task: Callable[..., None]) -> None:
        def run(context: JobContext, /, **arguments: str) -> None:
            try:
                task(**arguments)
            except Exception as error:
                if self.policy.gives_up(error, context.job.attempts):
                    self._put_on_list(name, arguments, error)
                raise

        app.task(name=name, pass_context=True, retry=Strategy(self.policy))(run)

    def _put_on_list(self, name: str, arguments: Mapping[str, str], error: Exception) -> None:
        try:
            if (tell := self.given_up.get(name)) is not None:
                tell(arguments, error)
            self.park(name, arguments, error)
        except Exception as failure:
            # Then the job is tried again: a failure nobody sees would be a lost job.
            raise NotParked(str(failure)) from error


def _stop_on_signals(worker: Worker) -> list[str]:
    """Stop the worker on SIGTERM and SIGINT; the list says whether one came."""
    told: list[str] = []

    def stop(name: str) -> None:
        told.append(name)
        _stop(worker)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop, number.name)
    return told


def _stop(worker: Worker) -> None:
    worker.stop()  # type: ignore[no-untyped-call]  # the library's is bare
