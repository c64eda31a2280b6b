"""What the ERP's faults mean to us."""

from __future__ import annotations

from typing import Final

from lxml import etree

from energyretail.adapters.erp_soap.contract import ENVELOPE, tag, violations
from energyretail.domain.shared import Conflict, DomainError, Fault, Invalid, Refused

__all__ = ["broken_answer", "error_of", "is_fault", "no_answer", "unreachable"]

_OUR_MISTAKES: Final = frozenset({"schema", "malformed", "doctype", "unbalanced"})
_REFUSALS: Final = frozenset({"unknown_operation", "not_built"})


def is_fault(body: etree._Element) -> bool:
    """Tell whether the content of an answer's body is a SOAP 1.1 fault."""
    return body.tag == f"{{{ENVELOPE}}}Fault"


def error_of(fault: etree._Element) -> DomainError:
    """Return the error a fault stands for, by the code in its typed detail."""
    detail = fault.find(f"detail/{tag('ErpFault')}")
    if detail is None or violations(detail):
        return _failure("erp.fault.unnamed", fault.findtext("faultstring") or "no reason given")
    code, text = detail.findtext(tag("code")) or "", detail.findtext(tag("text")) or ""
    name = f"erp.fault.{code}"
    if code == "key_reused":
        return Conflict("erp.key_reused", text)
    if code in _OUR_MISTAKES:
        return Invalid(name, text)
    if code in _REFUSALS:
        return Refused(name, text)
    if code == "unavailable":
        return Fault(name, text)
    return _failure(name, text)


def _failure(code: str, text: str) -> Fault:
    # Nothing says whether the ERP acted before it failed.
    return Fault(code, text, outcome_unknown=True)


def unreachable(address: str) -> Fault:
    """Return the error of a message that found no connection to leave by."""
    return Fault("erp.unreachable", "the ERP takes no connection", address=address)


def no_answer(address: str) -> Fault:
    """Return the error of a message that nobody answered in time."""
    return Fault(
        "erp.no_answer", "the ERP did not answer in time", outcome_unknown=True, address=address
    )


def broken_answer(text: str, why: str, **facts: object) -> Fault:
    """Return the error of an answer that is not one of the contract's."""
    return Fault("erp.broken_answer", text, outcome_unknown=True, why=why, **facts)
