"""CNMC C1 messages (supplier switch without changes), written and read for both sides."""

from __future__ import annotations

import re
from typing import Final

import attrs
from lxml import etree

from energyretail.adapters.registry_es.envelope import (
    Header,
    each_at,
    put,
    read_day,
    read_header,
    read_root,
    required,
    start,
    text_at,
    to_bytes,
)
from energyretail.adapters.shared.xml import local_name
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Invalid

__all__ = ["PROCESS", "Read", "read_answer", "read_claim", "write_claim"]

PROCESS: Final = "C1"
NAME_LENGTH_MAX: Final = 80
EMAIL_LENGTH_MAX: Final = 60
REJECTION_STEPS: Final = ("02", "04")

CLAIM_ROOT: Final = "MensajeCambiodeComercializadorSinCambios"
ACCEPTED_ROOT: Final = "MensajeAceptacionCambiodeComercializadorSinCambios"
REJECTED_ROOT: Final = "MensajeRechazo"
ACTIVATED_ROOT: Final = "MensajeActivacionCambiodeComercializadorSinCambios"


@attrs.frozen
class Read:
    """A message whose header could be read; `answer` is None when the rest could not.

    `code` and `text` then say why. `header.key` is the natural key.
    """

    header: Header
    answer: switching.Answer | None = None
    code: str = ""
    text: str = ""


def write_claim(claim: switching.Claim, *, issuer: str) -> bytes:
    """Return the C1 01 of a claim; the same claim gives the same bytes.

    The recipient is the grid operator whose code the CUPS carries. Without a wanted day the
    activation is asked for as soon as possible (TABLA_8: A), else on that day (F). Names are
    cut to 80 characters, an e-mail address over 60 is left out, a telephone is written only
    when it has 6 to 12 digits (all limits of the schema). Raises Invalid
    ``registry_es.tax_id`` or ``registry_es.text`` for what the schema cannot carry.
    """
    if not 7 <= len(claim.customer_tax_id) <= 14:
        raise Invalid("registry_es.tax_id", "a tax id has 7 to 14 characters", claim=claim.request)
    header = Header(
        issuer=issuer,
        recipient=claim.cups.value[2:6],
        process=PROCESS,
        step="01",
        request=claim.request,
        cups=claim.cups,
        sent_on=claim.requested_on,
    )
    root = start(CLAIM_ROOT, header)
    body = put(root, "CambiodeComercializadorSinCambios")
    asked = put(body, "DatosSolicitud")
    put(asked, "IndActivacion", "F" if claim.wanted_on else "A")
    if claim.wanted_on:
        put(asked, "FechaPrevistaAccion", claim.wanted_on.isoformat())
    put(asked, "ContratacionIncondicionalPS", "S")
    put(asked, "ContratacionIncondicionalBS", "S")
    put(asked, "BonoSocial", "0")
    _put_customer(put(body, "Cliente"), claim)
    return to_bytes(root)


def read_claim(raw: bytes) -> tuple[Header, switching.Claim]:
    """Read a C1 01: the grid operator's side of the talk.

    The contract is not part of the message and stays empty. Raises Invalid.
    """
    root = read_root(raw)
    header = read_header(root)
    if (header.process, header.step, local_name(root)) != (PROCESS, "01", CLAIM_ROOT):
        raise _unknown(header, root)
    body = "e:CambiodeComercializadorSinCambios"
    asked, customer = f"{body}/e:DatosSolicitud", f"{body}/e:Cliente"
    fixed = required(root, f"{asked}/e:IndActivacion") == "F"
    person = text_at(root, f"{customer}/e:IdCliente/e:TipoPersona")
    claim = switching.Claim(
        request=header.request,
        cups=header.cups,
        contract=ContractNumber(""),
        customer_name=_read_name(root, f"{customer}/e:Nombre"),
        customer_tax_id=required(root, f"{customer}/e:IdCliente/e:Identificador"),
        customer_kind=CustomerKind.COMPANY if person == "J" else CustomerKind.HOME,
        phone=text_at(root, f"{customer}/e:Telefono/e:Numero"),
        email=text_at(root, f"{customer}/e:CorreoElectronico"),
        requested_on=header.sent_on,
        wanted_on=read_day(root, f"{asked}/e:FechaPrevistaAccion") if fixed else None,
    )
    return header, claim


def read_answer(raw: bytes) -> Read:
    """Read a C1 02, 04 or 05.

    Raises Invalid when not even the header can be read. A process or step that is not ours
    gives ``registry_es.process_unknown`` or ``.step_unknown`` in the result.
    """
    root = read_root(raw)
    header = read_header(root)
    try:
        return Read(header, _read_answer(root, header))
    except Invalid as error:
        return Read(header, code=error.code, text=str(error))


def _read_answer(root: etree._Element, header: Header) -> switching.Answer:
    name = local_name(root)
    if header.process != PROCESS:
        raise _unknown(header, root)
    if header.step == "02" and name == ACCEPTED_ROOT:
        path = "e:AceptacionCambiodeComercializadorSinCambios/e:Contrato"
        day = read_day(root, f"{path}/e:FechaActivacionPrevista")
        return switching.ClaimAccepted(header.request, day)
    if header.step in REJECTION_STEPS and name == REJECTED_ROOT:
        return switching.ClaimRejected(header.request, _read_reasons(root))
    if header.step == "05" and name == ACTIVATED_ROOT:
        path = "e:ActivacionCambiodeComercializadorSinCambios/e:DatosActivacion"
        day = read_day(root, f"{path}/e:Fecha")
        return switching.SupplyActivated(header.request, header.cups, day)
    raise _unknown(header, root)


def _read_reasons(root: etree._Element) -> tuple[tuple[str, str], ...]:
    return tuple(
        (required(row, "e:CodigoMotivo"), text_at(row, "e:Comentarios"))
        for row in each_at(root, "e:Rechazos/e:Rechazo")
    )


def _read_name(root: etree._Element, path: str) -> str:
    if company := text_at(root, f"{path}/e:RazonSocial"):
        return company
    parts = [
        required(root, f"{path}/e:NombreDePila"),
        required(root, f"{path}/e:PrimerApellido"),
        text_at(root, f"{path}/e:SegundoApellido"),
    ]
    return " ".join(part for part in parts if part)


def _put_customer(element: etree._Element, claim: switching.Claim) -> None:
    is_home = claim.customer_kind is CustomerKind.HOME
    identity = put(element, "IdCliente")
    put(identity, "TipoIdentificador", _identifier_kind(claim.customer_tax_id))
    put(identity, "Identificador", claim.customer_tax_id)
    put(identity, "TipoPersona", "F" if is_home else "J")
    name = put(element, "Nombre")
    if is_home:
        _put_person(name, claim.customer_name)
    else:
        put(name, "RazonSocial", claim.customer_name[:NAME_LENGTH_MAX])
    if re.fullmatch(r"[0-9]{6,12}", claim.phone):
        phone = put(element, "Telefono")
        put(phone, "PrefijoPais", "34")
        put(phone, "Numero", claim.phone)
    if 0 < len(claim.email) <= EMAIL_LENGTH_MAX:
        put(element, "CorreoElectronico", claim.email)


def _put_person(element: etree._Element, name: str) -> None:
    # The schema wants a first name and a surname; we hold one line. The first word is the
    # first name, the second the first surname; a single word is written as both.
    first, *rest = name.split()
    surname, *others = rest or [first]
    put(element, "NombreDePila", first[:NAME_LENGTH_MAX])
    put(element, "PrimerApellido", surname[:NAME_LENGTH_MAX])
    if others:
        put(element, "SegundoApellido", " ".join(others)[:NAME_LENGTH_MAX])


def _identifier_kind(tax_id: str) -> str:
    """Return the code of TABLA_6: NE a foreigner's NIE, NI a Spanish NIF, OT any other."""
    if re.fullmatch(r"[XYZ][0-9]{7}[A-Z]", tax_id):
        return "NE"
    return "NI" if re.fullmatch(r"[0-9A-Z][0-9]{7}[0-9A-Z]", tax_id) else "OT"


def _unknown(header: Header, root: etree._Element) -> Invalid:
    what = "process" if header.process != PROCESS else "step"
    return Invalid(
        f"registry_es.{what}_unknown",
        f"no {what} we take part in",
        process=header.process,
        step=header.step,
        message=local_name(root),
    )
