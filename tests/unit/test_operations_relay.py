"""The relay: every message ends sent or parked, whatever the partner does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.memory.shared import MemoryClock, MemoryOutbox, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.operations.relay import ATTEMPTS_MAX, RelayCounts, RelayOutbox
from energyretail.application.shared import Channel, Message
from energyretail.domain.shared import Fault, Invalid, Refused

TODAY = date(2026, 3, 1)


@attrs.define
class Partner:
    """A sender that behaves as its message says: `key` is a list of what each attempt does."""

    channel: Channel = Channel.ERP
    kind: str = "posting"
    calls: list[tuple[str, bool]] = attrs.Factory(list)
    loads: list[tuple[str, ...]] = attrs.Factory(list)

    def load(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.loads.append(tuple(keys))
        if any("unreadable" in key for key in keys):
            raise Invalid("posting.unreadable", "broken row")
        if any("corrupt" in key for key in keys):
            raise KeyError("ours")
        return {key: key for key in keys if "nothing" not in key}

    def deliver(self, message: str, *, maybe_sent: bool) -> None:
        attempt = sum(key == message for key, _ in self.calls)
        self.calls.append((message, maybe_sent))
        script = message.partition(":")[2].split(",")
        behave(script[min(attempt, len(script) - 1)])


def behave(what: str) -> None:
    if what == "fault":
        raise Fault("erp.silent", "no answer")
    if what == "unknown":
        raise Fault("erp.timeout", "no answer", outcome_unknown=True)
    if what == "refuse":
        raise Refused("erp.refuses", "unknown account")
    if what == "defect":
        raise KeyError("ours")


class Locks:
    def __init__(self, *, free: bool = True):
        self._free = free

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        assert name == "relay:erp"
        yield self._free


@attrs.define
class Office:
    """A relay over memory."""

    store: MemoryStore = attrs.Factory(MemoryStore)
    partner: Partner = attrs.Factory(Partner)
    pauses: list[float] = attrs.Factory(list)
    free: bool = True

    def __attrs_post_init__(self) -> None:
        with self.store.transaction() as transaction:
            MemoryClock(self.store).move_to(TODAY)
            transaction.commit()

    def write(self, *keys: str, kind: str = "posting") -> None:
        with self.store.transaction() as transaction:
            MemoryOutbox(self.store).add([Message(Channel.ERP, kind, key) for key in keys])
            transaction.commit()

    def relay(self) -> RelayCounts:
        use_case = RelayOutbox(
            work=MemoryWork(self.store),
            outbox=MemoryOutbox(self.store),
            senders={(Channel.ERP, "posting"): self.partner},
            work_list=MemoryWorkList(self.store),
            clock=MemoryClock(self.store),
            locks=Locks(free=self.free),
            pause=self.pauses.append,
        )
        return use_case.run(Channel.ERP)

    def waiting(self) -> int:
        return MemoryOutbox(self.store).waiting()

    def parked(self) -> dict[str, str]:
        return {item.key: item.code for item in MemoryWorkList(self.store).open_items()}


behaviours = st.lists(
    st.sampled_from(["ok", "fault", "unknown", "refuse", "defect"]), min_size=1, max_size=8
)


class TestRelay:
    @given(st.lists(behaviours, max_size=12))
    def test_leaves_every_message_sent_or_parked(self, scripts: list[list[str]]) -> None:
        office = Office()
        office.write(*(f"{n}:{','.join(script)}" for n, script in enumerate(scripts)))

        counts = office.relay()

        assert office.waiting() == 0
        assert counts.sent + counts.parked == len(scripts)
        assert len(office.parked()) == counts.parked
        assert len(office.partner.calls) == counts.sent + counts.tried_again + counts.parked

    @given(behaviours)
    def test_never_calls_an_attempt_certain_after_an_unknown_one(self, script: list[str]) -> None:
        office = Office()
        office.write(f"1:{','.join(script)}")

        office.relay()

        told = [maybe_sent for _, maybe_sent in office.partner.calls]
        assert told == sorted(told)
        if "unknown" in script[: len(told) - 1]:
            assert told[-1]

    def test_sends_in_the_order_of_writing(self) -> None:
        office = Office()
        office.write(*(f"{n}:ok" for n in range(250)))

        counts = office.relay()

        assert counts == RelayCounts(sent=250)
        assert [key for key, _ in office.partner.calls] == [f"{n}:ok" for n in range(250)]
        assert [len(keys) for keys in office.partner.loads] == [100, 100, 50]

    @pytest.mark.parametrize(
        ("key", "code"), [("1:fault", "erp.silent"), ("1:defect", "relay.unexpected")]
    )
    def test_parks_after_the_last_attempt_with_growing_pauses(self, key: str, code: str) -> None:
        office = Office()
        office.write(key)

        counts = office.relay()

        assert counts == RelayCounts(tried_again=ATTEMPTS_MAX - 1, parked=1)
        assert office.parked() == {f"erp/posting/{key}": code}
        assert office.pauses == pytest.approx([0.1, 0.2, 0.4, 0.8])

    @pytest.mark.parametrize(
        ("key", "code"),
        [
            ("1:refuse", "erp.refuses"),
            ("nothing", "relay.nothing_to_send"),
            ("unreadable", "posting.unreadable"),
        ],
    )
    def test_parks_at_once_what_will_never_go_and_sends_the_rest(self, key: str, code: str) -> None:
        office = Office()
        office.write("0:ok", key, "2:ok")

        counts = office.relay()

        assert counts == RelayCounts(sent=2, parked=1)
        assert office.parked() == {f"erp/posting/{key}": code}

    def test_tries_what_breaks_its_reading_again_and_sends_the_rest(self) -> None:
        office = Office()
        office.write("0:ok", "corrupt", "2:ok")

        counts = office.relay()

        assert counts == RelayCounts(sent=2, tried_again=ATTEMPTS_MAX - 1, parked=1)
        assert office.parked() == {"erp/posting/corrupt": "relay.unexpected"}
        assert office.waiting() == 0

    @pytest.mark.parametrize(
        ("key", "counts"), [("1:fault", RelayCounts(parked=1)), ("1:ok", RelayCounts(sent=1))]
    )
    def test_tries_once_more_what_was_interrupted_as_often_as_it_may_be_tried(
        self, key: str, counts: RelayCounts
    ) -> None:
        office = Office()
        office.write(key)
        for _ in range(ATTEMPTS_MAX):
            with office.store.transaction() as transaction:
                MemoryOutbox(office.store).claim(Channel.ERP, limit=1)
                transaction.commit()

        assert office.relay() == counts

        assert office.partner.calls == [(key, True)]

    def test_parks_a_kind_that_nobody_sends(self) -> None:
        office = Office()
        office.write("1:ok", kind="telegram")

        office.relay()

        assert office.parked() == {"erp/telegram/1:ok": "relay.unknown_kind"}

    def test_says_that_an_interrupted_message_may_have_been_sent(self) -> None:
        office = Office()
        office.write("1:ok")
        with office.store.transaction() as transaction:
            MemoryOutbox(office.store).claim(Channel.ERP, limit=1)
            transaction.commit()

        office.relay()

        assert office.partner.calls == [("1:ok", True)]

    def test_does_nothing_while_another_relay_has_the_channel(self) -> None:
        office = Office(free=False)
        office.write("1:ok")

        with pytest.raises(Fault) as fault:
            office.relay()

        assert fault.value.code == "relay.busy"
        assert office.partner.calls == []
