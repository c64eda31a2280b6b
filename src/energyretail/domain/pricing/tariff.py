"""A tariff: components with dated versions, taxes and policies, composed as data."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

import attrs

from energyretail.domain.pricing.apportioning import Apportioning
from energyretail.domain.pricing.bill import NO_TAX, ROUNDING, Prices
from energyretail.domain.pricing.calendars import BandCalendar
from energyretail.domain.pricing.components import (
    Component,
    PercentageTax,
    SteppedPower,
    TimeOfUse,
)
from energyretail.domain.pricing.dated import DatedPrice, a_percentage, cuts_of
from energyretail.domain.pricing.order import circles, in_order
from energyretail.domain.shared import Invalid, MarketTime, RoundingPolicy

__all__ = [
    "Division", "Tariff", "TariffFault", "TariffParts", "TaxPoint", "Vat", "VatByUse",
    "tariff_faults",
]  # fmt: skip


class Division(enum.Enum):
    """How energy between two readings is divided at a cut that no reading falls on."""

    DAYS = "days"
    PROFILE = "profile"


class TaxPoint(enum.Enum):
    """Which day decides the rate of VAT; a bill across a change may lawfully have several answers.

    PRO_RATA each day its own, READING_END the last day billed, DELIVERY_MONTH the last day of the
    calendar month of delivery, INVOICE_DATE that of the invoice.
    """

    PRO_RATA = "pro_rata"
    READING_END = "reading_end"
    DELIVERY_MONTH = "delivery_month"
    INVOICE_DATE = "invoice_date"


_ZONE = MarketTime("Europe/Madrid")


@attrs.frozen
class Vat:
    """A value added tax by dated rate in percent; components name it by `code`.

    Raises Invalid ``pricing.rate_range`` (it is 0 to 100).
    """

    code: str
    name: str
    rate: DatedPrice = attrs.field(validator=a_percentage)


@attrs.frozen
class VatByUse:
    """Lines at `standard` bear `reduced` for the share of the use that qualifies.

    All of them do where the energy is at most `de_minimis_kwh_per_day` x days (VAT Act 1994,
    schedule 7A group 1).
    """

    standard: str
    reduced: str
    de_minimis_kwh_per_day: Decimal | None = None


@attrs.frozen
class TariffFault:
    """What is wrong with a tariff and where: (``components``, 2, ``bases``, 0)."""

    where: tuple[str | int, ...]
    error: Invalid


@attrs.frozen
class Tariff:
    """What a retailer asks for energy, complete enough to price a bill.

    The order of `components` is that of the lines; the order of computing follows from what rests
    on what. The first fault that `tariff_faults` finds is raised.
    """

    code: str
    name: str
    currency: str
    components: tuple[Component, ...]
    taxes: tuple[Vat, ...]
    rounding: RoundingPolicy
    prices: Prices = Prices.NET
    apportioning: Apportioning = Apportioning.DAYS_365
    rounding_label: str = "Rounding"
    zone: MarketTime = _ZONE
    calendars: tuple[BandCalendar, ...] = ()
    division: Division = Division.DAYS
    tax_point: TaxPoint = TaxPoint.PRO_RATA
    vat_by_use: VatByUse | None = None

    def __attrs_post_init__(self) -> None:
        for fault in tariff_faults(self):
            raise fault.error

    def tax(self, code: str) -> Vat | None:
        """Return the tax of a code, or None for NO_TAX."""
        return next((tax for tax in self.taxes if tax.code == code), None)

    @cached_property
    def order(self) -> tuple[Component, ...]:
        """The components in the order they are computed: bases first, else as they stand."""
        return in_order(self.components)

    @property
    def by_interval(self) -> bool:
        """Whether the energy taken must have been measured by interval."""
        return any(component.by_interval for component in self.components)

    @property
    def index_names(self) -> frozenset[str]:
        """The published indices its prices are made from."""
        return frozenset(name for c in self.components for name in c.indices)

    @property
    def vat_cuts(self) -> frozenset[date]:
        """Every day on which a VAT in use changes."""
        used = {component.tax_code for component in self.components}
        if self.vat_by_use is not None and self.vat_by_use.standard in used:
            used.add(self.vat_by_use.reduced)
        return cuts_of(tax.rate for tax in self.taxes if tax.code in used)


@attrs.frozen
class TariffParts:
    """What `tariff_faults` looks at of a tariff that may not be right."""

    components: tuple[Component, ...]
    taxes: tuple[Vat, ...]
    rounding: RoundingPolicy
    prices: Prices = Prices.NET
    calendars: tuple[BandCalendar, ...] = ()
    vat_by_use: VatByUse | None = None


def tariff_faults(tariff: Tariff | TariffParts) -> Iterator[TariffFault]:
    """Yield all that contradicts in a tariff, in order.

    Two components or taxes of one name (``pricing.name_twice``), calendars of one name on one day
    (``calendar_overlap``), a register that a component names twice (``register_twice``), a tax,
    base, calendar or band that is not there (``tax_unknown``, ``base_unknown``,
    ``calendar_unknown``, ``band_unknown``), a band without a rate (``band_unpriced``), components
    that rest on each other in a circle (``base_circular``), a percentage on prices that contain
    VAT (``base_inclusive``), amounts finer than a cent (``rounding_decimals``).
    """
    if tariff.rounding.rounding.decimals > 2:
        yield TariffFault(
            ("rounding", "decimals"),
            Invalid(
                "pricing.rounding_decimals",
                "a bill is in whole cents",
                decimals=tariff.rounding.rounding.decimals,
            ),
        )
    names = [component.name for component in tariff.components]
    yield from _twice("components", "name", [*names], {ROUNDING})
    yield from _twice("taxes", "code", [tax.code for tax in tariff.taxes], {NO_TAX})
    codes = {NO_TAX, *(tax.code for tax in tariff.taxes)}
    yield from _vat_by_use(tariff.vat_by_use, codes)
    yield from _calendars(tariff.calendars)
    calendars: dict[str, tuple[str, ...]] = {}
    for calendar in tariff.calendars:
        # Versions of one name are one calendar through time: a band of any of them is its own.
        before = calendars.get(calendar.name, ())
        calendars[calendar.name] = tuple(dict.fromkeys((*before, *calendar.bands)))
    for at, component in enumerate(tariff.components):
        for fault in _component(component, codes, set(names), calendars, tariff.prices):
            yield attrs.evolve(fault, where=("components", at, *fault.where))
    on_circles = circles(tariff.components)
    for at, component in enumerate(tariff.components):
        if circle := on_circles.get(component.name):
            where = ("components", at, *_base_field(component))
            yield TariffFault(
                where,
                Invalid("pricing.base_circular", "it rests on itself", circle=" > ".join(circle)),
            )


def _component(
    component: Component,
    codes: set[str],
    names: set[str],
    calendars: Mapping[str, tuple[str, ...]],
    prices: Prices,
) -> Iterator[TariffFault]:
    if component.tax_code not in codes:
        yield TariffFault(
            ("tax_code",),
            Invalid("pricing.tax_unknown", "the tariff has no such tax", tax=component.tax_code),
        )
    for at, base in enumerate(component.rests_on):
        if base not in names:
            where = (*_base_field(component), at)
            yield TariffFault(
                where,
                Invalid("pricing.base_unknown", "the tariff has no such component", base=base),
            )
    yield from _registers(component)
    yield from _calendar(component, calendars)
    if isinstance(component, PercentageTax) and prices is Prices.TAX_INCLUSIVE:
        yield TariffFault(
            ("bases",),
            Invalid(
                "pricing.base_inclusive",
                "a percentage needs amounts without VAT",
                component=component.name,
            ),
        )


def _registers(component: Component) -> Iterator[TariffFault]:
    """Yield the registers that a component names again: their energy would be charged twice."""
    for places in _registers_named(component):
        seen: set[str] = set()
        for where, register in places:
            if register in seen:
                yield TariffFault(
                    where,
                    Invalid(
                        "pricing.register_twice", "a register is named twice", register=register
                    ),
                )
            seen.add(register)


_Named = Iterable[tuple[tuple[str | int, ...], str]]


def _registers_named(component: Component) -> Iterator[_Named]:
    registers: tuple[str, ...] = getattr(component, "registers", ())
    yield ((("registers", at), name) for at, name in enumerate(registers))
    if isinstance(component, SteppedPower):
        yield ((("steps", at, "register"), name) for at, (name, _) in enumerate(component.steps))
    else:
        rates: tuple[tuple[str, object], ...] = getattr(component, "rates", ())
        yield ((("rates", name), name) for name, _ in rates)


def _calendars(calendars: tuple[BandCalendar, ...]) -> Iterator[TariffFault]:
    """Yield the calendars that hold on days on which another of their name does."""
    for at, calendar in enumerate(calendars):
        for before in calendars[:at]:
            if before.name == calendar.name and before.valid.meets(calendar.valid) is not None:
                yield TariffFault(
                    ("calendars", at, "valid"),
                    Invalid(
                        "pricing.calendar_overlap",
                        "two calendars of one name hold on one day",
                        calendar=calendar.name,
                        first=before.valid,
                        second=calendar.valid,
                    ),
                )
                break


def _base_field(component: Component) -> tuple[str]:
    return ("bases",) if getattr(component, "bases", ()) else ("limit_to",)


def _calendar(
    component: Component, calendars: Mapping[str, tuple[str, ...]]
) -> Iterator[TariffFault]:
    name = getattr(component, "calendar", "")
    if not name:
        return
    if name not in calendars:
        yield TariffFault(
            ("calendar",), Invalid("pricing.calendar_unknown", "no such calendar", calendar=name)
        )
        return
    there = calendars[name]
    if isinstance(component, TimeOfUse):
        rates = {band for band, _ in component.rates}
        for band in sorted(rates - set(there)):
            yield TariffFault(
                ("rates", band),
                Invalid("pricing.band_unknown", "no such band", calendar=name, band=band),
            )
        for band in sorted(set(there) - rates):
            yield TariffFault(
                ("rates",), Invalid("pricing.band_unpriced", "a band has no rate", band=band)
            )
        return
    bands: tuple[str, ...] = getattr(component, "bands", ())
    for at, band in enumerate(bands):
        if band not in there:
            yield TariffFault(
                ("bands", at),
                Invalid("pricing.band_unknown", "no such band", calendar=name, band=band),
            )


def _vat_by_use(rule: VatByUse | None, codes: set[str]) -> Iterator[TariffFault]:
    if rule is None:
        return
    for field, code in (("standard", rule.standard), ("reduced", rule.reduced)):
        if code not in codes:
            where = ("vat_by_use", field)
            yield TariffFault(
                where, Invalid("pricing.tax_unknown", "the tariff has no such tax", tax=code)
            )


def _twice(what: str, field: str, names: Iterable[str], taken: set[str]) -> Iterator[TariffFault]:
    seen = set(taken)
    for at, name in enumerate(names):
        if name in seen:
            yield TariffFault(
                (what, at, field),
                Invalid("pricing.name_twice", f"two {what} of one name", name=name),
            )
        seen.add(name)
