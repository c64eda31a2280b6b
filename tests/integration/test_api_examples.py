"""The examples of the description tell one story, and every one of them is answered well.

It is the story of the how-tos: one home comes to a new company on 1 March 2026, with the
sandbox's first seed, and it is now the morning of 27 March.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final

import attrs
import httpx
import pytest
import structlog
from company_harness import FIRST_DAY, Company, Outside

from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Cups, Period
from energyretail.entrypoints.api.app import create_app, description
from energyretail.entrypoints.api.company import use_cases_over
from served import served

SEED: Final = 1
TODAY: Final = date(2026, 3, 27)
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@attrs.frozen
class Operation:
    """One of the description, with the examples of its parameters by place and name."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    def examples(self, place: str) -> dict[str, Any]:
        return {
            parameter["name"]: _example_of(parameter)
            for parameter in self.told.get("parameters", ())
            if parameter["in"] == place and _example_of(parameter) is not None
        }

    @property
    def body(self) -> Any:
        content = self.told.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("schema", {}).get("examples", [None])
        return examples[0]


def _example_of(parameter: dict[str, Any]) -> Any:
    return next((each["value"] for each in parameter.get("examples", {}).values()), None)


OPERATIONS: Final = {
    operation["operationId"]: Operation(method, path, operation)
    for path, item in description()["paths"].items()
    for method, operation in item.items()
    if method in _METHODS
}
# Whatever the story tells first must be asked first.
FIRST: Final = (
    "quoteSupply", "acceptQuote", "setUpInstalmentPlan", "addTariff", "agreeConsolidation",
)  # fmt: skip
# The home's second bill comes after the story.
LATER: Final = ("compareInvoice",)
# A home has none of them: test_api_deposits and test_api_held_bills tell of a company that has.
# A run of one home is over at once, and metrics are no JSON: test_api_bill_runs tells of both.
ELSEWHERE: Final = {
    "consolidateInvoices", "listConsolidatedInvoices", "readConsolidatedInvoice",
    "listConsolidatedMembers", "listConsolidatedLines", "askDeposit", "readDeposit",
    "receiveDeposit", "waiveDeposit", "giveBackDeposit", "endSupply",
    "listHeldBills", "readHeldBill", "releaseHeldBill", "confirmHeldBill", "rejectHeldBill",
    "abortBillRun", "resumeBillRun", "readMetrics",
}  # fmt: skip
READS: Final = tuple(
    name
    for name, each in OPERATIONS.items()
    if each.method == "get" and name not in {*LATER, *ELSEWHERE}
)
CHANGES: Final = {
    *FIRST, "beginRun", "changeCustomer", "takeReading", "priceBill", "sendAgain",
    "closeWorkItem", "withdrawContract", "reviewInstalmentPlan", "takeUsage", "takeFigures",
    "recordCustomerFault", "startBillRun",
}  # fmt: skip
WITH_QUERY: Final = tuple(name for name in READS if OPERATIONS[name].examples("query"))


class Nobody:
    """Lets no invented customers come to the door."""

    def live(self, today: date) -> None:
        """Come not."""


def ask(client: httpx.Client, name: str, *, filtered: bool = False, **path: str) -> httpx.Response:
    """Ask for an operation by its examples; `path` puts others into its path.

    An Idempotency-Key is the caller's own, one a request: the example's is given a name.
    """
    operation = OPERATIONS[name]
    headers = operation.examples("header")
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] += f"-{name}"
    return client.request(
        operation.method,
        operation.path.format(**operation.examples("path") | path),
        params=operation.examples("query") if filtered else {},
        headers=headers,
        json=operation.body,
    )


def told_well(answer: httpx.Response) -> dict[str, Any]:
    """Return what an answer says, having seen that it is as asked."""
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


@contextmanager
def opened(company: Company) -> Iterator[httpx.Client]:
    """Serve the company's API on loopback for the length of the block."""
    app = create_app(use_cases_over(company.container, readiness=lambda: {"database": True}))
    with served(app) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="module")
def company(fresh_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company with its partners, on its first morning."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with Outside(tmp_path_factory.mktemp("partners"), seed=SEED) as outside:
        company = Company(fresh_database_url, outside)
        company.people = Nobody()  # type: ignore[assignment]  # all it is asked to do
        outside.advance_to(FIRST_DAY)
        company.container.open_day()(FIRST_DAY)
        yield company
        company.database.close()


@pytest.fixture(scope="module")
def client(company: Company) -> Iterator[httpx.Client]:
    """A client of the company's API, after the story was told up to today."""
    with opened(company) as client:
        for name in FIRST:
            told_well(ask(client, name))
        company.live(Period(FIRST_DAY, TODAY))
        company.outside.advance_to(TODAY)
        told_well(ask(client, "beginRun"))
        told_well(ask(client, "recordCustomerFault"))
        told_well(ask(client, "startBillRun"))
        yield client


@pytest.fixture(scope="module")
def metered(client: httpx.Client) -> tuple[dict[str, Any], ...]:
    """What was told of today's reading and of the bill it would make, before the day ended."""
    return tuple(told_well(ask(client, name)) for name in ("takeReading", "previewBill"))


class TestExamples:
    def test_are_tried_for_every_operation(self) -> None:
        assert {*READS, *CHANGES, *LATER, *ELSEWHERE} == set(OPERATIONS)

    def test_are_given_for_every_body_and_every_part_of_a_path(self) -> None:
        for operation in OPERATIONS.values():
            parts = [each for each in operation.told.get("parameters", ()) if each["in"] == "path"]

            assert set(operation.examples("path")) == {each["name"] for each in parts}
            assert ("requestBody" in operation.told) == (operation.body is not None)

    @pytest.mark.parametrize("name", READS)
    def test_read_what_is_there(self, client: httpx.Client, name: str) -> None:
        told = told_well(ask(client, name))

        assert told

    @pytest.mark.parametrize("name", WITH_QUERY)
    def test_find_by_what_they_name(self, client: httpx.Client, name: str) -> None:
        found = told_well(ask(client, name, filtered=True))["items"]

        # No debit of the example home came back; of all else it has one.
        assert (found == []) == (name == "listReturns")

    def test_price_a_bill(self, client: httpx.Client) -> None:
        assert told_well(ask(client, "priceBill"))["lines"]

    def test_ask_again_what_was_asked_first(self, client: httpx.Client) -> None:
        for name in (*FIRST, "beginRun", "startBillRun"):
            again = ask(client, name)

            assert told_well(again)
            assert again.headers["idempotency-replayed"] == "true"

    @pytest.mark.parametrize("name", ["takeUsage", "takeFigures"])
    def test_take_what_is_told_once(self, client: httpx.Client, name: str) -> None:
        taken = told_well(ask(client, name))["taken"]
        path = OPERATIONS[name].path.format(**OPERATIONS[name].examples("path"))
        again = client.post(path, json=OPERATIONS[name].body)

        assert taken > 0
        assert told_well(again) == {"taken": 0}

    def test_change_the_customer(self, client: httpx.Client) -> None:
        assert told_well(ask(client, "changeCustomer"))["version"] == 2

    def test_take_what_the_meter_shows(self, metered: tuple[dict[str, Any], ...]) -> None:
        taken, previewed = metered

        ends = [draft["bill"]["period"]["end"] for draft in previewed["drafts"]]
        assert taken["taken"] == 3
        assert ends == [TODAY.isoformat()]

    def test_review_the_plan(self, client: httpx.Client) -> None:
        reviewed = told_well(ask(client, "reviewInstalmentPlan"))

        assert (reviewed["version"], reviewed["expected"]["amount"]) == (2, "750.00")

    def test_let_a_channel_send_again(self, client: httpx.Client) -> None:
        assert told_well(ask(client, "sendAgain"))["channel"] == "erp"


def live_on(company: Company, *, days: int) -> None:
    """End the day and live through so many more."""
    today = company.container.clock().today()
    company.close(today)
    company.live(Period(today + timedelta(days=1), today + timedelta(days=days + 1)))


@pytest.mark.usefixtures("metered")
class TestExamplesThatNeedMore:
    """What cannot be in the story: the rest of it must have gone well."""

    def test_compare_the_second_bill_with_the_first(
        self, client: httpx.Client, company: Company
    ) -> None:
        live_on(company, days=2)

        told = told_well(ask(client, "compareInvoice"))

        assert told["previous"]["number"] == OPERATIONS["readInvoice"].examples("path")["name"]
        assert told["current"]["period"]["end"] == TODAY.isoformat()

    def test_close_a_work_item_that_was_put_on_the_list(
        self, client: httpx.Client, company: Company
    ) -> None:
        (request,) = (
            switch["request"] for switch in told_well(ask(client, "listSwitches"))["items"]
        )
        item = WorkItem("switch", request, "trial.parked", "to look at", "look at it", TODAY)
        with company.container.work()() as transaction:
            company.container.work_list().add([item])
            transaction.commit()

        assert told_well(ask(client, "closeWorkItem"))["item"]["key"] == request

    def test_withdraw_a_home_that_did_not_ask_for_an_early_start(
        self, client: httpx.Client, company: Company
    ) -> None:
        home = OPERATIONS["quoteSupply"].body
        wanted = home | {
            "reference": "web-2",
            "person": home["person"] | {"tax_id": "87654321X"},
            "sites": [home["sites"][0] | {"cups": Cups.of_digits("0021000000000272").value}],
        }
        quote = client.post("/v1/quotes", json=wanted).json()["number"]
        yes = OPERATIONS["acceptQuote"].body | {"early_start": False}
        number = client.post(f"/v1/quotes/{quote}/accept", json=yes).json()["number"]
        live_on(company, days=4)
        assert client.get(f"/v1/contracts/{number}").json()["state"] == "cooling_off"

        assert told_well(ask(client, "withdrawContract", number=number))["state"] == "withdrawn"
