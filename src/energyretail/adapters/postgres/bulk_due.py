"""Supplies that are due, those alike together, their numbers in columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, text

from energyretail.adapters.postgres.billing_supplies import (
    IS_DUE,
    OF_KEYS,
    OWNED,
    READ_FROM_BILLED,
    supply_of,
)
from energyretail.adapters.postgres.bulk_facts import FACTS
from energyretail.adapters.postgres.bulk_intervals import told_beside
from energyretail.adapters.postgres.bulk_past import PAST, PAST_COLUMNS, past_bills, some_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import powers_of
from energyretail.adapters.postgres.measured import UPTO
from energyretail.application.billing import (
    AlikeSupplies,
    DuePage,
    PastBills,
    ToldAlike,
)
from energyretail.domain.billing import BillableSupply, IndexReading
from energyretail.domain.parties import CustomerKind
from energyretail.domain.pricing import Quality
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period

__all__ = ["Due", "due_page", "supplies_of"]

# What the bill of a supply rests on beside what is read on its two days makes it one of its own:
# a plan, a fault, a deposit, a bill that is held, what its bills counted; and what was told of its
# point but what others share. Asked at once, and once: it is looked up, however much there is.
_HAS_OWN: Final = """
    SELECT EXISTS (
        SELECT 1 FROM instalment_plan AS own
        WHERE own.contract = started.contract AND settled_on IS NULL
        UNION ALL SELECT 1 FROM customer_fault AS own
        WHERE own.contract = started.contract AND left(own.cups, 20) = left(started.cups, 20)
        UNION ALL SELECT 1 FROM deposit AS own WHERE own.contract = started.contract
        UNION ALL SELECT 1 FROM held_bill AS own WHERE own.contract = started.contract
            AND own.cups = started.cups AND own.state NOT IN ('issued', 'lapsed')
        UNION ALL SELECT 1 FROM invoice AS own WHERE own.contract = started.contract
            AND own.cups = started.cups AND own.counted <> '{}'
            AND own.kind <> 'credit_note' AND own.cancelled_by IS NULL) AS has_own
    OFFSET 0
"""

_OF_FIRST: Final = (
    "plain", "tariff", "powers", "kind", "bill_from", "last_day", "qualities", "started_on",
    "ended_on", "billed_until",
)  # fmt: skip
# By one digest: a sort that looks at one column after the other finds them alike, one by one.
_ALIKE: Final = """
    md5(CAST(ROW(plain, CASE WHEN NOT plain THEN place END, tariff, powers, kind, bill_from,
        last_day, names, qualities, facts, started_on = bill_from, ended_on = last_day,
        billed_until IS NULL) AS text))::uuid
"""

# Plain is what was read on two days, of the same registers, the day it is billed from the first.
# A supply that is not plain is a group of its own. Registers are told as an array: theirs are the
# names that meters and operators give them. Nothing is sorted: what was read comes in the
# order of the index, from the last register and day to the first.
_READ: Final = f"""
    SELECT count(*) FILTER (WHERE taken_on = started.bill_from) AS registers,
        min(taken_on) FILTER (WHERE taken_on > started.bill_from) AS next_day,
        max(taken_on) AS last_day,
        array_agg(register) FILTER (WHERE taken_on = started.bill_from) AS names,
        array_agg(register) FILTER (WHERE taken_on > started.bill_from) AS names_now,
        string_agg(quality, ',') AS qualities,
        string_agg(int8send((index_kwh * 1000)::bigint), ''::bytea) AS indexes,
        string_agg(int8send(version), ''::bytea) AS versions
    FROM ({READ_FROM_BILLED}) AS current
"""
_PAGE: Final = text(f"""
    WITH looked AS MATERIALIZED (
        SELECT started.*, NOT has_own AND NOT shared.odd AND next_day = last_day
                AND (names = names_now) IS TRUE AS plain,
            row_number() OVER (ORDER BY key) AS place,
            shared.facts, shared.seen AS facts_seen
        FROM (
            SELECT started.*, has_own, read.* FROM ({OWNED}) AS started
            CROSS JOIN LATERAL ({_HAS_OWN}) AS own
            CROSS JOIN LATERAL ({_READ}) AS read
            WHERE started.key > :after AND (:until = '' OR started.key <= :until)
                AND CASE WHEN has_own THEN {IS_DUE} ELSE read.next_day IS NOT NULL END
            ORDER BY started.key LIMIT :limit
        ) AS started CROSS JOIN LATERAL ({FACTS}) AS shared
    )
    SELECT {", ".join(f"(array_agg({each} ORDER BY place))[1] AS {each}" for each in _OF_FIRST)},
        min(names) AS registers,
        array_agg(place ORDER BY place) AS places,
        array_agg(contract ORDER BY place) AS contracts,
        array_agg(customer ORDER BY place) AS customers,
        array_agg(cups ORDER BY place) AS cups,
        string_agg(indexes, ''::bytea ORDER BY place) AS indexes,
        string_agg(versions, ''::bytea ORDER BY place) AS versions,
        array_agg(facts_seen ORDER BY place) AS facts_seen,
        {PAST_COLUMNS}
    FROM looked CROSS JOIN LATERAL ({PAST}) AS past
    CROSS JOIN LATERAL (SELECT {_ALIKE} AS alike) AS grouped
    GROUP BY alike
    ORDER BY min(place)
""")
_OF_KEYS: Final = text(OF_KEYS)
# A page of thousands is put in order in memory. Its plan looks dear enough to be compiled, which
# on a server that can takes longer than to run it. Set only where a transaction is open.
_SET: Final = text("""
    SELECT set_config('jit', 'off', true), CASE
        WHEN pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')
        THEN set_config('work_mem', '64MB', true) END
""")


@attrs.frozen(kw_only=True)
class Due:
    """Which page is asked for: see the port BulkBills."""

    today: date
    after: str
    until: str
    limit: int
    past_days: int | None


def due_page(database: Database, due: Due) -> DuePage:
    """Return a page of what is due: see the port BulkBills."""
    with database.reading() as connection:
        connection.execute(_SET)
        upto = connection.execute(UPTO).scalar_one()
        rows = connection.execute(_PAGE, {**attrs.asdict(due), "upto": upto}).all()
    plain = [row for row in rows if row.plain]
    beside = told_beside(database, plain, today=due.today, upto=upto)
    alike = []
    others = {row.places[0]: _key(row, 0) for row in rows if not row.plain}
    for row, groups in zip(plain, beside, strict=True):
        others |= {row.places[at]: _key(row, at) for at in groups.others}
        past = None if due.past_days is None else past_bills(row)
        alike += [_alike(row, past, told, at) for told, at in groups.alike]
    last = (row for row in rows if due.limit in row.places)
    return DuePage(
        alike=tuple(alike),
        others=dict(sorted(others.items())),
        resume=next((_key(row, row.places.index(due.limit)) for row in last), None),
    )


def supplies_of(
    database: Database, keys: Sequence[str], *, today: date
) -> dict[str, BillableSupply]:
    """Return supplies by key."""
    with database.reading() as connection:
        rows = connection.execute(_OF_KEYS, {"today": today, "keys": list(keys)})
        found = [supply_of(row) for row in rows]
    return {supply.key: supply for supply in found}


def _key(row: Row[Any], at: int) -> str:
    return f"{row.contracts[at]}/{row.cups[at]}"


def _alike(
    row: Row[Any], past: PastBills | None, told: ToldAlike | None, at: Sequence[int]
) -> AlikeSupplies:
    """Return the supplies of a group that stand at some places of it."""
    read = [(register, day) for register in row.registers for day in (row.last_day, row.bill_from)]
    columns = [_columns(each, len(read), at) for each in (row.indexes, row.versions)]
    qualities = row.qualities.split(",")
    signs = sorted(zip(read, *columns, qualities, strict=True), key=lambda sign: sign[0][::-1])
    contracts, customers, cups = (
        [column[place] for place in at] for column in (row.contracts, row.customers, row.cups)
    )
    one = BillableSupply(
        contract=ContractNumber(contracts[0]),
        customer=CustomerNumber(customers[0]),
        cups=Cups(cups[0]),
        tariff=row.tariff,
        powers=powers_of(row.powers),
        supplied=Period(row.started_on, row.ended_on),
        billed_until=row.billed_until,
        readings=tuple(
            IndexReading(
                register,
                day,
                int(version[0]),
                Decimal(int(index[0])).scaleb(-3),
                Quality(quality),
            )
            for (register, day), index, version, quality in signs
        ),
        kind=CustomerKind(row.kind),
    )
    return AlikeSupplies(
        one=one,
        period=Period(row.bill_from, row.last_day),
        places=[row.places[place] for place in at],
        contracts=contracts,
        customers=customers,
        cups=cups,
        indexes={which: index for which, index, *_ in signs},
        versions={which: version for which, _, version, _ in signs},
        past=past and some_of(past, at),
        told=told,
    )


def _columns(sent: bytes, count: int, at: Sequence[int]) -> Sequence[NDArray[np.int64]]:
    """Return the columns of some rows of big-endian numbers."""
    return tuple(np.frombuffer(sent, dtype=">i8").reshape(-1, count)[at].T.astype(np.int64))
