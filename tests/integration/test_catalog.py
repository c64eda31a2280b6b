"""The database holds every rule the domain counts on, and none that is not written down.

The rules stand in `catalog.txt`, one a line: table, name, definition as Postgres prints it.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

WRITTEN = Path(__file__).with_name("catalog.txt")
MASS_TABLES = {"invoice": "a", "invoice_line": "", "entry": "a", "posting": "", "reading": "a"}

RULES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'x', 'c') AND conrelid <> 0
   AND conrelid::regclass::text !~ '^(procrastinate|alembic)'
UNION ALL
SELECT tablename, indexname, regexp_replace(indexdef, '^.* USING', 'UNIQUE INDEX USING')
  FROM pg_indexes
 WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%'
   AND tablename !~ '^(procrastinate|alembic)'
   AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""

IDENTITIES = """
SELECT format_type(a.atttypid, a.atttypmod), a.attidentity::text
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
 WHERE i.indisprimary AND c.relname = %s
"""


def rules(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return sorted(" | ".join(row) for row in connection.execute(RULES).fetchall())


class TestCatalog:
    def test_has_every_rule_and_no_other(self, database_url: str) -> None:
        written = WRITTEN.read_text("utf-8").splitlines()

        assert rules(database_url) == written

    @pytest.mark.parametrize("table", MASS_TABLES)
    def test_gives_mass_tables_ascending_keys(self, database_url: str, table: str) -> None:
        with psycopg.connect(database_url) as connection:
            keys = connection.execute(IDENTITIES, (table,)).fetchall()

        assert keys == [("bigint", MASS_TABLES[table])]

    def test_sees_a_rule_that_is_gone(self, database_url: str) -> None:
        before = rules(database_url)
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE outbox DROP CONSTRAINT outbox_pkey")

        lost = set(before) - set(rules(database_url))

        assert lost == {"outbox | outbox_pkey | PRIMARY KEY (channel, kind, key)"}
