"""The grid operator of the sandbox: leaves a day's readings in its SFTP folder."""

from __future__ import annotations

import os
import threading
from datetime import date, timedelta
from pathlib import Path

import attrs

from energyretail.adapters.meter_files import file_name, write_meter_file
from energyretail.adapters.simulated.operator import OperatorBehaviour, ReadMeter
from energyretail.domain.metering import DeliveredReading, Delivery
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Conflict, Cups

__all__ = ["OPERATOR_CODE", "SandboxOperator"]

OPERATOR_CODE = "0031"


class SandboxOperator:
    """Reads the meters it was told of and writes one file a day with anything to say.

    `root` is the folder its SFTP account sees as ``/``; files appear whole in ``out/``. Give
    `activate` to the registry as its `on_activation`, and advance the registry first.
    """

    def __init__(self, behaviour: OperatorBehaviour, root: Path):
        self._behaviour = behaviour
        self._root = root
        self._lock = threading.Lock()
        self._meters: dict[tuple[Cups, date], ReadMeter] = {}
        self._day: date | None = None

    def activate(self, cups: Cups, on: date, kind: CustomerKind) -> None:
        """Read a meter from the supply's first day on; told twice is told once.

        Raises Conflict when the file with its activation reading is written already: the
        registry must be advanced before the operator.
        """
        with self._lock:
            if (cups, on) in self._meters:
                return
            if self._day is not None and on < self._day:
                raise Conflict("sandbox.operator.late", "that day's file is out", cups=cups, on=on)
            self._meters[(cups, on)] = ReadMeter(cups, on, kind)

    def advance(self, day: date) -> None:
        """Write the file of `day`, and of the days skipped since the last one.

        A day that was lived through already writes nothing.
        """
        with self._lock:
            first = day if self._day is None else self._day + timedelta(days=1)
            for ahead in range((day - first).days + 1):
                self._deliver(first + timedelta(days=ahead))
            self._day = day if self._day is None else max(day, self._day)

    def _deliver(self, day: date) -> None:
        rows = self._behaviour.delivered(self._meters.values(), day)
        name = file_name(OPERATOR_CODE, day)
        if not rows or (self._root / "done" / name).exists():
            return
        content = write_meter_file(Delivery(OPERATOR_CODE, day, _numbered(rows)))
        _write_whole(self._root / "out" / name, content)


def _numbered(rows: tuple[DeliveredReading, ...]) -> tuple[DeliveredReading, ...]:
    """Give each row its line in the file; the header is the first."""
    return tuple(attrs.evolve(row, line=line) for line, row in enumerate(rows, start=2))


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
