"""The Erp port over SOAP, with one zeep client a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs
import zeep
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import ValidationError

from energyretail.adapters.erp_soap.contract import NAMESPACE
from energyretail.adapters.erp_soap.faults import broken_answer
from energyretail.adapters.erp_soap.transport import (
    WSDL_LOCATION,
    GuardedTransport,
    TimeLimits,
)
from energyretail.application.erp import ErpContract, ErpCustomer, ErpEntry, ErpPosting
from energyretail.domain.shared import Invalid

__all__ = ["SoapErp"]

_SETTINGS: Final = {
    "strict": True,
    "forbid_dtd": True,
    "forbid_entities": True,
    "forbid_external": True,
    "xml_huge_tree": False,
}


class SoapErp:
    """The company's ERP at `url`, spoken to by the packaged contract; no other address is read."""

    def __init__(self, url: str, *, limits: TimeLimits | None = None):
        self._url = url
        self._limits = limits or TimeLimits()
        self._local = threading.local()

    def upsert_customer(self, customer: ErpCustomer) -> None:
        """Send UpsertCustomer."""
        self._call("UpsertCustomer", customer=_customer(customer))

    def upsert_contract(self, contract: ErpContract) -> None:
        """Send UpsertContract."""
        self._call("UpsertContract", contract=_contract(contract))

    def post(self, entry: ErpEntry) -> None:
        """Send PostEntry."""
        self._call("PostEntry", entry=_sent(entry))

    def find(self, key: str) -> ErpEntry | None:
        """Send FindPosting."""
        found = self._call("FindPosting", key=key)
        return None if found is None else _read(found)

    def entries(self, *, after: str | None = None, limit: int = 500) -> tuple[ErpEntry, ...]:
        """Send ListPostings."""
        page = self._call("ListPostings", after=after, limit=limit)
        return tuple(_read(entry) for entry in page.entry)

    def balance(
        self, *, account: str, currency: str, customer: str | None = None, item: str | None = None
    ) -> int:
        """Send GetBalance."""
        asked = {"account": account, "currency": currency, "customer": customer, "item": item}
        return int(self._call("GetBalance", **asked))

    def close(self) -> None:
        """Close this thread's connection."""
        service = getattr(self._local, "service", None)
        if service is not None:
            service._client.transport.session.close()
            del self._local.service

    def _call(self, operation: str, **fields: Any) -> Any:
        send: Callable[..., Any] = getattr(self._service(), operation)
        try:
            return send(**fields)
        except (ValidationError, ValueError) as error:
            # A field is missing, or holds what no XML can carry: nothing was sent. An answer was
            # seen to fit the schema before it is read, which so raises neither.
            raise Invalid("erp.fault.schema", str(error), operation=operation) from error
        except ZeepError as error:
            raise broken_answer(str(error), "zeep") from error

    def _service(self) -> Any:
        # zeep's clients are not made for threads; building one takes some 50 ms.
        if not hasattr(self._local, "service"):
            client = zeep.Client(  # type: ignore[no-untyped-call]  # zeep has no types
                WSDL_LOCATION,
                transport=GuardedTransport(self._limits),
                settings=zeep.Settings(**_SETTINGS),
            )
            # zeep has no types.
            self._local.service = client.create_service(  # type: ignore[no-untyped-call]
                f"{{{NAMESPACE}}}ErpBinding", self._url
            )
        return self._local.service


def _customer(customer: ErpCustomer) -> dict[str, Any]:
    # What is empty is left out.
    fields = {name: value or None for name, value in attrs.asdict(customer).items()}
    return fields | {"taxId": fields.pop("tax_id")}


def _contract(contract: ErpContract) -> dict[str, Any]:
    return {
        "number": contract.number,
        "customer": contract.customer,
        "product": contract.product,
        "state": contract.state,
        "signedOn": contract.signed_on,
        "supplyPoint": list(contract.supply_points),
    }


def _sent(entry: ErpEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "day": entry.day,
        "text": entry.text,
        "posting": [attrs.asdict(posting) for posting in entry.postings],
    }


def _read(entry: Any) -> ErpEntry:
    return ErpEntry(
        key=entry.key, day=entry.day, text=entry.text, postings=_postings(entry.posting)
    )


def _postings(postings: Iterable[Any]) -> tuple[ErpPosting, ...]:
    return tuple(
        ErpPosting(
            account=posting.account,
            cents=posting.cents,
            currency=posting.currency,
            customer=posting.customer,
            item=posting.item,
        )
        for posting in postings
    )
