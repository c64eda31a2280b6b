"""A portfolio drawn by set: as many supplies as asked for, with their readings, in one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import attrs
from sqlalchemy import Connection, text

from energyretail.adapters.shared.usage_facts import facts_of
from energyretail.domain.billing import Measured, VolumeRegister
from energyretail.testing.half_hours import HalfHours, fill_half_hours

__all__ = ["PortfolioPart", "fill_portfolio"]


@attrs.frozen
class PortfolioPart:
    """Supplies under a tariff, of homes with one each unless told otherwise, read on days `read`.

    `registers` are those of the tariff, `started_on` the first day of supply, of each customer on
    its own day up to `spread_days` later; one in `estimated_every` last readings is an estimate.
    With `half_hours` they are measured by them from the first day read to the last.
    Each contract has so many supplies `each`, its customer being of the `kind`; or they join as
    many contracts that are there, from the one `joins` after the first filled with them. Where they
    `end` they do so on the last day read. Their registers count volumes where a `conversion` of
    them is named. Half-hours are those of supplies that stand alone.
    """

    tariff: str
    registers: tuple[str, ...]
    supplies: int
    read: tuple[date, ...]
    started_on: date
    spread_days: int = 1
    powers: str = '{"P1": "4.6", "P2": "4.6"}'
    estimated_every: int = 100
    half_hours: HalfHours | None = None
    kind: str = "home"
    each: int = 1
    joins: int | None = None
    end: bool = False
    conversion: str = ""


# What looks drawn is computed from the seed and a number, so it is the same in every database.
_DRAWN: Final = "(abs(hashint8extended({0}, CAST(:seed AS bigint)) % {1}))"

# As the product numbers: six digits, or more without a zero before them.
_SIX: Final = "CASE WHEN {0} < 1000000 THEN lpad(({0})::text, 6, '0') ELSE ({0})::text END"

_CUSTOMERS: Final = text(f"""
    INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town, country,
        language)
    SELECT 'C' || {_SIX.format("n")}, :kind, 'Customer ' || n, 'T' || lpad(n::text, 8, '0'),
        'c' || n || '@example.org', 'Calle ' || n, '28001', 'Madrid', 'ES', 'es'
    FROM generate_series(CAST(:first AS bigint), CAST(:last_owner AS bigint)) AS n
""")
_CONTRACTS: Final = text(f"""
    INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on, early_start,
        document_sha256)
    SELECT 'K' || {_SIX.format("n")}, 'Q' || {_SIX.format("n")},
        'C' || {_SIX.format("n")}, :tariff, 'active', 'ES9121000418450200051332', :started_on,
        true, repeat('0', 64)
    FROM generate_series(CAST(:first AS bigint), CAST(:last_owner AS bigint)) AS n
""")
# The letters of a CUPS are the rest of its digits by 529, in base 23.
_OWNER: Final = "(CAST(:owner AS bigint) + (n - CAST(:first AS bigint)) / CAST(:each AS bigint))"
_POINTS: Final = f"""
    SELECT n, 'K' || {_SIX.format(_OWNER)} AS contract,
        'ES' || lpad(digits::text, 16, '0')
            || substr('TRWAGMYFPDXBNJZSQVHLCKE', (digits % 529 / 23)::int + 1, 1)
            || substr('TRWAGMYFPDXBNJZSQVHLCKE', (digits % 529 % 23)::int + 1, 1) AS cups
    FROM (
        SELECT n, 21000000000000 + n AS digits
        FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
    ) AS point
"""
_SUPPLIES: Final = text(f"""
    INSERT INTO supply (contract, cups, tariff, powers, state, started_on, ended_on)
    SELECT contract, cups, :tariff, CAST(:powers AS jsonb), :state,
        CAST(:started_on AS date) + CAST({_DRAWN.format("n", "CAST(:spread AS bigint)")} AS int),
        CAST(:ended_on AS date)
    FROM ({_POINTS}) AS point
""")
_VOLUMES: Final = text(f"""
    INSERT INTO usage_fact (point, sort, name, days, body)
    SELECT left(cups, 20), 'volume', register, daterange(:started_on, NULL), :body
    FROM ({_POINTS}) AS point CROSS JOIN unnest(CAST(:registers AS text[])) AS r (register)
    ORDER BY cups, register
""")
_READINGS: Final = text(f"""
    INSERT INTO reading (cups, register, taken_on, version, index_kwh, quality, source, received_on)
    SELECT cups, register, taken_on, 1, (first_index + sum(used) OVER (
            PARTITION BY cups, register ORDER BY taken_on)) / 1000.0,
        CASE WHEN times > 1 AND (n + times) % :estimated = 0 THEN 'estimated' ELSE 'actual' END,
        'drawn', taken_on
    FROM (
        SELECT point.n, cups, register, taken_on, times,
            {_DRAWN.format("n * 8 + place", "800000000")} AS first_index,
            CASE WHEN times = 1 THEN 0
                ELSE {_DRAWN.format("-n * 8 - place", "300")}
                    * (800 + {_DRAWN.format("(-n * 8 - place) * 64 - times", "400")}) END AS used
        FROM ({_POINTS}) AS point
        CROSS JOIN unnest(CAST(:registers AS text[])) WITH ORDINALITY AS r (register, place)
        CROSS JOIN unnest(CAST(:days AS date[])) WITH ORDINALITY AS d (taken_on, times)
    ) AS drawn
    ORDER BY cups, register, taken_on
""")


def fill_portfolio(
    connection: Connection, parts: Sequence[PortfolioPart], *, seed: int, first: int = 1
) -> int:
    """Fill a database that has no customer of these numbers; return the next number.

    The parts are numbered one after the other, from `first`.
    """
    of_all = first
    for part in parts:
        last = first + part.supplies - 1
        given = _given(part, first, last) | {"seed": seed}
        statements = [_CUSTOMERS, _CONTRACTS, _SUPPLIES, _READINGS]
        if part.joins is not None:
            given["owner"] = of_all + part.joins
            statements = statements[2:]
        if part.conversion:
            statements.append(_VOLUMES)
        for statement in statements:
            wanted = {name: given[name] for name in statement.compile().params}
            connection.execute(statement, wanted)
        if part.half_hours is not None:
            fill_half_hours(connection, part.half_hours, given)
        first = last + 1
    connection.execute(text("ANALYZE customer, contract, supply, reading, usage_fact"))
    return first


def _given(part: PortfolioPart, first: int, last: int) -> dict[str, Any]:
    register = VolumeRegister(part.registers[0], part.started_on, part.conversion)
    (fact,) = facts_of(Measured(volumes=(register,)))
    return {
        "first": first,
        "last": last,
        "last_owner": first + (last - first) // part.each,
        "owner": first,
        "each": part.each,
        "kind": part.kind,
        "tariff": part.tariff,
        "powers": part.powers,
        "state": "ended" if part.end else "active",
        "started_on": part.started_on,
        "ended_on": part.read[-1] if part.end else None,
        "spread": part.spread_days,
        "registers": list(part.registers),
        "estimated": part.estimated_every,
        "days": list(part.read),
        "body": fact.body,
    }
