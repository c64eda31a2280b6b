"""Instalment plans and the contracts they are for, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import PlanKey, PlanTerms
from energyretail.domain.billing import EndOfPlan, Instalment, InstalmentPlan
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    InvoiceNumber,
    Money,
    NotFound,
    Outdated,
)

__all__ = ["PostgresContractsToPlan", "PostgresInstalmentPlans", "plans_locked", "plans_named"]

_TERMS: Final = text("""
    SELECT contract.number, contract.customer,
        (SELECT tariff FROM supply WHERE supply.contract = contract.number
            ORDER BY cups COLLATE "C" LIMIT 1) AS tariff,
        state IN ('ended', 'lapsed', 'withdrawn', 'refused')
            OR NOT EXISTS (SELECT FROM supply
                WHERE supply.contract = contract.number AND ended_on IS NULL) AS is_over,
        (SELECT max(upper(period)) FROM invoice WHERE invoice.contract = contract.number
            AND kind <> 'credit_note' AND cancelled_by IS NULL) AS billed_until
    FROM contract WHERE contract.number = :contract
""")

# Whoever bills the contract waits, or is waited for; so its bills are read by a statement after.
_HOLD: Final = text("SELECT FROM contract WHERE number = :contract FOR UPDATE")

_INSERT: Final = text("""
    INSERT INTO instalment_plan (contract, first_day, span, months, customer, tariff, tax,
        first_due, currency, carried_cents, at_end, version, expected_cents, settled_on)
    SELECT contract, first_day, daterange(first_day, ends), months, customer, tariff, tax,
        first_due, currency, carried_cents, at_end, version, expected_cents, settled_on
    FROM unnest(CAST(:contract AS text[]), CAST(:first_day AS date[]), CAST(:ends AS date[]),
        CAST(:months AS int[]), CAST(:customer AS text[]), CAST(:tariff AS text[]),
        CAST(:tax AS text[]), CAST(:first_due AS date[]), CAST(:currency AS text[]),
        CAST(:carried_cents AS bigint[]), CAST(:at_end AS text[]), CAST(:version AS int[]),
        CAST(:expected_cents AS bigint[]), CAST(:settled_on AS date[]))
        WITH ORDINALITY AS given (contract, first_day, ends, months, customer, tariff, tax,
            first_due, currency, carried_cents, at_end, version, expected_cents, settled_on, n)
    ORDER BY n
""")

_NEXT: Final = text("""
    UPDATE instalment_plan SET version = given.version, expected_cents = given.expected_cents,
        settled_on = given.settled_on
    FROM unnest(CAST(:contract AS text[]), CAST(:first_day AS date[]), CAST(:version AS int[]),
        CAST(:expected_cents AS bigint[]), CAST(:settled_on AS date[]))
        AS given (contract, first_day, version, expected_cents, settled_on)
    WHERE instalment_plan.contract = given.contract
        AND instalment_plan.first_day = given.first_day
        AND instalment_plan.version + 1 = given.version
""")

_INSTALMENTS: Final = text("""
    INSERT INTO instalment (contract, first_day, version, due_on, amount_cents, carried_cents)
    SELECT contract, first_day, version, due_on, amount_cents, carried_cents
    FROM unnest(CAST(:contract AS text[]), CAST(:first_day AS date[]), CAST(:version AS int[]),
        CAST(:due_on AS date[]), CAST(:amount_cents AS bigint[]), CAST(:carried_cents AS bigint[]))
        WITH ORDINALITY
        AS given (contract, first_day, version, due_on, amount_cents, carried_cents, n)
    ORDER BY n
""")

# A lock that had to wait sees the row as it was left: so the instalments, which go with its
# version, are read by a statement of their own, after it.
_LOCK: Final = text("""
    SELECT plan.contract, plan.first_day FROM instalment_plan AS plan
    JOIN unnest(CAST(:contracts AS text[]), CAST(:days AS date[])) AS wanted (contract, first_day)
        USING (contract, first_day)
    ORDER BY plan.contract COLLATE "C", plan.first_day FOR UPDATE OF plan
""")

_READ: Final = text("""
    SELECT plan.*, instalment.due_on, instalment.amount_cents,
        instalment.carried_cents AS share_cents, advance.number AS asked
    FROM instalment_plan AS plan
    JOIN unnest(CAST(:contracts AS text[]), CAST(:days AS date[])) AS wanted (contract, first_day)
        USING (contract, first_day)
    JOIN instalment USING (contract, first_day, version)
    LEFT JOIN advance
        ON advance.contract = plan.contract AND advance.instalment_on = instalment.due_on
    ORDER BY plan.contract COLLATE "C", plan.first_day, instalment.due_on
""")

_CLASHES: Final = {
    "instalment_plan_one_a_day": (
        "billing.plan.overlaps",
        "the contract has a plan for a day of it",
    ),
    "instalment_plan_natural_key": (
        "billing.plan.overlaps",
        "the contract has a plan for a day of it",
    ),
}


class PostgresContractsToPlan:
    """Implements the ContractsToPlan port."""

    def __init__(self, database: Database):
        self._database = database

    def terms(self, contract: str) -> PlanTerms:
        """Return a contract's terms; within a transaction it is held until that ends."""
        with self._database.reading() as connection:
            if self._database.in_transaction:
                connection.execute(_HOLD, {"contract": contract})
            row = connection.execute(_TERMS, {"contract": contract}).one_or_none()
        if row is None:
            raise NotFound("billing.plan.contract_unknown", "no such contract", contract=contract)
        return PlanTerms(
            contract=ContractNumber(row.number),
            customer=CustomerNumber(row.customer),
            tariff=row.tariff,
            is_over=row.is_over,
            billed_until=row.billed_until,
        )


class PostgresInstalmentPlans:
    """Implements the InstalmentPlans port: two statements whatever the number of plans."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep new plans."""
        if not plans:
            return
        connection = self._database.connection()
        try:
            connection.execute(_INSERT, _columns(_head(plan) for plan in plans))
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        _add_instalments(connection, plans)

    def save(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep the next versions of plans."""
        if not plans:
            return
        connection = self._database.connection()
        changed = connection.execute(_NEXT, _columns(_version(plan) for plan in plans))
        if changed.rowcount != len(plans):
            raise Outdated("billing.plan.changed", "changed since it was read")
        _add_instalments(connection, plans)

    def named(self, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
        """Return plans by contract and first day, locked when a transaction is open."""
        return plans_locked(self._database, keys)


def plans_locked(database: Database, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
    """Return plans by key; within a transaction they are locked before they are read."""
    with database.reading() as connection:
        if database.in_transaction:
            connection.execute(_LOCK, _wanted(keys))
        return plans_named(connection, keys)


def plans_named(connection: Connection, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
    """Return plans by key, ordered by contract and first day."""
    rows = connection.execute(_READ, _wanted(keys)).all()
    by_plan = groupby(rows, key=lambda row: row.id)
    return tuple(_plan_of(list(of_plan)) for _, of_plan in by_plan)


def _wanted(keys: Sequence[PlanKey]) -> dict[str, list[Any]]:
    once = list(dict.fromkeys(keys))
    return {"contracts": [contract for contract, _ in once], "days": [day for _, day in once]}


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    given = list(rows)
    return {name: [row[name] for row in given] for name in given[0]}


def _version(plan: InstalmentPlan) -> dict[str, Any]:
    return {
        "contract": plan.contract,
        "first_day": plan.first_day,
        "version": plan.version,
        "expected_cents": plan.expected.cents,
        "settled_on": plan.settled_on,
    }


def _head(plan: InstalmentPlan) -> dict[str, Any]:
    return {
        **_version(plan),
        "ends": plan.span.until,
        "months": plan.months,
        "customer": plan.customer,
        "tariff": plan.tariff,
        "tax": plan.tax,
        "first_due": plan.first_due,
        "currency": plan.currency,
        "carried_cents": plan.carried.cents,
        "at_end": plan.at_end.value,
    }


def _add_instalments(connection: Connection, plans: Sequence[InstalmentPlan]) -> None:
    rows = (
        {
            "contract": plan.contract,
            "first_day": plan.first_day,
            "version": plan.version,
            "due_on": each.due_on,
            "amount_cents": each.amount.cents,
            "carried_cents": each.carried.cents,
        }
        for plan in plans
        for each in plan.instalments
    )
    connection.execute(_INSTALMENTS, _columns(rows))


def _plan_of(rows: Sequence[Row[Any]]) -> InstalmentPlan:
    head = rows[0]
    return InstalmentPlan(
        contract=ContractNumber(head.contract),
        customer=CustomerNumber(head.customer),
        tariff=head.tariff,
        tax=head.tax,
        first_day=head.first_day,
        months=head.months,
        first_due=head.first_due,
        expected=Money.of_cents(head.expected_cents, head.currency),
        carried=Money.of_cents(head.carried_cents, head.currency),
        instalments=tuple(_instalment_of(row) for row in rows),
        at_end=EndOfPlan(head.at_end),
        version=head.version,
        settled_on=head.settled_on,
    )


def _instalment_of(row: Row[Any]) -> Instalment:
    return Instalment(
        due_on=row.due_on,
        amount=Money.of_cents(row.amount_cents, row.currency),
        carried=Money.of_cents(row.share_cents, row.currency),
        asked=InvoiceNumber(row.asked) if row.asked else None,
    )
