"""What every book of facts, figures and tariff documents promises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.application.billing import FigureBook, TariffBook, TariffDocument, UsageBook
from energyretail.application.shared import Work
from energyretail.domain import pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Conflict, Invalid, Period, Power, PowerUnit
from energyretail.testing.conformance.billing_cases import point

__all__ = [
    "CLOCK_CHANGE",
    "MeasuredConformance",
    "MeasuredWorld",
    "everything",
    "hourly",
    "hourly_index",
    "zone_gas",
]  # fmt: skip

CLOCK_CHANGE = Period(date(2026, 3, 28), date(2026, 3, 31))
"""Three days of Madrid, of 24, 23 and 24 hours."""

_JANUARY, _MARCH = date(2026, 1, 1), date(2026, 3, 1)
_SECOND_QUARTER = Period(date(2026, 4, 1), date(2026, 7, 1))


@attrs.frozen
class MeasuredWorld:
    """One implementation of the books, empty."""

    work: Work
    usage: UsageBook
    figures: FigureBook
    tariffs: TariffBook

    def tell(self, number: int, told: Measured) -> int:
        """Keep what was told of the `number`-th point."""
        with self.work() as transaction:
            taken = self.usage.take(point(number), told)
            transaction.commit()
        return taken

    def known(self, number: int, span: Period) -> Measured:
        """Return what is known of a point over some days."""
        return self.usage.over({point(number): span})[point(number)]

    def publish(self, *indices: Any, **others: Any) -> int:
        """Keep figures."""
        with self.work() as transaction:
            taken = self.figures.take(pricing.PublishedFigures(indices=indices, **others))
            transaction.commit()
        return taken

    def offer(self, document: TariffDocument) -> int:
        """Keep a tariff document."""
        with self.work() as transaction:
            version = self.tariffs.add(document)
            transaction.commit()
        return version


def hourly(
    days: Period,
    kwh: Iterable[str | None] = ("0.250",),
    *,
    channel: str = "A+",
    **more: Any,
) -> pricing.IntervalUse:
    """Return the hours of local days in Madrid, some values taken in turns."""
    values = [None if each is None else Decimal(each) for each in kwh]
    count = _hours(days)
    turns = tuple(values[at % len(values)] for at in range(count))
    start = SPAIN.zone.start_of(days.start)
    return pricing.IntervalUse(channel, start, 60, turns, SPAIN.zone, **more)


def hourly_index(days: Period, price: str, *, source: str = "OMIE") -> pricing.IntervalIndex:
    """Return one price for all hours of local days in Madrid."""
    start = SPAIN.zone.start_of(days.start).astimezone(UTC)
    return pricing.IntervalIndex("OMIE", start, 60, (Decimal(price),) * _hours(days), source)


def _hours(days: Period) -> int:
    start, end = (SPAIN.zone.start_of(day).astimezone(UTC) for day in (days.start, days.until))
    return (end - start) // timedelta(hours=1)


def zone_gas(*values: tuple[date, str]) -> pricing.Conversion:
    """Return the conversion of a gas zone whose calorific value changes on given days."""
    days = [*(day for day, _ in values[1:]), None]
    versions = tuple(
        pricing.Version(Period(day, end), value, "GTS")
        for (day, value), end in zip(values, days, strict=True)
    )
    return pricing.Conversion("zone", pricing.DatedPrice("calorific value", versions), is_mj=False)


def everything() -> Measured:
    """Return a fact of every sort."""
    return Measured(
        usage=pricing.Usage(
            uses=(
                hourly(CLOCK_CHANGE, ("0.25", None, "1.007")),
                hourly(CLOCK_CHANGE, channel="A-", flow=pricing.Flow.EXPORT, source="meter 7"),
            ),
            powers=(pricing.Subscribed("P1", Power("5.5"), Period(_MARCH)),),
            peaks=(pricing.Peak("P1", _MARCH, Power("4.123", PowerUnit.KVA)),),
            reactive=(pricing.ReactiveUse("P1", CLOCK_CHANGE, "12.5"),),
            passed_on=(pricing.PassedOnLine("network", "Peaje", CLOCK_CHANGE, "-3.456", "bill 7"),),
            extras=(pricing.ExtraItem("shop", "Lamp", "2", "9.95", "pieces", _MARCH),),
        ),
        volumes=(VolumeRegister("G", _MARCH, "zone"),),
        profile="households",
        declared=(Declared(_JANUARY, "60"),),
    )


class MeasuredConformance:
    """Subclass in a test and give a fixture `world` that returns an empty MeasuredWorld."""

    def test_gives_back_every_sort_of_fact_as_it_was_told(self, world: MeasuredWorld) -> None:
        told = everything()

        taken = world.tell(1, told)

        known = world.known(1, Period(_MARCH, _SECOND_QUARTER.start))
        assert taken == 8 + 2 * 3
        assert attrs.evolve(known, seen=0) == told
        assert known.seen > 0
        assert world.known(2, Period(_MARCH, _SECOND_QUARTER.start)) == Measured()

    def test_takes_nothing_twice(self, world: MeasuredWorld) -> None:
        world.tell(1, everything())
        before = world.known(1, CLOCK_CHANGE)

        assert world.tell(1, everything()) == 0
        assert world.known(1, CLOCK_CHANGE) == before

    def test_lets_what_is_told_later_take_the_place_of_what_was_told_before(
        self, world: MeasuredWorld
    ) -> None:
        world.tell(1, everything())
        seen = world.known(1, CLOCK_CHANGE).seen
        second_day = Period(date(2026, 3, 29), date(2026, 3, 30))
        peak = pricing.Peak("P1", _MARCH, Power("5", PowerUnit.KVA))
        usage = pricing.Usage(uses=(hourly(second_day, ("0.1",)),), peaks=(peak,))

        assert world.tell(1, Measured(usage)) == 2

        known = world.known(1, CLOCK_CHANGE)
        told = [use for use in known.usage.of("A+") if use.period.meets(second_day)]
        values = [use.values(second_day) for use in told if isinstance(use, pricing.IntervalUse)]
        assert known.usage.peaks == (peak,)
        assert values == [(Decimal("0.1"),) * 23]
        assert known.seen > seen

    def test_tells_of_the_days_asked_for_and_of_the_peaks_of_the_year_before(
        self, world: MeasuredWorld
    ) -> None:
        world.tell(1, everything())

        later = world.known(1, _SECOND_QUARTER)
        much_later = world.known(1, Period(date(2028, 1, 1), date(2028, 2, 1)))

        assert (later.usage.uses, later.usage.reactive, later.usage.passed_on) == ((), (), ())
        assert [peak.month for peak in later.usage.peaks] == [_MARCH]
        assert [power.power for power in later.usage.powers] == [Power("5.5")]
        assert later.qualifying_on(_SECOND_QUARTER.start) == 60
        assert much_later.usage.peaks == ()

    def test_ends_a_power_where_a_newer_one_begins(self, world: MeasuredWorld) -> None:
        for day, kw in ((_MARCH, "5"), (_SECOND_QUARTER.start, "7")):
            power = pricing.Subscribed("P1", Power(kw), Period(day))
            world.tell(1, Measured(pricing.Usage(powers=(power,))))

        powers = world.known(1, Period(_MARCH, _SECOND_QUARTER.until)).usage.powers

        assert [(str(p.power.value), p.period) for p in powers] == [
            ("5", Period(_MARCH, _SECOND_QUARTER.start)),
            ("7", Period(_SECOND_QUARTER.start)),
        ]

    def test_refuses_intervals_finer_than_a_wh_and_parts_of_days_and_keeps_nothing(
        self, world: MeasuredWorld
    ) -> None:
        fine = hourly(CLOCK_CHANGE, ("0.0001",))
        whole = hourly(CLOCK_CHANGE)
        part = attrs.evolve(whole, kwh=whole.kwh[:-1])
        power = pricing.Subscribed("P1", Power("5"), Period(_MARCH))

        for use, code in ((fine, "billing.measured.fine"), (part, "billing.measured.partial")):
            with pytest.raises(Invalid) as caught:
                world.tell(1, Measured(pricing.Usage(uses=(use,), powers=(power,))))
            assert caught.value.code == code

        assert world.known(1, CLOCK_CHANGE) == Measured()

    def test_gives_back_figures_as_they_were_published(self, world: MeasuredWorld) -> None:
        dated = pricing.DatedPrice("TTF", (pricing.Version(Period(_MARCH), "0.031", "ICE"),))
        gas = zone_gas((_JANUARY, "11.4"), (_MARCH, "11.6"))
        profile = pricing.Profile("households", _MARCH, (Decimal("1.5"), Decimal(0)))
        index = hourly_index(CLOCK_CHANGE, "-0.01")

        taken = world.publish(dated, index, conversions=(gas,), profiles=(profile,))

        names = ("TTF", "OMIE", "zone", "households")
        found = world.figures.named(names, CLOCK_CHANGE)
        assert taken == 3 + 4  # an index by the days of UTC
        assert found.named(names) == (index, dated)
        assert (found.conversions, found.profiles) == ((gas,), (profile,))
        assert found.seen > 0
        assert world.publish(dated, index, conversions=(gas,), profiles=(profile,)) == 0
        assert world.figures.named(("zone",), CLOCK_CHANGE).indices == ()
        assert world.figures.named((), CLOCK_CHANGE) == pricing.PublishedFigures()

    def test_lays_a_correction_of_an_index_over_what_was_published(
        self, world: MeasuredWorld
    ) -> None:
        world.publish(hourly_index(CLOCK_CHANGE, "0.10"))
        start = datetime(2026, 3, 29, 12, 15, tzinfo=UTC)
        quarter = pricing.IntervalIndex("OMIE", start, 15, (Decimal("0.2"), None), "again")
        world.publish(quarter)

        (found,) = world.figures.named(("OMIE",), CLOCK_CHANGE).indices

        assert isinstance(found, pricing.IntervalIndex)
        assert found.minutes == 15
        assert found.at(start - timedelta(minutes=1)) == Decimal("0.10")
        assert found.at(start) == Decimal("0.2")
        with pytest.raises(Invalid, match="no price was published"):
            found.at(start + timedelta(minutes=20))
        assert found.at(start + timedelta(minutes=30)) == Decimal("0.10")

    def test_refuses_one_name_for_an_index_by_days_and_one_by_intervals(
        self, world: MeasuredWorld
    ) -> None:
        dated = pricing.DatedPrice("OMIE", (pricing.Version(Period(_MARCH), "0.031", "ICE"),))
        hours, other = hourly_index(CLOCK_CHANGE, "0.10"), attrs.evolve(dated, name="TTF")
        world.publish(hours, other)
        before = world.figures.named(("OMIE", "TTF"), CLOCK_CHANGE)

        for told in (dated, attrs.evolve(hours, name="TTF")):
            with pytest.raises(Conflict) as caught:
                world.publish(told)
            assert caught.value.code == "billing.figure.sort"

        assert world.figures.named(("OMIE", "TTF"), CLOCK_CHANGE) == before

    def test_counts_facts_and_figures_together(self, world: MeasuredWorld) -> None:
        world.tell(1, everything())
        seen = world.known(1, CLOCK_CHANGE).seen
        world.publish(hourly_index(CLOCK_CHANGE, "0.10"))

        assert world.figures.named(("OMIE",), CLOCK_CHANGE).seen > seen

    def test_keeps_documents_by_version(self, world: MeasuredWorld) -> None:
        first = _document("2.0TD-DOC", "First", _MARCH)
        other = _document("2.0TD-ALSO", "Other", _MARCH)
        again = attrs.evolve(first, added_on=_SECOND_QUARTER.start)
        second = _document("2.0TD-DOC", "Second", _SECOND_QUARTER.start)

        assert [world.offer(each) for each in (first, other, again, second)] == [1, 1, 1, 2]

        assert world.tariffs.current("2.0TD-DOC") == attrs.evolve(second, version=2)
        assert world.tariffs.current("2.0TD-NONE") is None
        both = world.tariffs.page(after="", limit=2)
        assert (both.items, both.next_after) == ((other, attrs.evolve(second, version=2)), None)
        assert world.tariffs.page(after="", limit=1).next_after == "2.0TD-ALSO"
        assert world.tariffs.page(after="2.0TD-ALSO", limit=9).items == both.items[1:]


def _document(code: str, name: str, day: date) -> TariffDocument:
    tariff = attrs.evolve(SPAIN.tariffs[0], code=code, name=name)
    return TariffDocument(tariff, {"code": code, "name": name}, day)
