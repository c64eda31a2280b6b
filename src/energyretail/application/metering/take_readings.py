"""Take in readings that somebody hands us, and say what became of each."""

from __future__ import annotations

import attrs

from energyretail.application.metering.intake import DeliveryDesk
from energyretail.application.metering.ports import ReadingPlans, Readings, SuppliesToRead
from energyretail.application.shared import Clock, Events, Work
from energyretail.domain.metering import Delivery, Doubted, Reading, ReadingRules
from energyretail.domain.shared import Refused

__all__ = ["ReadingsDoubted", "ReadingsTaken", "TakeReadings"]


class ReadingsDoubted(Refused):
    """Rows that stand or fall together are not all believed: `doubted` says which, and why."""

    def __init__(self, doubted: tuple[Doubted, ...]):
        super().__init__("metering.reading.doubted", "not believed", rows=len(doubted))
        self.doubted = doubted


@attrs.frozen
class ReadingsTaken:
    """What became of the rows delivered, in natural-key order.

    `taken` are new readings, `replaced` those that supersede an estimate of their day, `known`
    counts rows that were taken in before or say nothing new, `doubted` are the rows that are
    not believed, each with every reason. `mended` are no rows: estimates made anew, for the
    rows showed the standing ones to be wrong.
    """

    taken: tuple[Reading, ...] = ()
    replaced: tuple[Reading, ...] = ()
    known: int = 0
    doubted: tuple[Doubted, ...] = ()
    mended: tuple[Reading, ...] = ()


class TakeReadings:
    """Take in delivered rows, each believed or doubted by itself.

    - A row of a day after the company's, of a point that is not ours on its day, or with an
      index that is not plausible is doubted; the others go on. A doubted row is told to the
      caller, who answers for it: nothing is put on the work list.
    - A row that was taken in before is known, even where it was superseded since: delivered
      twice, the same rows change nothing, and two who bring them at once come one after the
      other.
    - An actual index for a day that was estimated supersedes the estimate
      (`ReadingReplaced`), and so are other estimates superseded that it shows to be wrong.
    - Every row that is believed about days says when the meter is read next.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        events: Events,
        readings: Readings,
        plans: ReadingPlans,
        supplies: SuppliesToRead,
        rules: ReadingRules,
    ):
        self._work = work
        self._clock = clock
        self._readings = readings
        self._desk = DeliveryDesk(
            readings=readings, plans=plans, supplies=supplies, events=events, rules=rules
        )

    def __call__(
        self, delivery: Delivery, *, source: str, all_or_nothing: bool = False
    ) -> ReadingsTaken:
        """Take in the rows of `delivery`; `source` is kept with every reading.

        With `all_or_nothing` it takes in every row, or raises ReadingsDoubted and takes none.
        """
        with self._work() as transaction:
            today = self._clock.today()
            self._readings.lock(sorted({row.cups for row in delivery.rows}))
            heard = frozenset(self._readings.heard(delivery.rows))
            rows = tuple(row for row in delivery.rows if row not in heard)
            unheard = attrs.evolve(delivery, rows=rows)
            intake, replaced = self._desk.decide(unheard, source=source, today=today)
            if all_or_nothing and intake.doubted:
                raise ReadingsDoubted(intake.doubted)
            self._desk.keep(intake, replaced, today=today)
            transaction.commit()
        return ReadingsTaken(
            taken=tuple(each for each in intake.readings if each.version == 1),
            replaced=tuple(each for each in intake.readings if each.version > 1),
            known=intake.known + len(delivery.rows) - len(rows),
            doubted=intake.doubted,
            mended=intake.mended,
        )
