"""What the relay needs of whoever brings one kind of message to its partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from energyretail.application.shared.outbox import Channel

__all__ = ["Sender"]

M = TypeVar("M")


class Sender(Protocol[M]):
    """Brings messages of one (channel, kind) to the partner."""

    @property
    def channel(self) -> Channel:
        """The way out it uses."""
        ...

    @property
    def kind(self) -> str:
        """The kind of message it knows."""
        ...

    def load(self, keys: Sequence[str]) -> Mapping[str, M]:
        """Return what the keys name, read at once; a key that names nothing is left out."""
        ...

    def deliver(self, message: M, *, maybe_sent: bool) -> None:
        """Bring one message to the partner; returning means the partner has it.

        With `maybe_sent` an earlier attempt may have arrived: ask first, or rely on the
        partner knowing the natural key. Raises Fault when the partner failed (with
        `outcome_unknown` when it may have acted), another DomainError when it refused.
        """
        ...
