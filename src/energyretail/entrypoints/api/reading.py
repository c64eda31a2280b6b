"""Turns what a client said into values of the domain, which refuse what cannot be."""

from __future__ import annotations

from energyretail.application.contracts import Acceptance, QuoteRequest, WantedSite
from energyretail.domain import pricing
from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Cups, Energy, Iban, Period, Power, PowerUnit
from energyretail.entrypoints.api.edge import AcceptIn, BillIn, PeriodIn, QuoteIn, SiteIn, UseIn

__all__ = ["acceptance_of", "period_of", "quote_request_of", "usage_of"]


def period_of(period: PeriodIn) -> Period:
    """Return the days; raises Invalid ``period.empty``."""
    return Period(period.start, period.end)


def usage_of(bill: BillIn) -> pricing.Usage:
    """Return the usage to price; raises Invalid where uses overlap or a value cannot be."""
    whole = period_of(bill.period)
    return pricing.Usage(
        uses=tuple(_use(use, whole) for use in bill.uses),
        powers=_powers(bill.powers, PowerUnit(bill.power_unit)),
    )


def quote_request_of(quote: QuoteIn) -> QuoteRequest:
    """Return the request; raises Invalid for a wrong supply point, tax id or address."""
    person = quote.person
    address = person.address
    return QuoteRequest(
        reference=quote.reference,
        person=Person(
            kind=CustomerKind(person.kind),
            name=person.name,
            tax_id=person.tax_id,
            email=person.email,
            address=Address(address.street, address.postcode, address.town, address.country),
            language=person.language,
        ),
        product=quote.product,
        sites=tuple(_site(site) for site in quote.sites),
    )


def acceptance_of(number: str, accept: AcceptIn) -> Acceptance:
    """Return the acceptance of quote `number`; raises Invalid for a wrong account."""
    return Acceptance(quote=number, iban=Iban(accept.iban), early_start=accept.early_start)


def _use(use: UseIn, whole: Period) -> pricing.RegisterUse:
    return pricing.RegisterUse(
        register=use.register,
        period=period_of(use.period) if use.period else whole,
        energy=Energy(use.kwh),
        quality=pricing.Quality.ESTIMATED if use.estimated else pricing.Quality.ACTUAL,
    )


def _site(site: SiteIn) -> WantedSite:
    return WantedSite(Cups(site.cups), _powers(site.powers, PowerUnit.KW), site.month_kwh)


def _powers(powers: dict[str, str], unit: PowerUnit) -> tuple[tuple[str, Power], ...]:
    return tuple((register, Power(value, unit)) for register, value in sorted(powers.items()))
