"""The demo's readings against the operator that took them, the day of 23 hours among them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from demo_runs import Demo
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.operator import OperatorBehaviour, ReadMeter
from energyretail.domain.markets.spain_calendars import HOURS_2_0TD, MADRID
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups

SEED = 1
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def register_of(local: datetime) -> str:
    """The 2.0TD register by CNMC Circular 3/2020, written down once more; March to June."""
    holidays = {(5, 1)}
    if local.weekday() >= 5 or (local.month, local.day) in holidays or local.hour < 8:
        return "P3"
    return "P1" if local.hour in (*range(10, 14), *range(18, 22)) else "P2"


def hours_of(day: date) -> list[datetime]:
    """The real hours of a local day in Madrid, walked in UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=3)
    walked = [(at + timedelta(hours=n)).astimezone(ZoneInfo("Europe/Madrid")) for n in range(30)]
    return [local for local in walked if local.date() == day]


@pytest.fixture(scope="module")
def meters(default_demo: Demo) -> dict[str, ReadMeter]:
    contracts = default_demo.of("contract")
    found = {}
    for key, supply in default_demo.of("supply").items():
        if supply["started_on"]:
            contract, cups = key.split("/")
            home = contracts[contract]["product"] == "2.0TD-FIJO"
            kind = CustomerKind.HOME if home else CustomerKind.COMPANY
            found[cups] = ReadMeter(Cups(cups), date.fromisoformat(supply["started_on"]), kind)
    return found


def operator() -> OperatorBehaviour:
    return OperatorBehaviour(Chance(SEED), HOURS_2_0TD.band_at, MADRID)


class TestReadings:
    def test_are_what_the_operator_read(
        self, default_demo: Demo, meters: dict[str, ReadMeter]
    ) -> None:
        behaviour = operator()
        taken: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
        for key, row in default_demo.of("reading").items():
            cups, register, taken_on, _ = key.split("/")
            if row["quality"] == "actual":
                taken[cups, taken_on][register] = Decimal(row["index_kwh"])

        assert len(taken) > len(meters)
        for (cups, taken_on), indexes in taken.items():
            read = behaviour.indexes_kwh(meters[cups], date.fromisoformat(taken_on))
            assert indexes == read, (cups, taken_on)

    def test_begin_with_the_supply_and_come_every_month(
        self, default_demo: Demo, meters: dict[str, ReadMeter]
    ) -> None:
        days: dict[str, set[date]] = defaultdict(set)
        for key in default_demo.of("reading"):
            cups, _, taken_on, _ = key.split("/")
            days[cups].add(date.fromisoformat(taken_on))

        for cups, meter in meters.items():
            ordered = sorted(days.get(cups, ()))
            if meter.activated_on < date(2026, 6, 30):
                assert ordered[0] == meter.activated_on, cups
            gaps = [after - before for before, after in pairwise(ordered)]
            assert all(timedelta(7) <= gap <= timedelta(37) for gap in gaps), cups

    def test_replace_the_estimate_of_the_same_day(self, default_demo: Demo) -> None:
        by_day: dict[str, list[str]] = defaultdict(list)
        for key, row in sorted(default_demo.of("reading").items()):
            by_day[key.rpartition("/")[0]].append(row["quality"])

        assert {tuple(qualities) for qualities in by_day.values()} == {
            ("actual",),
            ("estimated",),
            ("estimated", "actual"),
        }

    def test_come_from_the_operator_of_the_supply_point(self, default_demo: Demo) -> None:
        for path in default_demo.files("meter_files"):
            header, *rows, _ = path.read_text("ascii").splitlines()
            operator_code = header.split(";")[2]
            assert path.name.split("_")[1] == operator_code
            assert {row.split(";")[1][2:6] for row in rows} == {operator_code}, path.name

    def test_are_whole_kwh_of_a_meter_of_six_digits(self, default_demo: Demo) -> None:
        for key, row in default_demo.of("reading").items():
            index = Decimal(row["index_kwh"])
            assert 0 <= index < 10**6, key
            assert row["quality"] == "estimated" or index == int(index), key


class TestDayOf23Hours:
    def test_has_23_hours_and_all_in_one_register(self) -> None:
        hours = hours_of(SPRING)

        assert len(hours) == 23
        assert [local.hour for local in hours] == [0, 1, *range(3, 24)]
        assert {register_of(local) for local in hours} == {"P3"}

    def test_is_counted_by_the_operator_hour_by_hour(self, meters: dict[str, ReadMeter]) -> None:
        by_hour = OperatorBehaviour(Chance(SEED), lambda at: f"{local_hour(at):02d}", MADRID)
        behaviour = operator()
        some = [meter for meter in meters.values() if meter.activated_on < SPRING]

        assert len(some) > 50
        for meter in some:
            hours = dict(by_hour.used(meter, SPRING))
            assert set(hours) == {f"{local.hour:02d}" for local in hours_of(SPRING)}
            assert dict(behaviour.used(meter, SPRING)) == {"P3": sum(hours.values())}

    def test_lacks_the_hour_that_the_day_of_25_has_twice(
        self, meters: dict[str, ReadMeter]
    ) -> None:
        by_hour = OperatorBehaviour(Chance(SEED), lambda at: f"{local_hour(at):02d}", MADRID)
        meter = next(iter(meters.values()))

        usual, short, long = (
            shares(dict(by_hour.used(meter, day)))
            for day in (SPRING - timedelta(7), SPRING, AUTUMN)
        )

        assert "02" not in short
        assert short == {hour: share for hour, share in usual.items() if hour != "02"}
        assert long == {**usual, "02": 2 * usual["02"]}

    def test_adds_up_with_the_other_days_to_what_was_read(
        self, default_demo: Demo, meters: dict[str, ReadMeter]
    ) -> None:
        by_hour = OperatorBehaviour(Chance(SEED), lambda at: f"{at.isoformat()}", MADRID)
        bills = [
            bill
            for bill in default_demo.bills.values()
            if bill["document"] == "invoice"
            and bill["cancelled_by"] is None
            and bill["from"] <= SPRING.isoformat() < bill["to"]
        ]

        assert len(bills) >= 20
        for bill in bills[:40]:
            counted: dict[str, int] = defaultdict(int)
            for day in days_of(bill["from"], bill["to"]):
                used = by_hour.used(meters[bill["cups"]], day)
                assert len(used) == (23 if day == SPRING else 24)
                for at, parts in used:
                    counted[register_of(datetime.fromisoformat(at))] += parts
            for register, parts in counted.items():
                read = difference(default_demo, bill, register)
                # A meter shows whole kWh: less than one is lost at each end.
                assert abs(parts / 10**13 - read) < 1, (bill["key"], register)


def local_hour(at: datetime) -> int:
    return at.astimezone(ZoneInfo("Europe/Madrid")).hour


def shares(hours: dict[str, int]) -> dict[str, Fraction]:
    """Return the use by hour of a day without that day's whim: noon is always the same."""
    return {hour: Fraction(parts, hours["12"]) for hour, parts in hours.items()}


def days_of(start: str, until: str) -> list[date]:
    first, after = date.fromisoformat(start), date.fromisoformat(until)
    return [first + timedelta(n) for n in range((after - first).days)]


def difference(demo: Demo, bill: dict[str, str], register: str) -> int:
    readings = demo.of("reading")
    first, last = (
        max(
            (key, Decimal(row["index_kwh"]))
            for version in (1, 2)
            if (row := readings.get(key := f"{bill['cups']}/{register}/{bill[end]}/{version:03d}"))
        )[1]
        for end in ("from", "to")
    )
    return int(last - first) % 10**6
