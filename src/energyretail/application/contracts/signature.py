"""Has contracts signed by a service outside, which answers days later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.domain.shared import Invalid

__all__ = ["Envelope", "SignatureService", "SignedEvidence"]


@attrs.frozen
class Envelope:
    """A document and who is to sign it; `reference` is the contract number, its natural key."""

    reference: str = attrs.field()
    document: str
    signer_name: str
    signer_email: str

    @reference.validator
    def _shape(self, _: object, value: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,35}", value):
            raise Invalid("contracts.envelope.reference", "not a reference", reference=value)

    @property
    def document_sha256(self) -> str:
        """The digest of the document in UTF-8, 64 small hexadecimal digits."""
        return hashlib.sha256(self.document.encode()).hexdigest()


@attrs.frozen
class SignedEvidence:
    """That the envelope `reference` was signed: when, by whom, over which document, how.

    Whoever accepts it must compare `document_sha256` with what was sent.
    """

    reference: str
    evidence_id: str
    document_sha256: str
    signer_name: str
    signer_email: str
    signed_on: date
    method: str


class SignatureService(Protocol):
    """Asks people to sign and tells who did."""

    def request(self, envelope: Envelope) -> None:
        """Ask for a signature; the same envelope again changes nothing.

        Raises Conflict ``contracts.envelope.reference_reused`` when the reference stands for
        another envelope, Invalid when the service cannot take it, Fault when it fails.
        """
        ...

    def completed(self) -> tuple[SignedEvidence, ...]:
        """Return the evidence told so far and not acknowledged, in the service's order.

        Raises Fault when the service fails.
        """
        ...

    def acknowledge(self, references: Sequence[str]) -> None:
        """Confirm that the evidence of `references` is held durably; it is told no more.

        Unknown or acknowledged references change nothing. Raises Fault.
        """
        ...
