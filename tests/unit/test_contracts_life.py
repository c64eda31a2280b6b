"""A contract signed, started, followed and withdrawn from, over memory."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from contracts_office import COMPANY, DAY, HOME, IBAN, Office

from energyretail.application.contracts import (
    Advanced,
    SignedEvidence,
)
from energyretail.domain.contracts import (
    ContractLapsed,
    ContractSigned,
    ContractState,
    ContractWithdrawn,
    SupplyStarted,
    SupplyWanted,
)
from energyretail.domain.shared import (
    Fault,
    NotFound,
    Refused,
)
from energyretail.domain.supply import SupplyState
from energyretail.testing.conformance.contracts import point


@pytest.fixture
def office() -> Office:
    return Office()


class TestReceiveSignatures:
    def test_signs_what_was_signed_and_tells_of_it_in_order(self, office: Office) -> None:
        for each in (1, 2):
            office.send(office.accepted(points=(each,)).number)
        for number in ("K000002", "K000001"):
            office.service.sign(number, on=DAY)

        count = office.receive()

        assert count == 2
        assert [office.contract(n).state for n in ("K000001", "K000002")] == [
            ContractState.COOLING_OFF,
            ContractState.COOLING_OFF,
        ]
        assert office.events.events[2:] == [
            ContractSigned("K000001", "C000001", DAY, IBAN.value),
            ContractSigned("K000002", "C000001", DAY, IBAN.value),
        ]
        assert office.service.completed() == ()

    def test_does_nothing_when_nothing_came(self, office: Office) -> None:
        assert office.receive() == 0

    def test_is_harmless_when_the_service_tells_again(self, office: Office) -> None:
        office.service.deaf = True
        with pytest.raises(Fault):
            office.signed()
        signed, events = office.contract(), list(office.events.events)

        office.service.deaf = False
        count = office.receive()

        assert count == 0
        assert (office.contract(), office.events.events) == (signed, events)
        assert office.work_list.open_items() == ()

    @pytest.mark.parametrize(
        ("reference", "digest"), [("K000001", "00" * 32), ("K000009", "ab" * 32)]
    )
    def test_parks_evidence_over_another_document_and_goes_on(
        self, office: Office, reference: str, digest: str
    ) -> None:
        for each in (1, 2):
            office.send(office.accepted(points=(each,)).number)
        office.service.sign("K000002", on=DAY)
        office.service.more = [evidence(reference, digest)]

        assert office.receive() == 1

        (item,) = office.work_list.open_items()
        assert (item.kind, item.key) == ("signature", reference)
        assert item.code == "contracts.signature.unknown_document"
        assert office.contract("K000001").state is ContractState.UNSIGNED
        assert office.contract("K000002").state is ContractState.COOLING_OFF

    def test_parks_evidence_that_comes_too_late(self, office: Office) -> None:
        contract = office.accepted()
        office.open(DAY + timedelta(days=30))
        office.advance()
        office.service.more = [evidence("K000001", contract.document_sha256)]

        assert office.receive() == 0

        (item,) = office.work_list.open_items()
        assert item.code == "contract.not_allowed"
        assert office.contract().state is ContractState.LAPSED


class TestAdvanceContracts:
    def test_starts_a_company_the_day_after_and_claims_its_points(self, office: Office) -> None:
        office.signed(COMPANY, points=(1, 2))
        same_day = office.advance()
        office.open(DAY + timedelta(days=1))

        advanced = office.advance()

        assert (same_day, advanced) == (Advanced(0, 0), Advanced(1, 0))
        assert office.contract().state is ContractState.SWITCHING
        assert office.events.events[-2:] == [
            SupplyWanted("K000001", point(each).value, "C000001", DAY + timedelta(days=1))
            for each in (1, 2)
        ]

    @pytest.mark.parametrize(("early", "waits"), [(True, 1), (False, 15)])
    def test_lets_a_home_cool_off_unless_it_asked_not_to(
        self, office: Office, early: bool, waits: int
    ) -> None:
        office.signed(HOME, early=early)

        started = []
        for days in range(20):
            office.open(DAY + timedelta(days=days))
            started.append(office.advance().started)

        assert started == [int(days == waits) for days in range(20)]

    def test_gives_up_what_was_not_signed_in_thirty_days(self, office: Office) -> None:
        office.accepted()
        office.open(DAY + timedelta(days=29))
        before = office.advance()
        office.open(DAY + timedelta(days=30))

        assert (before, office.advance(), office.advance()) == (
            Advanced(0, 0),
            Advanced(0, 1),
            Advanced(0, 0),
        )
        assert office.events.events[-1] == ContractLapsed("K000001")


class TestFollowSwitches:
    def test_starts_the_supplies_that_became_ours(self, office: Office) -> None:
        office.started(points=(1, 2))
        news = [("K000001", point(each).value, date(2026, 3, 20)) for each in (2, 1)]

        for _ in range(2):
            with office.work() as transaction:
                office.follow.activated(news)
                transaction.commit()

        contract = office.contract()
        assert contract.state is ContractState.ACTIVE
        assert {supply.started_on for supply in contract.supplies} == {date(2026, 3, 20)}
        assert office.events.events[-2:] == [
            SupplyStarted("K000001", point(each).value, date(2026, 3, 20)) for each in (1, 2)
        ]

    def test_notes_the_claims_that_were_rejected(self, office: Office) -> None:
        office.started(points=(1, 2))

        with office.work() as transaction:
            office.follow.rejected([("K000001", point(1).value)])
            office.follow.activated([("K000001", point(2).value, date(2026, 3, 20))])
            transaction.commit()

        contract = office.contract()
        assert contract.state is ContractState.ACTIVE
        assert [supply.state for supply in contract.supplies] == [
            SupplyState.REFUSED,
            SupplyState.ACTIVE,
        ]

    def test_gives_up_a_contract_with_no_point_left(self, office: Office) -> None:
        office.started(points=(1, 2))

        with office.work() as transaction:
            office.follow.rejected([("K000001", point(each).value) for each in (1, 2)])
            transaction.commit()

        assert office.contract().state is ContractState.REFUSED


class TestWithdrawContract:
    def test_lets_a_home_go_within_fourteen_days(self, office: Office) -> None:
        office.signed(HOME, early=False)
        office.open(DAY + timedelta(days=14))

        withdrawn = office.withdraw("K000001")

        assert office.contract() == withdrawn
        assert withdrawn.state is ContractState.WITHDRAWN
        assert office.events.events[-1] == ContractWithdrawn("K000001")

    @pytest.mark.parametrize(
        ("who", "days", "code"),
        [
            (COMPANY, 0, "contracts.withdraw.company"),
            (HOME, 15, "contracts.withdraw.late"),
        ],
    )
    def test_refuses_companies_and_the_late(
        self, office: Office, who: int, days: int, code: str
    ) -> None:
        before = office.signed(who, early=False)
        office.open(DAY + timedelta(days=days))

        with pytest.raises(Refused) as refused:
            office.withdraw("K000001")

        assert refused.value.code == code
        assert office.contract() == before

    def test_refuses_an_unknown_contract(self, office: Office) -> None:
        with pytest.raises(NotFound) as missing:
            office.withdraw("K000009")

        assert missing.value.code == "contracts.contract.unknown"


def evidence(reference: str, digest: str) -> SignedEvidence:
    return SignedEvidence(reference, "EV-1", digest, "Zoé", "z@example.org", DAY, "memory")
