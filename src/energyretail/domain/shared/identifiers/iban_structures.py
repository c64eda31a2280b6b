"""How accounts are built in each country that has registered an IBAN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

__all__ = ["IBAN_REGISTRY", "IBAN_STRUCTURES", "bban_length", "bban_pattern"]

IBAN_REGISTRY: Final = "SWIFT IBAN Registry, release 101 (ISO 13616-2)"
"""Where the table is from; Brazil, which now has letters in its bank codes, is as in 2026."""

IBAN_STRUCTURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AD": "4!n4!n12!c",
        "AE": "3!n16!n",
        "AL": "8!n16!c",
        "AT": "5!n11!n",
        "AZ": "4!a20!c",
        "BA": "3!n3!n8!n2!n",
        "BE": "3!n7!n2!n",
        "BG": "4!a4!n2!n8!c",
        "BH": "4!a14!c",
        "BI": "5!n5!n11!n2!n",
        "BR": "8!c5!n10!n1!c1!c",
        "BY": "4!c4!n16!c",
        "CH": "5!n12!c",
        "CR": "4!n14!n",
        "CY": "3!n5!n16!c",
        "CZ": "4!n16!n",
        "DE": "8!n10!n",
        "DJ": "5!n5!n11!n2!n",
        "DK": "4!n9!n1!n",
        "DO": "4!c20!n",
        "EE": "2!n14!n",
        "EG": "4!n4!n17!n",
        "ES": "4!n4!n1!n1!n10!n",
        "FI": "3!n11!n",
        "FK": "2!a12!n",
        "FO": "4!n9!n1!n",
        "FR": "5!n5!n11!c2!n",
        "GB": "4!a6!n8!n",
        "GE": "2!a16!n",
        "GI": "4!a15!c",
        "GL": "4!n9!n1!n",
        "GR": "3!n4!n16!c",
        "GT": "4!c20!c",
        "HN": "4!a20!n",
        "HR": "7!n10!n",
        "HU": "3!n4!n1!n15!n1!n",
        "IE": "4!a6!n8!n",
        "IL": "3!n3!n13!n",
        "IQ": "4!a3!n12!n",
        "IS": "4!n2!n6!n10!n",
        "IT": "1!a5!n5!n12!c",
        "JO": "4!a4!n18!c",
        "KW": "4!a22!c",
        "KZ": "3!n13!c",
        "LB": "4!n20!c",
        "LC": "4!a24!c",
        "LI": "5!n12!c",
        "LT": "5!n11!n",
        "LU": "3!n13!c",
        "LV": "4!a13!c",
        "LY": "3!n3!n15!n",
        "MC": "5!n5!n11!c2!n",
        "MD": "2!c18!c",
        "ME": "3!n13!n2!n",
        "MK": "3!n10!c2!n",
        "MN": "4!n12!n",
        "MR": "5!n5!n11!n2!n",
        "MT": "4!a5!n18!c",
        "MU": "4!a2!n2!n12!n3!n3!a",
        "NI": "4!a20!n",
        "NL": "4!a10!n",
        "NO": "4!n6!n1!n",
        "OM": "3!n16!c",
        "PK": "4!a16!c",
        "PL": "8!n16!n",
        "PS": "4!a21!c",
        "PT": "4!n4!n11!n2!n",
        "QA": "4!a21!c",
        "RO": "4!a16!c",
        "RS": "3!n13!n2!n",
        "RU": "9!n5!n15!c",
        "SA": "2!n18!c",
        "SC": "4!a2!n2!n16!n3!a",
        "SD": "2!n12!n",
        "SE": "3!n16!n1!n",
        "SI": "5!n8!n2!n",
        "SK": "4!n6!n10!n",
        "SM": "1!a5!n5!n12!c",
        "SO": "4!n3!n12!n",
        "ST": "4!n4!n11!n2!n",
        "SV": "4!a20!n",
        "TL": "3!n14!n2!n",
        "TN": "2!n3!n13!n2!n",
        "TR": "5!n1!n16!c",
        "UA": "6!n19!c",
        "VA": "3!n15!n",
        "VG": "4!a16!n",
        "XK": "4!n10!n2!n",
        "YE": "4!a4!n18!c",
    }
)
"""The account of each country in the registry's words: counts of n digits, a capitals, c either.

Overseas territories that bank under the code of another country have no line of their own.
"""

_PART: Final = re.compile(r"([0-9]+)!([nac])")
_CHARACTERS: Final = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}


@cache
def bban_length(country: str) -> int:
    """Return how many characters an account of `country` has, without its four of the IBAN."""
    return sum(int(count) for count, _ in _PART.findall(IBAN_STRUCTURES[country]))


@cache
def bban_pattern(country: str) -> re.Pattern[str]:
    """Return what an account of `country` must match in full."""
    parts = _PART.findall(IBAN_STRUCTURES[country])
    return re.compile("".join(f"{_CHARACTERS[kind]}{{{count}}}" for count, kind in parts))
