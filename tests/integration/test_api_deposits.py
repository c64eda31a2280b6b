"""Deposits, the end of a supply and consolidated invoices over HTTP, before a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from api_harness import running_api

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import Invoice
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    contract_of,
    point,
    readings_of,
)

AFTER = SECOND + timedelta(days=1)


@pytest.fixture(scope="module")
def desk(fresh_database_url: str) -> Iterator[BillingDesk]:
    """A company with three billed contracts of one customer, on the day after."""
    database = Database(fresh_database_url)
    desk = postgres_desk(database)
    for number in (1, 2, 3):
        desk.world.sign(contract_of(number, customer=1))
        desk.world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
    desk.open_day(SECOND)
    desk.bill()
    desk.open_day(AFTER)
    yield desk
    database.close()


@pytest.fixture(scope="module")
def client(desk: BillingDesk, fresh_database_url: str) -> Iterator[httpx.Client]:
    assert desk.clock.today() == AFTER
    with running_api(fresh_database_url) as api, httpx.Client(base_url=api.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def bills(desk: BillingDesk) -> tuple[Invoice, ...]:
    invoices = desk.world.invoices
    return tuple(one for n in (1, 2, 3) for one in invoices.of_contract(f"K{n:06d}"))


def told(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def leaf_through(client: httpx.Client, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = told(client.get(path, params={"limit": str(limit), **cursor}))
        found += page["items"]
        if not page["has_more"]:
            return found
        cursor = {"cursor": page["next"]}


@pytest.fixture(scope="module")
def made(client: httpx.Client, bills: tuple[Invoice, ...]) -> dict[str, Any]:
    assert len(bills) == 3
    body = {"customer": "C000001", "issued_before": AFTER.isoformat()}
    answer = client.post(
        "/v1/consolidated-invoices", json=body, headers={"Idempotency-Key": "april"}
    )
    assert answer.headers["location"] == "/v1/consolidated-invoices/G26-000001"
    return told(answer)


class TestConsolidatedInvoices:
    def test_add_up_their_members(
        self, client: httpx.Client, made: dict[str, Any], bills: tuple[Invoice, ...]
    ) -> None:
        read = told(client.get(f"/v1/consolidated-invoices/{made['number']}"))

        gross = sum(one.gross.cents for one in bills)
        assert read == made
        assert made["members"] == 3
        assert made["gross"] == {"amount": f"{gross // 100}.{gross % 100:02d}", "currency": "EUR"}
        assert [rate["tax"] for rate in made["taxes"]] == ["IVA"] * len(bills[0].taxes)

    def test_are_the_same_for_the_same_days(
        self, client: httpx.Client, made: dict[str, Any]
    ) -> None:
        body = {"customer": "C000001", "issued_before": AFTER.isoformat()}

        assert told(client.post("/v1/consolidated-invoices", json=body)) == made

    def test_tell_their_members_a_page_at_a_time(
        self, client: httpx.Client, made: dict[str, Any], bills: tuple[Invoice, ...]
    ) -> None:
        path = f"/v1/consolidated-invoices/{made['number']}/members"

        found = leaf_through(client, path, 2)

        assert [one["number"] for one in found] == [one.number for one in bills]

    def test_tell_the_lines_of_their_members_a_page_at_a_time(
        self, client: httpx.Client, made: dict[str, Any], bills: tuple[Invoice, ...]
    ) -> None:
        path = f"/v1/consolidated-invoices/{made['number']}/lines"

        found = leaf_through(client, path, 5)

        assert [(one["invoice"], one["line"]["label"]) for one in found] == [
            (one.number, line.label) for one in bills for line in one.lines
        ]

    def test_are_listed_by_customer(self, client: httpx.Client, made: dict[str, Any]) -> None:
        path = "/v1/consolidated-invoices"

        assert told(client.get(path, params={"customer": "C000001"}))["items"] == [made]
        assert told(client.get(path, params={"customer": "C000002"}))["items"] == []

    def test_are_not_what_was_never_issued(self, client: httpx.Client) -> None:
        for more in ("", "/members", "/lines"):
            answer = client.get(f"/v1/consolidated-invoices/G26-000009{more}")

            assert told(answer, 404)["code"] == "billing.consolidated.unknown"


class TestConsolidation:
    PATH = "/v1/customers/C000001/consolidation"

    def test_is_agreed_on_once_and_anew(self, client: httpx.Client, made: dict[str, Any]) -> None:
        terms = {"customer": "C000001", "day": 1, "since": "2026-06-01", "ended_on": None}
        ask = {"day": 1, "since": "2026-06-01"}

        nothing = client.get(self.PATH)
        agreed = [told(client.put(self.PATH, json=ask)) for _ in range(2)]
        ended = told(client.put(self.PATH, json=ask | {"ended_on": "2026-12-31"}))

        assert told(nothing, 404)["code"] == "billing.consolidation.none"
        assert agreed == [terms, terms]
        assert ended == terms | {"ended_on": "2026-12-31"} == told(client.get(self.PATH))

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"day": 29, "since": "2026-06-01"}, 400, "request.invalid"),
            (
                {"day": 1, "since": "2026-06-01", "ended_on": "2026-05-31"},
                422,
                "billing.consolidation.days",
            ),
        ],
    )
    def test_refuses_other_days(
        self, client: httpx.Client, body: dict[str, Any], status: int, code: str
    ) -> None:
        assert told(client.put(self.PATH, json=body), status)["code"] == code

    def test_is_of_a_customer(self, client: httpx.Client) -> None:
        answer = client.put(
            "/v1/customers/C000077/consolidation", json={"day": 1, "since": "2026-06-01"}
        )

        assert told(answer, 404)["code"] == "parties.customer.unknown"

    @pytest.mark.parametrize("number", ["C000000", "C0000001", "C000077"])
    def test_is_not_found_by_a_number_that_nobody_has(
        self, client: httpx.Client, number: str
    ) -> None:
        answer = client.get(f"/v1/customers/{number}/consolidation")

        assert told(answer, 404)["code"] == "billing.consolidation.none"


class TestDeposits:
    def test_live_from_asked_to_given_back(self, client: httpx.Client) -> None:
        ask = {"contract": "K000001", "amount": "120.00"}
        asked = told(client.post("/v1/deposits", json=ask), 201)
        path = f"/v1/deposits/{asked['number']}"
        body = {"amount": "120.00", "on": AFTER.isoformat()}

        second = client.post("/v1/deposits", json=ask)
        other = client.post(f"{path}/receive", json=body | {"amount": "119.00"})
        held = told(client.post(f"{path}/receive", json=body))
        again = told(client.post(f"{path}/receive", json=body))
        read = told(client.get(path))
        late = client.post(f"{path}/waive")
        gone = told(client.post(f"{path}/give-back"))

        assert asked["state"] == "asked"
        assert told(second, 409)["code"] == "billing.deposit.second"
        assert told(other, 422)["code"] == "billing.deposit.other_amount"
        assert held == again == read
        assert held["held"] == {"amount": "120.00", "currency": "EUR"}
        assert told(late, 422)["code"] == "deposit.not_allowed"
        assert gone["state"] == "given_back"
        items = told(client.get("/v1/open-items", params={"customer": "C000001"}))["items"]
        assert asked["number"] in {item["item"] for item in items}

    def test_are_asked_once_under_one_key(self, client: httpx.Client) -> None:
        ask = {"contract": "K000002", "amount": "80.00"}
        headers = {"Idempotency-Key": "deposit-2"}

        first = client.post("/v1/deposits", json=ask, headers=headers)
        again = client.post("/v1/deposits", json=ask, headers=headers)

        assert told(first, 201) == told(again, 201)
        assert again.headers["idempotency-replayed"] == "true"
        path = f"/v1/deposits/{first.json()['number']}"
        assert told(client.post(f"{path}/waive"))["state"] == "waived"

    def test_are_not_what_was_never_asked(self, client: httpx.Client) -> None:
        assert told(client.get("/v1/deposits/D26-000099"), 404)["code"] == (
            "billing.deposit.unknown"
        )


class TestEndOfSupply:
    def test_ends_a_contract_with_its_last_supply(self, client: httpx.Client) -> None:
        path = f"/v1/contracts/K000003/supplies/{point(3)}/end"
        body = {"on": SECOND.isoformat()}

        ended = told(client.post(path, json=body))
        again = told(client.post(path, json=body))
        other = client.post(path, json={"on": AFTER.isoformat()})

        assert ended == again
        assert ended["state"] == "ended"
        assert [supply["ended_on"] for supply in ended["supplies"]] == [SECOND.isoformat()]
        assert told(other, 422)["code"] == "supply.not_allowed"

    def test_refuses_a_day_to_come(self, client: httpx.Client) -> None:
        path = f"/v1/contracts/K000001/supplies/{point(1)}/end"

        answer = client.post(path, json={"on": (AFTER + timedelta(days=1)).isoformat()})

        assert told(answer, 422)["code"] == "contracts.end.future"
