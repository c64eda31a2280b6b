"""The laws of business numbers: one count one text, counts in the order of their texts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.shared import (
    ContractNumber,
    Invalid,
    InvoiceNumber,
    contract_number,
    customer_number,
    end_to_end_id,
    invoice_number,
    invoice_numbers,
    mandate_reference,
    parse_contract_number,
    parse_customer_number,
    parse_invoice_number,
    parse_quote_number,
    parse_request_code,
    quote_number,
    request_code,
)

Make = Callable[[int], str]
Parse = Callable[[str], str]

DAY = date(2026, 3, 2)
SERIES: dict[str, tuple[Make, Parse]] = {
    "customer": (customer_number, parse_customer_number),
    "quote": (quote_number, parse_quote_number),
    "contract": (contract_number, parse_contract_number),
    "invoice": (lambda count: invoice_number("F", DAY, count), parse_invoice_number),
    "request": (lambda count: request_code(DAY, count), parse_request_code),
}
EACH = pytest.mark.parametrize("kind", SERIES)
SIX_DIGITS = st.integers(1, 999_999)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
PREFIXES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=4)


@EACH
@given(count=SIX_DIGITS)
def test_number_parses_to_itself_and_holds_its_count(kind: str, count: int) -> None:
    make, parse = SERIES[kind]

    assert parse(make(count)) == make(count)
    assert int(make(count)[-6:]) == count


@EACH
@given(first=SIX_DIGITS, second=SIX_DIGITS)
def test_numbers_sort_as_their_counts(kind: str, first: int, second: int) -> None:
    make, _ = SERIES[kind]

    assert (make(first) < make(second)) == (first < second)


@pytest.mark.parametrize("kind", ["customer", "quote", "contract", "invoice"])
@given(first=st.integers(1, 10**9), second=st.integers(1, 10**9))
def test_no_two_counts_of_a_series_have_one_text(kind: str, first: int, second: int) -> None:
    make, parse = SERIES[kind]

    assert (make(first) == make(second)) == (first == second)
    assert parse(make(first)) == make(first)


@EACH
@given(text=st.text("CQKF0129- \n٣", max_size=14))
def test_text_is_a_number_only_when_its_count_would_make_it(kind: str, text: str) -> None:
    make, parse = SERIES[kind]
    with suppress(Invalid):
        assert parse(text) == text
        assert text.isascii()
        if kind in {"customer", "quote", "contract"}:
            assert text == make(int(text[1:]))


@EACH
@given(count=st.integers(max_value=0))
def test_counts_begin_at_one(kind: str, count: int) -> None:
    with pytest.raises(Invalid) as refusal:
        SERIES[kind][0](count)

    assert refusal.value.code == f"ids.{kind}"


@EACH
@given(count=SIX_DIGITS)
def test_a_number_is_of_one_kind_alone(kind: str, count: int) -> None:
    text = SERIES[kind][0](count)

    for other, (_, parse) in SERIES.items():
        if other != kind:
            with pytest.raises(Invalid):
                parse(text)


@given(st.tuples(PREFIXES, DAYS, SIX_DIGITS), st.tuples(PREFIXES, DAYS, SIX_DIGITS))
def test_documents_of_different_prefix_year_or_count_differ(
    first: tuple[str, date, int], second: tuple[str, date, int]
) -> None:
    same = (first[0], first[1].year, first[2]) == (second[0], second[1].year, second[2])

    assert (invoice_number(*first) == invoice_number(*second)) == same


@given(st.integers(1, 2_000_000), st.integers(0, 20))
def test_numbers_of_a_range_are_those_of_its_counts(first: int, count: int) -> None:
    counts = range(first, first + count)
    assert invoice_numbers("F", DAY, counts) == tuple(
        invoice_number("F", DAY, each) for each in counts
    )


@given(st.integers(-3, 0), st.sampled_from(["", "f", "FFFFF", "F-"]))
def test_numbers_of_a_range_are_refused_as_one_is(first: int, prefix: str) -> None:
    with pytest.raises(Invalid, match="invoice"):
        invoice_numbers("F", DAY, range(first, 5))
    with pytest.raises(Invalid, match="invoice"):
        invoice_numbers(prefix, DAY, range(1, 5))


@given(st.tuples(DAYS, SIX_DIGITS), st.tuples(DAYS, SIX_DIGITS))
def test_requests_of_different_month_or_count_differ(
    first: tuple[date, int], second: tuple[date, int]
) -> None:
    same = (first[0].replace(day=1), first[1]) == (second[0].replace(day=1), second[1])

    assert (request_code(*first) == request_code(*second)) == same


OWNED = st.tuples(SIX_DIGITS, st.integers(1, 99))


@given(OWNED, OWNED)
def test_references_of_payments_differ_by_owner_and_count(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    mandates = [mandate_reference(contract_number(n), version) for n, version in (first, second)]
    debits = [end_to_end_id(invoice_number("F", DAY, n), attempt) for n, attempt in (first, second)]

    assert (mandates[0] == mandates[1]) == (first == second)
    assert (debits[0] == debits[1]) == (first == second)


@given(st.integers(max_value=0))
def test_references_of_payments_count_from_one(count: int) -> None:
    with pytest.raises(Invalid):
        mandate_reference(ContractNumber("K000001"), count)
    with pytest.raises(Invalid):
        end_to_end_id(InvoiceNumber("F26-000001"), count)


def test_numbers_look_as_the_business_says_them() -> None:
    assert customer_number(1) == "C000001"
    assert quote_number(42) == "Q000042"
    assert contract_number(999_999) == "K999999"
    assert contract_number(1_000_000) == "K1000000"
    assert invoice_number("F", DAY, 1) == "F26-000001"
    assert request_code(DAY, 1_000_007) == "202603000007"
    assert mandate_reference(contract_number(1), 2) == "K000001-2"
    assert end_to_end_id(invoice_number("F", DAY, 1), 3) == "F26-000001-3"


@pytest.mark.parametrize("text", ["", "C00001", "C0000001", "C000000", "c000001", "C000001\n"])
def test_wrong_shapes_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_customer_number(text)

    assert refusal.value.code == "ids.customer"
