"""The API over HTTP: a real server on loopback before use cases in memory."""

import inspect
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from sqlalchemy.exc import OperationalError

from energyretail import __version__
from energyretail.adapters.memory.billing import MemoryInvoices
from energyretail.adapters.memory.billing_shelves import MemoryInvoiceShelf
from energyretail.adapters.memory.contracts import (
    MemoryContracts,
    MemoryCustomers,
    MemoryQuotes,
)
from energyretail.adapters.memory.invoice_names import MemoryInvoiceNames
from energyretail.adapters.memory.once import MemoryOnce
from energyretail.adapters.memory.shared import MemoryClock, MemoryNumbers
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.billing import CompareInvoice, ExplainInvoice, PriceBill
from energyretail.application.contracts import AcceptQuote, QuoteSupply
from energyretail.domain import pricing
from energyretail.domain.billing import Explanation, Invoice, InvoiceKind
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, Energy, Event, Fault, Period, Power
from energyretail.entrypoints.api import ApiUseCases, create_app
from energyretail.entrypoints.api.requests import FAULTS_MAX
from served import served

CUPS = Cups.of_digits("0021000000000001").value
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 3))
MARCH = Period(date(2026, 3, 3), date(2026, 4, 6))
BILL: dict[str, Any] = {
    "tariff": "2.0TD-FIJO",
    "period": {"start": "2026-02-01", "end": "2026-03-03"},
    "powers": {"P1": "4.6", "P2": "4.6"},
    "uses": [{"register": "P1", "kwh": "250"}],
}
QUOTE: dict[str, Any] = {
    "reference": "web-1",
    "person": {
        "kind": "home",
        "name": "Ana García",
        "tax_id": "12345678Z",
        "email": "ana@example.org",
        "address": {
            "street": "Calle Mayor, 1",
            "postcode": "28013",
            "town": "Madrid",
            "country": "ES",
        },
    },
    "product": "2.0TD-FIJO",
    "sites": [{"cups": CUPS, "powers": {"P1": "4.6", "P2": "4.6"}, "month_kwh": 250}],
}
ACCEPT = {"iban": "ES9121000418450200051332", "early_start": True}


class _Happened:
    def record(self, _: Iterable[Event]) -> None:
        """Forget them: nothing follows here."""


class _Ready:
    def __init__(self) -> None:
        self.checks = {"database": True, "migrations": True}

    def __call__(self) -> dict[str, bool]:
        return self.checks


@pytest.fixture
def ready() -> _Ready:
    return _Ready()


@pytest.fixture
def use_cases(ready: _Ready) -> ApiUseCases:
    store = MemoryStore()
    work, clock, numbers = MemoryWork(store), MemoryClock(store), MemoryNumbers(store)
    quotes, invoices = MemoryQuotes(store), MemoryInvoices(store)
    with work() as transaction:
        clock.move_to(date(2026, 3, 2))
        invoices.add([an_invoice(), an_invoice("F26-000002", MARCH, "300")])
        transaction.commit()
    return attrs.evolve(
        nobodys_use_cases(),
        readiness=ready,
        once=MemoryOnce(store),
        price_bill=PriceBill(tariffs=SPAIN),
        quotes=quotes,
        quote_supply=QuoteSupply(
            work=work, clock=clock, numbers=numbers, quotes=quotes, tariffs=SPAIN
        ),
        accept_quote=AcceptQuote(
            work=work,
            clock=clock,
            numbers=numbers,
            events=_Happened(),
            quotes=quotes,
            customers=MemoryCustomers(store),
            contracts=MemoryContracts(store),
            retailer="Luz, S.L.",
        ),
        invoice_shelf=MemoryInvoiceShelf(store),
        invoice_names=MemoryInvoiceNames(store),
        explain_invoice=ExplainInvoice(invoices=invoices),
        compare_invoice=CompareInvoice(invoices=invoices),
    )


def nobodys_use_cases() -> ApiUseCases:
    """Return the use cases of a company that can do nothing, for a test to put some in."""
    nobody: Any = None
    fields = {field.name: nobody for field in attrs.fields(ApiUseCases)}
    return ApiUseCases(**fields | {"day_steps": ()})


def an_invoice(number: str = "F26-000001", period: Period = FEBRUARY, kwh: str = "250") -> Invoice:
    usage = pricing.Usage(
        uses=(pricing.RegisterUse("P1", period, Energy(kwh), pricing.Quality.ACTUAL),),
        powers=(("P1", Power("4.6")), ("P2", Power("4.6"))),
    )
    return Invoice(
        number=number,
        kind=InvoiceKind.INVOICE,
        contract="K000001",
        customer="C000001",
        cups=Cups(CUPS),
        tariff="2.0TD-FIJO",
        bill=pricing.rate(SPAIN.tariff("2.0TD-FIJO"), usage, period=period),
        readings=(),
        issued_on=period.until,
        due_on=period.until + timedelta(days=14),
    )


def opened(use_cases: ApiUseCases) -> Iterator[httpx.Client]:
    with served(create_app(use_cases)) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def client(use_cases: ApiUseCases) -> Iterator[httpx.Client]:
    yield from opened(use_cases)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem an answer holds, having seen that it is one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["type"].endswith(told["code"])
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


class TestHealth:
    def test_tells_that_it_lives_and_which_version(self, client: httpx.Client) -> None:
        assert client.get("/health/live").json() == {"live": True}
        assert client.get("/version").json() == {"version": __version__}

    def test_tells_whether_it_is_ready(self, client: httpx.Client, ready: _Ready) -> None:
        assert client.get("/health/ready").status_code == 200

        ready.checks = {"database": True, "migrations": False}
        answer = client.get("/health/ready")

        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "checks": {"database": True, "migrations": False},
        }


class TestPriceABill:
    def test_prices_what_is_used(self, client: httpx.Client) -> None:
        answer = client.post("/v1/bills/price", json=BILL)

        bill = answer.json()
        assert answer.status_code == 200, answer.text
        assert bill["gross"] == {
            "amount": an_invoice().gross.amount.to_eng_string(),
            "currency": "EUR",
        }
        assert [line["component"] for line in bill["lines"]]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"colour": "red"}, "colour"),
            ({"uses": [{"register": "P1", "kwh": 250}]}, "kwh"),
            ({"uses": [{"register": "P1", "kwh": "NaN"}]}, "kwh"),
            ({"uses": [{"register": "P1", "kwh": "-1"}]}, "kwh"),
            ({"uses": [{"register": "P1", "kwh": "1e9"}]}, "kwh"),
            ({"powers": {"P1": "1.0000000001"}}, "powers"),
            ({"period": {"start": "2026-02-30", "end": "2026-03-03"}}, "period"),
            ({"power_unit": "hp"}, "power_unit"),
        ],
    )
    def test_refuses_a_value_of_the_wrong_shape(
        self, client: httpx.Client, change: dict[str, Any], field: str
    ) -> None:
        told = problem(client.post("/v1/bills/price", json=BILL | change), 400)

        assert told["code"] == "request.invalid"
        assert field in json.dumps(told["errors"])

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"period": {"start": "2026-03-03", "end": "2026-03-03"}}, 422, "period.empty"),
            ({"uses": BILL["uses"] * 2}, 422, "pricing.usage_overlap"),
        ],
    )
    def test_passes_on_what_the_domain_refuses(
        self, client: httpx.Client, change: dict[str, Any], status: int, code: str
    ) -> None:
        answer = client.post("/v1/bills/price", json=BILL | change)

        assert problem(answer, status)["code"] == code

    def test_does_not_know_every_tariff(self, client: httpx.Client) -> None:
        assert client.post("/v1/bills/price", json=BILL | {"tariff": "X"}).status_code == 404


class TestQuotes:
    def test_gives_the_same_quote_for_the_same_reference(self, client: httpx.Client) -> None:
        first = client.post("/v1/quotes", json=QUOTE)
        again = client.post("/v1/quotes", json=QUOTE)

        assert first.status_code == 201, first.text
        assert first.json()["number"] == "Q000001"
        assert first.json()["sites"][0]["cups"] == CUPS
        assert again.json() == first.json()

    def test_refuses_a_reference_used_for_somebody_else(self, client: httpx.Client) -> None:
        client.post("/v1/quotes", json=QUOTE)
        other = QUOTE | {"person": QUOTE["person"] | {"name": "Eva"}}

        told = problem(client.post("/v1/quotes", json=other), 409)

        assert told["code"] == "contracts.quote.reference_reused"

    def test_refuses_a_supply_point_whose_letters_do_not_fit(self, client: httpx.Client) -> None:
        wrong = CUPS[:18] + "AA" + CUPS[20:]
        sites = [QUOTE["sites"][0] | {"cups": wrong}]

        told = problem(client.post("/v1/quotes", json=QUOTE | {"sites": sites}), 422)

        assert told["code"] == "supply.cups.check_letters"

    def test_makes_one_contract_however_often_it_is_accepted(self, client: httpx.Client) -> None:
        number = client.post("/v1/quotes", json=QUOTE).json()["number"]

        first = client.post(f"/v1/quotes/{number}/accept", json=ACCEPT)
        again = client.post(f"/v1/quotes/{number}/accept", json=ACCEPT)

        assert first.status_code == 201, first.text
        assert first.json()["state"] == "unsigned"
        assert again.json()["number"] == first.json()["number"]

    def test_does_not_accept_what_was_never_quoted(self, client: httpx.Client) -> None:
        told = problem(client.post("/v1/quotes/Q999999/accept", json=ACCEPT), 404)

        assert told["code"] == "contracts.quote.unknown"

    def test_refuses_an_account_whose_check_digits_do_not_fit(self, client: httpx.Client) -> None:
        number = client.post("/v1/quotes", json=QUOTE).json()["number"]
        body = ACCEPT | {"iban": "ES0021000418450200051332"}

        told = problem(client.post(f"/v1/quotes/{number}/accept", json=body), 422)

        assert told["code"] == "payments.iban.check_digits"


class TestInvoices:
    def test_are_read_by_number(self, client: httpx.Client) -> None:
        invoice = client.get("/v1/invoices/F26-000001").json()

        assert invoice["kind"] == "invoice"
        assert invoice["bill"]["lines"]

    def test_have_an_id_that_reads_them_too(self, client: httpx.Client) -> None:
        by_number = client.get("/v1/invoices/F26-000001").json()

        by_id = client.get(f"/v1/invoices/{by_number['id']}").json()

        assert by_number["id"].startswith("inv_")
        assert by_id == by_number

    def test_are_explained_line_by_line(self, client: httpx.Client) -> None:
        explanation = client.get("/v1/invoices/F26-000001/explanation").json()
        invoice = client.get("/v1/invoices/F26-000001").json()

        amounts = [line["amount"] for line in explanation["lines"]]
        assert amounts == [line["amount"] for line in invoice["bill"]["lines"]]
        assert all(line["derivation"]["name"] for line in explanation["lines"])

    def test_are_compared_with_the_one_before(self, client: httpx.Client) -> None:
        told = client.get("/v1/invoices/F26-000002/comparison").json()

        assert (told["previous"]["number"], told["current"]["number"]) == (
            "F26-000001",
            "F26-000002",
        )
        difference = Decimal(told["difference"]["amount"])
        assert difference == Decimal(told["current"]["gross"]["amount"]) - Decimal(
            told["previous"]["gross"]["amount"]
        )
        effects = {e["kind"]: Decimal(e["amount"]["amount"]) for e in told["effects"]}
        assert sum(effects.values()) == difference
        assert effects["usage"] > 0 > effects["taxes"]
        (energy,) = (part for part in told["parts"] if part["component"] == "energy")
        assert (energy["previous"]["quantity"], energy["current"]["quantity"]) == ("250", "300")
        assert energy["previous"]["price"] == energy["current"]["price"] == "0.15"
        assert sum(Decimal(part["difference"]["amount"]) for part in told["parts"]) == difference

    def test_that_came_first_are_compared_with_none(self, client: httpx.Client) -> None:
        told = problem(client.get("/v1/invoices/F26-000001/comparison"), 404)

        assert told["code"] == "billing.comparison.no_previous"

    def test_that_were_never_issued_are_not_found(self, client: httpx.Client) -> None:
        for path in ("", "/explanation", "/comparison"):
            answer = client.get(f"/v1/invoices/F26-999999{path}")
            assert problem(answer, 404)["code"] == "billing.invoice.unknown"
        for name in ("inv_zzzzzzzzzzzzz", "inv_0000000000000", "inv_short"):
            assert problem(client.get(f"/v1/invoices/{name}"), 404)


class TestProblems:
    def test_are_told_for_what_no_route_takes(self, client: httpx.Client) -> None:
        assert problem(client.get("/v1/nothing"), 404)["code"] == "request.unknown_path"
        assert problem(client.put("/v1/quotes"), 405)["code"] == "request.method_not_allowed"

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"text"', b"[" * 5000])
    def test_are_told_for_a_body_that_is_no_request(
        self, client: httpx.Client, body: bytes
    ) -> None:
        headers = {"Content-Type": "application/json"}

        told = problem(client.post("/v1/quotes", content=body, headers=headers), 400)

        assert told["code"] == "request.invalid"

    def test_are_told_for_a_body_that_is_too_large(self, client: httpx.Client) -> None:
        body = json.dumps(QUOTE | {"product": "x" * 2_000_000}).encode()

        told = problem(client.post("/v1/quotes", content=body), 413)

        assert told["code"] == "request.too_large"

    def test_bear_the_id_a_caller_gave_if_it_is_harmless(self, client: httpx.Client) -> None:
        kept = client.get("/v1/nothing", headers={"X-Request-Id": "abc-12345"})
        changed = client.get("/v1/nothing", headers={"X-Request-Id": "<script>"})

        assert problem(kept, 404)["request_id"] == "abc-12345"
        assert problem(changed, 404)["request_id"].startswith("req_")


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (Fault("registry.timeout", "no answer"), 502, "registry.timeout"),
            (Fault("postgres.unreachable", "gone"), 503, "postgres.unreachable"),
            (OperationalError("SELECT secret", {}, Exception("x")), 503, "postgres.unreachable"),
            (KeyError("secret"), 500, "internal"),
        ],
    )
    def test_tell_no_secret_of_the_house(
        self, use_cases: ApiUseCases, error: Exception, status: int, code: str
    ) -> None:
        def fail(_: str) -> Explanation:
            raise error

        for client in opened(attrs.evolve(use_cases, explain_invoice=fail)):
            answer = client.get("/v1/invoices/F26-000001/explanation")

            assert problem(answer, status)["code"] == code
            assert "secret" not in answer.text
            assert ("retry-after" in answer.headers) == (status == 503)


class TestDescription:
    @pytest.fixture
    def described(self, client: httpx.Client) -> dict[str, Any]:
        document: dict[str, Any] = client.get("/schema/openapi.json").json()
        return document

    def test_is_openapi_3_1(self, described: dict[str, Any]) -> None:
        assert described["openapi"].startswith("3.1.")

    def test_declares_every_failure_as_a_problem(self, described: dict[str, Any]) -> None:
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                assert operation["summary"] or operation["description"], (path, method)
                for status, answer in operation["responses"].items():
                    media = set(answer.get("content", {}))
                    ready = path == "/health/ready" and status == "503"
                    told = "text/plain" if path == "/metrics" else "application/json"
                    expected = told if status < "400" or ready else PROBLEM
                    assert media == {expected}, (path, method, status)
                assert {"500", "503"} <= set(operation["responses"])

    def test_shows_numbers_as_patterned_text(self, described: dict[str, Any]) -> None:
        kwh = described["components"]["schemas"]["UseIn"]["properties"]["kwh"]

        assert (kwh["type"], "pattern" in kwh) == ("string", True)


PROBLEM = "application/problem+json"


class TestBodies:
    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    def test_are_json_or_refused(self, client: httpx.Client, kind: str) -> None:
        body = json.dumps(QUOTE).encode()

        answer = client.post("/v1/quotes", content=body, headers={"Content-Type": kind})

        assert problem(answer, 415)["code"] == "request.media_type"

    def test_that_are_not_utf_8_are_told_so(self, client: httpx.Client) -> None:
        body = json.dumps(QUOTE, ensure_ascii=False).encode("latin-1")

        answer = client.post(
            "/v1/quotes", content=body, headers={"Content-Type": "application/json"}
        )

        (told,) = problem(answer, 400)["errors"]
        assert told["message"] == "the body is not UTF-8"

    def test_with_more_faults_than_anybody_reads_cost_little(self, client: httpx.Client) -> None:
        sites = {"sites": [{"a": 1}] * 80_000}
        many = QUOTE | {"sites": [{"a": 1}] * 1000}

        bound = problem(client.post("/v1/quotes", json=QUOTE | sites), 400)
        first = problem(client.post("/v1/quotes", json=many), 400)

        assert [told["field"] for told in bound["errors"]] == ["sites"]
        assert len(first["errors"]) == FAULTS_MAX

    @pytest.mark.parametrize(
        "change",
        [
            {"reference": "ref-1\n"},
            {"person": QUOTE["person"] | {"name": "Eva\n"}},
            {"person": QUOTE["person"] | {"language": "es\n"}},
            {"sites": [QUOTE["sites"][0] | {"cups": CUPS + "\n"}]},
        ],
    )
    def test_end_no_text_with_a_line_break(
        self, client: httpx.Client, change: dict[str, Any]
    ) -> None:
        problem(client.post("/v1/quotes", json=QUOTE | change), 400)

    def test_and_query_are_faulted_together(self, client: httpx.Client) -> None:
        told = problem(client.post("/v1/quotes?x=1", json=QUOTE | {"colour": "red"}), 400)

        assert {each["field"] for each in told["errors"]} == {"x", "colour"}


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("stat=open", "stat"),
            ("state=open&state=accepted", "state"),
            ("state=null", "state"),
            ("state=odd", "state"),
            ("limit=0", "limit"),
            ("cursor=7a%0A", "cursor"),
        ],
    )
    def test_are_known_or_refused(self, client: httpx.Client, query: str, field: str) -> None:
        told = problem(client.get(f"/v1/quotes?{query}"), 400)

        assert [each["field"] for each in told["errors"]] == [field]


class TestOrigins:
    def test_of_others_change_nothing(self, client: httpx.Client) -> None:
        evil = {"Origin": "https://evil.example"}

        assert problem(client.post("/v1/quotes", json=QUOTE, headers=evil), 403)
        assert client.get("/v1/quotes", headers={"Host": "evil.example"}).status_code == 403
        own = {"Origin": str(client.base_url).rstrip("/")}
        assert client.post("/v1/quotes", json=QUOTE, headers=own).status_code == 201


class TestPatterns:
    def test_end_where_the_text_ends(self) -> None:
        sources = Path(inspect.getfile(create_app)).parent.glob("*.py")

        open_ended = [
            f"{file.name}: {pattern}"
            for file in sources
            for pattern in re.findall(r"r[\"']\^.*?[\"']", file.read_text(encoding="utf-8"))
            if "$" in pattern
        ]

        assert open_ended == []
