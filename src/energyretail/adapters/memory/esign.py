"""A signature service in memory, where the test is the signer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from energyretail.application.contracts.signature import Envelope, SignedEvidence
from energyretail.domain.shared import Conflict

__all__ = ["MemorySignatureService"]


class MemorySignatureService:
    """Keeps envelopes by reference; `sign` plays the signer."""

    def __init__(self) -> None:
        self.envelopes: dict[str, Envelope] = {}
        self._evidence: dict[str, SignedEvidence] = {}
        self._acknowledged: set[str] = set()

    def request(self, envelope: Envelope) -> None:
        """Take the envelope once."""
        if self.envelopes.setdefault(envelope.reference, envelope) != envelope:
            raise Conflict(
                "contracts.envelope.reference_reused",
                "the reference stands for another envelope",
                reference=envelope.reference,
            )

    def sign(self, reference: str, *, on: date) -> None:
        """Let the signer sign the envelope `on` a day."""
        envelope = self.envelopes[reference]
        self._evidence[reference] = SignedEvidence(
            reference=reference,
            evidence_id=f"EV-{reference}",
            document_sha256=envelope.document_sha256,
            signer_name=envelope.signer_name,
            signer_email=envelope.signer_email,
            signed_on=on,
            method="memory",
        )

    def completed(self) -> tuple[SignedEvidence, ...]:
        """Return what was signed and not acknowledged, in the order of signing."""
        return tuple(
            evidence
            for reference, evidence in self._evidence.items()
            if reference not in self._acknowledged
        )

    def acknowledge(self, references: Sequence[str]) -> None:
        """Tell these no more."""
        self._acknowledged.update(references)
