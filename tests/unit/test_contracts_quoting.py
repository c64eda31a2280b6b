"""Quotes, contracts made of them, and the documents to sign, over memory."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from contracts_office import DAY, HOME, IBAN, POWERS, Office, request
from hypothesis import given
from hypothesis import strategies as st

from energyretail.application.contracts import (
    Acceptance,
    QuoteRequest,
    WantedSite,
)
from energyretail.domain import billing, pricing
from energyretail.domain.contracts import (
    ContractAccepted,
    ContractState,
)
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import (
    Conflict,
    Iban,
    NotFound,
    Period,
    Power,
    Refused,
)
from energyretail.testing.conformance.contracts import person_of, point


def bill_of(wanted: WantedSite, product: str, day: date) -> pricing.PricedBill:
    """Charge thirty days of the use the quote assumes, by the path that bills."""
    first = wanted.month_kwh * 30 // 100
    second = wanted.month_kwh * 25 // 100
    period = Period(day, day + timedelta(days=30))
    used = {"P1": first, "P2": second, "P3": wanted.month_kwh - first - second}
    readings = tuple(
        billing.IndexReading(register, on, 1, Decimal(index), pricing.Quality.ACTUAL)
        for register, kwh in used.items()
        for on, index in ((period.start, 1000), (period.until, 1000 + kwh))
    )
    supply = billing.BillableSupply(
        "K000001", "C000001", wanted.cups, product, wanted.powers, Period(day), None, readings
    )
    registers = SPAIN.reading.registers_of(product)
    tariff = SPAIN.tariff(product)
    return billing.draft(supply, period, tariff=tariff, registers=registers, meter_digits=6).bill


@pytest.fixture
def office() -> Office:
    return Office()


class TestQuoteSupply:
    @given(
        month_kwh=st.integers(0, 3000),
        kw=st.integers(1, 149),
        days=st.integers(0, 260),
        product=st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"]),
    )
    def test_says_what_a_bill_of_thirty_days_will_say(
        self, month_kwh: int, kw: int, days: int, product: str
    ) -> None:
        office, day = Office(), DAY + timedelta(days=days)
        power = Power(Decimal(kw) / 10)
        office.open(day)
        asked = request(month_kwh=month_kwh, product=product, powers=(("P1", power), ("P2", power)))

        (price,) = office.quote(asked).sites

        assert price.month == bill_of(asked.sites[0], product, day).gross

    def test_gives_the_same_quote_under_the_same_reference(self, office: Office) -> None:
        first = office.quote(request())
        office.open(DAY + timedelta(days=40))

        assert office.quote(request()) == first
        assert office.quote(request("web-2")).number == "Q000002"

    @pytest.mark.parametrize(
        "other",
        [
            request(who=2),
            request(points=(2,)),
            request(points=(1, 2)),
            request(product="2.0TD-HORAS"),
            request(month_kwh=251),
            request(powers=(("P1", Power("4.6")), ("P2", Power("5.75")))),
        ],
    )
    def test_refuses_a_reference_used_for_something_else(
        self, office: Office, other: QuoteRequest
    ) -> None:
        office.quote(request())

        with pytest.raises(Conflict) as refused:
            office.quote(other)

        assert refused.value.code == "contracts.quote.reference_reused"

    def test_takes_powers_in_any_order_for_the_same(self, office: Office) -> None:
        first = office.quote(request())

        assert office.quote(request(powers=POWERS[::-1])) == first

    def test_refuses_an_unknown_product_and_takes_no_number(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.quote(request(product="3.0TD"))

        assert office.quote(request()).number == "Q000001"


class TestAcceptQuote:
    def test_makes_a_contract_and_its_customer(self, office: Office) -> None:
        contract = office.accepted(points=(2, 1))

        assert office.contracts.by_numbers(["K000001"]) == (contract,)
        assert contract.state is ContractState.UNSIGNED
        assert [supply.site.cups for supply in contract.supplies] == [point(1), point(2)]
        assert office.customers.by_numbers(["C000001"])[0].person == person_of(HOME)
        assert office.quotes.by_number("Q000001").contract == "K000001"
        assert office.events.events == [ContractAccepted("K000001", "C000001")]

    def test_gives_the_same_contract_when_done_twice(self, office: Office) -> None:
        first = office.accepted()

        assert office.accepted() == first
        assert office.contracts.in_state(ContractState.UNSIGNED) == (first,)
        assert len(office.events.events) == 1

    def test_makes_no_second_customer_of_a_tax_id_we_know(self, office: Office) -> None:
        one, other = office.accepted(points=(1,)), office.accepted(points=(2,))

        assert (one.number, other.number) == ("K000001", "K000002")
        assert one.customer == other.customer == "C000001"

    @pytest.mark.parametrize(
        "otherwise",
        [
            Acceptance("Q000001", IBAN, early_start=False),
            Acceptance("Q000001", Iban.of_account("ES", "21000418450200051333"), early_start=True),
        ],
    )
    def test_refuses_a_second_acceptance_on_other_terms(
        self, office: Office, otherwise: Acceptance
    ) -> None:
        office.accepted()

        with pytest.raises(Conflict) as refused:
            office.accept(otherwise)

        assert refused.value.code == "contracts.quote.accepted_otherwise"

    def test_refuses_an_old_quote_and_leaves_no_trace(self, office: Office) -> None:
        quote = office.quote(request())
        office.open(quote.valid_until)

        with pytest.raises(Refused):
            office.accept(Acceptance(quote.number, IBAN, early_start=True))

        assert office.customers.by_numbers(["C000001"]) == ()
        assert office.accepted(points=(2,)).number == "K000001"

    def test_refuses_an_unknown_quote(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.accept(Acceptance("Q000009", IBAN, early_start=True))


class TestSendEnvelope:
    def test_sends_the_very_document_the_contract_stands_for(self, office: Office) -> None:
        contract = office.accepted()

        office.send(contract.number)
        office.send(contract.number)

        (envelope,) = office.service.envelopes.values()
        assert envelope.document_sha256 == contract.document_sha256
        assert (envelope.reference, envelope.signer_email) == ("K000001", "z1@example.org")
        assert "Contract K000001 of Luma with Zoé 1" in envelope.document

    def test_loads_many_and_leaves_out_what_is_unknown(self, office: Office) -> None:
        office.accepted(points=(1,))
        office.accepted(points=(2,))

        assert set(office.sender.load(["K000002", "K000009", "K000001"])) == {"K000001", "K000002"}


class TestTheOffice:
    @given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    def test_has_one_customer_for_each_person_and_one_contract_for_each_quote(
        self, people: list[int]
    ) -> None:
        office = Office()

        contracts = [office.accepted(who, points=(n,)) for n, who in enumerate(people)]

        assert [contract.number for contract in contracts] == [
            f"K{n:06d}" for n in range(1, len(people) + 1)
        ]
        assert len({contract.customer for contract in contracts}) == len(set(people))
        kinds = {CustomerKind.COMPANY if who % 3 == 0 else CustomerKind.HOME for who in people}
        assert {contract.kind for contract in contracts} == kinds
