"""What documents of use and of figures are refused for, and books besides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from energyretail.adapters.tariff_json import DocumentFaults, read_figures, read_told
from energyretail.domain import pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Invalid, Period

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def faults_of(read: Any, document: object, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentFaults) as refused:
        read(document, **more)
    return [(fault.code, fault.pointer) for fault in refused.value.faults]


class TestUse:
    @pytest.mark.parametrize(
        ("member", "entry"),
        [
            ("declared", {"from": "2026-03-01", "percent": "60"}),
            ("volume_registers", {"register": "G", "from": "2026-03-01", "conversion": "zone"}),
        ],
    )
    def test_does_not_say_two_things_of_one_day(self, member: str, entry: object) -> None:
        found = faults_of(read_told, {member: [entry, entry]}, zone=SPAIN.zone)

        assert found == [("billing.measured.twice", f"/{member}")]

    def test_may_say_one_thing_of_each_day(self) -> None:
        shares = (Declared(MARCH, "60"), Declared(APRIL, "60"))
        volumes = tuple(VolumeRegister(name, MARCH, "zone") for name in ("G", "H"))

        assert Measured(declared=shares, volumes=volumes).declared == shares
        with pytest.raises(Invalid, match="share"):
            Measured(declared=(*shares, Declared(MARCH, "50")))
        with pytest.raises(Invalid, match="conversion"):
            Measured(volumes=(*volumes, VolumeRegister("G", MARCH, "other")))


class TestFigures:
    @pytest.mark.parametrize("member", ["indices", "conversions", "profiles"])
    def test_of_one_name_are_told_once(self, member: str) -> None:
        entries = {
            "indices": [
                {"name": "A", "versions": [{"from": "2026-03-01", "value": "1"}]},
                {
                    "name": "A",
                    "start": "2026-03-01T00:00:00+01:00",
                    "minutes": 60,
                    "values": ["1"],
                },
            ],
            "conversions": [{"name": "A", "unit": "kWh/m3", "calorific_value": "11"}] * 2,
            "profiles": [{"name": "A", "from": "2026-03-01", "weights": ["1"]}] * 2,
        }[member]

        found = faults_of(read_figures, {member: entries})

        assert found == [("pricing.name_twice", f"/{member}/1/name")]

    def test_may_share_a_name_between_their_sorts(self) -> None:
        index = pricing.always("A", "1", "test")
        profile = pricing.Profile("A", MARCH, (1,))

        told = pricing.PublishedFigures((index,), profiles=(profile,))

        assert (told.named(["A"]), told.profile("A")) == ((index,), profile)
        with pytest.raises(Invalid, match="one name"):
            pricing.PublishedFigures((index, index))
        with pytest.raises(Invalid, match="one name"):
            pricing.PublishedFigures(profiles=(profile, profile))

    def test_hold_from_their_first_day(self) -> None:
        (index,) = read_figures(
            {"indices": [{"name": "A", "versions": [{"from": "2026-03-01", "value": "1"}]}]}
        ).indices

        assert isinstance(index, pricing.DatedPrice)
        assert index.versions[0].period == Period(MARCH)
