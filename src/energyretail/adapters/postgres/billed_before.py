"""What supplies used until now, by one query over their bills in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text

from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import SupplyName
from energyretail.domain.billing import BilledUse
from energyretail.domain.shared import ContractNumber, Cups, Money, Period

__all__ = ["PostgresBilledBefore"]

# Of a rectification the bill that stands. A register that passed its last figure counted on.
_BEFORE: Final = text("""
    SELECT bill.contract, bill.cups, lower(bill.period) AS starts, upper(bill.period) AS ends,
        bill.currency, read.estimated, read.counted,
        CASE WHEN stands IS NULL THEN bill.gross_cents
            ELSE CAST(stands ->> 'gross_cents' AS bigint) END AS gross_cents,
        CASE WHEN stands IS NULL THEN bill.energy_kwh
            ELSE CAST(stands ->> 'energy_kwh' AS numeric) END AS energy_kwh
    FROM unnest(CAST(:contracts AS text[]), CAST(:cups AS text[]), CAST(:first_days AS date[]))
        AS wanted (contract, cups, first_day)
    JOIN invoice AS bill ON bill.contract = wanted.contract AND bill.cups = wanted.cups
        AND bill.kind <> 'credit_note' AND bill.cancelled_by IS NULL
        AND upper(bill.period) <= wanted.first_day
        AND upper(bill.period) > wanted.first_day - CAST(:days AS int)
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(estimated), false) AS estimated, coalesce(
            jsonb_agg(jsonb_build_array(register, CAST(counted AS text))
                ORDER BY register COLLATE "C"), '[]') AS counted
        FROM (
            SELECT register, bool_or(quality = 'estimated' AND is_last) AS estimated,
                coalesce(sum(CASE WHEN index_kwh >= before THEN index_kwh - before
                    ELSE index_kwh - before + CAST(:full AS numeric) END), 0) AS counted
            FROM (
                SELECT register, quality, index_kwh,
                    taken_on = max(taken_on) OVER () AS is_last,
                    lag(index_kwh) OVER (PARTITION BY register ORDER BY taken_on) AS before
                FROM invoice_reading WHERE invoice_id = bill.id
            ) AS one
            GROUP BY register
        ) AS each
    ) AS read
    ORDER BY lower(bill.period)
""")


class PostgresBilledBefore:
    """Implements the BilledBefore port."""

    def __init__(self, database: Database):
        self._database = database

    def before(
        self, first_days: Mapping[SupplyName, date], *, days: int, digits: int
    ) -> Mapping[SupplyName, tuple[BilledUse, ...]]:
        """Return what the bills in force are for."""
        if not first_days:
            return {}
        given = {
            "contracts": [contract for contract, _ in first_days],
            "cups": [cups.value for _, cups in first_days],
            "first_days": list(first_days.values()),
            "days": days,
            "full": Decimal(10) ** digits,
        }
        found: dict[SupplyName, list[BilledUse]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(_BEFORE, given):
                supply = ContractNumber(row.contract), Cups(row.cups)
                found.setdefault(supply, []).append(_use_of(row))
        return {supply: tuple(uses) for supply, uses in found.items()}


def _use_of(row: Row[Any]) -> BilledUse:
    return BilledUse(
        days=Period(row.starts, row.ends),
        counted=tuple((register, Decimal(counted)) for register, counted in row.counted),
        energy_kwh=row.energy_kwh,
        gross=Money.of_cents(row.gross_cents, row.currency).amount,
        estimated=row.estimated,
    )
