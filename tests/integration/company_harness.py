"""A small company in one process, its partners really listening, whose life can be gone back to."""

from __future__ import annotations

import itertools
import json
import pickle
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
import psycopg
from dependency_injector.providers import Object
from outside_harness import SEED, Outside, Picture
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.state_export import canonical, state_rows
from energyretail.adapters.simulated.population import Population
from energyretail.application.operations import RelayOutbox, WalkBusinessDay
from energyretail.application.shared import Channel
from energyretail.domain.billing import DayState
from energyretail.domain.markets import SPAIN, MarketProfile
from energyretail.domain.operations import WorkItem
from energyretail.domain.pricing import Tariff
from energyretail.domain.shared import Period
from energyretail.entrypoints.cli.demo.customers import CustomersAtTheDoor
from energyretail.entrypoints.container import container_of
from energyretail.testing.faulty import FaultyCalls

__all__ = ["FIRST_DAY", "Company", "Life", "Outside", "Picture", "company_at", "difference"]

FIRST_DAY: Final = date(2026, 3, 1)
HOMES: Final = 4
COMPANIES: Final = 1
ROUNDS_MAX: Final = 20
# Mornings that tests go back to. Whoever lives past one keeps it: whatever the order in which
# they are asked for, no day is lived twice. One that is missing here costs time and nothing else.
MORNINGS: Final = (
    *(date(2026, 3, day) for day in (11, 12, 17, 20, 26, 27, 31)),
    *(date(2026, 4, day) for day in (1, 7, 8, 12, 18, 20, 21, 22, 26)),
)
# A day so long ago should have been estimated.
GRACE_DAYS: Final = 45
PARTNER_PORTS: Final = ("registry", "signature_service", "erp", "operator_folder", "bank_folder")
OWN_PORTS: Final = (
    "clock", "numbers", "inbox", "outbox", "work_list", "books", "ledger_rows", "contract_rows",
    "switches", "readings", "reading_plans", "supplies_to_read", "invoices", "supplies_to_bill",
    "bulk_bills", "bill_run_rows", "consolidated_invoices", "consolidation_book", "mandates",
    "collections", "payment_files", "bills_to_mail", "erp_facts",
)  # fmt: skip


@attrs.define
class Shelf:
    """The products on sale; a test may put others there."""

    profile: MarketProfile = SPAIN

    def tariff(self, code: str) -> Tariff:
        """Return the product of a code."""
        return self.profile.tariff(code)


_OTHERS: Final = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


class Company:
    """The whole company over one database, its days walked by whoever calls."""

    def __init__(self, url: str, outside: Outside):
        self.url = url
        self.outside = outside
        self.tariffs = Shelf()
        self.container = container_of(outside.settings(url))
        self.calls = FaultyCalls(lose=self.lose_connections)
        self._put_faults_between()
        self.container.tariffs.override(Object(self.tariffs))
        self.container.walk_day.add_kwargs(pause=Object(lambda _: None))
        self.container.relay.add_kwargs(pause=Object(lambda _: None))
        self.people = self._people()

    def _put_faults_between(self) -> None:
        work, whole = self.container.work, self.container.whole
        work.override(Object(self.calls.work(work())))
        whole.override(Object(self.calls.whole(whole())))
        for name in PARTNER_PORTS:
            port = getattr(self.container, name)
            port.override(Object(self.calls.partner(name, port())))
        own = {name: getattr(self.container, name) for name in OWN_PORTS}
        # These have no name of their own in the container.
        own["bank_entries"] = self.container.receive_bank_files.kwargs["entries"]
        own["unpaid_items"] = self.container.collect_due_items.kwargs["items"]
        for name, port in own.items():
            port.override(Object(self.calls.own(name, port())))

    def lose_connections(self) -> None:
        """Let Postgres end every session of ours but the one that asks for it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
            # Asked again and again: to let Postgres wait takes a tenth of a second each time.
            while connection.execute(f"SELECT 1 {_OTHERS} LIMIT 1").fetchone():
                time.sleep(0.001)

    def _people(self) -> CustomersAtTheDoor:
        return CustomersAtTheDoor(
            Population(SEED, HOMES, COMPANIES, FIRST_DAY),
            quote=self.container.quote_supply(),
            accept=self.container.accept_quote(),
            withdraw=self.container.withdraw_contract(),
            contracts=self.container.contract_rows(),
        )

    @property
    def database(self) -> Database:
        """The company's database."""
        opened: Database = self.container.database()
        return opened

    def live(self, span: Period) -> None:
        """Live through every day of `span`."""
        for day in span.each_day():
            self.open(day)
            self.close(day)

    def open(self, day: date) -> None:
        """Move everybody to `day`, let people come to the door, begin the day's steps."""
        self.outside.advance_to(day)
        self.container.open_day()(day)
        self.people.live(day)
        self.container.begin_day()(day)

    def close(self, day: date, *, failures: int = 0) -> int:
        """Relay and walk until `day` is closed, as often tried again as `failures` allows.

        Returns how many times something failed; the failure after the last one is raised.
        """
        failed = 0
        for _ in range(ROUNDS_MAX):
            for job in self._jobs(day):
                try:
                    job()
                except Exception:
                    failed += 1
                    if failed > failures:
                        raise
            if self.container.days().is_closed(day):
                self.look_at_supply_days(day)
                return failed
        raise AssertionError(f"{day} does not end")

    def look_at_supply_days(self, today: date) -> None:
        """See that every day of supply is billed, parked with a reason or not yet due.

        That none is billed twice is a constraint of the table itself.
        """
        asked = {"state": DayState.UNEXPLAINED, "after": "", "limit": 5}
        found = self.container.supply_days().spans(today=today, grace_days=GRACE_DAYS, **asked)
        assert found == (), f"on the evening of {today} nobody can say why"

    def _jobs(self, day: date) -> Iterator[Callable[[], object]]:
        relay: RelayOutbox = self.container.relay()
        walk: WalkBusinessDay = self.container.walk_day()
        for channel in Channel:
            yield partial(relay.run, channel)
        yield lambda: walk(day)

    def relay(self, channel: Channel) -> None:
        """Relay one channel."""
        self.container.relay().run(channel)

    def rows(self, *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return all that must be equal whatever happened: our rows, and what partners hold.

        `without` leaves out whole kinds of rows.
        """
        found = [*state_rows(self.database), *self._more_rows(), *_partner_rows(self.outside)]
        return tuple(sorted(row for row in found if json.loads(row)["kind"] not in without))

    def _more_rows(self) -> Iterator[str]:
        with self.database.engine.connect() as connection:
            for row in connection.execute(
                text("SELECT concat_ws('/', channel, kind, key) AS key, state FROM outbox")
            ):
                yield canonical("outbox", row.key, {"state": row.state})
            for row in connection.execute(text("SELECT series, last FROM number_series")):
                yield canonical("number_series", row.series, {"last": row.last})

    def work_items(self, kind: str | None = None) -> tuple[WorkItem, ...]:
        """Return what waits for a person."""
        items: tuple[WorkItem, ...] = self.container.work_list().open_items()
        return tuple(item for item in items if kind in (None, item.kind))

    def ask(self, question: str, **values: object) -> list[Any]:
        """Return the rows of a question in SQL."""
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(question), values))


def _partner_rows(outside: Outside) -> Iterator[str]:
    held = outside.erp.state()
    for kind in ("customers", "contracts"):
        for each in held[kind]:
            yield canonical(f"erp_{kind}", each["number"], _plain(each))
    for entry in held["entries"]:
        yield canonical("erp_entry", entry["key"], _plain(entry))
    for path in sorted((outside.root / "bank" / "taken").iterdir()):
        yield canonical("bank_took", path.name, {})
    for path in sorted((outside.root / "bank" / "refused").iterdir()):
        yield canonical("bank_refused", path.name, {})
    for path in sorted(outside.bank_in.iterdir()):
        yield canonical("bank_in", path.name, {"bytes": path.stat().st_size})
    for mail in outside.mail.messages():
        yield canonical("mail", mail.message_id, {"to": mail.to, "on": str(mail.received_on)})


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))
    return plain


@attrs.frozen
class _Kept:
    """The company at a moment; its tables stand in a schema of this name."""

    schema: str
    outside: Picture
    people: bytes


class Life:
    """One undisturbed life of a company, to any of whose mornings one can go back."""

    def __init__(self, company: Company):
        """Take a company with a fresh database, which from here on is this life's own."""
        self.company = company
        self._kept: dict[date | str, _Kept] = {}
        self._numbers = itertools.count()
        self._after: dict[date, tuple[str, ...]] = {}
        with self._connected() as connection:
            self._tables = tuple(row[0] for row in connection.execute(_TABLES))
            self._sequences = tuple(row[0] for row in connection.execute(_SEQUENCES))
        self.keep(FIRST_DAY)

    def at(self, morning: date) -> Company:
        """Return the company as it was before `morning` began."""
        if morning not in self._kept:
            start = max(day for day in self._kept if isinstance(day, date) and day < morning)
            self.back_to(start)
            for stop in (*(day for day in MORNINGS if start < day < morning), morning):
                self.company.live(Period(start, stop))
                self.keep(stop)
                start = stop
        self.back_to(morning)
        return self.company

    def rows_at(self, morning: date) -> tuple[str, ...]:
        """Return the rows of the undisturbed life before `morning` began."""
        if morning not in self._after:
            self._after[morning] = self.at(morning).rows()
        return self._after[morning]

    def keep(self, name: date | str) -> None:
        """Keep the company as it is now under `name`."""
        schema = f"kept_{next(self._numbers)}"
        with self._connected() as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
            for table in self._tables:
                connection.execute(f"CREATE TABLE {schema}.{table} AS TABLE public.{table}")
            for sequence in self._sequences:
                connection.execute(
                    f"CREATE TABLE {schema}.{sequence} AS"
                    f" SELECT last_value, is_called FROM public.{sequence}"
                )
        people = pickle.dumps(_dicts_of(self.company.people))
        self._kept[name] = _Kept(schema, self.company.outside.picture(), people)

    def back_to(self, name: date | str) -> None:
        """Make the company what it was when it was kept under `name`."""
        kept = self._kept[name]
        statements = [
            *(f"DELETE FROM public.{table}" for table in self._tables),
            *(
                f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE TABLE {kept.schema}.{table}"
                for table in self._tables
            ),
            *(
                f"SELECT setval('public.{name}', last_value, is_called) FROM {kept.schema}.{name}"
                for name in self._sequences
            ),
        ]
        with self._connected() as connection:
            # Neither triggers nor foreign keys: the rows are put back as they were.
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute("; ".join(statements))
        self.company.outside.restore(kept.outside)
        vars(self.company.people).update(pickle.loads(kept.people))

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.company.url)


_TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind = 'r' ORDER BY relname"
)
_SEQUENCES: Final = _TABLES.replace("'r'", "'S'")


def _dicts_of(people: CustomersAtTheDoor) -> dict[str, Any]:
    return {name: value for name, value in vars(people).items() if isinstance(value, dict)}


@contextmanager
def company_at(url: str, root: Path) -> Iterator[Company]:
    """Give a company over the database at `url`, with partners of its own below `root`."""
    with Outside(root) as outside:
        company = Company(url, outside)
        try:
            yield company
        finally:
            company.database.close()


def difference(
    rows: Sequence[str], undisturbed: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows that are missing and those that are there besides."""
    there, wanted = set(rows), set(undisturbed)
    missing = [json.loads(row) for row in undisturbed if row not in there]
    besides = [json.loads(row) for row in rows if row not in wanted]
    return missing, besides
