"""The queue of the workers as a dictionary, for tests that run jobs by hand."""

from __future__ import annotations

import attrs

from energyretail.adapters.memory.store import MemoryStore

__all__ = ["MemoryJobs", "WaitingJob"]


@attrs.frozen
class WaitingJob:
    """A job not yet begun; `arguments` are pairs of name and value."""

    task: str
    lock: str | None
    once: str | None
    arguments: tuple[tuple[str, str], ...]


class MemoryJobs:
    """The Jobs port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def enqueue(
        self, task: str, *, lock: str | None = None, once: str | None = None, **arguments: str
    ) -> None:
        """Make a job due when the transaction commits."""
        table = self._store.writable("job")
        if once is None or all(job.once != once for job in table.values()):
            job = WaitingJob(task, lock, once, tuple(sorted(arguments.items())))
            table[max(table, default=0) + 1] = job

    def waiting(self) -> tuple[WaitingJob, ...]:
        """Return the jobs not yet begun, oldest first."""
        return tuple(self._store.table("job").values())

    def take(self) -> WaitingJob | None:
        """Take the oldest job off the queue; None when there is none."""
        table = self._store.writable("job")
        return table.pop(min(table)) if table else None
