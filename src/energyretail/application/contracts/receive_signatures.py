"""Take signed contracts from the signature service."""

from __future__ import annotations

from energyretail.application.contracts.ports import Contracts
from energyretail.application.contracts.signature import SignatureService
from energyretail.application.shared import Clock, Events, Work, WorkList
from energyretail.domain.contracts import Signature
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError

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
        signed = 0
        with self._work() as transaction:
            known = {c.number: c for c in self._contracts.by_numbers(sorted(arrived))}
            for reference, evidence in sorted(arrived.items()):
                contract = known.get(reference)
                if contract is None or contract.document_sha256 != evidence.document_sha256:
                    self._park(reference, "contracts.signature.unknown_document", "not ours")
                    continue
                try:
                    contract, events = contract.sign(
                        Signature(evidence.signed_on, evidence.evidence_id)
                    )
                except DomainError as refusal:
                    self._park(reference, refusal.code, refusal.text)
                    continue
                self._contracts.save([contract])
                self._events.record(events)
                signed += len(events)
            transaction.commit()
        self._service.acknowledge(sorted(arrived))
        return signed

    def _park(self, reference: str, code: str, text: str) -> None:
        item = WorkItem(
            "signature",
            reference,
            code,
            text,
            "compare the evidence with the contract, then sign by hand or write to the customer",
            self._clock.today(),
        )
        self._work_list.add([item])
