"""Agree with a customer on one document a month over the bills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from energyretail.application.shared import Events, Work
from energyretail.domain.billing import ConsolidationTerms, ToConsolidate
from energyretail.domain.shared import NotFound, parse_customer_number

__all__ = ["AgreeConsolidation", "ConsolidationBook", "ReadConsolidation"]


class ConsolidationBook(Protocol):
    """The terms agreed on; part of the open transaction."""

    def of(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer, ended ones too."""
        ...

    def take(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer, who is held until the transaction ends.

        Raises NotFound ``parties.customer.unknown``.
        """
        ...

    def keep(self, terms: ConsolidationTerms) -> None:
        """Keep terms, in place of those the customer had, who was taken."""
        ...

    def due(self, cuts: Mapping[int, date], *, after: str, limit: int) -> tuple[ToConsolidate, ...]:
        """Return up to `limit` customers beyond the number `after` with documents left.

        `cuts` says of a day of the month when it was last. Those whose terms hold for it and who
        have no document as of it, from the first day of their terms on; in order of number.
        """
        ...


class AgreeConsolidation:
    """Keep what was agreed on; the same again changes nothing and tells nobody."""

    def __init__(self, *, work: Work, events: Events, book: ConsolidationBook):
        self._work = work
        self._events = events
        self._book = book

    def __call__(
        self, customer: str, *, day: int, since: date, ended_on: date | None = None
    ) -> ConsolidationTerms:
        """Return the terms.

        Raises NotFound ``parties.customer.unknown``, Invalid ``billing.consolidation.day``,
        ``billing.consolidation.days``.
        """
        terms = ConsolidationTerms(parse_customer_number(customer), day, since, ended_on)
        with self._work() as transaction:
            if self._book.take(terms.customer) != terms:
                self._book.keep(terms)
                self._events.record([terms.told])
                transaction.commit()
        return terms


class ReadConsolidation:
    """Read what was agreed on with a customer."""

    def __init__(self, *, book: ConsolidationBook):
        self._book = book

    def __call__(self, customer: str) -> ConsolidationTerms:
        """Return the terms; raises NotFound ``billing.consolidation.none``."""
        terms = self._book.of(customer)
        if terms is None:
            raise NotFound("billing.consolidation.none", "nothing was agreed on", customer=customer)
        return terms
