"""Strategies for identifiers of every scheme, sound ones and spoilt ones."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from energyretail.domain.shared import (
    IBAN_STRUCTURES,
    SCHEMES,
    CheckPolicy,
    CreditorIdentifier,
    Cups,
    Eic,
    Gsrn,
    Iban,
    Identifier,
    Invalid,
    Malo,
    Melo,
    Mpan,
    Mprn,
    Nmi,
    Pce,
    Pdr,
    Pod,
    Prm,
    check_identifier,
)

__all__ = ["identifiers", "spoilt_identifiers"]

_CAPITALS_AND_DIGITS: Final = string.ascii_uppercase + string.digits
_ALPHABETS: Final = {"n": string.digits, "a": string.ascii_uppercase, "c": _CAPITALS_AND_DIGITS}


def identifiers(scheme: str) -> SearchStrategy[Identifier]:
    """Draw sound identifiers of `scheme`, a code of `SCHEMES`: taken, and without a warning.

    Raises KeyError for a scheme without a strategy.
    """
    return _SOUND[scheme]()


@st.composite
def spoilt_identifiers(draw: st.DrawFn, scheme: str) -> str:
    """Draw texts of `scheme` with one slip that is noticed: refused, or taken with a warning.

    A slip is a character lost, doubled, out of place or, where there are check digits, wrong.
    """
    sound = draw(identifiers(scheme))
    text = sound.with_checksum if isinstance(sound, Nmi) else sound.value
    place = draw(st.integers(0, len(text) - 1))
    slips = [text[:place] + text[place + 1 :], text[:place] + text[place] + text[place:]]
    slips.append(text[:place] + "#" + text[place + 1 :])
    if SCHEMES[scheme].policy is not CheckPolicy.NONE:
        other = draw(st.sampled_from(_alike(text[place])))
        slips.append(text[:place] + other + text[place + 1 :])
    return draw(st.sampled_from(slips).filter(lambda slip: _is_noticed(scheme, slip)))


def _alike(character: str) -> str:
    """Return the other characters that may stand where this one does."""
    alphabet = string.digits if character.isdigit() else string.ascii_uppercase
    return alphabet.replace(character, "")


def _is_noticed(scheme: str, text: str) -> bool:
    try:
        return bool(check_identifier(scheme, text).warnings)
    except Invalid:
        return True


def _text(alphabet: str, shortest: int, longest: int | None = None) -> SearchStrategy[str]:
    return st.text(alphabet, min_size=shortest, max_size=longest or shortest)


def _digits(shortest: int, longest: int | None = None) -> SearchStrategy[str]:
    return _text(string.digits, shortest, longest)


def _accounts(country: str) -> SearchStrategy[Iban]:
    parts = re.findall(r"([0-9]+)!([nac])", IBAN_STRUCTURES[country])
    drawn = [_text(_ALPHABETS[kind], int(count)) for count, kind in parts]
    return st.tuples(*drawn).map(lambda found: Iban.of_account(country, "".join(found)))


def _codes() -> SearchStrategy[Eic]:
    stems = st.builds(
        "{}{}{}".format,
        _digits(2),
        st.sampled_from("XYZTWVA"),
        _text(_CAPITALS_AND_DIGITS + "-", 12),
    )
    return stems.filter(_is_issued).map(Eic.of_stem)


def _is_issued(stem: str) -> bool:
    try:
        return bool(Eic.of_stem(stem))
    except Invalid:
        return False


_SOUND: Final[Mapping[str, Callable[[], SearchStrategy[Identifier]]]] = {
    "ES-CUPS": lambda: st.builds(Cups.of_digits, _digits(16), st.sampled_from(["", "0F", "1P"])),
    "GB-MPAN": lambda: _digits(12).map(Mpan.of_digits),
    "GB-MPRN": lambda: _digits(4, 8).map(Mprn.of_digits),
    "FR-PRM": lambda: _digits(14).map(Prm),
    "FR-PCE": lambda: (_digits(14) | _digits(6).map("GI{}".format)).map(Pce),
    "GSRN-18": lambda: _digits(17).map(Gsrn.of_digits),
    "DE-MALO": lambda: st.integers(10**9, 10**10 - 1).map(lambda n: Malo.of_digits(str(n))),
    "DE-MELO": lambda: st.builds("DE{}{}".format, _digits(11), _text(_CAPITALS_AND_DIGITS, 20)).map(
        Melo
    ),
    "IT-POD": lambda: st.builds(
        "IT{}E{}{}".format, _digits(3), _digits(8), _text(_CAPITALS_AND_DIGITS, 0, 1)
    ).map(Pod),
    "IT-PDR": lambda: _digits(14).map(Pdr),
    "AU-NMI": lambda: _text(_CAPITALS_AND_DIGITS, 10).map(Nmi),
    "EIC": _codes,
    "IBAN": lambda: st.sampled_from(sorted(IBAN_STRUCTURES)).flatmap(_accounts),
    "SEPA-CI": lambda: st.builds(
        CreditorIdentifier.of_national,
        st.sampled_from(["ES", "FR", "DE", "IT", "NL"]),
        _text(_CAPITALS_AND_DIGITS, 1, 28),
        business=_text(_CAPITALS_AND_DIGITS, 3),
    ),
}
"""How to draw each scheme; a test holds the codes equal to those of `SCHEMES`."""
