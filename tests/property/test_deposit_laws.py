"""Laws of deposits: no cent comes or goes unseen, and interest does not care where it is cut."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from energyretail.domain import billing, pricing
from energyretail.domain.ledger import Account, Entry, OpenItem, balance_of
from energyretail.domain.shared import (
    Invalid,
    Money,
    Period,
    Refused,
    customer_number,
    invoice_number,
)
from energyretail.testing import strategies

DAY = date(2025, 1, 1)
CUSTOMER = customer_number(1)
euros = st.integers(1, 500_000).map(lambda cents: Money.of_cents(cents, "EUR"))


def asked(amount: Money, *, on: date = DAY) -> billing.Deposit:
    return billing.Deposit.ask(
        number=invoice_number("D", on, 1),
        contract="K000001",
        customer=CUSTOMER,
        amount=amount,
        on=on,
    ).deposit


def owed(number: int, cents: int, *, customer: str = CUSTOMER) -> OpenItem:
    due = DAY + timedelta(days=number)
    return OpenItem(invoice_number("F", DAY, number), customer, due, Money.of_cents(cents, "EUR"))


class TestInterest:
    @given(strategies.deposit_rules(), euros, st.sets(strategies.days(), min_size=3, max_size=3))
    def test_is_the_same_over_any_cut(
        self, rules: billing.DepositRules, principal: Money, days: set[date]
    ) -> None:
        first, cut, last = sorted(days)

        whole = pricing.exact(rules.interest(principal, Period(first, last)))

        before = pricing.exact(rules.interest(principal, Period(first, cut)))
        after = pricing.exact(rules.interest(principal, Period(cut, last)))
        assert whole == before + after

    @given(euros, st.integers(1, 700), st.integers(1, 700))
    def test_takes_each_rate_for_its_own_days(self, principal: Money, old: int, new: int) -> None:
        change = date(2026, 1, 1)
        versions = (
            pricing.Version(Period(date(2020, 1, 1), change), "1.5", "old"),
            pricing.Version(Period(change), "2.25", "new"),
        )
        rules = billing.DepositRules(
            "XX", pricing.DatedPrice("rate", versions), billing.DayCount.ACTUAL_365, "test"
        )
        over = Period(change - timedelta(days=old), change + timedelta(days=new))

        derived = rules.interest(principal, over)

        percent_days = Fraction(3, 2) * old + Fraction(9, 4) * new
        assert pricing.exact(derived) == Fraction(principal.amount) * percent_days / 36500
        assert {f.source for part in derived.parts for f in part.factors if "%" in f.unit} == {
            "old",
            "new",
        }

    @given(strategies.deposit_rules(), euros, st.sets(strategies.days(), min_size=2, max_size=2))
    def test_is_rounded_once_however_many_rates_it_crosses(
        self, rules: billing.DepositRules, principal: Money, days: set[date]
    ) -> None:
        first, last = sorted(days)
        held = asked(principal, on=first).receive(principal, on=first).deposit

        step = held.credit(until=last, rules=rules)

        exact = pricing.exact(rules.interest(principal, Period(first, last)))
        assert step.deposit.interest.amount == pricing.round_exactly(exact, rules.rounding)
        assert step.deposit.credit(until=last, rules=rules).entries == ()

    def test_is_refused_for_a_day_whose_rate_is_not_known(self) -> None:
        known = (pricing.Version(Period(DAY, date(2025, 7, 1)), "1", "known"),)
        rules = billing.DepositRules(
            "XX", pricing.DatedPrice("rate", known), billing.DayCount.ACTUAL_360, "test"
        )
        held = asked(Money("100.00", "EUR")).receive(Money("100.00", "EUR"), on=DAY).deposit

        with pytest.raises(Invalid, match=r"pricing.version_gap"):
            held.credit(until=date(2025, 8, 1), rules=rules)

    @given(strategies.days(), strategies.days())
    def test_is_credited_on_a_yearly_day_that_is_over(self, since: date, today: date) -> None:
        rules = billing.DepositRules(
            "XX",
            pricing.always("rate", 1, "test"),
            billing.DayCount.ACTUAL_365,
            "test",
            credited_on=(10, 1),
        )

        due = rules.crediting_due(since, today)

        assert due is None or (since < due <= today and (due.month, due.day) == (10, 1))
        years = range(min(since, today).year, today.year + 1)
        missed = [d for d in (date(year, 10, 1) for year in years) if since < d <= today]
        assert due == (max(missed) if missed else None)


class TestFinalAccount:
    @given(
        strategies.invoices(),
        euros,
        st.lists(st.integers(-5_000, 20_000), max_size=3),
        strategies.deposit_rules(),
        st.integers(0, 400),
    )
    def test_pays_what_the_bill_asks_less_what_is_taken_off_it(
        self,
        bill: billing.Invoice,
        amount: Money,
        older: list[int],
        rules: billing.DepositRules,
        days: int,
    ) -> None:
        held = asked(amount).receive(amount, on=DAY).deposit
        on = DAY + timedelta(days=days)
        late = DAY + timedelta(days=900)
        items = [
            OpenItem(bill.item, CUSTOMER, late, bill.gross),
            *(owed(n, each) for n, each in enumerate(older, 1)),
        ]

        step = held.set_off(items, on=on, rules=rules, bill=bill.number)

        taken = [step.taken_off.deduction] if step.taken_off else []
        payable = billing.settle(bill.bill, taken).gross
        postings = [posting for entry in step.entries for posting in entry.postings]
        moved = {
            item: sum(p.amount.cents for p in postings if p.item == item)
            for item in {p.item for p in postings if p.account is Account.RECEIVABLE}
        }
        elsewhere = -sum(v for k, v in moved.items() if k not in (bill.item, held.number))
        assert payable.cents == bill.gross.cents + moved.get(bill.item, 0) + moved.get(
            held.number, 0
        )
        whole = step.deposit.amount + step.deposit.interest
        assert sum(each.gross.cents for each in taken) == whole.cents - elsewhere
        # What it pays elsewhere is owed there: the debt of the others, or all of it.
        assert elsewhere == min(whole.cents, sum(each for each in older if each > 0))
        assert all(not each.taxes for each in taken)


class DepositWalk(RuleBasedStateMachine):
    """Any walk of a deposit through its table, with every entry it posts."""

    def __init__(self) -> None:
        super().__init__()
        self.today = DAY
        self.entries: list[Entry] = []
        self.deposit = asked(Money("150.00", "EUR"))
        self.rules = billing.DepositRules(
            "XX",
            pricing.DatedPrice(
                "rate",
                (
                    pricing.Version(Period(DAY, date(2025, 9, 1)), "3.62", "one"),
                    pricing.Version(Period(date(2025, 9, 1)), "0.5", "two"),
                ),
            ),
            billing.DayCount.ACTUAL_ACTUAL,
            "test",
            months_good=6,
        )

    def take(self, step: billing.DepositStep) -> None:
        self.deposit = step.deposit
        self.entries += step.entries

    def held(self) -> bool:
        return self.deposit.state is billing.DepositState.HELD

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(amount=st.sampled_from(["150.00", "149.99"]))
    def receive(self, amount: str) -> None:
        try:
            self.take(self.deposit.receive(Money(amount, "EUR"), on=self.today))
        except Refused:
            assert amount != "150.00" or self.deposit.state is not billing.DepositState.ASKED

    @precondition(lambda self: self.deposit.state is billing.DepositState.ASKED)
    @rule(sure=st.sampled_from([False, False, True]))
    def waive(self, sure: bool) -> None:
        if sure:
            self.take(self.deposit.waive(on=self.today))

    @precondition(held)
    @rule()
    def credit(self) -> None:
        self.take(self.deposit.credit(until=self.today, rules=self.rules))

    @precondition(held)
    @rule(cents=st.lists(st.integers(-5_000, 20_000), max_size=3))
    def set_off(self, cents: list[int]) -> None:
        items = [owed(n, each) for n, each in enumerate(cents, 1)]
        before = self.deposit
        step = before.set_off(items, on=self.today, rules=self.rules)
        self.take(step)
        paid = {
            posting.item: -posting.amount.cents
            for posting in step.entries[-1].postings
            if posting.item not in (None, before.number)
        }
        assert all(0 < paid[i.item] <= i.open.cents for i in items if i.item in paid)
        debt = sum(max(0, each) for each in cents)
        assert sum(paid.values()) == min(
            debt, step.deposit.amount.cents + step.deposit.interest.cents
        )

    @precondition(held)
    @rule()
    def earn_back(self) -> None:
        since = self.deposit.received_on
        assert since is not None
        if self.rules.is_earned_back(since, self.today):
            self.take(self.deposit.earn_back(since=since, on=self.today, rules=self.rules))
        else:
            with pytest.raises(Refused, match=r"billing.deposit.not_earned"):
                self.deposit.earn_back(since=since, on=self.today, rules=self.rules)

    @precondition(held)
    @rule(sure=st.sampled_from([False, False, True]))
    def give_back(self, sure: bool) -> None:
        if sure:
            self.take(self.deposit.give_back(on=self.today, rules=self.rules))

    @invariant()
    def money_in_is_money_out_and_held(self) -> None:
        sums = dict.fromkeys(Account, 0)
        for entry in self.entries:
            assert not balance_of(entry.postings)
            for posting in entry.postings:
                sums[posting.account] += posting.amount.cents
        money_in = sums[Account.BANK] + sums[Account.INTEREST]
        money_out = -sums[Account.RECEIVABLE]
        assert money_in == money_out + self.deposit.held.cents
        assert sums[Account.DEPOSITS] == -self.deposit.held.cents

    @invariant()
    def no_entry_has_the_key_of_another(self) -> None:
        keys = [entry.key for entry in self.entries]
        assert len(set(keys)) == len(keys)

    @invariant()
    def nothing_moves_what_is_closed(self) -> None:
        if self.deposit.state in billing.DEPOSIT_TABLE.finals():
            assert not self.deposit.held
            with pytest.raises(Refused, match=r"deposit.not_allowed"):
                self.deposit.give_back(on=self.today, rules=self.rules)


TestDepositWalk = DepositWalk.TestCase


class TestDeposit:
    def test_pays_nobody_elses_debt(self) -> None:
        amount = Money("100.00", "EUR")
        held = asked(amount).receive(amount, on=DAY).deposit
        rules = billing.DepositRules(
            "XX", pricing.always("rate", 0, "test"), billing.DayCount.ACTUAL_365, "test"
        )

        with pytest.raises(Refused, match=r"billing.deposit.others_debt"):
            held.set_off([owed(1, 5, customer=customer_number(2))], on=DAY, rules=rules)

    def test_comes_by_the_bank_alone(self) -> None:
        amount = Money("100.00", "EUR")

        with pytest.raises(Refused, match=r"billing.deposit.account"):
            asked(amount).receive(amount, on=DAY, account=Account.REVENUE)

    def test_comes_no_earlier_than_it_is_asked(self) -> None:
        amount = Money("100.00", "EUR")

        with pytest.raises(Refused, match=r"billing.deposit.early"):
            asked(amount).receive(amount, on=DAY - timedelta(days=1))

    def test_takes_off_a_bill_what_is_held_without_vat(self) -> None:
        amount = Money("100.00", "EUR")
        deposit = asked(amount)
        with pytest.raises(Refused, match=r"billing.deposit.not_held"):
            deposit.deduction()

        deduction = deposit.receive(amount, on=DAY).deposit.deduction()

        assert (deduction.net, deduction.taxes, deduction.gross) == (amount, (), amount)
        assert deduction.kind is billing.DeductionKind.DEPOSIT

    @pytest.mark.parametrize("cents", [0, -1])
    def test_is_more_than_nothing(self, cents: int) -> None:
        with pytest.raises(Invalid, match=r"billing.deposit.amount"):
            asked(Money.of_cents(cents, "EUR"))

    def test_has_the_days_of_its_state(self) -> None:
        deposit = asked(Money("1.00", "EUR"))

        with pytest.raises(Invalid, match=r"billing.deposit.days"):
            billing.Deposit(
                deposit.number,
                deposit.contract,
                CUSTOMER,
                deposit.amount,
                DAY,
                state=billing.DepositState.HELD,
            )

    @pytest.mark.parametrize(
        ("code", "changed"),
        [
            ("billing.deposit.rate", {"rates": pricing.always("rate", -1, "test")}),
            ("billing.deposit.yearly", {"credited_on": (2, 29)}),
            ("billing.deposit.months", {"months_good": 0}),
        ],
    )
    def test_has_no_rules_that_cannot_be(self, code: str, changed: dict[str, object]) -> None:
        known = {"rates": pricing.always("rate", 1, "test"), "market": "XX", "source": "test"}

        with pytest.raises(Invalid, match=code):
            billing.DepositRules(
                day_count=billing.DayCount.ACTUAL_365,
                **(known | changed),  # type: ignore[arg-type]  # the parts under test
            )
