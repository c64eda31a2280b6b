"""Forget what callers were told long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from energyretail.application.shared import Clock, Once, Work

__all__ = ["ANSWERS_KEPT_DAYS", "ForgetAnswers"]

ANSWERS_KEPT_DAYS: Final = 90
"""How long a caller's key gives the same answer, in business days by the calendar."""


class ForgetAnswers:
    """Drop the answers to callers' keys that are older than anybody asks again."""

    def __init__(self, *, work: Work, clock: Clock, once: Once):
        self._work = work
        self._clock = clock
        self._once = once

    def __call__(self) -> int:
        """Return how many were dropped."""
        with self._work() as transaction:
            before = self._clock.today() - timedelta(days=ANSWERS_KEPT_DAYS)
            dropped = self._once.forget(before=before)
            transaction.commit()
        return dropped
