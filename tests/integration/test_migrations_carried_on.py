"""What bills carried on before their documents told of it is told by the migration that does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.application.billing import WantedPlan
from energyretail.domain.billing import EndOfPlan
from energyretail.domain.shared import Money, add_months
from energyretail.testing.billing import BY_DIFFERENCE, POLICY
from energyretail.testing.conformance.billing import START, contract_of, readings_of
from energyretail.testing.plans import PlansDesk
from energyretail.testing.plans_worlds import postgres_plans_desk

END = add_months(START, 3)
TOLD = """
    SELECT kind, document, bill, taken_on, net_cents, gross_cents, currency, taxes
    FROM deduction WHERE kind <> 'advance' ORDER BY kind, document
"""


def plan_of(months: int, *, at: date = START, total: str = "300.00") -> WantedPlan:
    ends = EndOfPlan.ROLL_OVER
    return WantedPlan("K000001", at, months, months, Money(total, "EUR"), ends)


def live(desk: PlansDesk, until: date) -> None:
    """Do every day's step from the desk's day on."""
    today = desk.desk.clock.today()
    for days in range((until - today).days + 1):
        desk.step(today + timedelta(days=days))


def read(desk: PlansDesk, day: date, index: int, *, version: int = 1) -> None:
    desk.desk.world.read(readings_of(1, day, index, version=version))


def rolled_over_once(desk: PlansDesk) -> None:
    desk.set_up(plan_of(3))
    read(desk, END, 400)
    live(desk, END)


def corrected_in_between(desk: PlansDesk) -> None:
    rolled_over_once(desk)
    read(desk, END, 350, version=2)
    read(desk, add_months(END, 3), 700)
    live(desk, add_months(END, 3))


def all_closed_by_one_bill(desk: PlansDesk) -> None:
    desk.set_up(plan_of(1, total="100.00"))
    read(desk, END, 400)
    live(desk, END)


def ended_with_shares_not_asked(desk: PlansDesk) -> None:
    rolled_over_once(desk)
    ended = add_months(END, 1)
    read(desk, ended, 450)
    desk.desk.world.sign(contract_of(1, ended_on=ended))
    live(desk, ended)


def followed_by_one_made_by_hand(desk: PlansDesk) -> None:
    rolled_over_once(desk)
    desk.set_up(plan_of(2, at=add_months(END, 3)))
    read(desk, add_months(END, 3), 700)
    desk.desk.open_day(add_months(END, 3))
    desk.bill()  # before the last shares were asked, which so are due with it


@pytest.mark.parametrize("policy", [POLICY, BY_DIFFERENCE], ids=["pairs", "differences"])
@pytest.mark.parametrize(
    ("lived", "kinds"),
    [
        (rolled_over_once, ["carried_on"]),
        (corrected_in_between, ["carried_on"] * 2),
        (all_closed_by_one_bill, ["carried_on"]),
        (ended_with_shares_not_asked, ["carried", "carried_on"]),
        (followed_by_one_made_by_hand, ["carried", "carried_on"]),
    ],
)
class TestWhatWasCarriedOnBefore:
    def test_is_told_as_it_is_since(
        self, database: Database, database_url: str, lived: Any, kinds: list[str], policy: Any
    ) -> None:
        desk = postgres_plans_desk(database, policy)
        desk.desk.open_day(START)
        desk.desk.world.sign(contract_of(1))
        read(desk, START, 100)
        lived(desk)
        told = rows(database_url)

        downgrade(database_url, "0025_stage")
        before = rows(database_url)
        upgrade(database_url)

        assert rows(database_url) == told
        assert [kind for kind, *_ in told] == kinds
        assert before == [row for row in told if row[0] == "carried"]


def rows(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(TOLD).fetchall()
