"""What happens to postings when the ERP fails: each ends there once, each failure has a code."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import attrs
import httpx
import pytest

from energyretail.adapters.erp_soap import SoapErp, TimeLimits
from energyretail.adapters.memory.erp import MemoryErpFacts
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.erp import ErpMishap, ErpMishaps
from energyretail.application.erp import ErpEntry, SendEntry, every_entry
from energyretail.domain.ledger import Account
from energyretail.domain.shared import Conflict, DomainError, Fault, Invalid, Refused
from energyretail.entrypoints.sandbox.erp import ErpControl, SandboxErp
from energyretail.testing.conformance.erp import CUSTOMER, an_entry
from energyretail.testing.erp import listening_erp

QUICK = TimeLimits(connect=1.0, read=0.5, total=2.0)
THREADS = 8
ATTEMPTS_MAX = 5
CHART = {account: f"{430 + n}000" for n, account in enumerate(Account)}


@contextmanager
def erp_at(sandbox: SandboxErp) -> Iterator[SoapErp]:
    with listening_erp(sandbox) as url:
        client = SoapErp(url, limits=QUICK)
        yield client
        client.close()


@contextmanager
def erp_that_answers(raw: bytes | None) -> Iterator[SoapErp]:
    """Take one request and answer with these bytes; None hangs up, empty ones stay silent."""
    over = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            if raw is not None:
                connection.sendall(raw)
            if raw == b"":
                over.wait(5)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        client = SoapErp(f"http://127.0.0.1:{listening.getsockname()[1]}/erp", limits=QUICK)
        try:
            yield client
        finally:
            over.set()
            client.close()
            thread.join()


def http(body: bytes, *, status: str = "200 OK", kind: str = "text/xml") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def soap(content: str, *, doctype: str = "") -> bytes:
    return (
        f"<?xml version='1.0'?>{doctype}"
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
        f"<s:Body xmlns='urn:energyretail:erp:v1'>{content}</s:Body></s:Envelope>"
    ).encode()


def fault(code: str, at_fault: str) -> bytes:
    return soap(
        "<s:Fault xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
        f"<faultcode xmlns=''>s:{at_fault}</faultcode><faultstring xmlns=''>no</faultstring>"
        "<detail xmlns=''><ErpFault xmlns='urn:energyretail:erp:v1'>"
        f"<code>{code}</code><text>so it is</text></ErpFault></detail></s:Fault>"
    )


def relay(sender: SendEntry, entries: list[ErpEntry]) -> list[str]:
    """Deliver as the relay does: again after a Fault, and maybe-sent once an end was unknown.

    Several at a time, for silence lasts; what is told is the code of every failed attempt.
    """
    with ThreadPoolExecutor(THREADS) as threads:
        return [
            code for codes in threads.map(lambda e: deliver(sender, e), entries) for code in codes
        ]


def deliver(sender: SendEntry, entry: ErpEntry) -> list[str]:
    codes: list[str] = []
    maybe_sent = False
    while len(codes) < ATTEMPTS_MAX:
        try:
            sender.deliver(entry, maybe_sent=maybe_sent)
        except Fault as error:
            codes.append(error.code)
            maybe_sent = maybe_sent or error.outcome_unknown
        else:
            return codes
    raise AssertionError(f"{entry.key} never arrived: {codes}")


class TestFailingErp:
    @pytest.mark.parametrize(
        ("mishap", "code", "posted_again"),
        [
            (ErpMishap.SILENCE, "erp.no_answer", False),
            (ErpMishap.CUT, "erp.broken_answer", False),
            (ErpMishap.BREAKDOWN, "erp.fault.internal", False),
            (ErpMishap.UNAVAILABLE, "erp.fault.unavailable", True),
        ],
    )
    def test_ends_with_every_posting_once(
        self, mishap: ErpMishap, code: str, posted_again: bool
    ) -> None:
        count = 200 if mishap is ErpMishap.SILENCE else 50
        mishaps = ErpMishaps(Chance(1), mishap, per_thousand=300)
        entries = [an_entry(number) for number in range(1, count + 1)]
        sandbox = SandboxErp(mishaps)

        with erp_at(sandbox) as erp:
            codes = relay(SendEntry(erp, MemoryErpFacts(MemoryStore()), CHART), entries)
            held = tuple(every_entry(erp))

        hit = {e.key for e in entries if mishaps.meeting("PostEntry", e.key, attempt=1)}
        assert 0.2 * count < len(hit) < 0.4 * count
        assert held == tuple(entries)
        # A machine under load may add silences of its own; they end as the planned ones do.
        assert set(codes) <= {code, "erp.no_answer"}
        assert code in codes
        assert len(codes) >= len(hit)
        posts = sandbox.calls("PostEntry")
        assert {key for key, times in posts.items() if times > 1} == (
            hit if posted_again else set()
        )
        asked_for = set(sandbox.calls("FindPosting"))
        assert posted_again or hit <= asked_for
        assert len(asked_for - hit) <= len(codes) - len(hit)

    def test_gives_the_same_balances_as_an_erp_that_never_fails(self) -> None:
        entries = [an_entry(number) for number in range(1, 31)]
        failing = SandboxErp(ErpMishaps(Chance(7), ErpMishap.CUT, per_thousand=500))
        sound = SandboxErp()

        for sandbox in (failing, sound):
            with erp_at(sandbox) as erp:
                relay(SendEntry(erp, MemoryErpFacts(MemoryStore()), CHART), entries)

        assert failing.state() == sound.state()

    def test_meets_a_key_whatever_was_asked_before(self) -> None:
        mishaps = ErpMishaps(Chance(3), ErpMishap.CUT, per_thousand=300)
        keys = [f"invoice:F26-{n:06d}" for n in range(100)]

        forward = {key: mishaps.meeting("PostEntry", key, attempt=1) for key in keys}
        backward = {key: mishaps.meeting("PostEntry", key, attempt=1) for key in keys[::-1]}

        assert forward == backward


class TestSoapErp:
    @pytest.mark.parametrize(
        ("raw", "code", "unknown"),
        [
            (None, "no_answer", True),
            (b"", "no_answer", True),
            (http(b"<html/>", status="502 Bad Gateway", kind="text/html"), "broken_answer", True),
            (http(b"", status="302 Found"), "broken_answer", True),
            (http(b""), "broken_answer", True),
            (http(b"<html/>"), "broken_answer", True),
            (http(soap("")), "broken_answer", True),
            (http(soap("<FindPostingResponse/>")[:-20]), "broken_answer", True),
            (http(soap("<PostEntryResponse/>")), "broken_answer", True),
            (http(soap("<FindPostingResponse xmlns='urn:other'/>")), "broken_answer", True),
            (http(soap("<GetBalanceResponse><cents>1</cents></GetBalanceResponse>")),
             "broken_answer", True),
            (http(soap("<FindPostingResponse/>", doctype="<!DOCTYPE x>")), "broken_answer", True),
            (http(fault("internal", "Server"), status="500 Oops"), "fault.internal", True),
            (http(fault("new_code", "Server"), status="500 Oops"), "fault.new_code", True),
            (http(fault("unavailable", "Server"), status="500 Oops"), "fault.unavailable", False),
        ],
    )  # fmt: skip
    def test_reports_a_failing_erp(self, raw: bytes | None, code: str, unknown: bool) -> None:
        with erp_that_answers(raw) as erp, pytest.raises(Fault) as caught:
            erp.find("invoice:F26-000001")

        assert (caught.value.code, caught.value.outcome_unknown) == (f"erp.{code}", unknown)

    @pytest.mark.parametrize(
        ("code", "family", "ours"),
        [
            ("key_reused", Conflict, "erp.key_reused"),
            ("unbalanced", Invalid, "erp.fault.unbalanced"),
            ("schema", Invalid, "erp.fault.schema"),
            ("not_built", Refused, "erp.fault.not_built"),
        ],
    )
    def test_tells_a_refusal_from_a_failure(
        self, code: str, family: type[DomainError], ours: str
    ) -> None:
        answer = http(fault(code, "Client"), status="500 Internal Server Error")
        with erp_that_answers(answer) as erp, pytest.raises(family) as caught:
            erp.post(an_entry(1))

        assert caught.value.code == ours

    def test_reports_an_erp_that_is_not_there(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]

        with pytest.raises(Fault) as caught:
            SoapErp(f"http://127.0.0.1:{port}/erp", limits=QUICK).post(an_entry(1))

        assert (caught.value.code, caught.value.outcome_unknown) == ("erp.unreachable", False)

    def test_does_not_wait_for_an_answer_that_drips(self) -> None:
        drops = http(soap("<FindPostingResponse/>"))
        with closing(socket.create_server(("127.0.0.1", 0))) as listening:
            thread = threading.Thread(target=_drip, args=(listening, drops))
            thread.start()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/erp"
            limits = attrs.evolve(QUICK, read=0.5, total=0.4)
            with pytest.raises(Fault) as caught:
                SoapErp(url, limits=limits).find("a")
            thread.join()

        assert caught.value.code == "erp.no_answer"

    def test_refuses_text_that_no_xml_can_carry(self) -> None:
        with erp_at(SandboxErp()) as erp, pytest.raises(Invalid) as caught:
            erp.upsert_customer(attrs.evolve(CUSTOMER, name="Ana\x00"))

        assert caught.value.code == "erp.fault.schema"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"number": "1"},
            {"kind": "state"},
            {"country": "Spain"},
            {"email": "nobody"},
            {"name": ""},
        ],
    )
    def test_has_the_erp_refuse_what_its_schema_does_not_allow(self, wrong: dict[str, str]) -> None:
        sandbox = SandboxErp()
        with erp_at(sandbox) as erp, pytest.raises(Invalid) as caught:
            erp.upsert_customer(attrs.evolve(CUSTOMER, **wrong))

        assert caught.value.code == "erp.fault.schema"
        assert sandbox.erp.customers == {}


def _drip(listening: socket.socket, drops: bytes) -> None:
    """Send the head, then a byte of the body every 20 ms until the caller leaves."""
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        pause = threading.Event()
        try:
            head, _, body = drops.partition(b"\r\n\r\n")
            connection.sendall(head + b"\r\n\r\n")
            for drop in body:
                connection.sendall(bytes([drop]))
                pause.wait(0.02)
        except OSError:
            return


class TestSandboxErp:
    def test_serves_a_contract_any_client_can_read(self) -> None:
        import zeep

        with listening_erp(SandboxErp()) as url:
            client = zeep.Client(f"{url}?wsdl")
            found = client.service.FindPosting(key="nothing")
            operations = client.service._binding._operations

        assert found is None
        assert {
            "UpsertCustomer", "UpsertContract", "UpsertMeansOfPayment", "SubmitReadings",
            "ListReadings", "ListInvoices", "GetBalance", "UpdateArchiveTokens", "PostEntry",
            "FindPosting", "ListPostings",
        } == set(operations)  # fmt: skip

    def test_says_which_operations_are_not_built(self) -> None:
        request = soap(
            "<ListInvoices><customer>C000001</customer><from>2026-03-01</from>"
            "<until>2026-04-01</until></ListInvoices>"
        )

        with listening_erp(SandboxErp()) as url:
            answer = httpx.post(url, content=request)

        assert answer.status_code == 500
        assert ":code>not_built</" in answer.text

    def test_plays_what_its_control_asks(self) -> None:
        sandbox = SandboxErp()
        with erp_at(sandbox) as erp:
            sandbox.control(ErpControl(mishap=ErpMishap.UNAVAILABLE, calls=2))
            for _ in range(2):
                with pytest.raises(Fault):
                    erp.post(an_entry(1))
            erp.post(an_entry(1))

        assert sandbox.calls("PostEntry") == {"invoice:F26-000001": 3}

    def test_takes_control_and_shows_its_state_over_http(self) -> None:
        with listening_erp(SandboxErp()) as url:
            erp = SoapErp(url)
            asked = {"mishap": "cut", "per_thousand": 1000, "seed": 3}
            assert httpx.post(f"{url}/control", json=asked).status_code == 204
            with pytest.raises(Fault):
                erp.post(an_entry(1, cents=121))
            state = httpx.get(f"{url}/state.json").json()
            report = httpx.get(f"{url}/report").json()
            erp.close()

        assert state["entries"][0]["key"] == "invoice:F26-000001"
        assert {"account": "430000", "currency": "EUR", "customer": "C000001",
                "item": "F26-000001", "cents": 121} in state["balances"]  # fmt: skip
        assert (report["entries"], report["postings"], report["posted_twice"]) == (1, 3, [])
        assert report["entries_of_unknown_customers"] == ["invoice:F26-000001"]
