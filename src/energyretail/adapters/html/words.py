"""The words of a document in the customer's language, and how amounts and days are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from energyretail.domain.shared import Money

__all__ = ["WORDS", "day_text", "money_text", "number_text", "words_of"]

_ES = {
    "invoice": "Factura",
    "credit_note": "Factura rectificativa (abono)",
    "rebill": "Factura corregida",
    "of": "Rectifica la factura",
    "in_place_of": "Sustituye a la factura",
    "number": "Número",
    "issued": "Fecha de emisión",
    "due": "Fecha de cargo",
    "period": "Periodo",
    "until": "hasta el final del día",
    "customer": "Cliente",
    "contract": "Contrato",
    "supply": "Punto de suministro (CUPS)",
    "tariff": "Tarifa",
    "tax_id": "NIF",
    "to_pay": "Importe a pagar",
    "credited": "Importe abonado",
    "readings": "Lecturas",
    "register": "Registro",
    "day": "Día",
    "index": "Lectura (kWh)",
    "quality": "Tipo",
    "actual": "real",
    "estimated": "estimada",
    "estimate_note": "Alguna lectura es estimada: se corregirá cuando llegue la real.",
    "lines": "Detalle",
    "concept": "Concepto",
    "quantity": "Cantidad",
    "price": "Precio",
    "amount": "Importe",
    "why": "Cómo se calcula",
    "taxes": "Impuestos",
    "base": "Base",
    "net": "Total sin impuestos",
    "tax": "Total impuestos",
    "gross": "Total",
}
_EN = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "rebill": "Corrected invoice",
    "of": "Takes back invoice",
    "in_place_of": "Replaces invoice",
    "number": "Number",
    "issued": "Issued on",
    "due": "Debited on",
    "period": "Period",
    "until": "until the end of",
    "customer": "Customer",
    "contract": "Contract",
    "supply": "Supply point (CUPS)",
    "tariff": "Tariff",
    "tax_id": "Tax number",
    "to_pay": "Amount to pay",
    "credited": "Amount credited",
    "readings": "Readings",
    "register": "Register",
    "day": "Day",
    "index": "Index (kWh)",
    "quality": "Kind",
    "actual": "actual",
    "estimated": "estimated",
    "estimate_note": "A reading is estimated: it is corrected when the real one comes.",
    "lines": "Details",
    "concept": "Item",
    "quantity": "Quantity",
    "price": "Price",
    "amount": "Amount",
    "why": "How it is worked out",
    "taxes": "Taxes",
    "base": "Base",
    "net": "Total without tax",
    "tax": "Total tax",
    "gross": "Total",
}
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"es": _ES, "en": _EN})


def words_of(language: str) -> tuple[str, Mapping[str, str]]:
    """Return the language used and its words: Spanish where we do not speak the one asked."""
    used = language if language in WORDS else "es"
    return used, WORDS[used]


def day_text(day: date) -> str:
    """Write a day unmistakably, in any language."""
    return day.isoformat()


def number_text(number: Decimal, language: str) -> str:
    """Write a number with the language's decimal sign, nothing rounded."""
    text = f"{number:f}"
    return text.replace(".", ",") if language == "es" else text


def money_text(amount: Money, language: str) -> str:
    """Write whole cents with two places and the currency."""
    _ = amount.cents
    return f"{number_text(amount.amount.quantize(Decimal('0.01')), language)} {amount.currency}"
