"""Why one bill of a supply differs from another: the difference shared out among its causes."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.comparison_figures import (
    BillFigures,
    PartFigures,
    bill_figures,
    part_figures,
)
from energyretail.domain.billing.invoices import Invoice, InvoiceKind
from energyretail.domain.billing.priced_parts import (
    Measure,
    PartKey,
    PricedPart,
    parts_of,
    with_unused,
)
from energyretail.domain.billing.substitution import Change, in_cents, shares
from energyretail.domain.shared import ContractNumber, Cups, Money, Refused

__all__ = ["Comparison", "Effect", "EffectKind", "PartComparison", "compare"]


class EffectKind(enum.Enum):
    """Why an amount differs, in the order it is told.

    USAGE is energy a day; ESTIMATE the same where one of the two bills rests on an estimated
    reading, CORRECTION where both are for the same days and so one replaces the other. POWER is
    the power subscribed, DAYS the time charged, TAXES a rate of VAT or of a percentage on other
    lines, LINES what only one of the bills charges, OTHER what no figure explains.
    """

    PRICE = "price"
    USAGE = "usage"
    ESTIMATE = "estimate"
    CORRECTION = "correction"
    POWER = "power"
    DAYS = "days"
    TAXES = "taxes"
    LINES = "lines"
    OTHER = "other"


@attrs.frozen
class Effect:
    """What one cause adds to the gross amount, in whole cents; negative makes it cheaper."""

    kind: EffectKind
    amount: Money


@attrs.frozen
class PartComparison:
    """One price of the two bills; `previous` or `current` is None where that bill has it not.

    `difference` is the sum of `effects` and has the VAT on it.
    """

    component: str
    label: str
    previous: PartFigures | None
    current: PartFigures | None
    effects: tuple[Effect, ...]
    difference: Money


@attrs.frozen
class Comparison:
    """Two bills of one supply and what makes the second differ from the first.

    `difference` is current gross less previous gross. The `effects`, one of every kind, sum to
    it, and each is the sum of the effects of its kind in `parts`, to the cent.
    """

    contract: ContractNumber
    cups: Cups
    previous: BillFigures
    current: BillFigures
    difference: Money
    effects: tuple[Effect, ...]
    parts: tuple[PartComparison, ...]

    def effect(self, kind: EffectKind) -> Money:
        """Return what one cause adds."""
        return next(effect.amount for effect in self.effects if effect.kind is kind)

    @property
    def causes(self) -> tuple[Effect, ...]:
        """The effects that are not zero, the greatest first, its sign aside."""
        some = (effect for effect in self.effects if effect.amount)
        return tuple(sorted(some, key=lambda effect: -abs(effect.amount.cents)))


def compare(previous: Invoice, current: Invoice) -> Comparison:
    """Share the difference in gross between two bills of one supply out among its causes.

    A bill is a sum of prices, each known by component and label. Before rounding each is
    price x energy a day x days, price x power x time, price x share of the days x time, or a
    percentage of others; times one plus VAT. Every such product is shared out by
    `substitution.shares`: the mean over all orders in which price, quantity, time and taxes
    could be exchanged, so none comes first. A percentage of other lines is shared out as those
    lines are, its rate and the VAT being one factor (TAXES). The price of a quantity is its
    average over the bill, over whatever versions were in force. Where nothing was used no price
    is known and the other bill's counts. A price that only one bill has is LINES, whole, but
    for energy by a component both have under one tariff: the other used none of it. What is
    neither energy, power nor time is OTHER. Where prices contain the VAT, its rate is no
    cause: what the customer is asked for is the price.

    The sums are exact. Each effect is rounded to cents once, half away from zero; the cents of
    rounding, the bills' own included, go to the greatest effect. An effect is shared out among
    the parts likewise. So all sums hold to the cent, a bill differs from itself by nothing, and
    exchanging the two bills negates every effect.

    A rectification stands for the whole bill it leaves.

    Raises Refused ``billing.comparison.other_supply``, ``.currency`` or ``.credit_note`` (a
    credit note takes back the whole bill: there is nothing to explain).
    """
    _refuse_what_is_not_alike(previous, current)
    previous, current = _whole(previous), _whole(current)
    pair = _pair_of(previous, current)
    exact = pair.with_unused(same_tariff=previous.tariff == current.tariff).all_effects()
    by_kind: dict[EffectKind, Fraction] = dict.fromkeys(EffectKind, Fraction(0))
    for of_part in exact.values():
        for kind, amount in of_part.items():
            by_kind[kind] += amount
    difference = current.gross - previous.gross
    unexplained = Fraction(difference.amount) - sum(by_kind.values())
    if abs(unexplained) > _most_by_rounding(previous, current):
        by_kind[EffectKind.OTHER] += unexplained
    cents = in_cents(by_kind, difference.cents, otherwise=EffectKind.OTHER)
    currency = difference.currency
    return Comparison(
        contract=current.contract,
        cups=current.cups,
        previous=bill_figures(previous),
        current=bill_figures(current),
        difference=difference,
        effects=tuple(Effect(kind, Money.of_cents(cents[kind], currency)) for kind in EffectKind),
        parts=_part_comparisons(pair, exact, cents, currency),
    )


def _whole(invoice: Invoice) -> Invoice:
    if invoice.stands is None:
        return invoice
    return attrs.evolve(invoice, kind=InvoiceKind.REBILL, bill=invoice.stands, stands=None)


def _refuse_what_is_not_alike(previous: Invoice, current: Invoice) -> None:
    facts = {"previous": previous.number, "current": current.number}
    if InvoiceKind.CREDIT_NOTE in (previous.kind, current.kind):
        raise Refused("billing.comparison.credit_note", "a credit note has no causes", **facts)
    if (previous.contract, previous.cups) != (current.contract, current.cups):
        raise Refused("billing.comparison.other_supply", "bills of two supplies", **facts)
    if previous.gross.currency != current.gross.currency:
        raise Refused("billing.comparison.currency", "bills in two currencies", **facts)


def _most_by_rounding(previous: Invoice, current: Invoice) -> Fraction:
    # Half a cent for every amount that was rounded.
    rounded = sum(len(bill.lines) + len(bill.taxes) + 1 for bill in (previous, current))
    return Fraction(rounded, 200)


_Effects = Mapping[EffectKind, Fraction]


def _pair_of(previous: Invoice, current: Invoice) -> _Pair:
    inclusive = pricing.Prices.TAX_INCLUSIVE
    without_vat = not (previous.bill.prices is current.bill.prices is inclusive)
    return _Pair(
        previous=parts_of(previous, without_vat=without_vat),
        current=parts_of(current, without_vat=without_vat),
        days=Change(Fraction(previous.period.days), Fraction(current.period.days)),
        same_days=previous.period == current.period,
    )


@attrs.frozen
class _Pair:
    """The two bills taken apart."""

    previous: Mapping[PartKey, PricedPart]
    current: Mapping[PartKey, PricedPart]
    days: Change
    same_days: bool

    def with_unused(self, *, same_tariff: bool) -> _Pair:
        """Return the pair with what one bill did not use, where one tariff names its prices."""
        if not same_tariff:
            return self
        return attrs.evolve(
            self,
            previous=with_unused(self.previous, self.current),
            current=with_unused(self.current, self.previous),
        )

    def all_effects(self) -> dict[PartKey, _Effects]:
        """Return what each cause adds to each part, in an order that exchanging does not change."""
        return {key: self.effects(key) for key in sorted({*self.previous, *self.current})}

    def effects(self, key: PartKey) -> _Effects:
        """Return what each cause adds to one part, exactly."""
        before, after = self.previous.get(key), self.current.get(key)
        if before is None or after is None:
            gross = Change(
                before.gross if before else Fraction(0), after.gross if after else Fraction(0)
            )
            return {EffectKind.LINES: gross.after - gross.before}
        shares_before, shares_after = (
            _leaves(self.previous, before, before.tax),
            _leaves(self.current, after, after.tax),
        )
        found: dict[EffectKind, Fraction] = {}
        for leaf in dict.fromkeys((*shares_after, *shares_before)):
            nothing = Fraction(0)
            taxes = Change(shares_before.get(leaf, nothing), shares_after.get(leaf, nothing))
            for kind, amount in self._of_leaf(leaf, taxes):
                found[kind] = found.get(kind, nothing) + amount
        return found

    def _of_leaf(self, leaf: PartKey, taxes: Change) -> Iterator[tuple[EffectKind, Fraction]]:
        before, after = self.previous.get(leaf), self.current.get(leaf)
        if before is None or after is None:
            amount = after.net * taxes.after if after else Fraction(0)
            yield EffectKind.LINES, amount - (before.net * taxes.before if before else 0)
            return
        factors = {**self._factors(before, after), EffectKind.TAXES: taxes}
        yield from zip(factors, shares(tuple(factors.values())), strict=True)

    def _factors(self, before: PricedPart, after: PricedPart) -> dict[EffectKind, Change]:
        measure = before.measure if before.measure is after.measure else Measure.ELSE
        if measure is Measure.ENERGY and before.unit == after.unit:
            return self._of_energy(before, after)
        if measure in (Measure.POWER, Measure.TIME):
            return self._of_time(before, after)
        return {EffectKind.OTHER: Change(before.net, after.net)}

    def _of_energy(self, before: PricedPart, after: PricedPart) -> dict[EffectKind, Change]:
        kind = EffectKind.USAGE
        if before.estimated or after.estimated:
            kind = EffectKind.ESTIMATE
        elif self.same_days:
            kind = EffectKind.CORRECTION
        return {
            EffectKind.PRICE: _prices(before, after, before.quantity, after.quantity),
            kind: Change(before.quantity / self.days.before, after.quantity / self.days.after),
            EffectKind.DAYS: self.days,
        }

    def _of_time(self, before: PricedPart, after: PricedPart) -> dict[EffectKind, Change]:
        # The part of the bill's days a charge stood for is no length of the bill.
        stood = Change(before.days / self.days.before, after.days / self.days.after)
        time = _time(before, after)
        powers = Change(Fraction(1), Fraction(1))
        if before.measure is Measure.POWER:
            powers = Change(before.quantity, after.quantity)
        return {
            EffectKind.PRICE: _prices(
                before, after, powers.before * time.before, powers.after * time.after
            ),
            EffectKind.POWER: powers,
            EffectKind.LINES: stood,
            EffectKind.DAYS: Change(time.before / stood.before, time.after / stood.after),
        }


def _time(before: PricedPart, after: PricedPart) -> Change:
    units = {line.price_unit for part in (before, after) for line in part.lines}
    a_day = [p.span / p.days for p in (before, after) if p.span is not None]
    if len(units) > 1 or not a_day:
        return Change(Fraction(before.days), Fraction(after.days))
    # What was free of charge the whole time is counted as the other bill counts.
    return Change(
        a_day[-1] * before.days if before.span is None else before.span,
        a_day[0] * after.days if after.span is None else after.span,
    )


def _prices(
    before: PricedPart, after: PricedPart, measure_before: Fraction, measure_after: Fraction
) -> Change:
    known = [
        part.net / measure
        for part, measure in ((before, measure_before), (after, measure_after))
        if measure
    ]
    return Change(known[0], known[-1]) if known else Change(Fraction(0), Fraction(0))


def _leaves(
    parts: Mapping[PartKey, PricedPart], part: PricedPart, times: Fraction
) -> dict[PartKey, Fraction]:
    """Return the parts that `part` is a percentage of, at any depth, each with the percentage.

    A part that is none of others is its own; every percentage is multiplied by `times`.
    """
    bases = [parts[key] for key in part.bases]
    base = sum((each.net for each in bases), start=Fraction(0))
    # Of nothing no percentage can be told but the one named.
    rate = part.net / base if base else part.percentage
    if not bases or rate is None or (part.net and not base):
        return {part.key: times}
    found: dict[PartKey, Fraction] = {}
    for each in bases:
        for key, share in _leaves(parts, each, times * rate).items():
            found[key] = found.get(key, Fraction(0)) + share
    return found


def _part_comparisons(
    pair: _Pair,
    exact: Mapping[PartKey, _Effects],
    cents: Mapping[EffectKind, int],
    currency: str,
) -> tuple[PartComparison, ...]:
    by_kind = {
        kind: in_cents(
            {key: effects[kind] for key, effects in exact.items() if kind in effects},
            total,
            otherwise=_ROUNDING_PART,
        )
        for kind, total in cents.items()
    }
    keys = [*dict.fromkeys((*pair.current, *pair.previous))]
    if any(_ROUNDING_PART in shared for shared in by_kind.values()):
        keys.append(_ROUNDING_PART)
    figures = [part_figures(parts, currency) for parts in (pair.previous, pair.current)]
    return tuple(
        _part_comparison(key, {k: by_kind[k].get(key, 0) for k in EffectKind}, figures, currency)
        for key in keys
    )


_ROUNDING_PART: PartKey = (pricing.ROUNDING, pricing.ROUNDING)


def _part_comparison(
    key: PartKey,
    cents: Mapping[EffectKind, int],
    figures: Sequence[Mapping[PartKey, PartFigures]],
    currency: str,
) -> PartComparison:
    before, after = (of_bill.get(key) for of_bill in figures)
    component, label = key
    return PartComparison(
        component=component,
        label=label,
        previous=before,
        current=after,
        effects=tuple(
            Effect(kind, Money.of_cents(amount, currency))
            for kind, amount in cents.items()
            if amount
        ),
        difference=Money.of_cents(sum(cents.values()), currency),
    )
