"""The ERP of the sandbox: a SOAP server that takes nothing its schema does not allow."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Final

import attrs
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT, HTTP_404_NOT_FOUND
from lxml import etree

from energyretail.adapters.erp_soap import (
    NAMESPACE,
    body_of,
    schema_document,
    violations,
    wsdl_document,
)
from energyretail.adapters.memory.erp import MemoryErp
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.erp import ErpMishap, ErpMishaps
from energyretail.domain.shared import DomainError, Invalid
from energyretail.entrypoints.sandbox.erp_soap import (
    OPERATIONS,
    answer_envelope,
    fault_envelope,
    key_of,
)

__all__ = ["ErpControl", "SandboxErp"]

_XML: Final = "text/xml; charset=utf-8"
_Raw = Response[bytes]


class ErpControl(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which mishap to play from now on: on the next `calls`, or on keys by chance."""

    mishap: ErpMishap | None = None
    calls: Annotated[int, msgspec.Meta(ge=0)] = 0
    per_thousand: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    seed: int = 0


@attrs.frozen
class _Refusal:
    code: str
    text: str
    at_fault: str = "Client"


class SandboxErp:
    """Keeps customers, contracts and entries by natural key, and counts what it is asked.

    An entry or contract of a customer it does not know is taken, for nothing promises an
    order of messages; the report names it until the customer comes.
    """

    def __init__(self, mishaps: ErpMishaps | None = None) -> None:
        self.erp: Final = MemoryErp()
        self._mishaps = mishaps
        self._next: list[ErpMishap] = []
        self._calls: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[str] = Counter()

    def advance(self, day: date) -> None:
        """Live through a day: the ERP does nothing of its own accord."""

    def control(self, wanted: ErpControl) -> None:
        """Play the mishap that is wanted from now on; without one, none."""
        self._next = [wanted.mishap] * wanted.calls if wanted.mishap else []
        by_chance = wanted.mishap is not None and wanted.per_thousand > 0
        self._mishaps = (
            ErpMishaps(Chance(wanted.seed), wanted.mishap, wanted.per_thousand)
            if wanted.mishap is not None and by_chance
            else None
        )

    def calls(self, operation: str) -> dict[str, int]:
        """Return how often `operation` was asked, by natural key."""
        return {key: count for (name, key), count in self._calls.items() if name == operation}

    def answer(self, raw: bytes) -> tuple[bytes, int, ErpMishap | None]:
        """Act on one SOAP message; return the answer, its HTTP status and what befalls it."""
        request = self._accepted(raw)
        if isinstance(request, _Refusal):
            return *self._refusal(request), None
        operation, key = etree.QName(request).localname, key_of(request)
        self._calls[operation, key] += 1
        mishap = self._meeting(operation, key)
        if mishap is ErpMishap.UNHEARD:
            return b"", HTTP_200_OK, mishap
        if mishap is ErpMishap.UNAVAILABLE:
            return *self._refusal(_Refusal("unavailable", "come back later", "Server")), mishap
        answer, status = self._act(operation, request)
        if mishap is ErpMishap.BREAKDOWN:
            return *self._refusal(_Refusal("internal", "something broke", "Server")), mishap
        return answer, status, mishap

    def state(self) -> dict[str, Any]:
        """Return everything the ERP holds, ordered by natural key, with balances in cents."""
        entries = self.erp.entries(limit=10**9)
        balances: Counter[tuple[str, str, str, str]] = Counter()
        for entry in entries:
            for line in entry.postings:
                owner = (line.account, line.currency, line.customer or "", line.item or "")
                balances[owner] += line.cents
        names = ("account", "currency", "customer", "item", "cents")
        return {
            "customers": [attrs.asdict(each) for _, each in sorted(self.erp.customers.items())],
            "contracts": [attrs.asdict(each) for _, each in sorted(self.erp.contracts.items())],
            "entries": [attrs.asdict(entry) for entry in entries],
            "balances": [
                dict(zip(names, (*owner, cents), strict=True))
                for owner, cents in sorted(balances.items())
            ],
        }

    def report(self) -> dict[str, Any]:
        """Return counts, and what a book-keeper would ask about."""
        entries, customers = self.erp.entries(limit=10**9), self.erp.customers
        strange = {
            entry.key
            for entry in entries
            for line in entry.postings
            if line.customer is not None and line.customer not in customers
        }
        calls: Counter[str] = Counter()
        for (operation, _), count in self._calls.items():
            calls[operation] += count
        return {
            "customers": len(customers),
            "contracts": len(self.erp.contracts),
            "entries": len(entries),
            "postings": sum(len(entry.postings) for entry in entries),
            "calls": dict(sorted(calls.items())),
            "refused": dict(sorted(self._refused.items())),
            "posted_twice": sorted(k for k, n in self.calls("PostEntry").items() if n > 1),
            "entries_of_unknown_customers": sorted(strange),
            "contracts_of_unknown_customers": sorted(
                contract.number
                for contract in self.erp.contracts.values()
                if contract.customer not in customers
            ),
        }

    def router(self) -> Router:
        """Return the routes below ``/erp``: the SOAP door, its contract, and the sandbox's own."""

        @post("/", status_code=HTTP_200_OK)
        async def soap(request: Request[Any, Any, Any]) -> _Raw:
            answer, status, mishap = self.answer(await request.body())
            if mishap in (ErpMishap.SILENCE, ErpMishap.UNHEARD):
                await _until_gone(request)
            if mishap is ErpMishap.CUT:
                answer = answer[: len(answer) // 2]
            return Response(answer, status_code=status, media_type=_XML)

        @get("/", sync_to_thread=False)
        def contract(request: Request[Any, Any, Any]) -> _Raw:
            return _document(request)

        @get("/state.json", sync_to_thread=False)
        def state() -> dict[str, Any]:
            return self.state()

        @get("/report", sync_to_thread=False)
        def report() -> dict[str, Any]:
            return self.report()

        @post("/control", sync_to_thread=False, status_code=HTTP_204_NO_CONTENT)
        def control(data: JSONBody[ErpControl]) -> None:
            self.control(data)

        return Router("/erp", route_handlers=[soap, contract, state, report, control])

    def _accepted(self, raw: bytes) -> etree._Element | _Refusal:
        try:
            request = body_of(raw)
        except Invalid as error:
            return _Refusal("doctype" if error.code == "xml.doctype" else "malformed", error.text)
        name = etree.QName(request)
        if name.namespace != NAMESPACE:
            return _Refusal("unknown_operation", f"no such operation: {name.text}")
        if wrong := violations(request):
            return _Refusal("schema", wrong[0])
        if name.localname not in OPERATIONS:
            return _Refusal("not_built", f"not built yet: {name.localname}")
        return request

    def _meeting(self, operation: str, key: str) -> ErpMishap | None:
        if self._next:
            return self._next.pop()
        if self._mishaps is None:
            return None
        return self._mishaps.meeting(operation, key, attempt=self._calls[operation, key])

    def _act(self, operation: str, request: etree._Element) -> tuple[bytes, int]:
        try:
            return answer_envelope(OPERATIONS[operation](self.erp, request)), 200
        except DomainError as error:
            return self._refusal(_Refusal(error.code.rpartition(".")[2], error.text))

    def _refusal(self, refusal: _Refusal) -> tuple[bytes, int]:
        self._refused[refusal.code] += 1
        return fault_envelope(refusal.code, refusal.text, at_fault=refusal.at_fault), 500


def _document(request: Request[Any, Any, Any]) -> _Raw:
    if "wsdl" in request.query_params:
        # The schema is found relative to where the WSDL was fetched.
        wsdl = wsdl_document().replace(b'"erp.xsd"', b'"?xsd=erp.xsd"')
        address = str(request.url).partition("?")[0].encode()
        return Response(wsdl.replace(b"https://erp.invalid/erp", address), media_type=_XML)
    if "xsd" in request.query_params:
        return Response(schema_document(), media_type=_XML)
    return Response(b"ask for ?wsdl", status_code=HTTP_404_NOT_FOUND, media_type="text/plain")


async def _until_gone(request: Request[Any, Any, Any]) -> None:
    """Wait until the caller has given up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
