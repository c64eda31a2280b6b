"""The Registry port over a Spanish grid operator's mailbox of CNMC messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from energyretail.adapters.registry_es.envelope import SCHEMA
from energyretail.adapters.registry_es.messages import read_answer, write_claim
from energyretail.adapters.shared.mailbox import HttpMailbox, Letter
from energyretail.application.switching import RegistryArrival
from energyretail.domain import switching
from energyretail.domain.shared import Invalid, Refused

__all__ = ["SpanishRegistry"]

BATCH_SIZE: Final = 500


class SpanishRegistry:
    """Writes C1 01 and reads C1 02, 04 and 05.

    `market_code` is our four-digit code at REE: the issuer of what we write, the recipient of
    what we obey. A message to anybody else is told as ``registry_es.recipient``.
    """

    def __init__(
        self, url: str, *, market_code: str, timeout_s: float = 10.0, batch_size: int = BATCH_SIZE
    ):
        self._market_code = market_code
        self._batch_size = batch_size
        self._mailbox = HttpMailbox(url, name="registry", timeout_s=timeout_s)

    def claim(self, claim: switching.Claim) -> None:
        """Send a C1 01."""
        body = write_claim(claim, issuer=self._market_code)
        self._mailbox.post(body, content_type="application/xml")

    def release(self, release: switching.SupplyRelease) -> None:
        """Refuse: an end of supply is process B1, which is not written."""
        raise Refused(
            "registry_es.not_written", "process B1 is not written", request=release.request
        )

    def notify(self, event: switching.SupplyEvent) -> None:
        """Refuse: a change of customer facts is process M1, which is not written."""
        raise Refused("registry_es.not_written", "process M1 is not written", request=event.request)

    def receive(self) -> tuple[RegistryArrival, ...]:
        """Return the next messages not acknowledged, in the operator's order."""
        waiting = self._mailbox.waiting(limit=self._batch_size)
        return tuple(_arrival(each, self._market_code) for each in waiting)

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Tell that these are held."""
        self._mailbox.acknowledge(receipts)

    def close(self) -> None:
        """Close every connection."""
        self._mailbox.close()


def _arrival(letter: Letter, market_code: str) -> RegistryArrival:
    try:
        read = read_answer(letter.body)
    except Invalid as error:
        return RegistryArrival(
            letter.receipt, letter.receipt, letter.body, "", code=error.code, text=str(error)
        )
    if read.header.recipient != market_code:
        read = attrs.evolve(
            read,
            answer=None,
            code="registry_es.recipient",
            text=f"the message is to {read.header.recipient}, not to us",
        )
    return RegistryArrival(
        read.header.key,
        letter.receipt,
        letter.body,
        SCHEMA,
        read.answer,
        code=read.code,
        text=read.text,
    )
