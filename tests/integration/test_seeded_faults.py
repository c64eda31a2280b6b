"""Faults seeded into the bills of a year are kept back, and good bills are not."""

from __future__ import annotations

import attrs
import pytest

from energyretail.domain.billing import NO_PLAUSIBILITY
from energyretail.domain.markets import SPAIN
from seeded_faults import Plan, seeded_trial, trial

SMALL = Plan(bills=700, faults=60)


def test_faults_are_kept_back_before_sending(database_url: str) -> None:
    found = seeded_trial(database_url, SMALL)

    assert found.bills > 600
    assert found.held_share >= 0.95, found.by_kind()
    assert found.good_held_share <= 0.03, found.by_kind()


def test_without_the_gate_they_get_out(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SPAIN", attrs.evolve(SPAIN, plausibility=NO_PLAUSIBILITY))

    found = seeded_trial(database_url, attrs.evolve(SMALL, bills=300))

    assert found.held_share < 0.5
    assert not found.good_held
    assert not found.is_kept
