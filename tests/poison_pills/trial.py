"""A portfolio with pills in it, billed by a worker process, freed and billed again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

import attrs
import psycopg
from pydantic import SecretStr

from energyretail.adapters.postgres.database import Database
from energyretail.application.operations import InChunks
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio
from poison_pills.outcome import Outcome, counted
from poison_pills.pills import CORRUPT, PILLS

__all__ = ["Plan", "poisoned_trial"]

_BELOW_TESTS: Final = Path(__file__).parents[1]
_PROGRAM: Final = Path(__file__).with_name("worker.py")
_READ: Final = (date(2026, 3, 2), date(2026, 4, 2))
_TODAY: Final = date(2026, 4, 6)
_PATIENCE_SECONDS: Final = 3600.0
_CORRECTIONS: Final = 20
_TABLES: Final = """
    CREATE TABLE pill (key text PRIMARY KEY, kind text NOT NULL, powers jsonb NOT NULL);
    CREATE TABLE pill_tried (key text NOT NULL)
"""
_POISON: Final = """
    INSERT INTO pill
    SELECT contract || '/' || cups, kind, powers
    FROM unnest(%s::text[], %s::text[]) AS given (contract, kind) JOIN supply USING (contract)
"""
_BREAK: Final = """
    UPDATE supply SET powers = '{"P1": "a few", "P2": "a few"}'
    FROM pill WHERE pill.key = supply.contract || '/' || supply.cups AND pill.kind = %s
"""
_MEND: Final = """
    UPDATE supply SET powers = pill.powers
    FROM pill WHERE pill.key = supply.contract || '/' || supply.cups;
    DELETE FROM pill
"""
_READ_AGAIN: Final = """
    INSERT INTO reading (cups, register, taken_on, version, index_kwh, quality, source, received_on)
    SELECT cups, register, taken_on, max(version) + 1,
        max(index_kwh) + 1, 'actual', 'drawn', taken_on
    FROM reading WHERE taken_on = %s
        AND cups = (SELECT cups FROM supply ORDER BY contract LIMIT 1)
    GROUP BY cups, register, taken_on
"""


@attrs.frozen
class Plan:
    """So many supplies in chunks, `pills` of them poisoned, each kind of pill in its turn.

    Billing a range may take `seconds` and a moment a supply, and `megabytes` more.
    """

    supplies: int
    pills: int
    chunk: int = 1000
    seconds: float = 2.0
    megabytes: int = 300
    seed: int = 1


def poisoned_trial(
    url: str, plan: Plan, *, told: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Bill a migrated database's portfolio with pills, then without; return what was found."""
    with closing(Database(url)) as database:
        postgres_desk(database).open_day(_TODAY)
        parts = [
            PortfolioPart(tariff, ("P1", "P2", "P3"), plan.supplies // 2, _READ, _READ[0])
            for tariff in ("2.0TD-FIJO", "2.0TD-HORAS")
        ]
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=plan.seed)
    company = container_of(Settings(database_url=SecretStr(url)))
    with psycopg.connect(url, autocommit=True) as connection, closing(company.database()):
        _poison(connection, plan)
        with _worker(url, plan):
            _run(company, plan)
            told("billed around the pills")
            poisoned = counted(connection)
            connection.execute(_MEND)
            _run(company, plan)
        told("billed without them")
        for _ in range(_CORRECTIONS):
            connection.execute(_READ_AGAIN, [_READ[1]])
            InChunks(company.correct_invoices())()
        return Outcome.of(connection, poisoned)


def _poison(connection: psycopg.Connection[tuple[object, ...]], plan: Plan) -> None:
    # The first one is left for the corrections.
    places = sorted(Random(plan.seed).sample(range(2, plan.supplies + 1), plan.pills))
    kinds = [[*PILLS][n % len(PILLS)] for n in range(plan.pills)]
    Random(plan.seed).shuffle(kinds)
    connection.execute(_TABLES)
    connection.execute(_POISON, [[f"K{place:06}" for place in places], kinds])
    connection.execute(_BREAK, [CORRUPT])


def _run(company: Container, plan: Plan) -> None:
    number = company.start_bill_run()(_TODAY, by="proof", chunk_size=plan.chunk).number
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not company.bill_run_shelf().by_number(number).run.is_over:
        if time.monotonic() > deadline:
            raise TimeoutError("the run did not end")
        time.sleep(0.1)


@contextmanager
def _worker(url: str, plan: Plan) -> Iterator[None]:
    bounds = [str(plan.seconds), str(plan.megabytes * 1_000_000)]
    process = subprocess.Popen(
        [sys.executable, str(_PROGRAM), url, *bounds],
        env=os.environ | {"PYTHONPATH": str(_BELOW_TESTS)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
