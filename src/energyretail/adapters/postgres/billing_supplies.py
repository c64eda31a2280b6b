"""What is to be billed or corrected, found by set queries over supplies, readings and bills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from energyretail.adapters.postgres.billing import SELECT_INVOICE, invoice_of, reading_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import powers_of
from energyretail.adapters.shared.bill_json import carried_of
from energyretail.application.billing import OutdatedInvoice, PricedBy
from energyretail.domain.billing import BillableSupply, CustomerFault, FaultDays
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period

__all__ = [
    "DUE",
    "IN_FORCE",
    "IS_DUE",
    "OF_KEYS",
    "OWNED",
    "READ_FROM_BILLED",
    "STARTED",
    "SUPPLIED",
    "PostgresOutdatedInvoices",
    "PostgresSuppliesToBill",
    "supply_of",
]

# What the live bills of a supply that end by a day have counted, by name.
_CARRIED = """
    SELECT coalesce(jsonb_object_agg(name, total), '{{}}') FROM (
        SELECT counted.key AS name, CAST(trim_scale(sum(CAST(value AS numeric))) AS text) AS total
        FROM invoice AS bill CROSS JOIN LATERAL jsonb_each_text(bill.counted) AS counted
        WHERE bill.contract = {contract} AND bill.cups = {cups} AND bill.counted <> '{{}}'
            AND bill.kind <> 'credit_note' AND bill.cancelled_by IS NULL
            AND upper(bill.period) <= {day}
        GROUP BY counted.key
    ) AS sums
"""

# Few have anything of the kind: for the others nothing is put together. Without the OFFSET the
# planner would read all of them into memory, for every page.
_ANY = """
    CASE WHEN EXISTS ({found} OFFSET 0) THEN (SELECT {told} FROM ({found}) AS found) ELSE '[]' END
"""
# What the customer of a supply did, and on which days.
_FAULTS = _ANY.format(
    found="""
        SELECT fault, days FROM customer_fault WHERE customer_fault.contract = {of}.contract
            AND left(customer_fault.cups, 20) = left({of}.cups, 20)""",
    told="""jsonb_agg(jsonb_build_array(fault, lower(days), upper(days))
        ORDER BY lower(days), fault COLLATE "C")""",
)
# The plans of a contract that run.
_RUNNING = """
    SELECT span FROM instalment_plan AS plan
    WHERE plan.contract = {of}.contract AND plan.settled_on IS NULL
"""
_PLANS = _ANY.format(
    found=_RUNNING,
    told="jsonb_agg(jsonb_build_array(lower(span), upper(span)) ORDER BY span)",
)

# Said so, the planner does not take the index of spans for it, which is slower to search by far.
IN_FORCE = "({of}.kind <> 'credit_note') IS TRUE AND ({of}.cancelled_by IS NULL) IS TRUE"

# A supply, the day its live bills reach, and up to which it may be billed.
SUPPLIED = f"""
    SELECT supply.contract, supply.cups, supply.tariff, supply.powers,
        supply.started_on, supply.ended_on, billed.billed_until,
        coalesce(billed.billed_until, supply.started_on) AS bill_from,
        least(:today, supply.ended_on) AS bill_to,
        (supply.contract || '/' || supply.cups) COLLATE "C" AS key
    FROM supply
    CROSS JOIN LATERAL (
        SELECT max(upper(period)) AS billed_until FROM invoice
        WHERE invoice.contract = supply.contract AND invoice.cups = supply.cups
            AND {IN_FORCE.format(of="invoice")}
    ) AS billed
    WHERE supply.started_on <= :today
"""
# With whose it is; and with what that one planned and did.
OWNED = f"""
    SELECT supplied.*, contract.customer, customer.kind FROM ({SUPPLIED}) AS supplied
    JOIN contract ON contract.number = supplied.contract
    JOIN customer ON customer.number = contract.customer
"""
STARTED = f"""
    SELECT started.*, {_PLANS.format(of="started")} AS plans,
        {_FAULTS.format(of="started")} AS faults
    FROM ({OWNED}) AS started
"""

_CURRENT = """
    SELECT DISTINCT ON (register, taken_on) register, taken_on, version, index_kwh, quality
    FROM reading WHERE left(reading.cups, 20) = left({cups}, 20) AND {days}
    ORDER BY register DESC, taken_on DESC, version DESC
"""
_TOLD = f"""
    SELECT coalesce(jsonb_agg(jsonb_build_array(
            register, taken_on, version, index_kwh::text, quality)
            ORDER BY taken_on, register COLLATE "C"), '[]')
    FROM ({_CURRENT}) AS current
"""
READ_FROM_BILLED = _CURRENT.format(
    cups="started.cups", days="taken_on BETWEEN started.bill_from AND started.bill_to"
)
_FROM_BILLED = _TOLD.format(
    cups="started.cups", days="taken_on BETWEEN started.bill_from AND started.bill_to"
)

_CARRIED_NOW = _CARRIED.format(
    contract="started.contract", cups="started.cups", day="started.bill_from"
)

_READ_SINCE = """
    SELECT FROM reading WHERE left(reading.cups, 20) = left(started.cups, 20)
        AND taken_on > started.bill_from AND taken_on <= started.bill_to
"""

# As `domain.billing.is_held_for_plan`: the first plan a bill up to the day has days of decides.
_HELD = """
    taken_on IS DISTINCT FROM started.ended_on AND coalesce((
        SELECT upper(plan.span) > taken_on FROM instalment_plan AS plan
        WHERE plan.contract = started.contract AND plan.settled_on IS NULL
            AND plan.first_day < taken_on AND upper(plan.span) > started.bill_from
        ORDER BY plan.first_day LIMIT 1), false)
"""

# Any register read again will do: which of them make a boundary, the domain decides. What is read
# inside the span of a plan waits for its end, unless the reading to bill from is missing.
IS_DUE = f"""
    CASE WHEN NOT EXISTS ({_RUNNING.format(of="started")} OFFSET 0) THEN EXISTS ({_READ_SINCE})
        ELSE EXISTS ({_READ_SINCE} AND NOT ({_HELD})) OR EXISTS ({_READ_SINCE}) AND NOT EXISTS (
            SELECT FROM reading WHERE left(reading.cups, 20) = left(started.cups, 20)
                AND taken_on = started.bill_from OFFSET 0) END
"""
DUE = f"""
    SELECT started.* FROM ({STARTED}) AS started
    WHERE started.key > :after AND (:until = '' OR started.key <= :until) AND {IS_DUE}
    ORDER BY started.key LIMIT :limit
"""
_WHOLE = f"SELECT started.*, ({_FROM_BILLED}) AS readings, ({_CARRIED_NOW}) AS carried_over"
_DUE = text(f"{_WHOLE} FROM ({DUE}) AS started ORDER BY started.key")
OF_KEYS = f"{_WHOLE} FROM ({STARTED}) AS started WHERE key = ANY(CAST(:keys AS text[]))"

_OF_CONTRACT = text(f"{_WHOLE} FROM ({STARTED}) AS started WHERE contract = :contract ORDER BY key")

_CARRIED_THEN = _CARRIED.format(
    contract="invoice.contract", cups="invoice.cups", day="lower(invoice.period)"
)
_CARRIED_BY_DOCUMENT = _CARRIED.format(
    contract="document.contract", cups="document.cups", day="document.starts"
)
# What was told of the days of a document, or published under a name it read, since it was made.
_NEWS = """
    SELECT
        greatest(
            (SELECT max(number) FROM usage_fact AS fact
                WHERE fact.point = left({document}.cups, 20)
                    AND fact.number > {document}.measured_seen
                    AND fact.days && daterange(CASE sort WHEN 'peak'
                        THEN lower({document}.period) - 400 ELSE lower({document}.period) END,
                        upper({document}.period))),
            (SELECT max(number) FROM interval_day AS kept
                WHERE kept.point = left({document}.cups, 20)
                    AND kept.number > {document}.measured_seen
                    AND kept.day >= lower({document}.period)
                    AND kept.day < upper({document}.period))) AS measured,
        (SELECT max(number) FROM market_figure AS figure
            WHERE figure.name = ANY(ARRAY(SELECT jsonb_array_elements_text({document}.figures)))
                AND figure.number > {document}.published_seen
                AND figure.days && daterange(
                    lower({document}.period) - 1, upper({document}.period) + 1)) AS published
"""
_NEWS_KEY = "'measured:' || coalesce(measured, 0) || '/' || coalesce(published, 0)"

# The faults on record of days that a document writes off, as one name; NULL where there is none.
_FAULTED = """
    SELECT 'faults:' || string_agg(
        DISTINCT (found.fault || '/' || lower(found.days)) COLLATE "C", ','
        ORDER BY (found.fault || '/' || lower(found.days)) COLLATE "C")
    FROM customer_fault AS found JOIN charged_span AS written
        ON written.contract = found.contract AND left(written.cups, 20) = left(found.cups, 20)
            AND written.component = 'back_billing' AND written.days && found.days
            AND written.invoice_id = {document}.id
    WHERE found.contract = {document}.contract
        AND left(found.cups, 20) = left({document}.cups, 20)
"""
# Found once, a page of it kept, and only then told in full: left to itself the planner takes the
# few it expects for all there is, and looks for them again for every document.
_OUTDATED = text(f"""
    WITH outdated AS MATERIALIZED (
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
        FROM invoice
        JOIN invoice_reading AS first ON first.invoice_id = invoice.id
            AND first.taken_on = lower(invoice.period)
        JOIN reading AS inner_reading ON left(inner_reading.cups, 20) = left(invoice.cups, 20)
            AND inner_reading.register = first.register
            AND inner_reading.taken_on > lower(invoice.period)
            AND inner_reading.taken_on < upper(invoice.period)
        WHERE invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL
            AND NOT EXISTS (
                SELECT FROM invoice_reading AS used WHERE used.invoice_id = invoice.id
                    AND used.register = inner_reading.register
                    AND used.taken_on = inner_reading.taken_on)
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
        UNION
        SELECT invoice.id
        FROM invoice CROSS JOIN LATERAL (SELECT ({_CARRIED_THEN}) AS now) AS carried
        WHERE (invoice.carried_from <> '{{}}' OR invoice.counted <> '{{}}')
            AND invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL
            AND carried.now <> invoice.carried_from
            AND NOT EXISTS (
                SELECT FROM invoice_confirmed WHERE invoice_confirmed.number = invoice.number
                    AND invoice_confirmed.price_digest = 'carried:' || CAST(carried.now AS text))
        UNION
        SELECT invoice.id
        FROM invoice CROSS JOIN LATERAL ({_NEWS.format(document="invoice")}) AS news
        WHERE invoice.kind <> 'credit_note' AND invoice.cancelled_by IS NULL
            AND (news.measured IS NOT NULL OR news.published IS NOT NULL)
            AND NOT EXISTS (
                SELECT FROM invoice_confirmed WHERE invoice_confirmed.number = invoice.number
                    AND invoice_confirmed.price_digest = {_NEWS_KEY})
        UNION
        SELECT invoice.id
        FROM customer_fault AS found
        JOIN charged_span AS written ON written.contract = found.contract
            AND left(written.cups, 20) = left(found.cups, 20) AND written.days && found.days
            AND written.component = 'back_billing'
        JOIN invoice ON invoice.id = written.invoice_id
        WHERE NOT EXISTS (
            SELECT FROM invoice_confirmed WHERE invoice_confirmed.number = invoice.number
                AND invoice_confirmed.price_digest =
                    ({_FAULTED.format(document="invoice")}))
    ), page AS MATERIALIZED (
        SELECT invoice.id, (contract || '/' || cups || '/' || lower(period)) COLLATE "C" AS key
        FROM invoice WHERE invoice.id IN (SELECT invoice_id FROM outdated)
            AND (contract || '/' || cups || '/' || lower(period)) COLLATE "C" > :after
        ORDER BY key LIMIT :limit
    ), document AS ({SELECT_INVOICE} WHERE invoice.id IN (SELECT id FROM page))
    SELECT document.*, document.readings AS used, supply.tariff AS supply_tariff,
        customer.kind AS customer_kind, supply.powers, supply.started_on, supply.ended_on,
        {_FAULTS.format(of="supply")} AS faults,
        ({_FAULTED.format(document="document")}) AS fault_key,
        ({
    _TOLD.format(cups="document.cups", days="taken_on BETWEEN document.starts AND document.ends")
}) AS current_readings,
        carried.now AS carried_now, 'carried:' || CAST(carried.now AS text) AS carried_key,
        CASE WHEN measured IS NOT NULL OR published IS NOT NULL THEN {_NEWS_KEY} ELSE '' END
            AS measured_key
    FROM page JOIN document ON document.id = page.id
    JOIN supply ON supply.contract = document.contract AND supply.cups = document.cups
    JOIN customer ON customer.number = document.customer
    CROSS JOIN LATERAL (SELECT ({_CARRIED_BY_DOCUMENT}) AS now) AS carried
    CROSS JOIN LATERAL ({_NEWS.format(document="document")}) AS news
    ORDER BY page.key
""")

_PRICED_BY = text("""
    SELECT tariff, lower(period) AS starts, upper(period) AS ends, price_digest
    FROM invoice WHERE kind <> 'credit_note' AND cancelled_by IS NULL
    GROUP BY tariff, period, price_digest
    ORDER BY tariff COLLATE "C", period, price_digest COLLATE "C"
""")


class PostgresSuppliesToBill:
    """Implements the SuppliesToBill port."""

    def __init__(self, database: Database):
        self._database = database

    def due(
        self, *, today: date, after: str, until: str = "", limit: int
    ) -> tuple[BillableSupply, ...]:
        """Return supplies read after the day their bills reach."""
        given = {"today": today, "after": after, "until": until, "limit": limit}
        with self._database.reading() as connection:
            return tuple(supply_of(row) for row in connection.execute(_DUE, given))

    def of_contract(self, contract: str, *, today: date) -> tuple[BillableSupply, ...]:
        """Return the started supplies of a contract."""
        given = {"today": today, "contract": contract}
        with self._database.reading() as connection:
            return tuple(supply_of(row) for row in connection.execute(_OF_CONTRACT, given))


def supply_of(row: Row[Any]) -> BillableSupply:
    """Return the supply of a row of the selects above."""
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
        carried_over=carried_of(row.carried_over),
        plans=tuple(Period(*map(date.fromisoformat, span)) for span in row.plans),
        faults=_faults_of(row.faults),
    )


def _faults_of(found: Sequence[tuple[str, str, str]]) -> tuple[FaultDays, ...]:
    return tuple(
        FaultDays(CustomerFault(fault), Period(*map(date.fromisoformat, days)))
        for fault, *days in found
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
        carried_over=carried_of(row.carried_now),
        faults=_faults_of(row.faults),
    )
    changed = row.carried_now != row.carried_from
    return OutdatedInvoice(
        invoice_of(row),
        supply,
        carried_key=row.carried_key if changed else "",
        measured_key=row.measured_key,
        fault_key=row.fault_key or "",
    )
