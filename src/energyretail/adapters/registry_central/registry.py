"""The Registry port over a central register's mailbox in JSON: the reference adapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from energyretail.adapters.registry_central import messages
from energyretail.adapters.shared.mailbox import HttpMailbox, Letter
from energyretail.application.switching import RegistryArrival
from energyretail.domain import switching
from energyretail.domain.shared import Invalid

__all__ = ["CentralRegistry"]

BATCH_SIZE: Final = 500


class CentralRegistry:
    """Speaks the neutral messages as they are; `url` is the register's address."""

    def __init__(self, url: str, *, timeout_s: float = 10.0, batch_size: int = BATCH_SIZE):
        self._mailbox = HttpMailbox(url, name="registry", timeout_s=timeout_s)
        self._batch_size = batch_size

    def claim(self, claim: switching.Claim) -> None:
        """Tell that we want to supply a point."""
        self._tell(claim)

    def release(self, release: switching.SupplyRelease) -> None:
        """Tell that we stop supplying a point."""
        self._tell(release)

    def notify(self, event: switching.SupplyEvent) -> None:
        """Tell of something that happened at a point we supply."""
        self._tell(event)

    def receive(self) -> tuple[RegistryArrival, ...]:
        """Return the next messages not acknowledged, in natural-key order."""
        return tuple(_arrival(each) for each in self._mailbox.waiting(limit=self._batch_size))

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Tell that these are held."""
        self._mailbox.acknowledge(receipts)

    def close(self) -> None:
        """Close every connection."""
        self._mailbox.close()

    def _tell(self, message: messages.Told) -> None:
        self._mailbox.post(messages.write_told(message), content_type=messages.CONTENT_TYPE)


def _arrival(letter: Letter) -> RegistryArrival:
    try:
        answer = messages.read_answer(letter.body)
    except Invalid as error:
        return RegistryArrival(
            letter.receipt, letter.receipt, letter.body, "", code=error.code, text=str(error)
        )
    return RegistryArrival(
        messages.key_of(answer), letter.receipt, letter.body, messages.SCHEMA, answer
    )
