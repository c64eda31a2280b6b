"""What every implementation of BulkBills promises of supplies that are read in volumes of gas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from energyretail.domain import pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.shared import CENTS_HALF_UP, Period, RoundingPolicy, RoundingScope
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    reading_of,
)
from energyretail.testing.conformance.bulk import BulkDesk, told_by
from energyretail.testing.conformance.measured import hourly_index, zone_gas

__all__ = ["GAS", "BulkVolumeConformance", "GasTariffs"]

_HALF_WAY: Final = date(2026, 3, 20)
_LATER: Final = date(2026, 4, 20)


def _dearer(name: str, before: str, after: str) -> pricing.DatedPrice:
    return pricing.DatedPrice(
        name,
        (
            pricing.Version(Period(date(2020, 1, 1), _HALF_WAY), before, "list"),
            pricing.Version(Period(_HALF_WAY), after, "new list"),
        ),
    )


GAS = pricing.Tariff(
    code="GAS",
    name="By the kWh of gas",
    currency="EUR",
    components=(
        pricing.Blocks(
            name="energy",
            tax_code="VAT",
            steps=(
                pricing.Block((_dearer("first", "0.0611", "0.0723"),), Decimal(120)),
                pricing.Block((pricing.always("beyond", "0.0522", "list"),)),
            ),
        ),
        pricing.StandingCharge(
            name="standing", tax_code="VAT", price=(pricing.always("day", "0.31", "list"),)
        ),
        pricing.Levy(name="levy", tax_code="VAT", price=(pricing.always("levy", "0.005", "law"),)),
    ),
    taxes=(pricing.Vat("VAT", "VAT", pricing.always("VAT", 10, "law")),),
    rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
)
"""Two blocks, the first of which gets dearer, with a standing charge and a levy."""


class GasTariffs:
    """The Tariffs port of a company that sells gas, whatever the tariff is called."""

    def tariff(self, code: str) -> pricing.Tariff:
        """Return that of gas."""
        return GAS


class BulkVolumeConformance:
    """Subclass in a test and give a fixture `bulk`: a BulkDesk whose tariffs are of gas."""

    def test_finds_together_whose_volumes_are_converted_alike(self, bulk: BulkDesk) -> None:
        _read(bulk)

        page = bulk.bills.due(today=SECOND, after="", limit=100)

        groups = {tuple(each.contracts) for each in page.alike}
        assert groups == {
            ("K000001", "K000002", "K000004", "K000009"),
            ("K000003",), ("K000006",), ("K000007", "K000008"),
        }  # fmt: skip
        assert [key[:7] for key in page.others.values()] == ["K000005"]
        for each in page.alike:
            known = bulk.desk.usage.over({point(n): Period(START, SECOND) for n in range(1, 10)})
            for at, cups in enumerate(each.cups):
                (measured,) = (m for c, m in known.items() if c.value == cups)
                assert measured.seen == (0 if each.told is None else each.told.seen[at])

    def test_keeps_the_very_bills_that_are_made_one_by_one(self, bulk: BulkDesk) -> None:
        _read(bulk)

        by_columns = []
        for day in (SECOND, THIRD):
            bulk.desk.open_day(day)
            bulk.other.open_day(day)
            step = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
            one = bulk.other.bill()
            assert (step.issued, step.parked) == (one.issued, one.parked)
            by_columns.append(step.issued - step.one_by_one)

        # The sixth counts otherwise half-way: that is refused. The ninth's register fell.
        assert by_columns == [7, 6]
        assert told_by(bulk.desk) == told_by(bulk.other)
        assert bulk.desk.problems() == ()
        invoices = bulk.desk.world.invoices.by_numbers(list(told_by(bulk.desk)[0]))
        figures = {str(invoice.contract): invoice.basis.figures for invoice in invoices}
        assert (figures["K000001"], figures["K000007"]) == (("zone",), ())

    def test_corrects_when_the_gas_turns_out_richer(self, bulk: BulkDesk) -> None:
        """A bill is converted by what was known when it was made, whatever is told of it later."""
        _read(bulk)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(SECOND)
        bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
        bulk.other.bill()
        _publish(bulk, zone_gas((date(2020, 1, 1), "11.21"), (_HALF_WAY, "11.7")))

        assert told_by(bulk.desk) == told_by(bulk.other)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(THIRD)
            desk.correct()
        assert told_by(bulk.desk) == told_by(bulk.other)


def _read(bulk: BulkDesk) -> None:
    """Sign nine supplies at both desks, of which five are read in m3 of one zone of gas."""
    zone = zone_gas((date(2020, 1, 1), "11.21"), (_HALF_WAY, "11.5381"))
    _publish(bulk, zone, pricing.Conversion("other", pricing.always("", 40, ""), is_mj=True))
    # What nobody's bill reads is news to none.
    _publish(bulk, index=hourly_index(Period(START, SECOND), "0.08"))
    for desk in (bulk.desk, bulk.other):
        for number in range(1, 10):
            desk.world.sign(contract_of(number))
            for place, day in enumerate((START, SECOND, THIRD)):
                fallen = number == 9 and day == THIRD
                index = Decimal("0.250") if fallen else number * (100 + Decimal("7.125") * place)
                desk.world.read([reading_of(number, day, each, index) for each in REGISTERS])
    for number, name in ((1, "zone"), (2, "zone"), (3, "other"), (5, "zone"), (6, "zone"),
                         (9, "zone")):  # fmt: skip
        _tell(bulk, number, name, START)
    _tell(bulk, 4, "other", START)
    _tell(bulk, 4, "zone", START)
    _tell(bulk, 6, "nobody's", _HALF_WAY)
    # Of days that no bill has yet.
    _tell(bulk, 2, "other", _LATER.replace(year=2027))
    share = Measured(declared=(Declared(START, Decimal(60)),))
    _take(bulk, 5, share)


def _tell(bulk: BulkDesk, number: int, conversion: str, since: date) -> None:
    told = tuple(VolumeRegister(each, since, conversion) for each in REGISTERS)
    _take(bulk, number, Measured(volumes=told))


def _take(bulk: BulkDesk, number: int, told: Measured) -> None:
    for desk in (bulk.desk, bulk.other):
        with desk.world.work() as transaction:
            desk.usage.take(point(number), told)
            transaction.commit()


def _publish(
    bulk: BulkDesk, *conversions: pricing.Conversion, index: pricing.IntervalIndex | None = None
) -> None:
    told = pricing.PublishedFigures((index,) if index else (), conversions)
    for desk in (bulk.desk, bulk.other):
        with desk.world.work() as transaction:
            desk.figures.take(told)
            transaction.commit()
