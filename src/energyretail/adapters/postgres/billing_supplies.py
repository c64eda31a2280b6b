"""What is to be billed or corrected, found by set queries over supplies, readings and bills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from energyretail.adapters.postgres.billing import SELECT_INVOICE, invoice_of, reading_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import powers_of
from energyretail.application.billing import OutdatedInvoice, PricedBy
from energyretail.domain.billing import BillableSupply
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period

__all__ = ["PostgresOutdatedInvoices", "PostgresSuppliesToBill", "PostgresUnexplainedDays"]

# A supply, the day its live bills reach, and its current readings between two days.
_STARTED = """
    SELECT supply.contract, contract.customer, customer.kind, supply.cups, supply.tariff,
        supply.powers,
        supply.started_on, supply.ended_on, billed.billed_until,
        coalesce(billed.billed_until, supply.started_on) AS bill_from,
        least(:today, supply.ended_on) AS bill_to,
        (supply.contract || '/' || supply.cups) COLLATE "C" AS key
    FROM supply
    JOIN contract ON contract.number = supply.contract
    JOIN customer ON customer.number = contract.customer
    CROSS JOIN LATERAL (
        SELECT max(upper(period)) AS billed_until FROM invoice
        WHERE invoice.contract = supply.contract AND invoice.cups = supply.cups
            AND kind <> 'credit_note' AND cancelled_by IS NULL
    ) AS billed
    WHERE supply.started_on <= :today
"""

_CURRENT = """
    SELECT coalesce(jsonb_agg(jsonb_build_array(
            register, taken_on, version, index_kwh::text, quality)
            ORDER BY taken_on, register COLLATE "C"), '[]')
    FROM (
        SELECT DISTINCT ON (register, taken_on) register, taken_on, version, index_kwh, quality
        FROM reading WHERE left(reading.cups, 20) = left({cups}, 20) AND {days}
        ORDER BY register, taken_on, version DESC
    ) AS current
"""
_FROM_BILLED = _CURRENT.format(
    cups="started.cups", days="taken_on BETWEEN started.bill_from AND started.bill_to"
)

# Any register read again will do: which of them make a boundary, the domain decides.
_DUE = text(f"""
    SELECT started.*, ({_FROM_BILLED}) AS readings
    FROM ({_STARTED}) AS started
    WHERE started.key > :after AND EXISTS (
        SELECT FROM reading WHERE left(reading.cups, 20) = left(started.cups, 20)
            AND taken_on > started.bill_from AND taken_on <= started.bill_to)
    ORDER BY started.key LIMIT :limit
""")

_OF_CONTRACT = text(f"""
    SELECT started.*, ({_FROM_BILLED}) AS readings
    FROM ({_STARTED}) AS started WHERE started.contract = :contract ORDER BY started.key
""")

_OUTDATED = text(f"""
    WITH outdated AS (
        SELECT DISTINCT used.invoice_id
        FROM invoice_reading AS used
        JOIN invoice ON invoice.id = used.invoice_id
        JOIN LATERAL (
            SELECT index_kwh FROM reading
            WHERE left(reading.cups, 20) = left(invoice.cups, 20)
                AND reading.register = used.register
                AND reading.taken_on = used.taken_on
            ORDER BY version DESC LIMIT 1
        ) AS current ON current.index_kwh <> used.index_kwh
        WHERE invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL
        UNION
        SELECT invoice.id
        FROM unnest(CAST(:tariffs AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[]),
            CAST(:digests AS text[]), CAST(:digests_now AS text[]))
            AS repriced (tariff, starts, ends, digest, digest_now)
        JOIN invoice ON invoice.tariff = repriced.tariff
            AND invoice.period = daterange(repriced.starts, repriced.ends)
            AND invoice.price_digest = repriced.digest
            AND invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL
        WHERE NOT EXISTS (
            SELECT FROM invoice_confirmed WHERE invoice_confirmed.number = invoice.number
                AND invoice_confirmed.price_digest = repriced.digest_now)
    ), document AS ({SELECT_INVOICE} WHERE invoice.id IN (SELECT invoice_id FROM outdated))
    SELECT document.*, document.readings AS used, supply.tariff AS supply_tariff,
        customer.kind AS customer_kind, supply.powers, supply.started_on, supply.ended_on,
        (document.contract || '/' || document.cups || '/' || document.starts) COLLATE "C" AS key,
        ({
    _CURRENT.format(cups="document.cups", days="taken_on IN (document.starts, document.ends)")
}) AS current_readings
    FROM document JOIN supply USING (contract, cups)
    JOIN customer ON customer.number = document.customer
    WHERE (document.contract || '/' || document.cups || '/' || document.starts) COLLATE "C"
        > :after
    ORDER BY key LIMIT :limit
""")

_PRICED_BY = text("""
    SELECT tariff, lower(period) AS starts, upper(period) AS ends, price_digest
    FROM invoice WHERE kind <> 'credit_note' AND cancelled_by IS NULL
    GROUP BY tariff, period, price_digest
    ORDER BY tariff COLLATE "C", period, price_digest COLLATE "C"
""")

# A day is read in full as in `domain.billing.boundaries`; where a tariff's registers are unknown
# (NULL) any reading will do, for its supply is to be parked. A work item explains the unbilled
# days from the one in its key on, which wait for it; billed once, they need no explanation.
_UNEXPLAINED = text(f"""
    SELECT coalesce(sum(missing.days), 0)::bigint
    FROM ({_STARTED}) AS started
    LEFT JOIN LATERAL (
        SELECT string_to_array(known.registers, ' ') AS registers
        FROM unnest(CAST(:tariffs AS text[]), CAST(:registers AS text[]))
            WITH ORDINALITY AS known (tariff, registers, position)
        WHERE starts_with(started.tariff, known.tariff) ORDER BY position LIMIT 1
    ) AS wanted ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(max(taken_on), started.started_on) AS last_read FROM (
            SELECT taken_on FROM reading WHERE left(reading.cups, 20) = left(started.cups, 20)
                AND taken_on BETWEEN started.started_on AND started.bill_to
            GROUP BY taken_on
            HAVING coalesce(array_agg(register) @> wanted.registers, true)
        ) AS boundary
    ) AS boundaries
    CROSS JOIN LATERAL (
        SELECT greatest(boundaries.last_read, started.started_on,
            least(started.bill_to, :today - CAST(:grace_days AS int))) AS due_until
    ) AS due
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(gap) - lower(gap)), 0) AS days
        FROM unnest(datemultirange(daterange(started.started_on, due.due_until)) - (
            SELECT coalesce(range_agg(period), '{{}}') FROM invoice
            WHERE invoice.contract = started.contract AND invoice.cups = started.cups
                AND kind <> 'credit_note' AND cancelled_by IS NULL
        )) AS gap
        WHERE NOT EXISTS (
            SELECT FROM work_item WHERE kind = 'billing'
                AND key = started.key || '/' || to_char(lower(gap), 'YYYY-MM-DD'))
    ) AS missing
""")


class PostgresSuppliesToBill:
    """Implements the SuppliesToBill port."""

    def __init__(self, database: Database):
        self._database = database

    def due(self, *, today: date, after: str, limit: int) -> tuple[BillableSupply, ...]:
        """Return supplies read after the day their bills reach."""
        given = {"today": today, "after": after, "limit": limit}
        with self._database.reading() as connection:
            return tuple(_supply_of(row) for row in connection.execute(_DUE, given))

    def of_contract(self, contract: str, *, today: date) -> tuple[BillableSupply, ...]:
        """Return the started supplies of a contract."""
        given = {"today": today, "contract": contract}
        with self._database.reading() as connection:
            return tuple(_supply_of(row) for row in connection.execute(_OF_CONTRACT, given))


def _supply_of(row: Row[Any]) -> BillableSupply:
    return BillableSupply(
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        tariff=row.tariff,
        powers=powers_of(row.powers),
        supplied=Period(row.started_on, row.ended_on),
        billed_until=row.billed_until,
        readings=tuple(reading_of(*reading) for reading in row.readings),
        kind=CustomerKind(row.kind),
    )


class PostgresOutdatedInvoices:
    """Implements the OutdatedInvoices port."""

    def __init__(self, database: Database):
        self._database = database

    def priced_by(self) -> tuple[PricedBy, ...]:
        """Return what the documents in force were rated by."""
        with self._database.reading() as connection:
            return tuple(
                PricedBy(row.tariff, Period(row.starts, row.ends), row.price_digest)
                for row in connection.execute(_PRICED_BY)
            )

    def outdated(
        self, *, after: str, limit: int, repriced: Sequence[PricedBy] = ()
    ) -> tuple[OutdatedInvoice, ...]:
        """Return documents in force whose index or price has another value by now."""
        given = {
            "after": after,
            "limit": limit,
            "tariffs": [each.tariff for each in repriced],
            "starts": [each.period.start for each in repriced],
            "ends": [each.period.until for each in repriced],
            "digests": [each.digest for each in repriced],
            "digests_now": [each.digest_now for each in repriced],
        }
        with self._database.reading() as connection:
            return tuple(_outdated_of(row) for row in connection.execute(_OUTDATED, given))


def _outdated_of(row: Row[Any]) -> OutdatedInvoice:
    supply = BillableSupply(
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        tariff=row.supply_tariff,
        powers=powers_of(row.powers),
        supplied=Period(row.started_on, row.ended_on),
        billed_until=row.starts,
        readings=tuple(reading_of(*reading) for reading in row.current_readings),
        kind=CustomerKind(row.customer_kind),
    )
    return OutdatedInvoice(invoice_of(row), supply)


class PostgresUnexplainedDays:
    """Counts supply days that are neither billed, nor parked, nor still to be read.

    `registers` are those of each access tariff, as `metering.ReadingRules` has them.
    """

    def __init__(self, database: Database, *, registers: Sequence[tuple[str, tuple[str, ...]]]):
        self._database = database
        self._tariffs = [tariff for tariff, _ in registers]
        self._registers = [" ".join(names) for _, names in registers]

    def unexplained_days(self, *, today: date, grace_days: int) -> int:
        """Return how many days of supply should have a bill and have none.

        A day should have one when a later day is read in full, or when it is more than
        `grace_days` ago; unless it is not billed yet and a work item of kind ``billing`` stands
        for its supply and the first of the days that wait with it.
        """
        given = {
            "today": today,
            "grace_days": grace_days,
            "tariffs": self._tariffs,
            "registers": self._registers,
        }
        with self._database.reading() as connection:
            days: int = connection.execute(_UNEXPLAINED, given).scalar_one()
            return days
