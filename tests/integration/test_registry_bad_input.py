"""What a broken registry sends is kept, parked and acknowledged; the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.switching import PostgresSwitches
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.adapters.registry_es import (
    SpanishRegistry,
    read_claim,
    write_answer,
    write_claim,
)
from energyretail.adapters.simulated.chance import Chance
from energyretail.application.switching import ReceiveRegistryMessages, RegistryReceipt
from energyretail.domain import switching
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Event
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.testing.conformance.registry import START
from energyretail.testing.conformance.switching import save, switch_of
from energyretail.testing.registry_server import serve_registry

KNOWN, GOOD = switch_of(1), switch_of(2)
WRITTEN = {
    switch.request: write_answer(
        switching.ClaimAccepted(switch.request, date(2026, 3, 9)),
        asked=read_claim(write_claim(switch.claim(), issuer="4321"))[0],
        on=date(2026, 3, 4),
    )
    for switch in (KNOWN, GOOD, switch_of(3))
}
ACCEPTED = WRITTEN[KNOWN.request]
BAD = {
    "doctype": (ACCEPTED.replace(b"?>", b"?><!DOCTYPE a SYSTEM 'x'>", 1), "xml.doctype"),
    "namespace": (ACCEPTED.replace(b"elegibilidad", b"otra"), "xml.namespace"),
    "truncated": (ACCEPTED[:400], "xml.malformed"),
    "empty": (b"", "xml.malformed"),
    "process": (
        ACCEPTED.replace(b"<CodigoDelProceso>C1", b"<CodigoDelProceso>Z9"),
        "registry_es.process_unknown",
    ),
    "step": (
        ACCEPTED.replace(b"<CodigoDePaso>02", b"<CodigoDePaso>77"),
        "registry_es.step_unknown",
    ),
    "recipient": (
        ACCEPTED.replace(b"Destino>4321", b"Destino>9876"),
        "registry_es.recipient",
    ),
    "request": (WRITTEN[switch_of(3).request], "switching.request.unknown"),
    "field": (ACCEPTED.replace(b"FechaActivacionPrevista", b"Cuando"), "registry_es.field_missing"),
}


class Recorded:
    """The Events port that only writes down."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        """Write events down in their order."""
        self.events += events


class FixedClock:
    """The Clock port standing at one day."""

    def today(self) -> date:
        """Return the day."""
        return START


@pytest.fixture
def sandbox() -> SandboxRegistry:
    started = SandboxRegistry(Chance(1))
    started.advance(START)
    return started


@pytest.fixture
def registry(sandbox: SandboxRegistry, tmp_path: Path) -> Iterator[SpanishRegistry]:
    with serve_registry(sandbox, tmp_path) as url:
        opened = SpanishRegistry(f"{url}/registry/es", market_code="4321")
        yield opened
        opened.close()


def receiver(
    registry: SpanishRegistry, database: Database, events: Recorded
) -> ReceiveRegistryMessages:
    return ReceiveRegistryMessages(
        registry,
        PostgresSwitches(database),
        PostgresInbox(database),
        PostgresWorkList(database),
        events,
        FixedClock(),
        PostgresWork(database),
        SPAIN.switching,
    )


class TestBadMessage:
    @pytest.mark.parametrize("name", sorted(BAD))
    def test_is_parked_with_its_reason_and_the_rest_goes_on(
        self, name: str, sandbox: SandboxRegistry, registry: SpanishRegistry, database: Database
    ) -> None:
        raw, code = BAD[name]
        switches, events = PostgresSwitches(database), Recorded()
        save(PostgresWork(database), switches, KNOWN, GOOD)
        sandbox.put("es", "0-bad", raw)
        sandbox.put("es", "1-good", WRITTEN[GOOD.request])

        receipts = [receiver(registry, database, events)() for _ in range(2)]

        assert receipts == [RegistryReceipt(taken=1, parked=1), RegistryReceipt()]
        assert [item.code for item in PostgresWorkList(database).open_items()] == [code]
        assert switches.by_request([KNOWN.request]) == (KNOWN,)
        (good,) = switches.by_request([GOOD.request])
        assert good.state is switching.SwitchState.ACCEPTED
        assert len(events.events) == 1
        with database.reading() as connection:
            kept = connection.execute(
                text("SELECT raw, state, code FROM inbox ORDER BY code")
            ).all()
        assert [(bytes(row.raw), row.state, row.code) for row in kept] == [
            (WRITTEN[GOOD.request], "processed", ""),
            (raw, "parked", code),
        ]
