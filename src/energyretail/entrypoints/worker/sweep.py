"""Makes due again what a dead worker had begun."""

from __future__ import annotations

import asyncio

import psycopg
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from energyretail.entrypoints.worker.queue import Queue

__all__ = ["sweep_for_ever"]

# With a worker's number, the advisory lock that says: this worker's process lives.
_ALIVE = 0x6A6F6273
_HEARTBEATS_MISSED = 2


async def sweep_for_ever(url: str, worker: Worker, queue: Queue, *, heartbeat_s: float) -> None:
    """Every `heartbeat_s` seconds give the jobs of dead workers back to the queue.

    A heartbeat that is late may only mean a busy machine, so a worker is dead when besides
    that its process no longer holds its lock: Postgres lets go of it when a process dies.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while worker.worker_id is None:
            await asyncio.sleep(0.01)
        await connection.execute("SELECT pg_advisory_lock(%s, %s)", (_ALIVE, worker.worker_id))
        while True:
            await _sweep(connection, queue, late_s=heartbeat_s * _HEARTBEATS_MISSED)
            await asyncio.sleep(heartbeat_s)


async def _sweep(
    connection: psycopg.AsyncConnection[tuple[object, ...]], queue: Queue, *, late_s: float
) -> None:
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=late_s):
        if job.worker_id is None or await _is_dead(connection, job.worker_id):
            await _give_back(connection, queue, job)
            await queue.look_again(job)


async def _give_back(
    connection: psycopg.AsyncConnection[tuple[object, ...]], queue: Queue, job: Job
) -> None:
    # The library's way back counts an attempt; but that a worker died is no failure of the job.
    try:
        await connection.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = NULL"
            " WHERE id = %s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %s",
            (job.id, job.worker_id),
        )
    except psycopg.errors.UniqueViolation:
        await queue.end_for_twin(job)


async def _is_dead(connection: psycopg.AsyncConnection[tuple[object, ...]], worker_id: int) -> bool:
    # Our own lock would be given to us a second time, so ask who holds it instead of trying.
    cursor = await connection.execute(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = %s AND objid = %s",
        (_ALIVE, worker_id),
    )
    return await cursor.fetchone() is None
