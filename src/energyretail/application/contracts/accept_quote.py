"""Make a contract of a quote and ask for its signature."""

from __future__ import annotations

import hashlib

import attrs

from energyretail.application.contracts.ports import Contracts, Customers, Quotes
from energyretail.application.shared import Clock, Events, Numbers, Work
from energyretail.domain.contracts import Contract, Quote, contract_text
from energyretail.domain.parties import Customer
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    Iban,
    contract_number,
    customer_number,
)

__all__ = ["AcceptQuote", "Acceptance"]


@attrs.frozen
class Acceptance:
    """A customer's yes: the account to collect from, and whether supply may begin at once."""

    quote: str
    iban: Iban
    early_start: bool


class AcceptQuote:
    """Make the contract of an open quote.

    A person with a tax id we know becomes no second customer. The contract is sent for
    signature by the outbox. Accepting twice gives the same contract; accepting again with
    another account or start is refused, for the first one stands.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        numbers: Numbers,
        events: Events,
        quotes: Quotes,
        customers: Customers,
        contracts: Contracts,
        retailer: str,
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._events = events
        self._quotes = quotes
        self._customers = customers
        self._contracts = contracts
        self._retailer = retailer

    def __call__(self, acceptance: Acceptance) -> Contract:
        """Return the contract; raises NotFound for an unknown quote, Refused for an old one.

        Raises Conflict ``contracts.quote.accepted_otherwise`` when it was accepted on other terms.
        """
        with self._work() as transaction:
            quote = self._quotes.by_number(acceptance.quote)
            if quote.contract is not None:
                (contract,) = self._contracts.by_numbers([quote.contract])
                return _same(contract, acceptance)
            # Taken first, for it holds the series: two quotes of one new person are accepted
            # one after the other, so the second finds the customer.
            (count,) = self._numbers.take("contract", 1)
            number = contract_number(count)
            customer = self._customer(quote)
            accepted = quote.accept(number, on=self._clock.today())
            contract, events = Contract.accept(
                quote,
                customer,
                number=number,
                iban=acceptance.iban,
                early_start=acceptance.early_start,
                document_sha256=self._digest(quote, number, acceptance),
                on=self._clock.today(),
            )
            self._quotes.save([accepted])
            self._contracts.save([contract])
            self._events.record(events)
            transaction.commit()
        return contract

    def _customer(self, quote: Quote) -> Customer:
        known = self._customers.by_tax_id(quote.person.tax_id)
        if known is not None:
            return known
        (count,) = self._numbers.take("customer", 1)
        customer = Customer(customer_number(count), quote.person)
        self._customers.save([customer])
        return customer

    def _digest(self, quote: Quote, number: ContractNumber, acceptance: Acceptance) -> str:
        document = contract_text(
            quote,
            number=number,
            retailer=self._retailer,
            iban=acceptance.iban,
            early=acceptance.early_start,
        )
        return hashlib.sha256(document.encode()).hexdigest()


def _same(contract: Contract, acceptance: Acceptance) -> Contract:
    if (contract.iban, contract.early_start) != (acceptance.iban, acceptance.early_start):
        raise Conflict(
            "contracts.quote.accepted_otherwise",
            "accepted already, with another account or start",
            contract=contract.number,
        )
    return contract
