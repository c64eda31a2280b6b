"""Intervals of several qualities priced as one series come to the bill that names each run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import attrs
from hypothesis import assume, event, given
from hypothesis import strategies as st
from tests.property.test_bulk_interval_laws import by_hours

from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, Period, Refused
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

KINDS = (
    "standing_charge", "unit_rate", "levy", "blocks", "percentage_tax", "minimum_charge",
    "discount",
)  # fmt: skip
CHANNELS = ("P1", "P2")
TARIFFS = st.one_of(
    by_hours(),
    by_hours(),
    by_hours(),
    *(strategies.tariffs(kinds=(kind, "unit_rate", "levy")) for kind in KINDS),
)
# Clocks change in some of them.
PERIODS = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.sampled_from([date(2026, 3, 25), date(2025, 12, 29), date(2025, 10, 25)])
    | st.dates(date(2026, 3, 20), date(2026, 4, 2)),
    st.integers(2, 10),
)


@st.composite
def measured(draw: st.DrawFn, period: Period) -> pricing.Usage:
    """One or two channels, some days of which are estimated, or from another source."""
    uses: list[pricing.IntervalUse] = []
    for channel in CHANNELS[: draw(st.integers(1, 2))]:
        whole = draw(strategies.interval_uses(period, register=channel))
        days = draw(st.lists(st.booleans(), min_size=period.days, max_size=period.days))
        for use in pricing.parted(pricing.Usage(uses=(whole,)), {channel: days}).uses:
            assert isinstance(use, pricing.IntervalUse)
            uses += _halves(use) if draw(st.booleans()) else [use]
    return pricing.Usage(uses=tuple(uses))


def _halves(use: pricing.IntervalUse) -> list[pricing.IntervalUse]:
    """Cut a run where another source tells of the rest."""
    cut = use.period.start + timedelta(days=use.period.days // 2)
    parts = [use.within(part) for part in use.period.split([cut])]
    return [attrs.evolve(part, source=f"source {n}") for n, part in enumerate(parts)]


def _changing(tariff: pricing.Tariff, day: date) -> pricing.Tariff:
    """Have a price change inside the period."""
    before, after = (
        pricing.Version(part, price, "drawn")
        for part, price in zip(Period(date(2000, 1, 1)).split([day]), ("0.01", "0.02"), strict=True)
    )
    price = pricing.DatedPrice("changing", (before, after))
    levy = pricing.Levy(name="changing", tax_code=pricing.NO_TAX, price=(price,))
    return attrs.evolve(tariff, components=(*tariff.components, levy))


def _flagged(form: pricing.BillForm, lines: Sequence[pricing.TaxedLine]) -> pricing.BillForm:
    """Take from the lines of another form which are estimated."""
    pairs = zip(form.lines, lines, strict=True)
    return attrs.evolve(
        form,
        lines=tuple(
            attrs.evolve(own, draft=attrs.evolve(own.draft, estimated=other.draft.estimated))
            for own, other in pairs
        ),
    )


@dear(150)
@given(TARIFFS, PERIODS, st.data())
def test_a_form_told_apart_is_the_one_compiled_of_the_runs(
    tariff: pricing.Tariff, period: Period, data: st.DataObject
) -> None:
    usage = data.draw(measured(period))
    tariff = _changing(tariff, period.start + timedelta(days=data.draw(st.integers(1, 9))))
    index = attrs.evolve(data.draw(strategies.interval_indices(period)), name="pool")
    known = pricing.Circumstances(indices=(index,) if tariff.index_names else ())
    try:
        apart = pricing.compile_program(tariff, usage, period=period, circumstances=known)
    except (Invalid, Refused):
        assume(False)
    whole = pricing.joined(usage)
    as_one = pricing.compile_program(tariff, whole, period=period, circumstances=known)

    event(f"{len(usage.uses) - len(whole.uses)} joined, of {tariff.index_names}")
    form = _flagged(as_one.form, apart.form.lines)
    assert pricing.told_apart(form, usage.uses) == apart.form
    assert pricing.told_apart(apart.form, usage.uses) == apart.form
    bill = pricing.told_apart(form, usage.uses).bill(pricing.measures_of(usage))
    assert bill == pricing.rate(tariff, usage, period=period, circumstances=known)


@given(PERIODS, st.data())
def test_joined_is_one_series_a_channel_and_parted_again_the_same(
    period: Period, data: st.DataObject
) -> None:
    usage = data.draw(measured(period))

    whole = pricing.joined(usage)

    assert len(whole.uses) == len({use.register for use in usage.uses})
    assert {use.quality for use in whole.uses} == {pricing.Quality.ACTUAL}
    told = {
        channel: [
            use.quality is pricing.Quality.ESTIMATED
            for use in usage.uses
            if use.register == channel
            for _ in use.period.each_day()
        ]
        for channel in CHANNELS
    }
    again = pricing.parted(whole, told)
    assert pricing.joined(again) == whole
    kwh = [value for use in again.uses for value in getattr(use, "kwh", ())]
    assert kwh == [value for use in usage.uses for value in getattr(use, "kwh", ())]
