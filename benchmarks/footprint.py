"""How many bytes a bill takes, on the disk and in the log, in a database cut by account and whole.

``python benchmarks/footprint.py`` draws a portfolio, bills its second month by columns and prints,
for each layout, a table and, as the last line, JSON. Nothing is compared with a bar: it is
what the arithmetic of docs/reference/scale-out.md begins with.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import attrs
import bill_run
import copying
import figures
import psycopg
import server
from workload import TODAY, Told

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import statements
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.outbox import PostgresOutbox

__all__ = ["main"]

LAYOUTS: Final = {
    "plain": (),
    "by_account": ("by_account",),
    "parts": ("by_account", "partitions"),
}
# Of a table, or of the parts it is cut into.
_BYTES: Final = """
    SELECT CAST(sum(pg_table_size(relid)) AS bigint), CAST(sum(pg_indexes_size(relid)) AS bigint)
    FROM (
        SELECT relid FROM pg_partition_tree('{0}') WHERE isleaf
        UNION SELECT CAST('{0}' AS regclass)
    ) AS part
"""
_LOG: Final = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 0."""
    asked = _parser().parse_args(arguments)
    plan = bill_run.Plan(asked.supplies, asked.chunk, 1, asked.seed)
    found = {
        "benchmark": "footprint",
        "plan": attrs.asdict(plan),
        "layouts": {name: _measured(plan, scripts) for name, scripts in LAYOUTS.items()},
        "machine": figures.machine(),
    }
    figures.told(found, _table(found), asked.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--supplies", type=int, default=20_000, help="how many are billed")
    parser.add_argument("--chunk", type=int, default=10_000, help="supplies in one transaction")
    parser.add_argument("--seed", type=int, default=1, help="of what was read")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: bill_run.Plan, scripts: Sequence[str]) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder), ephemeral=False) as running,
    ):
        upgrade(running.url)
        with psycopg.connect(running.url) as connection:
            for name in scripts:
                connection.execute(statements(name))
        bill_run.drawn(running.url, plan)
        copying.settled(running.url)
        tables, log = _sizes(running.url)
        began, issued = time.perf_counter(), 0
        with closing(Database(running.url)) as database:
            told = Told(PostgresOutbox(database))
            for step in bill_run.billed(database, told, TODAY, plan.chunk):
                issued += step.issued
        took = time.perf_counter() - began
        tables_after, log_after = _sizes(running.url)
    grown = {
        table: [round((now - was) / issued) for now, was in zip(after, tables[table], strict=True)]
        for table, after in tables_after.items()
    }
    return {
        "bills": issued,
        "bills_a_second": round(issued / took),
        "rows_bytes": sum(rows for rows, _ in grown.values()),
        "keys_bytes": sum(keys for _, keys in grown.values()),
        "log_bytes": round((log_after - log) / issued),
        "tables": grown,
    }


def _sizes(url: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Return the bytes of rows and of keys by table, and how much was ever logged."""
    with psycopg.connect(url) as connection:
        sizes: dict[str, tuple[int, int]] = {}
        for table in bill_run.TABLES:
            row = connection.execute(_BYTES.format(table)).fetchone()
            assert row is not None
            sizes[table] = row
        log = connection.execute(_LOG).fetchone()
        assert log is not None
        return sizes, int(log[0])


def _table(found: dict[str, Any]) -> str:
    return "\n".join(
        f"{name:10} {each['rows_bytes']:5} bytes of rows, {each['keys_bytes']:5} of keys,"
        f" {each['log_bytes']:5} of log a bill; {each['bills_a_second']} bills/s"
        for name, each in found["layouts"].items()
    )


if __name__ == "__main__":
    sys.exit(main())
