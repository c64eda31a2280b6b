"""Every fault of a body is named at once, with its place and a stable code."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.shared import Cups, Period
from energyretail.entrypoints.api.quotes import QuoteIn
from energyretail.entrypoints.api.request_faults import faults_of, parsed_by


class Span(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days that must be in order."""

    start: date
    end: date


def in_order(span: Span) -> Period:
    return Period(span.start, span.end)


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of everything."""

    cups: Annotated[str, msgspec.Meta(max_length=22), parsed_by(Cups)]
    kind: Literal["home", "company"]
    span: Annotated[Span, parsed_by(in_order)]
    counts: dict[Annotated[str, msgspec.Meta(max_length=3)], int] = {}
    more: list[Span] = []
    remark: Annotated[str, msgspec.Meta(min_length=2)] | None = None


GOOD: dict[str, Any] = {
    "cups": "ES0021000000000001RK0F",
    "kind": "home",
    "span": {"start": "2026-03-01", "end": "2026-03-02"},
}


def told(raw: object) -> dict[str, str]:
    return {fault.field: fault.code for fault in faults_of(raw, Wish)}


class TestFaults:
    def test_are_none_in_a_good_body(self) -> None:
        assert told(GOOD) == {}
        assert told(GOOD | {"remark": None, "counts": {"a": 1}, "more": [GOOD["span"]]}) == {}

    def test_are_all_told_at_once_each_at_its_place(self) -> None:
        raw = {
            "cups": "ES0021000000000001AA0F",
            "span": {"start": "2026-03-02", "end": "2026-03-02"},
            "counts": {"a": "x", "long": 1},
            "more": [GOOD["span"], {"start": 1}, "nothing"],
            "remark": "?",
            "colour": "red",
        }

        assert told(raw) == {
            "cups": "supply.cups.check_letters",
            "kind": "request.missing",
            "span": "period.empty",
            "counts.a": "request.shape",
            "counts.long": "request.shape",
            "more[1].start": "request.shape",
            "more[1].end": "request.missing",
            "more[2]": "request.shape",
            "remark": "request.shape",
            "colour": "request.unknown_field",
        }

    @pytest.mark.parametrize("raw", [None, [], "x", 3, True])
    def test_are_told_of_what_is_no_object(self, raw: object) -> None:
        assert told(raw) == {"": "request.shape"}

    def test_stand_once_for_what_a_value_and_its_parts_share(self) -> None:
        found = list(faults_of(GOOD | {"span": {"start": "no", "end": "2026-03-02"}}, Wish))

        assert [fault.field for fault in found] == ["span.start"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class TestLaws:
    @given(anything)
    def test_there_are_some_wherever_the_whole_would_not_be_taken(self, raw: object) -> None:
        try:
            msgspec.convert(raw, QuoteIn)
        except msgspec.ValidationError:
            assert list(faults_of(raw, QuoteIn))
        else:
            assert not [f for f in faults_of(raw, QuoteIn) if f.code.startswith("request.")]

    @given(st.dictionaries(st.sampled_from(sorted(GOOD)), anything))
    def test_hold_for_bodies_that_are_nearly_good(self, spoilt: dict[str, Any]) -> None:
        raw = GOOD | spoilt
        shapes = [f for f in faults_of(raw, Wish) if f.code.startswith("request.")]
        try:
            msgspec.convert(raw, Wish)
        except msgspec.ValidationError:
            assert shapes
        else:
            assert not shapes
