"""The whole company agrees with a model ledger whatever happens, and a planted fault is found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.domain.ledger import Entry
from energyretail.testing.company import Company
from energyretail.testing.company_machine import CompanyMachine

WALK = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestTheCompany:
    def test_agrees_with_the_model_after_every_step(self) -> None:
        run_state_machine_as_test(CompanyMachine, settings=WALK)


class ForgetfulBooks(MemoryBooks):
    """Books what the bank tells twice, the second time under another key."""

    def post(self, entries: Sequence[Entry]) -> None:
        """Post entries, and those of the bank again."""
        by_bank = (one for one in entries if one.key.startswith("bank:"))
        super().post([*entries, *(attrs.evolve(one, key=f"{one.key}/again") for one in by_bank)])


class TestAPlantedFault:
    def test_in_the_books_is_found(self) -> None:
        planted = partial(CompanyMachine, partial(Company, books=ForgetfulBooks))
        found = settings(WALK, phases=[Phase.generate], database=None, derandomize=True)

        with pytest.raises(AssertionError):
            run_state_machine_as_test(planted, settings=found)
