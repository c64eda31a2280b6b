"""An offer of supply at a price, good for some days."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.domain.parties import Person
from energyretail.domain.shared import (
    ContractNumber,
    Invalid,
    Money,
    QuoteNumber,
    Refused,
)
from energyretail.domain.supply import Site

__all__ = ["QUOTE_VALID_DAYS", "Quote", "QuoteState", "SitePrice"]

QUOTE_VALID_DAYS: Final = 30


class QuoteState(enum.Enum):
    """An open quote may be accepted once."""

    OPEN = "open"
    ACCEPTED = "accepted"


@attrs.frozen
class SitePrice:
    """A site with what it would pay: `month` is gross, for thirty days of `month_kwh`."""

    site: Site
    month_kwh: int
    month: Money


@attrs.frozen
class Quote:
    """A price for one or many sites of one person; one contract comes of it.

    `reference` is the caller's own key: asking again under it gives the same quote.

    Raises Invalid ``contracts.quote.sites`` (name each supply point once);
    ``contracts.quote.contract`` (an accepted quote has a contract).
    """

    number: QuoteNumber
    reference: str
    person: Person
    product: str
    sites: tuple[SitePrice, ...]
    quoted_on: date
    state: QuoteState = QuoteState.OPEN
    contract: ContractNumber | None = None

    def __attrs_post_init__(self) -> None:
        points = {price.site.cups for price in self.sites}
        if not points or len(points) != len(self.sites):
            raise Invalid("contracts.quote.sites", "name each supply point once", quote=self.number)
        if (self.state is QuoteState.ACCEPTED) != (self.contract is not None):
            raise Invalid("contracts.quote.contract", "an accepted quote has a contract")

    @property
    def valid_until(self) -> date:
        """The first day the quote is no longer good."""
        return self.quoted_on + timedelta(days=QUOTE_VALID_DAYS)

    def accept(self, contract: ContractNumber, *, on: date) -> Quote:
        """Return the quote taken by `contract`; raises Refused when taken or too old."""
        if self.state is not QuoteState.OPEN:
            raise Refused("contracts.quote.taken", "accepted already", contract=self.contract)
        if on >= self.valid_until:
            raise Refused("contracts.quote.expired", "ask for a new quote", until=self.valid_until)
        return attrs.evolve(self, state=QuoteState.ACCEPTED, contract=contract)
