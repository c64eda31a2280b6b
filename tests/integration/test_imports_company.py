"""A portfolio taken over by a company in Postgres: once, again, and after an end on the way."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import attrs
import pytest
from dependency_injector.providers import Object
from pydantic import SecretStr
from sqlalchemy import text

from energyretail.adapters.csv_files import CsvFolder
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.state_export import state_rows
from energyretail.application.contracts import Acceptance, QuoteRequest, WantedSite
from energyretail.application.imports import ImportReport
from energyretail.application.shared import Transaction, Work
from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Cups, Iban, Power
from energyretail.entrypoints.cli.app import run
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "input"
TODAY = date(2026, 6, 2)
IBAN = Iban("ES9121000418450200051332")
POWERS = (("P1", Power("4.6")), ("P2", Power("4.6")))
LUCIA = Person(
    CustomerKind.HOME,
    "Lucía Herrero Sanz",
    "12043567P",
    "lucia.herrero@correo.example",
    Address("Calle Atocha 41, 3º B", "28012", "Madrid", "ES"),
)


class Died(Exception):
    pass


@attrs.define
class WorkThatDies:
    """A work whose `left`-th commit never comes."""

    work: Work
    left: int

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        with self.work() as transaction:
            self.left -= 1
            if not self.left:
                raise Died
            yield transaction


@attrs.frozen
class Importing:
    """A company on its first day, with a portfolio before the door."""

    container: Container

    @classmethod
    def at(cls, url: str) -> Importing:
        container = container_of(Settings(database_url=SecretStr(url)))
        container.open_day()(TODAY)
        return cls(container)

    def take_over(self, folder: Path = EXAMPLE) -> ImportReport:
        report: ImportReport = self.container.import_portfolio()(CsvFolder(folder))
        return report

    def rows(self) -> list[str]:
        database: Database = self.container.database()
        with database.engine.connect() as connection:
            more = connection.execute(
                text(
                    "SELECT channel, kind, key FROM outbox UNION ALL"
                    " SELECT 'number', series, last::text FROM number_series"
                )
            ).fetchall()
        return sorted([*state_rows(database), *map(str, more)])

    def count(self, sql: str) -> Any:
        with self.container.database().engine.connect() as connection:
            return connection.execute(text(sql)).scalar_one()


LOCKS = """
    SELECT relation::regclass || ' ' || mode FROM pg_locks
    WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid() AND relation IS NOT NULL
"""


@attrs.frozen
class FolderWithAVisitor:
    """The example; somebody comes to the company after contracts, before readings are read."""

    visit: Callable[[], None]

    def names(self) -> tuple[str, ...]:
        return CsvFolder(EXAMPLE).names()

    def content(self, name: str) -> bytes:
        if name == "readings.csv":
            self.visit()
        return CsvFolder(EXAMPLE).content(name)


def periods_read(bad_lines: set[int]) -> int:
    """Count the periods between days on which all three registers of a point have good rows."""
    seen: dict[str, dict[str, set[str]]] = {}
    with (EXAMPLE / "readings.csv").open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if line not in bad_lines:
                days = seen.setdefault(row["cups"], {})
                days.setdefault(row["taken_on"], set()).add(row["register"])
    return sum(
        sum(registers == {"P1", "P2", "P3"} for registers in days.values()) - 1
        for days in seen.values()
    )


@pytest.fixture
def company(database_url: str) -> Iterator[Importing]:
    importing = Importing.at(database_url)
    yield importing
    importing.container.database().close()


class TestTakingOver:
    def test_makes_contracts_in_supply_that_the_registry_hears_nothing_of(self, company):
        report = company.take_over()

        assert [(f.read, f.taken, f.refused) for f in report.files] == [
            (17, 14, 3),
            (23, 20, 3),
            (17, 14, 3),
            (202, 199, 3),
        ]
        assert company.count("SELECT count(*) FROM contract WHERE state = 'active'") == 14
        assert company.count("SELECT count(*) FROM supply WHERE state = 'active'") == 17
        assert company.count("SELECT count(*) FROM mandate WHERE state = 'active'") == 14
        used = "SELECT count(*) FROM mandate WHERE (first_used, last_used) IS NOT NULL"
        assert company.count(used) == 13
        assert company.count("SELECT count(*) FROM switch") == 0
        assert company.count("SELECT string_agg(DISTINCT channel, ',') FROM outbox") == "erp"
        assert company.count("SELECT count(*) FROM outbox WHERE kind = 'contract'") == 14
        assert company.count("SELECT count(*) FROM quote WHERE reference LIKE 'import:%'") == 14
        assert company.count("SELECT count(*) FROM inbox WHERE state = 'processed'") == 4

    def test_bills_every_day_that_was_read(self, company):
        report = company.take_over()

        chunk = company.container.bill_due_supplies()(after="")

        assert chunk.resume is None
        bills = company.count("SELECT count(*) FROM invoice")
        assert bills == periods_read({f.line for f in report.faults if f.file == "readings.csv"})
        assert bills == 48
        assert company.count("SELECT count(*) FROM work_item") == 0

    def test_again_changes_nothing(self, company):
        first = company.take_over()
        stood = company.rows()

        second = company.take_over()

        assert company.rows() == stood
        assert second.faults == first.faults
        assert [f.taken for f in second.files] == [0, 0, 0, 0]
        assert [f.known for f in second.files] == [f.taken for f in first.files]

    @pytest.mark.parametrize("commits", [2, 4, 7, 8, 13, 21])
    def test_after_an_end_on_the_way_brings_the_same(self, company, database_url, commits, whole):
        container = company.container
        container.import_portfolio.add_kwargs(chunk_rows=10)
        work = container.work()
        container.work.override(Object(WorkThatDies(work, commits)))
        with pytest.raises(Died):
            company.take_over()
        container.work.reset_override()
        later = Importing.at(database_url)
        later.container.import_portfolio.add_kwargs(chunk_rows=10)

        later.take_over()

        assert later.rows() == whole
        later.container.database().close()


class TestARehearsal:
    def test_lets_a_customer_of_the_files_accept_a_quote_meanwhile(self, company):
        container, made = company.container, list[str]()

        def visit() -> None:
            site = WantedSite(Cups.of_digits("0021000000000001"), POWERS, 250)
            quote = container.quote_supply()(QuoteRequest("web-1", LUCIA, "2.0TD-FIJO", (site,)))
            made.append(container.accept_quote()(Acceptance(quote.number, IBAN, True)).number)

        def visit_in_time() -> None:
            # A thread has a connection of its own, as another process has.
            visitor = threading.Thread(target=visit, daemon=True)
            visitor.start()
            visitor.join(timeout=20)

        report = container.rehearse_portfolio()(FolderWithAVisitor(visit_in_time))

        assert made == ["K000001"]
        assert company.count("SELECT number FROM customer") == "C000001"
        assert [each.taken for each in report.files] == [14, 20, 14, 199]

    def test_tells_what_an_import_does_then(self, company):
        container = company.container
        container.rehearse_portfolio.add_kwargs(chunk_rows=7)

        told = container.rehearse_portfolio()(CsvFolder(EXAMPLE))

        assert told == company.take_over()
        assert container.rehearse_portfolio()(CsvFolder(EXAMPLE)) == company.take_over()

    def test_holds_no_lock_while_it_looks(self, company):
        container, held = company.container, list[str]()
        company.take_over()

        def look() -> None:
            with container.database().engine.connect() as connection:
                held.extend(connection.scalars(text(LOCKS)))

        container.rehearse_portfolio()(FolderWithAVisitor(look))

        assert held == []


@pytest.fixture(scope="module")
def whole(postgres_url: str, template_database: str) -> Iterator[list[str]]:
    """The rows of a company that took all over undisturbed, ten rows at a time."""
    import psycopg

    name = f"whole_{template_database}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
        importing = Importing.at(urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}")))
        importing.container.import_portfolio.add_kwargs(chunk_rows=10)
        importing.take_over()
        rows = importing.rows()
        importing.container.database().close()
        yield rows
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestCommand:
    @pytest.fixture(autouse=True)
    def settings(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", database_url)

    def test_tells_every_fault_and_ends_with_bad_input(self, company, capsys):
        assert run(["import", str(EXAMPLE), "--json"]) == ExitCode.BAD_INPUT

        told = json.loads(capsys.readouterr().out)
        assert len(told["faults"]) == len({fault["code"] for fault in told["faults"]}) == 12
        assert told["files"][0] == {
            "file": "customers.csv",
            "read": 17,
            "taken": 14,
            "known": 0,
            "refused": 3,
        }
        assert company.count("SELECT count(*) FROM customer") == 14

    def test_does_nothing_when_it_only_tells(self, company, capsys):
        stood = company.rows()

        assert run(["import", str(EXAMPLE), "--dry-run", "--json"]) == ExitCode.BAD_INPUT

        told = json.loads(capsys.readouterr().out)
        assert told["dry_run"] is True
        assert [each["taken"] for each in told["files"]] == [14, 20, 14, 199]
        assert company.rows() == stood

    def test_shows_people_a_table(self, company, capsys):
        assert run(["import", str(EXAMPLE)]) == ExitCode.BAD_INPUT

        shown = capsys.readouterr().out
        assert "Refused" in shown
        assert "customers.csv" in shown

    def test_ends_well_when_nothing_is_wrong(self, company, tmp_path, capsys):
        head, *rows = (EXAMPLE / "customers.csv").read_text("utf-8").splitlines()
        (tmp_path / "customers.csv").write_text("\n".join([head, *rows[:3]]), "utf-8")

        assert run(["import", str(tmp_path)]) == ExitCode.OK
        assert company.count("SELECT count(*) FROM customer") == 3

    def test_wants_files(self, company, tmp_path, capsys):
        (tmp_path / "notes.txt").write_text("nothing", "utf-8")

        assert run(["import", str(tmp_path)]) == ExitCode.BAD_INPUT
        assert "import.folder.empty" in capsys.readouterr().err
