"""Advances: documents that ask for an instalment, each with its own net and VAT."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.deductions import Deduction, DeductionKind, TaxShare
from energyretail.domain.billing.instalments import Instalment
from energyretail.domain.billing.plans import InstalmentPlan
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    Event,
    Invalid,
    InvoiceNumber,
    Money,
    Refused,
)

__all__ = ["Advance", "AdvanceAsked", "advance_posting", "ask", "split_gross", "tax_of_advances"]


@attrs.frozen
class AdvanceAsked(Event):
    """An advance was asked; `payable_cents` is with what is carried from an earlier bill."""

    name: ClassVar[str] = "billing.advance.asked"
    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    payable_cents: int


@attrs.frozen
class Advance:
    """An issued document over one instalment; it is never changed, only taken off a bill.

    With the contract, `instalment_on` is its natural key: the due day of the instalment in the
    plan that began on `first_day`. `net` and the VAT are rounded once, for this document, at
    the rate of `due_on`, its tax point. `carried` is asked along with it and is no part of
    `gross`.

    Raises Invalid ``billing.advance.due`` (due before issued); ``billing.advance.sum`` (net
    and VAT are the gross).
    """

    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    first_day: date
    instalment_on: date
    issued_on: date
    due_on: date
    net: Money
    taxes: tuple[TaxShare, ...]
    gross: Money
    carried: Money

    def __attrs_post_init__(self) -> None:
        if self.due_on < self.issued_on:
            raise Invalid("billing.advance.due", "due before issued", number=self.number)
        if self.net + self.tax != self.gross:
            raise Invalid("billing.advance.sum", "net and VAT are not the gross", of=self.number)
        _ = self.payable.cents

    @property
    def key(self) -> str:
        """The natural key as text: ``K000001/2026-01-01``."""
        return f"{self.contract}/{self.instalment_on}"

    @property
    def tax(self) -> Money:
        """The VAT."""
        return Money.total((share.amount for share in self.taxes), self.gross.currency)

    @property
    def payable(self) -> Money:
        """What the customer pays: the advance, and what is carried from an earlier bill."""
        return self.gross + self.carried

    @property
    def deduction(self) -> Deduction:
        """What a bill takes off for it: the amounts it was issued with."""
        return Deduction(DeductionKind.ADVANCE, self.number, self.net, self.taxes, self.gross)


def tax_of_advances(tariff: pricing.Tariff, wanted: str | None) -> str | None:
    """Return the VAT code of advances under a tariff: `wanted`, or else the only one there is.

    None where the tariff has no VAT. Raises Refused ``billing.advance.tax`` for a code the
    tariff does not know, or none where it has several: a gross amount says nothing of rates.
    """
    codes = [tax.code for tax in tariff.taxes]
    if wanted is None and len(codes) < 2:
        return codes[0] if codes else None
    if wanted not in codes:
        raise Refused(
            "billing.advance.tax",
            "say which VAT of the tariff is in the advances",
            tariff=tariff.code,
            known=", ".join(codes),
        )
    return wanted


def split_gross(gross: Money, *, tax: str, rate: Decimal) -> tuple[Money, TaxShare]:
    """Return the net in a gross amount, half up to the cent, and the VAT, which is the rest.

    A negative amount mirrors the positive one.
    """
    sign = -1 if gross.cents < 0 else 1
    exact = Fraction(sign * gross.cents * 100) / (100 + Fraction(rate))
    net = Money.of_cents(sign * math.floor(exact + Fraction(1, 2)), gross.currency)
    return net, TaxShare(tax, rate, net, gross - net)


def ask(
    plan: InstalmentPlan,
    instalment: Instalment,
    *,
    number: InvoiceNumber,
    issued_on: date,
    due_on: date,
    rate: Decimal | None,
) -> tuple[Advance, tuple[Event, ...]]:
    """Return the document over one instalment of a plan, due on a day not before its own.

    `rate` is the percentage of the plan's VAT on `due_on`, None where it has no VAT. Raises
    Refused ``billing.advance.asked`` for an instalment that is asked already.
    """
    if instalment.asked is not None:
        raise Refused("billing.advance.asked", "asked already", advance=instalment.asked)
    net, taxes = instalment.amount, tuple[TaxShare, ...]()
    if plan.tax is not None and rate is not None:
        net, share = split_gross(instalment.amount, tax=plan.tax, rate=rate)
        taxes = (share,)
    advance = Advance(
        number=number,
        contract=plan.contract,
        customer=plan.customer,
        first_day=plan.first_day,
        instalment_on=instalment.due_on,
        issued_on=issued_on,
        due_on=max(due_on, instalment.due_on),
        net=net,
        taxes=taxes,
        gross=instalment.amount,
        carried=instalment.carried,
    )
    asked = AdvanceAsked(number, plan.contract, plan.customer, advance.payable.cents)
    return advance, (asked,)


def advance_posting(advance: Advance) -> Entry:
    """Return the entry of an advance under the key ``advance:<number>``.

    Debit RECEIVABLE what is payable on the advance's own item; credit ADVANCES the net, VAT
    the tax, CARRIED the share of an earlier bill, which so becomes due.
    """
    postings = (
        Posting(Account.RECEIVABLE, advance.payable, advance.customer, advance.number),
        Posting(Account.ADVANCES, -advance.net),
        Posting(Account.VAT, -advance.tax),
        Posting(Account.CARRIED, -advance.carried),
    )
    return Entry(
        f"advance:{advance.number}",
        advance.issued_on,
        f"advance {advance.number} for {advance.key}",
        tuple(posting for posting in postings if posting.amount),
    )
