"""What the company has under the keys of an imported portfolio, found by set queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.customers import customer_of, quote_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import powers_json, powers_of
from energyretail.application.imports import PortfolioPoint
from energyretail.domain.contracts import Quote
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Cups

__all__ = ["PostgresPortfolioStanding"]

_CUSTOMERS = text('SELECT * FROM customer WHERE tax_id = ANY(:tax_ids) ORDER BY number COLLATE "C"')
_QUOTES = text('SELECT * FROM quote WHERE reference = ANY(:references) ORDER BY number COLLATE "C"')
_POINTS = text("SELECT * FROM imported_point WHERE left(cups, 20) = ANY(:points) ORDER BY cups")
_ADD_POINTS = text(
    """
    INSERT INTO imported_point (cups, powers, month_kwh, received_on)
    SELECT cups, CAST(powers AS jsonb), month_kwh, :received_on
    FROM unnest(CAST(:cups AS text[]), CAST(:powers AS text[]), CAST(:month_kwh AS int[]))
        AS row (cups, powers, month_kwh)
    """
)
_KNOWN = ("import.supply_point.known", "the supply point was imported before")
_CLASHES = {"imported_point_pkey": _KNOWN, "imported_point_once": _KNOWN}


class PostgresPortfolioStanding:
    """Implements the PortfolioStanding port: one query a call, however many keys."""

    def __init__(self, database: Database):
        self._database = database

    def customers(self, tax_ids: Sequence[str]) -> tuple[Customer, ...]:
        """Return customers by tax id."""
        with self._database.reading() as connection:
            rows = connection.execute(_CUSTOMERS, {"tax_ids": list(tax_ids)}).mappings()
            return tuple(customer_of(row) for row in rows)

    def quotes(self, references: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes by reference."""
        with self._database.reading() as connection:
            rows = connection.execute(_QUOTES, {"references": list(references)}).mappings()
            return tuple(quote_of(row) for row in rows)

    def points(self, points: Sequence[Cups]) -> tuple[PortfolioPoint, ...]:
        """Return supply points imported before."""
        given = {"points": [point.point for point in points]}
        with self._database.reading() as connection:
            return tuple(_point(row) for row in connection.execute(_POINTS, given))

    def save_points(self, points: Sequence[PortfolioPoint], *, on: date) -> None:
        """Add supply points."""
        if not points:
            return
        columns = {
            "cups": [point.cups.value for point in points],
            "powers": [powers_json(point.powers) for point in points],
            "month_kwh": [point.month_kwh for point in points],
        }
        try:
            self._database.connection().execute(_ADD_POINTS, columns | {"received_on": on})
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error


def _point(row: Row[Any]) -> PortfolioPoint:
    return PortfolioPoint(Cups(row.cups), powers_of(row.powers), row.month_kwh)
