"""Totals of a bill: where each rounding policy rounds, and the lines that make the sums true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain.pricing.bill import (
    NO_TAX,
    ROUNDING,
    PricedBill,
    PriceLine,
    Prices,
    TaxLine,
)
from energyretail.domain.pricing.circumstances import (
    NOTHING_CARRIED,
    PLAIN,
    CarriedOver,
    Circumstances,
)
from energyretail.domain.pricing.components import Draft, shown_of
from energyretail.domain.pricing.dated import factor_on
from energyretail.domain.pricing.derivation import (
    Derivation,
    Factor,
    exact,
    given,
    product,
    recompute,
    round_exactly,
)
from energyretail.domain.pricing.faults import together
from energyretail.domain.pricing.tariff import Tariff, TaxPoint
from energyretail.domain.shared import Invalid, Money, Period, Rounding, RoundingScope, add_months

__all__ = ["total_bill", "vat_rates"]


@attrs.frozen
class _Group:
    """The lines of one tax at one rate; `total` is their sum, rounded where the policy rounds.

    `rate` is None for lines outside VAT; `value` is the value of `total`.
    """

    tax_code: str
    rate: Factor | None
    lines: tuple[PriceLine, ...]
    total: Derivation
    value: Fraction

    @property
    def percent(self) -> Decimal:
        return Decimal(0) if self.rate is None else self.rate.value


def total_bill(
    tariff: Tariff,
    period: Period,
    drafts: tuple[Draft, ...],
    *,
    circumstances: Circumstances = PLAIN,
    carried_over: CarriedOver = NOTHING_CARRIED,
    energy: Decimal | None = None,
) -> PricedBill:
    """Return the bill of exact `drafts`, rounded by the tariff's policy and no other time.

    Raises Invalid ``pricing.version_gap`` (a tax has no rate), ``pricing.invoice_date_missing``.
    """
    rates = _Rates(tariff, period, circumstances)
    lines = together(lambda draft: _line(tariff, draft, rates), drafts)
    groups = tuple(_groups(tariff, drafts, lines, rates))
    taxes = tuple(_tax_line(tariff, group) for group in groups if group.rate is not None)
    tax = Money.of_cents(sum(line.amount.cents for line in taxes), tariff.currency)
    gross = _gross(tariff, groups, tax)
    inclusive = tariff.prices is Prices.TAX_INCLUSIVE
    to_show = gross if inclusive else gross - tax
    lines += tuple(line for g in groups for line in _rounding_of_group(tariff, period, g))
    lines += tuple(_rounding_of_bill(tariff, period, lines, to_show))
    return PricedBill(
        currency=tariff.currency,
        period=period,
        lines=lines,
        taxes=taxes,
        net=gross - tax,
        tax=tax,
        gross=gross,
        policy=tariff.rounding,
        prices=tariff.prices,
        carried_from=circumstances.carried_over,
        carried_over=carried_over,
        energy=energy,
    )


def vat_rates(
    tariff: Tariff,
    period: Period,
    drafts: Iterable[Draft],
    *,
    circumstances: Circumstances = PLAIN,
) -> tuple[Decimal, ...]:
    """Return the VAT rate of each line in percent, zero outside VAT; raises as `total_bill`."""
    rates = _Rates(tariff, period, circumstances)
    found = (rates.of(draft) for draft in drafts)
    return tuple(Decimal(0) if rate is None else rate.value for rate in found)


@attrs.frozen
class _Rates:
    """Which VAT rate holds for a line, by the tax point of the tariff."""

    tariff: Tariff
    period: Period
    circumstances: Circumstances

    def of(self, draft: Draft) -> Factor | None:
        tax = self.tariff.tax(draft.tax_code)
        return None if tax is None else factor_on(tax.rate, self._day(draft), "%")

    def _day(self, draft: Draft) -> date:
        last = self.period.last
        match self.tariff.tax_point:
            case TaxPoint.PRO_RATA:
                return draft.tax_day
            case TaxPoint.READING_END:
                return last
            case TaxPoint.DELIVERY_MONTH:
                month_end = add_months(draft.tax_day.replace(day=1), 1)
                return min(month_end, self._charged(draft).until) - timedelta(days=1)
            case TaxPoint.INVOICE_DATE:
                if self.circumstances.invoiced_on is None:
                    raise Invalid("pricing.invoice_date_missing", "the invoice's date is needed")
                return self.circumstances.invoiced_on

    def _charged(self, draft: Draft) -> Period:
        """Return the days that a line is charged among: the billed ones, or those in advance."""
        advance = self.circumstances.advance
        return advance if advance and draft.tax_day in advance else self.period


def _line(tariff: Tariff, draft: Draft, rates: _Rates) -> PriceLine:
    derivation = draft.derivation.rounded(tariff.rounding.rounding)
    rate = rates.of(draft)
    return PriceLine(
        component=draft.component,
        label=draft.label,
        period=draft.period,
        quantity=shown_of(draft.quantity),
        unit=draft.unit,
        price=shown_of(draft.price),
        price_unit=draft.price_unit,
        amount=Money(recompute(derivation), tariff.currency),
        tax_code=draft.tax_code,
        estimated=draft.estimated,
        derivation=derivation,
        group=draft.group,
        tax_rate=Decimal(0) if rate is None else rate.value,
    )


def _groups(
    tariff: Tariff, drafts: tuple[Draft, ...], lines: tuple[PriceLine, ...], rates: _Rates
) -> Iterator[_Group]:
    found: dict[tuple[str, Decimal], list[tuple[Draft, PriceLine]]] = {}
    for draft, line in zip(drafts, lines, strict=True):
        found.setdefault((line.tax_code, line.tax_rate), []).append((draft, line))
    for (tax_code, _), members in found.items():
        first, _ = members[0]
        total = _total(tariff, [draft for draft, _ in members])
        shown = tuple(line for _, line in members)
        yield _Group(tax_code, rates.of(first), shown, total, exact(total))


def _total(tariff: Tariff, drafts: list[Draft]) -> Derivation:
    rounding = tariff.rounding.rounding
    exactly = [draft.derivation for draft in drafts]
    scope = tariff.rounding.scope
    if scope is RoundingScope.LINE:
        return product("lines", (), (), (each.rounded(rounding) for each in exactly))
    if scope is RoundingScope.SUBTOTAL:
        return product("subtotals", (), (), _subtotals(drafts, rounding))
    total = product("lines", (), (), exactly)
    return total.rounded(rounding) if scope is RoundingScope.TAX_GROUP else total


def _subtotals(drafts: list[Draft], rounding: Rounding) -> Iterator[Derivation]:
    for group in dict.fromkeys(draft.group for draft in drafts):
        parts = [draft.derivation for draft in drafts if draft.group == group]
        yield product(group, (), (), parts).rounded(rounding)


def _tax_line(tariff: Tariff, group: _Group) -> TaxLine:
    assert group.rate is not None
    inclusive = tariff.prices is Prices.TAX_INCLUSIVE
    whole = group.percent + 100 if inclusive else Decimal(100)
    tax = tariff.tax(group.tax_code)
    assert tax is not None  # a rate is that of a tax
    derivation = product(tax.name, [group.rate], [Factor("", whole, "%")], [group.total])
    derivation = derivation.rounded(tariff.rounding.rounding)
    amount = Money(recompute(derivation), tariff.currency)
    total = _in_cents(tariff, group.value)
    base = total - amount if inclusive else total
    return TaxLine(group.tax_code, group.percent, base, amount, derivation)


def _gross(tariff: Tariff, groups: tuple[_Group, ...], tax: Money) -> Money:
    """Return the total to pay; by END it is the one sum that is rounded."""
    exactly = [(group.value, Fraction(group.percent)) for group in groups]
    if tariff.prices is Prices.TAX_INCLUSIVE:
        return _in_cents(tariff, sum((total for total, _ in exactly), start=Fraction(0)))
    if tariff.rounding.scope is RoundingScope.END:
        with_tax = (total * (100 + percent) / 100 for total, percent in exactly)
        return _in_cents(tariff, sum(with_tax, start=Fraction(0)))
    return _in_cents(tariff, sum((total for total, _ in exactly), start=Fraction(0))) + tax


def _rounding_of_group(tariff: Tariff, period: Period, group: _Group) -> Iterator[PriceLine]:
    """Yield the cents by which the shown lines of a tax rate miss its base, if they do."""
    total = _in_cents(tariff, group.value)
    yield from _rounding(tariff, period, group.lines, total, group.tax_code, group.percent)


def _rounding_of_bill(
    tariff: Tariff, period: Period, lines: tuple[PriceLine, ...], to_show: Money
) -> Iterator[PriceLine]:
    """Yield the cents by which bases and taxes miss a total that was rounded as a whole."""
    yield from _rounding(tariff, period, lines, to_show, NO_TAX, Decimal(0))


def _rounding(
    tariff: Tariff,
    period: Period,
    lines: Iterable[PriceLine],
    total: Money,
    tax_code: str,
    rate: Decimal,
) -> Iterator[PriceLine]:
    sums = Money.total((line.amount for line in lines), tariff.currency)
    missing = total - sums
    if not missing:
        return
    parts = (
        given("total, rounded once", total.amount, tariff.currency),
        given("lines as shown", -sums.amount, tariff.currency),
    )
    yield PriceLine(
        component=ROUNDING,
        label=tariff.rounding_label,
        period=period,
        quantity=Decimal(1),
        unit="",
        price=missing.amount,
        price_unit=tariff.currency,
        amount=missing,
        tax_code=tax_code,
        estimated=False,
        derivation=product(tariff.rounding_label, (), (), parts).rounded(tariff.rounding.rounding),
        group=ROUNDING,
        tax_rate=rate,
    )


def _in_cents(tariff: Tariff, amount: Fraction) -> Money:
    return Money(round_exactly(amount, tariff.rounding.rounding), tariff.currency)
