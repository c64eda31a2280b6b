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
    behind: bool = False


class MemoryJobs:
    """The Jobs port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def enqueue(
        self,
        task: str,
        *,
        lock: str | None = None,
        once: str | None = None,
        behind: bool = False,
        **arguments: str,
    ) -> None:
        """Make a job due when the transaction commits."""
        table = self._store.writable("job")
        if once is None or all(job.once != once for job in table.values()):
            job = WaitingJob(task, lock, once, tuple(sorted(arguments.items())), behind)
            table[max(table, default=0) + 1] = job

    def waiting(self) -> tuple[WaitingJob, ...]:
        """Return the jobs not yet begun, in the order they are taken."""
        return tuple(sorted(self._store.table("job").values(), key=lambda job: job.behind))

    def take(self) -> WaitingJob | None:
        """Take the next job off the queue, the oldest of its kind; None when there is none."""
        table = self._store.writable("job")
        return table.pop(min(table, key=lambda n: (table[n].behind, n))) if table else None
