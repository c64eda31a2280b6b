"""The kernel by example: what each part takes, gives and refuses, with its code."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from energyretail.domain.shared import (
    CENTS_HALF_UP,
    TARGET,
    CreditorIdentifier,
    Cups,
    Energy,
    Fault,
    HolidayRule,
    Iban,
    Invalid,
    MarketTime,
    Money,
    Period,
    Power,
    PowerUnit,
    Refused,
    Rounding,
    RoundingMode,
    Transition,
    TransitionTable,
    Volume,
    add_months,
    easter_sunday,
)

NAIVE = datetime(2026, 3, 1)  # noqa: DTZ001 - it is to be refused


class TestRefusals:
    @pytest.mark.parametrize(
        ("build", "code"),
        [
            (lambda: Money(Decimal(1), "eur"), "money.currency"),
            (lambda: Money(Decimal(1), "EURO"), "money.currency"),
            (lambda: Money("one", "EUR"), "number.syntax"),
            (lambda: Money(True, "EUR"), "number.type"),
            (lambda: Money.of_cents(100, "EUR").distribute(0), "money.parts"),
            (lambda: Money("0.001", "EUR").cents, "money.not_whole_cents"),
            (lambda: Rounding(RoundingMode.DOWN, -1), "rounding.decimals"),
            (lambda: Rounding(RoundingMode.DOWN, 13), "rounding.decimals"),
            (lambda: Power("-1"), "power.negative"),
            (lambda: Period(date(2026, 3, 1), date(2026, 3, 1)), "period.empty"),
            (lambda: Period(date(2026, 3, 1)).days, "period.open"),
            (lambda: list(Period(date(2026, 3, 1)).each_day()), "period.open"),
            (lambda: HolidayRule("x", Period(date(2026, 1, 1)), "none"), "calendar.rule"),
            (lambda: Cups("ES1234000000000001"), "supply.cups.shape"),
            (lambda: Cups("ES1234000000000001JN0G"), "supply.cups.shape"),
            (lambda: Cups("ES1234000000000001NJ0F"), "supply.cups.check_letters"),
            (lambda: Cups.of_digits("1234"), "supply.cups.shape"),
            (lambda: Iban("ES91"), "payments.iban.shape"),
            (lambda: Iban("ES912100041845020005133"), "payments.iban.length"),
            (lambda: Iban("ES9021000418450200051332"), "payments.iban.check_digits"),
            (lambda: CreditorIdentifier("ES23"), "payments.creditor.shape"),
            (lambda: CreditorIdentifier("ES24ZZZ47690558N"), "payments.creditor.check_digits"),
            (lambda: MarketTime("Europe/Madrid").day_of(NAIVE), "time.naive"),
        ],
    )
    def test_have_a_stable_code(self, build: Callable[[], object], code: str) -> None:
        with pytest.raises(Invalid) as caught:
            build()

        assert caught.value.code == code


class TestErrors:
    def test_say_code_text_and_facts(self) -> None:
        error = Refused(
            "supply.taken", "somebody else supplies it", cups="ES1", on=date(2026, 3, 1)
        )

        assert str(error) == "supply.taken: somebody else supplies it (cups=ES1, on=2026-03-01)"
        assert error.facts == {"cups": "ES1", "on": "2026-03-01"}

    def test_a_fault_says_whether_the_partner_may_have_acted(self) -> None:
        assert Fault("erp.no_answer", "silence", outcome_unknown=True).outcome_unknown
        assert not Fault("erp.unreachable", "nobody there").outcome_unknown


class TestMoney:
    def test_distributes_the_larger_parts_first(self) -> None:
        shares = Money.of_cents(100, "EUR").distribute(3)

        assert [share.cents for share in shares] == [34, 33, 33]

    def test_distributes_a_credit_the_same_way(self) -> None:
        shares = Money.of_cents(-100, "EUR").distribute(3)

        assert [share.cents for share in shares] == [-33, -33, -34]

    def test_shows_every_digit_and_its_currency(self) -> None:
        assert str(Money("0.0000001", "EUR")) == "0.0000001 EUR"

    def test_is_true_unless_it_is_nothing(self) -> None:
        assert Money("0.01", "EUR")
        assert not Money("0.00", "EUR")


class TestRounding:
    @pytest.mark.parametrize(
        ("mode", "rounded"),
        [
            (RoundingMode.HALF_UP, ["0.13", "-0.13", "0.14", "0.12"]),
            (RoundingMode.HALF_EVEN, ["0.12", "-0.12", "0.14", "0.12"]),
            (RoundingMode.DOWN, ["0.12", "-0.12", "0.13", "0.12"]),
        ],
    )
    def test_sends_a_half_where_its_mode_says(self, mode: RoundingMode, rounded: list[str]) -> None:
        amounts = ["0.125", "-0.125", "0.135", "0.1249"]

        assert [str(Rounding(mode, 2).apply(Decimal(a))) for a in amounts] == rounded

    def test_shows_cents_even_where_there_are_none(self) -> None:
        assert str(CENTS_HALF_UP.apply(Decimal(7))) == "7.00"


class TestQuantities:
    def test_show_their_unit(self) -> None:
        assert str(Energy("1.50")) == "1.50 kWh"
        assert str(Volume("3")) == "3 m3"
        assert str(Power("4.6")) == "4.6 kW"
        assert str(Power("9", PowerUnit.KVA)) == "9 kVA"

    def test_of_one_kind_only_are_equal(self) -> None:
        assert Power("9", PowerUnit.KVA) != Power("9", PowerUnit.KW)
        assert Energy("3") != Volume("3")
        assert Energy("3") == Energy("3.000")


class TestPeriod:
    def test_has_its_first_day_and_not_its_end(self) -> None:
        march = Period.month(2026, 3)

        assert (march.start, march.end) == (date(2026, 3, 1), date(2026, 4, 1))
        assert date(2026, 3, 1) in march
        assert date(2026, 4, 1) not in march
        assert str(march) == "2026-03-01/2026-04-01"
        assert str(Period(date(2026, 3, 1))) == "2026-03-01/.."

    def test_splits_where_taxes_change(self) -> None:
        bill = Period(date(2026, 3, 7), date(2026, 4, 6))

        assert bill.split([date(2026, 3, 22), date(2026, 6, 1), date(2026, 3, 7)]) == (
            Period(date(2026, 3, 7), date(2026, 3, 22)),
            Period(date(2026, 3, 22), date(2026, 4, 6)),
        )

    def test_touching_periods_do_not_meet(self) -> None:
        assert Period.month(2026, 3).meets(Period.month(2026, 4)) is None

    @pytest.mark.parametrize(
        ("day", "months", "landed"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2024, 2, 29), -12, date(2023, 2, 28)),
            (date(2026, 12, 15), 1, date(2027, 1, 15)),
        ],
    )
    def test_months_end_where_the_shorter_one_does(
        self, day: date, months: int, landed: date
    ) -> None:
        assert add_months(day, months) == landed


class TestCalendars:
    @pytest.mark.parametrize(
        ("year", "easter"),
        [(1818, date(1818, 3, 22)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
    )
    def test_easter_falls_between_its_bounds(self, year: int, easter: date) -> None:
        assert easter_sunday(year) == easter

    def test_target_rests_from_good_friday_to_easter_monday(self) -> None:
        assert TARGET.add(date(2026, 4, 2), 1) == date(2026, 4, 7)
        assert TARGET.on_or_before(date(2026, 4, 6)) == date(2026, 4, 2)

    def test_a_rule_rests_only_while_it_is_in_force(self) -> None:
        rule = HolidayRule(
            "One year", Period(date(2026, 1, 1), date(2027, 1, 1)), "a decree", fixed=(6, 24)
        )

        assert rule.falls_on(date(2026, 6, 24))
        assert not rule.falls_on(date(2027, 6, 24))


class TestMarketTime:
    @pytest.mark.parametrize(
        ("day", "hours"),
        [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)],
    )
    def test_the_clock_change_makes_days_of_23_and_25_hours(self, day: date, hours: int) -> None:
        assert len(MarketTime("Europe/Madrid").hours_of(day)) == hours

    def test_the_hour_that_comes_twice_is_told_apart(self) -> None:
        hours = MarketTime("Europe/Madrid").hours_of(date(2026, 10, 25))

        assert [hour.hour for hour in hours[:5]] == [0, 1, 2, 2, 3]
        assert [hour.utcoffset() for hour in hours[2:4]] == [timedelta(hours=2), timedelta(hours=1)]

    def test_an_instant_lies_in_the_local_day(self) -> None:
        instant = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(0)))

        assert MarketTime("Europe/Madrid").day_of(instant) == date(2026, 3, 2)


class TestIdentifiers:
    def test_are_kept_compact_and_in_capitals(self) -> None:
        assert str(Cups(" es1234 0000 0000 0001 jn0f")) == "ES1234000000000001JN0F"
        assert str(Iban("es91 2100-0418.4502 0005 1332")) == "ES9121000418450200051332"

    def test_a_creditor_keeps_its_number_when_its_business_code_changes(self) -> None:
        assert CreditorIdentifier("ES23ZZZ47690558N")
        assert CreditorIdentifier("ES23ABC47690558N")


class Lamp(enum.Enum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


class Hand(enum.Enum):
    PRESS = "press"
    DROP = "drop"


LAMP = TransitionTable(
    "lamp",
    Lamp.OFF,
    (
        Transition(Lamp.OFF, Hand.PRESS, Lamp.ON, "current flows"),
        Transition(Lamp.ON, Hand.PRESS, Lamp.OFF, "current stops"),
        Transition(Lamp.OFF, Hand.DROP, Lamp.BROKEN, "glass breaks"),
        Transition(Lamp.ON, Hand.DROP, Lamp.BROKEN, "glass breaks"),
    ),
)


class TestTransitionTable:
    @pytest.mark.parametrize("state", Lamp)
    @pytest.mark.parametrize("trigger", Hand)
    def test_has_a_row_or_a_refusal_for_everything(self, state: Lamp, trigger: Hand) -> None:
        if LAMP.allows(state, trigger):
            assert LAMP.after(state, trigger) in Lamp
            return
        with pytest.raises(Refused) as caught:
            LAMP.after(state, trigger)
        assert caught.value.code == "lamp.not_allowed"
        assert caught.value.facts == {"state": state.value, "trigger": trigger.value}

    def test_derives_what_is_final(self) -> None:
        assert LAMP.finals() == {Lamp.BROKEN}

    def test_reaches_every_state(self) -> None:
        assert LAMP.reachable() == set(Lamp)

    def test_draws_itself(self) -> None:
        assert LAMP.mermaid() == (
            "stateDiagram-v2\n"
            "    [*] --> off\n"
            "    off --> on: press\n"
            "    on --> off: press\n"
            "    off --> broken: drop\n"
            "    on --> broken: drop\n"
            "    broken --> [*]\n"
        )

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ((), "transitions.ambiguous"),
            ((*LAMP.rows, LAMP.rows[0]), "transitions.ambiguous"),
            (LAMP.rows[:2], "transitions.unreachable"),
        ],
    )
    def test_refuses_rows_that_make_no_table(
        self, rows: tuple[Transition[Lamp, Hand], ...], code: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            attrs.evolve(LAMP, rows=rows)

        assert caught.value.code == code
