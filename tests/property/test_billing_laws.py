"""Laws of billing: periods chain, credit negates, every line can be computed again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.shared.bill_json import (
    explanation_json,
    line_json,
    line_of,
    tax_json,
    tax_of,
)
from energyretail.adapters.shared.opaque_id import opaque_id, surrogate_key
from energyretail.domain import billing, payments, pricing
from energyretail.domain.ledger import Account, Entry, balance_of, open_items
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import TARGET, Invalid, NotFound, Period, Refused
from energyretail.testing import strategies

EXCISE = frozenset({"excise"})
REGISTERS = ("P1", "P2", "P3")
START = date(2026, 3, 1)

days = st.integers(0, 120).map(lambda n: START + timedelta(days=n))
chains = st.sets(days, max_size=8)
supplies = strategies.billable_supplies


def drafts(supply: billing.BillableSupply) -> tuple[billing.Draft, ...]:
    tariff = SPAIN.tariff(supply.tariff)
    periods = supply.periods_due(today=date(2026, 12, 31), registers=REGISTERS)
    return tuple(
        billing.draft(supply, p, tariff=tariff, registers=REGISTERS, meter_digits=6)
        for p in periods
    )


def invoice_of(supply: billing.BillableSupply) -> billing.Invoice:
    issued, _ = billing.issue(drafts(supply)[0], number="F26-000001", issued_on=START, due_on=START)
    return issued


def computed(derivation: pricing.Derivation) -> Fraction:
    """A second implementation of what a derivation says, by the words of its docstring."""
    values = [computed(part) for part in derivation.parts]
    if derivation.combine is pricing.Combine.GREATEST:
        value = max(values)
    else:
        value = sum(values, Fraction(0)) if values else Fraction(1)
    for factor in derivation.factors:
        value *= Fraction(factor.value)
    for divisor in derivation.divisors:
        value /= Fraction(divisor.value)
    if derivation.rounding is None:
        return value
    assert derivation.rounding.mode.name == "HALF_UP"
    unit = 10**derivation.rounding.decimals
    whole = int(abs(value) * unit + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, unit)


class TestPeriodsDue:
    @given(chains, days)
    def test_chain_without_gap_or_overlap_from_the_first_day(
        self, taken: set[date], today: date
    ) -> None:
        periods = billing.periods_due(
            {*taken, START}, supplied=Period(START), billed_until=None, today=today
        )

        starts = [START, *(period.until for period in periods)]
        assert [period.start for period in periods] == starts[:-1]
        assert all(period.until <= today for period in periods)

    @given(chains, days, days)
    def test_do_not_depend_on_when_one_looks(
        self, taken: set[date], early: date, late: date
    ) -> None:
        early, late = sorted((early, late))
        at_once = billing.periods_due(
            {*taken, START}, supplied=Period(START), billed_until=None, today=late
        )
        first = billing.periods_due(
            {*taken, START}, supplied=Period(START), billed_until=None, today=early
        )
        until = first[-1].until if first else None
        then = billing.periods_due(
            {*taken, START}, supplied=Period(START), billed_until=until, today=late
        )

        assert first + then == at_once

    @given(chains)
    def test_stop_at_the_end_of_supply(self, taken: set[date]) -> None:
        end = START + timedelta(days=60)

        periods = billing.periods_due(
            {*taken, START, end},
            supplied=Period(START, end),
            billed_until=None,
            today=date(2026, 12, 31),
        )

        assert periods[-1].until == end

    def test_refuse_a_first_day_without_readings(self) -> None:
        with pytest.raises(Refused) as refusal:
            billing.periods_due(
                [date(2026, 4, 1), date(2026, 5, 1)],
                supplied=Period(START),
                billed_until=None,
                today=date(2026, 5, 2),
            )

        assert refusal.value.code == "billing.start_reading_missing"

    def test_count_only_days_on_which_every_register_is_read(self) -> None:
        first, second, third = START, date(2026, 4, 1), date(2026, 5, 1)
        taken = [("P1", first), ("P2", first), ("P1", second), ("P2", third), ("P1", third)]

        assert billing.boundaries(taken, registers=("P1", "P2")) == (first, third)
        assert billing.boundaries([], registers=("P1", "P2")) == ()

    @given(st.sets(st.tuples(st.sampled_from([*REGISTERS, "P4"]), days)))
    def test_begin_and_end_only_where_all_the_tariff_s_registers_are_read(
        self, taken: set[tuple[str, date]]
    ) -> None:
        whole = billing.boundaries(taken, registers=REGISTERS)

        for day in {day for _, day in taken}:
            assert (day in whole) == all((register, day) in taken for register in REGISTERS)

    def test_cannot_be_told_without_registers(self) -> None:
        with pytest.raises(Invalid) as refusal:
            billing.boundaries([("P1", START)], registers=())

        assert refusal.value.code == "billing.registers"


def _runs(first: date, last: date) -> dict[date, date]:
    """Return the due dates of the runs by the day each is made, going day by day."""
    runs: dict[date, date] = {}
    for n in range((last - first).days):
        day = first + timedelta(days=n)
        due = payments.due_date_to_collect(day)
        if due is not None and due not in runs.values():
            runs[day] = due
    return runs


class TestDueOn:
    @given(days, st.integers(0, 40), st.integers(0, 30))
    def test_is_a_month_end_with_enough_notice_and_lead_and_the_first_such(
        self, issued_on: date, notice: int, lead: int
    ) -> None:
        due = billing.due_on(issued_on, notice_days=notice, lead_working_days=lead, target=TARGET)

        def month_end(day: date) -> bool:
            after = TARGET.add(day, 1)
            return TARGET.is_working(day) and (after.year, after.month) != (day.year, day.month)

        assert month_end(due)

        def leaves_enough(day: date) -> bool:
            noticed = issued_on + timedelta(days=notice) <= day
            return noticed and issued_on <= TARGET.add(day, -lead)

        assert leaves_enough(due)
        between = (issued_on + timedelta(days=n) for n in range((due - issued_on).days))
        assert not any(month_end(day) and leaves_enough(day) for day in between)

    @pytest.mark.parametrize(
        ("issued_on", "due"),
        [
            (date(2026, 4, 8), date(2026, 4, 30)),
            (date(2026, 4, 25), date(2026, 4, 30)),
            (date(2026, 4, 26), date(2026, 5, 29)),  # 31 May is a Sunday
            (date(2026, 12, 27), date(2027, 1, 29)),
            (date(2027, 3, 24), date(2027, 3, 31)),  # the run: 26 and 29 March are Easter's
            (date(2027, 3, 25), date(2027, 4, 30)),  # six days of notice, but the run is over
            (date(2027, 3, 26), date(2027, 4, 30)),
            (date(2024, 3, 25), date(2024, 4, 30)),  # 29 March is Good Friday, 28 too early
        ],
    )
    def test_by_example(self, issued_on: date, due: date) -> None:
        assert billing.due_on(issued_on, notice_days=5, lead_working_days=3, target=TARGET) == due

    @pytest.mark.parametrize(("notice", "lead"), [(-1, 3), (5, -1)])
    def test_takes_no_negative_days(self, notice: int, lead: int) -> None:
        with pytest.raises(Invalid):
            billing.due_on(START, notice_days=notice, lead_working_days=lead, target=TARGET)

    def test_is_the_day_payments_collect_on_whatever_the_day_of_issue(self) -> None:
        policy = billing.BillingPolicy(reading=SPAIN.reading, excise_components=EXCISE)
        first, last = date(2026, 1, 1), date(2032, 12, 31)
        runs = _runs(first, last + timedelta(days=62))

        day = first
        while day <= last:
            promised = policy.due_on(day)
            # A run takes every item due by its due date that is there when it is made.
            met = min(due for made, due in runs.items() if day <= made and promised <= due)
            assert met == promised, f"issued {day}"
            day += timedelta(days=1)

    def test_did_not_move_in_the_spring_of_2026(self) -> None:
        day = date(2026, 3, 1)
        while day <= date(2026, 6, 30):
            assert billing.due_on(
                day, notice_days=5, lead_working_days=3, target=TARGET
            ) == billing.due_on(day, notice_days=5, lead_working_days=0, target=TARGET)
            day += timedelta(days=1)


class TestDrafts:
    @given(supplies())
    def test_take_each_kwh_once(self, supply: billing.BillableSupply) -> None:
        for draft in drafts(supply):
            energy = [line for line in draft.bill.lines if line.component == "energy"]
            billed = sum((line.quantity for line in energy), Decimal(0))
            used = Decimal(0)
            for register in REGISTERS:
                before = supply.reading(register, draft.bill.period.start).index_kwh
                after = supply.reading(register, draft.bill.period.until).index_kwh
                used += (after - before + 1_000_000) % 1_000_000
            # A quantity is shown with six places, so cut periods may differ in the last one.
            assert abs(billed - used) <= Decimal("0.000001") * len(energy)
            assert draft.bill.energy == used

    @given(supplies(), st.booleans())
    def test_say_which_bill_of_the_supply_they_are(
        self, supply: billing.BillableSupply, ended: bool
    ) -> None:
        if ended:
            last = max(reading.taken_on for reading in supply.readings)
            supply = attrs.evolve(supply, supplied=Period(supply.supplied.start, last))

        for draft in drafts(supply):
            first = draft.bill.period.start == supply.supplied.start
            final = ended and draft.bill.period.until == supply.supplied.end
            told = billing.BillStage.FIRST if first else billing.BillStage.PERIODIC
            assert draft.stage is (billing.BillStage.FINAL if final else told)
            assert (
                billing.issue(draft, number="F26-000001", issued_on=START, due_on=START)[0].stage
                is draft.stage
            )

    @given(supplies())
    def test_name_every_reading_they_rest_on(self, supply: billing.BillableSupply) -> None:
        for draft in drafts(supply):
            bounds = (draft.bill.period.start, draft.bill.period.until)
            assert set(draft.readings) == {r for r in supply.readings if r.taken_on in bounds}


class TestExplanation:
    @given(supplies())
    def test_gives_every_amount_again_from_its_part_alone(
        self, supply: billing.BillableSupply
    ) -> None:
        invoice = invoice_of(supply)
        note, _ = billing.credit(invoice, number="R26-000001", issued_on=START)

        for document in (invoice, note):
            explained = billing.explain(document)
            parts = (*explained.lines, *explained.taxes)
            amounts = [*(li.amount for li in document.lines), *(t.amount for t in document.taxes)]
            assert [Fraction(amount.amount) for amount in amounts] == [
                computed(part.derivation) for part in parts
            ]
            assert sum(part.amount.cents for part in parts) == explained.gross.cents

    @given(supplies())
    def test_names_the_readings_of_energy_and_no_other(
        self, supply: billing.BillableSupply
    ) -> None:
        invoice = invoice_of(supply)

        for line, part in zip(invoice.lines, billing.explain(invoice).lines, strict=True):
            if line.component == "power":
                assert part.readings == ()
            if line.label.endswith(("P1", "P2", "P3")) and line.component in ("energy", "access"):
                register = line.label[-2:]
                assert part.readings == tuple(r for r in invoice.readings if r.register == register)
            if part.readings and line.component == "energy":
                estimated = pricing.Quality.ESTIMATED in {r.quality for r in part.readings}
                assert line.estimated == estimated

    def test_tells_version_1_from_version_12(self) -> None:
        def reading(version: int, register: str = "P1") -> billing.IndexReading:
            return billing.IndexReading(
                register, START, version, Decimal(5), pricing.Quality.ACTUAL
            )

        assert reading(12).evidence.startswith(reading(1).evidence)
        source = pricing.given("energy", 1, "kWh", reading(12).evidence)

        assert billing.cited(source, (reading(1), reading(12))) == (reading(12),)

    def test_tells_a_register_from_one_that_ends_in_its_name(self) -> None:
        one, other = (
            billing.IndexReading(name, START, 1, Decimal(5), pricing.Quality.ACTUAL)
            for name in ("1", "P1 1")
        )
        both = pricing.BOTH_ENDS.join((other.evidence, "something else"))

        assert billing.cited(pricing.given("energy", 1, "kWh", both), (one, other)) == (other,)


CHANGING = pricing.Tariff(
    code="changing",
    name="Changing",
    currency="EUR",
    components=(
        pricing.UnitRate(
            name="energy",
            tax_code=pricing.NO_TAX,
            price=(
                pricing.DatedPrice(
                    "energy",
                    (
                        pricing.Version(Period(date.min, date(2026, 3, 20)), "0.10", "test"),
                        pricing.Version(Period(date(2026, 3, 20)), "1.00", "test"),
                    ),
                ),
            ),
        ),
    ),
    taxes=(),
    rounding=SPAIN.tariff("2.0TD-FIJO").rounding,
)


class TestReadingsBetween:
    @given(supplies())
    def test_divide_a_long_bill_as_short_ones_would_have(
        self, supply: billing.BillableSupply
    ) -> None:
        def energy(period: Period) -> Fraction:
            made = billing.draft(
                supply, period, tariff=CHANGING, registers=REGISTERS, meter_digits=6
            )
            lines = [line for line in made.bill.lines if line.component == "energy"]
            exactly = (pricing.exact(line.derivation.rounded(None)) for line in lines)
            return sum(exactly, start=Fraction(0))

        days = sorted({reading.taken_on for reading in supply.readings})
        short = sum((energy(Period(*pair)) for pair in pairwise(days)), start=Fraction(0))

        assert energy(Period(days[0], days[-1])) == short


class TestCredit:
    @given(supplies())
    def test_negates_every_amount_and_settles_the_original(
        self, supply: billing.BillableSupply
    ) -> None:
        invoice = invoice_of(supply)
        note, (event,) = billing.credit(invoice, number="R26-000001", issued_on=START)

        assert [li.amount for li in note.lines] == [-li.amount for li in invoice.lines]
        assert [t.amount for t in note.taxes] == [-t.amount for t in invoice.taxes]
        assert (note.net, note.tax, note.gross) == (-invoice.net, -invoice.tax, -invoice.gross)
        assert (note.original, note.item) == (invoice.number, invoice.number)
        assert isinstance(event, billing.InvoiceIssued)
        assert event.gross_cents == -invoice.gross.cents
        entries = [billing.posting_of(i, excise_components=EXCISE) for i in (invoice, note)]
        assert open_items([entry for entry in entries if entry], {}) == ()

    @given(supplies(), supplies())
    def test_and_rebill_differ_by_what_the_bills_differ_by(
        self, one: billing.BillableSupply, other: billing.BillableSupply
    ) -> None:
        # Golden F5: billed 10, should be 15: cancel and rebill is -10 + 15 = the residual +5.
        billed, right = invoice_of(one), invoice_of(other)
        note, _ = billing.credit(billed, number="R26-000001", issued_on=START)

        assert billed.gross + note.gross + right.gross == right.gross

    @given(supplies(), st.randoms(use_true_random=False))
    def test_and_rebill_of_the_same_readings_gives_the_same_bytes(
        self, supply: billing.BillableSupply, chance: Random
    ) -> None:
        readings = list(supply.readings)
        chance.shuffle(readings)
        billed, again = invoice_of(supply), invoice_of(attrs.evolve(supply, readings=readings))
        rebill = attrs.evolve(
            again, number="F26-000002", kind=billing.InvoiceKind.REBILL, original=billed.number
        )

        first, second = (explanation_json(billing.explain(each)) for each in (billed, rebill))
        names = {"number", "kind", "original"}
        assert {k: v for k, v in first.items() if k not in names} == {
            k: v for k, v in second.items() if k not in names
        }
        assert json.dumps([first["lines"], first["taxes"]]) == json.dumps(
            [second["lines"], second["taxes"]]
        )

    @given(supplies())
    def test_of_a_credit_note_is_refused(self, supply: billing.BillableSupply) -> None:
        note, _ = billing.credit(invoice_of(supply), number="R26-000001", issued_on=START)

        with pytest.raises(Refused, match="not credited"):
            billing.credit(note, number="R26-000002", issued_on=START)


class TestPosting:
    @given(supplies())
    def test_balances_and_says_what_the_document_says(self, supply: billing.BillableSupply) -> None:
        invoice = invoice_of(supply)
        entry = billing.posting_of(invoice, excise_components=EXCISE)

        assert isinstance(entry, Entry)
        assert entry.key == "invoice:F26-000001"
        assert not balance_of(entry.postings)
        amounts = {posting.account: posting.amount.cents for posting in entry.postings}
        of = {
            name: sum(li.amount.cents for li in invoice.lines if li.component == name)
            for name in ("excise", "rounding")
        }
        assert amounts.get(Account.RECEIVABLE, 0) == invoice.gross.cents
        assert -amounts.get(Account.VAT, 0) == invoice.tax.cents
        assert -amounts.get(Account.EXCISE, 0) == of["excise"]
        assert -amounts.get(Account.ROUNDING, 0) == of["rounding"]
        rest = invoice.net.cents - of["excise"] - of["rounding"]
        assert -amounts.get(Account.REVENUE, 0) == rest

    @given(supplies())
    def test_of_another_chart_moves_nothing_but_revenue(
        self, supply: billing.BillableSupply
    ) -> None:
        entry = billing.posting_of(invoice_of(supply), excise_components=frozenset())

        assert entry is not None
        assert Account.EXCISE not in {posting.account for posting in entry.postings}


class TestBillJson:
    @given(supplies())
    def test_loses_nothing(self, supply: billing.BillableSupply) -> None:
        bill = invoice_of(supply).bill

        assert tuple(line_of(line_json(li), "EUR") for li in bill.lines) == bill.lines
        assert tuple(tax_of(tax_json(tax), "EUR") for tax in bill.taxes) == bill.taxes


class TestOpaqueId:
    @given(st.integers(0, 2**64 - 1), st.sampled_from(["inv", "pst"]))
    def test_can_be_turned_back(self, key: int, prefix: str) -> None:
        identifier = opaque_id(prefix, key)

        assert surrogate_key(prefix, identifier) == key
        assert identifier.startswith(f"{prefix}_")

    def test_does_not_show_order(self) -> None:
        ids = [opaque_id("inv", n) for n in range(1, 100)]

        assert len(set(ids)) == len(ids)
        assert ids != sorted(ids)

    @pytest.mark.parametrize(
        "wrong", ["", "inv_", "inv_0", "xyz_0000000000000", "inv_zzzzzzzzzzzzz"]
    )
    def test_never_made_here_names_nothing(self, wrong: str) -> None:
        with pytest.raises(NotFound):
            surrogate_key("inv", wrong)
