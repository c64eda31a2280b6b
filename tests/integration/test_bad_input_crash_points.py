"""A failure at every call of a port, before it, after it and under it: done again, all is equal.

By day one call of each name that a case makes is drawn by a seed, and fails in every way; in the
profile `deep` each call fails.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import attrs
import pytest
from company_harness import Company, Life, difference

from energyretail.adapters.simulated.faults import FaultPlan, Moment, every_one_shot, every_sticky
from energyretail.application.shared import Channel
from energyretail.testing.faulty import COMMIT
from energyretail.testing.profiles import is_deep

SEED = os.environ.get("TEST_CRASH_POINTS_SEED", "1")


Plans = Callable[[int], tuple[FaultPlan, ...]]


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


class BillRunCase(Case):
    """A bill run of the day: planned before, its chunks done as a worker would."""

    def reach(self, life: Life) -> Company:
        """Return the company whose run is planned."""
        company = super().reach(life)
        company.container.start_bill_run()(self.day, by="night", chunk_size=2)
        return company

    def act(self, company: Company) -> None:
        """Do every chunk that is not done."""
        shelf = company.container.bill_run_shelf()
        (shown,) = shelf.page(after="", limit=1).items
        for chunk in shelf.chunks(shown.run.number, after="", limit=100).items:
            company.container.bill_run_chunk()(shown.run.number, chunk.number)


class ConsolidationCase(Case):
    """The documents of all customers, each of whom agreed to one that day."""

    def reach(self, life: Life) -> Company:
        """Return the company whose customers agreed."""
        company = super().reach(life)
        agree = company.container.agree_consolidation()
        for (customer,) in company.ask("SELECT DISTINCT customer FROM invoice ORDER BY 1"):
            agree(customer, day=self.day.day, since=date(self.day.year, 1, 1))
        return company


CASES = {
    "switch confirmation": Case("registry", date(2026, 3, 17)),
    "meter file": Case("meter_files", date(2026, 4, 20)),
    "billing": Case("billing", date(2026, 4, 20)),
    "bill run": BillRunCase("billing", date(2026, 4, 20)),
    "consolidated": ConsolidationCase("consolidations", date(2026, 4, 21)),
    "erp posting": Case(None, date(2026, 4, 20), (Channel.ERP,)),
    "collection": Case("collections", date(2026, 3, 26), (Channel.BANK,)),
    "bank import": Case("bank_files", date(2026, 3, 31)),
    "bank return": Case("bank_files", date(2026, 4, 7)),
}

FOR_GOOD = (
    "switch confirmation",
    "billing",
    "bill run",
    "consolidated",
    "erp posting",
    "collection",
    "bank import",
)
"""The cases whose failures are also tried as ones that stay until somebody puts them right."""


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


@attrs.frozen
class Told:
    """What became of the runs of one case."""

    calls: tuple[str, ...]
    runs: Counter[str]
    wrong: tuple[str, ...]


def drawn(seed: str, calls: Sequence[str], *, every: bool) -> set[int]:
    """Return the numbers, from 1, of the calls that are to fail: one of each name, or all."""
    if every:
        return set(range(1, len(calls) + 1))
    chance = random.Random(seed)
    numbers: dict[str, list[int]] = {}
    for number, call in enumerate(calls, start=1):
        numbers.setdefault(call, []).append(number)
    return {chance.choice(alike) for alike in numbers.values()}


def run(life: Life, name: str, plans: Plans) -> Told:
    """Live through every plan and heal; tell where the end was another than undisturbed."""
    case = CASES[name]
    company = case.reach(life)
    life.keep(name)
    with company.calls.failing(None):
        case.act(company)
    calls = tuple(company.calls.made)
    undisturbed = finish(company, case.act)
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    chosen = drawn(f"{SEED} {name} {plans.__name__}", calls, every=is_deep())
    for plan in plans(len(calls)):
        if plan.at not in chosen:
            continue
        life.back_to(name)
        seen[attempt(company, case.act, plan)] += 1
        missing, besides = difference(finish(company, case.act), undisturbed)
        if missing or besides:
            wrong.append(f"{plan} {calls[plan.at - 1]}: {missing} {besides}")
    return Told(calls, seen, tuple(wrong))


def told(record: Callable[[str, object], None], name: str, kind: str, found: Told) -> None:
    """Record the figures for the summary, and fail where an end was wrong."""
    figures = {"case": name, "kind": kind, "calls": len(found.calls), "wrong": len(found.wrong)}
    record("T2", {**figures, "runs": found.runs.total(), "ends": dict(found.runs)})
    assert found.wrong == ()


def test_a_draw_leaves_no_call_out_but_for_its_like() -> None:
    calls = ("read", "add", "read", COMMIT, "read", COMMIT)

    draws = [drawn(str(seed), calls, every=False) for seed in range(50)]

    assert all(sorted(calls[at - 1] for at in draw) == ["add", "read", COMMIT] for draw in draws)
    assert set().union(*draws) == drawn("1", calls, every=True) == set(range(1, 7))


@pytest.mark.parametrize("name", CASES)
def test_every_crash_point_heals(
    life: Life, name: str, record_property: Callable[[str, object], None]
) -> None:
    found = run(life, name, every_one_shot)

    told(record_property, name, "one-shot", found)


@pytest.mark.parametrize("name", FOR_GOOD)
def test_every_failure_that_stays_heals_once_it_is_put_right(
    life: Life, name: str, record_property: Callable[[str, object], None]
) -> None:
    found = run(life, name, every_sticky)

    told(record_property, name, "sticky", found)


@pytest.mark.parametrize("name", FOR_GOOD)
def test_a_connection_lost_in_a_commit_may_have_written_all_or_nothing(
    life: Life, name: str
) -> None:
    case = CASES[name]
    company = case.reach(life)
    life.keep(name)
    before = company.rows()
    with company.calls.failing(None):
        case.act(company)
    commits = [at for at, call in enumerate(company.calls.made, 1) if call == COMMIT]
    # Those before the last of a day's billing are of parts: with it they are kept, or not at all.
    commit = commits[-1 if name == "billing" else 0]
    ends = {}
    for moment in (Moment.LOST, Moment.AFTER):
        life.back_to(name)
        attempt(company, case.act, FaultPlan(moment, commit))
        ends[moment] = company.rows() != before

    assert ends == {Moment.LOST: False, Moment.AFTER: True}
