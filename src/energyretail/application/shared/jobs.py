"""Work to be done soon by a worker, made due with the decision that wants it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Jobs"]


class Jobs(Protocol):
    """The queue of the workers, part of the open transaction."""

    def enqueue(
        self,
        task: str,
        *,
        lock: str | None = None,
        once: str | None = None,
        behind: bool = False,
        **arguments: str,
    ) -> None:
        """Make `task` due with `arguments` when the transaction commits.

        Jobs of one `lock` run one at a time, in the order they were enqueued. While a job
        of the same `once` is waiting (not yet begun), another changes nothing. One that is
        `behind` lets every other that waits go first, however late that comes. A job may run
        more than once: what it does must be harmless the second time.
        """
        ...
