"""What every inbox and every outbox promises."""

from __future__ import annotations

import pytest

from energyretail.application.shared import (
    Channel,
    Claimed,
    Delivery,
    DeliveryState,
    Kept,
    Message,
    Received,
    Settled,
)
from energyretail.domain.shared import Conflict
from energyretail.testing.conformance.shared import (
    DAY,
    NEXT_DAY,
    InboxRow,
    SharedWorld,
    entry,
    received,
    sent,
)

__all__ = ["InboxConformance", "OutboxConformance"]


class InboxConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_keeps_an_arrival_as_it_came(self, world: SharedWorld) -> None:
        arrival = received("a", b"\x00\xff<a/>", schema="camt.054.001.08")

        assert world.keep(arrival)
        assert world.inbox_row("bank", "a") == InboxRow(arrival, DAY, "kept", "", "")

    def test_knows_the_same_bytes_again(self, world: SharedWorld) -> None:
        world.keep(received("a"))

        assert not world.keep(received("a"), on=NEXT_DAY)
        row = world.inbox_row("bank", "a")
        assert row is not None
        assert row.on == DAY

    def test_refuses_other_bytes_under_a_key_and_goes_on(self, world: SharedWorld) -> None:
        world.keep(received("a"))

        with world.work() as transaction:
            with pytest.raises(Conflict) as refused:
                world.inbox.keep(received("a", b"other"), on=DAY)
            world.inbox.keep(received("b"), on=DAY)
            transaction.commit()

        assert refused.value.code == "inbox.key_reused"
        assert _received(world, "a") == received("a")
        assert _received(world, "b") == received("b")

    def test_keeps_the_keys_of_each_source_apart(self, world: SharedWorld) -> None:
        world.keep(received("a"))

        assert world.keep(Received("registry", "a", b"other"))

    def test_notes_what_became_of_it(self, world: SharedWorld) -> None:
        for key in ("done", "parked"):
            world.keep(received(key))
        with world.work() as transaction:
            world.inbox.settle("bank", "done")
            world.inbox.settle("bank", "parked", code="xml.doctype", text="a DOCTYPE")
            transaction.commit()

        assert world.inbox_row("bank", "done") == InboxRow(
            received("done"), DAY, "processed", "", ""
        )
        assert world.inbox_row("bank", "parked") == InboxRow(
            received("parked"), DAY, "parked", "xml.doctype", "a DOCTYPE"
        )

    def test_settles_only_what_was_kept(self, world: SharedWorld) -> None:
        world.keep(received("a"))

        with world.work(), pytest.raises(RuntimeError):
            world.inbox.settle("bank", "missing")
        with world.work(), pytest.raises(RuntimeError):
            world.inbox.settle_all([Settled("bank", "a"), Settled("bank", "missing")])

    def test_keeps_many_at_once_and_tells_of_each(self, world: SharedWorld) -> None:
        world.keep(received("a"))
        world.keep(received("b"))

        with world.work() as transaction:
            nothing = world.inbox.keep_all([], on=NEXT_DAY)
            told = world.inbox.keep_all(
                [
                    received("d", b"first"),
                    received("a"),
                    received("b", b"other"),
                    received("c"),
                    received("d", b"second"),
                    received("c"),
                ],
                on=NEXT_DAY,
            )
            transaction.commit()

        assert nothing == ()
        assert [kept.value for kept in told] == ["new", "known", "other", "new", "other", "known"]
        assert world.inbox_row("bank", "b") == InboxRow(received("b"), DAY, "kept", "", "")
        assert world.inbox_row("bank", "d") == InboxRow(
            received("d", b"first"), NEXT_DAY, "kept", "", ""
        )

    def test_keeps_more_than_a_thousand_at_once(self, world: SharedWorld) -> None:
        arrivals = [received(f"{number:04d}", b"%d" % number) for number in range(2500)]

        with world.work() as transaction:
            first = world.inbox.keep_all(arrivals, on=DAY)
            again = world.inbox.keep_all(arrivals, on=DAY)
            world.inbox.settle_all([Settled(each.source, each.key) for each in arrivals])
            transaction.commit()

        assert first == (Kept.NEW,) * len(arrivals)
        assert again == (Kept.KNOWN,) * len(arrivals)
        assert world.inbox_row("bank", "2499") == InboxRow(
            received("2499", b"2499"), DAY, "processed", "", ""
        )

    def test_notes_of_many_at_once_what_became_of_them(self, world: SharedWorld) -> None:
        for key in ("a", "b"):
            world.keep(received(key))

        with world.work() as transaction:
            world.inbox.settle_all([])
            world.inbox.settle_all(
                [Settled("bank", "b", "xml.doctype", "no"), Settled("bank", "a")]
            )
            transaction.commit()

        assert world.inbox_row("bank", "a") == InboxRow(received("a"), DAY, "processed", "", "")
        assert world.inbox_row("bank", "b") == InboxRow(
            received("b"), DAY, "parked", "xml.doctype", "no"
        )


class OutboxConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_writes_a_message_once_under_its_natural_key(self, world: SharedWorld) -> None:
        world.add(entry("1"), entry("1"))
        world.add(entry("1"), Message(Channel.ERP, "contract", "1"))

        assert [claimed.message.kind for claimed in world.claim()] == ["entry", "contract"]

    def test_writes_thousands_each_once(self, world: SharedWorld) -> None:
        numbers = [str(number) for number in range(2_000)]
        world.add(entry("7"))

        world.add(*map(entry, [*numbers, "3", *numbers]))

        assert _keys(world.claim(limit=3_000)) == ["7", *numbers[:7], *numbers[8:]]

    def test_gives_messages_oldest_first_and_no_more_than_asked(self, world: SharedWorld) -> None:
        world.add(entry("3"), entry("1"))
        world.add(entry("2"), Message(Channel.BANK, "payment_file", "0"))

        assert _keys(world.claim(limit=2)) == ["3", "1"]
        assert _keys(world.claim(Channel.BANK)) == ["0"]

    def test_counts_attempts_and_doubts_what_a_dead_relay_left(self, world: SharedWorld) -> None:
        world.add(entry("1"))

        first, second = world.claim(), world.claim()

        assert first == (Claimed(entry("1"), 1, maybe_sent=False),)
        assert second == (Claimed(entry("1"), 2, maybe_sent=True),)

    def test_forgets_a_claim_that_was_undone(self, world: SharedWorld) -> None:
        world.add(entry("1"))
        with world.work():
            world.outbox.claim(Channel.ERP, limit=1)

        assert world.claim() == (Claimed(entry("1"), 1, maybe_sent=False),)

    @pytest.mark.parametrize(
        ("state", "again"),
        [
            (DeliveryState.SENT, ()),
            (DeliveryState.PARKED, ()),
            (DeliveryState.RETRY, (Claimed(Message(Channel.ERP, "entry", "1"), 2, False),)),
            (DeliveryState.UNKNOWN, (Claimed(Message(Channel.ERP, "entry", "1"), 2, True),)),
        ],
    )
    def test_shows_again_what_is_not_at_its_end(
        self, world: SharedWorld, state: DeliveryState, again: tuple[Claimed, ...]
    ) -> None:
        world.add(entry("1"))
        world.claim()

        world.settle(Delivery(entry("1"), state, "erp.silent", "no answer"))

        assert world.outbox.waiting() == len(again)
        assert world.claim() == again

    def test_settles_many_at_once(self, world: SharedWorld) -> None:
        world.add(*(entry(str(number)) for number in range(5)))
        world.claim()

        world.settle(sent("0"), sent("2"), Delivery(entry("3"), DeliveryState.RETRY))

        assert _keys(world.claim()) == ["1", "3", "4"]

    def test_does_not_send_again_what_is_written_again(self, world: SharedWorld) -> None:
        world.add(entry("1"))
        world.claim()
        world.settle(sent("1"))

        world.add(entry("1"))

        assert world.outbox.waiting() == 0

    def test_settles_only_what_was_written(self, world: SharedWorld) -> None:
        with world.work(), pytest.raises(RuntimeError):
            world.outbox.settle([sent("1")])


def _keys(claimed: tuple[Claimed, ...]) -> list[str]:
    return [each.message.key for each in claimed]


def _received(world: SharedWorld, key: str) -> Received | None:
    row = world.inbox_row("bank", key)
    return row.received if row else None
