"""Change what is known of a customer."""

from __future__ import annotations

import attrs

from energyretail.application.contracts.ports import Customers
from energyretail.application.shared import Events, Work
from energyretail.domain.parties import Address, Customer
from energyretail.domain.shared import NotFound

__all__ = ["ChangeCustomer", "CustomerDetails"]


@attrs.frozen
class CustomerDetails:
    """What is to be other; None leaves a detail as it is."""

    name: str | None = None
    email: str | None = None
    language: str | None = None
    address: Address | None = None


class ChangeCustomer:
    """Change name, e-mail, language or address of a customer.

    Of two who read the same version and change it the second is told, and changes nothing. The
    ERP hears of every version. Mandates and issued invoices keep what they said.
    """

    def __init__(self, *, work: Work, events: Events, customers: Customers):
        self._work = work
        self._events = events
        self._customers = customers

    def __call__(self, number: str, details: CustomerDetails, *, version: int) -> Customer:
        """Return the customer as changed; raises NotFound, Outdated, or Invalid for a detail."""
        with self._work() as transaction:
            found = self._customers.by_numbers([number])
            if not found:
                raise NotFound("parties.customer.unknown", "no such customer", customer=number)
            given = attrs.asdict(details, recurse=False, filter=lambda _, value: value is not None)
            person = attrs.evolve(found[0].person, **given)
            customer, events = found[0].change(person, version=version)
            self._customers.save([customer])
            self._events.record(events)
            transaction.commit()
        return customer
