"""Strategies for who buys energy."""

from __future__ import annotations

from hypothesis import strategies as st

from energyretail.domain.parties import (
    NAME_MAX,
    TOWN_MAX,
    Address,
    Customer,
    CustomerKind,
    Person,
)
from energyretail.domain.shared import customer_number

__all__ = ["addresses", "customers", "names", "people"]

_HARD_NAMES = (
    "Zoé Núñez",
    "D'Angelo & Söhne <hijos>",
    "Ø",
    'Ana "la Única"',
    "李 明",
    "a" * NAME_MAX,
)


def names(length_max: int = NAME_MAX) -> st.SearchStrategy[str]:
    """Names as people have them, and as files and pages break on them."""
    hard = [name[:length_max] for name in _HARD_NAMES]
    letters = st.characters(categories=["L", "Nd"], include_characters=" .'&<>\"-")
    length = min(length_max, 70)
    drawn = st.text(letters, min_size=1, max_size=length).map(str.strip).filter(bool)
    return st.sampled_from(hard) | drawn


def addresses() -> st.SearchStrategy[Address]:
    """Structured addresses in Spain and elsewhere; street and postcode may be missing."""
    return st.builds(
        Address,
        street=st.sampled_from(["", "Calle Ancha, 1", "Avinguda Diagonal 1-3, 2º 1ª"]),
        postcode=st.sampled_from(["", "24003", "1010"]),
        town=names(TOWN_MAX),
        country=st.sampled_from(["ES", "PT", "DK"]),
    )


def people(kind: CustomerKind | None = None) -> st.SearchStrategy[Person]:
    """Homes and companies, or one `kind` of them."""
    kinds = st.sampled_from(CustomerKind) if kind is None else st.just(kind)
    tax_ids = st.integers(0, 10**8 - 1).map(lambda number: f"{number:08d}Z")
    mails = st.integers(0, 10**6).map(lambda number: f"a{number}@example.org")
    return st.builds(
        Person, kinds, names(), tax_ids, mails, addresses(), st.sampled_from(["es", "en", "ca"])
    )


def customers() -> st.SearchStrategy[Customer]:
    """People with a customer number."""
    return st.builds(Customer, st.integers(1, 2 * 10**6).map(customer_number), people())
