"""Take signed contracts from the signature service."""

from __future__ import annotations

from datetime import date

from energyretail.application.contracts.ports import Contracts
from energyretail.application.contracts.signature import SignatureService, SignedEvidence
from energyretail.application.shared import Clock, Events, Work, WorkList
from energyretail.domain.contracts import Contract, Signature
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Event, Refused

__all__ = ["ReceiveSignatures"]


class ReceiveSignatures:
    """Sign every contract whose evidence has come.

    Evidence for a contract that can no longer be signed, or for another document, is put
    on the work list. Evidence is acknowledged after the commit: it may come again.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        events: Events,
        contracts: Contracts,
        work_list: WorkList,
        service: SignatureService,
    ):
        self._work = work
        self._clock = clock
        self._events = events
        self._contracts = contracts
        self._work_list = work_list
        self._service = service

    def __call__(self) -> int:
        """Return how many contracts were signed; raises Fault when the service fails."""
        arrived = {evidence.reference: evidence for evidence in self._service.completed()}
        if not arrived:
            return 0
        with self._work() as transaction:
            known: dict[str, Contract] = {
                c.number: c for c in self._contracts.by_numbers(sorted(arrived))
            }
            signed: list[Contract] = []
            events: list[Event] = []
            parked: list[WorkItem] = []
            for reference, evidence in sorted(arrived.items()):
                try:
                    contract, happened = _sign(known.get(reference), evidence)
                except DomainError as refusal:
                    parked.append(_parked(reference, refusal, self._clock.today()))
                    continue
                signed.append(contract)
                events += happened
            self._contracts.save(signed)
            self._work_list.add(parked)
            self._events.record(events)
            transaction.commit()
        self._service.acknowledge(sorted(arrived))
        return len(events)


def _sign(
    contract: Contract | None, evidence: SignedEvidence
) -> tuple[Contract, tuple[Event, ...]]:
    if contract is None or contract.document_sha256 != evidence.document_sha256:
        raise Refused("contracts.signature.unknown_document", "not ours")
    return contract.sign(Signature(evidence.signed_on, evidence.evidence_id))


def _parked(reference: str, refusal: DomainError, today: date) -> WorkItem:
    return WorkItem(
        "signature",
        reference,
        refusal.code,
        refusal.text,
        "compare the evidence with the contract, then sign by hand or write to the customer",
        today,
    )
