"""Quote a price for the sites of a home or company."""

from __future__ import annotations

import attrs

from energyretail.application.contracts.ports import Quotes, Tariffs
from energyretail.application.shared import Clock, Numbers, Work
from energyretail.domain.contracts import Quote, month_priced, price_month
from energyretail.domain.parties import Person
from energyretail.domain.pricing import NO_FIGURES
from energyretail.domain.shared import Conflict, Cups, Power, quote_number
from energyretail.domain.supply import Site

__all__ = ["QuoteRequest", "QuoteSupply", "WantedSite"]


@attrs.frozen
class WantedSite:
    """A supply point, the power subscribed by period, and about how much it uses a month."""

    cups: Cups
    powers: tuple[tuple[str, Power], ...]
    month_kwh: int


@attrs.frozen
class QuoteRequest:
    """What a caller asks a price for; `reference` is the caller's own key."""

    reference: str
    person: Person
    product: str
    sites: tuple[WantedSite, ...]


class QuoteSupply:
    """Give a price for every site wanted.

    The price is what a bill of thirty days from today would say, made by the same rating; of a
    tariff that follows a published index that of the thirty days before, whose prices are known.
    Asked again under the same reference the same quote is given; under a reference used for
    something else the request is refused.
    """

    def __init__(
        self, *, work: Work, clock: Clock, numbers: Numbers, quotes: Quotes, tariffs: Tariffs
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._quotes = quotes
        self._tariffs = tariffs

    def __call__(self, request: QuoteRequest) -> Quote:
        """Return the quote; raises NotFound for an unknown product, Conflict for a used key."""
        with self._work() as transaction:
            # Taken first, for it holds the series: of two requests that come together under
            # one reference the second waits here, then finds the quote of the first.
            (number,) = self._numbers.take("quote", 1)
            known = self._quotes.by_reference(request.reference)
            if known is not None:
                return _same(known, request)
            tariff = self._tariffs.tariff(request.product)
            today = self._clock.today()
            days = month_priced(tariff, today)
            names = tariff.index_names
            figures = self._tariffs.published(names, days) if names else NO_FIGURES
            sites = tuple(
                price_month(
                    _site(each, tariff.code),
                    month_kwh=each.month_kwh,
                    tariff=tariff,
                    days=days,
                    figures=figures,
                )
                for each in request.sites
            )
            quote = Quote(
                number=quote_number(number),
                reference=request.reference,
                person=request.person,
                product=request.product,
                sites=sites,
                quoted_on=today,
            )
            self._quotes.save([quote])
            transaction.commit()
        return quote


def _same(quote: Quote, request: QuoteRequest) -> Quote:
    wanted = tuple((_site(site, quote.product), site.month_kwh) for site in request.sites)
    priced = tuple((price.site, price.month_kwh) for price in quote.sites)
    if (request.person, request.product, wanted) != (quote.person, quote.product, priced):
        raise Conflict(
            "contracts.quote.reference_reused", "another quote has it", quote=quote.number
        )
    return quote


def _site(wanted: WantedSite, product: str) -> Site:
    return Site(wanted.cups, product, wanted.powers)
