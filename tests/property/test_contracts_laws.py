"""Laws of quotes, contracts and supplies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.contracts import (
    CONTRACT_TABLE,
    COOLING_OFF_DAYS,
    Contract,
    ContractState,
    ContractTrigger,
    Quote,
    Signature,
    SitePrice,
    SupplyStarted,
    SupplyWanted,
)
from energyretail.domain.parties import Address, Customer, CustomerKind, Person
from energyretail.domain.shared import Cups, Iban, Money, Power, Refused
from energyretail.domain.supply import Site, SupplyState

DAY = date(2026, 3, 2)
IBAN = Iban("ES9121000418450200051332")


def site_price(number: int) -> SitePrice:
    power = Power("4.6")
    site = Site(Cups.of_digits(f"{number:016d}"), "2.0TD-FIJO", (("P1", power), ("P2", power)))
    return SitePrice(site, 250, Money("64.56", "EUR"))


def person(kind: CustomerKind = CustomerKind.HOME) -> Person:
    home = Address("Mayor 1", "28013", "Madrid", "ES")
    return Person(kind, "Ana Peña", "40000003J", "ana@example.com", home)


def contract(kind: CustomerKind = CustomerKind.HOME, *, sites: int = 1, early: bool = False):
    who = person(kind)
    prices = tuple(site_price(n) for n in range(1, sites + 1))
    quote = Quote("Q000001", "web-1", who, "2.0TD-FIJO", prices, DAY)
    made, _ = Contract.accept(
        quote,
        Customer("C000001", who),
        number="K000001",
        iban=IBAN,
        early_start=early,
        document_sha256="00",
        on=DAY,
    )
    return made


def signed(unsigned: Contract, on: date = DAY) -> Contract:
    return unsigned.sign(Signature(on, "evidence-1"))[0]


class TestTable:
    @given(st.sampled_from(ContractState), st.sampled_from(ContractTrigger))
    def test_gives_a_next_state_or_refuses_with_one_code(self, state, trigger):
        if CONTRACT_TABLE.allows(state, trigger):
            assert CONTRACT_TABLE.after(state, trigger) in ContractState
        else:
            with pytest.raises(Refused) as refusal:
                CONTRACT_TABLE.after(state, trigger)
            assert refusal.value.code == "contract.not_allowed"

    def test_ends_only_where_nothing_more_can_happen(self):
        finals = {"ended", "lapsed", "withdrawn", "refused"}

        assert {state.value for state in CONTRACT_TABLE.finals()} == finals


class TestCoolingOff:
    @given(st.integers(0, 40))
    def test_keeps_a_home_from_starting_for_fourteen_days(self, days):
        made = signed(contract())
        today = DAY + timedelta(days=days)

        if days <= COOLING_OFF_DAYS:
            with pytest.raises(Refused):
                made.start(on=today)
        else:
            started, wanted = made.start(on=today)
            assert started.state is ContractState.SWITCHING
            assert wanted == (
                SupplyWanted("K000001", made.supplies[0].site.cups.value, "C000001", today),
            )

    @given(st.integers(0, 40))
    def test_leaves_no_day_on_which_a_home_may_neither_withdraw_nor_start(self, days):
        made = signed(contract())
        today = DAY + timedelta(days=days)

        possible = 0
        for act in (made.withdraw, made.start):
            try:
                act(on=today)
                possible += 1
            except Refused:
                pass

        assert possible == 1

    @pytest.mark.parametrize(
        "made", [contract(early=True), contract(CustomerKind.COMPANY)], ids=["early", "company"]
    )
    def test_ends_the_next_day_for_companies_and_on_express_request(self, made):
        assert signed(made).starts_on_or_after == DAY + timedelta(days=1)

    def test_is_no_right_of_companies(self):
        with pytest.raises(Refused) as refusal:
            signed(contract(CustomerKind.COMPANY)).withdraw(on=DAY)

        assert refusal.value.code == "contracts.withdraw.company"


class TestSwitching:
    @given(st.lists(st.booleans(), min_size=1, max_size=4))
    def test_is_active_with_one_point_and_refused_with_none(self, outcomes):
        made = signed(contract(CustomerKind.COMPANY, sites=len(outcomes)))
        made, _ = made.start(on=DAY + timedelta(days=1))

        for supply, gained in zip(made.supplies, outcomes, strict=True):
            cups = supply.site.cups
            made, _ = made.activate(cups, on=DAY) if gained else made.refuse(cups)

        expected = ContractState.ACTIVE if any(outcomes) else ContractState.REFUSED
        assert made.state is expected
        active = [s for s in made.supplies if s.state is SupplyState.ACTIVE]
        assert len(active) == sum(outcomes)

    def test_takes_the_same_news_twice_without_effect(self):
        made, _ = signed(contract(early=True)).start(on=DAY + timedelta(days=1))
        cups = made.supplies[0].site.cups

        once, events = made.activate(cups, on=DAY)

        assert events == (SupplyStarted("K000001", cups.value, DAY),)
        assert once.activate(cups, on=DAY) == (once, ())


class TestSigning:
    def test_again_with_the_same_evidence_changes_nothing(self):
        made = signed(contract())

        assert made.sign(Signature(DAY, "evidence-1")) == (made, ())

    def test_again_with_other_evidence_is_refused(self):
        with pytest.raises(Refused):
            signed(contract()).sign(Signature(DAY, "evidence-2"))

    def test_lapses_after_thirty_days_and_not_before(self):
        with pytest.raises(Refused):
            contract().lapse(on=DAY + timedelta(days=29))
        assert contract().lapse(on=DAY + timedelta(days=30))[0].state is ContractState.LAPSED


class TestQuote:
    def test_is_taken_once(self):
        quote = Quote("Q1", "r", person(), "p", (site_price(1),), DAY)

        taken = quote.accept("K000001", on=DAY)

        with pytest.raises(Refused) as refusal:
            taken.accept("K000002", on=DAY)
        assert refusal.value.code == "contracts.quote.taken"

    def test_expires_on_its_thirtieth_day(self):
        quote = Quote("Q1", "r", person(), "p", (site_price(1),), DAY)

        assert quote.accept("K1", on=DAY + timedelta(days=29)).contract == "K1"
        with pytest.raises(Refused) as refusal:
            quote.accept("K1", on=DAY + timedelta(days=30))
        assert refusal.value.code == "contracts.quote.expired"
