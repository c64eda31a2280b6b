"""How far back more may be charged: what is older is written off by a line that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.customer_faults import CustomerFault, FaultDays
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import CENTS_HALF_UP, Invalid, Money, Period, add_months

__all__ = [
    "BACK_BILLING",
    "BackBillingLimit",
    "BackBillingRule",
    "limit_back_billing",
    "reaches_back",
]

BACK_BILLING = "back_billing"  # the component of the lines that write off what is too old


@attrs.frozen
class BackBillingLimit:
    """One limit as the law has it, for bills issued in `valid`.

    No more is charged for days before the same day `months` earlier. It protects customers of
    the `protects` kinds, unless the customer did one of `lifted_by`. `label` is what the line
    that writes off says.

    Raises Invalid ``billing.back_billing.months`` (a limit is a month or more).
    """

    valid: Period
    months: int = attrs.field()
    protects: frozenset[CustomerKind]
    lifted_by: frozenset[CustomerFault]
    label: str
    source: str

    @months.validator
    def _some(self, _: object, value: int) -> None:
        if value < 1:
            raise Invalid("billing.back_billing.months", "a limit is a month or more", months=value)


@attrs.frozen
class BackBillingRule:
    """The limits of a market over time."""

    market: str
    limits: tuple[BackBillingLimit, ...]

    def on(self, day: date, *, customer: CustomerKind) -> BackBillingLimit | None:
        """Return the limit of what is issued on a day, None where nothing limits it."""
        for limit in self.limits:
            if day in limit.valid and customer in limit.protects:
                return limit
        return None


@attrs.frozen
class _Share:
    """What some days too old add to the bill in force, under one tax code and rate."""

    days: Period
    tax_code: str
    rate: Decimal
    parts: tuple[pricing.Derivation, ...]

    @property
    def value(self) -> Fraction:
        return sum((pricing.exact(part) for part in self.parts), Fraction(0))


def limit_back_billing(
    draft: Draft,
    *,
    billed: Invoice | None,
    on: date,
    rule: BackBillingRule | None,
    customer: CustomerKind,
    faults: Sequence[FaultDays] = (),
) -> Draft:
    """Return `draft` without any increase for days too old to be charged on the day `on`.

    The increase is the share by days of every line in the days before the limit, less that of
    the bill in force of `billed` (None for a first bill). It is taken as one sum with tax over
    all lines, so that energy moved between registers is no increase. More than nothing is
    written off, by one line a tax rate, with its tax; a decrease is always given. Days of one of
    `faults` that lifts the limit are not too old. Amounts are rounded once, half up to the cent.
    """
    period = draft.bill.period
    limit = reaches_back(period, on=on, rule=rule, customer=customer)
    if limit is None:
        return draft
    first = add_months(on, -limit.months)
    lifted = [each.days for each in faults if each.fault in limit.lifted_by]
    old = _but(Period(period.start, min(first, period.until)), lifted)
    shares = tuple(share for days in old for share in _shares(draft.bill, billed, days))
    if sum((_with_tax(share, draft.bill.prices) for share in shares), Fraction(0)) <= 0:
        return draft
    lines = tuple(line for share in shares if (line := _line(share, limit, draft)).amount)
    return attrs.evolve(draft, bill=_with(draft.bill, lines))


def reaches_back(
    period: Period, *, on: date, rule: BackBillingRule | None, customer: CustomerKind
) -> BackBillingLimit | None:
    """Return the limit that days of a period are too old for on a day, None where none is."""
    limit = rule.on(on, customer=customer) if rule else None
    return limit if limit and add_months(on, -limit.months) > period.start else None


def _but(days: Period, lifted: Iterable[Period]) -> tuple[Period, ...]:
    """Return what is left of `days` without those of any other period, in order."""
    away = [met for each in lifted if (met := each.meets(days)) is not None]
    parts = days.split([bound for each in away for bound in (each.start, each.until)])
    return tuple(part for part in parts if not any(each.covers(part) for each in away))


def _shares(bill: pricing.PricedBill, billed: Invoice | None, old: Period) -> Iterator[_Share]:
    found: dict[tuple[str, Decimal], list[pricing.Derivation]] = {}
    for line in bill.lines:
        if (days := line.period.meets(old)) is not None:
            of = found.setdefault((line.tax_code, line.tax_rate), [])
            of.append(_part(line, days, line.derivation, sign=1))
    for line in billed.standing.lines if billed else ():
        if billed and (days := line.period.meets(old)) is not None:
            of = found.setdefault((line.tax_code, line.tax_rate), [])
            amount = line.amount
            was = pricing.given(line.label, amount.amount, amount.currency, f"bill {billed.number}")
            of.append(_part(line, days, was, sign=-1))
    for (code, rate), parts in found.items():
        yield _Share(old, code, rate, tuple(parts))


def _part(
    line: pricing.PriceLine, days: Period, amount: pricing.Derivation, *, sign: int
) -> pricing.Derivation:
    return pricing.product(
        line.label,
        [pricing.Factor("days too old", sign * days.days, "days")],
        [pricing.Factor("days", line.period.days, "days")],
        [amount],
    )


def _with_tax(share: _Share, prices: pricing.Prices) -> Fraction:
    if prices is pricing.Prices.TAX_INCLUSIVE:
        return share.value
    return share.value * (100 + Fraction(share.rate)) / 100


def _line(share: _Share, limit: BackBillingLimit, draft: Draft) -> pricing.PriceLine:
    minus = pricing.Factor("not charged", -1, "", limit.source)
    derivation = pricing.product(limit.label, [minus], [], share.parts).rounded(CENTS_HALF_UP)
    amount = pricing.recompute(derivation)
    return pricing.PriceLine(
        component=BACK_BILLING,
        label=limit.label,
        period=share.days,
        quantity=Decimal(1),
        unit="",
        price=amount,
        price_unit=draft.bill.currency,
        amount=Money(amount, draft.bill.currency),
        tax_code=share.tax_code,
        estimated=draft.bill.estimated,
        derivation=derivation,
        group=BACK_BILLING,
        tax_rate=share.rate,
    )


def _with(bill: pricing.PricedBill, lines: tuple[pricing.PriceLine, ...]) -> pricing.PricedBill:
    """Return `bill` with `lines` more, its taxes and totals as they follow."""
    taxed: dict[tuple[str, Decimal], list[pricing.PriceLine]] = {}
    for line in lines:
        if line.tax_code != pricing.NO_TAX:
            taxed.setdefault((line.tax_code, line.tax_rate), []).append(line)
    present = {(tax.tax, tax.rate): tax for tax in bill.taxes}
    taxes = tuple(
        _tax(bill, present.get(key), taxed.get(key, ()))
        for key in dict.fromkeys((*present, *taxed))
    )
    tax = Money.total((each.amount for each in taxes), bill.currency)
    more = Money.total((line.amount for line in lines), bill.currency)
    inclusive = bill.prices is pricing.Prices.TAX_INCLUSIVE
    gross = bill.gross + more if inclusive else bill.net + more + tax
    return attrs.evolve(
        bill, lines=bill.lines + lines, taxes=taxes, net=gross - tax, tax=tax, gross=gross
    )


def _tax(
    bill: pricing.PricedBill,
    present: pricing.TaxLine | None,
    lines: Sequence[pricing.PriceLine],
) -> pricing.TaxLine:
    """Return the tax of a rate once lines are written off: on the sum that is left."""
    if not lines:
        assert present is not None
        return present
    tax_code, rate = lines[0].tax_code, lines[0].tax_rate
    inclusive = bill.prices is pricing.Prices.TAX_INCLUSIVE
    zero = Money.zero(bill.currency)
    was = (present.base + (present.amount if inclusive else zero)) if present else zero
    left = was + Money.total((line.amount for line in lines), bill.currency)
    derivation = pricing.product(
        tax_code,
        [pricing.Factor("rate", rate, "%")],
        [pricing.Factor("", rate + 100 if inclusive else 100, "%")],
        [
            pricing.given("before", was.amount, bill.currency),
            *(line.derivation for line in lines),
        ],
    ).rounded(CENTS_HALF_UP)
    amount = Money(pricing.recompute(derivation), bill.currency)
    base = left - amount if inclusive else left
    return pricing.TaxLine(tax_code, rate, base, amount, derivation)
