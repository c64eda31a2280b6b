"""CNMC C1 answers as a grid operator writes them: 02 accepted or rejected, 05 activated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from lxml import etree

from energyretail.adapters.registry_es.envelope import Header, put, start, to_bytes
from energyretail.adapters.registry_es.messages import (
    ACCEPTED_ROOT,
    ACTIVATED_ROOT,
    PROCESS,
    REJECTED_ROOT,
)
from energyretail.domain import switching

__all__ = ["answer_header", "write_answer"]

TARIFF_20TD: Final = "018"  # TABLA_17
YEARLY: Final = "01"  # TABLA_9, kind of access contract
POWERS_W: Final = ("4600", "4600")


def answer_header(answer: switching.Answer, *, asked: Header, on: date) -> Header:
    """Return the header of the answer to a request: the same request, the other direction."""
    return Header(
        issuer=asked.recipient,
        recipient=asked.issuer,
        process=PROCESS,
        step="05" if isinstance(answer, switching.SupplyActivated) else "02",
        request=answer.request,
        sequence=asked.sequence,
        cups=asked.cups,
        sent_on=on,
    )


def write_answer(answer: switching.Answer, *, asked: Header, on: date) -> bytes:
    """Return the answer given `on` a day to the request `asked`.

    What the operator knows of the point and a claim does not say (tariff, powers, meter) is
    written as for a home of 4.6 kW at 2.0TD.
    """
    header = answer_header(answer, asked=asked, on=on)
    if isinstance(answer, switching.ClaimAccepted):
        return to_bytes(_accepted(answer, header))
    if isinstance(answer, switching.ClaimRejected):
        return to_bytes(_rejected(answer, header))
    return to_bytes(_activated(answer, header))


def _accepted(answer: switching.ClaimAccepted, header: Header) -> etree._Element:
    root = start(ACCEPTED_ROOT, header)
    body = put(root, "AceptacionCambiodeComercializadorSinCambios")
    accepted = put(body, "DatosAceptacion")
    put(accepted, "FechaAceptacion", header.sent_on.isoformat())
    put(accepted, "ActuacionCampo", "N")
    put(accepted, "FechaUltimaLecturaFirme", (header.sent_on - timedelta(days=1)).isoformat())
    put(accepted, "BonoSocial", "0")
    contract = put(body, "Contrato")
    put(contract, "TipoContratoATR", YEARLY)
    conditions = put(contract, "CondicionesContractuales")
    put(conditions, "TarifaATR", TARIFF_20TD)
    _put_powers(conditions)
    put(contract, "TipoActivacionPrevista", "F0")  # TABLA_55: without work in the field
    put(contract, "FechaActivacionPrevista", answer.expected_on.isoformat())
    return root


def _rejected(answer: switching.ClaimRejected, header: Header) -> etree._Element:
    root = start(REJECTED_ROOT, header)
    body = put(root, "Rechazos")
    put(body, "FechaRechazo", header.sent_on.isoformat())
    for position, (code, text) in enumerate(answer.reasons, start=1):
        row = put(body, "Rechazo")
        put(row, "Secuencial", str(position))
        put(row, "CodigoMotivo", code)
        put(row, "Comentarios", text)
    return root


def _activated(answer: switching.SupplyActivated, header: Header) -> etree._Element:
    root = start(ACTIVATED_ROOT, header)
    body = put(root, "ActivacionCambiodeComercializadorSinCambios")
    activated = put(body, "DatosActivacion")
    put(activated, "Fecha", answer.on.isoformat())
    put(activated, "BonoSocial", "0")
    put(activated, "IndEsencial", "00")
    put(activated, "FechaUltimoMovimientoIndEsencial", answer.on.isoformat())
    contract = put(body, "Contrato")
    put(put(contract, "IdContrato"), "CodContrato", header.request)
    put(contract, "TipoContratoATR", YEARLY)
    conditions = put(contract, "CondicionesContractuales")
    put(conditions, "TarifaATR", TARIFF_20TD)
    put(conditions, "PeriodicidadFacturacion", "01")
    put(conditions, "TipodeTelegestion", "01")
    _put_powers(conditions)
    put(conditions, "TensionDelSuministro", "02")
    _put_metering_point(put(body, "PuntosDeMedida"), answer)
    return root


def _put_powers(conditions: etree._Element) -> None:
    powers = put(conditions, "PotenciasContratadas")
    for period, watts in enumerate(POWERS_W, start=1):
        put(powers, "Potencia", watts).set("Periodo", str(period))


def _put_metering_point(element: etree._Element, answer: switching.SupplyActivated) -> None:
    point = put(element, "PuntoDeMedida")
    put(point, "CodPM", answer.cups.value.ljust(20)[:20] + (answer.cups.value[20:] or "1P"))
    put(point, "TipoMovimiento", "A")
    put(point, "TipoPM", "05")
    put(point, "ModoLectura", "4")
    put(point, "Funcion", "P")
    put(point, "FechaVigor", answer.on.isoformat())
    put(point, "FechaAlta", answer.on.isoformat())
