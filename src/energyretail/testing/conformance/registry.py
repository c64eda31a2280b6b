"""What every market registry, and every adapter to one, promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import attrs
import pytest

from energyretail.application.switching import Registry, RegistryArrival
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Conflict, Cups, contract_number, request_code

__all__ = ["RegistryConformance", "RegistryUnderTest", "claim_of"]

START = date(2026, 3, 2)
DAYS_MAX = 11


@attrs.frozen
class RegistryUnderTest:
    """The port, and a way to let the registry live through a day."""

    registry: Registry
    advance: Callable[[date], None]


def claim_of(number: int) -> switching.Claim:
    """Return the claim of the `number`-th supply point, requested on 2 March 2026."""
    return switching.Claim(
        request=request_code(START, number),
        cups=Cups.of_digits(f"0021{number:012d}"),
        contract=contract_number(number),
        customer_name=f"Ana López {number}",
        customer_tax_id=f"{number:08d}Z",
        customer_kind=CustomerKind.HOME,
        phone="",
        email=f"ana{number}@example.org",
        requested_on=START,
    )


class RegistryConformance:
    """Subclass it and give `under_test`: a new registry that shows some messages at once.

    It must show at least 10 at once and fewer than 60.
    """

    @pytest.fixture
    def under_test(self) -> RegistryUnderTest:
        """Return the registry under test, its calendar begun on 2 March 2026."""
        raise NotImplementedError

    def test_never_answers_on_the_day_of_the_claim(self, under_test: RegistryUnderTest) -> None:
        for number in range(1, 20):
            under_test.registry.claim(claim_of(number))

        assert under_test.registry.receive() == ()

    def test_answers_every_claim_in_time(self, under_test: RegistryUnderTest) -> None:
        claims = [claim_of(number) for number in range(1, 61)]
        for claim in claims:
            under_test.registry.claim(claim)
        answers = [each.answer for each in live(under_test) if each.answer is not None]

        last = {answer.request: answer for answer in answers}
        assert set(last) == {claim.request for claim in claims}
        assert not any(isinstance(answer, switching.ClaimAccepted) for answer in last.values())
        for answer in last.values():
            if isinstance(answer, switching.SupplyActivated):
                assert START < answer.on <= START + timedelta(days=10)

    def test_tells_an_activation_after_its_day(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.claim(claim_of(1))
        under_test.registry.claim(claim_of(2))

        for day, arrival in live_by_day(under_test):
            if isinstance(arrival.answer, switching.SupplyActivated):
                assert arrival.answer.on < day

    def test_takes_the_same_claim_once(self, under_test: RegistryUnderTest) -> None:
        for _ in range(3):
            under_test.registry.claim(claim_of(1))
        arrivals = live(under_test)

        assert len(arrivals) == len({arrival.key for arrival in arrivals}) <= 2

    def test_refuses_other_words_under_a_request_code(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.claim(claim_of(1))

        with pytest.raises(Conflict) as refused:
            under_test.registry.claim(attrs.evolve(claim_of(1), customer_name="Eva Ruiz"))

        assert refused.value.code == "registry.key_reused"

    def test_shows_a_message_until_it_is_acknowledged(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.claim(claim_of(1))
        days = walk(under_test)
        shown: tuple[RegistryArrival, ...] = ()
        while not shown:
            next(days)
            shown = under_test.registry.receive()

        assert under_test.registry.receive() == shown
        under_test.registry.acknowledge([arrival.receipt for arrival in shown])
        under_test.registry.acknowledge([arrival.receipt for arrival in shown])
        assert under_test.registry.receive() == ()

    def test_takes_a_receipt_it_does_not_know(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.acknowledge(["no-such-receipt"])
        under_test.registry.acknowledge([])

        assert under_test.registry.receive() == ()

    def test_shows_messages_in_natural_key_order_some_at_once(
        self, under_test: RegistryUnderTest
    ) -> None:
        for number in reversed(range(1, 61)):
            under_test.registry.claim(claim_of(number))
        for _ in walk(under_test):
            pass
        first = under_test.registry.receive()
        everything = drain(under_test)

        assert 10 <= len(first) < len(everything)
        assert [each.key for each in everything] == sorted(each.key for each in everything)

    def test_keeps_the_bytes_and_names_the_format(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.claim(claim_of(1))

        assert all(each.raw and each.schema and not each.code for each in live(under_test))


def walk(under_test: RegistryUnderTest) -> Iterator[date]:
    """Live through the days after the start, one at each step."""
    for days in range(1, DAYS_MAX + 1):
        day = START + timedelta(days=days)
        under_test.advance(day)
        yield day


def live_by_day(under_test: RegistryUnderTest) -> list[tuple[date, RegistryArrival]]:
    """Live through all days and take every message as it shows."""
    return [(day, arrival) for day in walk(under_test) for arrival in drain(under_test)]


def drain(under_test: RegistryUnderTest) -> list[RegistryArrival]:
    """Take and acknowledge all that shows today."""
    taken: list[RegistryArrival] = []
    while shown := under_test.registry.receive():
        taken += shown
        under_test.registry.acknowledge([arrival.receipt for arrival in shown])
    return taken


def live(under_test: RegistryUnderTest) -> list[RegistryArrival]:
    """Return every message the days bring."""
    return [arrival for _, arrival in live_by_day(under_test)]
