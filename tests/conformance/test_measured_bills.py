"""Bills by intervals, volumes, peaks, indices and items: drafted, issued, and put right again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.bill_json import explanation_json
from energyretail.domain import billing, pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import DomainError, Period, Power, PowerUnit
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    readings_of,
)
from energyretail.testing.conformance.measured import hourly, hourly_index, zone_gas
from recomputing import amount_cents

MONTH = Period(START, SECOND)  # thirty days of Madrid, less the hour of 29 March
HOURS = 30 * 24 - 1
CONTRACT = "K000001"


def plain(name: str, price: str) -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always(name, price, "test"),)


SPOT = pricing.Spot(name="energy", tax_code="IVA", index="OMIE", margin=plain("margin", "0.02"))
FLAT = pricing.UnitRate(name="energy", tax_code="IVA", price=plain("price", "0.10"))
ALL_ELSE = (
    pricing.Demand(name="demand", tax_code="IVA", price=plain("peak", "2"), unit=PowerUnit.KW),
    pricing.SubscribedPower(
        name="power", tax_code="IVA", rates=(("P1", plain("power", "0.1")),), unit=PowerUnit.KW
    ),
    pricing.Reactive(
        name="reactive",
        tax_code="IVA",
        free_percent=Decimal(0),
        bands=(pricing.CosPhiBand(Decimal(1), plain("kvarh", "0.05")),),
    ),
    pricing.PassThrough(name="network", tax_code="IVA"),
    pricing.Extra(name="shop", tax_code="IVA"),
    pricing.FeedIn(name="solar", tax_code="IVA", price=plain("surplus", "0.06")),
)


@attrs.define
class Offered:
    """One tariff whatever is asked for, until another is put in its place."""

    components: tuple[pricing.Component, ...]
    more: dict[str, Any] = attrs.field(factory=dict)

    def tariff(self, code: str) -> pricing.Tariff:
        return attrs.evolve(SPAIN.tariff(code), components=self.components, **self.more)


Desks = Callable[..., BillingDesk]


@pytest.fixture(params=["memory", "postgres"])
def desks(request: pytest.FixtureRequest) -> Desks:
    """Make a desk that offers the given components and has one customer."""

    def made(*components: pricing.Component, **more: Any) -> BillingDesk:
        offered = Offered(components, more)
        if request.param == "memory":
            desk = memory_desk(MemoryStore(), tariffs=offered)
        else:
            database: Database = request.getfixturevalue("database")
            desk = postgres_desk(database, tariffs=offered)
        desk.open_day(START)
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 0))
        return desk

    return made


def tell(desk: BillingDesk, *uses: pricing.Use, **facts: Any) -> None:
    """Keep facts of the one supply point; those of a Measured stand under their own names."""
    own = {name: facts.pop(name) for name in ("volumes", "declared", "profile") if name in facts}
    with desk.world.work() as transaction:
        desk.usage.take(point(1), Measured(pricing.Usage(uses=uses, **facts), **own))
        transaction.commit()


def peaks(*months: date) -> tuple[pricing.Peak, ...]:
    return tuple(pricing.Peak("P1", month, Power("3")) for month in months)


def publish(desk: BillingDesk, *indices: pricing.IntervalIndex, **more: Any) -> None:
    with desk.world.work() as transaction:
        desk.figures.take(pricing.PublishedFigures(indices, **more))
        transaction.commit()


def read(desk: BillingDesk, day: date, kwh: int, **how: Any) -> None:
    """Read every register: each has counted a third of `kwh` since START."""
    desk.world.read(readings_of(1, day, kwh // 3, **how))


def bill(desk: BillingDesk, day: date = SECOND) -> billing.BillingStep:
    desk.open_day(day)
    return desk.bill()


def in_force(desk: BillingDesk) -> billing.Invoice:
    """Return the one document in force."""
    documents = desk.world.invoices.of_contract(CONTRACT)
    gone = {d.original for d in documents if d.kind is billing.InvoiceKind.CREDIT_NOTE}
    (live,) = (
        d
        for d in documents
        if d.kind is not billing.InvoiceKind.CREDIT_NOTE and d.number not in gone
    )
    return live


def cents(invoice: billing.Invoice, component: str) -> int:
    return sum(line.amount.cents for line in invoice.lines if line.component == component)


def explains_itself(invoice: billing.Invoice) -> bool:
    body = explanation_json(billing.explain(invoice))
    parts = [*body["lines"], *body["taxes"]]
    return all(amount_cents(part["derivation"]) == part["amount_cents"] for part in parts)


class TestIntervals:
    def test_are_priced_hour_by_hour_and_the_registers_not_again(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("1",), source="operator"))
        publish(desk, hourly_index(MONTH, "0.08"))

        desk.open_day(SECOND)
        (previewed,) = desk.preview(CONTRACT)
        bill(desk)

        invoice = in_force(desk)
        assert previewed.bill == invoice.bill
        assert previewed.basis == invoice.basis
        assert invoice.basis.figures == ("OMIE",)
        assert cents(invoice, "energy") == HOURS * 10  # 0.08 + 0.02 for each of 719 hours
        assert explains_itself(invoice)
        for line in billing.explain(invoice).lines:
            assert f"operator {line.period}, actual intervals of 60 minutes" in line.formula[-1]
            assert "[OMIE x 1 + 0.02 [test]]" in line.formula[-1]
        assert desk.correct().issued == 0
        assert desk.problems() == ()

    def test_are_estimated_where_it_is_said_so(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("1",), quality=pricing.Quality.ESTIMATED))
        publish(desk, hourly_index(MONTH, "0.08"))
        bill(desk)

        told = billing.explain(in_force(desk))

        assert all(part.estimated for part in (*told.lines, *told.taxes))

    def test_hold_up_the_bill_until_they_and_their_prices_are_there(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)

        def held() -> str:
            assert bill(desk).parked == 1
            with pytest.raises(DomainError) as caught:
                desk.preview(CONTRACT)
            return caught.value.code

        assert held() == "billing.intervals_missing"
        tell(desk, hourly(MONTH, ("1", None)))
        assert held() == "pricing.interval_missing"
        tell(desk, hourly(MONTH, ("1",)))
        assert held() == "pricing.index_unknown"
        publish(desk, hourly_index(Period(START, SECOND - timedelta(days=1)), "0.08"))
        assert held() == "pricing.price_missing"
        publish(desk, hourly_index(MONTH, "0.08"))
        assert bill(desk).issued == 1

    def test_that_hold_another_energy_than_the_indexes_are_not_billed(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 723)
        publish(desk, hourly_index(MONTH, "0.08"))
        tell(desk, hourly(MONTH, ("1",)))

        assert bill(desk).parked == 1

        (item,) = desk.work_list.open_items()
        assert item.code == "billing.intervals_differ"
        read(desk, SECOND, 720, version=2)  # each index is read in whole kWh
        assert bill(desk).issued == 1

    def test_that_come_again_correct_the_bill(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        publish(desk, hourly_index(MONTH, "0.08"))
        tell(desk, hourly(MONTH, ("1",)))
        bill(desk)
        before = in_force(desk)

        tell(desk, hourly(Period(START, START + timedelta(days=1)), ("1.04", "0.96")))
        unchanged = desk.correct()
        tell(desk, hourly(Period(START, START + timedelta(days=1)), ("1.04",)))
        corrected = desk.correct()

        assert (unchanged.issued, corrected.issued) == (0, 2)
        assert cents(in_force(desk), "energy") == cents(before, "energy") + 10
        assert desk.correct().issued == 0
        assert desk.problems() == ()


class TestPublishedFigures:
    def test_that_come_late_correct_what_was_billed_by_others(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("1",)))
        publish(desk, hourly_index(MONTH, "0.08"))
        bill(desk)

        publish(desk, hourly_index(Period(THIRD, THIRD + timedelta(days=9)), "0.50"))
        elsewhere = desk.correct()
        publish(desk, hourly_index(Period(SECOND - timedelta(days=1), SECOND), "0.18"))
        corrected = desk.correct()

        assert (elsewhere.issued, corrected.issued) == (0, 2)
        assert cents(in_force(desk), "energy") == HOURS * 10 + 24 * 10
        assert explains_itself(in_force(desk))
        assert desk.correct().issued == 0

    def test_turn_the_volume_of_a_register_into_energy_and_correct_it(self, desks: Desks) -> None:
        desk = desks(FLAT)
        read(desk, SECOND, 300)  # P1, P2 and P3 count 100 each
        tell(desk, volumes=(VolumeRegister("P2", START, "zone"),))
        assert bill(desk).parked == 1
        publish(desk, conversions=(zone_gas((START, "11.5")),))
        bill(desk)
        first = in_force(desk)

        later = START + timedelta(days=15)
        publish(desk, conversions=(zone_gas((START, "11.5"), (SECOND, "99")),))
        assert desk.correct().issued == 0
        publish(desk, conversions=(zone_gas((START, "11.5"), (later, "12.5")),))
        desk.correct()

        assert cents(first, "energy") == 10 * (100 + 1150 + 100)
        assert cents(in_force(desk), "energy") == 10 * (100 + 1200 + 100)
        documents = desk.world.invoices.of_contract(CONTRACT)
        assert [d.bill.energy for d in documents] == [1350, -1350, 1400]
        assert explains_itself(in_force(desk))
        assert desk.correct().issued == 0

    def test_of_the_hours_in_which_the_first_day_is_the_one_before_in_utc_correct_it(
        self, desks: Desks
    ) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("1",)))
        publish(desk, hourly_index(MONTH, "0.08"))
        bill(desk)

        first_hour = SPAIN.zone.start_of(START)
        publish(desk, pricing.IntervalIndex("OMIE", first_hour, 60, (Decimal("0.18"),)))

        assert desk.correct().issued == 2
        assert cents(in_force(desk), "energy") == HOURS * 10 + 10


class TestPeaks:
    def test_that_come_late_correct_the_bills_that_look_back_on_them(self, desks: Desks) -> None:
        months = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1))
        demand = attrs.evolve(ALL_ELSE[0], basis=pricing.DemandBasis.ROLLING_12)
        desk = desks(FLAT, demand)
        for day, kwh in ((SECOND, 300), (THIRD, 600)):
            read(desk, day, kwh)
            tell(desk, peaks=peaks(*months))
            bill(desk, day)

        tell(desk, peaks=(pricing.Peak("P1", months[0], Power("9")),))
        corrected = desk.correct()

        *_, last = desk.world.invoices.of_contract(CONTRACT)
        assert (corrected.issued, desk.correct().issued) == (4, 0)
        assert last.period.until == THIRD
        assert {line.quantity for line in last.lines if line.component == "demand"} == {Decimal(9)}


class TestEverythingElse:
    def test_that_was_told_is_on_the_bill_once(self, desks: Desks) -> None:
        desk = desks(FLAT, *ALL_ELSE)
        read(desk, SECOND, 300)
        half = START + timedelta(days=15)
        tell(
            desk,
            hourly(MONTH, ("0.1",), channel="A-", flow=pricing.Flow.EXPORT),
            powers=(pricing.Subscribed("P1", Power("9.2"), Period(half)),),
            peaks=tuple(
                pricing.Peak("P1", month, Power("3"))
                for month in (date(2026, 3, 1), date(2026, 4, 1))
            ),
            reactive=(pricing.ReactiveUse("P1", MONTH, "40"),),
            passed_on=(pricing.PassedOnLine("network", "Peaje", MONTH, "7.77", "bill 7"),),
            extras=(pricing.ExtraItem("shop", "Lamp", "2", "5", on=SECOND - timedelta(days=1)),),
        )
        bill(desk)
        read(desk, THIRD, 600)
        tell(
            desk,
            hourly(Period(SECOND, THIRD), ("0",), channel="A-", flow=pricing.Flow.EXPORT),
            peaks=tuple(
                pricing.Peak("P1", month, Power("3"))
                for month in (date(2026, 4, 1), date(2026, 5, 1))
            ),
            reactive=(pricing.ReactiveUse("P1", Period(SECOND, THIRD), "0"),),
        )
        bill(desk, THIRD)

        first, second = desk.world.invoices.of_contract(CONTRACT)
        told = ("energy", "reactive", "network", "shop", "solar")
        assert [cents(first, name) for name in told] == [3000, 200, 777, 1000, -431]
        assert [cents(second, name) for name in told] == [3000, 0, 0, 0, 0]
        powers = [line for line in first.lines if line.component == "power"]
        assert {(line.quantity, line.period.start < half) for line in powers} == {
            (Decimal("4.6"), True),
            (Decimal("9.2"), False),
        }
        assert cents(first, "demand") > 0
        assert explains_itself(first)
        assert explains_itself(second)

    def test_of_an_invoice_by_the_month_is_on_the_bill_of_its_last_day(self, desks: Desks) -> None:
        desk = desks(FLAT, pricing.PassThrough(name="network", tax_code="IVA"))
        april = Period(date(2026, 4, 1), date(2026, 5, 1))
        tell(desk, passed_on=(pricing.PassedOnLine("network", "Peaje", april, "7", "bill 7"),))
        for day, kwh in ((SECOND, 300), (THIRD, 600)):
            read(desk, day, kwh)
            bill(desk, day)

        first, second = desk.world.invoices.of_contract(CONTRACT)

        assert (cents(first, "network"), cents(second, "network")) == (0, 700)
        (line,) = (line for line in second.lines if line.component == "network")
        assert (line.period, explains_itself(second)) == (april, True)

    def test_of_an_invoice_that_is_an_earlier_customer_s_waits(self, desks: Desks) -> None:
        desk = desks(FLAT, pricing.PassThrough(name="network", tax_code="IVA"))
        march = Period(date(2026, 3, 1), date(2026, 4, 1))
        tell(desk, passed_on=(pricing.PassedOnLine("network", "Peaje", march, "7", "bill 7"),))
        read(desk, SECOND, 300)

        assert bill(desk).parked == 1

        (item,) = desk.work_list.open_items()
        assert item.code == "billing.item_before_supply"

    def test_that_comes_late_corrects_the_bill_of_its_day(self, desks: Desks) -> None:
        desk = desks(FLAT, pricing.Extra(name="shop", tax_code="IVA"))
        read(desk, SECOND, 300)
        bill(desk)

        tell(desk, extras=(pricing.ExtraItem("shop", "Lamp", "1", "5", on=START),))
        corrected = desk.correct()

        assert corrected.issued == 2
        assert cents(in_force(desk), "shop") == 500

    def test_that_no_price_takes_is_not_left_out_in_silence(self, desks: Desks) -> None:
        desk = desks(FLAT)
        read(desk, SECOND, 300)
        tell(desk, extras=(pricing.ExtraItem("shop", "Lamp", "1", "5", on=START),))

        assert bill(desk).parked == 1

        (item,) = desk.work_list.open_items()
        assert item.code == "pricing.item_unplaced"

    def test_declared_bears_the_reduced_vat_from_its_day(self, desks: Desks) -> None:
        taxes = (
            pricing.Vat("IVA", "IVA", pricing.always("IVA", "20", "test")),
            pricing.Vat("LOW", "IVA", pricing.always("LOW", "5", "test")),
        )
        desk = desks(FLAT, taxes=taxes, vat_by_use=pricing.VatByUse("IVA", "LOW"))
        read(desk, SECOND, 300)
        tell(desk, declared=(Declared(START, "60"), Declared(THIRD, "10")))

        bill(desk)

        shares = {(tax.rate, tax.base.cents) for tax in in_force(desk).taxes}
        assert shares == {(Decimal(20), 1200), (Decimal(5), 1800)}


class TestWhatOthersWereTold:
    def test_of_the_point_before_this_supply_is_not_its_own(self, desks: Desks) -> None:
        power = ALL_ELSE[1]
        desk = desks(FLAT, power)
        read(desk, SECOND, 300)
        before = START - timedelta(days=1)
        tell(
            desk,
            powers=(pricing.Subscribed("P1", Power("9.2"), Period(before)),),
            declared=(Declared(before, "60"),),
        )

        bill(desk)

        powers = {line.quantity for line in in_force(desk).lines if line.component == "power"}
        assert powers == {Decimal("4.6")}
        assert desk.world.outdated.outdated(after="", limit=9) == ()

    def test_in_finer_steps_of_other_days_changes_no_bill_by_the_hour(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("1",)))
        publish(desk, hourly_index(MONTH, "0.08"))
        start = SPAIN.zone.start_of(SECOND)
        publish(desk, pricing.IntervalIndex("OMIE", start, 15, (Decimal("0.1"), Decimal("0.2"))))

        bill(desk)

        assert cents(in_force(desk), "energy") == HOURS * 10
        assert desk.world.outdated.outdated(after="", limit=9) == ()

    def test_of_a_channel_both_ways_is_what_was_told_last(self, desks: Desks) -> None:
        desk = desks(SPOT)
        read(desk, SECOND, 719)
        tell(desk, hourly(MONTH, ("9",), flow=pricing.Flow.EXPORT))
        tell(desk, hourly(MONTH, ("1",)))
        publish(desk, hourly_index(MONTH, "0.08"))

        assert bill(desk).issued == 1

    def test_by_mistake_is_taken_back_by_an_item_of_nothing(self, desks: Desks) -> None:
        desk = desks(FLAT)
        read(desk, SECOND, 300)
        tell(desk, extras=(pricing.ExtraItem("shpo", "Lamp", "1", "5", on=START),))
        assert bill(desk).parked == 1

        tell(desk, extras=(pricing.ExtraItem("shpo", "Lamp", "0", "5", on=START),))

        assert bill(desk).issued == 1

    def test_of_a_volume_from_a_day_between_two_readings_waits(self, desks: Desks) -> None:
        desk = desks(FLAT)
        read(desk, SECOND, 300)
        publish(desk, conversions=(zone_gas((START, "11.5")),))
        tell(desk, volumes=(VolumeRegister("P2", START + timedelta(days=1), "zone"),))

        assert bill(desk).parked == 1

        (item,) = desk.work_list.open_items()
        assert item.code == "billing.conversion_changes"
