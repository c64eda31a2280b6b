"""Many rows by one COPY: quick whatever is in them, and its errors are those of any statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import attrs
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from energyretail.adapters.postgres.bulk import copy_rows, new_ids
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.bulk_forms import Forms
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.form_json import form_of
from energyretail.application.billing import RatedAlike
from energyretail.domain import pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Energy, Period, Power
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of
from statements_sent import statements_sent

ENTRY = {"key": "text", "day": "date", "text": "text"}
SECRET = "Zoé Pérez, ES9121000418450200051332"


def keys(database: Database) -> list[str]:
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT key FROM entry ORDER BY id")
        return [row.key for row in rows]


class TestCopyRows:
    def test_appends_rows_in_their_order_under_ascending_keys(self, database: Database) -> None:
        with database.transaction() as connection:
            first, *_, last = new_ids(connection, "entry", 3)
            rows = ((id_, f"e{id_}", START, "") for id_ in range(first, last + 1))
            copy_rows(connection, "entry", {"id": "int8"} | ENTRY, rows)
            database.commit()

        assert last == first + 2
        assert keys(database) == [f"e{id_}" for id_ in range(first, last + 1)]

    def test_says_which_constraint_is_broken_and_nothing_of_the_row(
        self, database: Database
    ) -> None:
        with pytest.raises(IntegrityError) as broken, database.transaction() as connection:
            copy_rows(connection, "entry", ENTRY, [(SECRET, START, "")] * 2)

        assert broken.value.orig.diag.constraint_name == "entry_natural_key"
        assert SECRET not in str(broken.value)
        assert keys(database) == []

    def test_says_nothing_of_a_value_that_is_wrong(self, database: Database) -> None:
        columns = {"series": "text", "last": "text"}

        with pytest.raises(DataError) as broken, database.transaction() as connection:
            copy_rows(connection, "number_series", columns, [(SECRET, SECRET)])

        assert SECRET not in str(broken.value)

    def test_keeps_nothing_where_the_rows_themselves_fail(self, database: Database) -> None:
        def rows() -> Iterator[tuple[Any, ...]]:
            yield "e1", START, ""
            raise LookupError("our own mistake")

        with pytest.raises(LookupError), database.transaction() as connection:
            copy_rows(connection, "entry", ENTRY, rows())
        with database.transaction() as connection:
            copy_rows(connection, "entry", ENTRY, [("e2", START, "")])
            database.commit()

        assert keys(database) == ["e2"]


class TestInvoices:
    def test_are_kept_without_escaping_their_lines(self, database: Database) -> None:
        """Twelve bills have some 700 kB of calculations, which no parameter holds."""
        desk = postgres_desk(database)
        desk.world.sign(*(contract_of(number) for number in range(1, 13)))
        for number in range(1, 13):
            desk.world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        desk.open_day(SECOND)
        given: list[int] = []

        def count(_: object, __: object, ___: object, values: object, *____: object) -> None:
            given.append(len(str(values)))

        event.listen(database.engine, "before_cursor_execute", count)
        try:
            assert desk.bill().issued == 12
        finally:
            event.remove(database.engine, "before_cursor_execute", count)

        assert max(given) < 20_000
        assert len(desk.world.invoices.of_contract("K000012")[0].lines) > 5


_SET = "SELECT current_setting('jit'), current_setting('work_mem')"


class TestDuePage:
    @pytest.mark.parametrize(("has", "gets"), [("4MB", "64MB"), ("128MB", "128MB")])
    def test_is_planned_for_thousands_within_its_transaction(
        self, database: Database, has: str, gets: str
    ) -> None:
        bills = PostgresBulkBills(database)
        with database.transaction() as connection:
            connection.exec_driver_sql(f"SET SESSION work_mem = '{has}'; SET SESSION jit = on")
            database.commit()

        with database.transaction() as connection:
            bills.due(today=SECOND, after="", limit=9)
            within = tuple(connection.exec_driver_sql(_SET).one())
        with database.reading() as connection:
            afterwards = tuple(connection.exec_driver_sql(_SET).one())

        assert within == ("off", gets)
        assert afterwards == ("on", has)


DAYS = Period(START, SECOND)
TARIFF = SPAIN.tariff("2.0TD-FIJO")
USAGE = pricing.Usage(
    uses=tuple(pricing.RegisterUse(name, DAYS, Energy(Decimal(9))) for name in ("P1", "P2", "P3")),
    powers=(("P1", Power(Decimal("3.45"))), ("P2", Power(Decimal("3.45")))),
)


def rated(label: str) -> RatedAlike:
    """Return what is kept of bills whose first line has a label."""
    first, *others = TARIFF.components
    labelled = attrs.evolve(first, label=label)
    tariff = attrs.evolve(TARIFF, components=(labelled, *others))
    program = pricing.compile_program(tariff, USAGE, period=DAYS)
    nothing: Any = None
    return RatedAlike(nothing, (), program, pricing.lower(program), [], [])


class TestForms:
    # The second has the sign that texts go with, which JSON writes otherwise.
    LABELS = ("plain", "one\x1etwo", 'Año \u20ac "x" \\')

    def test_are_kept_once_each_whatever_is_written_in_them(self, database: Database) -> None:
        made = list(map(rated, self.LABELS))

        with database.transaction(), statements_sent(database) as sent:
            ids = Forms().ids(database, made)
            again = Forms().ids(database, [*made, made[0]])
            database.commit()

        assert len(sent) == 5
        assert again == [*ids, ids[0]]
        for id_, each in zip(ids, made, strict=True):
            assert form_of(self._body(database, id_)) == each.program.form
            assert self._told(database, id_) == [
                *(line.draft.label for line in each.program.form.lines),
                *(each.program.form.terms.rounding_label for _ in each.kernel.roundings),
            ]

    def test_are_no_reason_to_wait_for_whoever_bills_by_the_same(self, database: Database) -> None:
        made = [rated("plain")]

        with closing(Database(database.url)) as other, other.transaction():
            of_other = Forms().ids(other, made)
            with database.transaction() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
                ids = Forms().ids(database, made)
                database.commit()

        assert ids == of_other  # though the other kept no bill
        assert form_of(self._body(database, ids[0])) == made[0].program.form

    def test_of_a_dry_run_are_waited_for_where_postgres_sees_it(self, database: Database) -> None:
        made = [rated("plain")]

        with closing(Database(database.url)) as other, other.whole(trial=True), other.transaction():
            Forms().ids(other, made)
            with database.transaction() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
                with pytest.raises(OperationalError, match="55P03"):
                    Forms().ids(database, made)

    @pytest.mark.parametrize(("trial", "kept"), [(False, 1), (True, 0)])
    def test_are_gone_with_a_trial_alone(self, database: Database, trial: bool, kept: int) -> None:
        with database.whole(trial=trial), database.statements_within(60):
            with database.transaction():
                (id_,) = Forms().ids(database, [rated("plain")])
                database.commit()
            assert self._body(database, id_)

        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM bill_form").scalar_one() == kept

    def _body(self, database: Database, id_: int) -> str:
        with database.reading() as connection:
            sql = f"SELECT body FROM bill_form WHERE id = {id_}"
            body: str = connection.exec_driver_sql(sql).scalar_one()
            return body

    def _told(self, database: Database, id_: int) -> list[str]:
        sql = f"SELECT told ->> 'label' FROM bill_form_line WHERE form_id = {id_} ORDER BY position"
        with database.reading() as connection:
            return list(connection.exec_driver_sql(sql).scalars())
