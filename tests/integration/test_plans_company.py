"""A contract with an instalment plan in a company with real partners, and through its API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from company_harness import FIRST_DAY, Company, company_at
from httpx import Response
from litestar.testing import TestClient

from energyretail.adapters.postgres.figures import PostgresFigures
from energyretail.domain.shared import Period, add_months
from energyretail.entrypoints.api import create_app
from energyretail.entrypoints.api.company import use_cases_over

PLANNED = date(2026, 4, 12)
LAST = date(2026, 7, 2)

ACTIVE = """
    SELECT supply.contract, max(upper(period)) AS billed_until
    FROM supply JOIN invoice ON invoice.contract = supply.contract
    WHERE supply.state = 'active' AND cancelled_by IS NULL AND kind <> 'credit_note'
    GROUP BY supply.contract ORDER BY supply.contract LIMIT 2
"""
BALANCES = """
    SELECT account, sum(amount_cents)::bigint AS cents FROM posting GROUP BY account
"""


@pytest.fixture(scope="module")
def company(fresh_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company of five customers that has lived for six weeks."""
    with company_at(fresh_database_url, tmp_path_factory.mktemp("company")) as found:
        found.live(Period(FIRST_DAY, PLANNED))
        yield found


@pytest.fixture(scope="module")
def client(company: Company) -> Iterator[TestClient[Any]]:
    app = create_app(use_cases_over(company.container, readiness=lambda: {"database": True}))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


@attrs.frozen
class Planned:
    """A plan that was set up and reviewed, and all that was said on the way."""

    contract: str
    first_day: date
    made: Response
    again: Response
    other: Response
    read: Response
    bare: Response
    changed: Response
    stale: Response

    @property
    def path(self) -> str:
        """Where the plan is read."""
        return f"/v1/contracts/{self.contract}/instalment-plans/{self.first_day}"


@pytest.fixture(scope="module")
def planned(company: Company, client: TestClient[Any]) -> Planned:
    """A plan set up three times over and reviewed three times, twice of each in vain."""
    contract, first_day = company.ask(ACTIVE)[0]
    path = f"/v1/contracts/{contract}/instalment-plans"
    asked = body(first_day, at_end="roll_over")
    made = client.post(path, json=asked, headers={"Idempotency-Key": "plan-1"})
    again = client.post(path, json=asked, headers={"Idempotency-Key": "plan-1"})
    other = client.post(path, json=asked | {"count": 1})

    read = client.get(made.headers["location"])
    path, seen = made.headers["location"] + "/review", {"If-Match": read.headers["etag"]}
    wanted = {"expected": {"amount": "90.01", "currency": "EUR"}}
    late = {"expected": {"amount": "1", "currency": "EUR"}}
    bare = client.post(path, json=wanted)
    changed = client.post(path, json=wanted, headers=seen)
    stale = client.post(path, json=late, headers=seen)
    return Planned(contract, first_day, made, again, other, read, bare, changed, stale)


@pytest.fixture(scope="module")
def lived(company: Company, planned: Planned) -> Company:
    """The company after the months of the plan."""
    assert planned.changed.is_success
    company.live(Period(PLANNED, LAST))
    return company


def body(first_day: date, amount: str = "120.01", **more: object) -> dict[str, object]:
    expected = {"amount": amount, "currency": "EUR"}
    return {"first_day": str(first_day), "expected": expected, "months": 2, "count": 2} | more


class TestPlanInACompany:
    def test_is_set_up_once_under_a_key_and_read_with_its_version(self, planned: Planned) -> None:
        made, again, other = planned.made, planned.again, planned.other

        assert made.status_code == again.status_code == 201, made.text
        assert made.headers["location"] == planned.path
        assert again.headers["idempotency-replayed"] == "true"
        assert made.json() == again.json() == planned.read.json()
        assert (other.status_code, other.json()["code"]) == (409, "billing.plan.exists")
        assert [each["amount"]["amount"] for each in made.json()["instalments"]] == [
            "60.01",
            "60.00",
        ]

    def test_is_reviewed_over_the_version_that_was_read(self, planned: Planned) -> None:
        assert (planned.bare.status_code, planned.stale.status_code) == (428, 412)
        assert planned.read.headers["etag"] == '"1"'
        assert planned.changed.headers["etag"] == '"2"'
        assert sum(
            float(each["amount"]["amount"]) for each in planned.changed.json()["instalments"]
        ) == pytest.approx(90.01)

    def test_is_found_by_its_contract_alone(
        self, client: TestClient[Any], planned: Planned
    ) -> None:
        of_contract = client.get("/v1/instalment-plans", params={"contract": planned.contract})
        of_nobody = client.get("/v1/instalment-plans", params={"contract": "K999999"})

        (found,) = of_contract.json()["items"]
        assert (found["contract"], found["first_day"]) == (
            planned.contract,
            str(planned.first_day),
        )
        assert found in client.get("/v1/instalment-plans").json()["items"]
        assert of_nobody.json() == {"items": [], "next": None, "has_more": False}

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("get", "/v1/contracts/K999999/instalment-plans/2026-01-01", 404, "plan.unknown"),
            ("post", "/v1/contracts/K999999/instalment-plans", 404, "plan.contract_unknown"),
            ("get", "/v1/contracts/K000001/instalment-plans/today", 404, ""),
        ],
    )
    def test_is_not_found_where_there_is_none(
        self, client: TestClient[Any], method: str, path: str, status: int, code: str
    ) -> None:
        given = {"json": body(date(2026, 4, 1))} if method == "post" else {}

        answer = client.request(method, path, **given)

        assert answer.status_code == status
        assert answer.json()["code"].endswith(code)

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"count": 0}, 400, "request.invalid"),
            ({"months": 25}, 400, "request.invalid"),
            ({"colour": "red"}, 400, "request.invalid"),
            ({"expected": {"amount": "-1", "currency": "EUR"}}, 400, "request.invalid"),
            ({"expected": {"amount": "1", "currency": "GBP"}}, 422, "billing.plan.currency"),
            ({"count": 9}, 422, "billing.plan.often"),
            ({"first_day": "2026-01-01"}, 422, "billing.plan.billed"),
            ({"first_day": "9999-12-31"}, 422, "billing.plan.first_day"),
        ],
    )
    def test_refuses_what_cannot_be(
        self,
        company: Company,
        client: TestClient[Any],
        change: dict[str, object],
        status: int,
        code: str,
    ) -> None:
        (contract, billed_until) = company.ask(ACTIVE)[1]
        asked = body(billed_until) | change

        answer = client.post(f"/v1/contracts/{contract}/instalment-plans", json=asked)

        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text

    def test_is_asked_collected_billed_and_settled_by_the_company_itself(
        self, lived: Company, planned: Planned, client: TestClient[Any]
    ) -> None:
        contract, first_day = planned.contract, planned.first_day
        until = add_months(first_day, 2)

        plan = client.get(planned.path).json()
        advances = lived.ask(
            "SELECT * FROM advance WHERE contract = :contract AND first_day = :first_day"
            " ORDER BY instalment_on",
            contract=contract,
            first_day=first_day,
        )
        (bill,) = lived.ask(
            "SELECT * FROM invoice WHERE contract = :contract AND lower(period) = :first_day"
            " AND cancelled_by IS NULL AND kind <> 'credit_note'",
            contract=contract,
            first_day=first_day,
        )
        following = client.get(f"/v1/contracts/{contract}/instalment-plans/{until}").json()
        assert [each["asked"] for each in plan["instalments"]] == [a.number for a in advances]
        assert bill.period.upper >= until
        assert plan["settled_on"] is not None
        assert following["carried"]["amount"] == f"{(bill.gross_cents - 9001) / 100:.2f}"
        collected = lived.ask(
            "SELECT item FROM collection WHERE item = ANY(:items) AND state = 'collected'",
            items=[a.number for a in advances],
        )
        assert {row.item for row in collected} == {a.number for a in advances}
        mailed = {mail.message_id: mail for mail in lived.outside.mail.messages()}
        told = [mail for name, mail in mailed.items() if bill.number in name]
        # The rest is asked for by the plan that follows: nobody is to pay it twice.
        assert f"{bill.number}: 0.00 EUR" in str(told)
        assert "Pasa a los plazos siguientes" in str(told)
        assert all(any(a.number in name for name in mailed) for a in advances)

    def test_leaves_the_books_sound_and_the_accounting_system_told(
        self, lived: Company, client: TestClient[Any]
    ) -> None:
        balances = {row.account: row.cents for row in lived.ask(BALANCES)}
        (held,) = lived.ask(
            "SELECT coalesce(sum(net_cents), 0)::bigint AS net FROM advance"
            " WHERE number NOT IN (SELECT document FROM deduction)"
        )
        told = {entry["key"] for entry in lived.outside.erp.state()["entries"]}
        ours = {row.key for row in lived.ask("SELECT key FROM entry")}

        assert lived.container.check_ledger()().problems == ()
        assert balances["advances"] == -held.net
        figures = PostgresFigures(lived.database).figures()
        collected = figures["credited_cents"] - figures["returned_cents"]
        assert figures["invoiced_cents"] == collected + figures["open_cents"]
        assert told == ours
        assert any(key.startswith("settlement:") for key in ours)
        assert lived.work_items("billing_advance") == ()
        assert lived.work_items("billing_settlement") == ()
        assert date.fromisoformat(client.get("/v1/runs").json()["items"][0]["day"]) == (
            LAST - timedelta(days=1)
        )
