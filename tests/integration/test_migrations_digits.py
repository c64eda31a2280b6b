"""The numbers that contracts have in the index of spans stay as they are, however they are told."""

from __future__ import annotations

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.adapters.postgres.migrations.scripts import revisions

AFTER = next(name for name in revisions() if name.endswith("_digits_of"))
BEFORE = revisions()[revisions().index(AFTER) - 1]
NUMBERS = [
    "", "K", "K1", "K000001", "1234", "K" + "9" * 18, "K" + "9" * 19, "Kx1", "K1x", "K 1", "K1 ",
    "K1\n", "K-1", "K1.0", "K\u0661\u0662", "K\uff11", "\u00f11", "\u20ac" * 3, "KK12",
]  # fmt: skip
SAMPLE = st.text("K0123456789 .-\n\u0661\uff11\u00f1", max_size=22)


def numbers_of(url: str, told: list[str]) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT digits_of(number) FROM unnest(CAST(%s AS text[])) WITH ORDINALITY"
            " AS given (number, place) ORDER BY place",
            [told],
        )
        return [number for (number,) in rows]


def drawn() -> list[str]:
    some = list[str]()

    @given(SAMPLE)
    def draw(number: str) -> None:
        some.append(number)

    draw()
    return some


class TestDigitsOf:
    def test_are_the_same_before_and_after(self, empty_database_url: str) -> None:
        told = NUMBERS + drawn()
        upgrade(empty_database_url, BEFORE)
        before = numbers_of(empty_database_url, told)
        upgrade(empty_database_url, AFTER)
        after = numbers_of(empty_database_url, told)
        downgrade(empty_database_url, BEFORE)

        assert after == before == numbers_of(empty_database_url, told)
        assert dict(zip(told, after, strict=True))["K000001"] == 1
