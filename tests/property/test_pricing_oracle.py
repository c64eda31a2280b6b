"""2.0TD computed a second time, day by day in fractions and from its own copy of the figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from energyretail.domain import markets, pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Period,
    Power,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing.profiles import dear

# Every figure is typed in again on purpose: an error in the dated data shows here.
POWER = {"P1": Fraction("27.704413"), "P2": Fraction("0.725423")}
ACCESS = {"P1": Fraction("0.097553"), "P2": Fraction("0.029267"), "P3": Fraction("0.003292")}
OFFER = {"P1": Fraction("0.118"), "P2": Fraction("0.102"), "P3": Fraction("0.089")}
LOWERED = (date(2026, 3, 22), date(2026, 6, 1))

Reads = list[tuple[date, dict[str, Decimal]]]


def cents(value: Fraction) -> int:
    """Round half up, by hand."""
    whole, rest = divmod(abs(value) * 100, 1)
    found = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return -found if value < 0 else found


def in_segment(day: date) -> int:
    return sum(day >= cut for cut in LOWERED)


class Bill:
    """The exact lines of each segment of taxes, keyed by (segment, line name)."""

    def __init__(self, product: str, kw: Decimal, reads: Reads, end: date) -> None:
        self.product, self.kw = product, Fraction(kw)
        self.lines: dict[tuple[int, str], Fraction] = {}
        self.kwh: dict[tuple[int, str], Fraction] = {}
        stops = [*(start for start, _ in reads[1:]), end]
        for (start, used), stop in zip(reads, stops, strict=True):
            for offset in range((stop - start).days):
                self._day(start + timedelta(days=offset), used, (stop - start).days)

    def _add(self, segment: int, line: str, value: Fraction) -> None:
        self.lines[segment, line] = self.lines.get((segment, line), Fraction(0)) + value

    def _day(self, day: date, used: dict[str, Decimal], days: int) -> None:
        segment = in_segment(day)
        margin = Fraction("3.113") if self.product == "2.0TD-FIJO" else Fraction(0)
        self._add(segment, "power P1", (POWER["P1"] + margin) * self.kw / 365)
        self._add(segment, "power P2", POWER["P2"] * self.kw / 365)
        bono = Fraction("9.011295") if day >= LOWERED[1] else Fraction("6.979247")
        self._add(segment, "bono", bono / 365)
        self._add(segment, "rent", Fraction("0.81") * 12 / 365)
        for register, kwh in used.items():
            part = Fraction(kwh) / days
            self.kwh[segment, register] = self.kwh.get((segment, register), Fraction(0)) + part
            if self.product == "2.0TD-FIJO":
                self._add(segment, "energy", part * Fraction("0.15"))
            else:
                self._add(segment, f"energy {register}", part * OFFER[register])
                self._add(segment, f"access {register}", part * ACCESS[register])

    def total(self, scope: str) -> int:
        """The amount to pay in cents."""
        bases: dict[int, Fraction] = {}
        headings: dict[tuple[int, str], Fraction] = {}
        for segment in sorted({segment for segment, _ in self.lines}):
            rate = 10 if segment == 1 else 21
            lines = {name: v for (at, name), v in self.lines.items() if at == segment}
            if scope == "LINE":
                lines = {name: Fraction(cents(v), 100) for name, v in lines.items()}
            lines["excise"] = self._excise(segment, lines)
            if scope == "LINE":
                lines["excise"] = Fraction(cents(lines["excise"]), 100)
            for name, value in lines.items():
                key = (rate, name.partition(" ")[0])
                headings[key] = headings.get(key, Fraction(0)) + value
                bases[rate] = bases.get(rate, Fraction(0)) + value
        return self._pay(scope, bases, headings)

    def _excise(self, segment: int, lines: dict[str, Fraction]) -> Fraction:
        rate = Fraction("0.5") if segment == 1 else Fraction("5.11269632")
        base = sum((v for name, v in lines.items() if name != "rent"), start=Fraction(0))
        kwh = sum((v for (at, _), v in self.kwh.items() if at == segment), start=Fraction(0))
        return max(base * rate / 100, kwh / 1000)

    def _pay(
        self, scope: str, bases: dict[int, Fraction], headings: dict[tuple[int, str], Fraction]
    ) -> int:
        if scope == "END":
            return cents(sum((b * (100 + r) / 100 for r, b in bases.items()), start=Fraction(0)))
        if scope == "SUBTOTAL":
            bases = {
                r: Fraction(sum(cents(v) for (at, _), v in headings.items() if at == r), 100)
                for r in bases
            }
        rounded = {r: Fraction(cents(b), 100) for r, b in bases.items()}
        return sum(cents(b) + cents(b * r / 100) for r, b in rounded.items())


kwh = st.decimals(0, 2000, places=3, allow_nan=False, allow_infinity=False)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, Decimal, Reads, date]:
    start = draw(st.dates(date(2026, 1, 1), date(2026, 10, 1)))
    spans = draw(st.lists(st.integers(1, 70), min_size=1, max_size=4))
    end = start
    reads: Reads = []
    for span in spans:
        if end + timedelta(days=span) > date(2027, 1, 1):
            break
        reads.append((end, {name: draw(kwh) for name in ("P1", "P2", "P3")}))
        end += timedelta(days=span)
    power = draw(st.decimals("0.1", "15", places=3))
    return draw(st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"])), power, reads, end


GOLDEN = {"P1": Decimal(250), "P2": Decimal(0), "P3": Decimal(0)}


@dear(150)
@given(cases())
@example(("2.0TD-FIJO", Decimal("4.6"), [(date(2026, 3, 7), GOLDEN)], date(2026, 4, 6)))
def test_a_second_computation_agrees_to_the_cent(
    case: tuple[str, Decimal, Reads, date],
) -> None:
    product, kw, reads, end = case
    stops = [*(start for start, _ in reads[1:]), end]
    uses = tuple(
        pricing.RegisterUse(name, Period(start, stop), Energy(k), pricing.Quality.ACTUAL)
        for (start, used), stop in zip(reads, stops, strict=True)
        for name, k in used.items()
    )
    usage = pricing.Usage(uses, (("P1", Power(kw)), ("P2", Power(kw))))
    oracle = Bill(product, kw, reads, end)

    for scope in RoundingScope:
        policy = RoundingPolicy(scope, CENTS_HALF_UP)
        tariff = attrs.evolve(markets.SPAIN.tariff(product), rounding=policy)
        bill = pricing.rate(tariff, usage, period=Period(reads[0][0], end))
        assert bill.gross.cents == oracle.total(scope.name), scope
