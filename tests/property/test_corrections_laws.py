"""Laws of corrections: both methods net the same, differences chain, prices that came late."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.shared.bill_json import standing_json, standing_of
from energyretail.domain import billing, pricing
from energyretail.domain.ledger import balance_of
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Invalid,
    Period,
    Power,
    Refused,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing import strategies
from energyretail.testing.billing import LateTariffs
from energyretail.testing.conformance.billing import point

REGISTERS = ("P1", "P2", "P3")
EXCISE = frozenset({"excise"})
ISSUED = date(2026, 12, 31)
supplies = strategies.billable_supplies


@st.composite
def redrafts(draw: st.DrawFn, count: int) -> tuple[billing.Invoice, tuple[billing.Draft, ...]]:
    """A document and redrafts of it: other indexes, maybe another VAT, maybe another power."""
    supply = draw(supplies())
    drafts = tuple(_redraft(draw, supply) for _ in range(count))
    return invoice_of(draft_of(supply, SPAIN), 1), drafts


def _redraft(draw: st.DrawFn, supply: billing.BillableSupply) -> billing.Draft:
    late = LateTariffs()
    if draw(st.booleans()):
        late.set_vat(draw(st.integers(0, 30)), since=draw(st.dates(date(2026, 1, 1), ISSUED)))
    by = draw(st.lists(st.integers(0, 999_999), min_size=3, max_size=3))
    readings = tuple(
        attrs.evolve(r, index_kwh=Decimal(by[n % 3] * (n + 1) % 1_000_000), version=r.version + 1)
        for n, r in enumerate(supply.readings)
    )
    powers = supply.powers
    if draw(st.booleans()):
        powers = tuple((period, Power("3.3")) for period, _ in powers)
    return draft_of(attrs.evolve(supply, readings=readings, powers=powers), late)


def wrong_and_right() -> st.SearchStrategy[tuple[billing.Invoice, billing.Draft]]:
    return redrafts(1).map(lambda case: (case[0], case[1][0]))


def draft_of(supply: billing.BillableSupply, tariffs: Any) -> billing.Draft:
    period = supply.periods_due(today=ISSUED, registers=REGISTERS)[0]
    tariff = tariffs.tariff(supply.tariff)
    return billing.draft(supply, period, tariff=tariff, registers=REGISTERS, meter_digits=6)


def invoice_of(draft: billing.Draft, number: int) -> billing.Invoice:
    return billing.issue(draft, number=f"F26-{number:06d}", issued_on=ISSUED, due_on=ISSUED)[0]


def rectified(original: billing.Invoice, draft: billing.Draft, number: int = 1) -> billing.Invoice:
    return billing.rectify(
        original, draft, number=f"R26-{number:06d}", issued_on=ISSUED, due_on=ISSUED
    )[0]


def paired(
    original: billing.Invoice, draft: billing.Draft
) -> tuple[billing.Invoice, billing.Invoice]:
    note, _ = billing.credit(original, number="R26-000009", issued_on=ISSUED)
    again, _ = billing.issue(
        draft, number="F26-000009", issued_on=ISSUED, due_on=ISSUED, original=original
    )
    return note, again


def by_rate(*documents: billing.Invoice) -> dict[tuple[str, Decimal], tuple[int, int]]:
    """Add up base and tax by code and rate."""
    sums: dict[tuple[str, Decimal], list[int]] = defaultdict(lambda: [0, 0])
    for document in documents:
        for tax in document.taxes:
            sums[tax.tax, tax.rate][0] += tax.base.cents
            sums[tax.tax, tax.rate][1] += tax.amount.cents
    return {key: (base, tax) for key, (base, tax) in sums.items() if base or tax}


def totals(*documents: billing.Invoice) -> tuple[int, int, int]:
    net, tax, gross = (
        sum(getattr(document, name).cents for document in documents)
        for name in ("net", "tax", "gross")
    )
    return net, tax, gross


def flat(amount: str, *, prices: pricing.Prices = pricing.Prices.NET) -> pricing.Tariff:
    """Return a tariff that asks one amount a year."""
    source = "test"
    return pricing.Tariff(
        code="flat",
        name="Flat",
        currency="EUR",
        components=(
            pricing.StandingCharge(
                name="fee",
                label="Fee",
                price=(pricing.always("fee", amount, source),),
                per=pricing.Per.YEAR,
                tax_code="VAT",
                group="fee",
            ),
        ),
        taxes=(pricing.Vat("VAT", "VAT", pricing.always("VAT", 21, source)),),
        rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
        prices=prices,
    )


def yearly(amount: str, **given: pricing.Prices) -> billing.Draft:
    """Return a draft of a year for one flat amount."""
    period = Period(date(2025, 1, 1), date(2026, 1, 1))
    bill = pricing.rate(flat(amount, **given), pricing.Usage((), ()), period=period)
    return billing.Draft("K000001", "C000001", point(1), "flat", bill, ())


class TestRectification:
    @given(wrong_and_right())
    def test_nets_what_cancelling_and_rebilling_nets(
        self, case: tuple[billing.Invoice, billing.Draft]
    ) -> None:
        original, draft = case

        document, pair = rectified(original, draft), paired(original, draft)

        assert by_rate(document) == by_rate(*pair)
        assert totals(document) == totals(*pair)
        assert document.standing == pair[1].bill
        energies = [each.bill.energy for each in (original, *pair)]
        assert (document.bill.energy is None) == (None in energies)
        if document.bill.energy is not None:
            assert document.bill.energy == sum(e for e in energies[1:] if e is not None)

    @given(wrong_and_right())
    def test_computes_every_line_and_tax_again(
        self, case: tuple[billing.Invoice, billing.Draft]
    ) -> None:
        document = rectified(*case)

        for part in (*document.lines, *document.taxes):
            assert pricing.recompute(part.derivation) == part.amount.amount
        explained = billing.explain(document)
        assert sum(part.amount.cents for part in (*explained.lines, *explained.taxes)) == (
            document.gross.cents
        )

    @given(wrong_and_right())
    def test_says_line_by_line_what_was_and_what_is(
        self, case: tuple[billing.Invoice, billing.Draft]
    ) -> None:
        original, draft = case
        sums: dict[tuple[object, ...], int] = defaultdict(int)
        for sign, bill in ((1, draft.bill), (-1, original.bill)):
            for line in bill.lines:
                key = (line.component, line.label, line.period, line.tax_code, line.tax_rate)
                sums[key] += sign * line.amount.cents

        document = rectified(original, draft)

        stated = {
            (li.component, li.label, li.period, li.tax_code, li.tax_rate): li.amount.cents
            for li in document.lines
        }
        assert {key: cents for key, cents in stated.items() if cents} == {
            key: cents for key, cents in sums.items() if cents
        }

    @given(redrafts(2))
    def test_can_be_rectified_and_taken_back_like_any_bill(
        self, case: tuple[billing.Invoice, tuple[billing.Draft, ...]]
    ) -> None:
        original, (draft, again) = case
        first = rectified(original, draft)

        second = rectified(first, again, 2)
        pair = paired(first, again)

        # Difference of difference: the chain nets the last draft, whatever the methods were.
        assert totals(original, first, second) == totals(original, first, *pair)
        assert totals(original, first, second) == totals(invoice_of(again, 7))
        assert by_rate(original, first, second) == by_rate(invoice_of(again, 7))

    @given(wrong_and_right())
    def test_of_nothing_new_has_no_line(self, case: tuple[billing.Invoice, billing.Draft]) -> None:
        first = rectified(*case)

        second = rectified(first, case[1], 2)

        assert (second.lines, second.taxes, totals(second)) == ((), (), (0, 0, 0))

    @given(wrong_and_right())
    def test_is_posted_in_balance_on_its_own_item(
        self, case: tuple[billing.Invoice, billing.Draft]
    ) -> None:
        document = rectified(*case)

        entry = billing.posting_of(document, excise_components=EXCISE)

        assert document.item == document.number
        if entry is None:
            assert totals(document) == (0, 0, 0)
        else:
            assert not balance_of(entry.postings)

    @given(wrong_and_right())
    def test_keeps_what_it_leaves_without_loss(
        self, case: tuple[billing.Invoice, billing.Draft]
    ) -> None:
        document = rectified(*case)

        assert standing_of(standing_json(document.standing), document.bill) == document.standing

    def test_of_a_flat_amount_is_one_line_due_at_once_where_money_is_given_back(self) -> None:
        document = rectified(invoice_of(yearly("10"), 1), yearly("6"))

        (line,) = document.lines
        assert line.amount == document.net
        assert document.due_on == document.issued_on

    def test_of_a_credit_note_is_refused(self) -> None:
        original = invoice_of(yearly("10"), 1)
        note, _ = billing.credit(original, number="R26-000001", issued_on=ISSUED)

        with pytest.raises(Refused) as refusal:
            rectified(note, yearly("15"))

        assert refusal.value.code == "billing.rebill.other"

    def test_of_prices_with_vat_by_prices_without_is_refused(self) -> None:
        inclusive = yearly("15", prices=pricing.Prices.TAX_INCLUSIVE)

        with pytest.raises(Refused) as refusal:
            rectified(invoice_of(yearly("10"), 1), inclusive)

        assert refusal.value.code == "billing.difference.unlike"

    def test_without_the_bill_it_leaves_is_no_document(self) -> None:
        document = rectified(invoice_of(yearly("10"), 1), yearly("15"))

        with pytest.raises(Invalid) as refusal:
            attrs.evolve(document, stands=None)

        assert refusal.value.code == "billing.invoice.stands"

    def test_shows_what_changed_in_quantity_price_or_sum(self) -> None:
        original, draft = invoice_of(yearly("10"), 1), yearly("15")
        (line,) = rectified(original, draft).lines

        (was,), (now,) = original.lines, draft.bill.lines
        assert (line.quantity, line.price) == (now.quantity, now.price - was.price)


class TestPriceDigest:
    @given(supplies(), st.integers(0, 30), st.dates(date(2026, 1, 1), date(2027, 6, 1)))
    def test_changes_only_with_what_holds_in_the_period(
        self, supply: billing.BillableSupply, percent: int, since: date
    ) -> None:
        period = supply.periods_due(today=ISSUED, registers=REGISTERS)[0]
        before = SPAIN.tariff(supply.tariff)
        late = LateTariffs()
        late.set_vat(percent, since=since)

        after = late.tariff(supply.tariff)

        same = billing.price_digest(before, period) == billing.price_digest(after, period)
        asked = [
            [tariff.taxes[0].rate.on(day).value for day in period.each_day()]
            for tariff in (before, after)
        ]
        assert same or since < period.until
        assert not same or asked[0] == asked[1]

    @given(supplies())
    def test_is_of_the_draft_and_of_the_document(self, supply: billing.BillableSupply) -> None:
        draft = draft_of(supply, SPAIN)

        digest = billing.price_digest(SPAIN.tariff(supply.tariff), draft.bill.period)

        assert draft.price_digest == invoice_of(draft, 1).price_digest == digest
        assert len(digest) == 64

    def test_does_not_look_at_words(self) -> None:
        period = Period.month(2026, 5)
        one = SPAIN.tariff("2.0TD-FIJO")
        other = attrs.evolve(
            one,
            name=f"{one.name}, renamed",
            rounding_label="otro",
            components=tuple(attrs.evolve(c, label=f"{c.label}!") for c in one.components),
            taxes=tuple(
                attrs.evolve(tax, rate=attrs.evolve(tax.rate, name="otro")) for tax in one.taxes
            ),
        )

        assert billing.price_digest(one, period) == billing.price_digest(other, period)

    def test_looks_at_rounding_apportioning_and_price(self) -> None:
        period = Period.month(2026, 5)
        one = flat("10")
        divided = next(each for each in pricing.Apportioning if each is not one.apportioning)
        others = (
            flat("10.01"),
            attrs.evolve(one, apportioning=divided),
            attrs.evolve(one, rounding=RoundingPolicy(RoundingScope.END, CENTS_HALF_UP)),
            flat("10", prices=pricing.Prices.TAX_INCLUSIVE),
        )

        digests = {billing.price_digest(each, period) for each in (one, *others)}

        assert len(digests) == 1 + len(others)
