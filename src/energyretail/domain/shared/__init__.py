"""The kernel: money, quantities, periods, calendars, identifiers, errors, events, transitions."""

from energyretail.domain.shared.calendars import TARGET, HolidayRule, WorkingDays, easter_sunday
from energyretail.domain.shared.errors import (
    Conflict,
    DomainError,
    Fault,
    Invalid,
    NotFound,
    Refused,
)
from energyretail.domain.shared.events import Event
from energyretail.domain.shared.identifiers import CreditorIdentifier, Cups, Iban
from energyretail.domain.shared.market_time import MarketTime
from energyretail.domain.shared.money import Money, decimal_of
from energyretail.domain.shared.periods import Period, add_months
from energyretail.domain.shared.quantities import Energy, Power, PowerUnit, Volume
from energyretail.domain.shared.rounding import (
    CENTS_HALF_UP,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.domain.shared.transitions import Transition, TransitionTable

__all__ = [
    "CENTS_HALF_UP",
    "TARGET",
    "Conflict",
    "CreditorIdentifier",
    "Cups",
    "DomainError",
    "Energy",
    "Event",
    "Fault",
    "HolidayRule",
    "Iban",
    "Invalid",
    "MarketTime",
    "Money",
    "NotFound",
    "Period",
    "Power",
    "PowerUnit",
    "Refused",
    "Rounding",
    "RoundingMode",
    "RoundingPolicy",
    "RoundingScope",
    "Transition",
    "TransitionTable",
    "Volume",
    "WorkingDays",
    "add_months",
    "decimal_of",
    "easter_sunday",
]
