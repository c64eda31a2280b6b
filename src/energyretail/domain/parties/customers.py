"""Who buys energy."""

from __future__ import annotations

import enum
import re

import attrs

from energyretail.domain.parties.events import CustomerChanged
from energyretail.domain.shared import (
    CustomerNumber,
    Event,
    Invalid,
    Outdated,
    Refused,
)

__all__ = ["Address", "Customer", "CustomerKind", "Person"]


class CustomerKind(enum.Enum):
    """A home is a consumer and may withdraw for 14 days; a company may not."""

    HOME = "home"
    COMPANY = "company"


@attrs.frozen
class Address:
    """A structured postal address, as SEPA files must carry it since 15 November 2026.

    Raises Invalid ``parties.address`` (give a town and a country of two capital letters).
    """

    street: str
    postcode: str
    town: str
    country: str

    def __attrs_post_init__(self) -> None:
        if not (self.town and re.fullmatch(r"[A-Z]{2}", self.country)):
            raise Invalid("parties.address", "give a town and a country of two capital letters")


@attrs.frozen
class Person:
    """A home or company as it introduces itself, before it has a customer number.

    Raises Invalid ``parties.name`` (give a name); ``parties.tax_id`` (8 to 14 capital letters or
    digits); ``parties.email`` (not an e-mail address).
    """

    kind: CustomerKind
    name: str
    tax_id: str
    email: str
    address: Address
    language: str = "es"

    def __attrs_post_init__(self) -> None:
        if not self.name.strip():
            raise Invalid("parties.name", "give a name")
        if not re.fullmatch(r"[A-Z0-9]{8,14}", self.tax_id):
            raise Invalid("parties.tax_id", "8 to 14 capital letters or digits", given=self.tax_id)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", self.email):
            raise Invalid("parties.email", "not an e-mail address", given=self.email)


@attrs.frozen
class Customer:
    """A person with a customer number (``C000001``); one for each tax id.

    `version` counts the changes, from 1.
    """

    number: CustomerNumber
    person: Person
    version: int = 1

    def change(self, person: Person, *, version: int) -> tuple[Customer, tuple[Event, ...]]:
        """Return the customer as `person` says; the same again changes nothing.

        Raises Outdated ``parties.customer.outdated`` when `version` is not the present one,
        Refused ``parties.customer.identity`` when kind or tax id would be others: somebody
        else is another customer.
        """
        if version != self.version:
            raise Outdated(
                "parties.customer.outdated", "changed meanwhile: read it again", now=self.version
            )
        if (person.kind, person.tax_id) != (self.person.kind, self.person.tax_id):
            raise Refused("parties.customer.identity", "kind and tax id stay", number=self.number)
        if person == self.person:
            return self, ()
        changed = attrs.evolve(self, person=person, version=version + 1)
        return changed, (CustomerChanged(self.number, changed.version),)
