"""What customers did that lifts a limit of billing: found by somebody who answers for it."""

from __future__ import annotations

import enum
from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import ContractNumber, Cups, Event, Invalid, Period, Refused

__all__ = ["CustomerFault", "CustomerFaultRecorded", "FaultDays", "RecordedFault", "record_fault"]


class CustomerFault(enum.Enum):
    """What a customer did that lifts the limit on charging for old days."""

    OBSTRUCTION = "obstruction"
    UNAUTHORISED_USE = "unauthorised_use"


@attrs.frozen
class FaultDays:
    """A fault, and the days it kept the supplier from billing."""

    fault: CustomerFault
    days: Period


@attrs.frozen
class CustomerFaultRecorded(Event):
    """A fault of a customer is on record: it lifts the limit for its days from now on."""

    name: ClassVar[str] = "billing.customer_fault.recorded"
    contract: ContractNumber
    cups: str
    fault: str


@attrs.frozen
class RecordedFault:
    """A fault found at a supply point under a contract; on record it is never changed.

    `owner` is who answers for the finding, `source` the paper it rests on. Known by contract,
    supply point, fault and first day. Raises Invalid ``billing.customer_fault.days`` (days with
    an end), ``billing.customer_fault.owner``, ``billing.customer_fault.source`` (either is said).
    """

    contract: ContractNumber
    cups: Cups
    fault: CustomerFault
    days: Period
    owner: str
    source: str
    recorded_on: date

    def __attrs_post_init__(self) -> None:
        if self.days.end is None:
            raise Invalid("billing.customer_fault.days", "the days have an end", days=self.days)
        if not self.owner.strip():
            raise Invalid("billing.customer_fault.owner", "somebody answers for it")
        if not self.source.strip():
            raise Invalid("billing.customer_fault.source", "it rests on a paper")

    @property
    def key(self) -> str:
        """The natural key as text: ``K000001/ES…/obstruction/2024-01-01``."""
        return f"{self.contract}/{self.cups}/{self.fault.value}/{self.days.start}"

    @property
    def lifts(self) -> FaultDays:
        """What billing needs to know of it."""
        return FaultDays(self.fault, self.days)


def record_fault(
    fault: RecordedFault, *, supplied: Period
) -> tuple[RecordedFault, tuple[Event, ...]]:
    """Return what is put on record of a point that we supply on the days `supplied`.

    Raises Refused ``billing.customer_fault.future`` for days that are not over,
    ``billing.customer_fault.not_supplied`` for days on which we did not supply the point.
    """
    if fault.days.until > fault.recorded_on:
        raise Refused(
            "billing.customer_fault.future", "the days are not over yet", until=fault.days.until
        )
    if not supplied.covers(fault.days):
        raise Refused(
            "billing.customer_fault.not_supplied",
            "we did not supply the point on all of these days",
            days=fault.days,
            supplied=supplied,
        )
    return fault, (CustomerFaultRecorded(fault.contract, fault.cups.value, fault.fault.value),)
