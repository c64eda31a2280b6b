"""Switching over real Postgres: request, tell the sandbox, receive; twice, and after a crash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.switching import MemoryRegistry
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.switching import PostgresClaimFacts, PostgresSwitches
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.application.switching import (
    ReceiveRegistryMessages,
    RequestSwitch,
    SendClaim,
    WantedSupply,
)
from energyretail.domain import switching
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, Event
from energyretail.testing.conformance.switching import save, switch_of

DAY = date(2026, 3, 2)
CUSTOMER = (
    "INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town,"
    " country, language) VALUES ('C000001', 'home',"
    " 'Ana López', '12345678Z', 'ana@example.org', 'Calle Mayor 1', '28013', 'Madrid', 'ES', 'es')"
)


class FixedClock:
    """The Clock port standing at one day."""

    day = DAY

    def today(self) -> date:
        """Return the day."""
        return self.day


class Recorded:
    """The Events port that only writes down."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        """Write events down in their order."""
        self.events += events


class CutOff(Exception):
    """The process died here."""


class DyingRegistry(MemoryRegistry):
    """Dies instead of acknowledging, as a kill between commit and acknowledgement would."""

    dies = True

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Die the first time."""
        if self.dies:
            self.dies = False
            raise CutOff
        super().acknowledge(receipts)


class TestSwitchingOverPostgres:
    def test_takes_every_answer_once_even_when_it_dies_before_acknowledging(
        self, database: Database
    ) -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql(CUSTOMER)
            connection.commit()
        work, clock, events = PostgresWork(database), FixedClock(), Recorded()
        switches, work_list = PostgresSwitches(database), PostgresWorkList(database)
        registry = DyingRegistry(RegistryBehaviour(Chance(1)))
        registry.advance(DAY)
        request = RequestSwitch(
            switches,
            PostgresClaimFacts(database),
            PostgresNumbers(database),
            PostgresOutbox(database),
            work_list,
            events,
            clock,
            SPAIN.switching,
        )
        receive = ReceiveRegistryMessages(
            registry,
            switches,
            PostgresInbox(database),
            work_list,
            events,
            clock,
            work,
            SPAIN.switching,
        )
        wanted = [
            WantedSupply(Cups.of_digits(f"0021{n:012d}").value, "K000001", "C000001", DAY)
            for n in range(1, 41)
        ]
        for _ in range(2):
            with work() as transaction:
                request(wanted)
                transaction.commit()
        sender = SendClaim(switches, registry)
        requests = [f"202603{n:06d}" for n in range(1, 41)]
        for claim in sender.load(requests).values():
            sender.deliver(claim, maybe_sent=False)
        deaths = 0
        for days in range(1, 12):
            clock.day = DAY + timedelta(days=days)
            registry.advance(clock.day)
            for _ in range(2):
                try:
                    receive()
                except CutOff:
                    deaths += 1

        found = switches.by_request(requests)
        ends = [e for e in events.events if isinstance(e, switching.SwitchActivated)]
        assert deaths == 1
        assert len(found) == 40
        assert not any(switch.is_open() for switch in found)
        assert len(ends) == sum(s.state is switching.SwitchState.ACTIVE for s in found) > 30
        assert found[0].claimant.email == "ana@example.org"

    def test_finds_no_facts_of_a_customer_it_does_not_know(self, database: Database) -> None:
        assert PostgresClaimFacts(database).claimants(["C999999"]) == {}

    @pytest.mark.parametrize(
        "broken",
        [
            "request = '12'",
            "state = 'gone'",
            "state = 'active'",
            "state = 'accepted'",
            'rejections = \'[["01", "x"]]\'',
            "wanted_on = '2020-01-01'",
            "customer_kind = 'cat'",
        ],
    )
    def test_the_table_refuses_what_cannot_be(self, database: Database, broken: str) -> None:
        save(PostgresWork(database), PostgresSwitches(database), switch_of(1))

        with database.transaction() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(f"UPDATE switch SET {broken}")
