"""What a registry and we may say to each other: accents, longest fields, every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs
from hypothesis import strategies as st

from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, RequestCode, contract_number, request_code

__all__ = [
    "METHODS",
    "START",
    "Told",
    "answers_to",
    "claim_of",
    "claims_of",
    "event_of",
    "events_of",
    "release_of",
    "releases_of",
    "told_by",
    "with_other_words",
]

Told: TypeAlias = switching.Claim | switching.SupplyRelease | switching.SupplyEvent
METHODS: Final = ("claim", "release", "notify")
"""The methods of the port that tell the registry something."""

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


def release_of(number: int) -> switching.SupplyRelease:
    """Return the release of the `number`-th supply point, requested on 2 March 2026."""
    claim = claim_of(number)
    on = START + timedelta(days=7)
    return switching.SupplyRelease(claim.request, claim.cups, START, on, f"moved out {number}")


def event_of(number: int) -> switching.SupplyEvent:
    """Return the event at the `number`-th supply point, of 2 March 2026."""
    claim = claim_of(number)
    kind = switching.EventKind.MOVED_IN
    return switching.SupplyEvent(claim.request, claim.cups, kind, START, f"moved in {number}")


def told_by(method: str, number: int) -> Told:
    """Return what `method` of the port tells of the `number`-th supply point."""
    return _TOLD_BY[method](number)


def with_other_words(told: Told) -> Told:
    """Return what is told under the same request code in other words."""
    if isinstance(told, switching.Claim):
        return attrs.evolve(told, customer_name="Eva Ruiz")
    return attrs.evolve(told, on=told.on + timedelta(days=1))


@st.composite
def claims_of(draw: st.DrawFn, number: int) -> switching.Claim:
    """Claims of the `number`-th supply point: names of up to 80 letters, accents, every kind."""
    words = st.text(_LETTERS, min_size=1, max_size=20).filter(_is_a_word)
    names = st.lists(words, min_size=2, max_size=3).map(" ".join)
    phones = st.text("0123456789", min_size=6, max_size=12)
    return attrs.evolve(
        claim_of(number),
        customer_name=draw(st.just(_LONGEST_NAME) | names),
        customer_tax_id=draw(st.sampled_from(("X1234567L", "B12345674", "ABCDEFGH123456"))),
        customer_kind=draw(st.sampled_from(CustomerKind)),
        phone=draw(st.just("") | phones),
        email=draw(st.sampled_from(("", "ñandú@correo.example", _LONGEST_EMAIL))),
        wanted_on=draw(st.none() | _days()),
    )


@st.composite
def releases_of(draw: st.DrawFn, number: int) -> switching.SupplyRelease:
    """Releases of the `number`-th supply point: reasons of up to 200 signs, and none."""
    on, reason = draw(_days()), draw(st.just("") | _texts())
    return attrs.evolve(release_of(number), on=on, reason=reason)


@st.composite
def events_of(draw: st.DrawFn, number: int) -> switching.SupplyEvent:
    """Events at the `number`-th supply point: every kind, texts of up to 200 signs, and none."""
    kind, text = draw(st.sampled_from(switching.EventKind)), draw(st.just("") | _texts())
    return attrs.evolve(event_of(number), kind=kind, on=draw(_days()), text=text)


def answers_to(claim: switching.Claim) -> st.SearchStrategy[switching.Answer]:
    """All a registry may answer to a claim; reasons have two digits and up to 200 characters."""
    on = _days()
    reasons = st.tuples(st.sampled_from(("01", "12", "38")), _texts())
    return st.one_of(
        on.map(lambda day: switching.ClaimAccepted(claim.request, day)),
        st.lists(reasons, min_size=1, max_size=3).map(lambda each: _rejected(claim.request, each)),
        on.map(lambda day: switching.SupplyActivated(claim.request, claim.cups, day)),
    )


def _days() -> st.SearchStrategy[date]:
    return st.integers(0, DAYS_AHEAD_MAX).map(lambda days: START + timedelta(days=days))


def _texts() -> st.SearchStrategy[str]:
    texts = st.text(_SIGNS + " ", min_size=1, max_size=TEXT_LENGTH_MAX).map(_single_spaced)
    return texts.filter(bool)


def _rejected(request: RequestCode, reasons: Sequence[tuple[str, str]]) -> switching.ClaimRejected:
    return switching.ClaimRejected(request, tuple(reasons))


def _is_a_word(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


_TOLD_BY: Final[Mapping[str, Callable[[int], Told]]] = MappingProxyType(
    {"claim": claim_of, "release": release_of, "notify": event_of}
)
