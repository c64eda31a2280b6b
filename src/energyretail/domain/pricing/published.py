"""What is published for everybody: indices, conversions of gas, profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

import attrs

from energyretail.domain.pricing.circumstances import IntervalIndex
from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.pricing.uses import Conversion, Profile
from energyretail.domain.shared import Invalid, Period

__all__ = ["NO_FIGURES", "FigureTold", "PublishedFigures"]

_ONE_DAY: Final = timedelta(days=1)


@attrs.frozen
class FigureTold:
    """That under a name something was told of some days, and its number."""

    name: str
    days: Period
    number: int


@attrs.frozen
class PublishedFigures:
    """What is published for everybody and a bill reads by name: indices, conversions, profiles.

    `told` is what of them was ever told, numbered in one count with the facts of supply points.
    Raises Invalid ``pricing.name_twice`` (two indices, conversions or profiles of a name).
    """

    indices: tuple[DatedPrice | IntervalIndex, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    profiles: tuple[Profile, ...] = ()
    told: tuple[FigureTold, ...] = ()

    def __attrs_post_init__(self) -> None:
        for what in (self.indices, self.conversions, self.profiles):
            for name, count in Counter(each.name for each in what).items():
                if count > 1:
                    raise Invalid("pricing.name_twice", "two figures of one name", name=name)

    def named(self, names: Iterable[str]) -> tuple[DatedPrice | IntervalIndex, ...]:
        """Return the indices of these names that are known, in order of name."""
        wanted = frozenset(names)
        found = (index for index in self.indices if index.name in wanted)
        return tuple(sorted(found, key=lambda index: index.name))

    @property
    def seen(self) -> int:
        """The number of the newest of all these figures, or zero."""
        return max((each.number for each in self.told), default=0)

    def newest(self, names: Collection[str], days: Period) -> int:
        """Return the number of the newest that was told under some names of some days, or zero.

        Of a day before and after too: days of a market are not days of UTC. So what a bill saw is
        the same whatever else is known beside.
        """
        around = Period(days.start - _ONE_DAY, days.until + _ONE_DAY)
        told = (each for each in self.told if each.name in names and each.days.meets(around))
        return max((each.number for each in told), default=0)

    def conversion(self, name: str) -> Conversion:
        """Return a conversion; raises Invalid ``pricing.conversion_unknown``."""
        for conversion in self.conversions:
            if conversion.name == name:
                return conversion
        raise Invalid("pricing.conversion_unknown", "no such conversion", name=name)

    def profile(self, name: str) -> Profile | None:
        """Return a profile, None where it is not known: what is to be divided by it is refused."""
        return next((profile for profile in self.profiles if profile.name == name), None)


NO_FIGURES = PublishedFigures()
