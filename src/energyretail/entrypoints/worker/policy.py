"""Which failed jobs are tried again, when, and when a person must look."""

from __future__ import annotations

import attrs
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from energyretail.domain.shared import DomainError, Fault

__all__ = ["NotParked", "RetryPolicy", "Strategy"]


class NotParked(Exception):
    """A job failed for good, and the work list could not be written."""


@attrs.frozen
class RetryPolicy:
    """Up to `attempts_max` attempts, the first pause `pause_s` seconds, each twice the last.

    Only failures count: a job whose worker was killed comes back with the attempts it had.
    A refusal of the domain is never tried again: it would be refused again. A fault of a
    partner, and anything unexpected, is.
    """

    attempts_max: int = 8
    pause_s: float = 0.5
    pause_max_s: float = 60.0

    def gives_up(self, error: BaseException, attempts_before: int) -> bool:
        """Tell whether `error` ends a job that was attempted `attempts_before` times before."""
        if isinstance(error, NotParked):
            return False
        refused = isinstance(error, DomainError) and not isinstance(error, Fault)
        return refused or attempts_before + 1 >= self.attempts_max

    def pause_before(self, attempts_before: int) -> float:
        """Return the seconds to wait before the next attempt."""
        return min(self.pause_s * 2.0 ** min(attempts_before, 30), self.pause_max_s)


class Strategy(BaseRetryStrategy):
    """The policy as the queue's library asks for it."""

    def __init__(self, policy: RetryPolicy):
        self._policy = policy

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again; None for never."""
        if self._policy.gives_up(exception, job.attempts):
            return None
        milliseconds = int(self._policy.pause_before(job.attempts) * 1000)
        return RetryDecision(retry_in={"milliseconds": milliseconds})
