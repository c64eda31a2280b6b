"""What a registry and we may say to each other: accents, longest fields, every kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import attrs
from hypothesis import strategies as st

from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, RequestCode, contract_number, request_code

__all__ = ["START", "answers_to", "claim_of", "claims_of"]

START: Final = date(2026, 3, 2)
DAYS_AHEAD_MAX: Final = 60
NAME_LENGTH_MAX: Final = 80
EMAIL_LENGTH_MAX: Final = 60
TEXT_LENGTH_MAX: Final = 200

_LETTERS: Final = "aeiouñçüáéíóúàèïöâøß·'-ABCÑÇÁÉÍÓÚÜŁ"
_SIGNS: Final = _LETTERS + '0123456789<>&"%;,.|=+()€'
_LONGEST_NAME: Final = "Íñigo " + "Ñuñoz-Çàü" * 7 + " d'Òdena y"
_LONGEST_EMAIL: Final = "a" * 44 + "@correo.example"


def claim_of(number: int) -> switching.Claim:
    """Return the claim of the `number`-th supply point, requested on 2 March 2026."""
    return switching.Claim(
        request=request_code(START, number),
        cups=Cups.of_digits(f"0021{number:012d}"),
        contract=contract_number(number),
        customer_name=f"Ana López {number}",
        customer_tax_id=f"{number:08d}Z",
        customer_kind=CustomerKind.HOME,
        phone="",
        email=f"ana{number}@example.org",
        requested_on=START,
    )


@st.composite
def claims_of(draw: st.DrawFn, number: int) -> switching.Claim:
    """Claims of the `number`-th supply point: names of up to 80 letters, accents, every kind."""
    words = st.text(_LETTERS, min_size=1, max_size=20).filter(_is_a_word)
    names = st.lists(words, min_size=2, max_size=3).map(" ".join)
    ahead = st.integers(0, DAYS_AHEAD_MAX).map(lambda days: START + timedelta(days=days))
    phones = st.text("0123456789", min_size=6, max_size=12)
    return attrs.evolve(
        claim_of(number),
        customer_name=draw(st.just(_LONGEST_NAME) | names),
        customer_tax_id=draw(st.sampled_from(("X1234567L", "B12345674", "ABCDEFGH123456"))),
        customer_kind=draw(st.sampled_from(CustomerKind)),
        phone=draw(st.just("") | phones),
        email=draw(st.sampled_from(("", "ñandú@correo.example", _LONGEST_EMAIL))),
        wanted_on=draw(st.none() | ahead),
    )


def answers_to(claim: switching.Claim) -> st.SearchStrategy[switching.Answer]:
    """All a registry may answer to a claim; reasons have two digits and up to 200 characters."""
    on = st.integers(0, DAYS_AHEAD_MAX).map(lambda days: START + timedelta(days=days))
    texts = st.text(_SIGNS + " ", min_size=1, max_size=TEXT_LENGTH_MAX).map(_single_spaced)
    reasons = st.tuples(st.sampled_from(("01", "12", "38")), texts.filter(bool))
    return st.one_of(
        on.map(lambda day: switching.ClaimAccepted(claim.request, day)),
        st.lists(reasons, min_size=1, max_size=3).map(lambda each: _rejected(claim.request, each)),
        on.map(lambda day: switching.SupplyActivated(claim.request, claim.cups, day)),
    )


def _rejected(request: RequestCode, reasons: Sequence[tuple[str, str]]) -> switching.ClaimRejected:
    return switching.ClaimRejected(request, tuple(reasons))


def _is_a_word(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
