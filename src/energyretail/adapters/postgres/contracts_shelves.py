"""The long lists of contracts, in Postgres."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from energyretail.adapters.postgres.contracts import SELECT_CONTRACT, contract_of, supply_of
from energyretail.adapters.postgres.customers import customer_of, quote_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.application.contracts import PointSupply, SupplyPoint
from energyretail.application.shared import Page, page_of
from energyretail.domain.contracts import Contract, ContractState, Quote, QuoteState
from energyretail.domain.parties import Customer
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, NotFound

__all__ = [
    "PostgresContractShelf",
    "PostgresCustomerShelf",
    "PostgresQuoteShelf",
    "PostgresSupplyPointShelf",
]

_CUSTOMERS: Final = Keyset.by_text(
    "SELECT * FROM customer", "number", {"tax_id": "tax_id = :tax_id", "email": "email = :email"}
)

_QUOTES: Final = Keyset.by_text(
    "SELECT * FROM quote",
    "number",
    {"state": "state = :state", "reference": "reference = :reference"},
)

_CONTRACTS: Final = Keyset.by_text(
    SELECT_CONTRACT,
    "contract.number",
    {
        "customer": "contract.customer = :customer",
        "state": "contract.state = :state",
        "cups": """contract.number IN (
            SELECT contract FROM supply WHERE left(cups, 20) = left(:cups, 20))""",
    },
)

# A point is one in every spelling and shown in the longest: the twenty characters begin both.
_POINTS: Final = Keyset.by_text(
    """
    SELECT max(cups COLLATE "C") AS cups, jsonb_agg(jsonb_build_object(
            'contract', contract.number, 'customer', customer, 'cups', cups, 'tariff', tariff,
            'powers', powers, 'state', supply.state, 'started_on', started_on,
            'ended_on', ended_on) ORDER BY contract.number COLLATE "C") AS supplies
    FROM supply JOIN contract ON contract.number = supply.contract
    """,
    "left(cups, 20)",
    {
        "customer": """left(cups, 20) IN (
            SELECT left(own.cups, 20) FROM supply AS own
            JOIN contract AS owner ON owner.number = own.contract
            WHERE owner.customer = :customer)""",
        # What begins with some characters follows them in the order of the index.
        "prefix": """left(cups, 20) COLLATE "C" >= left(:prefix, 20)
            AND starts_with(left(cups, 20), left(:prefix, 20))""",
        "cups": "left(cups, 20) = left(:cups, 20)",
    },
    group='GROUP BY left(cups, 20) COLLATE "C"',
)


class PostgresCustomerShelf:
    """Implements the CustomerShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self, *, after: str, limit: int, tax_id: str | None = None, email: str | None = None
    ) -> Page[Customer]:
        """Return customers beyond a number."""
        rows = _CUSTOMERS.rows(self._database, after=after, limit=limit, tax_id=tax_id, email=email)
        found = (customer_of(row._mapping) for row in rows)
        return page_of(found, limit=limit, key=lambda customer: customer.number)


class PostgresQuoteShelf:
    """Implements the QuoteShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        *,
        after: str,
        limit: int,
        state: QuoteState | None = None,
        reference: str | None = None,
    ) -> Page[Quote]:
        """Return quotes beyond a number."""
        rows = _QUOTES.rows(
            self._database, after=after, limit=limit, state=state, reference=reference
        )
        found = (quote_of(row._mapping) for row in rows)
        return page_of(found, limit=limit, key=lambda quote: quote.number)


class PostgresContractShelf:
    """Implements the ContractShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
        state: ContractState | None = None,
        cups: Cups | None = None,
    ) -> Page[Contract]:
        """Return contracts beyond a number."""
        rows = _CONTRACTS.rows(
            self._database, after=after, limit=limit, customer=customer, state=state, cups=cups
        )
        found = (contract_of(row) for row in rows)
        return page_of(found, limit=limit, key=lambda contract: contract.number)


class PostgresSupplyPointShelf:
    """Implements the SupplyPointShelf port over the contracts' supplies."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self, *, after: str, limit: int, customer: str | None = None, prefix: str | None = None
    ) -> Page[SupplyPoint]:
        """Return supply points beyond a CUPS."""
        rows = _POINTS.rows(
            self._database, after=after, limit=limit, customer=customer, prefix=prefix
        )
        return page_of(map(_point, rows), limit=limit, key=lambda point: point.cups.point)

    def by_cups(self, cups: Cups) -> SupplyPoint:
        """Return one point; raises NotFound."""
        for row in _POINTS.rows(self._database, after="", limit=1, cups=cups):
            return _point(row)
        raise NotFound("supply.point.unknown", "no contract has such a point", cups=cups)


def _point(row: Row[Any]) -> SupplyPoint:
    return SupplyPoint(
        Cups(row.cups),
        tuple(
            PointSupply(
                ContractNumber(body["contract"]), CustomerNumber(body["customer"]), supply_of(body)
            )
            for body in row.supplies
        ),
    )
