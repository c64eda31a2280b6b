"""Deposits: asked for a contract, received, waived, given back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.domain.billing import Deposit
from energyretail.domain.ledger import Account
from energyretail.domain.shared import Money, NotFound
from energyretail.entrypoints.api.answering import (
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    Told,
    answered,
)
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import Meta, MoneyOut, Shape, money_out, path_number
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["DepositOut", "deposit_routes"]

NumberPath = Annotated[str, path_number(r"^[A-Z0-9-]{4,24}\Z", "D26-000001")]
Amount = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,9}\.[0-9]{2}\Z",
        description="Euros and cents as text.",
        examples=["120.00"],
    ),
]


class AskIn(Shape, frozen=True):
    """The contract a deposit is to secure, and how much."""

    contract: Annotated[str, Meta(pattern=r"^K[0-9]{6,12}\Z", examples=["K000001"])]
    amount: Amount


class ReceiveIn(Shape, frozen=True):
    """What came, and when; `booked` is where a bank file booked it: at the bank, or in suspense."""

    amount: Amount
    on: date
    booked: Literal["bank", "suspense"] = "bank"


class DepositOut(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit as it stands; `interest` was credited up to `credited_until` (excluded)."""

    number: str
    contract: str
    customer: str
    state: str
    amount: MoneyOut
    interest: MoneyOut
    held: MoneyOut
    asked_on: date
    received_on: date | None
    credited_until: date | None
    closed_on: date | None


_ASK = {"contract": "K000001", "amount": "120.00"}
_RECEIVE = {"amount": "120.00", "on": "2026-03-15"}
AskBody = Annotated[AskIn, Body(examples=[Example(value=_ASK)])]
ReceiveBody = Annotated[ReceiveIn, Body(examples=[Example(value=_RECEIVE)])]


def deposit_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/deposits``."""

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readDeposit",
        responses=declared(400, 404),
    )
    def read_deposit(number: NumberPath) -> DepositOut:
        """Read a deposit."""
        found = use_cases.deposits.shelf.by_numbers([number])
        if not found:
            raise NotFound("billing.deposit.unknown", "no such deposit", deposit=number)
        return _out(found[0])

    @post(
        "/",
        sync_to_thread=True,
        operation_id="askDeposit",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def ask_deposit(
        request: AnyRequest, data: AskBody, key: IdempotencyKey = None
    ) -> Response[DepositOut]:
        """Ask the customer of a contract for a deposit; one at a time."""

        def ask() -> Told:
            asked = use_cases.deposits.ask(data.contract, Money(data.amount, "EUR"))
            return Told(_out(asked), 201, (("Location", f"/v1/deposits/{asked.number}"),))

        return answered(use_cases.once, request, key, ask)

    return Router(
        "/deposits",
        route_handlers=[read_deposit, ask_deposit, *_moves(use_cases)],
        tags=["deposits"],
    )


def _moves(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @post(
        "/{number:str}/receive",
        sync_to_thread=True,
        status_code=200,
        operation_id="receiveDeposit",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def receive_deposit(
        request: AnyRequest, number: NumberPath, data: ReceiveBody, key: IdempotencyKey = None
    ) -> Response[DepositOut]:
        """Take a deposit that has come whole; the same money told twice is once."""

        def receive() -> Told:
            amount, account = Money(data.amount, "EUR"), Account(data.booked)
            return Told(
                _out(use_cases.deposits.receive(number, amount, on=data.on, account=account))
            )

        return answered(use_cases.once, request, key, receive)

    @post(
        "/{number:str}/waive",
        sync_to_thread=True,
        status_code=200,
        operation_id="waiveDeposit",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def waive_deposit(
        request: AnyRequest, number: NumberPath, key: IdempotencyKey = None
    ) -> Response[DepositOut]:
        """Ask for a deposit no longer; waiving twice is once."""

        def waive() -> Told:
            return Told(_out(use_cases.deposits.waive(number)))

        return answered(use_cases.once, request, key, waive)

    @post(
        "/{number:str}/give-back",
        sync_to_thread=True,
        status_code=200,
        operation_id="giveBackDeposit",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def give_back_deposit(
        request: AnyRequest, number: NumberPath, key: IdempotencyKey = None
    ) -> Response[DepositOut]:
        """Give a deposit back with its interest: it becomes credit of the customer."""

        def give_back() -> Told:
            return Told(_out(use_cases.deposits.give_back(number)))

        return answered(use_cases.once, request, key, give_back)

    return [receive_deposit, waive_deposit, give_back_deposit]


def _out(deposit: Deposit) -> DepositOut:
    return DepositOut(
        number=deposit.number,
        contract=deposit.contract,
        customer=deposit.customer,
        state=deposit.state.value,
        amount=money_out(deposit.amount),
        interest=money_out(deposit.interest),
        held=money_out(deposit.held),
        asked_on=deposit.asked_on,
        received_on=deposit.received_on,
        credited_until=deposit.credited_until,
        closed_on=deposit.closed_on,
    )
