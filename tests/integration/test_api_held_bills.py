"""Held bills over HTTP, before a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_harness import running_api

from energyretail.adapters.postgres.database import Database
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    readings_of,
)

HELD = "/v1/held-bills"
ANA = {"person": "Ana Ruiz", "reason": "a bakery moved in"}
LUIS = {"person": "Luis Sanz", "reason": "I called: they bake"}


@pytest.fixture(scope="module", autouse=True)
def desk(fresh_database_url: str) -> Iterator[BillingDesk]:
    """Give a company that holds the second bills of two supplies, each of ten times the first."""
    database = Database(fresh_database_url)
    desk = postgres_desk(database)
    desk.world.sign(contract_of(1), contract_of(2))
    for number in (1, 2):
        desk.world.read(
            readings_of(number, START, 100),
            readings_of(number, SECOND, 150),
            readings_of(number, THIRD, 650),
        )
    desk.open_day(THIRD)
    desk.bill()
    yield desk
    database.close()


@pytest.fixture(scope="module")
def client(fresh_database_url: str) -> Iterator[httpx.Client]:
    with running_api(fresh_database_url) as api, httpx.Client(base_url=api.url) as opened:
        yield opened


def told(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def decide(
    client: httpx.Client, path: str, word: str, body: dict[str, str], **headers: str
) -> httpx.Response:
    etag = client.get(path).headers["ETag"]
    return client.post(f"{path}/{word}", json=body, headers={"If-Match": etag} | headers)


class TestHeldBills:
    def test_are_listed_with_what_a_person_needs_to_judge(self, client: httpx.Client) -> None:
        page = told(client.get(HELD, params={"limit": "1"}))
        rest = told(client.get(HELD, params={"cursor": page["next"]}))

        (first,), (second,) = page["items"], rest["items"]
        assert (first["contract"], second["contract"]) == ("K000001", "K000002")
        assert (first["cups"], first["state"], first["version"]) == (point(1).value, "held", 1)
        assert first["period"] == {"start": str(SECOND), "end": str(THIRD)}
        assert first["findings"][0] == {
            "code": "billing.implausible.energy_times_10",
            "text": "the energy is of another unit",
            "register": "",
            "used": "1500.000",
            "expected": "155.000",
            "factor": "9.68",
            "unit": "kWh",
        }
        of_two = told(client.get(HELD, params={"contract": "K000002", "state": "held"}))
        assert of_two["items"] == [second]
        assert told(client.get(HELD, params={"state": "issued"}))["items"] == []
        answer = client.get(f"{HELD}/{first['id']}")
        assert (told(answer), answer.headers["ETag"]) == (first, '"1"')

    def test_leave_when_two_people_say_so(self, client: httpx.Client, desk: BillingDesk) -> None:
        (held,) = told(client.get(HELD, params={"contract": "K000001"}))["items"]
        path = f"{HELD}/{held['id']}"

        released = told(decide(client, path, "release", ANA, **{"Idempotency-Key": "a"}))
        alone = told(decide(client, path, "confirm", ANA | {"person": "ANA  RUIZ"}), 422)
        stale = client.post(f"{path}/confirm", json=LUIS, headers={"If-Match": '"1"'})
        unread = client.post(f"{path}/confirm", json=LUIS)
        confirmed = told(decide(client, path, "confirm", LUIS))

        assert released["released"] == {
            "by": "Ana Ruiz", "on": str(THIRD), "reason": "a bakery moved in",
        }  # fmt: skip
        assert alone["code"] == "billing.held_bill.same_person"
        assert told(stale, 412)["code"] == "billing.held_bill.version"
        assert unread.status_code == 428
        assert (confirmed["state"], confirmed["version"]) == ("confirmed", 3)
        assert desk.bill().issued == 1
        assert told(client.get(path))["state"] == "issued"
        assert told(decide(client, path, "reject", LUIS), 422)["code"] == (
            "billing.held_bill.not_allowed"
        )

    def test_are_rejected_with_a_reason(self, client: httpx.Client, desk: BillingDesk) -> None:
        (held,) = told(client.get(HELD, params={"contract": "K000002"}))["items"]
        path = f"{HELD}/{held['id']}"

        silent = told(decide(client, path, "reject", ANA | {"reason": " "}), 400)
        rejected = told(decide(client, path, "reject", ANA))

        assert silent["code"] == "request.invalid"
        assert (rejected["state"], rejected["rejected"]["by"]) == ("rejected", "Ana Ruiz")
        assert desk.bill().issued == 0

    @pytest.mark.parametrize("name", ["hld_AAAA", "hld_" + "_" * 9, "hld_SzAwMDAwMQ"])
    def test_are_unknown_under_other_names(self, client: httpx.Client, name: str) -> None:
        answer = told(client.get(f"{HELD}/{name}"), 404)

        assert answer["code"] == "billing.held_bill.unknown"
