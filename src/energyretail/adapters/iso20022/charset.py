"""Text in the letters every SEPA bank carries."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from energyretail.domain.shared import Invalid

__all__ = ["carried", "sepa_text"]

# EPC217-08: what banks must support; everything else may come back changed, or not at all.
_OUTSIDE: Final = re.compile(r"[^a-zA-Z0-9/?:().,'+ -]")

# Letters that have no decomposition into a base letter and an accent.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "TH",
        "ı": "i", "&": "+", "@": "(at)", "_": "-", "’": "'", "‘": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "·": ".", "€": "EUR",
    }
)  # fmt: skip


def sepa_text(text: str, *, length_max: int) -> str:
    """Return `text` in the SEPA character set, cut to `length_max` characters.

    Accents fall off (é → e, ñ → n), letters are spelled out (ß → ss), and what has no likeness
    becomes a space; spaces are single and never first or last. Nothing in the result needs
    escaping in XML. Raises Invalid ``payments.text.empty`` when nothing is left.
    """
    if not (plain := carried(text, length_max=length_max)):
        raise Invalid("payments.text.empty", "no character a bank would carry", given=repr(text))
    return plain


def carried(text: str, *, length_max: int) -> str:
    """Return what `sepa_text` does, or nothing when nothing is left."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_OUTSIDE.sub(" ", plain).split())[:length_max].rstrip()
