"""What every implementation of BulkBills promises of supplies that are measured by intervals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import attrs

from energyretail.application.billing import NO_VALUE
from energyretail.domain import pricing
from energyretail.domain.billing import Measured
from energyretail.domain.markets import SPAIN
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
from energyretail.testing.conformance.bulk import BulkDesk, BulkDeskPort, told_by
from energyretail.testing.conformance.measured import hourly

__all__ = ["HOURLY", "BulkIntervalConformance", "HourlyTariffs"]

_DAY: Final = timedelta(days=1)
_ALL: Final = Period(START, THIRD)
_HALF_WAY: Final = date(2026, 3, 20)

HOURLY = pricing.Tariff(
    code="HOURLY",
    name="By the hour",
    currency="EUR",
    components=(
        pricing.TimeOfUse(
            name="energy",
            tax_code="VAT",
            rates=tuple(
                (band, (pricing.always(band, price, "list"),))
                for band, price in (("P1", "0.182311"), ("P2", "0.141207"), ("P3", "0.109871"))
            ),
            calendar="2.0TD",
        ),
        pricing.StandingCharge(
            name="standing", tax_code="VAT", price=(pricing.always("day", "0.31", "list"),)
        ),
        pricing.Levy(name="levy", tax_code="VAT", price=(pricing.always("levy", "0.005", "law"),)),
    ),
    taxes=(pricing.Vat("VAT", "VAT", pricing.always("VAT", 21, "law")),),
    calendars=(SPAIN.register_calendar("2.0TD"),),
    rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
    zone=SPAIN.zone,
)
"""Prices by the hours of the access tariff, with a standing charge and a levy."""


class HourlyTariffs:
    """The Tariffs port of a company that sells by the hour, whatever the tariff is called."""

    def tariff(self, code: str) -> pricing.Tariff:
        """Return the one by the hour."""
        return HOURLY


class BulkIntervalConformance:
    """Subclass in a test and give a fixture `bulk`: a BulkDesk whose tariffs are by the hour."""

    def test_hands_over_the_intervals_of_the_days_billed(self, bulk: BulkDesk) -> None:
        _measured(bulk)

        page = bulk.bills.due(today=SECOND, after="", limit=100)

        (whole,) = page.alike
        assert whole.contracts == ["K000001", "K000002", "K000004", "K000005", "K000007"]
        assert whole.told is not None
        (hours,) = whole.told.intervals.values()
        assert hours.shape == (5, 30 * 24 - 1)  # a clock is put forward within
        row = whole.contracts.index("K000002")
        assert hours[row, :3].tolist() == [2, 250, 2]
        before = _at(bulk, 2, Period(START, SECOND))
        assert int(whole.told.seen[row]) == before.seen

    def test_tells_which_days_are_estimates_of_supplies_that_are_billed_alike(
        self, bulk: BulkDesk
    ) -> None:
        _measured(bulk)

        (whole,) = bulk.bills.due(today=SECOND, after="", limit=100).alike

        assert whole.told is not None
        (days,) = whole.told.estimated.values()
        assert days.shape == (5, (SECOND - START).days)
        estimated = {
            (contract, START + day * _DAY)
            for contract, of_days in zip(whole.contracts, days.tolist(), strict=True)
            for day, is_estimated in enumerate(of_days)
            if is_estimated
        }
        assert estimated == {("K000005", _HALF_WAY)}

    def test_leaves_what_is_odd_to_be_billed_one_by_one(self, bulk: BulkDesk) -> None:
        _measured(bulk)

        page = bulk.bills.due(today=SECOND, after="", limit=100)

        assert [key.partition("/")[0] for _, key in sorted(page.others.items())] == [
            "K000003", "K000006",
        ]  # fmt: skip

    def test_tells_which_intervals_have_no_value(self, bulk: BulkDesk) -> None:
        _measured(bulk)

        (whole,) = bulk.bills.due(today=SECOND, after="", limit=100).alike

        assert whole.told is not None
        (hours,), (lacking,) = whole.told.intervals.values(), whole.told.lacking.values()
        row = whole.contracts.index("K000004")
        assert [at for at, value in enumerate(hours[row].tolist()) if value == NO_VALUE] == [99]
        assert [each == "K000004" for each in whole.contracts] == lacking.tolist()

    def test_parks_what_lacks_an_interval_as_one_by_one(self, bulk: BulkDesk) -> None:
        _measured(bulk)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(SECOND)

        step = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
        bulk.other.bill()

        assert "pricing.interval_missing" in dict(step.why)
        assert "billing.not_alike" not in step.reasons
        assert bulk.desk.work_list.open_items() == bulk.other.work_list.open_items()

    def test_keeps_the_very_bills_that_are_made_one_by_one(self, bulk: BulkDesk) -> None:
        _measured(bulk)

        by_columns = 0
        for day in (SECOND, THIRD):
            bulk.desk.open_day(day)
            bulk.other.open_day(day)
            step = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating, limit=4)
            one = bulk.other.bill(limit=4)
            assert (step.issued, step.parked) == (one.issued, one.parked)
            by_columns += step.issued - step.one_by_one

        assert by_columns == 4 + 4  # of five, of which one lacks an interval
        assert told_by(bulk.desk) == told_by(bulk.other)
        assert bulk.desk.problems() == ()

    def test_keeps_series_of_several_sorts_apart(self, bulk: BulkDesk) -> None:
        sorts = [("A+",), ("E17",), ("A+", "E17"), ("A+",), ("E17",)]
        for number, channels in enumerate(sorts, 1):
            kwh = (str(Decimal(number).scaleb(-3)), "0.250")
            for desk in (bulk.desk, bulk.other):
                desk.world.sign(contract_of(number))
                _read(desk, number, hourly(_ALL, kwh), times=len(channels))
            _tell(bulk, number, *(hourly(_ALL, kwh, channel=name) for name in channels))

        page = bulk.bills.due(today=SECOND, after="", limit=100)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(SECOND)
        step = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
        bulk.other.bill()

        alike = sorted(list(each.contracts) for each in page.alike)
        assert alike == [["K000001", "K000004"], ["K000002", "K000005"], ["K000003"]]
        assert (step.issued, step.one_by_one) == (5, 0)
        assert told_by(bulk.desk) == told_by(bulk.other)

    def test_corrects_what_is_told_anew_as_any_bill(self, bulk: BulkDesk) -> None:
        """A bill tells the intervals that it saw, whatever is told of them later."""
        _measured(bulk)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(SECOND)
        bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
        bulk.other.bill()
        _tell(bulk, 1, hourly(Period(_HALF_WAY, _HALF_WAY + _DAY), ("0.003",)))

        assert told_by(bulk.desk) == told_by(bulk.other)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(THIRD)
            desk.correct()
        assert told_by(bulk.desk) == told_by(bulk.other)


def _measured(bulk: BulkDesk) -> None:
    """Sign seven supplies at both desks: three whole, one in part estimated, three odd."""
    for number in range(1, 8):
        kwh = (str(Decimal(number).scaleb(-3)), "0.250")
        series = hourly(_ALL, kwh)
        for desk in (bulk.desk, bulk.other):
            desk.world.sign(contract_of(number))
            _read(desk, number, series)
        _tell(bulk, number, *_told(number, series))
    # Told again: the day that stood before is no part of any bill.
    _tell(bulk, 2, hourly(Period(START, START + _DAY), ("0.002", "0.250")))


def _told(number: int, series: pricing.IntervalUse) -> Sequence[pricing.IntervalUse]:
    before, rest = Period(START, _HALF_WAY), Period(_HALF_WAY + _DAY, THIRD)
    day = series.within(Period(_HALF_WAY, _HALF_WAY + _DAY))
    match number:
        case 2:
            return (attrs.evolve(series, kwh=(Decimal(1), *series.kwh[1:])),)
        case 3:
            return series.within(before), series.within(rest)
        case 4:
            return (attrs.evolve(series, kwh=(*series.kwh[:99], None, *series.kwh[100:])),)
        case 5:
            estimated = attrs.evolve(day, quality=pricing.Quality.ESTIMATED)
            return series.within(before), estimated, series.within(rest)
        case 6:
            return series, hourly(_ALL, ("0.1",), channel="A-", flow=pricing.Flow.EXPORT)
        case 7:
            later = Period(START, THIRD + _DAY)
            return (hourly(later, [f"{each}" for each in series.kwh[:2]]),)
    return (series,)


def _read(desk: BulkDeskPort, number: int, series: pricing.IntervalUse, *, times: int = 1) -> None:
    """Read the first register of what the hours come to, and of the others nothing."""
    world = desk.world
    total = Decimal(100 * number)
    for span in (None, Period(START, SECOND), Period(SECOND, THIRD)):
        day = START if span is None else span.until
        total += times * sum(series.values(span), Decimal(0)) if span else Decimal(0)
        first, *others = REGISTERS
        world.read([reading_of(number, day, first, total)])
        world.read([reading_of(number, day, each, 10) for each in others])


def _tell(bulk: BulkDesk, number: int, *uses: pricing.IntervalUse) -> None:
    for desk in (bulk.desk, bulk.other):
        with desk.world.work() as transaction:
            for use in uses:
                desk.usage.take(point(number), Measured(usage=pricing.Usage(uses=(use,))))
            transaction.commit()


def _at(bulk: BulkDesk, number: int, days: Period) -> Measured:
    return bulk.desk.usage.over({point(number): days})[point(number)]
