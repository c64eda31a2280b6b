"""Laws of completeness: every supply day is billed once, parked, not yet due, or unexplained."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import attrs
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.billing import DaySpan, DayState, classify_days
from energyretail.domain.shared import Period
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing_cases import START as FIRST
from energyretail.testing.conformance.billing_cases import contract_of, readings_of
from energyretail.testing.profiles import dear

START = date(2026, 3, 1)
days = st.integers(-20, 120).map(lambda n: START + timedelta(days=n))


@attrs.frozen
class History:
    """What happened to one supply."""

    supplied: Period
    billed: tuple[Period, ...]
    parked: dict[date, str]
    last_read: date | None
    today: date
    grace_days: int

    def classified(self) -> tuple[DaySpan, ...]:
        return classify_days(
            self.supplied,
            billed=self.billed,
            parked=self.parked,
            last_read=self.last_read,
            today=self.today,
            grace_days=self.grace_days,
        )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A supply, open or ended, billed in any periods that do not overlap, some of it parked."""
    start = draw(days)
    end = draw(st.none() | st.integers(1, 120).map(lambda n: start + timedelta(days=n)))
    cuts = sorted(draw(st.sets(days, max_size=6)))
    pairs = [Period(a, b) for a, b in pairwise(cuts)]
    billed = tuple(period for period in pairs if draw(st.booleans()))
    parked = {day: f"code.{n}" for n, day in enumerate(draw(st.sets(days, max_size=3)))}
    # Work items stand for the first unbilled day, so mostly for the end of a bill.
    parked |= {p.until: "code.end" for p in billed if draw(st.booleans())}
    return History(
        Period(start, end),
        billed,
        parked,
        draw(st.none() | days),
        draw(days),
        draw(st.integers(0, 60)),
    )


def by_day(history: History) -> dict[date, tuple[DayState, str]]:
    """Say of each day what it is, from the words of the rule, without looking at spans."""
    found: dict[date, tuple[DayState, str]] = {}
    reason: str | None = None
    last = max(
        history.last_read or history.supplied.start,
        history.today - timedelta(days=history.grace_days),
    )
    day, gap_begins = history.supplied.start, True
    while day < history.today and day in history.supplied:
        if any(day in period for period in history.billed):
            found[day], gap_begins = (DayState.BILLED, ""), True
        else:
            if gap_begins:
                reason, gap_begins = history.parked.get(day), False
            if day >= last:
                found[day] = (DayState.NOT_DUE, "")
            elif reason is None:
                found[day] = (DayState.UNEXPLAINED, "")
            else:
                found[day] = (DayState.PARKED, reason)
        day += timedelta(days=1)
    return found


class TestClassifyDays:
    @given(histories())
    def test_says_of_every_day_what_a_look_at_it_alone_says(self, history: History) -> None:
        told = {
            day: (span.state, span.reason)
            for span in history.classified()
            for day in span.period.each_day()
        }

        assert told == by_day(history)

    @given(histories())
    def test_tells_of_each_day_once_and_in_order(self, history: History) -> None:
        told = [day for span in history.classified() for day in span.period.each_day()]

        end = min(history.today, history.supplied.end or history.today)
        expected = range((end - history.supplied.start).days)
        assert told == [history.supplied.start + timedelta(days=n) for n in expected]

    @given(histories())
    def test_explains_more_the_more_is_billed(self, history: History) -> None:
        whole = attrs.evolve(history, billed=(Period(date(2025, 1, 1), date(2027, 1, 1)),))

        assert {span.state for span in whole.classified()} <= {DayState.BILLED}


@attrs.frozen
class Life:
    """What is read of a supply and when billing looks; a day may miss a register or run back."""

    read: tuple[tuple[date, int, int], ...]
    looks: tuple[date, ...]
    ended_on: date | None


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A supply from `FIRST`, perhaps read on its first day, perhaps ended."""
    later = st.integers(1, 150).map(lambda n: FIRST + timedelta(days=n))
    read_on = sorted(draw(st.sets(later, max_size=6)))
    if draw(st.integers(0, 9)):
        read_on = [FIRST, *read_on]
    index, read = 500, []
    for day in read_on:
        index += draw(st.integers(-3, 90))
        read.append((day, index, draw(st.sampled_from([3, 3, 3, 3, 2]))))
    looks = sorted(draw(st.sets(later, min_size=1, max_size=4)))
    return Life(tuple(read), tuple(looks), draw(st.none() | later))


class TestBilling:
    @dear(40)
    @given(lives())
    def test_bills_every_supply_day_once_or_parks_it_or_waits_for_a_reading(
        self, life: Life
    ) -> None:
        desk = memory_desk()
        desk.world.sign(contract_of(1, ended_on=life.ended_on))
        known: set[date] = set()
        for today in life.looks:
            desk.open_day(today)
            news = [r for r in life.read if r[0] <= today and r[0] not in known]
            known |= {day for day, _, _ in news}
            desk.world.read(*(readings_of(1, day, index)[:some] for day, index, some in news))
            desk.bill()

            counts = desk.day_counts()
            until = min(today, life.ended_on or today)
            assert counts[DayState.UNEXPLAINED] == 0
            assert sum(counts.values()) == (until - FIRST).days
            billed = [
                day
                for invoice in desk.world.invoices.of_contract("K000001")
                for day in invoice.period.each_day()
            ]
            assert len(billed) == len({*billed}) == counts[DayState.BILLED]
