"""Switches as rows, and what a claim says about a customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.database import Database
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Conflict, ContractNumber, Cups, CustomerNumber, RequestCode

__all__ = ["SWITCH_COLUMNS", "PostgresClaimFacts", "PostgresSwitches", "switch_of"]

SWITCH_COLUMNS = """
    request, contract, cups, customer, customer_name, customer_tax_id, customer_kind,
    email, phone, requested_on, wanted_on, state, expected_on, activated_on, rejections
"""

_BY_REQUEST = f"SELECT {SWITCH_COLUMNS} FROM switch WHERE request = ANY(:requests) ORDER BY request"

_BY_SUPPLY = text(f"""
    SELECT {SWITCH_COLUMNS} FROM switch
    WHERE state <> 'rejected' AND (contract, cups) IN (
        SELECT * FROM unnest(CAST(:contracts AS text[]), CAST(:points AS text[])))
    ORDER BY request
""")

_BY_POINTS = text(f"""
    SELECT {SWITCH_COLUMNS} FROM switch
    WHERE state <> 'rejected' AND left(cups, 20) = ANY(:points) ORDER BY request
""")

_OPEN = text(f"""
    SELECT {SWITCH_COLUMNS} FROM switch
    WHERE state IN ('requested', 'accepted') AND requested_on < :day ORDER BY request
""")

# What was requested never changes: only the columns that answers move are updated. What is
# rejected goes first: another switch of the supply may be made in the same save.
_SAVE = text(f"""
    INSERT INTO switch ({SWITCH_COLUMNS})
    SELECT {SWITCH_COLUMNS} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        request text, contract text, cups text, customer text, customer_name text,
        customer_tax_id text, customer_kind text, email text, phone text, requested_on date,
        wanted_on date, state text, expected_on date, activated_on date, rejections jsonb)
    ORDER BY state <> 'rejected', request
    ON CONFLICT (request) DO UPDATE SET state = excluded.state,
        expected_on = excluded.expected_on, activated_on = excluded.activated_on,
        rejections = excluded.rejections
""")

_CLAIMANTS = text("""
    SELECT number, name, tax_id, kind, email FROM customer WHERE number = ANY(:customers)
""")


class PostgresSwitches:
    """Implements the Switches port by set queries."""

    def __init__(self, database: Database):
        self._database = database

    def by_request(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return those that exist, ordered by request."""
        with self._database.reading() as connection:
            return _switches(connection, text(_BY_REQUEST), {"requests": list(requests)})

    def for_change(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return those that exist, ordered by request, and lock their rows."""
        query = text(_BY_REQUEST + " FOR UPDATE")
        return _switches(self._database.connection(), query, {"requests": list(requests)})

    def by_supply(self, supplies: Sequence[tuple[str, str]]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of (contract, cups) pairs, ordered by request."""
        pairs = sorted(set(supplies))
        given = {"contracts": [c for c, _ in pairs], "points": [cups for _, cups in pairs]}
        with self._database.reading() as connection:
            return _switches(connection, _BY_SUPPLY, given)

    def by_points(self, points: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of supply points, ordered by request."""
        wanted = sorted({point[:20] for point in points})
        with self._database.reading() as connection:
            return _switches(connection, _BY_POINTS, {"points": wanted})

    def open_requested_before(self, day: date) -> tuple[switching.Switch, ...]:
        """Return those that wait for an answer and were requested before `day`."""
        with self._database.reading() as connection:
            return _switches(connection, _OPEN, {"day": day})

    def save(self, switches: Sequence[switching.Switch]) -> None:
        """Write switches in one statement; raises Conflict ``switching.switch.exists``."""
        if not switches:
            return
        connection = self._database.connection()
        rows = json.dumps([_row(switch) for switch in switches])
        try:
            connection.execute(_SAVE, {"rows": rows})
        except IntegrityError as error:
            if "switch_one_a_supply" not in str(error.orig):
                raise
            raise Conflict("switching.switch.exists", "the supply has a switch already") from error


class PostgresClaimFacts:
    """Implements the ClaimFacts port over the customers' table."""

    def __init__(self, database: Database):
        self._database = database

    def claimants(self, customers: Sequence[str]) -> Mapping[str, switching.Claimant]:
        """Return the known ones of `customers` by their number; we hold no telephone."""
        with self._database.reading() as connection:
            rows = connection.execute(_CLAIMANTS, {"customers": list(customers)}).all()
        return {
            row.number: switching.Claimant(
                CustomerNumber(row.number),
                row.name,
                row.tax_id,
                CustomerKind(row.kind),
                email=row.email,
            )
            for row in rows
        }


def _switches(
    connection: Connection, query: Any, given: dict[str, Any]
) -> tuple[switching.Switch, ...]:
    return tuple(switch_of(row) for row in connection.execute(query, given))


def switch_of(row: Any) -> switching.Switch:
    """Return the switch of a row of the columns above."""
    return switching.Switch(
        request=RequestCode(row.request),
        contract=ContractNumber(row.contract),
        cups=Cups(row.cups),
        claimant=switching.Claimant(
            CustomerNumber(row.customer),
            row.customer_name,
            row.customer_tax_id,
            CustomerKind(row.customer_kind),
            email=row.email,
            phone=row.phone,
        ),
        requested_on=row.requested_on,
        wanted_on=row.wanted_on,
        state=switching.SwitchState(row.state),
        expected_on=row.expected_on,
        activated_on=row.activated_on,
        rejections=tuple((code, reason) for code, reason in row.rejections),
    )


def _row(switch: switching.Switch) -> dict[str, Any]:
    return {
        "request": switch.request,
        "contract": switch.contract,
        "cups": switch.cups.value,
        "customer": switch.claimant.customer,
        "customer_name": switch.claimant.name,
        "customer_tax_id": switch.claimant.tax_id,
        "customer_kind": switch.claimant.kind.value,
        "email": switch.claimant.email,
        "phone": switch.claimant.phone,
        "requested_on": switch.requested_on.isoformat(),
        "wanted_on": _iso(switch.wanted_on),
        "state": switch.state.value,
        "expected_on": _iso(switch.expected_on),
        "activated_on": _iso(switch.activated_on),
        "rejections": [list(reason) for reason in switch.rejections],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
