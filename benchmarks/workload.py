"""BILL-N: the supplies of a retailer, drawn by set, and the tariffs they are billed by.

Of a hundred customers 80 are homes, half of them with gas beside, and 20 companies with two sites
of one contract each: 120 services of electricity and 40 of gas. Of the electricity half is measured
by the half-hour and is no part of this portfolio, a quarter has two registers, a quarter one. So of
a hundred services that are read by indexes 30 have two registers, 30 one, a third of both those of
companies, and 40 are gas, read in m3; 18 of these are of homes whose electricity is here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.application.subscriptions import messages_for
from energyretail.domain import metering, pricing
from energyretail.domain.billing import BillingPolicy, DocumentSeries
from energyretail.domain.pricing import DatedPrice, Version
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Event,
    NotFound,
    Period,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing.billing import RecordedEvents
from energyretail.testing.portfolio import PortfolioPart

__all__ = ["FIGURES", "POLICY", "READ", "SERIES", "TARIFFS", "TODAY", "Told", "Untold", "parts_of"]

# The month before is billed when the clock starts: what is measured is held against it.
READ: Final = (date(2026, 2, 2), date(2026, 3, 2), date(2026, 4, 2))
TODAY: Final = date(2026, 4, 6)

_BEGINNING: Final = date(2020, 1, 1)
_MID_MONTH: Final = date(2026, 3, 16)
_CHANGING: Final = "-CHANGING"
"""Ends the code of a tariff whose prices change inside the month."""
_MOVED: Final = date(2026, 3, 20)
_ZONE: Final = "gas zone"


def _price(name: str, value: str, later: str | None) -> tuple[DatedPrice, ...]:
    if later is None:
        return (DatedPrice(name, (Version(Period(_BEGINNING), value, "offer"),)),)
    before = Version(Period(_BEGINNING, _MID_MONTH), value, "offer")
    return (DatedPrice(name, (before, Version(Period(_MID_MONTH), later, "new offer"))),)


def _unit_rate(later: str | None) -> pricing.Component:
    price = _price("energy", "0.1523", later)
    return pricing.UnitRate(name="energy", price=price, tax_code="vat")


def _two_periods(later: str | None) -> pricing.Component:
    rates = (("P1", _price("day", "0.1823", later)), ("P2", _price("night", "0.0911", None)))
    return pricing.TimeOfUse(name="energy", rates=rates, tax_code="vat")


def _two_blocks(later: str | None) -> pricing.Component:
    steps = (
        pricing.Block(_price("first 120 kWh", "0.1311", later), Decimal(120)),
        pricing.Block(_price("beyond", "0.1622", None)),
    )
    return pricing.Blocks(name="energy", steps=steps, tax_code="vat")


def _tariff(code: str, vat: str, energy: pricing.Component) -> pricing.Tariff:
    standing = pricing.StandingCharge(
        name="standing", price=_price("standing", "0.3177", None), tax_code="vat"
    )
    levy = pricing.Levy(name="levy", price=_price("levy", "0.00411", None), tax_code="vat")
    return pricing.Tariff(
        code=code,
        name=code,
        currency="EUR",
        components=(standing, energy, levy),
        taxes=(pricing.Vat("vat", "VAT", *_price("VAT", vat, None)),),
        rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
    )


# What is sold: how many of a hundred services homes and companies have, registers, VAT, energy.
_SOLD: Final = (
    ("E1-FLAT", 10, 5, ("P1",), "21", _unit_rate),
    ("E1-BLOCKS", 10, 5, ("P1",), "21", _two_blocks),
    ("E2-PERIODS", 20, 10, ("P1", "P2"), "21", _two_periods),
    ("GAS-FLAT", 20, 0, ("G",), "10", _unit_rate),
    ("GAS-BLOCKS", 20, 0, ("G",), "10", _two_blocks),
)
_DEARER: Final = "0.1733"


class _Tariffs:
    """The Tariffs port over what is sold."""

    def __init__(self, sold: Iterable[pricing.Tariff]):
        self._sold = {tariff.code: tariff for tariff in sold}

    def tariff(self, code: str) -> pricing.Tariff:
        """Return a tariff by its code."""
        if code not in self._sold:
            raise NotFound("pricing.tariff_unknown", "is not sold", code=code)
        return self._sold[code]


TARIFFS: Final = _Tariffs(
    _tariff(code + changing, vat, energy(later))
    for code, _, _, _, vat, energy in _SOLD
    for changing, later in (("", None), (_CHANGING, _DEARER))
)
# Two workers number their bills in a series each; one alone only uses the first.
SERIES: Final = DocumentSeries(beside=("FB",))
POLICY: Final = BillingPolicy(
    reading=metering.ReadingRules(
        registers=tuple((code, registers) for code, _, _, registers, *_ in _SOLD),
        standard_uses=(),
    ),
    excise_components=frozenset({"levy"}),
    series=SERIES,
)


# What a month's gas holds differs from the next, the correction is that of a place.
FIGURES: Final = pricing.PublishedFigures(
    conversions=(
        pricing.Conversion(
            _ZONE,
            DatedPrice(
                "calorific value",
                (
                    Version(Period(_BEGINNING, date(2026, 3, 1)), "11.312", "network"),
                    Version(Period(date(2026, 3, 1), date(2026, 4, 1)), "11.287", "network"),
                    Version(Period(date(2026, 4, 1)), "11.341", "network"),
                ),
            ),
            is_mj=False,
            correction=pricing.always("correction", "0.9713", "network"),
        ),
    )
)


def parts_of(supplies: int) -> Sequence[PortfolioPart]:
    """Return the parts of a portfolio of about so many supplies.

    One in ten has a change of price inside the month, one in a hundred moved in on a day of it and
    one moved out, one in a hundred last readings is an estimate.
    """
    parts: list[PortfolioPart] = []
    # Half of the gas joins the contracts of homes with electricity by two periods.
    beside = 0
    for code, homes, companies, registers, *_ in _SOLD:
        is_gas = code.startswith("GAS")
        count, sites = supplies * homes // 100, supplies * companies // 100
        # Of all services of the tariff, for prices change and people move in the homes' part.
        services = count + sites
        changing, moved = services // 10, services // 100
        steady, rest = count - changing - 2 * moved, 0
        own = PortfolioPart(
            code, registers, steady, READ, READ[0], powers="{}", conversion=_ZONE if is_gas else ""
        )
        if is_gas:
            rest = steady // 2
            parts.append(attrs.evolve(own, supplies=rest, joins=beside))
            beside += rest
        elif code == "E2-PERIODS":
            beside = sum(part.supplies for part in parts)
        parts += [
            attrs.evolve(own, supplies=steady - rest),
            attrs.evolve(own, tariff=code + _CHANGING, supplies=changing),
            attrs.evolve(own, supplies=moved, read=(_MOVED, READ[-1]), started_on=_MOVED),
            attrs.evolve(own, supplies=moved, read=(*READ[:2], _MOVED), end=True),
            attrs.evolve(own, supplies=sites, kind="company", each=2),
        ]
    return [part for part in parts if part.supplies]


class Untold(RecordedEvents):
    """The Events port: nobody is told, and nothing is remembered."""

    def record(self, events: Iterable[Event]) -> None:
        """Do nothing."""


class Told(RecordedEvents):
    """The Events port: what partners are told of goes to the outbox."""

    def __init__(self, outbox: PostgresOutbox):
        super().__init__()
        self._outbox = outbox

    def record(self, events: Iterable[Event]) -> None:
        """Write the messages of events."""
        self._outbox.add([message for event in events for message in messages_for(event)])
