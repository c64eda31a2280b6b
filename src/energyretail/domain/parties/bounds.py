"""How long and of what shape the words about a customer may be: one rule for every door.

A door that shows or checks a bound takes it from here. The shapes are regular expressions for
the whole text, in what Python and JSON Schema have in common.
"""

from __future__ import annotations

import re
from typing import Final

from energyretail.domain.shared import Invalid

__all__ = [
    "COUNTRY_SHAPE",
    "EMAIL_MAX",
    "EMAIL_SHAPE",
    "LANGUAGE_SHAPE",
    "LINE_SHAPE",
    "NAME_MAX",
    "POSTCODE_MAX",
    "POSTCODE_SHAPE",
    "STREET_MAX",
    "TAX_ID_SHAPE",
    "TOWN_MAX",
    "email_of",
    "is_line",
]

NAME_MAX: Final = 140
"""Max140Text, the name of ISO 20022; a SEPA file carries its first 70, and the mandate counts."""

STREET_MAX: Final = 70
"""StrtNm of the structured address (ISO 20022, EPC130-08)."""

POSTCODE_MAX: Final = 16
"""PstCd of the structured address."""

TOWN_MAX: Final = 35
"""TwnNm of the structured address."""

EMAIL_MAX: Final = 254
"""The longest address that fits the path of RFC 5321, section 4.5.3.1.3."""

_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
LINE_SHAPE: Final = rf"[^\s{_CONTROLS}]([^{_CONTROLS}]*[^\s{_CONTROLS}])?"
"""One line, without blanks at its ends: what a database, an XML file and the ERP's form hold."""

POSTCODE_SHAPE: Final = r"[A-Za-z0-9 -]{1,16}"
COUNTRY_SHAPE: Final = r"[A-Z]{2}"
LANGUAGE_SHAPE: Final = r"[a-z]{2}"
TAX_ID_SHAPE: Final = r"[A-Z0-9]{8,14}"

# #-' are # $ % & ' and ^-~ are ^ _ ` the small letters { | } ~.
_ATOM: Final = r"[A-Z0-9!#-'*+/=?^-~-]+"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL_SHAPE: Final = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*"
"""Dot-string and domain of RFC 5321 in ASCII: what every mail relay takes without quoting."""

_LOCAL_PART_MAX: Final = 64
_LABEL_MAX: Final = 63
# What the longest local part leaves of 254.
_DOMAIN_MAX: Final = EMAIL_MAX - _LOCAL_PART_MAX - 1


def is_line(text: str, *, length_max: int) -> bool:
    """Tell whether `text` is one line of 1 to `length_max` characters, no blank at its ends."""
    return len(text) <= length_max and re.fullmatch(LINE_SHAPE, text) is not None


def email_of(text: str) -> str:
    """Return `text`, an address that a mail relay takes; nobody knows whether it is read.

    Raises Invalid ``parties.email`` (not an address a mail relay takes).
    """
    # The length first: what is matched against a pattern stays short.
    if len(text) > EMAIL_MAX or not re.fullmatch(EMAIL_SHAPE, text) or not _fits_envelope(text):
        raise Invalid("parties.email", "not an address a mail relay takes", given=text)
    return text


def _fits_envelope(email: str) -> bool:
    local, _, domain = email.partition("@")
    if len(local) > _LOCAL_PART_MAX or len(domain) > _DOMAIN_MAX:
        return False
    return max(map(len, domain.split("."))) <= _LABEL_MAX
