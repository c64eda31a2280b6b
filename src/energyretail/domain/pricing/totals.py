"""Totals of a bill: where each rounding policy rounds, and the lines that make the sums true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    CarriedOver,
)
from energyretail.domain.pricing.components import Draft, shown_of
from energyretail.domain.pricing.derivation import (
    Derivation,
    Factor,
    exact,
    given,
    product,
    recompute,
    round_exactly,
)
from energyretail.domain.shared import (
    Money,
    Period,
    Rounding,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["BillTerms", "TaxedLine", "total_lines"]


@attrs.frozen
class BillTerms:
    """How drafted lines become a bill, whatever the tariff says besides.

    `taxes` has the name of each tax by its code.
    """

    currency: str
    prices: Prices
    rounding: RoundingPolicy
    rounding_label: str
    taxes: tuple[tuple[str, str], ...]

    def cents(self, amount: Fraction) -> Money:
        """Return an amount, rounded as the policy has it."""
        return Money(round_exactly(amount, self.rounding.rounding), self.currency)


@attrs.frozen
class TaxedLine:
    """A drafted line and the VAT rate that holds for it, None outside VAT."""

    draft: Draft
    rate: Factor | None


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


def total_lines(
    terms: BillTerms,
    period: Period,
    taxed: tuple[TaxedLine, ...],
    *,
    carried_from: CarriedOver = NOTHING_CARRIED,
    carried_over: CarriedOver = NOTHING_CARRIED,
    energy: Decimal | None = None,
) -> PricedBill:
    """Return the bill of lines whose VAT rates are known: see `taxing.total_bill`."""
    lines = tuple(_line(terms, each) for each in taxed)
    groups = tuple(_groups(terms, taxed, lines))
    taxes = tuple(_tax_line(terms, group) for group in groups if group.rate is not None)
    tax = Money.of_cents(sum(line.amount.cents for line in taxes), terms.currency)
    gross = _gross(terms, groups, tax)
    inclusive = terms.prices is Prices.TAX_INCLUSIVE
    to_show = gross if inclusive else gross - tax
    lines += tuple(line for g in groups for line in _rounding_of_group(terms, period, g))
    lines += tuple(_rounding_of_bill(terms, period, lines, to_show))
    return PricedBill(
        currency=terms.currency,
        period=period,
        lines=lines,
        taxes=taxes,
        net=gross - tax,
        tax=tax,
        gross=gross,
        policy=terms.rounding,
        prices=terms.prices,
        carried_from=carried_from,
        carried_over=carried_over,
        energy=energy,
    )


def _line(terms: BillTerms, taxed: TaxedLine) -> PriceLine:
    draft, rate = taxed.draft, taxed.rate
    derivation = draft.derivation.rounded(terms.rounding.rounding)
    return PriceLine(
        component=draft.component,
        label=draft.label,
        period=draft.period,
        quantity=shown_of(draft.quantity),
        unit=draft.unit,
        price=shown_of(draft.price),
        price_unit=draft.price_unit,
        amount=Money(recompute(derivation), terms.currency),
        tax_code=draft.tax_code,
        estimated=draft.estimated,
        derivation=derivation,
        group=draft.group,
        tax_rate=Decimal(0) if rate is None else rate.value,
    )


def _groups(
    terms: BillTerms, taxed: tuple[TaxedLine, ...], lines: tuple[PriceLine, ...]
) -> Iterator[_Group]:
    found: dict[tuple[str, Decimal], list[tuple[TaxedLine, PriceLine]]] = {}
    for each, line in zip(taxed, lines, strict=True):
        found.setdefault((line.tax_code, line.tax_rate), []).append((each, line))
    for (tax_code, _), members in found.items():
        shown = tuple(line for _, line in members)
        total = _total(terms, [each.draft for each, _ in members], shown)
        yield _Group(tax_code, members[0][0].rate, shown, total, exact(total))


def _total(terms: BillTerms, drafts: list[Draft], shown: tuple[PriceLine, ...]) -> Derivation:
    rounding = terms.rounding.rounding
    exactly = [draft.derivation for draft in drafts]
    scope = terms.rounding.scope
    if scope is RoundingScope.LINE:
        return product("lines", (), (), (line.derivation for line in shown))
    if scope is RoundingScope.SUBTOTAL:
        return product("subtotals", (), (), _subtotals(drafts, rounding))
    total = product("lines", (), (), exactly)
    return total.rounded(rounding) if scope is RoundingScope.TAX_GROUP else total


def _subtotals(drafts: list[Draft], rounding: Rounding) -> Iterator[Derivation]:
    for group in dict.fromkeys(draft.group for draft in drafts):
        parts = [draft.derivation for draft in drafts if draft.group == group]
        yield product(group, (), (), parts).rounded(rounding)


def _tax_line(terms: BillTerms, group: _Group) -> TaxLine:
    assert group.rate is not None
    inclusive = terms.prices is Prices.TAX_INCLUSIVE
    whole = group.percent + 100 if inclusive else Decimal(100)
    name = dict(terms.taxes)[group.tax_code]
    derivation = product(name, [group.rate], [Factor("", whole, "%")], [group.total])
    derivation = derivation.rounded(terms.rounding.rounding)
    amount = Money(recompute(derivation), terms.currency)
    total = terms.cents(group.value)
    base = total - amount if inclusive else total
    return TaxLine(group.tax_code, group.percent, base, amount, derivation)


def _gross(terms: BillTerms, groups: tuple[_Group, ...], tax: Money) -> Money:
    """Return the total to pay; by END it is the one sum that is rounded."""
    exactly = [(group.value, Fraction(group.percent)) for group in groups]
    if terms.prices is Prices.TAX_INCLUSIVE:
        return terms.cents(sum((total for total, _ in exactly), start=Fraction(0)))
    if terms.rounding.scope is RoundingScope.END:
        with_tax = (total * (100 + percent) / 100 for total, percent in exactly)
        return terms.cents(sum(with_tax, start=Fraction(0)))
    return terms.cents(sum((total for total, _ in exactly), start=Fraction(0))) + tax


def _rounding_of_group(terms: BillTerms, period: Period, group: _Group) -> Iterator[PriceLine]:
    """Yield the cents by which the shown lines of a tax rate miss its base, if they do."""
    total = terms.cents(group.value)
    yield from _rounding(terms, period, group.lines, total, group.tax_code, group.percent)


def _rounding_of_bill(
    terms: BillTerms, period: Period, lines: tuple[PriceLine, ...], to_show: Money
) -> Iterator[PriceLine]:
    """Yield the cents by which bases and taxes miss a total that was rounded as a whole."""
    yield from _rounding(terms, period, lines, to_show, NO_TAX, Decimal(0))


def _rounding(
    terms: BillTerms,
    period: Period,
    lines: Iterable[PriceLine],
    total: Money,
    tax_code: str,
    rate: Decimal,
) -> Iterator[PriceLine]:
    sums = Money.total((line.amount for line in lines), terms.currency)
    missing = total - sums
    if not missing:
        return
    parts = (
        given("total, rounded once", total.amount, terms.currency),
        given("lines as shown", -sums.amount, terms.currency),
    )
    yield PriceLine(
        component=ROUNDING,
        label=terms.rounding_label,
        period=period,
        quantity=Decimal(1),
        unit="",
        price=missing.amount,
        price_unit=terms.currency,
        amount=missing,
        tax_code=tax_code,
        estimated=False,
        derivation=product(terms.rounding_label, (), (), parts).rounded(terms.rounding.rounding),
        group=ROUNDING,
        tax_rate=rate,
    )
