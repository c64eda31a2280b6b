"""Supplies that end, move, are not read, are read in part or wrongly, or have no tariff."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection, text

from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["FIRST", "READ", "fill", "read"]

FIRST: Final = date(2026, 1, 7)
READ: Final = (
    FIRST, date(2026, 2, 6), date(2026, 3, 9), date(2026, 4, 8), date(2026, 5, 7),
)  # fmt: skip
_REGISTERS: Final = ("P1", "P2", "P3")
_TARIFFS: Final = ("2.0TD-FIJO", "2.0TD-HORAS")

# Which supplies these things happen to, of every hundred by the number of their contract.
_OF = "CAST(substr(contract, 2) AS int) % 100"
_POINTS = f"(SELECT cups FROM supply WHERE {_OF} BETWEEN {{0}} AND {{1}})"
_CHANGES: Final = (
    # Ended on a day that was read, and on one between that nobody read: it is estimated.
    f"UPDATE supply SET state = 'ended', ended_on = '{READ[2]}' WHERE {_OF} BETWEEN 60 AND 64",
    f"UPDATE supply SET state = 'ended', ended_on = '{READ[2]}'::date + 11"
    f" WHERE {_OF} BETWEEN 65 AND 67",
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(65, 67)} AND taken_on > '{READ[2]}'",
    # Moved: the next customer of the point begins on the day this one ends.
    f"UPDATE supply SET state = 'ended', ended_on = '{READ[1]}' WHERE {_OF} BETWEEN 70 AND 72",
    """INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town, country,
            language)
        SELECT 'M' || substr(number, 2), kind, name, 'M' || tax_id, email, street, postcode, town,
            country, language
        FROM customer WHERE CAST(substr(number, 2) AS int) % 100 BETWEEN 70 AND 72""",
    """INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on,
            early_start, document_sha256)
        SELECT 'L' || substr(number, 2), 'M' || quote, 'M' || substr(customer, 2), product, state,
            iban, accepted_on, early_start, document_sha256
        FROM contract WHERE CAST(substr(number, 2) AS int) % 100 BETWEEN 70 AND 72""",
    f"""INSERT INTO supply (contract, cups, tariff, powers, state, started_on)
        SELECT 'L' || substr(contract, 2), cups, tariff, powers, 'active', ended_on
        FROM supply WHERE {_OF} BETWEEN 70 AND 72""",
    # No tariff; no reading at all; none of the first day; a register that nobody reads.
    f"UPDATE supply SET tariff = 'NO-SUCH' WHERE {_OF} BETWEEN 74 AND 75",
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(76, 77)}",
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(78, 78)} AND taken_on = '{READ[0]}'",
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(79, 79)} AND register = 'P3'",
    # Months that are missing and estimated, the last of them for good; indexes below the last.
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(80, 82)} AND taken_on = '{READ[2]}'",
    f"DELETE FROM reading WHERE cups IN {_POINTS.format(83, 84)} AND taken_on > '{READ[1]}'",
    f"UPDATE reading SET index_kwh = index_kwh * 0.9 WHERE cups IN {_POINTS.format(85, 85)}"
    f" AND taken_on = '{READ[3]}'",
)
# What is told by the operator with every reading: when the next one is planned.
_PLANNED: Final = f"""
    INSERT INTO planned_reading (cups, planned_on, told_with, state)
    SELECT DISTINCT left(cups, 20), planned_on, planned_on - 20, 'open'
    FROM supply CROSS JOIN unnest(CAST(:days AS date[])) AS given (planned_on)
    WHERE planned_on > started_on AND {_OF} NOT BETWEEN 76 AND 77
        AND (ended_on IS NULL OR planned_on <= ended_on)
    UNION
    SELECT left(cups, 20), ended_on, ended_on - 2, 'open' FROM supply WHERE ended_on IS NOT NULL
    ON CONFLICT DO NOTHING
"""
_COLUMNS: Final = "cups, register, taken_on, version, index_kwh, quality, source, received_on"
_TO_COME: Final = (
    f"CREATE TABLE reading_to_come AS SELECT {_COLUMNS} FROM reading",
    "TRUNCATE reading",
)
_COME: Final = text(f"""
    WITH come AS (DELETE FROM reading_to_come WHERE taken_on <= :day RETURNING {_COLUMNS})
    INSERT INTO reading ({_COLUMNS}) SELECT {_COLUMNS} FROM come ON CONFLICT DO NOTHING
""")


def fill(connection: Connection, *, supplies: int, seed: int) -> None:
    """Fill a migrated database with so many supplies, and some more where customers move."""
    parts = [
        PortfolioPart(tariff, _REGISTERS, supplies // 2, READ, FIRST, estimated_every=37)
        for tariff in _TARIFFS
    ]
    fill_portfolio(connection, parts, seed=seed)
    for change in (*_CHANGES, *_TO_COME):
        connection.execute(text(change))
    connection.execute(text(_PLANNED), {"days": list(READ[1:])})
    connection.execute(text("ANALYZE customer, contract, supply, reading, planned_reading"))


def read(connection: Connection, day: date) -> None:
    """Let the readings come that were taken up to a day."""
    connection.execute(_COME, {"day": day})
