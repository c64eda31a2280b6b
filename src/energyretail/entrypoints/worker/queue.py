"""The library's queue with two gaps closed: twins of a retried job, and jobs behind a lock."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback

__all__ = ["Queue"]


class Queue(JobManager):
    """What the library's worker asks for jobs and tells their end."""

    def __init__(self, connector: Any):
        super().__init__(connector)
        self._look_again: NotificationCallback | None = None

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Pass the database's notices on, and keep the way to give one ourselves."""
        self._look_again = on_notification
        await super().listen_for_jobs(on_notification=on_notification, queues=queues)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End a job, and let what waited behind its lock begin at once."""
        await super().finish_job(job, status, delete_job)
        if job.lock is not None:
            await self.look_again(job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime.datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Make a begun job due again, unless its twin is waiting: then that one will do."""
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except UniqueViolation:
            await self.end_for_twin(job)

    async def end_for_twin(self, job: Job) -> None:
        """Let go of a begun job whose twin is waiting."""
        await super().finish_job(job, Status.FAILED, delete_job=True)

    async def look_again(self, job: Job) -> None:
        """Let the worker of this process look for jobs now, not at its next look."""
        if self._look_again is not None and job.id is not None:
            await self._look_again(
                channel="local", notification={"type": "job_inserted", "job_id": job.id}
            )
