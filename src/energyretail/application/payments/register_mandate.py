"""Register the mandates that were signed with contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from energyretail.application.payments.ports import Debtors, Mandates
from energyretail.application.shared import Events
from energyretail.domain import payments
from energyretail.domain.shared import (
    ContractNumber,
    CreditorIdentifier,
    CustomerNumber,
    Iban,
    MandateReference,
    NotFound,
    mandate_reference,
)

__all__ = ["RegisterMandate", "SignedMandate"]


@attrs.frozen
class SignedMandate:
    """What a customer signed with a contract: that we may collect from `iban`.

    `last_used` is the due date of the last collection before the contract was ours, if any:
    such a mandate goes on as a recurrent one.
    """

    contract: ContractNumber
    customer: CustomerNumber
    signed_on: date
    iban: str
    last_used: date | None = None


class RegisterMandate:
    """Register the first mandate of contracts, inside the transaction of whoever signed them.

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

    def __call__(self, signed: Sequence[SignedMandate]) -> tuple[payments.Mandate, ...]:
        """Register what is new and return it, in the order given.

        Takes part in the open transaction and does not commit it. Raises Invalid for a wrong
        IBAN, NotFound ``payments.debtor`` for an unknown customer.
        """
        new = self._without_known(signed)
        debtors = self._debtors.parties(sorted({each.customer for each in new.values()}))
        made = tuple(self._mandate(umr, each, debtors) for umr, each in new.items())
        self._mandates.add(made)
        self._events.record(
            payments.MandateRegistered(each.umr, each.contract, each.customer) for each in made
        )
        return made

    def _without_known(
        self, signed: Sequence[SignedMandate]
    ) -> dict[MandateReference, SignedMandate]:
        each_once = {mandate_reference(each.contract, 1): each for each in signed}
        known = {mandate.umr for mandate in self._mandates.named(sorted(each_once))}
        return {umr: each for umr, each in each_once.items() if umr not in known}

    def _mandate(
        self, umr: MandateReference, signed: SignedMandate, debtors: Mapping[str, payments.Party]
    ) -> payments.Mandate:
        if signed.customer not in debtors:
            raise NotFound("payments.debtor", "no such customer", customer=signed.customer)
        return payments.Mandate(
            umr=umr,
            contract=signed.contract,
            customer=signed.customer,
            creditor=self._creditor,
            iban=Iban(signed.iban),
            debtor=debtors[signed.customer],
            signed_on=signed.signed_on,
            # The first use is not told; any day up to the last says that there was one.
            first_used=signed.last_used,
            last_used=signed.last_used,
        )
