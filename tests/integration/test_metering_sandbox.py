"""The sandbox's grid operator leaves each day's file once."""

from datetime import date, timedelta

import pytest

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.operator import OperatorBehaviour, ReadMeter
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Conflict, Cups
from energyretail.entrypoints.sandbox.operator import SandboxOperator

FIRST = date(2026, 3, 1)
METERS = tuple(
    ReadMeter(Cups.of_digits(f"{number:016d}"), FIRST, CustomerKind.HOME) for number in range(40)
)


def behaviour() -> OperatorBehaviour:
    return OperatorBehaviour(Chance(1), SPAIN.register_calendar("2.0TD").band_at, SPAIN.zone)


class TestTheSandboxOperator:
    def test_writes_nothing_new_for_a_day_it_lived_through(self, tmp_path):
        operator = SandboxOperator(behaviour(), tmp_path)
        for meter in METERS[:3]:
            operator.activate(meter.cups, FIRST, meter.kind)
            operator.activate(meter.cups, FIRST, meter.kind)
        operator.advance(FIRST)
        operator.advance(FIRST + timedelta(days=1))
        (only,) = (tmp_path / "out").iterdir()
        only.rename(tmp_path / only.name)
        operator.advance(FIRST + timedelta(days=1))

        assert list((tmp_path / "out").iterdir()) == []

    def test_writes_the_file_of_each_day_it_skipped(self, tmp_path):
        one, other = (SandboxOperator(behaviour(), tmp_path / name) for name in ("a", "b"))
        for operator in (one, other):
            operator.advance(FIRST - timedelta(days=1))
            for meter in METERS:
                operator.activate(meter.cups, FIRST, meter.kind)
        for i in range(45):
            one.advance(FIRST + timedelta(days=i))
        other.advance(FIRST + timedelta(days=44))

        def files(name):
            return {p.name: p.read_bytes() for p in (tmp_path / name / "out").iterdir()}

        assert files("a") == files("b")
        assert len(files("a")) > 20
        assert "readings_0031_20260302.csv" in files("a")

    def test_refuses_to_hear_too_late_of_a_supply(self, tmp_path):
        operator = SandboxOperator(behaviour(), tmp_path)
        operator.advance(FIRST + timedelta(days=1))

        with pytest.raises(Conflict, match="late"):
            operator.activate(METERS[0].cups, FIRST, METERS[0].kind)
