"""Faults of customers over HTTP, before a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from api_harness import running_api

from energyretail.adapters.postgres.database import Database
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import SECOND, START, THIRD, contract_of, point


def days(start: date, end: date = SECOND) -> dict[str, str]:
    return {"start": str(start), "end": str(end)}


FAULTS = "/v1/customer-faults"
FOUND = {
    "contract": "K000001",
    "cups": point(1).value,
    "fault": "obstruction",
    "days": days(START),
    "owner": "metering desk",
    "source": "letter of 2 April 2026",
}


@pytest.fixture(scope="module")
def client(fresh_database_url: str) -> Iterator[httpx.Client]:
    database = Database(fresh_database_url)
    desk = postgres_desk(database)
    desk.world.sign(contract_of(1), contract_of(2))
    desk.open_day(THIRD)
    with running_api(fresh_database_url) as api, httpx.Client(base_url=api.url) as opened:
        yield opened
    database.close()


def told(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestCustomerFaults:
    def test_are_recorded_once_and_listed(self, client: httpx.Client) -> None:
        second = FOUND | {"contract": "K000002", "cups": point(2).value}
        recorded = [told(client.post(FAULTS, json=each), 201) for each in (FOUND, FOUND, second)]

        assert recorded[0] == recorded[1] == FOUND | {"recorded_on": str(THIRD)}
        first = told(client.get(FAULTS, params={"limit": "1"}), 200)
        rest = told(client.get(FAULTS, params={"cursor": first["next"]}), 200)
        assert [*first["items"], *rest["items"]] == [recorded[0], recorded[2]]
        of_one = told(client.get(FAULTS, params={"contract": "K000002"}), 200)
        assert (of_one["items"], of_one["has_more"]) == ([recorded[2]], False)

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"owner": "somebody else"}, 409, "billing.customer_fault.exists"),
            ({"contract": "K000009"}, 404, "billing.customer_fault.supply_unknown"),
            ({"days": days(SECOND, THIRD + timedelta(1))}, 422, "billing.customer_fault.future"),
            ({"days": days(date(2026, 3, 1))}, 422, "billing.customer_fault.not_supplied"),
            ({"days": days(SECOND, START)}, 422, "period.empty"),
            ({"fault": "rudeness"}, 400, "request.invalid"),
            ({"owner": " "}, 400, "request.invalid"),
        ],
    )
    def test_are_refused_where_nobody_can_answer_for_them(
        self, client: httpx.Client, change: dict[str, object], status: int, code: str
    ) -> None:
        told(client.post(FAULTS, json=FOUND), 201)

        refused = told(client.post(FAULTS, json=FOUND | change), status)

        assert refused["code"] == code
