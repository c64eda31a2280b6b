"""Take in the readings the operator has left for us."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import attrs

from energyretail.application.metering.bulk_ports import MeterFile, ReadingsInBulk
from energyretail.application.metering.intake import DeliveryDesk
from energyretail.application.metering.ports import (
    MeterFileReader,
    MeterFilesFolder,
    ReadingPlans,
    Readings,
    SuppliesToRead,
)
from energyretail.application.shared import Clock, Events, Inbox, Received, Work, WorkList
from energyretail.domain.metering import Delivery, Doubted, ReadingRules, RowFault
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Conflict, DomainError, Invalid

__all__ = ["MeterFilesReceived", "ReceiveMeterFiles"]

_SOURCE = "operator"
_SCHEMA = "readings/1"


@attrs.frozen
class MeterFilesReceived:
    """How many files and rows became what; `repeated` files and `known` rows changed nothing."""

    files: int = 0
    repeated: int = 0
    unreadable: int = 0
    readings: int = 0
    replaced: int = 0
    known: int = 0
    parked: int = 0

    def plus(self, other: MeterFilesReceived) -> MeterFilesReceived:
        """Add up two counts."""
        pairs = zip(attrs.astuple(self), attrs.astuple(other), strict=True)
        return MeterFilesReceived(*(one + two for one, two in pairs))


class ReceiveMeterFiles:
    """Take in every file waiting in the operator's folder, each in a transaction of its own.

    - A file is kept as it came, under its name: the same bytes again change nothing, other
      bytes under the name are put on the work list.
    - A file that is cut off, damaged or of another version is kept beside, and put on the
      work list whole; the right one may come under the same name.
    - A row that cannot be read, or is not believed, is put on the work list with every
      reason; the other rows go on.
    - An index for a day that was estimated supersedes the estimate (`ReadingReplaced`), and so
      are other estimates superseded that it shows to be wrong, by fresh ones.
    - With `bulk`, points of which nothing but new readings comes are taken in all at once; what
      becomes of a file is the same.

    A file is filed away after its transaction: after a crash between the two it comes again
    and is known.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        events: Events,
        inbox: Inbox,
        work_list: WorkList,
        folder: MeterFilesFolder,
        reader: MeterFileReader,
        readings: Readings,
        plans: ReadingPlans,
        supplies: SuppliesToRead,
        rules: ReadingRules,
        bulk: ReadingsInBulk | None = None,
    ):
        self._work = work
        self._clock = clock
        self._inbox = inbox
        self._work_list = work_list
        self._folder = folder
        self._reader = reader
        self._bulk = bulk
        self._desk = DeliveryDesk(
            readings=readings, plans=plans, supplies=supplies, events=events, rules=rules
        )

    def __call__(self) -> MeterFilesReceived:
        """Take in what waits; raises Fault when the folder cannot be reached."""
        today = self._clock.today()
        received = MeterFilesReceived()
        for name, content in self._folder.arrivals():
            received = received.plus(self._receive(name, content, today))
            self._folder.done(name)
        return received

    def _receive(self, name: str, content: bytes, today: date) -> MeterFilesReceived:
        with self._work() as transaction:
            try:
                file = self._bulk.columns(content) if self._bulk else self._reader(content)
                if not self._inbox.keep(Received(_SOURCE, name, content, _SCHEMA), on=today):
                    return MeterFilesReceived(files=1, repeated=1)
            except (Invalid, Conflict) as error:
                counted = self._park_file(name, content, error, today)
            else:
                counted = self._take_in(name, file, today)
                self._inbox.settle(_SOURCE, name)
            transaction.commit()
        return counted

    def _take_in(self, name: str, file: Delivery | MeterFile, today: date) -> MeterFilesReceived:
        taken = 0
        if isinstance(file, Delivery):
            delivery = file
            self._desk.readings.lock(sorted({row.cups for row in delivery.rows}))
        else:
            taken, delivery = self._take_alike(name, file, today)
        intake, replaced = self._desk.decide(delivery, source=name, today=today)
        self._desk.keep(intake, replaced, today=today)
        parked = _parked_rows(name, delivery.faults, intake.doubted, today)
        self._work_list.add(parked)
        return MeterFilesReceived(
            files=1,
            readings=taken + len(intake.readings),
            replaced=sum(reading.version > 1 for reading in intake.readings),
            known=intake.known,
            parked=len(parked),
        )

    def _take_alike(self, name: str, file: MeterFile, today: date) -> tuple[int, Delivery]:
        """Keep what is plain; return how many rows that were, and the rest of the file."""
        assert self._bulk is not None
        taken = self._bulk.readings.take(
            file.read, beside=file.beside, source=name, today=today, rules=self._desk.rules
        )
        return taken.rows, file.delivery(taken.left)

    def _park_file(
        self, name: str, content: bytes, error: DomainError, today: date
    ) -> MeterFilesReceived:
        # Under a key of its bytes: the name stays free for the file it should have been.
        key = f"{name}#{hashlib.sha256(content).hexdigest()[:12]}"
        if not self._inbox.keep(Received(_SOURCE, key, content), on=today):
            return MeterFilesReceived(files=1, repeated=1)
        self._inbox.settle(_SOURCE, key, code=error.code, text=error.text)
        item = WorkItem(
            kind="meter_file",
            key=key,
            code=error.code,
            text=error.text,
            way_out="ask the operator for the whole file",
            raised_on=today,
        )
        self._work_list.add((item,))
        return MeterFilesReceived(files=1, unreadable=1, parked=1)


def _parked_rows(
    name: str, faults: Iterable[RowFault], doubted: Iterable[Doubted], today: date
) -> tuple[WorkItem, ...]:
    unreadable = (
        _row_item(name, fault.line, fault.code, f"{fault.field}: {fault.text}", today)
        for fault in faults
    )
    disbelieved = (
        _row_item(name, doubt.delivered.line, doubt.objections[0].code, _reasons(doubt), today)
        for doubt in doubted
    )
    return (*unreadable, *disbelieved)


def _row_item(name: str, line: int, code: str, text: str, today: date) -> WorkItem:
    return WorkItem(
        kind="meter_file_row",
        key=f"{name}:{line}",
        code=code,
        text=text,
        way_out="ask the operator to deliver the reading again, or take one of the customer's",
        raised_on=today,
    )


def _reasons(doubt: Doubted) -> str:
    row = doubt.delivered
    reasons = "; ".join(f"{each.text} [{each.code}]" for each in doubt.objections)
    return f"{row.cups} {row.register} {row.taken_on} {row.index_kwh} kWh: {reasons}"
