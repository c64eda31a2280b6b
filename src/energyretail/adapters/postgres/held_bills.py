"""Drafts that are held, as rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.shared.finding_json import findings_json, findings_of
from energyretail.adapters.shared.texts import storable
from energyretail.application.billing import SupplyName
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import Decision, HeldBill, HeldBillState
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Money,
    NotFound,
    Outdated,
    Period,
)

__all__ = ["PostgresHeldBillShelf", "PostgresHeldBills"]

_KEY: Final = "(contract || '/' || cups || '/' || first_day || '/' || digest)"

# What a row is made of: the type, and the value; a decision is three columns.
_COLUMNS: Final[dict[str, tuple[str, Callable[[HeldBill], Any]]]] = {
    "contract": ("text", lambda b: b.contract),
    "customer": ("text", lambda b: b.customer),
    "cups": ("text", lambda b: b.cups.value),
    "first_day": ("date", lambda b: b.days.start),
    "until": ("date", lambda b: b.days.until),
    "digest": ("text", lambda b: b.digest),
    "tariff": ("text", lambda b: b.tariff),
    "gross_cents": ("bigint", lambda b: b.gross.cents),
    "currency": ("text", lambda b: b.gross.currency),
    "findings": ("jsonb", lambda b: findings_json(b.findings)),
    "held_on": ("date", lambda b: b.held_on),
    "state": ("text", lambda b: b.state.value),
    "version": ("int", lambda b: b.version),
    "released_by": ("text", lambda b: b.released and b.released.by),
    "released_on": ("date", lambda b: b.released and b.released.on),
    "released_reason": ("text", lambda b: b.released and b.released.reason),
    "confirmed_by": ("text", lambda b: b.confirmed and b.confirmed.by),
    "confirmed_on": ("date", lambda b: b.confirmed and b.confirmed.on),
    "confirmed_reason": ("text", lambda b: b.confirmed and b.confirmed.reason),
    "rejected_by": ("text", lambda b: b.rejected and b.rejected.by),
    "rejected_on": ("date", lambda b: b.rejected and b.rejected.on),
    "rejected_reason": ("text", lambda b: b.rejected and b.rejected.reason),
}
_CHANGING: Final = [*_COLUMNS][[*_COLUMNS].index("findings") :]

# In the order given: what makes way goes first, for a supply has one open.
_SAVE: Final = text(f"""
    INSERT INTO held_bill ({", ".join(_COLUMNS)})
    SELECT {", ".join(f"given.{name}" for name in _COLUMNS)}
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        n int, {", ".join(f"{name} {kind}" for name, (kind, _) in _COLUMNS.items())})
    ORDER BY n
    ON CONFLICT (contract, cups, first_day, digest) DO UPDATE
    SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _CHANGING)}
    WHERE held_bill.version = EXCLUDED.version - 1
""")

_SELECT: Final = "SELECT * FROM held_bill"
_OF_SUPPLIES: Final = f"""
    {_SELECT} JOIN unnest(CAST(:contracts AS text[]), CAST(:cups AS text[]))
        AS wanted (contract, cups) USING (contract, cups)
    ORDER BY {_KEY} COLLATE "C"
"""
_BY_KEY: Final = f"""{_SELECT}
    WHERE contract = split_part(:key, '/', 1) AND {_KEY} = :key
"""
_PAGE: Final = Keyset.by_text(
    _SELECT, _KEY, {"contract": "contract = :contract", "state": "state = :state"}
)

_CLASHES: Final = {
    "held_bill_one_open": ("billing.held_bill.second", "the supply has a held bill already"),
}


class PostgresHeldBills:
    """Implements the HeldBills port."""

    def __init__(self, database: Database):
        self._database = database

    def of_supplies(self, supplies: Sequence[SupplyName]) -> tuple[HeldBill, ...]:
        """Return all that were held of some supplies, locked when a transaction is open."""
        given = {
            "contracts": [contract for contract, _ in supplies],
            "cups": [cups.value for _, cups in supplies],
        }
        with self._database.reading() as connection:
            rows = connection.execute(text(_OF_SUPPLIES + self._lock()), given)
            return tuple(map(_bill_of, rows))

    def by_key(self, key: str) -> HeldBill:
        """Return a held draft, locked when a transaction is open."""
        row = None
        if storable(key):
            with self._database.reading() as connection:
                row = connection.execute(text(_BY_KEY + self._lock()), {"key": key}).one_or_none()
        if row is None:
            raise NotFound("billing.held_bill.unknown", "no such bill is held", key=key)
        return _bill_of(row)

    def save(self, bills: Sequence[HeldBill]) -> None:
        """Keep drafts, in one statement."""
        if not bills:
            return
        rows = [
            {"n": n} | {name: _plain(of(bill)) for name, (_, of) in _COLUMNS.items()}
            for n, bill in enumerate(bills)
        ]
        try:
            kept = self._database.connection().execute(_SAVE, {"rows": json.dumps(rows)}).rowcount
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        if kept != len(bills):
            raise Outdated("billing.held_bill.version", "it was changed since it was read")

    def _lock(self) -> str:
        return " FOR UPDATE OF held_bill" if self._database.in_transaction else ""


class PostgresHeldBillShelf:
    """Implements the HeldBillShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        state: HeldBillState | None = None,
    ) -> Page[HeldBill]:
        """Return those beyond a key."""
        rows = _PAGE.rows(self._database, after=after, limit=limit, contract=contract, state=state)
        return page_of(map(_bill_of, rows), limit=limit, key=lambda one: one.key)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _bill_of(row: Row[Any]) -> HeldBill:
    return HeldBill(
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        days=Period(row.first_day, row.until),
        digest=row.digest,
        tariff=row.tariff,
        gross=Money.of_cents(row.gross_cents, row.currency),
        findings=findings_of(row.findings),
        held_on=row.held_on,
        state=HeldBillState(row.state),
        released=_decision(row.released_by, row.released_on, row.released_reason),
        confirmed=_decision(row.confirmed_by, row.confirmed_on, row.confirmed_reason),
        rejected=_decision(row.rejected_by, row.rejected_on, row.rejected_reason),
        version=row.version,
    )


def _decision(by: str | None, on: date | None, reason: str | None) -> Decision | None:
    return None if by is None or on is None or reason is None else Decision(by, on, reason)
