"""Faults of customers on record, as rows."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.shared.texts import storable
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import CustomerFault, RecordedFault
from energyretail.domain.shared import ContractNumber, Cups, NotFound, Period

__all__ = ["PostgresCustomerFaultShelf", "PostgresCustomerFaults"]

_SUPPLIED: Final = text("""
    SELECT cups, started_on, ended_on FROM supply
    WHERE contract = :contract AND left(cups, 20) = left(:cups, 20) AND started_on IS NOT NULL
""")

_SELECT: Final = """
    SELECT contract, cups, fault, lower(days) AS starts, upper(days) AS ends, owner, source,
        recorded_on
    FROM customer_fault
"""
_KNOWN: Final = text(f"""{_SELECT}
    WHERE contract = :contract AND left(cups, 20) = left(:cups, 20) AND fault = :fault
        AND lower(days) = :first_day
""")
_PAGE: Final = Keyset.by_text(
    _SELECT,
    "(contract || '/' || cups || '/' || fault || '/' || lower(days))",
    {"contract": "contract = :contract"},
)

_INSERT: Final = text("""
    INSERT INTO customer_fault (contract, cups, fault, days, owner, source, recorded_on)
    VALUES (:contract, :cups, :fault, daterange(:starts, :ends), :owner, :source, :recorded_on)
""")

_CLASHES: Final = {
    "customer_fault_once": (
        "billing.customer_fault.overlaps",
        "it is on record of a day of it",
    ),
}


class PostgresCustomerFaults:
    """Implements the CustomerFaults port."""

    def __init__(self, database: Database):
        self._database = database

    def supplied(self, contract: str, cups: Cups) -> tuple[Cups, Period]:
        """Return a point as its contract has it, and the days we supply it."""
        given = {"contract": contract, "cups": cups.value}
        row = None
        if storable(contract):
            with self._database.reading() as connection:
                row = connection.execute(_SUPPLIED, given).one_or_none()
        if row is None:
            raise NotFound(
                "billing.customer_fault.supply_unknown",
                "the contract has never supplied such a point",
                contract=contract,
                cups=cups,
            )
        return Cups(row.cups), Period(row.started_on, row.ended_on)

    def known(
        self, contract: str, cups: Cups, fault: CustomerFault, first_day: date
    ) -> RecordedFault | None:
        """Return the fault on record under a natural key."""
        given = {"contract": contract, "cups": cups.value, "fault": fault.value}
        with self._database.reading() as connection:
            row = connection.execute(_KNOWN, given | {"first_day": first_day}).one_or_none()
        return None if row is None else _fault_of(row)

    def add(self, fault: RecordedFault) -> None:
        """Keep a fault."""
        given = {
            "contract": fault.contract,
            "cups": fault.cups.value,
            "fault": fault.fault.value,
            "starts": fault.days.start,
            "ends": fault.days.until,
            "owner": fault.owner,
            "source": fault.source,
            "recorded_on": fault.recorded_on,
        }
        try:
            self._database.connection().execute(_INSERT, given)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error


class PostgresCustomerFaultShelf:
    """Implements the CustomerFaultShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[RecordedFault]:
        """Return those beyond a key."""
        rows = _PAGE.rows(self._database, after=after, limit=limit, contract=contract)
        return page_of(map(_fault_of, rows), limit=limit, key=lambda one: one.key)


def _fault_of(row: Row[Any]) -> RecordedFault:
    return RecordedFault(
        contract=ContractNumber(row.contract),
        cups=Cups(row.cups),
        fault=CustomerFault(row.fault),
        days=Period(row.starts, row.ends),
        owner=row.owner,
        source=row.source,
        recorded_on=row.recorded_on,
    )
