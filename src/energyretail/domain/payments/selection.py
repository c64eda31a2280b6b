"""Which open items are collected, and how much of each."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

import attrs

from energyretail.domain.payments.mandates import Mandate
from energyretail.domain.payments.reasons import RETRIES_MAX, return_reason
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    InvoiceNumber,
    MandateReference,
    Money,
)

__all__ = ["Hindrance", "Selection", "UnpaidItem", "give_back_hindrance", "select"]


@attrs.frozen
class UnpaidItem:
    """An open item and what was tried: facts to decide on, not a decision.

    `open` is positive when owed to us, negative when it is the customer's credit. `umr` is the
    contract's latest mandate, None when there is none. `attempts` counts all collections of
    the item, `given_back` those returned or rejected, `last_reason` is the latest one's code.
    """

    item: InvoiceNumber
    customer: CustomerNumber
    contract: ContractNumber
    due_on: date
    open: Money
    umr: MandateReference | None = None
    attempts: int = 0
    given_back: int = 0
    in_flight: bool = False
    last_reason: str | None = None


class Hindrance(enum.Enum):
    """Why an item that is due is not collected."""

    IN_FLIGHT = "payments.item.in_flight"
    NO_MANDATE = "payments.item.no_mandate"
    MANDATE_UNUSABLE = "payments.item.mandate_unusable"
    NO_RETRY = "payments.item.no_retry"
    RETRIES_USED_UP = "payments.item.retries_used_up"
    PAID_BY_CREDIT = "payments.item.paid_by_credit"


@attrs.frozen
class Selection:
    """The decision on one item: `amount` to collect, or the `hindrance`, never both."""

    item: UnpaidItem
    amount: Money | None = None
    hindrance: Hindrance | None = None


def select(
    items: Iterable[UnpaidItem], mandates: Mapping[MandateReference, Mandate], *, due_on: date
) -> tuple[Selection, ...]:
    """Decide on every item owed and due up to `due_on`, ordered by customer, due date, item.

    A customer's credit pays first, the longest due item before the others, so that no more
    is collected than the customer owes net.
    """
    ordered = sorted(items, key=lambda item: (*_whose(item), item.due_on, item.item))
    return tuple(
        decided
        for _, of_customer in groupby(ordered, key=_whose)
        for decided in _select_for_customer(tuple(of_customer), mandates, due_on)
    )


def _whose(item: UnpaidItem) -> tuple[str, str]:
    return item.customer, item.open.currency


def _select_for_customer(
    items: tuple[UnpaidItem, ...], mandates: Mapping[MandateReference, Mandate], due_on: date
) -> Iterator[Selection]:
    credit = -sum(item.open.cents for item in items if item.open.cents < 0)
    for item in items:
        if item.open.cents <= 0 or item.due_on > due_on:
            continue
        if hindrance := _hindrance(item, mandates, due_on):
            yield Selection(item, hindrance=hindrance)
            continue
        paid = min(credit, item.open.cents)
        credit -= paid
        if paid == item.open.cents:
            yield Selection(item, hindrance=Hindrance.PAID_BY_CREDIT)
        else:
            yield Selection(item, item.open - Money.of_cents(paid, item.open.currency))


def _hindrance(
    item: UnpaidItem, mandates: Mapping[MandateReference, Mandate], due_on: date
) -> Hindrance | None:
    if item.in_flight:
        return Hindrance.IN_FLIGHT
    if item.last_reason and (
        given_back := give_back_hindrance(item.last_reason, item.given_back, on=due_on)
    ):
        return given_back
    if item.umr is None or item.umr not in mandates:
        return Hindrance.NO_MANDATE
    return None if mandates[item.umr].usable(due_on) else Hindrance.MANDATE_UNUSABLE


def give_back_hindrance(reason: str, given_back: int, *, on: date) -> Hindrance | None:
    """Say why an item given back `given_back` times, last for `reason`, is not tried again."""
    if not return_reason(reason, on=on).again:
        return Hindrance.NO_RETRY
    return Hindrance.RETRIES_USED_UP if given_back > RETRIES_MAX else None
