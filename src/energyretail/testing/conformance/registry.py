"""What every market registry, and every adapter to one, promises."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from energyretail.application.switching import Registry, RegistryArrival
from energyretail.domain import switching
from energyretail.domain.shared import Conflict, Fault, RequestCode
from energyretail.testing.conformance.registry_words import START, answers_to, claim_of, claims_of

__all__ = ["RegistryConformance", "RegistryUnderTest", "claim_of"]

DAYS_MAX = 11
AT_ONCE_MIN = 10
ROUNDS_MAX = 100
LAW = settings(
    deadline=None,
    max_examples=25,
    # No search for a smaller example: what a registry was told it keeps, and grows slow.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    # One registry for all examples: each speaks of supply points of its own. The same laws are
    # run by every subclass, over its own registry.
    suppress_health_check=[
        HealthCheck.differing_executors,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)


def _whole(claim: switching.Claim) -> switching.Claim:
    return claim


@attrs.frozen
class RegistryUnderTest:
    """The port, and what can be done and seen at the registry's own side.

    `advance` lets the registry live through a day. `held` returns every claim it holds, as
    often as it holds it. `say` lets it say an answer that shows at once. `carried` returns
    what its format carries of a claim, for a format that leaves something out. `away` takes the
    registry away for the length of a block; None where there is nothing to take away.
    """

    registry: Registry
    advance: Callable[[date], None]
    held: Callable[[], Sequence[switching.Claim]]
    say: Callable[[switching.Answer], None]
    carried: Callable[[switching.Claim], switching.Claim] = _whole
    away: Callable[[], AbstractContextManager[None]] | None = None
    _numbers: Iterator[int] = attrs.field(factory=lambda: itertools.count(1), init=False)

    def fresh(self, count: int) -> list[int]:
        """Return the numbers of supply points nothing was said of yet."""
        return list(itertools.islice(self._numbers, count))


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
        assert tuple(under_test.held()) == (under_test.carried(claim_of(1)),)

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

    def test_takes_a_claim_again_that_was_answered_long_ago(
        self, under_test: RegistryUnderTest
    ) -> None:
        under_test.registry.claim(claim_of(1))
        assert live(under_test)
        under_test.registry.claim(claim_of(1))
        under_test.advance(START + timedelta(days=DAYS_MAX + 20))

        assert under_test.registry.receive() == ()
        assert len(under_test.held()) == 1

    @LAW
    @given(st.data())
    def test_holds_what_it_was_told_in_any_order_and_however_often(
        self, under_test: RegistryUnderTest, data: st.DataObject
    ) -> None:
        before = list(under_test.held())
        claims = [data.draw(claims_of(number)) for number in under_test.fresh(3)]
        again = data.draw(st.lists(st.sampled_from(claims), max_size=4))
        for claim in data.draw(st.permutations([*claims, *again])):
            under_test.registry.claim(claim)

        told = [*before, *(under_test.carried(claim) for claim in claims)]
        assert Counter(under_test.held()) == Counter(told)

    @LAW
    @given(st.data())
    def test_brings_every_answer_as_it_was_said_until_it_is_acknowledged(
        self, under_test: RegistryUnderTest, data: st.DataObject
    ) -> None:
        drain(under_test)
        claims = [claim_of(number) for number in under_test.fresh(4)]
        waiting = {claim.request: data.draw(answers_to(claim)) for claim in claims}
        for claim in data.draw(st.permutations(claims)):
            under_test.say(waiting[claim.request])
        receipts = receipts_of(under_test, waiting)
        steps = st.lists(st.sets(st.sampled_from(sorted(receipts))), max_size=6)
        for step in [*data.draw(steps), set(receipts)]:
            under_test.registry.acknowledge([receipts[request] for request in step])
            waiting = {key: each for key, each in waiting.items() if key not in step}
            receipts_of(under_test, waiting)

    def test_loses_nothing_that_came_since_it_was_looked_at(
        self, under_test: RegistryUnderTest
    ) -> None:
        first, second = (switching.ClaimAccepted(claim_of(n).request, START) for n in (2, 1))
        under_test.say(first)
        shown = under_test.registry.receive()
        under_test.say(second)
        under_test.registry.acknowledge([arrival.receipt for arrival in shown])

        assert [each.answer for each in under_test.registry.receive()] == [second]

    def test_fails_as_a_partner_does_while_it_is_away_and_heals(
        self, under_test: RegistryUnderTest
    ) -> None:
        if under_test.away is None:
            pytest.skip("nothing can take this registry away")
        registry, claim = under_test.registry, claim_of(1)
        calls: tuple[Callable[[], object], ...] = (
            lambda: registry.claim(claim),
            registry.receive,
            lambda: registry.acknowledge(["a-receipt"]),
        )
        with under_test.away():
            for call in calls:
                with pytest.raises(Fault):
                    call()
        for call in calls:
            call()

        assert tuple(under_test.held()) == (under_test.carried(claim),)

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

        assert AT_ONCE_MIN <= len(first) < len(everything)
        assert [each.key for each in everything] == sorted(each.key for each in everything)

    def test_keeps_the_bytes_and_names_the_format(self, under_test: RegistryUnderTest) -> None:
        under_test.registry.claim(claim_of(1))

        assert all(each.raw and each.schema and not each.code for each in live(under_test))


def receipts_of(
    under_test: RegistryUnderTest, waiting: dict[RequestCode, switching.Answer]
) -> dict[RequestCode, str]:
    """Look twice, see what waits and nothing else, and return the receipts by request."""
    shown = under_test.registry.receive()
    assert under_test.registry.receive() == shown
    assert len({arrival.key for arrival in shown}) == len(shown)
    told = [arrival.answer for arrival in shown]
    assert Counter(told) == Counter(waiting.values())
    return {each.answer.request: each.receipt for each in shown if each.answer is not None}


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
    for _ in range(ROUNDS_MAX):
        shown = under_test.registry.receive()
        if not shown:
            return taken
        taken += shown
        under_test.registry.acknowledge([arrival.receipt for arrival in shown])
    raise AssertionError("the registry shows acknowledged messages again and again")


def live(under_test: RegistryUnderTest) -> list[RegistryArrival]:
    """Return every message the days bring."""
    return [arrival for _, arrival in live_by_day(under_test)]
