"""Where use cases record what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from energyretail.domain.shared import Event

__all__ = ["Events"]


class Events(Protocol):
    """Hands events to the subscriptions, inside the open transaction."""

    def record(self, events: Iterable[Event]) -> None:
        """Do, now and in the same transaction, what the subscriptions ask for these events."""
        ...
