"""Who buys energy."""

from __future__ import annotations

import enum
import re

import attrs

from energyretail.domain.parties.bounds import (
    COUNTRY_SHAPE,
    LANGUAGE_SHAPE,
    NAME_MAX,
    POSTCODE_SHAPE,
    STREET_MAX,
    TAX_ID_SHAPE,
    TOWN_MAX,
    email_of,
    is_line,
)
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

    Street and postcode may be empty, a town is never. Raises Invalid
    ``parties.address.street`` (one line of up to 70 characters), ``parties.address.postcode``
    (up to 16 letters, digits, blanks and hyphens), ``parties.address.town`` (one line of 1 to
    35 characters), ``parties.address.country`` (two capital letters).
    """

    street: str
    postcode: str
    town: str
    country: str

    def __attrs_post_init__(self) -> None:
        if self.street and not is_line(self.street, length_max=STREET_MAX):
            raise Invalid("parties.address.street", "one line of up to 70 characters")
        if self.postcode and not re.fullmatch(POSTCODE_SHAPE, self.postcode):
            raise Invalid(
                "parties.address.postcode", "up to 16 letters, digits, blanks and hyphens"
            )
        if not is_line(self.town, length_max=TOWN_MAX):
            raise Invalid("parties.address.town", "one line of 1 to 35 characters")
        if not re.fullmatch(COUNTRY_SHAPE, self.country):
            raise Invalid("parties.address.country", "two capital letters")


@attrs.frozen
class Person:
    """A home or company as it introduces itself, before it has a customer number.

    `language` is ISO 639, two small letters. Raises Invalid ``parties.name`` (one line of 1 to
    140 characters); ``parties.tax_id`` (8 to 14 capital letters or digits); ``parties.email``
    (not an address a mail relay takes); ``parties.language`` (two small letters).
    """

    kind: CustomerKind
    name: str
    tax_id: str
    email: str
    address: Address
    language: str = "es"

    def __attrs_post_init__(self) -> None:
        if not is_line(self.name, length_max=NAME_MAX):
            raise Invalid("parties.name", "one line of 1 to 140 characters")
        if not re.fullmatch(TAX_ID_SHAPE, self.tax_id):
            raise Invalid("parties.tax_id", "8 to 14 capital letters or digits", given=self.tax_id)
        email_of(self.email)
        if not re.fullmatch(LANGUAGE_SHAPE, self.language):
            raise Invalid("parties.language", "two small letters", given=self.language)


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
