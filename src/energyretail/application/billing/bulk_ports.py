"""What billing many supplies at once needs of the world.

Numbers go from port to port as columns that the application does not look into: arrays of whole
numbers, one place a supply, as the buffer protocol hands them over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

import attrs

from energyretail.domain.billing import (
    BillableSupply,
    Invoice,
    PostingShare,
    Rateable,
    Yardstick,
)
from energyretail.domain.ledger import Entry
from energyretail.domain.pricing import Kernel, Quality, RateProgram
from energyretail.domain.shared import DomainError, InvoiceNumber, Period

__all__ = [
    "NO_VALUE",
    "AlikeSupplies",
    "BulkBills",
    "BulkRating",
    "Column",
    "DuePage",
    "IssuedAlike",
    "PastBills",
    "PastSums",
    "RatedAlike",
    "ToldAlike",
]

Column = Any
"""Whole numbers of 64 bits, one a supply, as the adapters hand them to each other."""

NO_VALUE: Final = -(2**31)
"""Stands for an interval without a value: no meter measures this in one."""


@attrs.frozen(eq=False)
class PastSums:
    """What some bills in force before were for, with one place a supply.

    `spans` are their periods, in order: those that many share are told once, and `which` of them
    are a supply's. `energy` is the sum of theirs in millionths of a kWh, `gross` in cents,
    `counted` has a column a register in the order of their names, in thousandths of its unit.
    """

    spans: Sequence[Sequence[Period]]
    which: Column
    energy: Column
    gross: Column
    counted: Sequence[Column]

    def days(self, at: int) -> Sequence[Period]:
        """Return the periods of the supply at a place of the columns."""
        return self.spans[self.which[at]]


@attrs.frozen(eq=False)
class PastBills:
    """What the bills in force before were for, with one place a supply.

    Those of the days that `BilledBefore` tells: the `open` ones after the last that ends with
    actual readings, and the `settled` ones up to it. All that means something only where they are
    `comparable`: of known energy, of the same tariff and registers, none of which began again, none
    rectified, and the open ones up to the bill that is due without a gap. Or where there is none.
    """

    comparable: Column
    settled: PastSums
    open: PastSums


@attrs.frozen(eq=False)
class ToldAlike:
    """What was told of supplies beside their readings, with one place a supply.

    `seen` is the number of the newest fact of each; `intervals` has an array a channel, with one
    row a supply: the whole Wh of each interval of the days billed, in order, `NO_VALUE` where one
    has none. `lacking` tells of each supply whether one has none, `estimated` of each of its days
    whether they are estimates.
    """

    seen: Column
    intervals: Mapping[str, Column]
    lacking: Mapping[str, Column]
    estimated: Mapping[str, Column]


@attrs.frozen(eq=False)
class AlikeSupplies:
    """Supplies whose next bills differ in nothing but who they are and what was measured.

    `one` is any of them, with its readings, and `period` what its bill is for: each other has
    readings of the same registers, days and qualities, and intervals of the same channels and
    steps. `places` are where they stand among those looked for together, in order of key;
    `indexes` and `versions` have a column a reading, by register and day, the index in thousandths
    of a kWh. `told` is None where nothing was told but readings, `past` unless it was asked for.
    """

    one: BillableSupply
    period: Period
    places: Sequence[int]
    contracts: Sequence[str]
    customers: Sequence[str]
    cups: Sequence[str]
    indexes: Mapping[tuple[str, date], Column]
    versions: Mapping[tuple[str, date], Column]
    past: PastBills | None = None
    told: ToldAlike | None = None

    @property
    def seen(self) -> int:
        """The number of the newest fact of `one`, zero where nothing was told."""
        return 0 if self.told is None else int(self.told.seen[0])

    def key(self, at: int) -> str:
        """Return the key of the supply at a place of the columns."""
        return f"{self.contracts[at]}/{self.cups[at]}"

    @property
    def estimated(self) -> bool:
        """Whether a reading of the last day of each is an estimate."""
        last = (each for each in self.one.readings if each.taken_on == self.period.until)
        return any(each.quality is Quality.ESTIMATED for each in last)

    def counted(self) -> Sequence[Column]:
        """Return what each register counted, in the order of their names, in thousandths."""
        names = sorted({register for register, _ in self.indexes})
        days = sorted({day for _, day in self.indexes})
        return [self.indexes[name, days[-1]] - self.indexes[name, days[0]] for name in names]


@attrs.frozen(eq=False)
class DuePage:
    """A page of supplies that are due, in order of key.

    `alike` are those whose bills may be made together, `others` the keys of those to bill one by
    one, by place; `resume` is the key of the last, None when nothing is left beyond it.
    """

    alike: tuple[AlikeSupplies, ...]
    others: Mapping[int, str]
    resume: str | None

    def beyond(self, before: int) -> DuePage:
        """Return the page with its places counted on from those of so many `before` it."""
        return DuePage(
            alike=tuple(
                attrs.evolve(each, places=[before + place for place in each.places])
                for each in self.alike
            ),
            others={before + place: key for place, key in self.others.items()},
            resume=self.resume,
        )


@attrs.frozen(eq=False)
class RatedAlike:
    """Supplies that one program prices: those `at` these places of the columns of `supplies`.

    `numbers` are the columns of the program's kernel, `gross_cents` the one that the bills come to.
    """

    supplies: AlikeSupplies
    at: Sequence[int]
    program: RateProgram
    kernel: Kernel
    numbers: Sequence[Column]
    gross_cents: Sequence[int]


class BulkRating(Protocol):
    """Prices supplies by columns, every one of them as `pricing.rate` does.

    It asks no database: that is read for the next supplies meanwhile.
    """

    def rate(
        self, found: Rateable, supplies: AlikeSupplies, *, digits: int
    ) -> tuple[RatedAlike, ...]:
        """Return the supplies by program; those in none are to be rated one by one, or parked.

        `found` is what `supplies.one` is rated by, `digits` the whole digits of an index. Raises
        Refused ``pricing.not_compiled`` where there is no program at all, and what `rate` raises.
        """
        ...

    def lacks(
        self,
        found: Rateable,
        supplies: AlikeSupplies,
        rated: Sequence[RatedAlike],
        *,
        digits: int,
    ) -> Mapping[int, DomainError]:
        """Return why supplies are surely refused for an interval without a value, by place.

        That is what `pricing.rate` raises of them; they are alike with those that are `rated`. Of
        those it does not return, nothing is told.
        """
        ...

    def surely_plausible(self, rated: RatedAlike, *, by: Yardstick) -> RatedAlike:
        """Return those of `rated` of which no rule of plausibility finds anything.

        It goes by `Yardstick.surely_passes`, and tells nothing of supplies whose past is not
        comparable: these are left out too.
        """
        ...


@attrs.frozen(eq=False)
class IssuedAlike:
    """Invoices of supplies rated alike, their `numbers` in the order of `rated.at`.

    `ranks` are their places among all that is issued with them, `found` tells what else they have
    in common, `shares` what their entries post.
    """

    rated: RatedAlike
    found: Rateable
    numbers: Sequence[InvoiceNumber]
    ranks: Sequence[int]
    issued_on: date
    due_on: date
    shares: tuple[PostingShare, ...]


class BulkBills(Protocol):
    """Finds supplies that are billed alike, and keeps their bills."""

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return the page of `SuppliesToBill.due`, those that may be billed alike together.

        With the bills of `past_days` before, where that is given.
        """
        ...

    def supplies(self, keys: Sequence[str], *, today: date) -> Mapping[str, BillableSupply]:
        """Return supplies by key, as `SuppliesToBill.due` would."""
        ...

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep invoices and post their entries, as Invoices and Books do; return the entries' keys.

        `others` are the invoices made one by one whose numbers lie between, ascending, `entries`
        theirs, whose keys are not returned: all is kept as if given in the order of its numbers.
        Raises Conflict as Invoices does.
        """
        ...
