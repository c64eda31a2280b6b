"""The ERP's SOAP operations, written by hand over lxml: a request element in, an answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from lxml import etree

from energyretail.adapters.erp_soap import ENVELOPE, NAMESPACE, tag
from energyretail.adapters.memory.erp import MemoryErp
from energyretail.application.erp import ErpContract, ErpCustomer, ErpEntry, ErpPosting

__all__ = ["OPERATIONS", "Operation", "answer_envelope", "fault_envelope", "key_of"]

Operation = Callable[[MemoryErp, etree._Element], etree._Element]


def answer_envelope(answer: etree._Element) -> bytes:
    """Return the SOAP 1.1 message with `answer` in its body."""
    return _envelope(answer)


def fault_envelope(code: str, text: str, *, at_fault: str) -> bytes:
    """Return a fault with its typed detail; `at_fault` is ``Client`` or ``Server``."""
    fault = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soap:{at_fault}"
    etree.SubElement(fault, "faultstring").text = text
    detail = etree.SubElement(etree.SubElement(fault, "detail"), tag("ErpFault"))
    _add(detail, code=code, text=text)
    return _envelope(fault)


def key_of(request: etree._Element) -> str:
    """Return the natural key in a request: that of the entry, customer or contract it is about."""
    found = request.xpath(
        "string((.//e:key | ./e:customer/e:number | ./e:contract/e:number)[1])",
        namespaces={"e": NAMESPACE},
    )
    return str(found)


def _envelope(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, **fields: object) -> etree._Element:
    for name, value in fields.items():
        if value is not None:
            etree.SubElement(parent, tag(name)).text = str(value)
    return parent


def _accepted(operation: str, *, known: bool) -> etree._Element:
    return _add(etree.Element(tag(f"{operation}Response")), known=str(known).lower())


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(tag(name)) or ""


def _maybe(element: etree._Element, name: str) -> str | None:
    return element.findtext(tag(name))


def _child(element: etree._Element, name: str) -> etree._Element:
    child = element.find(tag(name))
    assert child is not None, "the schema requires it"
    return child


def _upsert_customer(erp: MemoryErp, request: etree._Element) -> etree._Element:
    given = _child(request, "customer")
    customer = ErpCustomer(
        number=_text(given, "number"),
        kind=_text(given, "kind"),
        name=_text(given, "name"),
        tax_id=_text(given, "taxId"),
        email=_text(given, "email"),
        street=_text(given, "street"),
        postcode=_text(given, "postcode"),
        town=_text(given, "town"),
        country=_text(given, "country"),
        language=_text(given, "language"),
    )
    known = customer.number in erp.customers
    erp.upsert_customer(customer)
    return _accepted("UpsertCustomer", known=known)


def _upsert_contract(erp: MemoryErp, request: etree._Element) -> etree._Element:
    given = _child(request, "contract")
    signed_on = _maybe(given, "signedOn")
    contract = ErpContract(
        number=_text(given, "number"),
        customer=_text(given, "customer"),
        product=_text(given, "product"),
        state=_text(given, "state"),
        signed_on=None if signed_on is None else date.fromisoformat(signed_on),
        supply_points=tuple(point.text or "" for point in given.findall(tag("supplyPoint"))),
    )
    known = contract.number in erp.contracts
    erp.upsert_contract(contract)
    return _accepted("UpsertContract", known=known)


def _post_entry(erp: MemoryErp, request: etree._Element) -> etree._Element:
    given = _child(request, "entry")
    entry = ErpEntry(
        key=_text(given, "key"),
        day=date.fromisoformat(_text(given, "day")),
        text=_text(given, "text"),
        postings=tuple(_posting(each) for each in given.findall(tag("posting"))),
    )
    known = erp.find(entry.key) is not None
    erp.post(entry)
    return _accepted("PostEntry", known=known)


def _posting(given: etree._Element) -> ErpPosting:
    return ErpPosting(
        account=_text(given, "account"),
        cents=int(_text(given, "cents")),
        currency=_text(given, "currency"),
        customer=_maybe(given, "customer"),
        item=_maybe(given, "item"),
    )


def _find_posting(erp: MemoryErp, request: etree._Element) -> etree._Element:
    answer = etree.Element(tag("FindPostingResponse"))
    found = erp.find(_text(request, "key"))
    if found is not None:
        _write_entry(answer, found)
    return answer


def _list_postings(erp: MemoryErp, request: etree._Element) -> etree._Element:
    limit = int(_text(request, "limit"))
    page = erp.entries(after=_maybe(request, "after"), limit=limit)
    answer = etree.Element(tag("ListPostingsResponse"))
    for entry in page:
        _write_entry(answer, entry)
    more = bool(page) and bool(erp.entries(after=page[-1].key, limit=1))
    return _add(answer, more=str(more).lower())


def _write_entry(parent: etree._Element, entry: ErpEntry) -> None:
    written = etree.SubElement(parent, tag("entry"))
    _add(written, key=entry.key, day=entry.day, text=entry.text)
    for posting in entry.postings:
        _add(
            etree.SubElement(written, tag("posting")),
            account=posting.account,
            cents=posting.cents,
            currency=posting.currency,
            customer=posting.customer,
            item=posting.item,
        )


def _get_balance(erp: MemoryErp, request: etree._Element) -> etree._Element:
    cents = erp.balance(
        account=_text(request, "account"),
        currency=_text(request, "currency"),
        customer=_maybe(request, "customer"),
        item=_maybe(request, "item"),
    )
    return _add(etree.Element(tag("GetBalanceResponse")), cents=cents)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "UpsertCustomer": _upsert_customer,
    "UpsertContract": _upsert_contract,
    "PostEntry": _post_entry,
    "FindPosting": _find_posting,
    "ListPostings": _list_postings,
    "GetBalance": _get_balance,
}
