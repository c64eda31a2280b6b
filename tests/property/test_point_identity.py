"""A supply point is one in every spelling of its CUPS, and each spelling is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.shared import Cups

DIGITS = st.from_regex(r"[0-9]{16}", fullmatch=True)
ENDINGS = st.just("") | st.from_regex(r"[0-9][FPCRXYZ]", fullmatch=True)


class TestCups:
    @given(DIGITS, ENDINGS, ENDINGS)
    def test_of_one_point_are_equal_and_sort_as_one(self, digits: str, one: str, other: str):
        first, second = Cups.of_digits(digits, one), Cups.of_digits(digits, other)

        assert first == second
        assert len({first, second}) == 1
        assert not first < second
        assert not second < first
        assert first.point == second.point == first.value[:20]
        assert (first.value, second.value) == (first.point + one, first.point + other)

    @given(DIGITS, DIGITS, ENDINGS)
    def test_of_two_points_differ_and_sort_by_them(self, one: str, other: str, ending: str):
        first, second = Cups.of_digits(one, ending), Cups.of_digits(other)

        assert (first == second) == (one == other)
        assert (first < second) == (one < other)
