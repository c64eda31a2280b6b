"""Reads CNMC messages with gestionatr and prints what it sees as JSON.

Run by another interpreter, which has gestionatr and nothing of ours:
``python gestionatr_reader.py FILE ...``. Every file is validated against the XSD that
gestionatr carries before it is read.
"""

from __future__ import annotations

import json
import sys
import warnings

warnings.simplefilter("ignore")

from gestionatr.input.messages import C1  # noqa: E402 - it warns when imported


def read(path):
    """Return the fields of one C1 message; an invalid one raises."""
    with open(path, "rb") as file:
        message = C1(file.read())
    message.parse_xml()
    fields = {
        "issuer": message.get_codi_emisor,
        "recipient": message.get_codi_destinatari,
        "process": message.get_tipus_xml(),
        "step": message.get_pas_xml(),
        "request": message.codi_sollicitud,
        "sequence": message.seq_sollicitud,
        "sent": message.data_sollicitud,
        "cups": message.cups,
    }
    if message.pas == "01":
        fields.update(_claim(message))
    elif message.pas == "05":
        fields["activated_on"] = message.datos_activacion.fecha
        fields["metering_points"] = len(message.puntos_medida)
    elif "Rechazo" in message.xsd:
        fields["reasons"] = [[r.codigo_motivo, r.comentarios] for r in message.rechazos]
    else:
        fields["expected_on"] = message.contrato.fecha_activacion_prevista
        fields["accepted_on"] = message.datos_aceptacion.fecha_aceptacion
    return fields


def _claim(message):
    asked, customer = message.datos_solicitud, message.cliente
    return {
        "activation": asked.ind_activacion,
        "wanted_on": asked.fecha_prevista_accion or None,
        "tax_id": customer.identificador,
        "tax_id_kind": customer.tipo_identificador,
        "person": customer.tipo_persona,
        "company": customer.razon_social or None,
        "first_name": customer.nombre_de_pila or None,
        "surname": customer.primer_apellido or None,
        "second_surname": customer.segundo_apellido or None,
        "email": customer.correo_electronico or None,
        "phones": [phone[1] for phone in customer.telefonos or []],
    }


if __name__ == "__main__":
    print(json.dumps([read(path) for path in sys.argv[1:]]))  # noqa: T201 - its caller reads it
