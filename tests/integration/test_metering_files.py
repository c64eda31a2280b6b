"""Files from the operator's real SFTP server into memory and into Postgres."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from sqlalchemy import text

from energyretail.adapters.memory.folders import MemoryFolder
from energyretail.adapters.memory.metering import (
    MemoryReadingPlans,
    MemoryReadings,
    MemorySuppliesToRead,
)
from energyretail.adapters.memory.shared import MemoryInbox, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.meter_files import read_meter_file, write_meter_file
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.operator import OperatorBehaviour, ReadMeter
from energyretail.application.metering import (
    EstimateMissingReadings,
    MeterFilesReceived,
    ReceiveMeterFiles,
)
from energyretail.domain.contracts import Contract
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    DeliveredReading,
    Delivery,
    Origin,
    Quality,
    uses,
)
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, Event, Fault, Iban, Power
from energyretail.domain.supply import Site, Supply, SupplyState
from energyretail.entrypoints.sandbox.operator import SandboxOperator
from energyretail.entrypoints.sandbox.sftp_server import SandboxSftpServer, SftpAccount
from energyretail.testing.loops import BackgroundLoop

FIRST = date(2026, 3, 1)
IBAN = Iban.of_account("ES", "21000418450200051332")
POINTS = tuple(Cups.of_digits(f"{number:016d}") for number in range(1, 61))
METERS = tuple(
    ReadMeter(
        cups,
        FIRST + timedelta(days=position % 20),
        CustomerKind.COMPANY if position % 7 == 0 else CustomerKind.HOME,
    )
    for position, cups in enumerate(POINTS)
)


@attrs.define
class Day:
    """A clock a test moves."""

    day: date

    def today(self) -> date:
        return self.day


class Heard:
    """Keeps the events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events) -> None:
        self.events += events


@attrs.frozen
class World:
    """One company that reads meters."""

    clock: Day
    heard: Heard
    readings: object
    supplies: object
    work_list: object
    receive: ReceiveMeterFiles
    estimate: EstimateMissingReadings

    @classmethod
    def of(cls, work, inbox, work_list, readings, plans, supplies, folder) -> "World":
        clock, heard = Day(FIRST), Heard()
        shared = {"work": work, "clock": clock, "work_list": work_list, "readings": readings}
        shared |= {"plans": plans, "supplies": supplies, "rules": SPAIN.reading}
        receive = ReceiveMeterFiles(
            **shared, events=heard, inbox=inbox, folder=folder, reader=read_meter_file
        )
        return cls(
            clock, heard, readings, supplies, work_list, receive, EstimateMissingReadings(**shared)
        )


def in_memory(folder, meters=METERS) -> World:
    store = MemoryStore()
    with store.transaction() as transaction:
        table = store.writable("contract")
        for position, meter in enumerate(meters):
            number = f"K{position:06d}"
            site = Site(meter.cups, "2.0TD-FIJO", (("P1", Power("10")), ("P2", Power("10"))))
            supply = Supply(site, SupplyState.ACTIVE, meter.activated_on)
            table[number] = Contract(
                number, "Q", "C", meter.kind, "p", IBAN, FIRST, False, "", (supply,)
            )
        transaction.commit()
    return World.of(
        MemoryWork(store),
        MemoryInbox(store),
        MemoryWorkList(store),
        MemoryReadings(store),
        MemoryReadingPlans(store),
        MemorySuppliesToRead(store),
        folder,
    )


def in_postgres(database: Database, folder) -> World:
    with database.transaction() as connection:
        for meter in METERS:
            values = {"key": str(uuid.uuid4()), "cups": meter.cups.value, "on": meter.activated_on}
            values["powers"] = json.dumps({"P1": "10", "P2": "10"})
            for statement in _SUPPLY_ROWS:
                connection.execute(text(statement), values)
        connection.commit()
    return World.of(
        PostgresWork(database),
        PostgresInbox(database),
        PostgresWorkList(database),
        PostgresReadings(database),
        PostgresReadingPlans(database),
        PostgresSuppliesToRead(database),
        folder,
    )


_SUPPLY_ROWS = (
    """INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town, country,
        language) VALUES (:key, 'home', 'n', :key, 'e', 's', 'p', 't', 'ES', 'es')""",
    """INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on,
        early_start, document_sha256)
        VALUES (:key, :key, :key, 'p', 'active', 'i', '2026-01-01', false, '')""",
    """INSERT INTO supply (contract, cups, tariff, powers, state, started_on)
        VALUES (:key, :cups, '2.0TD-FIJO', CAST(:powers AS jsonb), 'active', :on)""",
)


def behaviour(seed: int = 1) -> OperatorBehaviour:
    return OperatorBehaviour(Chance(seed), SPAIN.register_calendar("2.0TD").band_at, SPAIN.zone)


def live(world: World, operator: SandboxOperator, days: int) -> MeterFilesReceived:
    """Live through days: registry, operator, receive, estimate; return the sums."""
    sums, estimated = MeterFilesReceived(), 0
    for day in (FIRST + timedelta(days=i) for i in range(days)):
        for meter in METERS:
            if meter.activated_on == day:
                operator.activate(meter.cups, day, meter.kind)
        operator.advance(day)
        world.clock.day = day
        sums = sums.plus(world.receive())
        estimated += world.estimate()
    assert estimated > 0
    return sums


@pytest.fixture(scope="module")
def loop() -> Iterator[BackgroundLoop]:
    with BackgroundLoop() as loop:
        yield loop


@pytest.fixture
def folder(loop: BackgroundLoop, tmp_path: Path) -> Iterator[SftpFolder]:
    server = SandboxSftpServer([SftpAccount("operator", tmp_path, password="secret")])
    loop.run(server.start())
    yield SftpFolder(SftpSettings("127.0.0.1", server.port, "operator", server.host_key, "secret"))
    loop.run(server.stop())


class TestFourMonthsOfReadings:
    def test_end_with_what_the_meters_showed(self, folder, tmp_path):
        world = in_memory(folder)

        sums = live(world, SandboxOperator(behaviour(), tmp_path), 122)

        assert (sums.parked, sums.unreadable, sums.repeated) == (0, 0, 0)
        assert world.work_list.open_items() == ()
        assert sums.replaced >= 5
        assert len(world.heard.events) == sums.replaced / 3
        kinds = {meter.cups: meter for meter in METERS}
        for reading in world.readings.current(POINTS, since=FIRST):
            if reading.quality is Quality.ACTUAL:
                shown = behaviour().indexes_kwh(kinds[reading.cups], reading.taken_on)
                assert reading.index_kwh == shown[reading.register]
        used = sum(use.energy.kwh for use in uses(world.readings.current(POINTS, since=FIRST)))
        assert 60 * 3 * 180 < used < 60 * 4 * 1500  # no rollover was counted as a full turn
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == []

    def test_are_the_same_in_postgres_and_in_memory(self, folder, tmp_path, database):
        stored = in_postgres(database, folder)
        told = live(stored, SandboxOperator(behaviour(), tmp_path), 60)
        files = MemoryFolder()
        for path in (tmp_path / "done").iterdir():
            files.put(path.name, path.read_bytes(), "done")
        held = in_memory(_Replay(files))

        assert live(held, SandboxOperator(behaviour(), tmp_path / "none"), 60) == told
        assert held.readings.current(POINTS, since=FIRST) == stored.readings.current(
            POINTS, since=FIRST
        )


class _Replay:
    """Gives the operator's files again, each on its day."""

    def __init__(self, files: MemoryFolder):
        self._files = list(files.arrivals("done"))
        self._day = FIRST - timedelta(days=1)

    def arrivals(self):
        self._day += timedelta(days=1)
        return tuple(f for f in self._files if f"{self._day:%Y%m%d}" in f.name)

    def done(self, name: str) -> None:
        """It has them all."""


CUPS = POINTS[0]
NEXT = date(2026, 4, 1)


def content(*indexes: int, day=FIRST, delivered_on=FIRST, cups=CUPS) -> bytes:
    rows = tuple(
        DeliveredReading(
            cups, f"P{place}", day, Decimal(index), Origin.TELEMETERED, NEXT + timedelta(days=30)
        )
        for place, index in enumerate(indexes, start=1)
    )
    return write_meter_file(Delivery("0021", delivered_on, rows))


class TestBadInput:
    """Each gives a stable code and leaves the readings as they were, nothing lost or double."""

    @pytest.fixture
    def files(self) -> MemoryFolder:
        return MemoryFolder()

    @pytest.fixture
    def world(self, files: MemoryFolder) -> World:
        world = in_memory(files, METERS[:1])
        files.put("a.csv", content(10, 20, 30), "out")
        world.receive()
        return world

    def codes(self, world: World) -> list[str]:
        return [item.code for item in world.work_list.open_items()]

    def state(self, world: World):
        return world.readings.current(POINTS, since=FIRST)

    def test_a_truncated_file_is_parked_and_the_next_one_taken(self, world, files):
        files.put("b.csv", content(1, 2, 3, day=NEXT)[:-9], "out")
        files.put("c.csv", content(15, 25, 35, day=NEXT), "out")
        world.clock.day = NEXT

        received = world.receive()

        assert (received.unreadable, received.readings) == (1, 3)
        assert self.codes(world) == ["meter_file.truncated"]
        assert [f.name for f in files.arrivals("done")] == ["a.csv", "b.csv", "c.csv"]

    def test_another_version_is_parked(self, world, files):
        before = self.state(world)
        files.put("b.csv", content(1).replace(b"READINGS;1;", b"READINGS;2;"), "out")

        world.receive()

        assert self.codes(world) == ["meter_file.version"]
        assert self.state(world) == before

    def test_a_file_delivered_twice_changes_nothing(self, world, files):
        before = self.state(world)
        files.put("a.csv", content(10, 20, 30), "out")

        received = world.receive()

        assert (received.repeated, received.readings) == (1, 0)
        assert self.state(world) == before
        assert self.codes(world) == []

    def test_the_same_rows_under_another_name_change_nothing(self, world, files):
        before = self.state(world)
        files.put("b.csv", content(10, 20, 30), "out")

        assert world.receive().known == 3
        assert self.state(world) == before
        assert world.heard.events == []

    def test_other_bytes_under_a_used_name_are_parked(self, world, files):
        before = self.state(world)
        files.put("a.csv", content(11, 21, 31), "out")

        world.receive()

        assert self.codes(world) == ["inbox.key_reused"]
        assert self.state(world) == before

    def test_a_lower_index_is_parked_and_the_others_go_on(self, world, files):
        files.put("b.csv", content(9, 25, 35, day=NEXT), "out")
        world.clock.day = NEXT

        received = world.receive()

        assert (received.readings, received.parked) == (2, 1)
        assert self.codes(world) == ["metering.reading.lower_than_last"]
        (item,) = world.work_list.open_items()
        assert (item.kind, item.key) == ("meter_file_row", "b.csv:2")
        assert "9 is lower than 10" in item.text

    @pytest.mark.parametrize("index", [12_345_678, 10**6, 10**7, 99_999_999_999])
    def test_an_index_no_register_shows_is_parked_and_the_day_goes_on(self, world, files, index):
        files.put("b.csv", content(index, 25, 35, day=NEXT), "out")
        world.clock.day = NEXT

        received = world.receive()

        assert (received.readings, received.parked) == (2, 1)
        assert self.codes(world) == ["metering.reading.too_many_digits"]
        assert [f.name for f in files.arrivals("out")] == []

    def test_a_row_under_the_other_spelling_of_the_point_is_taken(self, world, files):
        files.put("b.csv", content(15, 25, 35, day=NEXT, cups=Cups(CUPS.point)), "out")
        world.clock.day = NEXT

        assert world.receive().readings == 3
        assert len(self.state(world)) == 6

    def test_an_index_of_a_stranger_is_parked(self, world, files):
        files.put("b.csv", content(1, cups=POINTS[5]), "out")

        world.receive()

        assert self.codes(world) == ["metering.reading.not_our_supply"]

    def test_a_crash_before_filing_away_changes_nothing(self, world, files):
        class Dies:
            def arrivals(self):
                return files.arrivals()

            def done(self, name):
                raise Fault("sftp.unreachable", f"gone before {name}", outcome_unknown=True)

        world.clock.day = NEXT
        files.put("b.csv", content(15, 25, 35, day=NEXT), "out")
        world.receive._folder, kept = Dies(), world.receive._folder
        with pytest.raises(Fault):
            world.receive()
        before = self.state(world)
        world.receive._folder = kept

        assert world.receive().repeated == 1
        assert self.state(world) == before
        assert len(before) == 6
        assert files.arrivals() == ()

    def test_a_supply_nobody_reads_is_put_on_the_list_once(self):
        world = in_memory(MemoryFolder(), METERS[:2])
        world.clock.day = FIRST + timedelta(days=4)

        assert (world.estimate(), world.estimate()) == (0, 0)
        assert self.codes(world) == ["metering.activation_reading.missing"] * 2
