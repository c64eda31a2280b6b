"""A random life of bill runs in two worlds at once: workers die, fail, and are late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from energyretail.application.operations import RunShown
from energyretail.domain.operations import BillChunk, BillRunState, ChunkState
from energyretail.domain.shared import DomainError
from energyretail.testing.bill_runs import BillRunOffice
from energyretail.testing.conformance.bill_runs import BillRunsWorld

__all__ = ["BillRunMachine"]

_FIRST_DAY: Final = date(2026, 3, 1)
_KEYS: Final = tuple(f"{sign}{number:02d}" for number, sign in enumerate("aabpabhaaapb"))

_numbers = st.integers(1, 4)


class BillRunMachine(RuleBasedStateMachine):
    """Do the same in both worlds; they answer the same, and no supply is lost or billed twice."""

    def __init__(self, one: BillRunsWorld, other: BillRunsWorld):
        super().__init__()
        self.offices = tuple(BillRunOffice(world, _KEYS[:6]) for world in (one, other))
        self.day = _FIRST_DAY
        self._open()

    @rule(dry_run=st.booleans(), size=st.integers(1, 3))
    def start(self, dry_run: bool, size: int) -> None:
        """Start a run."""
        self._both(lambda office: office.start(dry_run=dry_run, size=size))

    @rule(run=_numbers, chunk=_numbers)
    def bill(self, run: int, chunk: int) -> None:
        """Bill a chunk."""
        self._both(lambda office: office.bill(run, chunk))

    @rule(run=_numbers, chunk=_numbers, key=st.sampled_from(_KEYS))
    def fail(self, run: int, chunk: int, key: str) -> None:
        """Bill a chunk in which a supply goes wrong when half of it is done."""

        def do(office: BillRunOffice) -> object:
            office.supplies.faults = {key: KeyError(key)}
            try:
                return office.bill(run, chunk)
            except KeyError:
                return "failed"
            finally:
                office.supplies.faults = {}

        self._both(do)

    @rule(run=_numbers, chunk=_numbers)
    def give_up(self, run: int, chunk: int) -> None:
        """Give a chunk up."""
        self._both(lambda office: office.give_up(run, chunk, KeyError("gone")))

    @rule(run=_numbers)
    def abort(self, run: int) -> None:
        """Call a run off."""
        self._both(lambda office: office.abort(run))

    @rule(run=_numbers)
    def resume(self, run: int) -> None:
        """Let a run go on."""
        self._both(lambda office: office.resume(run))

    @rule()
    def next_day(self) -> None:
        """Open the next day; some more becomes due."""
        self.day += timedelta(days=1)
        self._open()

    @invariant()
    def the_worlds_agree(self) -> None:
        """Runs, chunks and bills are the same in both."""
        one, other = (self._seen(office) for office in self.offices)
        assert one == other

    @invariant()
    def every_result_is_of_a_supply_billed_once(self) -> None:
        """What real runs count is what is billed, and every range is covered."""
        for office in self.offices:
            total = office.world.shelf.total().result
            assert total.issued + total.held + total.parked == len(office.supplies.billed())
            assert sum(dict(total.why).values()) == total.held + total.parked

    @invariant()
    def runs_are_as_their_chunks_are(self) -> None:
        """A run is done when all its chunks are, and failed when the others are and one failed."""
        for shown, chunks in self._shown():
            states = {chunk.state for chunk in chunks}
            is_settled = states <= {ChunkState.DONE, ChunkState.FAILED}
            if shown.run.state is not BillRunState.ABORTED:
                assert is_settled == (shown.run.state in (BillRunState.DONE, BillRunState.FAILED))
                assert (ChunkState.FAILED in states) or shown.run.state is not BillRunState.FAILED
            if shown.run.state is BillRunState.DONE and not shown.run.dry_run:
                assert states <= {ChunkState.DONE}

    def _shown(self) -> list[tuple[RunShown, tuple[BillChunk, ...]]]:
        return [
            (shown, office.world.shelf.chunks(shown.run.number, after="", limit=99).items)
            for office in self.offices
            for shown in office.world.shelf.page(after="", limit=99).items
        ]

    def _seen(self, office: BillRunOffice) -> object:
        runs = office.world.shelf.page(after="", limit=99).items
        return (
            runs,
            [office.world.shelf.chunks(one.run.number, after="", limit=99).items for one in runs],
            office.world.shelf.total(),
            office.supplies.billed(),
        )

    def _open(self) -> None:
        more = (self.day - _FIRST_DAY).days
        for office in self.offices:
            office.supplies.keys = sorted(_KEYS[: 6 + more])
            office.open(self.day)

    def _both(self, do: Callable[[BillRunOffice], object]) -> None:
        one, other = (_told(do, office) for office in self.offices)
        assert one == other


def _told(do: Callable[[BillRunOffice], object], office: BillRunOffice) -> object:
    try:
        return do(office)
    except DomainError as error:
        return error.code
