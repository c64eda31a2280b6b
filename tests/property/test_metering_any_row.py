"""Whatever a row says, taking it in answers: no row keeps back the others, or the day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    DeliveredReading,
    Delivery,
    MeteredSupply,
    Origin,
    Quality,
    Reading,
    take_in,
)
from energyretail.domain.shared import Cups
from energyretail.testing import strategies

TODAY = date(2026, 6, 2)
START = date(2026, 3, 1)
POINT = Cups.of_digits(f"{1:016d}")
SUPPLY = MeteredSupply(POINT, "2.0TD-FIJO", Decimal("4.6"), START)
READ = Reading(POINT, "P1", date(2026, 4, 1), Decimal(100), Quality.ACTUAL, "file")
NOT_YET = attrs.evolve(SUPPLY, started_on=None)


@st.composite
def any_rows(draw: st.DrawFn) -> DeliveredReading:
    """Any row the type holds: any day of the calendar, any index, any register."""
    taken_on = draw(st.dates() | st.dates(START, TODAY))
    whole = st.integers(0, 10**14) | st.integers(0, 16).map(lambda digits: 10**digits)
    index_kwh = draw(whole.map(Decimal) | st.decimals(0, 10**9, places=3))
    ahead = st.integers(1, 10**6).map(timedelta)
    next_on = draw(st.none() | st.just(date.max) | ahead.map(lambda n: later(taken_on, n)))
    return DeliveredReading(
        draw(st.just(POINT) | strategies.cups()),
        draw(st.sampled_from(["P1", "P2"]) | st.text(max_size=4)),
        taken_on,
        index_kwh,
        draw(st.sampled_from(Origin)),
        next_on if next_on is None or next_on > taken_on else None,
    )


def later(day: date, by: timedelta) -> date:
    return date.fromordinal(min(day.toordinal() + by.days, date.max.toordinal()))


def row(index: int) -> DeliveredReading:
    return DeliveredReading(POINT, "P1", date(2026, 5, 1), Decimal(index), Origin.VISUAL, None)


class TestAnyRow:
    @given(
        rows=st.lists(any_rows(), max_size=4),
        supplies=st.lists(
            st.sampled_from([SUPPLY, NOT_YET]) | strategies.metered_supplies(), max_size=2
        ),
        standing=st.sampled_from([(), (READ,)]),
    )
    @example(rows=[row(12_345_678)], supplies=[SUPPLY], standing=(READ,))
    @example(rows=[row(10**6)], supplies=[SUPPLY], standing=(READ,))
    @example(rows=[row(10**9)], supplies=[], standing=(READ,))
    def test_is_believed_known_or_doubted_and_never_raises(self, rows, supplies, standing):
        delivery = Delivery("0021", TODAY, tuple(rows))

        intake, _ = take_in(
            delivery,
            source="file",
            standing=standing,
            plans=(),
            supplies=supplies,
            today=TODAY,
            rules=SPAIN.reading,
        )

        assert len(rows) == len(intake.readings) + intake.known + len(intake.doubted)
        unshowable = [each for each in rows if each.index_kwh >= 10**6]
        assert {each.delivered for each in intake.doubted}.issuperset(unshowable)

    def test_is_said_to_be_in_other_units_where_a_part_of_it_fits(self):
        intake, _ = take_in(
            Delivery("0021", TODAY, (row(250_000), attrs.evolve(row(2_500_000), register="P2"))),
            source="file",
            standing=(READ, attrs.evolve(READ, register="P2", index_kwh=2_400)),
            plans=(),
            supplies=(SUPPLY,),
            today=TODAY,
            rules=SPAIN.reading,
        )

        codes = [[each.code for each in doubt.objections] for doubt in intake.doubted]
        assert [found[-1] for found in codes] == ["metering.reading.unit_fault"] * 2
