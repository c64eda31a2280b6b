"""Rectification by difference: one document that says by how much a bill in force was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.invoices import Invoice, InvoiceKind, issued_event, refuse_other
from energyretail.domain.billing.negation import taken_back
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Event,
    InvoiceNumber,
    Money,
    Period,
    Refused,
    exact_sum,
)

__all__ = ["difference", "rectify"]

# What makes two lines the same one: component, label, period, tax code, rate in percent.
_LineKey = tuple[str, str, Period, str, Decimal]
_Lines = Sequence[pricing.PriceLine]


def rectify(
    original: Invoice, draft: Draft, *, number: InvoiceNumber, issued_on: date, due_on: date
) -> tuple[Invoice, tuple[Event, ...]]:
    """Return the one document that turns the bill in force of `original` into that of `draft`.

    Its lines, taxes and totals are new minus old; what it leaves standing is the draft's bill,
    from which it is rectified again. It names `original`, as RD 1619/2012 art. 15.4 wants of a
    rectifying document, and is an open item of its own: due on `due_on` where more is owed, at
    once where money is given back. Raises Refused ``billing.rebill.other``, and
    ``billing.difference.unlike`` where the two bills cannot be subtracted.
    """
    refuse_other(draft, original)
    bill = attrs.evolve(
        difference(original.standing, draft.bill, of=original.number),
        carried_from=draft.bill.carried_from,
        carried_over=draft.bill.carried_over,
    )
    document = Invoice(
        number=number,
        kind=InvoiceKind.RECTIFICATION,
        contract=draft.contract,
        customer=draft.customer,
        cups=draft.cups,
        tariff=draft.tariff,
        bill=bill,
        readings=draft.readings,
        issued_on=issued_on,
        due_on=due_on if bill.gross.cents > 0 else issued_on,
        original=original.number,
        price_digest=draft.price_digest,
        basis=draft.basis,
        stage=draft.stage,
        stands=draft.bill,
    )
    return document, (issued_event(document),)


def difference(
    old: pricing.PricedBill, new: pricing.PricedBill, *, of: InvoiceNumber
) -> pricing.PricedBill:
    """Return `new` minus `old`, the bill in force of document `of`, line by line.

    Lines are matched by component, label, period, tax code and rate; one that is in one bill
    alone comes whole, one that did not change is left out. Each amount is computed again by its
    derivation from both calculations, nothing rounded twice. Raises Refused
    ``billing.difference.unlike`` for two currencies, or prices with and without VAT.
    """
    if (old.currency, old.prices) != (new.currency, new.prices):
        raise Refused(
            "billing.difference.unlike",
            "bills of two currencies, or with and without VAT, are not subtracted",
            original=of,
            old=f"{old.currency} {old.prices.value}",
            new=f"{new.currency} {new.prices.value}",
        )
    before, after = _by_key(old.lines), _by_key(new.lines)
    # The order of the new bill, then what is only in the old one.
    keys = dict.fromkeys((*after, *before))
    lines = [_line(before.get(key, ()), after.get(key, ()), of) for key in keys]
    return pricing.PricedBill(
        currency=new.currency,
        period=new.period,
        lines=tuple(line for line in lines if line.amount or line.quantity),
        taxes=_taxes(old, new, of),
        net=new.net - old.net,
        tax=new.tax - old.tax,
        gross=new.gross - old.gross,
        policy=new.policy,
        prices=new.prices,
        energy=_energy(old.energy, new.energy),
    )


def _energy(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return None if old is None or new is None else exact_sum(new, -old)


def _by_key(lines: Iterable[pricing.PriceLine]) -> Mapping[_LineKey, _Lines]:
    found: dict[_LineKey, list[pricing.PriceLine]] = {}
    for line in lines:
        key = (line.component, line.label, line.period, line.tax_code, line.tax_rate)
        found.setdefault(key, []).append(line)
    return found


def _line(old: _Lines, new: _Lines, of: InvoiceNumber) -> pricing.PriceLine:
    like = (new or old)[0]
    amount = _sum(new, like) - _sum(old, like)
    quantity, unit, price, price_unit = _shown(old, new, amount)
    return pricing.PriceLine(
        component=like.component,
        label=like.label,
        period=like.period,
        quantity=quantity,
        unit=unit,
        price=price,
        price_unit=price_unit,
        amount=amount,
        tax_code=like.tax_code,
        estimated=any(line.estimated for line in new),
        derivation=_derivation(like.label, _derived(old), _derived(new), of),
        group=like.group,
        tax_rate=like.tax_rate,
    )


def _sum(lines: _Lines, like: pricing.PriceLine) -> Money:
    return Money.total((line.amount for line in lines), like.amount.currency)


def _shown(old: _Lines, new: _Lines, amount: Money) -> tuple[Decimal, str, Decimal, str]:
    """Return quantity, unit, price and its unit that say in numbers what changed."""
    prices = {(line.unit, line.price, line.price_unit) for line in (*old, *new)}
    if len(prices) == 1:
        ((unit, price, price_unit),) = prices
        return _quantity(new) - _quantity(old), unit, price, price_unit
    if len(old) == len(new) == 1:
        (was,), (now,) = old, new
        if (was.quantity, was.unit, was.price_unit) == (now.quantity, now.unit, now.price_unit):
            return now.quantity, now.unit, now.price - was.price, now.price_unit
    return Decimal(1), "", amount.amount, amount.currency


def _quantity(lines: _Lines) -> Decimal:
    return sum((line.quantity for line in lines), Decimal(0))


def _derived(lines: _Lines) -> tuple[pricing.Derivation, ...]:
    return tuple(line.derivation for line in lines)


def _derivation(
    name: str,
    old: Iterable[pricing.Derivation],
    new: Iterable[pricing.Derivation],
    of: InvoiceNumber,
) -> pricing.Derivation:
    parts = (*new, *(taken_back(each, of) for each in old))
    # Parts are whole cents already: this rounding changes nothing and says so.
    return pricing.Derivation(f"Difference: {name}", parts=parts, rounding=CENTS_HALF_UP)


def _taxes(
    old: pricing.PricedBill, new: pricing.PricedBill, of: InvoiceNumber
) -> tuple[pricing.TaxLine, ...]:
    before = {(tax.tax, tax.rate): tax for tax in old.taxes}
    after = {(tax.tax, tax.rate): tax for tax in new.taxes}
    taxes = (
        _tax(before.get(key), after.get(key), of, old.currency)
        for key in dict.fromkeys((*after, *before))
    )
    return tuple(tax for tax in taxes if tax.base or tax.amount)


def _tax(
    old: pricing.TaxLine | None, new: pricing.TaxLine | None, of: InvoiceNumber, currency: str
) -> pricing.TaxLine:
    like = new or old
    assert like is not None
    zero = Money.zero(currency)
    return pricing.TaxLine(
        tax=like.tax,
        rate=like.rate,
        base=(new.base if new else zero) - (old.base if old else zero),
        amount=(new.amount if new else zero) - (old.amount if old else zero),
        derivation=_derivation(
            like.tax,
            [old.derivation] if old else [],
            [new.derivation] if new else [],
            of,
        ),
    )
