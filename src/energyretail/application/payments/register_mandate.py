"""Register the mandate that was signed with a contract."""

from __future__ import annotations

from datetime import date

from energyretail.application.payments.ports import Debtors, Mandates
from energyretail.application.shared import Events
from energyretail.domain import payments
from energyretail.domain.shared import CreditorIdentifier, Iban

__all__ = ["RegisterMandate"]


class RegisterMandate:
    """Register a contract's first mandate, inside the transaction of whoever signed it.

    Rules: the reference is the contract number and ``-1``; name and address are the
    customer's on the day of signature; done twice it changes nothing.
    """

    def __init__(
        self,
        *,
        mandates: Mandates,
        debtors: Debtors,
        events: Events,
        creditor: payments.Creditor,
    ):
        self._mandates = mandates
        self._debtors = debtors
        self._events = events
        self._creditor: CreditorIdentifier = creditor.identifier

    def __call__(
        self, *, contract: str, customer: str, signed_on: date, iban: str
    ) -> payments.Mandate:
        """Register it and return it; raises Invalid for a wrong IBAN, NotFound for a customer.

        Takes part in the open transaction and does not commit it.
        """
        umr = payments.mandate_reference(contract, 1)
        if known := self._mandates.named((umr,)):
            return known[0]
        mandate = payments.Mandate(
            umr=umr,
            contract=contract,
            customer=customer,
            creditor=self._creditor,
            iban=Iban(iban),
            debtor=self._debtors.debtor(customer),
            signed_on=signed_on,
        )
        self._mandates.add((mandate,))
        self._events.record((payments.MandateRegistered(umr, contract, customer),))
        return mandate
