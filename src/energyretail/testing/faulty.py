"""Ports that fail by a plan: proxies around real ones, whose calls are counted together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, TypeVar, cast

import attrs

from energyretail.adapters.simulated.faults import FaultPlan, Moment
from energyretail.application.shared import Transaction, Whole, Work
from energyretail.domain.shared import Fault

__all__ = ["COMMIT", "FaultyCalls", "Interrupted"]

COMMIT: Final = "transaction.commit"
"""What the commit of a transaction is called among the calls made."""
P = TypeVar("P")


class Interrupted(Exception):
    """A call on the company's own side failed because the plan said so."""


class FaultyCalls:
    """Counts every call through its proxies, and fails those its plan names.

    A partner's port fails with a Fault, as its adapter would; `outcome_unknown` unless the
    call was not made for certain. Our own ports fail with `Interrupted`; when a connection is
    to be lost, `lose` breaks the real one first and the call is made over what is left. A
    connection lost in a commit leaves it open whether all was written: a LOST one breaks before
    the commit, which writes nothing; an AFTER one breaks behind it, when all is written.
    """

    def __init__(self, *, lose: Callable[[], None] = lambda: None):
        self.lose = lose
        self._plan: FaultPlan | None = None
        self.made: list[str] = []

    @contextmanager
    def failing(self, plan: FaultPlan | None) -> Iterator[None]:
        """Count from here on and fail by `plan` until the block ends; None only counts."""
        self._plan, self.made = plan, []
        try:
            yield
        finally:
            self._plan = None

    def partner(self, name: str, port: P) -> P:
        """Return `port` of a partner under the plan."""
        return cast("P", _Proxy(self, name, port, self._call_partner))

    def own(self, name: str, port: P) -> P:
        """Return `port` of our own under the plan."""
        return cast("P", _Proxy(self, name, port, self._call_own))

    def work(self, work: Work) -> Work:
        """Return `work` with its commits under the plan."""
        return _FaultyWork(self, work)

    def whole(self, whole: Whole) -> Whole:
        """Return `whole` with its commits under the plan."""
        return _FaultyWork(self, whole)

    def _call_partner(self, name: str, call: Callable[[], Any]) -> Any:
        moment = self._meeting(name)
        if moment is None:
            return call()
        if moment is Moment.AFTER:
            call()
        unknown = moment is not Moment.BEFORE
        raise Fault(f"simulated.{moment.value}", f"planned at {name}", outcome_unknown=unknown)

    def _call_own(self, name: str, call: Callable[[], Any]) -> Any:
        moment = self._meeting(name)
        if moment is None:
            return call()
        if moment is Moment.LOST:
            self.lose()
        if moment is not Moment.BEFORE:
            call()
        if name == COMMIT and moment is Moment.AFTER:
            self.lose()
        raise Interrupted(f"{moment.value} {name}")

    def _meeting(self, name: str) -> Moment | None:
        self.made.append(name)
        return None if self._plan is None else self._plan.meeting(len(self.made))


_Caller = Callable[[str, Callable[[], Any]], Any]


class _Proxy:
    def __init__(self, calls: FaultyCalls, name: str, port: object, caller: _Caller):
        self._calls = calls
        self._name = name
        self._port = port
        self._caller = caller

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            return self._caller(f"{self._name}.{attribute}", lambda: found(*given, **named))

        return call


@attrs.frozen
class _FaultyWork:
    """Work, and Whole with what it is told."""

    _calls: FaultyCalls
    _opens: Callable[..., AbstractContextManager[Transaction]]

    @contextmanager
    def __call__(self, **how: bool) -> Iterator[Transaction]:
        with self._opens(**how) as transaction:
            yield self._calls.own("transaction", transaction)
