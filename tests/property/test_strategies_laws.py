"""What the shipped strategies draw is accepted by the domain, and covers what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_bench import drawn

from energyretail.domain import billing, metering, payments, switching
from energyretail.domain.contracts import CONTRACT_TABLE, Contract, ContractState, Quote, QuoteState
from energyretail.domain.ledger import Account, Entry, balance_of
from energyretail.domain.ledger import open_items as items_of
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, Iban, Money, Period, PowerUnit, RoundingScope
from energyretail.domain.supply import Supply, SupplyState
from energyretail.testing import strategies

OCTOBER, MARCH = datetime(2026, 10, 25, tzinfo=UTC).date(), datetime(2026, 3, 29, tzinfo=UTC).date()
_FEW = settings(max_examples=30, deadline=None)


def _in_state(state: billing.DepositState) -> Callable[[billing.Deposit], bool]:
    return lambda deposit: deposit.state is state


def with_an_entry(known: list[payments.Collection]) -> st.SearchStrategy[Any]:
    """Draw `known` collections with a bank entry that may be about them."""
    return st.tuples(st.just(known), strategies.bank_entries(known))


class TestShared:
    @given(strategies.money())
    def test_money_is_whole_cents(self, amount: Money) -> None:
        assert Money.of_cents(amount.cents, "EUR") == amount

    @given(strategies.periods(open_ended=True))
    def test_periods_are_half_open_and_never_empty(self, period: Period) -> None:
        assert period.start in period
        assert period.end is None or period.end not in period

    @given(strategies.hours_of_days())
    def test_hours_are_real_and_one_after_another(self, hours: tuple[datetime, ...]) -> None:
        instants = [hour.astimezone(UTC) for hour in hours]

        assert all(after - before == timedelta(hours=1) for before, after in pairwise(instants))

    @given(strategies.cups(), strategies.ibans())
    def test_identifiers_carry_right_check_digits(self, point: Cups, account: Iban) -> None:
        assert (Cups(point.value), Iban(account.value)) == (point, account)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.money(), lambda m: m.cents < 0),
            (strategies.money(), lambda m: not m),
            (strategies.days(), lambda day: day in (MARCH, OCTOBER)),
            (strategies.days(), lambda day: (day.month, day.day) == (2, 29)),
            (strategies.days(), lambda day: (day.month, day.day) == (12, 31)),
            (strategies.hours_of_days(), lambda hours: len(hours) == 23),
            (strategies.hours_of_days(), lambda hours: len(hours) == 24),
            (strategies.hours_of_days(), lambda hours: len(hours) == 25),
            (strategies.clock_change_days("Europe/London"), lambda day: day == OCTOBER),
            (strategies.periods(), lambda p: p.days == 1),
            (strategies.periods(), lambda p: p.days < 40 and _has_short_day(p)),
            (strategies.periods(open_ended=True), lambda p: p.end is None),
            (strategies.powers(), lambda p: p.unit is PowerUnit.KVA),
            (strategies.energies(), lambda energy: energy.kwh % 1 != 0),
            (strategies.roundings(), lambda r: r.decimals == 0),
            (strategies.rounding_policies(), lambda p: p.scope is RoundingScope.SUBTOTAL),
            (strategies.cups(), lambda point: len(point.value) == 20),
        ],
    )
    def test_draw_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)


def _has_short_day(period: Period) -> bool:
    return any(len(strategies.MADRID.hours_of(day)) == 23 for day in period.each_day())


class TestMetering:
    @given(strategies.register_series())
    def test_series_are_one_register_in_order_and_used_little(
        self, series: tuple[metering.Reading, ...]
    ) -> None:
        current = metering.current(series)
        days = [reading.taken_on for reading in current]

        assert len(current) >= 2
        assert days == sorted(set(days))
        assert all(use.energy.kwh < 10_000 for use in metering.uses(series))

    @given(strategies.deliveries())
    def test_deliveries_count_their_lines(self, delivery: metering.Delivery) -> None:
        assert [row.line for row in delivery.rows] == list(range(2, len(delivery.rows) + 2))

    @given(strategies.hourly_uses())
    def test_hourly_uses_cover_a_whole_day(self, uses: Any) -> None:
        assert len(uses) in (23, 24, 25)
        assert all(used.kwh >= 0 for _, used in uses)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.register_series(), lambda rs: _rolls_over(rs)),
            (strategies.register_series(), lambda rs: _gap_days(rs) > 60),
            (strategies.register_series(), lambda rs: any(r.version == 2 for r in rs)),
            (strategies.register_series(), lambda rs: any(r.basis for r in rs)),
            (strategies.register_series(), lambda rs: _stands_still(rs)),
            (strategies.hourly_uses(), lambda uses: len(uses) == 23),
            (strategies.hourly_uses(), lambda uses: len(uses) == 25),
            (strategies.readings(), lambda r: r.quality.value == "estimated" and not r.basis),
            (strategies.readings(), lambda r: r.index_kwh % 1 != 0),
            (strategies.delivered_readings(), lambda row: row.next_on is None),
            (strategies.deliveries(), lambda delivery: not delivery.rows),
            (strategies.metered_supplies(), lambda s: s.started_on is None),
            (strategies.metered_supplies(), lambda s: s.ended_on is not None),
            (strategies.plans(), lambda plan: plan.state is metering.PlanState.MOVED),
        ],
    )
    def test_draws_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)

    @given(strategies.register_series(gaps=False))
    def test_leave_no_gap_when_told(self, series: tuple[metering.Reading, ...]) -> None:
        assert _gap_days(series) <= 31


def _rolls_over(series: tuple[metering.Reading, ...]) -> bool:
    return any(b.index_kwh < a.index_kwh for a, b in pairwise(metering.current(series)))


def _stands_still(series: tuple[metering.Reading, ...]) -> bool:
    return any(a.index_kwh == b.index_kwh for a, b in pairwise(metering.current(series)))


def _gap_days(series: tuple[metering.Reading, ...]) -> int:
    current = metering.current(series)
    return max((b.taken_on - a.taken_on).days for a, b in pairwise(current))


class TestContracts:
    @given(strategies.contracts())
    def test_are_signed_when_their_state_needs_it(self, contract: Contract) -> None:
        unsigned = contract.state in (ContractState.UNSIGNED, ContractState.LAPSED)

        assert unsigned == (contract.signature is None)
        assert contract.supplies

    @pytest.mark.parametrize("state", strategies.CONTRACT_STATES)
    def test_reach_the_state_asked_for(self, state: ContractState) -> None:
        drawn(strategies.contracts(state), lambda contract: contract.state is state)
        drawn(strategies.contracts(), lambda contract: contract.state is state)

    def test_leave_out_no_state_but_the_one_nothing_leads_to(self) -> None:
        left = set(ContractState) - set(strategies.CONTRACT_STATES)

        assert left == {ContractState.ENDED}
        assert CONTRACT_TABLE.finals() >= left

    @given(strategies.quotes(accepted=True))
    def test_accepted_quotes_name_their_contract(self, quote: Quote) -> None:
        assert (quote.state, quote.contract is None) == (QuoteState.ACCEPTED, False)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.quotes(), lambda q: q.state is QuoteState.OPEN),
            (strategies.quotes(), lambda q: len(q.sites) > 2),
            (strategies.contracts(ContractState.ACTIVE), lambda c: _mixed(c.supplies)),
            (strategies.contracts(), lambda c: c.kind is CustomerKind.COMPANY),
            (strategies.people(), lambda p: "<" in p.name),
            (strategies.names(), lambda name: len(name) > 100),
            (strategies.sites(), lambda site: site.tariff == "2.0TD-HORAS"),
            (strategies.addresses(), lambda address: not address.postcode),
            (strategies.customers(), lambda customer: len(customer.number) > 7),
        ],
    )
    def test_draw_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)

    @pytest.mark.parametrize("state", SupplyState)
    def test_supplies_reach_every_state(self, state: SupplyState) -> None:
        drawn(strategies.supplies(state), lambda supply: supply.state is state)
        drawn(strategies.supplies(), lambda supply: supply.state is state)


def _mixed(supplies: tuple[Supply, ...]) -> bool:
    return len({supply.state for supply in supplies}) > 1


class TestSwitching:
    @given(strategies.switches().flatmap(lambda s: st.tuples(st.just(s), strategies.answers(s))))
    def test_answers_are_about_the_switch(
        self, case: tuple[switching.Switch, switching.Answer]
    ) -> None:
        switch, answer = case

        assert answer.request == switch.request
        assert switch.claim().request == switch.request

    @pytest.mark.parametrize("state", switching.SwitchState)
    def test_switches_reach_every_state(self, state: switching.SwitchState) -> None:
        drawn(strategies.switches(state), lambda switch: switch.state is state)
        drawn(strategies.switches(), lambda switch: switch.state is state)

    @given(strategies.message_orders("abcd", losing=False))
    def test_orders_that_lose_nothing_bring_all(self, order: tuple[str, ...]) -> None:
        assert set(order) == set("abcd")

    @pytest.mark.parametrize(
        "case",
        [
            lambda order: set(order) < set("abc"),
            lambda order: len(order) > len(set(order)),
            lambda order: list(order) != sorted(order),
            lambda order: order == ("a", "b", "c"),
            lambda order: order == (),
        ],
        ids=["lost", "repeated", "reordered", "as sent", "all lost"],
    )
    def test_orders_are_careless_in_every_way(self, case: Callable[[Any], object]) -> None:
        drawn(strategies.message_orders("abc"), case)


class TestPayments:
    @pytest.mark.parametrize("state", payments.MandateState)
    def test_mandates_reach_every_state(self, state: payments.MandateState) -> None:
        drawn(strategies.mandates(state), lambda mandate: mandate.state is state)
        drawn(strategies.mandates(), lambda mandate: mandate.state is state)

    @pytest.mark.parametrize("state", payments.CollectionState)
    def test_collections_reach_every_state(self, state: payments.CollectionState) -> None:
        drawn(strategies.collections(state), lambda collection: collection.state is state)
        drawn(strategies.collections(), lambda collection: collection.state is state)

    @given(strategies.references())
    def test_references_are_those_a_bank_carries(self, text: str) -> None:
        assert payments.check_reference(text) == text

    @given(st.lists(strategies.collections(), max_size=3).flatmap(with_an_entry))
    def test_entries_are_booked_whole(self, case: Any) -> None:
        known, entry = case
        by_id = {one.end_to_end_id: one for one in known}

        booking = payments.book_entry(entry, by_id, {}, on=known[0].due_on if known else MARCH)

        assert not balance_of(booking.entry.postings)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.mandates(), lambda m: m.first_used is None),
            (strategies.mandates(), lambda m: m.first_used != m.last_used),
            (strategies.collections(), lambda c: c.reason == "ZZ99"),
            (strategies.unpaid_items(), lambda items: any(i.open.cents < 0 for i in items)),
            (strategies.bank_entries(), lambda entry: entry.amount.cents < 0),
            (strategies.bank_entries(), lambda entry: entry.booked_on is None),
            (strategies.notifications(), lambda n: len(n.entries) > 2),
            (strategies.references(), lambda text: "/" in text),
            (strategies.return_codes(), lambda code: code == "MD01"),
            (strategies.fault_plans(), lambda plan: plan.sticky and plan.moment.value == "lost"),
        ],
    )
    def test_draw_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)


class TestLedgerAndBilling:
    @given(st.lists(strategies.entries(), max_size=5))
    def test_entries_balance_and_add_up_to_items(self, entries: list[Entry]) -> None:
        receivable = [
            p.amount.cents for e in entries for p in e.postings if p.account is Account.RECEIVABLE
        ]

        assert sum(item.open.cents for item in items_of(entries, {})) == sum(receivable)

    @_FEW
    @given(strategies.credit_notes())
    def test_credit_notes_take_back_all(self, note: billing.Invoice) -> None:
        entry = billing.posting_of(note, excise_components=frozenset({"excise"}))

        assert note.gross.cents <= 0
        assert entry is None or not balance_of(entry.postings)

    @_FEW
    @given(strategies.billable_supplies())
    def test_supplies_can_be_billed_for_every_period_due(
        self, supply: billing.BillableSupply
    ) -> None:
        registers = SPAIN.reading.registers_of(supply.tariff)
        for period in supply.periods_due(today=supply.readings[-1].taken_on, registers=registers):
            drafted = billing.draft(
                supply,
                period,
                tariff=SPAIN.tariff(supply.tariff),
                registers=registers,
                meter_digits=6,
            )
            assert attrs.asdict(drafted)["contract"] == supply.contract

    @given(strategies.instalment_plans())
    def test_plans_are_new_and_ask_what_they_are_for(self, plan: billing.InstalmentPlan) -> None:
        asked = [each.payable for each in plan.instalments]

        assert Money.total(asked, "EUR") == plan.expected + plan.carried
        assert all(each.asked is None for each in plan.instalments)

    @given(st.data())
    def test_advances_are_those_of_the_first_instalments(self, data: st.DataObject) -> None:
        plan = data.draw(strategies.instalment_plans())
        count = data.draw(st.integers(0, len(plan.instalments)))

        advances = data.draw(strategies.advances_of(plan, count=count))

        assert [a.due_on for a in advances] == [i.due_on for i in plan.instalments[:count]]
        assert [a.gross for a in advances] == [i.amount for i in plan.instalments[:count]]
        assert all(advance.issued_on <= advance.due_on for advance in advances)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.instalment_plans(), lambda p: p.expected.cents < 0),
            (strategies.instalment_plans(), lambda p: p.carried.cents < 0 < p.expected.cents),
            (strategies.instalment_plans(), lambda p: any(i.is_empty for i in p.instalments)),
            (strategies.instalment_plans(), lambda p: len(p.instalments) > 12),
            (strategies.entries(), lambda entry: len(entry.postings) > 4),
            (strategies.entries(), lambda e: any(p.item for p in e.postings)),
            (strategies.open_items(), lambda items: _both_signs(items)),
            (strategies.invoices(), lambda i: i.kind is billing.InvoiceKind.REBILL),
            (strategies.invoices(), lambda i: i.kind is billing.InvoiceKind.INVOICE),
            (strategies.invoices(), lambda i: i.estimated),
            (strategies.billable_supplies(), lambda s: len(s.readings) > 9),
            *((strategies.deposits(), _in_state(state)) for state in billing.DepositState),
            (strategies.deposit_rules(), lambda rules: len(rules.rates.versions) > 2),
            (strategies.deposit_rules(), lambda rules: rules.credited_on and rules.months_good),
            (strategies.ended_supplies(), lambda supply: supply.is_finally_billed),
            (strategies.ended_supplies(), lambda supply: supply.billed_until is None),
        ],
    )
    def test_draw_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)


def _both_signs(items: tuple[Any, ...]) -> bool:
    return len({item.open.cents > 0 for item in items}) == 2


def test_every_public_strategy_is_named_in_the_laws() -> None:
    laws = Path(__file__).parent.glob("test_strategies*_laws.py")
    text = "".join(path.read_text(encoding="utf-8") for path in laws)

    unnamed = [
        name
        for name in strategies.__all__
        if f"strategies.{name}" not in text and name not in ("MADRID", "REGISTERS")
    ]

    # Identifiers have laws of their own, with oracles.
    assert unnamed == ["identifiers", "spoilt_identifiers"]
