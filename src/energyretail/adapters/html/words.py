"""The words of a document in the customer's language, and how amounts and days are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from energyretail.domain.shared import Money, Period

__all__ = [
    "WORDS",
    "day_text",
    "money_text",
    "number_text",
    "period_text",
    "signed_text",
    "unit_text",
    "words_of",
]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ES = {
    "invoice": "Factura",
    "first_invoice": "Primera factura",
    "final_invoice": "Factura final",
    "credit_note": "Factura rectificativa (abono)",
    "rebill": "Factura corregida",
    "rectification": "Factura rectificativa (por diferencias)",
    "changes": "Rectifica la factura",
    "of": "Rectifica la factura",
    "in_place_of": "Sustituye a la factura",
    "number": "Número",
    "issued": "Fecha de emisión",
    "due": "Fecha de cargo",
    "period": "Periodo",
    "customer": "Cliente",
    "contract": "Contrato",
    "supply": "Punto de suministro (CUPS)",
    "tariff": "Tarifa",
    "tax_id": "NIF",
    "to_pay": "Importe a pagar",
    "credited": "Importe abonado",
    "paid_back": "Importe a devolverle",
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
    "comparison": "Por qué no es igual que la anterior",
    "before": "Su factura anterior fue la",
    "difference": "Diferencia",
    "because_price": "Han cambiado los precios",
    "because_usage": "Ha consumido {now} kWh al día en lugar de {then}",
    "because_usage_same": "Ha consumido a otras horas",
    "because_usage_unknown": "Ha cambiado su consumo al día",
    "because_estimate": "Alguna de las lecturas es estimada: {now} kWh al día en lugar de {then}",
    "because_estimate_same": "Alguna de las lecturas es estimada",
    "because_correction": "Se ha corregido una lectura",
    "because_power": "Ha cambiado la potencia contratada",
    "because_days": "Esta factura es de {now} días en lugar de {then}",
    "because_days_same": "Los mismos días son otra parte del mes o del año",
    "because_taxes": "Han cambiado los impuestos",
    "because_lines": "Hay conceptos nuevos o que ya no están",
    "because_other": "Otros cambios",
    "taken_off": "Lo que se descuenta",
    "advance": "Anticipo",
    "deposit": "Fianza con sus intereses",
    "left": "Resto",
    "advance_invoice": "Factura de anticipo",
    "instalment": "Plazo",
    "carried": "Resto de una factura anterior",
    "carried_on": "Pasa a los plazos siguientes",
    "advance_note": "Se descontará, con este mismo IVA, de la factura que cierre el plan de pagos.",
}
_EN = {
    "invoice": "Invoice",
    "first_invoice": "First invoice",
    "final_invoice": "Final invoice",
    "credit_note": "Credit note",
    "rebill": "Corrected invoice",
    "rectification": "Correction by difference",
    "changes": "Corrects invoice",
    "of": "Takes back invoice",
    "in_place_of": "Replaces invoice",
    "number": "Number",
    "issued": "Issued on",
    "due": "Debited on",
    "period": "Period",
    "customer": "Customer",
    "contract": "Contract",
    "supply": "Supply point (CUPS)",
    "tariff": "Tariff",
    "tax_id": "Tax number",
    "to_pay": "Amount to pay",
    "credited": "Amount credited",
    "paid_back": "Amount to be paid back to you",
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
    "comparison": "Why it is not the same as the last one",
    "before": "Your last bill was",
    "difference": "Difference",
    "because_price": "Prices changed",
    "because_usage": "You used {now} kWh a day instead of {then}",
    "because_usage_same": "You used it at other hours",
    "because_usage_unknown": "You used more or less a day",
    "because_estimate": "A reading is estimated: {now} kWh a day instead of {then}",
    "because_estimate_same": "A reading is estimated",
    "because_correction": "A reading was corrected",
    "because_power": "Your subscribed power changed",
    "because_days": "This bill is for {now} days instead of {then}",
    "because_days_same": "The same days are another part of a month or year",
    "because_taxes": "Taxes changed",
    "because_lines": "Some items are new or are gone",
    "because_other": "Other changes",
    "taken_off": "What is taken off",
    "advance": "Advance",
    "deposit": "Deposit with its interest",
    "left": "Left over",
    "advance_invoice": "Advance invoice",
    "instalment": "Instalment",
    "carried": "Left over from an earlier bill",
    "carried_on": "Asked for by the next instalments",
    "advance_note": "It is taken off the bill that closes your payment plan, with the same VAT.",
}
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"es": _ES, "en": _EN})


def words_of(language: str) -> tuple[str, Mapping[str, str]]:
    """Return the language used and its words: Spanish where we do not speak the one asked."""
    used = language if language in WORDS else "es"
    return used, WORDS[used]


_UNITS_ES = {"year": "año", "month": "mes", "day": "día"}


def day_text(day: date, language: str) -> str:
    """Write a day as people of the language do; the English month is a word, to be unmistakable."""
    if language == "es":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_text(period: Period, language: str) -> str:
    """Write a closed period from its first to its last day, both included."""
    last = period.last
    return f"{day_text(period.start, language)} – {day_text(last, language)}"


def unit_text(unit: str, language: str) -> str:
    """Write a unit with its words in the language."""
    if language != "es":
        return unit
    return re.sub("year|month|day", lambda found: _UNITS_ES[found[0]], unit)


def number_text(number: Decimal, language: str) -> str:
    """Write a number with the language's decimal sign, nothing rounded, no idle zeros."""
    text = f"{number:f}" if number % 1 else f"{int(number)}"
    return _decimal_sign(text, language)


def money_text(amount: Money, language: str) -> str:
    """Write whole cents with two places and the currency."""
    _ = amount.cents
    text = f"{amount.amount.quantize(Decimal('0.01')):f}"
    return f"{_decimal_sign(text, language)} {amount.currency}"


def signed_text(amount: Money, language: str) -> str:
    """Write whole cents likewise, with a plus where they are more than nothing."""
    return f"{'+' if amount.amount > 0 else ''}{money_text(amount, language)}"


def _decimal_sign(text: str, language: str) -> str:
    return text.replace(".", ",") if language == "es" else text
