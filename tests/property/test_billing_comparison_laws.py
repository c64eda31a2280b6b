"""Laws of comparing bills: effects sum, nothing differs from itself, one change has one effect."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import prod

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyretail.domain import billing, pricing
from energyretail.domain.billing import EffectKind
from energyretail.domain.billing.substitution import Change, in_cents, shares
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Cups,
    Energy,
    Period,
    Power,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
    contract_number,
    customer_number,
    invoice_number,
)
from energyretail.testing import strategies

FIRST, SECOND = date(2026, 1, 5), date(2026, 2, 4)
fractions = st.fractions(-50, 50, max_denominator=40)
changes = st.builds(Change, fractions, fractions)


def invoice_of(bill: pricing.PricedBill, count: int = 1) -> billing.Invoice:
    return billing.Invoice(
        number=invoice_number("F", bill.period.until, count),
        kind=billing.InvoiceKind.INVOICE,
        contract=contract_number(1),
        customer=customer_number(1),
        cups=Cups.of_digits("0031000000000001"),
        tariff="DRAWN",
        bill=bill,
        readings=(),
        issued_on=bill.period.until,
        due_on=bill.period.until,
    )


bills = strategies.bills().map(invoice_of)
# Rating is part of drawing, and a machine that is shared is slow for reasons that are not ours.
rates_while_drawing = settings(suppress_health_check=[HealthCheck.too_slow])


this_month = Period(FIRST, FIRST + timedelta(days=30))
next_month = Period(SECOND, SECOND + timedelta(days=30))


@attrs.frozen
class Case:
    """A bill of every kind of price, each of them at one value."""

    period: Period = this_month
    energy_price: Decimal = Decimal("0.15")
    power_price: Decimal = Decimal("30")
    standing_price: Decimal = Decimal("0.4")
    excise: Decimal = Decimal("5.11")
    vat: Decimal = Decimal("21")
    kwh_a_day: Decimal = Decimal("8")
    power_kw: Decimal = Decimal("4.6")
    quality: pricing.Quality = pricing.Quality.ACTUAL
    scope: RoundingScope = RoundingScope.TAX_GROUP

    def invoice(self) -> billing.Invoice:
        tariff = pricing.Tariff(
            code="LAWS",
            name="Laws",
            currency="EUR",
            components=(
                pricing.UnitRate(name="energy", price=(_at(self.energy_price),), tax_code="V"),
                pricing.SubscribedPower(
                    name="power",
                    rates=(("P1", (_at(self.power_price),)),),
                    unit=PowerUnit.KW,
                    tax_code="V",
                ),
                pricing.StandingCharge(
                    name="standing", price=(_at(self.standing_price),), tax_code="V"
                ),
                pricing.PercentageTax(
                    name="excise",
                    bases=("energy", "power"),
                    rate=_at(self.excise),
                    tax_code="V",
                ),
            ),
            taxes=(pricing.Vat("V", "VAT", _at(self.vat)),),
            rounding=RoundingPolicy(self.scope, CENTS_HALF_UP),
        )
        use = pricing.RegisterUse(
            "P1", self.period, Energy(self.kwh_a_day * self.period.days), self.quality
        )
        usage = pricing.Usage((use,), (("P1", Power(self.power_kw)),))
        return invoice_of(pricing.rate(tariff, usage, period=self.period))


def _at(value: Decimal) -> pricing.DatedPrice:
    return pricing.always("price", value, "a law")


def amounts(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places)


cases = st.builds(
    Case,
    energy_price=amounts("0", "2", 6),
    power_price=amounts("0", "90", 6),
    standing_price=amounts("0", "3", 4),
    excise=amounts("0", "20", 4),
    vat=amounts("0", "30", 1),
    kwh_a_day=amounts("0", "90", 3),
    power_kw=amounts("0.1", "15", 3),
    scope=st.sampled_from(RoundingScope),
)


def only(kind: EffectKind, before: Case, after: Case) -> None:
    """Hold that nothing but `kind` explains the difference."""
    comparison = billing.compare(before.invoice(), after.invoice())

    assert {effect.kind for effect in comparison.causes} <= {kind}
    assert comparison.effect(kind) == comparison.difference


class TestSharing:
    @given(st.lists(changes, max_size=5))
    def test_gives_the_whole_difference_away(self, factors: list[Change]) -> None:
        new = prod((factor.after for factor in factors), start=Fraction(1))
        old = prod((factor.before for factor in factors), start=Fraction(1))

        assert sum(shares(factors)) == new - old

    @given(st.lists(changes, max_size=4))
    def test_is_the_mean_over_all_orders_of_exchange(self, factors: list[Change]) -> None:
        orders = list(permutations(range(len(factors))))
        total = [Fraction(0)] * len(factors)
        for order in orders:
            now = [factor.before for factor in factors]
            for place in order:
                before = prod(now, start=Fraction(1))
                now[place] = factors[place].after
                total[place] += prod(now, start=Fraction(1)) - before

        assert shares(factors) == tuple(each / len(orders) for each in total)

    @given(st.lists(changes, max_size=5))
    def test_negates_when_old_and_new_are_exchanged(self, factors: list[Change]) -> None:
        back = [Change(factor.after, factor.before) for factor in factors]

        assert shares(back) == tuple(-share for share in shares(factors))

    @given(st.dictionaries(st.sampled_from("abcd"), fractions), st.integers(-9, 9))
    def test_in_cents_sums_to_the_total_and_negates_with_it(
        self, amounts: dict[str, Fraction], total: int
    ) -> None:
        there = in_cents(amounts, total, otherwise="e")
        back = in_cents({k: -v for k, v in amounts.items()}, -total, otherwise="e")

        assert sum(there.values()) == total
        assert back == {name: -cents for name, cents in there.items()}


class TestTwoBills:
    @rates_while_drawing
    @given(bills, bills)
    def test_differ_by_the_sum_of_the_effects_and_of_the_parts(
        self, previous: billing.Invoice, current: billing.Invoice
    ) -> None:
        found = billing.compare(previous, current)

        cents = (current.gross - previous.gross).cents
        assert found.difference.cents == cents
        assert [effect.kind for effect in found.effects] == list(EffectKind)
        assert sum(effect.amount.cents for effect in found.effects) == cents
        assert sum(part.difference.cents for part in found.parts) == cents
        for kind in EffectKind:
            of_kind = [e.amount.cents for p in found.parts for e in p.effects if e.kind is kind]
            assert sum(of_kind) == found.effect(kind).cents
        for part in found.parts:
            assert sum(e.amount.cents for e in part.effects) == part.difference.cents

    @rates_while_drawing
    @given(bills, bills)
    def test_exchanged_negate_every_effect(
        self, previous: billing.Invoice, current: billing.Invoice
    ) -> None:
        there = billing.compare(previous, current)
        back = billing.compare(current, previous)

        assert [-e.amount for e in there.effects] == [e.amount for e in back.effects]
        assert _by_part(there, sign=-1) == _by_part(back)

    @rates_while_drawing
    @given(bills)
    def test_that_are_one_do_not_differ(self, bill: billing.Invoice) -> None:
        found = billing.compare(bill, bill)

        assert found.causes == ()
        assert all(part.effects == () for part in found.parts)


def _by_part(found: billing.Comparison, *, sign: int = 1) -> dict[tuple[str, str, str], int]:
    return {
        (part.component, part.label, effect.kind.value): sign * effect.amount.cents
        for part in found.parts
        for effect in part.effects
    }


class TestOneChange:
    """What changes alone is the whole effect, to the cent, on bills that end in whole cents."""

    @given(cases, amounts("0", "2", 6), amounts("0", "90", 6), amounts("0", "3", 4))
    def test_of_prices_is_price(
        self, case: Case, energy: Decimal, power: Decimal, standing: Decimal
    ) -> None:
        after = attrs.evolve(
            case,
            period=next_month,
            energy_price=energy,
            power_price=power,
            standing_price=standing,
        )

        only(EffectKind.PRICE, case, after)

    @given(cases, st.integers(1, 60))
    def test_of_days_is_days(self, case: Case, days: int) -> None:
        later = Period(SECOND, SECOND + timedelta(days=days))

        only(EffectKind.DAYS, case, attrs.evolve(case, period=later))

    @given(cases, amounts("0", "90", 3))
    def test_of_use_is_usage(self, case: Case, kwh_a_day: Decimal) -> None:
        after = attrs.evolve(case, period=next_month, kwh_a_day=kwh_a_day)

        only(EffectKind.USAGE, case, after)

    @given(cases, amounts("0", "90", 3), st.booleans())
    def test_of_use_on_one_estimate_is_estimate(
        self, case: Case, kwh_a_day: Decimal, first: bool
    ) -> None:
        after = attrs.evolve(case, period=next_month, kwh_a_day=kwh_a_day)
        pair = [case, after]
        guessed = 0 if first else 1
        pair[guessed] = attrs.evolve(pair[guessed], quality=pricing.Quality.ESTIMATED)

        only(EffectKind.ESTIMATE, *pair)

    @given(cases, amounts("0", "90", 3))
    def test_of_use_in_the_same_days_is_correction(self, case: Case, kwh_a_day: Decimal) -> None:
        only(EffectKind.CORRECTION, case, attrs.evolve(case, kwh_a_day=kwh_a_day))

    @given(cases, amounts("0.1", "15", 3))
    def test_of_power_is_power(self, case: Case, power: Decimal) -> None:
        only(EffectKind.POWER, case, attrs.evolve(case, period=next_month, power_kw=power))

    @given(cases, amounts("0", "30", 1), amounts("0", "20", 4))
    def test_of_rates_is_taxes(self, case: Case, vat: Decimal, excise: Decimal) -> None:
        after = attrs.evolve(case, period=next_month, vat=vat, excise=excise)

        only(EffectKind.TAXES, case, after)
