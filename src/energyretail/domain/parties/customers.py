"""Who buys energy."""

from __future__ import annotations

import enum
import re

import attrs

from energyretail.domain.shared import (
    CustomerNumber,
    Invalid,
)

__all__ = ["Address", "Customer", "CustomerKind", "Person"]


class CustomerKind(enum.Enum):
    """A home is a consumer and may withdraw for 14 days; a company may not."""

    HOME = "home"
    COMPANY = "company"


@attrs.frozen
class Address:
    """A structured postal address, as SEPA files must carry it since 15 November 2026."""

    street: str
    postcode: str
    town: str
    country: str

    def __attrs_post_init__(self) -> None:
        if not (self.town and re.fullmatch(r"[A-Z]{2}", self.country)):
            raise Invalid("parties.address", "give a town and a country of two capital letters")


@attrs.frozen
class Person:
    """A home or company as it introduces itself, before it has a customer number."""

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
    """A person with a customer number (``C000001``); one for each tax id."""

    number: CustomerNumber
    person: Person
