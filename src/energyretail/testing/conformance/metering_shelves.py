"""What every implementation of the long list of readings promises."""

from __future__ import annotations

from datetime import date
from functools import partial

import attrs

from energyretail.application.metering import KeptReading, Readings, ReadingShelf
from energyretail.application.shared import Work
from energyretail.domain.metering import EstimateBasis, Reading
from energyretail.testing.conformance.metering import DAY, point, reading
from energyretail.testing.conformance.pages import check_pages, leaf_through

__all__ = ["ReadingShelfConformance", "ReadingShelves"]

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
GUESS = EstimateBasis("profile", "as last year")


@attrs.frozen
class ReadingShelves:
    """One implementation, empty, with what fills it."""

    work: Work
    readings: Readings
    shelf: ReadingShelf

    def save(self, *readings: Reading) -> None:
        """Save readings in one committed transaction."""
        with self.work() as transaction:
            self.readings.save(readings, on=DAY)
            transaction.commit()


def _kept() -> tuple[KeptReading, ...]:
    return (
        KeptReading(reading(1, "P1", MARCH, "100.5"), DAY, True),
        KeptReading(reading(1, "P2", MARCH, 200), DAY, True),
        KeptReading(reading(1, "P1", APRIL, 150, basis=GUESS), DAY, False),
        KeptReading(reading(1, "P1", APRIL, 151, version=2), DAY, True),
        KeptReading(reading(1, "P1", MAY, 190), DAY, True),
    )


class ReadingShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty ReadingShelves."""

    def test_gives_every_version_once_in_order_of_day(self, shelves: ReadingShelves) -> None:
        shelves.save(*(each.reading for each in reversed(_kept())), reading(2, "P1", MARCH, 7))

        check_pages(partial(shelves.shelf.page, point(1)), _kept())
        check_pages(partial(shelves.shelf.page, point(3)), ())

    def test_puts_the_tenth_version_after_the_ninth(self, shelves: ReadingShelves) -> None:
        versions = [reading(1, "P1", MARCH, 100, version=number) for number in range(1, 13)]
        shelves.save(*versions)

        found = leaf_through(partial(shelves.shelf.page, point(1)), 5)

        assert [each.reading for each in found] == versions
        assert [each.is_current for each in found] == [False] * 11 + [True]

    def test_misses_none_while_others_come(self, shelves: ReadingShelves) -> None:
        first, second, *later = (each.reading for each in _kept())
        shelves.save(first, second)

        found = leaf_through(
            partial(shelves.shelf.page, point(1)), 1, meanwhile=lambda: shelves.save(*later)
        )

        assert found == _kept()

    def test_is_asked_by_register_days_and_what_is_current(self, shelves: ReadingShelves) -> None:
        kept = _kept()
        shelves.save(*(each.reading for each in kept))
        page = partial(shelves.shelf.page, point(1))

        check_pages(partial(page, register="P2"), [kept[1]])
        check_pages(partial(page, since=APRIL), kept[2:])
        check_pages(partial(page, until=APRIL), kept[:2])
        check_pages(partial(page, since=APRIL, until=MAY), kept[2:4])
        check_pages(partial(page, current_only=True), [*kept[:2], *kept[3:]])
        check_pages(partial(page, current_only=True, since=APRIL, until=MAY), [kept[3]])

    def test_goes_on_beyond_a_key_nobody_has(self, shelves: ReadingShelves) -> None:
        shelves.save(*(each.reading for each in _kept()))
        left = [
            len(shelves.shelf.page(point(1), after=after, limit=9).items)
            for after in ("0", "2026-03-31", "2026-04-01/P1/000001x", "~")
        ]

        assert left == [5, 3, 2, 0]
