"""Every migration goes up, down and up again, and leaves the same database each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from energyretail.adapters.postgres.migrations import downgrade, status, upgrade
from energyretail.adapters.postgres.migrations.scripts import SQL_FOLDER, revisions
from energyretail.domain.shared import Fault, Invalid

CATALOG = """
SELECT 'relation', c.relname, c.relkind::text, ''
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
       rank() OVER (PARTITION BY c.oid ORDER BY a.attnum) || ' ' || a.attnotnull || ' '
       || a.attidentity::text || ' '
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', coalesce(conrelid::regclass::text, '') || ' ' || conname,
       contype::text, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'view', viewname, '', definition FROM pg_views WHERE schemaname = 'public'
UNION ALL
SELECT 'function', p.oid::regprocedure::text, '', pg_get_functiondef(p.oid)
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text || pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'type', t.typname, t.typtype::text,
       coalesce(string_agg(e.enumlabel, ',' ORDER BY enumsortorder), '')
  FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid
 WHERE t.typnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
 GROUP BY 1, 2, 3
UNION ALL
SELECT 'extension', extname, '', '' FROM pg_extension
ORDER BY 1, 2, 3, 4
"""


# What a way down might forget to put back.
CHANGES = {
    "a view of other rows": "CREATE OR REPLACE VIEW current_reading AS SELECT DISTINCT ON"
    " (cups, register, taken_on) * FROM reading ORDER BY cups, register, taken_on, version",
    "how a function runs": "ALTER FUNCTION refuse_charged_clash(bigint[]) RESET ALL",
    "a trigger switched off": "ALTER TABLE invoice_tax DISABLE TRIGGER invoice_tax_immutable",
}


def catalog(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(CATALOG).fetchall()
    # alembic's own table stays when everything else is gone.
    return [row for row in rows if "alembic_version" not in row[1]]


def placeless(found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return a catalog without the places of columns: one put back comes last, read by its name."""
    return [
        (sort, name, kind, told.split(" ", 1)[1] if sort == "column" else told)
        for sort, name, kind, told in found
    ]


class TestMigrations:
    def test_are_pairs_of_files(self) -> None:
        ups = {path.name.removesuffix(".up.sql") for path in SQL_FOLDER.glob("*.up.sql")}
        downs = {path.name.removesuffix(".down.sql") for path in SQL_FOLDER.glob("*.down.sql")}

        assert ups == downs
        assert len({name[:4] for name in ups}) == len(ups)

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
    def test_leave_no_change_unseen(self, database_url: str, change: str) -> None:
        before = catalog(database_url)
        with psycopg.connect(database_url) as connection:
            connection.execute(change)

        assert catalog(database_url) != before

    def test_go_up_down_and_up_step_by_step(self, empty_database_url: str) -> None:
        for revision, before in zip(revisions(), ("base", *revisions()[:-1]), strict=True):
            below = catalog(empty_database_url)
            upgrade(empty_database_url, revision)
            above = catalog(empty_database_url)
            downgrade(empty_database_url, before)
            assert placeless(catalog(empty_database_url)) == placeless(below), revision
            upgrade(empty_database_url, revision)
            assert catalog(empty_database_url) == above, revision

    def test_go_all_the_way_down_and_up(self, empty_database_url: str) -> None:
        empty = catalog(empty_database_url)
        upgrade(empty_database_url)
        full = catalog(empty_database_url)

        downgrade(empty_database_url, "base")
        assert catalog(empty_database_url) == empty
        upgrade(empty_database_url)

        assert catalog(empty_database_url) == full

    def test_go_down_over_what_only_a_later_version_knows(self, empty_database_url: str) -> None:
        upgrade(empty_database_url)
        with psycopg.connect(empty_database_url) as connection:
            for kind in ("advance", "carried", "carried_on"):
                connection.execute(
                    "INSERT INTO deduction (kind, document, bill, taken_on, net_cents,"
                    " gross_cents, currency, taxes)"
                    " VALUES (%s, %s, 'F26-000001', '2026-03-01', 1, 1, 'EUR', '[]')",
                    (kind, kind),
                )

        left = []
        for revision in ("0025_stage", "0022_stray_items"):
            downgrade(empty_database_url, revision)
            with psycopg.connect(empty_database_url) as connection:
                rows = connection.execute("SELECT kind FROM deduction ORDER BY id").fetchall()
            left.append([kind for (kind,) in rows])

        assert left == [["advance", "carried"], ["advance"]]

    def test_tell_where_a_database_stands(self, empty_database_url: str) -> None:
        before = status(empty_database_url)
        after = upgrade(empty_database_url)

        assert (before.current, before.head) == (None, revisions()[-1])
        assert after.current == after.head == status(empty_database_url).current

    def test_run_once_when_several_processes_come_together(self, empty_database_url: str) -> None:
        with ThreadPoolExecutor(4) as pool:
            ends = list(pool.map(lambda _: upgrade(empty_database_url), range(4)))

        assert {end.current for end in ends} == {revisions()[-1]}

    def test_refuse_an_unknown_revision(self, empty_database_url: str) -> None:
        with pytest.raises(Invalid) as refusal:
            upgrade(empty_database_url, "9999_nowhere")

        assert refusal.value.code == "postgres.unknown_revision"

    def test_say_that_nothing_answers(self) -> None:
        with pytest.raises(Fault) as fault:
            status("postgresql://nobody@127.0.0.1:1/nothing")

        assert fault.value.code == "postgres.unreachable"
