"""Finds the switches the registry is late with."""

from __future__ import annotations

from datetime import date

from energyretail.application.shared import Clock, Work, WorkList
from energyretail.application.switching.ports import Switches
from energyretail.domain import switching
from energyretail.domain.operations import WorkItem

__all__ = ["WatchSwitchDeadlines"]


class WatchSwitchDeadlines:
    """Put each switch past its deadline on the work list, once.

    The deadline is the market's for the day of the request (Spain: 10 days, RD 88/2026), or
    the later day that was asked for, and one working day for the registry to tell.
    """

    def __init__(
        self,
        switches: Switches,
        work_list: WorkList,
        clock: Clock,
        work: Work,
        rules: switching.SwitchingRules,
    ):
        self._switches = switches
        self._work_list = work_list
        self._clock = clock
        self._work = work
        self._rules = rules

    def __call__(self) -> tuple[str, ...]:
        """Return the request codes that are overdue today."""
        with self._work() as transaction:
            today = self._clock.today()
            overdue = [
                switch
                for switch in self._switches.open_requested_before(today)
                if self._rules.is_overdue(switch.requested_on, switch.wanted_on, today)
            ]
            self._work_list.add([self._item(switch, today) for switch in overdue])
            transaction.commit()
        return tuple(switch.request for switch in overdue)

    def _item(self, switch: switching.Switch, today: date) -> WorkItem:
        deadline = self._rules.deadline(switch.requested_on, switch.wanted_on)
        return WorkItem(
            kind="switch",
            key=f"{switch.request}.overdue",
            code="switching.overdue",
            text=f"{switch.cups} of contract {switch.contract}, requested on "
            f"{switch.requested_on}, is {switch.state.value}; the deadline was {deadline}",
            way_out="ask the registry; complain to the authority if it does not answer",
            raised_on=today,
        )
