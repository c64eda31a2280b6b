"""Every rule about a delivered index, seen kept and broken."""

from datetime import date
from decimal import Decimal

import pytest

from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    READING_RULES,
    DeliveredReading,
    Delivery,
    EstimateBasis,
    MeteredSupply,
    Origin,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
    ReadingReplaced,
    fill_gaps,
    take_in,
)
from energyretail.domain.shared import Cups, Invalid

CUPS = Cups.of_digits("0031405524755001")
MARCH, APRIL, MAY = date(2026, 3, 5), date(2026, 4, 5), date(2026, 5, 5)
TODAY = date(2026, 4, 6)
SUPPLY = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), MARCH)
BASIS = EstimateBasis("recent_use", "a month")


def row(index_kwh: str, *, register="P1", taken_on=APRIL, origin=Origin.REMOTE_MANAGED, **more):
    return DeliveredReading(
        CUPS, register, taken_on, Decimal(index_kwh), origin, more.get("next_on", MAY), line=2
    )


def stood(index_kwh: str, taken_on=MARCH, *, register="P1", basis=None) -> Reading:
    quality = Quality.ESTIMATED if basis else Quality.ACTUAL
    return Reading(CUPS, register, taken_on, Decimal(index_kwh), quality, "file", basis=basis)


def taken(*rows, standing=(), supplies=(SUPPLY,), plans=(), today=TODAY):
    return take_in(
        Delivery("0021", today, rows),
        source="file",
        standing=standing,
        plans=plans,
        supplies=supplies,
        today=today,
        rules=SPAIN.reading,
    )


def reasons(*rows, **world) -> tuple[str, ...]:
    intake, _ = taken(*rows, **world)
    return tuple(o.code.rpartition(".")[2] for doubt in intake.doubted for o in doubt.objections)


class TestRules:
    def test_believe_a_plausible_index(self):
        assert reasons(row("1300"), standing=[stood("1000")]) == ()

    def test_believe_a_first_index_whatever_it_is(self):
        assert reasons(row("999999")) == ()

    def test_believe_a_rollover(self):
        assert reasons(row("100"), standing=[stood("999850")]) == ()

    def test_doubt_a_lower_index_with_no_rollover(self):
        assert reasons(row("900"), standing=[stood("1000")]) == ("lower_than_last",)

    def test_doubt_more_than_the_power_allows(self):
        # 4.6 kW x 745 h x 1.5 = 5,140.5 kWh in the 31 days of March
        assert reasons(row("6140"), standing=[stood("1000")]) == ()
        assert reasons(row("6141"), standing=[stood("1000")]) == ("too_high",)

    @pytest.mark.parametrize("factor", [10, 1000])
    def test_recognise_a_fault_of_units(self, factor):
        given = row(str(130 * factor), taken_on=date(2026, 3, 6))

        assert "unit_fault" in reasons(given, standing=[stood("100")])

    def test_doubt_more_digits_than_the_register_has(self):
        assert reasons(row("1000000"))[0] == "too_many_digits"

    def test_doubt_a_day_that_has_not_come(self):
        assert reasons(row("1300", taken_on=date(2026, 4, 7))) == ("future",)

    def test_doubt_a_register_the_tariff_has_not(self):
        assert reasons(row("1300", register="P4")) == ("unknown_register",)

    def test_doubt_a_point_that_is_not_ours(self):
        assert reasons(row("1300"), supplies=()) == ("not_our_supply",)

    def test_doubt_a_day_before_our_supply(self):
        later = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), date(2026, 4, 6))

        assert reasons(row("1300"), supplies=(later,)) == ("not_our_supply",)

    def test_believe_the_closing_index_of_an_ended_supply(self):
        ended = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), MARCH, APRIL)

        assert reasons(row("1300"), supplies=(ended,)) == ()

    def test_believe_an_index_for_a_supply_the_registry_has_yet_to_confirm(self):
        waiting = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), None)

        assert reasons(row("1300"), supplies=(waiting,)) == ()

    def test_doubt_another_value_for_a_day_that_was_read(self):
        assert reasons(row("1301"), standing=[stood("1300", APRIL)]) == ("differs",)

    def test_doubt_an_index_above_the_next_one(self):
        standing = [stood("1000"), stood("1200", date(2026, 4, 20))]

        assert reasons(row("1300"), standing=standing, today=MAY) == ("higher_than_next",)

    def test_believe_an_actual_index_below_an_estimate_that_overshot(self):
        standing = [stood("1000"), stood("1500", date(2026, 3, 20), basis=BASIS)]

        assert reasons(row("1300"), standing=standing) == ()

    def test_believe_a_late_actual_index_above_the_next_estimate(self):
        standing = [stood("1000"), stood("1200", date(2026, 4, 20), basis=BASIS)]

        assert reasons(row("1300"), standing=standing, today=MAY) == ()

    def test_doubt_an_estimate_of_the_operator_that_goes_with_no_estimate_of_ours(self):
        standing = [stood("1000"), stood("1200", date(2026, 4, 20), basis=BASIS)]
        given = row("1300", origin=Origin.ESTIMATED)

        assert reasons(given, standing=standing, today=MAY) == ("higher_than_next",)

    def test_doubt_a_plan_years_ahead(self):
        assert reasons(row("1300", next_on=date(2036, 4, 5))) == ("next_implausible",)

    def test_answer_with_every_broken_rule_at_once(self):
        broken = reasons(row("2000000", register="P9", taken_on=MAY, next_on=date(2026, 6, 5)))

        assert broken == ("unknown_register", "future", "too_many_digits")

    def test_have_codes_of_their_own(self):
        codes = [rule.code for rule in READING_RULES]

        assert len(set(codes)) == len(codes)
        assert all(code.startswith("metering.reading.") for code in codes)


class TestTakingIn:
    def test_replaces_an_estimate_and_says_so(self):
        guesses = [stood("1280", APRIL, register=r, basis=BASIS) for r in ("P1", "P2")]

        intake, events = taken(row("1300"), row("1290", register="P2"), standing=guesses)

        assert [(r.register, r.version, r.quality) for r in intake.readings] == [
            ("P1", 2, Quality.ACTUAL),
            ("P2", 2, Quality.ACTUAL),
        ]
        assert events == (ReadingReplaced(CUPS.value, APRIL, ("P1", "P2")),)

    def test_replaces_an_estimate_that_was_right_for_it_is_no_estimate_any_more(self):
        intake, events = taken(row("1280"), standing=[stood("1280", APRIL, basis=BASIS)])

        assert [r.version for r in intake.readings] == [2]
        assert len(events) == 1

    def test_makes_a_later_estimate_anew_that_an_actual_index_contradicts(self):
        later = stood("1200", date(2026, 4, 20), basis=BASIS)

        intake, events = taken(row("1310"), standing=[stood("1000"), later], today=MAY)

        # 310 kWh in 31 days, then 15 days
        assert [(r.taken_on, r.index_kwh, r.version, r.quality) for r in intake.mended] == [
            (date(2026, 4, 20), 1460, 2, Quality.ESTIMATED)
        ]
        assert events == (ReadingReplaced(CUPS.value, date(2026, 4, 20), ("P1",)),)
        assert (len(intake.readings), intake.known) == (1, 0)

    def test_puts_an_estimate_that_overshot_on_the_line_between_readings(self):
        earlier = stood("1400", date(2026, 3, 15), basis=BASIS)

        intake, _ = taken(row("1310"), standing=[stood("1000"), earlier])

        assert [(r.index_kwh, r.version, r.basis) for r in intake.mended] == [
            (
                1100,
                2,
                EstimateBasis(
                    "between_readings", "310 kWh in 31 days from 2026-03-05 to 2026-04-05"
                ),
            )
        ]

    def test_takes_the_first_index_read_for_an_estimate_above_it(self):
        earlier = stood("1400", basis=BASIS)

        intake, _ = taken(row("1310"), standing=[earlier])

        assert [(r.index_kwh, r.version) for r in intake.mended] == [(1310, 2)]

    def test_leaves_estimates_alone_that_agree(self):
        standing = [
            stood("1000"),
            stood("1300", date(2026, 3, 15), basis=BASIS),
            stood("1311", date(2026, 4, 20), basis=BASIS),
        ]

        intake, events = taken(row("1310"), standing=standing, today=MAY)

        assert (len(intake.readings), intake.mended, events) == (1, (), ())

    def test_leaves_a_reading_alone_that_the_operator_guesses_again(self):
        intake, events = taken(
            row("1250", origin=Origin.ESTIMATED), standing=[stood("1300", APRIL)]
        )

        assert (intake.readings, intake.doubted, intake.known, events) == ((), (), 1, ())

    def test_keeps_the_operators_guess_as_an_estimate(self):
        intake, _ = taken(row("1250", origin=Origin.ESTIMATED))

        assert [r.quality for r in intake.readings] == [Quality.ESTIMATED]

    def test_says_nothing_twice(self):
        intake, events = taken(row("1300"), row("1300"))

        assert (len(intake.readings), intake.known, events) == (1, 1, ())

    def test_doubts_the_second_of_two_values_for_one_day(self):
        intake, _ = taken(row("1300"), row("1301"))

        assert [d.objections[0].code for d in intake.doubted] == ["metering.reading.differs"]

    def test_plans_the_next_day_even_when_it_doubts_the_index(self):
        intake, _ = taken(row("900"), standing=[stood("1000")])

        assert intake.plans == (PlannedReading(CUPS, MAY, APRIL),)

    def test_plans_a_month_ahead_when_the_row_does_not_say(self):
        intake, _ = taken(row("1300", next_on=None))

        assert intake.plans == (PlannedReading(CUPS, MAY, APRIL),)

    def test_plans_nothing_for_a_point_that_is_not_ours(self):
        assert taken(row("1300"), supplies=())[0].plans == ()


class TestPlannedReading:
    @pytest.mark.parametrize("planned_on", [MARCH, APRIL])
    def test_refuses_a_day_that_is_not_after_the_reading_it_came_with(self, planned_on):
        with pytest.raises(Invalid) as refused:
            PlannedReading(CUPS, planned_on, APRIL)

        assert refused.value.code == "metering.plan.day"


class TestFillingGaps:
    PLAN = PlannedReading(CUPS, APRIL, MARCH)

    def filled(self, *standing: Reading, supplies=(SUPPLY,), plan=PLAN):
        return fill_gaps(
            [plan], plans=[plan], supplies=supplies, standing=standing, rules=SPAIN.reading
        )

    def test_estimates_the_registers_that_were_not_read(self):
        start = [stood("1000", register=r) for r in ("P1", "P2", "P3")]

        gaps = self.filled(*start, stood("1100", APRIL, register="P2"))

        assert [(r.register, r.taken_on) for r in gaps.readings] == [("P1", APRIL), ("P3", APRIL)]
        assert [(p.planned_on, p.state) for p in gaps.plans] == [
            (APRIL, PlanState.SETTLED),
            (MAY, PlanState.OPEN),
        ]

    def test_estimates_nothing_where_the_meter_was_read_a_day_late(self):
        read = [stood("1100", date(2026, 4, 6), register=r) for r in ("P1", "P2", "P3")]

        gaps = self.filled(*read)

        assert gaps.readings == ()
        assert gaps.plans[0].state is PlanState.SETTLED

    def test_names_the_register_that_was_never_read(self):
        gaps = self.filled(stood("1000"), stood("1000", register="P3"))

        assert [(each.register, each.planned_on) for each in gaps.without_base] == [("P2", APRIL)]
        assert [r.register for r in gaps.readings] == ["P1", "P3"]

    def test_ends_with_the_supply(self):
        ended = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), MARCH, date(2026, 4, 4))

        gaps = self.filled(stood("1000"), supplies=(ended,))

        assert gaps.readings == ()
        assert [(p.planned_on, p.state) for p in gaps.plans] == [(APRIL, PlanState.SETTLED)]

    def test_carries_its_method_and_what_it_went_by(self):
        use = [stood("1000", date(2026, 2, 5)), stood("1280")]

        guess = self.filled(*use).readings[0]

        assert guess.index_kwh == 1590  # 280 kWh in 28 days, then 31 days
        assert guess.basis == EstimateBasis(
            "recent_use", "280 kWh in 28 days from 2026-02-05 to 2026-03-05"
        )

    def test_rolls_over_with_the_register(self):
        use = [stood("999500", date(2026, 2, 5)), stood("999780")]

        assert self.filled(*use).readings[0].index_kwh == 90


def test_a_reading_cannot_be_actual_and_have_a_basis():
    with pytest.raises(Invalid, match="basis"):
        Reading(CUPS, "P1", APRIL, Decimal(1), Quality.ACTUAL, "file", basis=BASIS)
