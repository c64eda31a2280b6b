"""What every market registry, and every adapter to one, promises."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from energyretail.application.switching import Registry, RegistryArrival
from energyretail.domain import switching
from energyretail.domain.shared import Conflict, Fault, Refused, RequestCode
from energyretail.testing.conformance.registry_words import (
    METHODS,
    START,
    Told,
    answers_to,
    claim_of,
    claims_of,
    events_of,
    releases_of,
    told_by,
    with_other_words,
)

__all__ = ["START", "RegistryConformance", "RegistryUnderTest", "Told", "claim_of"]

DAYS_MAX = 11
AT_ONCE_MIN = 10
ROUNDS_MAX = 100
WORDS: Sequence[tuple[str, Callable[[int], st.SearchStrategy[Told]]]] = (
    ("claim", claims_of),
    ("release", releases_of),
    ("notify", events_of),
)
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


def _whole(told: Told) -> Told:
    return told


def _only_what_may_be_refused(_: object, __: object, refuses: Mapping[str, str]) -> None:
    if not refuses.keys() <= {"release", "notify"}:
        raise ValueError(f"release and notify may be refused, not {sorted(refuses)}")


@attrs.frozen
class RegistryUnderTest:
    """The port, and what can be done and seen at the registry's own side.

    `advance` lets the registry live through a day. `held` returns every claim, release and event
    it holds, as often as it holds it. `say` lets it say an answer that shows at once. `carried`
    returns what its format carries of what is told, for a format that leaves something out.
    `away` takes the registry away for the length of a block; None where there is nothing to take
    away. `refuses` names the methods that the adapter does not support, ``release`` or ``notify``,
    each with the code of its refusal: none is refused in silence.
    """

    registry: Registry
    advance: Callable[[date], None]
    held: Callable[[], Sequence[Told]]
    say: Callable[[switching.Answer], None]
    carried: Callable[[Told], Told] = _whole
    away: Callable[[], AbstractContextManager[None]] | None = None
    refuses: Mapping[str, str] = attrs.field(
        default=MappingProxyType({}), validator=_only_what_may_be_refused
    )
    _numbers: Iterator[int] = attrs.field(factory=lambda: itertools.count(1), init=False)

    def fresh(self, count: int) -> list[int]:
        """Return the numbers of supply points nothing was said of yet."""
        return list(itertools.islice(self._numbers, count))

    def tell(self, told: Told) -> None:
        """Tell it by the method of the port that it belongs to."""
        if isinstance(told, switching.Claim):
            self.registry.claim(told)
        elif isinstance(told, switching.SupplyRelease):
            self.registry.release(told)
        else:
            self.registry.notify(told)

    def carries(self, *told: Told) -> tuple[Told, ...]:
        """Return what the registry holds once it was told this."""
        return tuple(self.carried(each) for each in told)


class RegistryConformance:
    """Subclass it and give `under_test`: a new registry that shows some messages at once.

    It must show at least 10 at once and fewer than 60, and take some of the first 20 claims.
    """

    @pytest.fixture
    def under_test(self) -> RegistryUnderTest:
        """Return the registry under test, its calendar begun on 2 March 2026."""
        raise NotImplementedError

    def test_never_answers_on_the_day_of_the_claim(self, under_test: RegistryUnderTest) -> None:
        for number in range(1, 20):
            under_test.registry.claim(claim_of(number))

        assert under_test.registry.receive() == ()
        assert live(under_test)

    def test_answers_every_claim_in_time(self, under_test: RegistryUnderTest) -> None:
        claims = [claim_of(number) for number in range(1, 61)]
        for claim in claims:
            under_test.registry.claim(claim)
        answers = [each.answer for each in live(under_test) if each.answer is not None]

        last = {answer.request: answer for answer in answers}
        assert set(last) == {claim.request for claim in claims}
        assert not any(isinstance(answer, switching.ClaimAccepted) for answer in last.values())
        days = [each.on for each in last.values() if isinstance(each, switching.SupplyActivated)]
        assert days
        assert START < min(days) <= max(days) <= START + timedelta(days=10)

    def test_tells_an_activation_after_its_day(self, under_test: RegistryUnderTest) -> None:
        for number in range(1, 21):
            under_test.registry.claim(claim_of(number))
        began = [
            (arrival.answer.on, told_on)
            for told_on, arrival in live_by_day(under_test)
            if isinstance(arrival.answer, switching.SupplyActivated)
        ]

        assert began
        assert all(on < told_on for on, told_on in began)

    def test_takes_the_same_claim_once(self, under_test: RegistryUnderTest) -> None:
        for _ in range(3):
            under_test.registry.claim(claim_of(1))
        arrivals = live(under_test)

        assert 1 <= len(arrivals) == len({arrival.key for arrival in arrivals}) <= 2

    @pytest.mark.parametrize("method", METHODS)
    def test_holds_once_what_it_was_told_or_refuses_it_by_name(
        self, under_test: RegistryUnderTest, method: str
    ) -> None:
        told, code = told_by(method, 1), under_test.refuses.get(method)
        for _ in range(3):
            if code is None:
                under_test.tell(told)
            else:
                with pytest.raises(Refused) as refused:
                    under_test.tell(told)
                assert refused.value.code == code

        assert tuple(under_test.held()) == (() if code else under_test.carries(told))

    @pytest.mark.parametrize("method", METHODS)
    def test_refuses_other_words_under_a_request_code(
        self, under_test: RegistryUnderTest, method: str
    ) -> None:
        if method in under_test.refuses:
            pytest.skip(f"this registry refuses {method} by name")
        told = told_by(method, 1)
        under_test.tell(told)

        with pytest.raises(Conflict) as refused:
            under_test.tell(with_other_words(told))

        assert refused.value.code == "registry.key_reused"
        assert tuple(under_test.held()) == under_test.carries(told)

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
        wanted = [of for method, of in WORDS if method not in under_test.refuses] * 2
        numbers = under_test.fresh(len(wanted))
        told = [data.draw(of(number)) for of, number in zip(wanted, numbers, strict=True)]
        again = data.draw(st.lists(st.sampled_from(told), max_size=4))
        for each in data.draw(st.permutations([*told, *again])):
            under_test.tell(each)

        assert Counter(under_test.held()) == Counter([*before, *under_test.carries(*told)])

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
        registry = under_test.registry
        told = [
            told_by(method, number)
            for number, method in enumerate(METHODS, start=1)
            if method not in under_test.refuses
        ]
        calls: list[Callable[[], object]] = [
            registry.receive,
            lambda: registry.acknowledge(["a-receipt"]),
            *(partial(under_test.tell, each) for each in told),
        ]
        with under_test.away():
            for call in calls:
                with pytest.raises(Fault):
                    call()
        for call in calls:
            call()

        assert Counter(under_test.held()) == Counter(under_test.carries(*told))

    def test_takes_a_receipt_it_does_not_know(self, under_test: RegistryUnderTest) -> None:
        said = switching.ClaimAccepted(claim_of(1).request, START)
        under_test.say(said)
        under_test.registry.acknowledge(["no-such-receipt"])
        under_test.registry.acknowledge([])

        assert [each.answer for each in under_test.registry.receive()] == [said]

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

        came = live(under_test)
        assert came
        assert all(each.raw and each.schema and not each.code for each in came)


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
