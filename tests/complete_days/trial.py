"""The days of a company from its first supplies on: estimated, billed, watched by its own steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from typing import Final

import attrs
from pydantic import SecretStr
from sqlalchemy import text

from complete_days.outcome import Outcome
from complete_days.portfolio import FIRST, READ, fill, read
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import HeldBillTrigger
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

__all__ = ["LAST", "Plan", "complete_trial"]

_STEPS: Final = ("estimates", "corrections", "billing", "final_bills")
_HELD: Final = text("""
    SELECT concat_ws('/', contract, cups, first_day, digest) FROM held_bill
    WHERE state = 'held' AND findings -> 0 ->> 'code' = 'billing.implausible.registers_exchanged'
    ORDER BY 1
""")
_EVERY: Final = timedelta(days=7)
LAST: Final = READ[-1] + timedelta(days=8)


@attrs.frozen
class Plan:
    """So many supplies, each of some 120 days, and a few more where customers move."""

    supplies: int
    seed: int = 1


def complete_trial(
    url: str, plan: Plan, *, told: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Live a migrated database through the days, a week at a time; return what became of them."""
    company = container_of(Settings(database_url=SecretStr(url)))
    with closing(company.database()), closing(Database(url)) as database:
        with database.engine.begin() as connection:
            fill(connection, supplies=plan.supplies, seed=plan.seed)
        # Those of partners are left out, and so is what they need to be reached.
        steps = [company.day_steps.kwargs[name]() for name in _STEPS]
        for day in _days():
            company.open_day()(day)
            with database.engine.begin() as connection:
                read(connection, day)
            for step in steps:
                step()
            _release(company, database)
            told(f"{day}")
        return Outcome.of(database, today=LAST)


def _release(company: Container, database: Database) -> None:
    """Have two people release what is held of registers that are drawn anew every month.

    What was misread stays held: nobody would release that.
    """
    with database.engine.connect() as connection:
        keys = connection.scalars(_HELD).all()
    held, decide = company.held_bill_by_key(), company.decide_held_bill()
    for key in keys:
        for decision, by in ((HeldBillTrigger.RELEASE, "ana"), (HeldBillTrigger.CONFIRM, "eva")):
            decide(key, decision, by=by, reason="drawn", version=held(key).version)


def _days() -> list[date]:
    count = (LAST - FIRST) // _EVERY
    return [LAST - _EVERY * n for n in range(count, -1, -1)]
