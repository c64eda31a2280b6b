"""What is published for everybody: indices, conversions of gas, profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import attrs

from energyretail.domain.pricing.circumstances import IntervalIndex
from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.pricing.uses import Conversion, Profile
from energyretail.domain.shared import Invalid

__all__ = ["NO_FIGURES", "PublishedFigures"]


@attrs.frozen
class PublishedFigures:
    """What is published for everybody and a bill reads by name: indices, conversions, profiles.

    `seen` is the number of the newest of these figures, in one count with the facts of supply
    points. Raises Invalid ``pricing.name_twice`` (two indices, conversions or profiles of a name).
    """

    indices: tuple[DatedPrice | IntervalIndex, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    profiles: tuple[Profile, ...] = ()
    seen: int = 0

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
