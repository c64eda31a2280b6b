"""What all CNMC switching messages share: the root, the header, and reading without trust."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

import attrs
from lxml import etree

from energyretail.adapters.shared.xml import local_name, parse_untrusted
from energyretail.domain.shared import Cups, Invalid, RequestCode

__all__ = [
    "NAMESPACE",
    "SCHEMA",
    "Header",
    "each_at",
    "put",
    "read_day",
    "read_header",
    "read_root",
    "required",
    "start",
    "text_at",
    "to_bytes",
]

NAMESPACE: Final = "http://localhost/elegibilidad"
SCHEMA: Final = "cnmc-2.0"
_MAP: Final = {None: NAMESPACE}
_NS: Final = {"e": NAMESPACE}


def _digits(length: int) -> str:
    return rf"[0-9]{{{length}}}"


@attrs.frozen
class Header:
    """The Cabecera: who tells whom which step of which process, about which point.

    `sent_on` is written as midnight of that day: messages carry business days, no clock time.
    """

    issuer: str = attrs.field()
    recipient: str
    process: str
    step: str
    request: RequestCode
    cups: Cups
    sent_on: date
    sequence: str = "01"

    def __attrs_post_init__(self) -> None:
        shapes = (
            ("CodigoREEEmpresaEmisora", self.issuer, _digits(4)),
            ("CodigoREEEmpresaDestino", self.recipient, _digits(4)),
            ("CodigoDelProceso", self.process, r"[A-Z][0-9]"),
            ("CodigoDePaso", self.step, _digits(2)),
            ("CodigoDeSolicitud", self.request, _digits(12)),
            ("SecuencialDeSolicitud", self.sequence, _digits(2)),
        )
        for name, value, pattern in shapes:
            if not re.fullmatch(pattern, value):
                raise Invalid("registry_es.header", f"{name} has another shape", value=value)

    @property
    def key(self) -> str:
        """The natural key: issuer, process, request code, sequence, step."""
        return f"{self.issuer}.{self.process}.{self.request}.{self.sequence}.{self.step}"


def start(root: str, header: Header) -> etree._Element:
    """Return a new message `root` that holds its header."""
    element = etree.Element(f"{{{NAMESPACE}}}{root}", nsmap=_MAP)
    head = put(element, "Cabecera")
    put(head, "CodigoREEEmpresaEmisora", header.issuer)
    put(head, "CodigoREEEmpresaDestino", header.recipient)
    put(head, "CodigoDelProceso", header.process)
    put(head, "CodigoDePaso", header.step)
    put(head, "CodigoDeSolicitud", header.request)
    put(head, "SecuencialDeSolicitud", header.sequence)
    put(head, "FechaSolicitud", datetime.combine(header.sent_on, time()).isoformat())
    put(head, "CUPS", header.cups.value)
    return element


def put(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """Append a child element and return it; raises Invalid for text XML cannot carry."""
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    try:
        element.text = text
    except ValueError as error:
        raise Invalid("registry_es.text", "XML cannot carry the text", field=name) from error
    return element


def to_bytes(root: etree._Element) -> bytes:
    """Return the document in UTF-8 with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_root(raw: bytes) -> etree._Element:
    """Parse a message somebody else wrote; raises Invalid ``xml.*`` (DOCTYPE, namespace, ...)."""
    return parse_untrusted(raw, namespace=NAMESPACE)


def read_header(root: etree._Element) -> Header:
    """Read the header; raises Invalid ``registry_es.field_missing`` or ``registry_es.header``."""
    return Header(
        issuer=required(root, "e:Cabecera/e:CodigoREEEmpresaEmisora"),
        recipient=required(root, "e:Cabecera/e:CodigoREEEmpresaDestino"),
        process=required(root, "e:Cabecera/e:CodigoDelProceso"),
        step=required(root, "e:Cabecera/e:CodigoDePaso"),
        request=RequestCode(required(root, "e:Cabecera/e:CodigoDeSolicitud")),
        sequence=required(root, "e:Cabecera/e:SecuencialDeSolicitud"),
        sent_on=_day_of(required(root, "e:Cabecera/e:FechaSolicitud")),
        cups=Cups(required(root, "e:Cabecera/e:CUPS")),
    )


def text_at(element: etree._Element, path: str) -> str:
    """Return the trimmed text at `path` (prefix ``e``), empty when there is none."""
    return (element.findtext(path, namespaces=_NS) or "").strip()


def each_at(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at `path` (prefix ``e``) in their order."""
    return element.findall(path, namespaces=_NS)


def required(element: etree._Element, path: str) -> str:
    """Return the trimmed text at `path`; raises Invalid ``registry_es.field_missing``."""
    found = text_at(element, path)
    if not found:
        raise Invalid(
            "registry_es.field_missing",
            "a field is missing or empty",
            field=path.replace("e:", ""),
            message=local_name(element),
        )
    return found


def read_day(element: etree._Element, path: str) -> date:
    """Return the day at `path`; raises Invalid ``registry_es.date`` when it is none."""
    return _day_of(required(element, path))


def _day_of(text: str) -> date:
    # The time of day and the zone of a moment do not matter to us; its local day does.
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Invalid("registry_es.date", "not a day", given=text) from error
