"""A contract with an instalment plan in a company with real partners, and through its API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from company_harness import FIRST_DAY, Company, company_at
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


def planned(company: Company) -> tuple[str, date]:
    contract, billed_until = company.ask(ACTIVE)[0]
    return contract, billed_until


def body(first_day: date, amount: str = "120.01", **more: object) -> dict[str, object]:
    expected = {"amount": amount, "currency": "EUR"}
    return {"first_day": str(first_day), "expected": expected, "months": 2, "count": 2} | more


class TestPlanInACompany:
    def test_is_set_up_once_under_a_key_and_read_with_its_version(
        self, company: Company, client: TestClient[Any]
    ) -> None:
        contract, first_day = planned(company)
        path = f"/v1/contracts/{contract}/instalment-plans"
        asked = body(first_day, at_end="roll_over")

        made = client.post(path, json=asked, headers={"Idempotency-Key": "plan-1"})
        again = client.post(path, json=asked, headers={"Idempotency-Key": "plan-1"})
        other = client.post(path, json=asked | {"count": 1})

        assert made.status_code == again.status_code == 201, made.text
        assert made.headers["location"] == f"{path}/{first_day}"
        assert again.headers["idempotency-replayed"] == "true"
        assert made.json() == again.json() == client.get(made.headers["location"]).json()
        assert (other.status_code, other.json()["code"]) == (409, "billing.plan.exists")
        assert [each["amount"]["amount"] for each in made.json()["instalments"]] == [
            "60.01",
            "60.00",
        ]

    def test_is_reviewed_over_the_version_that_was_read(
        self, company: Company, client: TestClient[Any]
    ) -> None:
        path = "/v1/contracts/{}/instalment-plans/{}".format(*planned(company))
        tag = client.get(path).headers["etag"]
        wanted = {"expected": {"amount": "90.01", "currency": "EUR"}}

        bare = client.post(f"{path}/review", json=wanted)
        changed = client.post(f"{path}/review", json=wanted, headers={"If-Match": tag})
        stale = client.post(
            f"{path}/review",
            json={"expected": {"amount": "1", "currency": "EUR"}},
            headers={"If-Match": tag},
        )

        assert (bare.status_code, stale.status_code) == (428, 412)
        assert (tag, changed.headers["etag"]) == ('"1"', '"2"')
        assert sum(
            float(each["amount"]["amount"]) for each in changed.json()["instalments"]
        ) == pytest.approx(90.01)

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
        self, company: Company, client: TestClient[Any]
    ) -> None:
        contract, first_day = planned(company)
        path = f"/v1/contracts/{contract}/instalment-plans/{first_day}"
        until = add_months(first_day, 2)

        company.live(Period(PLANNED, LAST))

        plan = client.get(path).json()
        advances = company.ask(
            "SELECT * FROM advance WHERE contract = :contract AND first_day = :first_day"
            " ORDER BY instalment_on",
            contract=contract,
            first_day=first_day,
        )
        (bill,) = company.ask(
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
        collected = company.ask(
            "SELECT item FROM collection WHERE item = ANY(:items) AND state = 'collected'",
            items=[a.number for a in advances],
        )
        assert {row.item for row in collected} == {a.number for a in advances}
        mailed = {mail.message_id: mail for mail in company.outside.mail.messages()}
        told = [mail for name, mail in mailed.items() if bill.number in name]
        left = f"{(bill.gross_cents - 9001) / 100:.2f}"
        assert f"{bill.number}: {left} EUR" in str(told)
        assert all(any(a.number in name for name in mailed) for a in advances)

    def test_leaves_the_books_sound_and_the_accounting_system_told(
        self, company: Company, client: TestClient[Any]
    ) -> None:
        balances = {row.account: row.cents for row in company.ask(BALANCES)}
        (held,) = company.ask(
            "SELECT coalesce(sum(net_cents), 0)::bigint AS net FROM advance"
            " WHERE number NOT IN (SELECT document FROM deduction)"
        )
        told = {entry["key"] for entry in company.outside.erp.state()["entries"]}
        ours = {row.key for row in company.ask("SELECT key FROM entry")}

        assert company.container.check_ledger()().problems == ()
        assert balances["advances"] == -held.net
        figures = PostgresFigures(company.database).figures()
        collected = figures["credited_cents"] - figures["returned_cents"]
        assert figures["invoiced_cents"] == collected + figures["open_cents"]
        assert told == ours
        assert any(key.startswith("settlement:") for key in ours)
        assert company.work_items("billing_advance") == ()
        assert company.work_items("billing_settlement") == ()
        assert date.fromisoformat(client.get("/v1/runs").json()["items"][0]["day"]) == (
            LAST - timedelta(days=1)
        )
