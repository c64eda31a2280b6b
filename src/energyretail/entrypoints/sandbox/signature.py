"""The signature service of the sandbox: envelopes in, evidence of signing out."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.signature import SignerAnswer, SignerBehaviour, SignerPlan
from energyretail.domain.shared import Conflict, Invalid, NotFound, Refused

__all__ = ["SandboxSignature"]

PAGE_SIZE = 500
Reference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,35}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Email = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class EnvelopeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document to sign, under the caller's own reference."""

    reference: Reference
    document: Text
    document_sha256: Sha256
    signer_name: Name
    signer_email: Email


class EnvelopeOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the service holds of an envelope."""

    reference: str
    document_sha256: str
    requested_on: date
    state: str


class EvidenceOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That somebody signed: who, what, when, how."""

    reference: str
    evidence_id: str
    document_sha256: str
    signer_name: str
    signer_email: str
    signed_on: date
    method: str


class CompletedOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of evidence; `next` is the cursor of the page after, null on the last."""

    completed: list[EvidenceOut]
    next: str | None


class AcknowledgeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The references whose evidence the caller holds durably."""

    references: Annotated[list[Reference], msgspec.Meta(max_length=10_000)]


class SandboxSignature:
    """Keeps envelopes by reference; whoever signs does so by the seed and the reference."""

    def __init__(self, chance: Chance):
        self._behaviour = SignerBehaviour(chance)
        self._day: date | None = None
        self._envelopes: dict[str, EnvelopeIn] = {}
        self._plans: dict[str, tuple[date, SignerPlan]] = {}
        self._acknowledged: set[str] = set()

    def advance(self, day: date) -> None:
        """Move to `day`; what is due by then is told from now on."""
        self._day = day

    def request(self, envelope: EnvelopeIn) -> tuple[EnvelopeOut, bool]:
        """Take an envelope; the flag says that it is new.

        Raises Invalid when the digest is not the document's, Conflict when the reference
        stands for something else, Refused before the calendar begins.
        """
        if hashlib.sha256(envelope.document.encode()).hexdigest() != envelope.document_sha256:
            raise Invalid(
                "signature.envelope.digest", "not the digest of the document",
                reference=envelope.reference,
            )  # fmt: skip
        if self._day is None:
            raise Refused("sandbox.clock.not_begun", "move the sandbox clock first")
        known = self._envelopes.get(envelope.reference)
        if known is not None and known != envelope:
            raise Conflict(
                "signature.envelope.reference_reused", "the reference stands for another envelope",
                reference=envelope.reference,
            )  # fmt: skip
        if known is None:
            self._envelopes[envelope.reference] = envelope
            plan = self._behaviour.plan(envelope.reference, self._day)
            self._plans[envelope.reference] = (self._day, plan)
        return self.show(envelope.reference), known is None

    def show(self, reference: str) -> EnvelopeOut:
        """Return an envelope as it stands today; raises NotFound."""
        if reference not in self._envelopes:
            raise NotFound("signature.envelope.unknown", "no such envelope", reference=reference)
        requested_on, plan = self._plans[reference]
        return EnvelopeOut(
            reference=reference,
            document_sha256=self._envelopes[reference].document_sha256,
            requested_on=requested_on,
            state=plan.answer.value if self._is_due(plan) else "pending",
        )

    def completed(self, after: str) -> CompletedOut:
        """Return evidence due by today and not acknowledged, ordered by (due day, reference)."""
        found = sorted(
            (f"{plan.due_on}~{reference}", reference)
            for reference, (_, plan) in self._plans.items()
            if plan.answer is SignerAnswer.SIGNED
            and self._is_due(plan)
            and reference not in self._acknowledged
        )
        page = [row for row in found if row[0] > after][: PAGE_SIZE + 1]
        return CompletedOut(
            completed=[self._evidence(reference) for _, reference in page[:PAGE_SIZE]],
            next=page[PAGE_SIZE - 1][0] if len(page) > PAGE_SIZE else None,
        )

    def acknowledge(self, references: list[str]) -> None:
        """Tell these no more; one that is unknown or acknowledged already changes nothing."""
        self._acknowledged.update(references)

    def router(self) -> Router:
        """Return the routes below ``/signature``."""

        @post("/envelopes", sync_to_thread=False)
        def request(data: EnvelopeIn) -> Response[EnvelopeOut]:
            envelope, is_new = self.request(data)
            return Response(envelope, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)

        @get("/envelopes/{reference:str}", sync_to_thread=False)
        def show(reference: FromPath[str]) -> EnvelopeOut:
            return self.show(reference)

        @get("/completed", sync_to_thread=False)
        def completed(after: FromQuery[str] = "") -> CompletedOut:
            return self.completed(after)

        @post("/acknowledged", sync_to_thread=False, status_code=204)
        def acknowledge(data: AcknowledgeIn) -> None:
            self.acknowledge(data.references)

        return Router("/signature", route_handlers=[request, show, completed, acknowledge])

    def _is_due(self, plan: SignerPlan) -> bool:
        return plan.due_on is not None and self._day is not None and plan.due_on <= self._day

    def _evidence(self, reference: str) -> EvidenceOut:
        envelope = self._envelopes[reference]
        signed_on = self._plans[reference][1].answered_on
        assert signed_on is not None
        return EvidenceOut(
            reference=reference,
            evidence_id=self._behaviour.evidence_id(reference, envelope.document_sha256),
            document_sha256=envelope.document_sha256,
            signer_name=envelope.signer_name,
            signer_email=envelope.signer_email,
            signed_on=signed_on,
            method="otp-email",
        )
