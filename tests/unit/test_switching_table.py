"""The gain's table, its rules and the days it counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import holidays
import pytest

from energyretail.domain import switching
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, Invalid, Period, Refused
from energyretail.testing.conformance.switching import switch_of

NEW = switch_of(1)
STATES = list(switching.SwitchState)


def in_state(state: switching.SwitchState) -> switching.Switch:
    """Return a switch that stands in `state`."""
    answers: dict[switching.SwitchState, switching.Answer] = {
        switching.SwitchState.ACCEPTED: switching.ClaimAccepted(NEW.request, date(2026, 3, 9)),
        switching.SwitchState.ACTIVE: switching.SupplyActivated(
            NEW.request, NEW.cups, date(2026, 3, 10)
        ),
        switching.SwitchState.REJECTED: switching.ClaimRejected(NEW.request, (("03", "no"),)),
    }
    return switching.take_answer(NEW, answers[state])[0] if state in answers else NEW


class TestGain:
    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize("trigger", list(switching.SwitchTrigger))
    def test_moves_by_a_row_or_refuses_by_name(
        self, state: switching.SwitchState, trigger: switching.SwitchTrigger
    ) -> None:
        answer: switching.Answer = {
            switching.SwitchTrigger.ACCEPT: switching.ClaimAccepted(NEW.request, date(2026, 4, 1)),
            switching.SwitchTrigger.REJECT: switching.ClaimRejected(NEW.request, (("99", "x"),)),
            switching.SwitchTrigger.ACTIVATE: switching.SupplyActivated(
                NEW.request, NEW.cups, date(2026, 4, 2)
            ),
        }[trigger]
        switch = in_state(state)

        if switching.GAIN.allows(state, trigger):
            assert switching.take_answer(switch, answer)[0].state is switching.GAIN.after(
                state, trigger
            )
        elif (state, trigger) == (switching.SwitchState.ACTIVE, switching.SwitchTrigger.ACCEPT):
            assert switching.take_answer(switch, answer)[1] == ()
        else:
            with pytest.raises(Refused, match=r"switching\.gain\.not_allowed"):
                switching.take_answer(switch, answer)

    def test_ends_active_or_rejected(self) -> None:
        assert switching.GAIN.finals() == {
            switching.SwitchState.ACTIVE,
            switching.SwitchState.REJECTED,
        }

    def test_names_a_rule_in_every_row(self) -> None:
        assert all(row.rule for row in switching.GAIN.rows)

    def test_says_what_happened_with_the_keys_others_need(self) -> None:
        rejected = switching.ClaimRejected(NEW.request, (("03", "a"), ("36", "b")))

        _, events = switching.take_answer(NEW, rejected)

        assert events == (
            switching.SwitchRejected(NEW.request, NEW.contract, NEW.cups.value, ("03", "36")),
        )

    def test_refuses_an_activation_of_another_point(self) -> None:
        other = Cups.of_digits("0021000000000099")

        with pytest.raises(Refused, match=r"switching\.answer\.other_point"):
            switching.take_answer(
                NEW, switching.SupplyActivated(NEW.request, other, date(2026, 3, 9))
            )

    def test_takes_an_activation_that_leaves_out_the_measuring_point(self) -> None:
        short = Cups(NEW.cups.value[:20])

        switch, _ = switching.take_answer(
            NEW, switching.SupplyActivated(NEW.request, short, date(2026, 3, 9))
        )

        assert switch.cups == NEW.cups

    @pytest.mark.parametrize(
        "wrong",
        [
            {"request": "12"},
            {"state": switching.SwitchState.ACTIVE},
            {"rejections": (("01", "x"),)},
            {"state": switching.SwitchState.ACCEPTED},
            {"wanted_on": date(2020, 1, 1)},
        ],
    )
    def test_cannot_be_built_in_a_state_that_makes_no_sense(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            attrs.evolve(NEW, **wrong)


class TestSpain:
    def test_gives_ten_days_since_12_february_2026_and_three_weeks_before(self) -> None:
        old, new = date(2026, 2, 11), date(2026, 2, 12)

        assert SPAIN.switching.deadline(old) - old == timedelta(days=21)
        assert SPAIN.switching.deadline(new) - new == timedelta(days=10)

    def test_counts_a_later_wanted_day_as_in_time(self) -> None:
        assert SPAIN.switching.deadline(date(2026, 3, 2), date(2026, 3, 30)) == date(2026, 3, 30)

    def test_is_late_one_working_day_after_the_deadline(self) -> None:
        # Requested on Tuesday 24 March: ten days later is Good Friday, the next working day
        # is Monday 6 April.
        asked = date(2026, 3, 24)

        assert not SPAIN.switching.is_overdue(asked, None, date(2026, 4, 6))
        assert SPAIN.switching.is_overdue(asked, None, date(2026, 4, 7))

    def test_has_no_deadline_for_days_it_does_not_know(self) -> None:
        with pytest.raises(Invalid, match=r"switching\.rules\.gap"):
            SPAIN.switching.deadline(date(2001, 1, 1))

    def test_asks_for_the_earliest_day_when_the_wanted_one_is_here(self) -> None:
        today = date(2026, 3, 2)

        assert SPAIN.switching.wanted_day(today, today) is None
        assert SPAIN.switching.wanted_day(today, date(2026, 4, 1)) == date(2026, 4, 1)

    def test_refuses_a_wanted_day_more_than_thirty_days_ahead(self) -> None:
        with pytest.raises(Refused, match=r"switching\.request\.too_early"):
            SPAIN.switching.wanted_day(date(2026, 3, 2), date(2026, 4, 2))

    def test_says_what_to_do_for_every_reason_and_for_an_unknown_one(self) -> None:
        codes = [reason.code for reason in SPAIN.switching.reasons]

        assert all(SPAIN.switching.reason(code).way_out for code in [*codes, "Z9"])

    def test_rules_may_not_overlap(self) -> None:
        first = SPAIN.switching.deadlines[0]
        overlapping = attrs.evolve(first, valid=Period(date(2026, 2, 11)))

        with pytest.raises(Invalid, match=r"switching\.rules\.overlap"):
            attrs.evolve(SPAIN.switching, deadlines=(first, overlapping))

    @pytest.mark.parametrize("year", range(2024, 2029))
    def test_rests_on_the_days_the_holidays_package_knows(self, year: int) -> None:
        known = set(holidays.country_holidays("ES", years=year))
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        ours = {day for day in days if day.year == year and SPAIN.working_days.is_holiday(day)}

        # A holiday on a Sunday is moved by each region: it is nobody's working day either way.
        assert {day for day in known if day.weekday() < 5} == {d for d in ours if d.weekday() < 5}
