"""What is asked in advance and taken off again, found and kept by set queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.plans import plans_locked
from energyretail.adapters.shared.bill_json import share_json, share_of
from energyretail.application.billing import ClosedPlan, PlanKey, PlanToAsk
from energyretail.domain.billing import (
    Advance,
    Deduction,
    DeductionKind,
    InstalmentPlan,
    ItemLeft,
    TakenOff,
)
from energyretail.domain.shared import ContractNumber, CustomerNumber, InvoiceNumber, Money

__all__ = [
    "PostgresAdvances",
    "PostgresDeductions",
    "PostgresPlansToAsk",
    "PostgresPlansToSettle",
]

# As an index has it; the key of a plan is both with a stroke between them, and sorts alike.
_KEY = 'plan.contract COLLATE "C", plan.first_day'
_AFTER = f"({_KEY}) > (:after_contract, CAST(:after_day AS date))"

# What is supplied under the contract of a plan: from when, and until when if it is over.
_SUPPLIED = """
    SELECT min(started_on) AS started, count(*) AS points,
        CASE WHEN bool_and(ended_on IS NOT NULL) THEN max(ended_on) END AS ended
    FROM supply WHERE supply.contract = plan.contract AND started_on IS NOT NULL
"""

_DUE: Final = text(f"""
    SELECT plan.contract, plan.first_day, supplied.ended
    FROM instalment_plan AS plan CROSS JOIN LATERAL ({_SUPPLIED}) AS supplied
    WHERE plan.settled_on IS NULL AND {_AFTER} AND supplied.started <= :by
        AND EXISTS (
            SELECT FROM instalment LEFT JOIN advance ON advance.contract = instalment.contract
                AND advance.instalment_on = instalment.due_on
            WHERE instalment.contract = plan.contract AND instalment.first_day = plan.first_day
                AND instalment.version = plan.version AND instalment.due_on <= :by
                AND (supplied.ended IS NULL OR instalment.due_on < supplied.ended)
                AND (instalment.amount_cents <> 0 OR instalment.carried_cents <> 0)
                AND advance.id IS NULL)
    ORDER BY {_KEY} LIMIT :limit
""")

_CLOSED: Final = text(f"""
    SELECT plan.contract, plan.first_day, closing.bills,
        closing.lasts AND NOT EXISTS (
            SELECT FROM instalment_plan AS other
            WHERE other.contract = plan.contract AND other.id <> plan.id
                AND other.span && daterange(upper(plan.span),
                    CAST(upper(plan.span) + make_interval(months => plan.months) AS date))
        ) AS goes_on
    FROM instalment_plan AS plan CROSS JOIN LATERAL (
        SELECT count(*) AS points, array_agg(bill.number ORDER BY supply.cups COLLATE "C") AS bills,
            count(bill.number) AS billed,
            bool_or(ended_on IS NULL OR ended_on > upper(plan.span)) AS lasts
        FROM supply LEFT JOIN invoice AS bill ON bill.contract = supply.contract
            AND bill.cups = supply.cups AND bill.kind <> 'credit_note'
            AND bill.cancelled_by IS NULL
            AND bill.period @> least(upper(plan.span), supply.ended_on) - 1
        WHERE supply.contract = plan.contract AND started_on < upper(plan.span)
            AND (ended_on IS NULL OR ended_on > plan.first_day)
    ) AS closing
    WHERE plan.settled_on IS NULL AND {_AFTER}
        AND (CAST(:contracts AS text[]) IS NULL OR plan.contract = ANY(:contracts))
        AND (upper(plan.span) <= :today OR EXISTS (
            SELECT FROM supply WHERE supply.contract = plan.contract AND ended_on <= :today))
        AND closing.points > 0 AND closing.billed = closing.points
    ORDER BY {_KEY} LIMIT :limit
""")

# What documents and settlements put on the items of bills and of all that these correct.
_LEFT: Final = text("""
    WITH RECURSIVE behind AS (
        SELECT number AS bill, number AS item, original, currency, 0 AS steps
        FROM invoice WHERE number = ANY(CAST(:bills AS text[]))
        UNION ALL
        SELECT behind.bill, older.number, older.original, older.currency, steps + 1
        FROM behind JOIN invoice AS older ON older.number = behind.original
    )
    SELECT bill, item, currency, (
        SELECT CAST(coalesce(sum(amount_cents), 0) AS bigint)
        FROM posting JOIN entry ON entry.id = posting.entry_id
        WHERE posting.item = behind.item AND account = 'receivable'
            AND (entry.key LIKE 'invoice:%' OR entry.key LIKE 'settlement:%')
    ) AS cents
    FROM behind ORDER BY bill, steps DESC
""")

_INSERT: Final = text("""
    INSERT INTO advance (number, contract, customer, first_day, instalment_on, issued_on, due_on,
        net_cents, gross_cents, carried_cents, currency, taxes)
    SELECT number, contract, customer, first_day, instalment_on, issued_on, due_on,
        net_cents, gross_cents, carried_cents, currency, CAST(taxes AS jsonb)
    FROM unnest(CAST(:number AS text[]), CAST(:contract AS text[]), CAST(:customer AS text[]),
        CAST(:first_day AS date[]), CAST(:instalment_on AS date[]), CAST(:issued_on AS date[]),
        CAST(:due_on AS date[]), CAST(:net_cents AS bigint[]), CAST(:gross_cents AS bigint[]),
        CAST(:carried_cents AS bigint[]), CAST(:currency AS text[]), CAST(:taxes AS text[]))
        WITH ORDINALITY AS given (number, contract, customer, first_day, instalment_on, issued_on,
            due_on, net_cents, gross_cents, carried_cents, currency, taxes, n)
    ORDER BY n
""")

_OF_PLANS: Final = text("""
    SELECT advance.* FROM advance
    JOIN unnest(CAST(:contracts AS text[]), CAST(:days AS date[])) AS wanted (contract, first_day)
        USING (contract, first_day)
    ORDER BY contract COLLATE "C", instalment_on
""")

_BY_NUMBERS: Final = text("""
    SELECT advance.* FROM advance
    JOIN unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS wanted (number, position)
        USING (number)
    ORDER BY wanted.position
""")

_TAKE_OFF: Final = text("""
    INSERT INTO deduction (kind, document, bill, taken_on, net_cents, gross_cents, currency, taxes)
    SELECT kind, document, bill, taken_on, net_cents, gross_cents, currency, CAST(taxes AS jsonb)
    FROM unnest(CAST(:kind AS text[]), CAST(:document AS text[]), CAST(:bill AS text[]),
        CAST(:taken_on AS date[]), CAST(:net_cents AS bigint[]), CAST(:gross_cents AS bigint[]),
        CAST(:currency AS text[]), CAST(:taxes AS text[]))
        WITH ORDINALITY AS given (kind, document, bill, taken_on, net_cents, gross_cents,
            currency, taxes, n)
    ORDER BY n
""")

_OF_BILLS: Final = text("""
    SELECT * FROM deduction WHERE bill = ANY(:bills)
    ORDER BY bill COLLATE "C", document COLLATE "C"
""")

_CLASHES: Final = {
    "advance_natural_key": ("billing.advance.asked_twice", "the instalment is asked already"),
    "advance_number": ("billing.number_twice", "a document has this number already"),
    "deduction_natural_key": ("billing.deducted_twice", "the document was taken off before"),
}


class PostgresPlansToAsk:
    """Implements the PlansToAsk port."""

    def __init__(self, database: Database):
        self._database = database

    def due(self, *, by: date, after: str, limit: int) -> tuple[PlanToAsk, ...]:
        """Return running plans with an instalment due by a day."""
        with self._database.reading() as connection:
            given = {"by": by, "limit": limit} | _beyond(after)
            ended = {
                (row.contract, row.first_day): row.ended for row in connection.execute(_DUE, given)
            }
        return tuple(
            PlanToAsk(plan, ended[plan.contract, plan.first_day])
            for plan in _running(self._database, list(ended))
        )


class PostgresPlansToSettle:
    """Implements the PlansToSettle port."""

    def __init__(self, database: Database):
        self._database = database

    def closed(self, *, today: date, after: str, limit: int) -> tuple[ClosedPlan, ...]:
        """Return plans of which every supplied point is billed."""
        return self._closed({"today": today, "limit": limit, "contracts": None} | _beyond(after))

    def closed_of(self, contracts: Sequence[str], *, today: date) -> tuple[ClosedPlan, ...]:
        """Return those of some contracts."""
        given = {"today": today, "limit": None, "contracts": list(contracts)}
        return self._closed(given | _beyond(""))

    def _closed(self, given: dict[str, Any]) -> tuple[ClosedPlan, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(_CLOSED, given).all()
        found = {(row.contract, row.first_day): row for row in rows}
        plans = _running(self._database, list(found))
        left = self._left([number for row in rows for number in row.bills])
        return tuple(
            ClosedPlan(
                plan,
                tuple(map(InvoiceNumber, row.bills)),
                tuple(tuple(left[number]) for number in row.bills),
                row.goes_on,
            )
            for plan in plans
            for row in (found[plan.contract, plan.first_day],)
        )

    def _left(self, bills: Sequence[str]) -> dict[str, list[ItemLeft]]:
        left: dict[str, list[ItemLeft]] = {number: [] for number in bills}
        with self._database.reading() as connection:
            for row in connection.execute(_LEFT, {"bills": list(left)}) if left else ():
                amount = Money.of_cents(row.cents, row.currency)
                left[row.bill].append(ItemLeft(InvoiceNumber(row.item), amount))
        return left


def _beyond(key: str) -> dict[str, Any]:
    contract, _, first_day = key.partition("/")
    return {"after_contract": contract, "after_day": first_day or date.min.isoformat()}


def _running(database: Database, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
    # Locked only now: who held them may have settled them.
    return tuple(plan for plan in plans_locked(database, keys) if plan.settled_on is None)


class PostgresAdvances:
    """Implements the Advances port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, advances: Sequence[Advance]) -> None:
        """Keep issued advances."""
        if not advances:
            return
        rows = [_row(advance) for advance in advances]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        try:
            self._database.connection().execute(_INSERT, columns)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def of_plans(self, keys: Sequence[PlanKey]) -> tuple[Advance, ...]:
        """Return the advances of plans."""
        once = list(dict.fromkeys(keys))
        wanted = {"contracts": [key[0] for key in once], "days": [key[1] for key in once]}
        with self._database.reading() as connection:
            return tuple(_advance_of(row) for row in connection.execute(_OF_PLANS, wanted))

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Advance, ...]:
        """Return advances in the order of `numbers`; unknown numbers are left out."""
        wanted = {"numbers": list(dict.fromkeys(numbers))}
        with self._database.reading() as connection:
            return tuple(_advance_of(row) for row in connection.execute(_BY_NUMBERS, wanted))


class PostgresDeductions:
    """Implements the Deductions port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, taken: Sequence[TakenOff]) -> None:
        """Keep what is taken off."""
        if not taken:
            return
        rows = [_taken_row(one) for one in taken]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        try:
            self._database.connection().execute(_TAKE_OFF, columns)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def of_bills(self, bills: Sequence[str]) -> tuple[TakenOff, ...]:
        """Return what was taken off bills."""
        with self._database.reading() as connection:
            rows = connection.execute(_OF_BILLS, {"bills": list(bills)})
            return tuple(_taken_of(row) for row in rows)


def _row(advance: Advance) -> dict[str, Any]:
    return {
        "number": advance.number,
        "contract": advance.contract,
        "customer": advance.customer,
        "first_day": advance.first_day,
        "instalment_on": advance.instalment_on,
        "issued_on": advance.issued_on,
        "due_on": advance.due_on,
        "net_cents": advance.net.cents,
        "gross_cents": advance.gross.cents,
        "carried_cents": advance.carried.cents,
        "currency": advance.gross.currency,
        "taxes": json.dumps([share_json(share) for share in advance.taxes]),
    }


def _advance_of(row: Row[Any]) -> Advance:
    return Advance(
        number=InvoiceNumber(row.number),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        first_day=row.first_day,
        instalment_on=row.instalment_on,
        issued_on=row.issued_on,
        due_on=row.due_on,
        net=Money.of_cents(row.net_cents, row.currency),
        taxes=tuple(share_of(share, row.currency) for share in row.taxes),
        gross=Money.of_cents(row.gross_cents, row.currency),
        carried=Money.of_cents(row.carried_cents, row.currency),
    )


def _taken_row(taken: TakenOff) -> dict[str, Any]:
    deduction = taken.deduction
    return {
        "kind": deduction.kind.value,
        "document": deduction.document,
        "bill": taken.bill,
        "taken_on": taken.taken_on,
        "net_cents": deduction.net.cents,
        "gross_cents": deduction.gross.cents,
        "currency": deduction.gross.currency,
        "taxes": json.dumps([share_json(share) for share in deduction.taxes]),
    }


def _taken_of(row: Row[Any]) -> TakenOff:
    deduction = Deduction(
        kind=DeductionKind(row.kind),
        document=row.document,
        net=Money.of_cents(row.net_cents, row.currency),
        taxes=tuple(share_of(share, row.currency) for share in row.taxes),
        gross=Money.of_cents(row.gross_cents, row.currency),
    )
    return TakenOff(InvoiceNumber(row.bill), row.taken_on, deduction)
