"""A quote, a preview and a charge of the same use are one bill: there is one path to a price."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from energyretail.application.billing import PriceBill
from energyretail.domain import markets, pricing
from energyretail.domain.contracts import month_priced, price_month
from energyretail.domain.shared import Energy, Period, Power
from energyretail.domain.supply import Site
from energyretail.testing.billing import ANY_USE, BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import START, contract_of, point, readings_of

SPANS = st.lists(st.integers(1, 60), min_size=1, max_size=3)
USES = st.lists(st.integers(0, 900), min_size=3, max_size=3)


def read_desk(spans: list[int], uses: list[int], estimated: bool) -> BillingDesk:
    """A supply read at the ends of the spans, on the day after the last."""
    desk, day, index = memory_desk(policy=ANY_USE), START, 1000
    desk.open_day(START)
    desk.world.sign(contract_of(1))
    desk.world.read(readings_of(1, day, index))
    for span, used in zip(spans, uses, strict=False):
        day, index = day + timedelta(days=span), index + used
        desk.world.read(readings_of(1, day, index, estimated=estimated))
    desk.open_day(day)
    return desk


class _Spain:
    def tariff(self, code: str) -> pricing.Tariff:
        return markets.SPAIN.tariff(code)


@settings(deadline=None)
@given(SPANS, USES, st.booleans())
def test_a_preview_is_what_is_charged(spans: list[int], uses: list[int], estimated: bool) -> None:
    desk = read_desk(spans, uses, estimated)

    previewed = desk.preview("K000001")
    desk.bill()

    charged = desk.world.invoices.of_contract("K000001")
    assert len(previewed) == len(spans)
    assert [draft.bill for draft in previewed] == [invoice.bill for invoice in charged]
    assert [draft.readings for draft in previewed] == [invoice.readings for invoice in charged]


@settings(deadline=None)
@given(SPANS, USES)
def test_a_charge_is_the_rating_of_its_own_use(spans: list[int], uses: list[int]) -> None:
    desk = read_desk(spans, uses, estimated=False)

    for draft in desk.preview("K000001"):
        registers = dict.fromkeys(reading.register for reading in draft.readings)
        first, last = (
            {r.register: r.index_kwh for r in draft.readings if r.taken_on == day}
            for day in (draft.bill.period.start, draft.bill.period.until)
        )
        uses_of_bill = tuple(
            pricing.RegisterUse(name, draft.bill.period, Energy(last[name] - first[name]))
            for name in registers
        )
        powers = (("P1", Power("4.6")), ("P2", Power("4.6")))
        usage = pricing.Usage(uses_of_bill, powers)
        priced = PriceBill(tariffs=_Spain())(draft.tariff, usage, draft.bill.period)
        assert (priced.net, priced.taxes[0].amount, priced.gross) == (
            draft.bill.net,
            draft.bill.taxes[0].amount,
            draft.bill.gross,
        )


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 11, 20)), st.integers(1, 2000))
def test_a_quote_is_the_bill_of_the_quoted_use(on: date, month_kwh: int) -> None:
    tariff = markets.SPAIN.tariff("2.0TD-FIJO")
    powers = (("P1", Power("4.6")), ("P2", Power("4.6")))
    site = Site(point(1), tariff.code, powers)

    quoted = price_month(site, month_kwh=month_kwh, tariff=tariff, days=month_priced(tariff, on))

    period = Period(on, on + timedelta(days=30))
    use = pricing.RegisterUse("P1", period, Energy(month_kwh))
    bill = pricing.rate(tariff, pricing.Usage((use,), powers), period=period)
    assert quoted.month == bill.gross
