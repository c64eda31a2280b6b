"""Deposits as rows, each with what decides whether it goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import Deposit, DepositState, HeldDeposit
from energyretail.domain.ledger import OpenItem
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    InvoiceNumber,
    Money,
    NotFound,
)

__all__ = ["PostgresDeposits"]

_ADD = text("""
    INSERT INTO deposit (number, contract, customer, amount_cents, currency, asked_on, state,
        received_on, credited_until, interest_cents, closed_on)
    VALUES (:number, :contract, :customer, :amount_cents, :currency, :asked_on, :state,
        :received_on, :credited_until, :interest_cents, :closed_on)
""")

_SAVE = text("""
    UPDATE deposit SET state = new.state, received_on = new.received_on,
        credited_until = new.credited_until, interest_cents = new.interest_cents,
        closed_on = new.closed_on
    FROM unnest(CAST(:number AS text[]), CAST(:state AS text[]), CAST(:received_on AS date[]),
        CAST(:credited_until AS date[]), CAST(:interest_cents AS bigint[]),
        CAST(:closed_on AS date[]))
        AS new (number, state, received_on, credited_until, interest_cents, closed_on)
    WHERE deposit.number = new.number
""")

_BY = 'SELECT * FROM deposit WHERE {where} ORDER BY number COLLATE "C"'

# The items of the contract's documents that are not settled, and what became of their collections.
_HELD = """
    SELECT deposit.*, items.open_items, tried.failed_on,
        tried.is_in_flight, coalesce(
        contract.state = 'ended' AND NOT EXISTS (
            SELECT FROM supply
            WHERE supply.contract = deposit.contract AND started_on IS NOT NULL
                AND ended_on IS DISTINCT FROM (
                    SELECT max(upper(period)) FROM invoice
                    WHERE invoice.contract = supply.contract AND invoice.cups = supply.cups
                        AND kind <> 'credit_note' AND cancelled_by IS NULL)
        ), false) AS is_finally_billed, (
            SELECT invoice.number FROM invoice JOIN supply
                ON supply.contract = invoice.contract AND supply.cups = invoice.cups
                AND supply.ended_on = upper(invoice.period)
            WHERE invoice.contract = deposit.contract
                AND kind <> 'credit_note' AND cancelled_by IS NULL
            ORDER BY invoice.id DESC LIMIT 1
        ) AS final_bill
    FROM deposit
    LEFT JOIN contract ON contract.number = deposit.contract
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_array(item, due_on, cents)
            ORDER BY item COLLATE "C"), '[]') AS open_items
        FROM (
            SELECT posting.item, max(document.due_on) AS due_on,
                sum(posting.amount_cents)::bigint AS cents
            FROM payable_document AS document JOIN posting
                ON posting.item COLLATE "C" = document.number AND posting.account = 'receivable'
            WHERE document.contract = deposit.contract
                AND posting.customer = deposit.customer AND posting.currency = deposit.currency
            GROUP BY posting.item HAVING sum(posting.amount_cents) <> 0
        ) AS open
    ) AS items
    CROSS JOIN LATERAL (
        SELECT max(returned_on) AS failed_on, coalesce(
            bool_or(collection.state IN ('requested', 'sent', 'returned_early')), false
        ) AS is_in_flight
        FROM collection JOIN payable_document AS document ON document.number = collection.item
        WHERE collection.customer = deposit.customer AND document.contract = deposit.contract
    ) AS tried
    WHERE deposit.state = 'held' AND {which}
    ORDER BY deposit.number COLLATE "C" {limit}
"""
_HELD_BEYOND: Final = _HELD.format(
    which='deposit.number COLLATE "C" > :after', limit="LIMIT :limit"
)
_HELD_OF: Final = _HELD.format(which="deposit.contract = ANY(:contracts)", limit="")

_CLASHES: Final = {
    "deposit_number": ("billing.deposit.number_twice", "a deposit has this number already"),
    "deposit_one_a_contract": ("billing.deposit.second", "the contract has a deposit already"),
}


class PostgresDeposits:
    """Implements the Deposits port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, deposit: Deposit) -> None:
        """Keep a deposit; one at a time a contract."""
        try:
            self._database.connection().execute(_ADD, _row(deposit))
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def save(self, deposits: Sequence[Deposit]) -> None:
        """Replace deposits, in one statement."""
        if not deposits:
            return
        rows = [_row(deposit) for deposit in deposits]
        names = ("number", "state", "received_on", "credited_until", "interest_cents", "closed_on")
        given = {name: [row[name] for row in rows] for name in names}
        if self._database.connection().execute(_SAVE, given).rowcount != len(rows):
            raise NotFound("billing.deposit.unknown", "no such deposit")

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Deposit, ...]:
        """Return deposits by number, locked when a transaction is open."""
        return self._select("number = ANY(:asked)", list(numbers))

    def of_contract(self, contract: str) -> tuple[Deposit, ...]:
        """Return the deposits of a contract."""
        return self._select("contract = :asked", contract)

    def held(self, *, after: str, limit: int) -> tuple[HeldDeposit, ...]:
        """Return deposits we hold, locked when a transaction is open."""
        return self._held(_HELD_BEYOND, {"after": after, "limit": limit})

    def held_of(self, contracts: Sequence[str]) -> tuple[HeldDeposit, ...]:
        """Return the deposits we hold for some contracts, locked likewise."""
        return self._held(_HELD_OF, {"contracts": list(contracts)})

    def holder_of(self, contract: str) -> CustomerNumber:
        """Return whose a contract is."""
        with self._database.reading() as connection:
            found = connection.execute(
                text("SELECT customer FROM contract WHERE number = :contract"),
                {"contract": contract},
            ).scalar()
        if found is None:
            raise NotFound("contracts.contract.unknown", "no such contract", contract=contract)
        return CustomerNumber(found)

    def _held(self, sql: str, given: dict[str, Any]) -> tuple[HeldDeposit, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(text(sql + self._lock()), given)
            return tuple(_held_of(row) for row in rows)

    def _select(self, where: str, asked: object) -> tuple[Deposit, ...]:
        sql = _BY.format(where=where) + self._lock()
        with self._database.reading() as connection:
            return tuple(map(_deposit_of, connection.execute(text(sql), {"asked": asked})))

    def _lock(self) -> str:
        return " FOR UPDATE OF deposit" if self._database.in_transaction else ""


def _row(deposit: Deposit) -> dict[str, Any]:
    return {
        "number": deposit.number,
        "contract": deposit.contract,
        "customer": deposit.customer,
        "amount_cents": deposit.amount.cents,
        "currency": deposit.amount.currency,
        "asked_on": deposit.asked_on,
        "state": deposit.state.value,
        "received_on": deposit.received_on,
        "credited_until": deposit.credited_until,
        "interest_cents": deposit.interest.cents,
        "closed_on": deposit.closed_on,
    }


def _deposit_of(row: Row[Any]) -> Deposit:
    return Deposit(
        number=InvoiceNumber(row.number),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        amount=Money.of_cents(row.amount_cents, row.currency),
        asked_on=row.asked_on,
        state=DepositState(row.state),
        received_on=row.received_on,
        credited_until=row.credited_until,
        interest=Money.of_cents(row.interest_cents, row.currency),
        closed_on=row.closed_on,
    )


def _held_of(row: Row[Any]) -> HeldDeposit:
    deposit = _deposit_of(row)
    items = tuple(
        OpenItem(
            InvoiceNumber(item),
            deposit.customer,
            date.fromisoformat(due_on),
            Money.of_cents(cents, row.currency),
        )
        for item, due_on, cents in row.open_items
    )
    return HeldDeposit(
        deposit,
        items,
        row.failed_on,
        row.is_finally_billed,
        row.is_in_flight,
        InvoiceNumber(row.final_bill) if row.final_bill else None,
    )
