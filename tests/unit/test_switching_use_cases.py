"""Requesting, sending, receiving and watching switches, over the adapters in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import attrs
import pytest

from energyretail.adapters.memory.contracts import MemoryCustomers
from energyretail.adapters.memory.shared import (
    MemoryClock,
    MemoryInbox,
    MemoryNumbers,
    MemoryOutbox,
    MemoryWorkList,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import (
    MemoryClaimFacts,
    MemoryRegistry,
    MemorySwitches,
    arrival_of,
)
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.application.shared import Channel
from energyretail.application.switching import (
    ReceiveRegistryMessages,
    RegistryArrival,
    RegistryReceipt,
    RequestSwitch,
    SendClaim,
    WantedSupply,
    WatchSwitchDeadlines,
)
from energyretail.domain import switching
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Conflict, Cups, DomainError, Event, Fault
from energyretail.testing.conformance.contracts import customer_of
from energyretail.testing.conformance.switching import switch_of

DAY = date(2026, 3, 2)
ANA = customer_of(1)


class Recorded:
    """The Events port that only writes down."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        """Write events down in their order."""
        self.events += events


class Reacting(Recorded):
    """Refuses, as contracts may, the activation of one supply point."""

    def __init__(self, error: DomainError, cups: Cups) -> None:
        super().__init__()
        self._error = error
        self._cups = cups.value

    def record(self, events: Iterable[Event]) -> None:
        """Write events down, or refuse them all."""
        happened = tuple(events)
        for event in happened:
            if isinstance(event, switching.SwitchActivated) and event.cups == self._cups:
                raise self._error
        super().record(happened)


class House:
    """Everything switching needs, in memory, on 2 March 2026."""

    def __init__(self, events: Recorded | None = None) -> None:
        store = MemoryStore()
        self.work = MemoryWork(store)
        self.clock = MemoryClock(store)
        self.switches = MemorySwitches(store)
        self.work_list = MemoryWorkList(store)
        self.outbox = MemoryOutbox(store)
        self.inbox = MemoryInbox(store)
        self.events = Recorded() if events is None else events
        self.registry = MemoryRegistry(RegistryBehaviour(Chance(1)))
        self.store = store
        self.request = RequestSwitch(
            self.switches,
            MemoryClaimFacts(store),
            MemoryNumbers(store),
            self.outbox,
            self.work_list,
            self.events,
            self.clock,
            SPAIN.switching,
        )
        self.receive = ReceiveRegistryMessages(
            self.registry,
            self.switches,
            self.inbox,
            self.work_list,
            self.events,
            self.clock,
            self.work,
            SPAIN.switching,
        )
        self.watch = WatchSwitchDeadlines(
            self.switches, self.work_list, self.clock, self.work, SPAIN.switching
        )
        self.move_to(DAY)

    def move_to(self, day: date) -> None:
        """Begin a business day, here and at the registry."""
        with self.work() as transaction:
            self.clock.move_to(day)
            MemoryCustomers(self.store).save([ANA])
            transaction.commit()
        self.registry.advance(day)

    def want(
        self,
        *points: int,
        customer: str = "C000001",
        ahead: int = 0,
        contracts: Sequence[str] = ("K000001",),
    ) -> tuple[str, ...]:
        """Want supplies of each of `contracts`, and commit."""
        with self.work() as transaction:
            made = self.request(
                [
                    WantedSupply(
                        Cups.of_digits(f"0021{point:012d}").value,
                        contract,
                        customer,
                        DAY + timedelta(days=ahead),
                    )
                    for contract in contracts
                    for point in points
                ]
            )
            transaction.commit()
        return made

    def save(self, *switches: switching.Switch) -> None:
        """Put switches into the table."""
        with self.work() as transaction:
            self.switches.save(switches)
            transaction.commit()

    def tell(self, arrivals: Sequence[RegistryArrival]) -> RegistryReceipt:
        """Let the registry show messages, and receive them."""
        for arrival in arrivals:
            self.registry.lay(arrival)
        return self.receive()

    def codes(self) -> list[str]:
        """Return the codes on the work list."""
        return [item.code for item in self.work_list.open_items()]


@pytest.fixture
def house() -> House:
    return House()


class TestRequestSwitch:
    def test_gives_codes_in_the_order_of_the_supply_points(self, house: House) -> None:
        assert house.want(3, 1, 2) == ("202603000001", "202603000002", "202603000003")

        found = house.switches.by_request(["202603000001", "202603000003"])
        assert [switch.cups.value[6:18] for switch in found] == ["000000000001", "000000000003"]

    def test_writes_a_claim_into_the_outbox_and_says_so(self, house: House) -> None:
        (request,) = house.want(1)

        with house.work():
            (claimed,) = house.outbox.claim(Channel.REGISTRY, limit=10)
        assert (claimed.message.kind, claimed.message.key) == ("claim", request)
        assert [event.name for event in house.events.events] == ["switching.switch.requested"]

    def test_leaves_a_supply_that_has_a_switch(self, house: House) -> None:
        house.want(1, 2)

        assert house.want(2, 3, 3) == ("202603000003",)

    def test_requests_again_after_a_rejection(self, house: House) -> None:
        (request,) = house.want(1)
        house.tell([arrival_of(switching.ClaimRejected(request, (("03", "no"),)))])

        assert house.want(1) == ("202603000002",)

    def test_parks_a_supply_that_cannot_be_claimed_and_goes_on(self, house: House) -> None:
        assert house.want(1, customer="C999999") == ()
        assert house.want(2, ahead=31) == ()
        assert len(house.want(3)) == 1
        assert house.codes() == ["switching.claimant.unknown", "switching.request.too_early"]

    def test_parks_a_point_that_another_contract_has_and_goes_on(self, house: House) -> None:
        (first,) = house.want(1)

        (other,) = house.want(1, 2, contracts=["K000002"])

        assert house.codes() == ["switching.point_in_hand"]
        found = house.switches.by_request([first, other])
        assert [switch.contract for switch in found] == ["K000001", "K000002"]

    def test_gives_a_point_two_contracts_want_at_once_to_the_lower(self, house: House) -> None:
        (request,) = house.want(1, contracts=["K000002", "K000001"])

        (switch,) = house.switches.by_request([request])
        assert (switch.contract, house.codes()) == ("K000001", ["switching.point_in_hand"])

    def test_gives_a_rejected_point_to_another_contract(self, house: House) -> None:
        (request,) = house.want(1)
        house.tell([arrival_of(switching.ClaimRejected(request, (("03", "no"),)))])

        assert len(house.want(1, contracts=["K000002"])) == 1


class TestSendClaim:
    def test_loads_the_claims_that_exist_and_tells_the_registry_once(self, house: House) -> None:
        (request,) = house.want(1)
        sender = SendClaim(house.switches, house.registry)

        loaded = sender.load([request, "202603999999"])
        for maybe_sent in (False, True):
            sender.deliver(loaded[request], maybe_sent=maybe_sent)

        assert list(loaded) == [request]
        assert list(house.registry.told.values()) == [loaded[request]]


class TestReceiveRegistryMessages:
    def test_follows_the_whole_talk_to_active_or_rejected(self, house: House) -> None:
        requests = house.want(*range(1, 61))
        sender = SendClaim(house.switches, house.registry)
        for claim in sender.load(requests).values():
            sender.deliver(claim, maybe_sent=False)
        for day in range(1, 12):
            house.move_to(DAY + timedelta(days=day))
            house.receive()

        found = house.switches.by_request(requests)
        rejected = [s for s in found if s.state is switching.SwitchState.REJECTED]
        assert not any(switch.is_open() for switch in found)
        assert [item.key for item in house.work_list.open_items()] == [s.request for s in rejected]
        assert all(item.way_out for item in house.work_list.open_items())

    def test_ends_alike_in_all_24_orders_one_batch_each(self) -> None:
        request, cups = switch_of(1).request, switch_of(1).cups
        accepted = arrival_of(switching.ClaimAccepted(request, date(2026, 3, 9)))
        activated = arrival_of(switching.SupplyActivated(request, cups, date(2026, 3, 10)))
        again = [attrs.evolve(each, receipt=f"{each.receipt}-2") for each in (accepted, activated)]

        ends = set()
        for order in itertools.permutations((accepted, activated, *again)):
            house = House()
            house.save(switch_of(1))
            receipts = [house.tell([arrival]) for arrival in order]
            ends.add(house.switches.by_request([request]))
            assert sum(each.taken for each in receipts) == 2
            assert sum(each.repeated for each in receipts) == 2
            assert sum(isinstance(e, switching.SwitchActivated) for e in house.events.events) == 1
        assert len(ends) == 1

    @pytest.mark.parametrize("batched", [True, False])
    def test_never_loses_an_answer_that_contradicts(self, batched: bool) -> None:
        request, cups = switch_of(1).request, switch_of(1).cups
        answers = [
            arrival_of(switching.ClaimAccepted(request, date(2026, 3, 9))),
            arrival_of(switching.ClaimRejected(request, (("03", "no"),))),
            arrival_of(switching.SupplyActivated(request, cups, date(2026, 3, 10))),
            attrs.evolve(
                arrival_of(switching.SupplyActivated(request, cups, date(2026, 3, 11))),
                key="another-step",
                receipt="another-step",
            ),
        ]
        for order in itertools.permutations(answers):
            house = House()
            house.save(switch_of(1))
            told = [order] if batched else [[arrival] for arrival in order]
            receipts = [house.tell(arrivals) for arrivals in told]

            (switch,) = house.switches.by_request([request])
            assert switch.state in switching.GAIN.finals()
            assert sum(each.taken + each.parked for each in receipts) == 4
            parked = sum(each.parked for each in receipts)
            assert sum(i.kind == "registry_message" for i in house.work_list.open_items()) == parked
            assert parked >= 1

    @pytest.mark.parametrize("points", [(1,), (1, 2, 3), (3, 2, 1)])
    def test_parks_only_what_a_reaction_refuses(self, points: tuple[int, ...]) -> None:
        bad = switch_of(min(2, len(points)))
        house = House(Reacting(Conflict("supply.point_taken", "taken"), bad.cups))
        house.save(*(switch_of(point) for point in points))
        told = [
            arrival_of(switching.SupplyActivated(s.request, s.cups, date(2026, 3, 10)))
            for s in map(switch_of, points)
        ]

        receipt = house.tell(told)

        assert receipt == RegistryReceipt(taken=len(points) - 1, parked=1)
        assert house.codes() == ["supply.point_taken"]
        assert house.switches.by_request([bad.request]) == (bad,)
        assert [
            e.cups for e in house.events.events if isinstance(e, switching.SwitchActivated)
        ] == [switch_of(point).cups.value for point in sorted(points) if switch_of(point) != bad]
        states = [(row[0].raw, row[2], row[3]) for row in house.store.table("inbox").values()]
        bad_raw = told[points.index(min(2, len(points)))].raw
        assert [s for s in states if s[1] == "parked"] == [
            (bad_raw, "parked", "supply.point_taken")
        ]
        assert house.registry.receive() == ()
        assert house.tell([attrs.evolve(told[0], receipt="again")]) == RegistryReceipt(repeated=1)

    def test_does_not_park_what_a_fault_stops(self) -> None:
        house = House(Reacting(Fault("partner.down", "down"), switch_of(1).cups))
        house.save(switch_of(1))
        activated = switching.SupplyActivated(switch_of(1).request, switch_of(1).cups, DAY)

        with pytest.raises(Fault, match="down"):
            house.tell([arrival_of(activated)])

        assert house.codes() == []
        assert len(house.registry.receive()) == 1

    def test_parks_an_answer_to_a_request_we_never_made(self, house: House) -> None:
        receipt = house.tell([arrival_of(switching.ClaimAccepted("209912000001", DAY))])

        assert (receipt.parked, house.codes()) == (1, ["switching.request.unknown"])

    def test_parks_what_cannot_be_read_and_takes_the_rest(self, house: House) -> None:
        house.save(switch_of(1))
        torn = RegistryArrival("torn", "torn", b"<torn", "", code="xml.malformed", text="torn")

        receipt = house.tell([torn, arrival_of(switching.ClaimAccepted(switch_of(1).request, DAY))])

        assert receipt == RegistryReceipt(taken=1, parked=1)
        assert house.codes() == ["xml.malformed"]
        (torn_key,) = (key for key in house.store.table("inbox") if key[1].startswith("torn#"))
        assert house.store.table("inbox")[torn_key][0].raw == b"<torn"
        assert house.registry.receive() == ()

    def test_keeps_other_bytes_under_a_known_key_beside_the_first(self, house: House) -> None:
        house.save(switch_of(1))
        accepted = arrival_of(switching.ClaimAccepted(switch_of(1).request, DAY))
        other = attrs.evolve(accepted, receipt="second", raw=b"other words")

        for receipt in ("second", "third"):
            house.tell([accepted, attrs.evolve(other, receipt=receipt)])

        assert house.codes() == ["inbox.key_reused"]
        assert len(house.store.table("inbox")) == 2

    def test_changes_nothing_when_a_held_message_comes_again(self, house: House) -> None:
        house.save(switch_of(1))
        accepted = arrival_of(switching.ClaimAccepted(switch_of(1).request, DAY))
        house.tell([accepted])
        events = list(house.events.events)

        receipt = house.tell([attrs.evolve(accepted, receipt="again")])

        assert receipt == RegistryReceipt(repeated=1)
        assert house.events.events == events

    def test_stops_when_the_registry_shows_the_acknowledged_for_ever(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(house.registry, "acknowledge", lambda _: None)

        with pytest.raises(Fault, match=r"registry\.inbox\.endless"):
            house.tell([arrival_of(switching.ClaimAccepted("209912000001", DAY))])


class TestWatchSwitchDeadlines:
    def test_puts_a_late_switch_on_the_work_list_once(self, house: House) -> None:
        house.save(switch_of(1), switch_of(2, requested_on=DAY + timedelta(days=5)))
        house.move_to(date(2026, 3, 13))
        assert house.watch() == ()

        for day in (14, 15):
            house.move_to(date(2026, 3, day))
            assert house.watch() == (switch_of(1).request,)

        assert house.codes() == ["switching.overdue"]
