"""The simulated people, at our doors: they ask, accept, and sometimes change their mind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from energyretail.adapters.simulated.population import Applicant, Population
from energyretail.application.contracts import (
    Acceptance,
    AcceptQuote,
    Contracts,
    QuoteRequest,
    QuoteSupply,
    WantedSite,
    WithdrawContract,
)
from energyretail.domain.contracts import Contract, ContractState
from energyretail.domain.parties import CustomerKind

__all__ = ["PRODUCTS", "CustomersAtTheDoor"]

PRODUCTS: Mapping[CustomerKind, str] = {
    CustomerKind.HOME: "2.0TD-FIJO",
    CustomerKind.COMPANY: "2.0TD-HORAS",
}


class CustomersAtTheDoor:
    """Lets everybody in a population do what they do on a day, through the same use cases
    that every other door calls."""

    def __init__(
        self,
        population: Population,
        *,
        quote: QuoteSupply,
        accept: AcceptQuote,
        withdraw: WithdrawContract,
        contracts: Contracts,
    ):
        self._quote = quote
        self._accept = accept
        self._withdraw = withdraw
        self._contracts = contracts
        self._asking: dict[date, list[Applicant]] = defaultdict(list)
        self._accepting: dict[date, list[Applicant]] = defaultdict(list)
        self._fickle: dict[str, Applicant] = {}
        self._quotes: dict[str, str] = {}
        for applicant in population.applicants():
            self._asking[applicant.asks_on].append(applicant)
            if applicant.accepts_on is not None:
                self._accepting[applicant.accepts_on].append(applicant)

    def live(self, today: date) -> None:
        """Do all that happens at the doors today, in the order of the applicants' references."""
        for applicant in self._asking[today]:
            quote = self._quote(request_of(applicant))
            self._quotes[applicant.reference] = quote.number
        for applicant in self._accepting[today]:
            self._take(applicant)
        for contract in self._regretted(today):
            self._withdraw(contract.number)

    def _take(self, applicant: Applicant) -> None:
        acceptance = Acceptance(
            quote=self._quotes[applicant.reference],
            iban=applicant.iban,
            early_start=applicant.early_start,
        )
        contract = self._accept(acceptance)
        if applicant.withdraws_after is not None and not applicant.early_start:
            self._fickle[contract.number] = applicant

    def _regretted(self, today: date) -> Sequence[Contract]:
        if not self._fickle:
            return ()
        cooling = self._contracts.in_state(ContractState.COOLING_OFF)
        return [
            contract
            for contract in cooling
            if contract.number in self._fickle
            and contract.signature is not None
            and today
            >= contract.signature.signed_on
            + timedelta(days=self._fickle[contract.number].withdraws_after or 0)
        ]


def request_of(applicant: Applicant) -> QuoteRequest:
    """Return the request an applicant makes."""
    return QuoteRequest(
        reference=applicant.reference,
        person=applicant.person,
        product=PRODUCTS[applicant.person.kind],
        sites=tuple(
            WantedSite(each.cups, each.powers, each.month_kwh) for each in applicant.dwellings
        ),
    )
