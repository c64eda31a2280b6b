"""Bill runs over HTTP: started once, watched, called off, resumed, and told to Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from bill_run_company import TODAY, company_with

from energyretail.adapters.postgres.database import Database
from energyretail.domain.shared import Refused
from energyretail.entrypoints.api.app import create_app
from energyretail.entrypoints.api.company import use_cases_over
from energyretail.entrypoints.container import Container
from served import served

START = {"as_of": str(TODAY), "started_by": "Ana", "chunk_size": 2}


@pytest.fixture
def company(database: Database) -> Container:
    return company_with(database, 5, parked=1)


@pytest.fixture
def client(company: Container) -> Iterator[httpx.Client]:
    app = create_app(use_cases_over(company, readiness=lambda: {"database": True}))
    with served(app) as url, httpx.Client(base_url=url) as client:
        yield client


def bill(company: Container, *chunks: int) -> None:
    for chunk in chunks:
        company.bill_run_chunk()(1, chunk)


class TestBillRuns:
    def test_are_started_once_under_a_key(self, client: httpx.Client) -> None:
        key = {"Idempotency-Key": "night"}

        first, again = (client.post("/v1/bill-runs", json=START, headers=key) for _ in "ab")
        other = client.post("/v1/bill-runs", json=START)

        assert (first.status_code, first.headers["location"]) == (202, "/v1/bill-runs/1")
        assert first.json()["chunks"] == {"waiting": 3, "under_way": 0, "done": 0, "failed": 0}
        assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
        assert (other.status_code, other.json()["code"]) == (409, "operations.bill_run.under_way")

    def test_are_watched(self, company: Container, client: httpx.Client) -> None:
        client.post("/v1/bill-runs", json=START)
        before = client.get("/v1/bill-runs/1").json()
        bill(company, 1, 2)
        half = client.get("/v1/bill-runs/1").json()
        bill(company, 3)
        after = client.get("/v1/bill-runs/1").json()

        assert (before["state"], before["bills_per_second"], before["seconds_left"]) == (
            "planned",
            None,
            None,
        )
        assert (half["state"], half["percent"], half["due_done"]) == ("running", 80, 4)
        assert re.fullmatch(r"\d+\.\d", half["bills_per_second"])
        assert isinstance(half["seconds_left"], int)
        assert (after["state"], after["issued"], after["parked"]) == ("done", 4, 1)
        assert after["why"] == {"billing.registers_unknown": 1}
        assert after["one_by_one"] == {"markets.tariff_unknown": 1}
        assert client.get("/v1/bill-runs").json()["items"] == [after]

    def test_tell_of_their_chunks(self, company: Container, client: httpx.Client) -> None:
        client.post("/v1/bill-runs", json=START)
        bill(company, 1)
        company.give_up_chunk()(1, 3, Refused("x.broken", "no"))

        first = client.get("/v1/bill-runs/1/chunks", params={"limit": 2}).json()
        rest = client.get("/v1/bill-runs/1/chunks", params={"cursor": first["next"]}).json()

        chunks = [*first["items"], *rest["items"]]
        assert [(each["state"], each["issued"], each["code"]) for each in chunks] == [
            ("done", 1, ""),
            ("waiting", None, ""),
            ("failed", None, "x.broken"),
        ]
        assert (chunks[0]["after"], chunks[2]["until"]) == ("", "")
        assert chunks[0]["until"] == chunks[1]["after"] > ""

    def test_are_called_off_and_resumed(self, company: Container, client: httpx.Client) -> None:
        client.post("/v1/bill-runs", json=START)
        company.give_up_chunk()(1, 1, Refused("x.broken", "no"))

        resumed = client.post("/v1/bill-runs/1/resume")
        aborted = [client.post("/v1/bill-runs/1/abort") for _ in "ab"]
        late = client.post("/v1/bill-runs/1/resume")

        assert (resumed.status_code, resumed.json()["chunks"]["failed"]) == (202, 0)
        assert [(one.status_code, one.json()["state"]) for one in aborted] == [(200, "aborted")] * 2
        assert (late.status_code, late.json()["code"]) == (422, "operations.bill_run.not_allowed")

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"chunk_size": 0}, 400),
            ({"started_by": ""}, 400),
            ({"started_by": "a\nb"}, 400),
            ({"as_of": "2026-01-01"}, 422),
        ],
    )
    def test_refuse_what_cannot_be(
        self, client: httpx.Client, wrong: dict[str, object], status: int
    ) -> None:
        assert client.post("/v1/bill-runs", json=START | wrong).status_code == status

    def test_that_nobody_knows_are_not_found(self, client: httpx.Client) -> None:
        for method, path in (
            ("GET", ""),
            ("GET", "/chunks"),
            ("POST", "/abort"),
            ("POST", "/resume"),
        ):
            answer = client.request(method, f"/v1/bill-runs/7{path}")

            assert (answer.status_code, answer.json()["code"]) == (
                404,
                "operations.bill_run.unknown",
            )


class TestMetrics:
    def test_are_told_in_prometheus_own_words(
        self, company: Container, client: httpx.Client
    ) -> None:
        empty = values(client)
        client.post("/v1/bill-runs", json=START)
        bill(company, 1, 2)

        told = values(client)

        assert set(empty.values()) == {0.0}
        assert told["energyretail_bills_issued_total"] == 3
        assert told["energyretail_supplies_parked_total"] == 1
        assert told["energyretail_bill_chunks_waiting"] == 1
        assert 0 < told["energyretail_oldest_job_age_seconds"] < 600

    def test_tell_the_pace_while_a_chunk_is_under_way(
        self, company: Container, client: httpx.Client
    ) -> None:
        client.post("/v1/bill-runs", json=START)
        bill(company, 1)
        with company.work()() as transaction:
            rows = company.bill_run_rows()
            rows.keep_chunks(1, [rows.take_chunk(1, 2).begin()])
            transaction.commit()

        assert values(client)["energyretail_bills_per_second"] > 0

    def test_leave_out_what_is_only_rehearsed(
        self, company: Container, client: httpx.Client
    ) -> None:
        client.post("/v1/bill-runs", json=START | {"dry_run": True})
        bill(company, 1)

        assert values(client)["energyretail_bills_issued_total"] == 0


def values(client: httpx.Client) -> dict[str, float]:
    """Return the metrics by name, having seen that each is described."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    for help_, type_, value in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name = value.split()[0]
        assert help_.startswith(f"# HELP {name} ")
        assert re.fullmatch(rf"# TYPE {name} (counter|gauge)", type_)
    return {name: float(value) for name, value in (line.split() for line in lines[2::3])}
