"""A failure at every call of a port, before it, after it and under it: done again, all is equal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import date

import attrs
import pytest
from company_harness import Company, Life, difference

from energyretail.adapters.simulated.faults import FaultPlan, Moment, every_one_shot
from energyretail.application.shared import Channel


@attrs.frozen
class Case:
    """A use case on a day of the life, after the steps before it; `channels` are then relayed."""

    step: str | None
    day: date
    channels: tuple[Channel, ...] = ()

    def reach(self, life: Life) -> Company:
        """Return the company just before the use case."""
        company = life.at(self.day)
        company.open(self.day)
        for name, step in company.container.day_steps().items():
            if name == self.step:
                break
            step()
        return company

    def act(self, company: Company) -> None:
        """Do the use case."""
        if self.step is not None:
            company.container.day_steps()[self.step]()
        for channel in self.channels:
            company.relay(channel)


CASES = {
    "switch confirmation": Case("registry", date(2026, 3, 17)),
    "meter file": Case("meter_files", date(2026, 4, 20)),
    "billing": Case("billing", date(2026, 4, 20)),
    "erp posting": Case(None, date(2026, 4, 20), (Channel.ERP,)),
    "collection": Case("collections", date(2026, 3, 26), (Channel.BANK,)),
    "bank import": Case("bank_files", date(2026, 3, 31)),
    "bank return": Case("bank_files", date(2026, 4, 7)),
}


def attempt(company: Company, act: Callable[[Company], None], plan: FaultPlan) -> str:
    """Do it while the plan is on; return what became of it."""
    try:
        with company.calls.failing(plan):
            act(company)
    except Exception as error:
        return type(error).__name__
    return "done"


def finish(company: Company, act: Callable[[Company], None]) -> tuple[str, ...]:
    """Do it, let all that waits or was parked be relayed, and return what then is."""
    act(company)
    for channel in Channel:
        company.container.send_again()(channel)
        company.relay(channel)
    return company.rows()


def run(life: Life, name: str, plans: Callable[[int], tuple[FaultPlan, ...]]) -> list[str]:
    """Live through every plan and heal; return where the end was another than undisturbed."""
    case = CASES[name]
    company = case.reach(life)
    life.keep(name)
    with company.calls.failing(None):
        case.act(company)
    calls = tuple(company.calls.made)
    undisturbed = finish(company, case.act)
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    began = time.monotonic()
    for plan in plans(len(calls)):
        life.back_to(name)
        seen[attempt(company, case.act, plan)] += 1
        missing, besides = difference(finish(company, case.act), undisturbed)
        if missing or besides:
            wrong.append(f"{plan} {calls[plan.at - 1]}: {missing} {besides}")
    print(  # noqa: T201
        f"\nT2 {name}: {len(calls)} calls, {seen.total()} runs, {dict(sorted(seen.items()))},"
        f" {len(wrong)} wrong, {time.monotonic() - began:.1f} s"
    )
    return wrong


@pytest.mark.parametrize("name", CASES)
def test_every_crash_point_heals(life: Life, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        assert run(life, name, every_one_shot) == []


@pytest.mark.parametrize("name", ["erp posting", "collection"])
def test_every_failure_that_stays_heals_once_it_is_put_right(
    life: Life, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def sticky(calls: int) -> tuple[FaultPlan, ...]:
        return tuple(FaultPlan(Moment.AFTER, at, sticky=True) for at in range(1, calls + 1))

    with capsys.disabled():
        assert run(life, name, sticky) == []
