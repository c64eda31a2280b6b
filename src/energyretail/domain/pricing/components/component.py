"""What every tariff component is, and the unrounded line it drafts for a part of a bill."""

from __future__ import annotations

import abc
import enum
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain.pricing.apportioning import Apportioning
from energyretail.domain.pricing.calendars import BandCalendar
from energyretail.domain.pricing.circumstances import Circumstances, Counter, DiscountGiven
from energyretail.domain.pricing.dated import DatedPrice, cuts_of
from energyretail.domain.pricing.derivation import Derivation, exact, round_exactly
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.pricing.uses import Flow, Profile
from energyretail.domain.shared import Period, Rounding, RoundingMode

__all__ = [
    "ALWAYS", "SHOWN", "AtLeast", "ByUse", "Component", "Draft", "EnergyUnit", "Piece",
    "at_least", "shown", "shown_of",
]  # fmt: skip

SHOWN = Rounding(RoundingMode.HALF_UP, 6)
ALWAYS = Period(date.min)


class EnergyUnit(enum.Enum):
    """The unit an energy price is quoted in; the value is its kWh."""

    KWH = 1
    MWH = 1000

    @property
    def text(self) -> str:
        """The unit as printed on a bill."""
        return {EnergyUnit.KWH: "kWh", EnergyUnit.MWH: "MWh"}[self]


class ByUse(enum.Enum):
    """What VAT by use does to the lines of a component.

    SPLIT them by the customer's qualifying use, bill only the TAXABLE rest, or leave them WHOLE.
    """

    SPLIT = "split"
    TAXABLE = "taxable"
    WHOLE = "whole"


def _first_day(draft: Draft) -> date:
    return draft.period.start


@attrs.frozen
class Draft:
    """A line before rounding: `derivation` is exact, `quantity` and `price` are for showing.

    They stand as they are, or as the derivation of what is shown of them: at most six places.
    `reduces` names the components that a discount took from. `tax_day` decides its VAT where that
    goes by days; the first of its period unless given.
    """

    component: str
    label: str
    group: str
    tax_code: str
    period: Period
    quantity: Decimal | Derivation
    unit: str
    price: Decimal | Derivation
    price_unit: str
    estimated: bool
    derivation: Derivation
    reduces: tuple[str, ...] = ()
    tax_day: date = attrs.field(default=attrs.Factory(_first_day, takes_self=True))


AtLeast = Callable[[Derivation, Derivation], bool]


def at_least(one: Derivation, other: Derivation) -> bool:
    """Tell whether `one` comes to as much as `other`, or more."""
    return exact(one) >= exact(other)


@attrs.frozen
class Piece:
    """A part of the billed period in which nothing changes, and all that a price may ask for.

    `whole` is the billed period. `rounding` is given where every line is rounded on its own: what
    is computed on lines is then computed on the amounts shown. `drafts` are the lines of the
    components before in this piece, `before` those of the pieces before. `profile` is given where
    the tariff divides by it. `vat_cuts` are the days on which a VAT rate changes for lines of
    other days than those billed. What lines there are may depend on amounts: whatever decides it
    asks `at_least`, so that a program for many bills can keep the question (`RateProgram`).
    """

    period: Period
    whole: Period
    usage: Usage
    circumstances: Circumstances
    currency: str
    apportioning: Apportioning
    rounding: Rounding | None = None
    price_rounding: Rounding | None = None
    calendars: tuple[BandCalendar, ...] = ()
    profile: Profile | None = None
    vat_cuts: frozenset[date] = frozenset()
    drafts: tuple[Draft, ...] = ()
    before: tuple[Draft, ...] = ()
    at_least: AtLeast = at_least

    def differ(self, one: Derivation, other: Derivation) -> bool:
        """Tell whether two derivations come to different values."""
        return not (self.at_least(one, other) and self.at_least(other, one))

    def shown(self, draft: Draft) -> Derivation:
        """Return a line as others are computed on it: rounded where every line is."""
        return draft.derivation.rounded(self.rounding)


def _own_name(component: Component) -> str:
    return component.name


@attrs.frozen(kw_only=True)
class Component(abc.ABC):
    """One kind of price; the strategies a tariff is composed of.

    `name` is stable and unique in the tariff, `label` what the customer reads, `group` the heading
    under which SUBTOTAL rounds, `tax_code` the VAT of the tariff or NO_TAX, `valid` the days it is
    charged.
    """

    name: str
    tax_code: str
    label: str = attrs.field(default=attrs.Factory(_own_name, takes_self=True))
    group: str = ""
    valid: Period = ALWAYS
    by_use: ByUse = ByUse.SPLIT

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Every dated price it uses: their versions cut the billed period."""
        return ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The components it is computed from."""
        return ()

    @property
    def by_interval(self) -> bool:
        """Whether it needs the energy taken to be measured by interval."""
        return False

    @property
    def in_advance(self) -> bool:
        """Whether it charges days that are not billed yet."""
        return False

    @property
    def compiles(self) -> bool:
        """Whether many bills may share a program of it: amounts decide by `Piece.at_least` alone.

        One that says no is rated bill by bill.
        """
        return False

    @property
    def indices(self) -> tuple[str, ...]:
        """The published indices it reads."""
        return ()

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the days on which something of it may change; those outside do no harm."""
        return cuts_of(self.prices)

    def span(self, whole: Period, circumstances: Circumstances) -> Period | None:
        """Return the days of the billed period on which it is charged."""
        return whole.meets(self.valid)

    def covers(self, register: str, flow: Flow) -> bool:
        """Tell whether it puts a price on the energy of `register`."""
        return False

    def covers_reactive(self, register: str) -> bool:
        """Tell whether it puts a price on the reactive energy of `register`."""
        return False

    @abc.abstractmethod
    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return its lines for a piece, unrounded."""

    def carry(self, piece: Piece) -> tuple[Counter | DiscountGiven, ...]:
        """Return what the next bill must know, seen from the last piece of the bill."""
        return ()

    def hands_on(self, carried: Counter | DiscountGiven) -> bool:
        """Tell whether it carries such a thing from bill to bill."""
        return False

    def begins_year(self, day: date, circumstances: Circumstances) -> bool:
        """Tell whether a year that it counts begins on `day`."""
        return False


def shown(quantity: Fraction) -> Decimal:
    """Return a quantity to show: at most six places, no zeros at the end."""
    text = f"{round_exactly(quantity, SHOWN):f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else Decimal(text)


def shown_of(quantity: Decimal | Derivation) -> Decimal:
    """Return what a line shows of a quantity or a price."""
    return quantity if isinstance(quantity, Decimal) else shown(exact(quantity))
