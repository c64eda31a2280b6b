"""A company that has lived for two months, its API served, and what can be asked of it."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

sys.path.append(str(Path(__file__).parents[1] / "integration"))

from company_harness import FIRST_DAY, Company, company_at

from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Cups, Iban, Period
from energyretail.entrypoints.api import create_app
from energyretail.entrypoints.api.company import use_cases_over
from energyretail.entrypoints.api.document_examples import FIGURES, TARIFF, USAGE
from energyretail.testing.conformance.held_bills import held_bill_of
from served import served

__all__ = ["TODAY", "Lived", "Recorder", "lived"]

LAST_MONTHS_DAY: Final = date(2026, 5, 5)
TODAY: Final = LAST_MONTHS_DAY + timedelta(days=5)
OPEN_QUOTES: Final = 120
COOLING_HOMES: Final = 6
WORK_ITEMS: Final = 60
PLAN: Final = {
    "first_day": (TODAY + timedelta(days=60)).isoformat(),
    "expected": {"amount": "880.00", "currency": "EUR"},
}


class Recorder:
    """Stands before an application and counts which operation answered what."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self.answers: Counter[tuple[str, str, int]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = str(scope.get("path_template", ""))
                self.answers[str(scope.get("method", "")), path, message["status"]] += 1
            await send(message)

        await self._app(scope, receive, noted)


@attrs.frozen
class Lived:
    """The company, where its API listens, and what it answered so far."""

    company: Company
    url: str
    recorder: Recorder
    seeds: dict[str, list[Any]]

    def books_are_sound(self) -> bool:
        """Tell whether the books still add up."""
        return not self.company.container.check_ledger()().problems


@contextmanager
def lived(database_url: str, root: Path) -> Iterator[Lived]:
    """Give a company of five customers after two months, with something in every state."""
    # Every step of seventy days would be told.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with company_at(database_url, root) as company:
        company.live(Period(FIRST_DAY, LAST_MONTHS_DAY))
        recorder = Recorder(create_app(use_cases_over(company.container, readiness=_ready)))
        with served(recorder) as url, httpx.Client(base_url=url, timeout=20) as client:
            _sign_homes(client, company)
            _park(company)
            _plan(client)
            _secure(client)
            _find_faults(client)
            _hold(client, company)
            _end(client)
            _consolidate(client)
            client.post("/v1/tariffs", json=TARIFF).raise_for_status()
            yield Lived(company, url, recorder, _seeds(client))


def _ready() -> dict[str, bool]:
    return {"database": True}


def a_quote(number: int) -> dict[str, Any]:
    """Return the request of the `number`-th home that comes to the door."""
    return {
        "reference": f"door-{number}",
        "person": {
            "kind": "home",
            "name": f"Eva Ruiz {number}",
            "tax_id": f"{60_000_000 + number}X",
            "email": f"eva{number}@example.org",
            "address": {
                "street": "Calle Ancha, 1",
                "postcode": "24003",
                "town": "León",
                "country": "ES",
            },
        },
        "product": "2.0TD-FIJO",
        "sites": [
            {
                "cups": Cups.of_digits(f"0091{number:012d}").value,
                "powers": {"P1": "4.6", "P2": "4.6"},
                "month_kwh": 250,
            }
        ],
    }


def _sign_homes(client: httpx.Client, company: Company) -> None:
    iban = Iban.of_account("ES", "21000418450200051332").value
    for number in range(COOLING_HOMES):
        quote = client.post("/v1/quotes", json=a_quote(number)).raise_for_status().json()
        path = f"/v1/quotes/{quote['number']}/accept"
        client.post(path, json={"iban": iban}).raise_for_status()
    company.live(Period(LAST_MONTHS_DAY, TODAY + timedelta(days=1)))
    for number in range(COOLING_HOMES, COOLING_HOMES + OPEN_QUOTES):
        client.post("/v1/quotes", json=a_quote(number)).raise_for_status()


def _plan(client: httpx.Client) -> None:
    for contract in client.get("/v1/contracts", params={"limit": "3"}).json()["items"]:
        path = f"/v1/contracts/{contract['number']}/instalment-plans"
        client.post(path, json=PLAN).raise_for_status()


def _secure(client: httpx.Client) -> None:
    """Ask a deposit, take it and give it back: what is asked at random never is the amount."""
    contracts = client.get("/v1/contracts", params={"state": "active"}).json()["items"]
    held, waived = (_deposit(client, contract["number"]) for contract in contracts[-2:])
    came = {"amount": "100.00", "on": TODAY.isoformat()}
    client.post(f"{held}/receive", json=came).raise_for_status()
    client.post(f"{held}/give-back").raise_for_status()
    client.post(f"{waived}/waive").raise_for_status()


def _deposit(client: httpx.Client, contract: str) -> str:
    ask = {"contract": contract, "amount": "100.00"}
    number = client.post("/v1/deposits", json=ask).raise_for_status().json()["number"]
    return f"/v1/deposits/{number}"


def _find_faults(client: httpx.Client) -> None:
    """Put a fault on record: few days are any good for that."""
    contract = client.get("/v1/contracts", params={"state": "active"}).json()["items"][0]
    found = {
        "contract": contract["number"],
        "cups": contract["supplies"][0]["cups"],
        "fault": "obstruction",
        "days": {"start": str(TODAY - timedelta(days=9)), "end": str(TODAY)},
        "owner": "metering desk",
        "source": "letter of the operator",
    }
    client.post("/v1/customer-faults", json=found).raise_for_status()


def _hold(client: httpx.Client, company: Company) -> None:
    """Hold a bill, and decide about it in all ways: what is drafted at random never is the same."""
    held = held_bill_of(900_000)
    with company.container.work()() as transaction:
        company.container.held_bills().save([held])
        transaction.commit()
    (told,) = client.get("/v1/held-bills", params={"state": "held"}).json()["items"]
    path = f"/v1/held-bills/{told['id']}"
    for person, decision in (("Ana", "release"), ("Luis", "confirm"), ("Ana", "reject")):
        etag = client.get(path).raise_for_status().headers["ETag"]
        said = {"person": person, "reason": "seen"}
        answer = client.post(f"{path}/{decision}", json=said, headers={"If-Match": etag})
        answer.raise_for_status()


def _end(client: httpx.Client) -> None:
    """End a supply today: few days are any good for that."""
    contract = client.get("/v1/contracts", params={"state": "active"}).json()["items"][-1]
    cups = contract["supplies"][0]["cups"]
    path = f"/v1/contracts/{contract['number']}/supplies/{cups}/end"
    client.post(path, json={"on": TODAY.isoformat()}).raise_for_status()


def _consolidate(client: httpx.Client) -> None:
    """Join the bills of the first customer that has any."""
    invoice = client.get("/v1/invoices", params={"limit": "1"}).json()["items"][0]
    terms = f"/v1/customers/{invoice['customer']}/consolidation"
    client.put(terms, json={"day": 1, "since": "2026-01-01"}).raise_for_status()
    client.get(terms).raise_for_status()
    ask = {"customer": invoice["customer"], "issued_before": TODAY.isoformat()}
    made = client.post("/v1/consolidated-invoices", json=ask).raise_for_status().json()
    path = f"/v1/consolidated-invoices/{made['number']}"
    for part in ("", "/members", "/lines"):
        client.get(f"{path}{part}").raise_for_status()


def _park(company: Company) -> None:
    items = [
        WorkItem("trial", f"{number:03d}", "trial.parked", "to look at", "look at it", TODAY)
        for number in range(WORK_ITEMS)
    ]
    with company.container.work()() as transaction:
        company.container.work_list().add(items)
        transaction.commit()


def _seeds(client: httpx.Client) -> dict[str, list[Any]]:
    """Return names of things that exist, by operation and parameter."""

    def names(path: str, field: str, **query: str) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        while True:
            given = query | {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = client.get(path, params=given).raise_for_status().json()
            found += [item[field] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return found

    points = [each["cups"] for each in client.get("/v1/supply-points").json()["items"]]
    points = [
        cups for cups in points if client.get(f"/v1/supply-points/{cups}/readings").json()["items"]
    ]
    return {
        "customers": names("/v1/customers", "number"),
        "quotes": names("/v1/quotes", "number"),
        "open quotes": names("/v1/quotes", "number", state="open"),
        "contracts": names("/v1/contracts", "number"),
        "planned": names("/v1/contracts", "number")[:3],
        "plans": [PLAN],
        "tariffs": names("/v1/tariffs", "code"),
        "documents": [{"addTariff": TARIFF, "takeUsage": USAGE, "takeFigures": FIGURES}],
        "cooling off": names("/v1/contracts", "number", state="cooling_off"),
        "points": points,
        "readings": [_reading(client, cups) for cups in points],
        "switches": names("/v1/switches", "request"),
        "invoices": (invoices := names("/v1/invoices", "number")),
        "invoices with one before": [
            number
            for number in invoices
            if client.get(f"/v1/invoices/{number}/comparison").is_success
        ],
        "payments": names("/v1/payments", "end_to_end_id"),
        "mandates": names("/v1/mandates", "reference"),
        "work items": names("/v1/work-items", "id", kind="trial"),
        "runs": (days := names("/v1/runs", "day")),
        "bill runs": [_bill_run(client, days[0])],
    }


def _bill_run(client: httpx.Client, today: str) -> str:
    """Start a run of today and return its number."""
    asked = {"as_of": today, "started_by": "Ana"}
    return str(client.post("/v1/bill-runs", json=asked).raise_for_status().json()["number"])


def _reading(client: httpx.Client, cups: str) -> dict[str, Any]:
    """Return what the meter of a point may show today: a little more than it did last."""
    indices: dict[str, str] = {}
    for item in client.get(
        f"/v1/supply-points/{cups}/readings", params={"limit": "100", "current_only": "true"}
    ).json()["items"]:
        indices[item["register"]] = str(int(float(item["index_kwh"])) + 3)
    return {"taken_on": TODAY.isoformat(), "indices": indices}
