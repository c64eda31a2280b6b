"""The packaged WSDL with its schema, which every message of both sides must fit."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from lxml import etree

from energyretail.adapters.shared.xml import parse_untrusted
from energyretail.domain.shared import Invalid

__all__ = [
    "ENVELOPE",
    "MESSAGE_BYTES_MAX",
    "NAMESPACE",
    "body_of",
    "schema_document",
    "tag",
    "violations",
    "wsdl_document",
]

NAMESPACE: Final = "urn:energyretail:erp:v1"
ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGE_BYTES_MAX: Final = 4 * 1024 * 1024


@cache
def wsdl_document() -> bytes:
    """Return the WSDL; it imports the schema as ``erp.xsd``."""
    return resources.files(__package__).joinpath("erp.wsdl").read_bytes()


@cache
def schema_document() -> bytes:
    """Return the schema of every message."""
    return resources.files(__package__).joinpath("erp.xsd").read_bytes()


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema_document()))


def tag(name: str) -> str:
    """Return the qualified name of one of the contract's elements."""
    return f"{{{NAMESPACE}}}{name}"


def violations(element: etree._Element) -> tuple[str, ...]:
    """Return what in a message's body breaks the schema, with lines; empty when it fits."""
    schema = _schema()
    if schema.validate(element):
        return ()
    return tuple(f"line {error.line}: {error.message}" for error in schema.error_log)


def body_of(raw: bytes) -> etree._Element:
    """Return the one element in the body of a SOAP 1.1 envelope somebody else wrote.

    Raises Invalid: what `parse_untrusted` raises, and ``soap.body`` when the body does not
    hold exactly one element.
    """
    envelope = parse_untrusted(
        raw, namespace=ENVELOPE, root="Envelope", bytes_max=MESSAGE_BYTES_MAX
    )
    children = envelope.findall(f"{{{ENVELOPE}}}Body/*")
    if len(children) != 1:
        raise Invalid("soap.body", "the body holds one element", elements=len(children))
    return children[0]
