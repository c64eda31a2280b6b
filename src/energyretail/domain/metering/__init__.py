"""Readings of meters: what the operator delivers, what we believe, what we estimate."""

from energyretail.domain.metering.deliveries import DeliveredReading, Delivery, Origin, RowFault
from energyretail.domain.metering.estimation import RECENT_USE, STANDARD_USE, estimate
from energyretail.domain.metering.events import ReadingReplaced
from energyretail.domain.metering.gaps import GapsFilled, WithoutBase, fill_gaps
from energyretail.domain.metering.intake import Doubted, Intake, take_in
from energyretail.domain.metering.mending import BETWEEN_READINGS, mend
from energyretail.domain.metering.planning import PlannedReading, PlanState, announce, settle
from energyretail.domain.metering.readings import (
    INDEX_DIGITS,
    EstimateBasis,
    Quality,
    Reading,
    RegisterUse,
    consumption,
    current,
    uses,
)
from energyretail.domain.metering.rules import (
    MeteredSupply,
    ReadingRules,
    StandardUse,
)
from energyretail.domain.metering.validation import (
    READING_RULES,
    Candidate,
    Objection,
    ReadingRule,
    objections,
)

__all__ = [
    "BETWEEN_READINGS",
    "INDEX_DIGITS",
    "READING_RULES",
    "RECENT_USE",
    "STANDARD_USE",
    "Candidate",
    "DeliveredReading",
    "Delivery",
    "Doubted",
    "EstimateBasis",
    "GapsFilled",
    "Intake",
    "MeteredSupply",
    "Objection",
    "Origin",
    "PlanState",
    "PlannedReading",
    "Quality",
    "Reading",
    "ReadingReplaced",
    "ReadingRule",
    "ReadingRules",
    "RegisterUse",
    "RowFault",
    "StandardUse",
    "WithoutBase",
    "announce",
    "consumption",
    "current",
    "estimate",
    "fill_gaps",
    "mend",
    "objections",
    "settle",
    "take_in",
    "uses",
]
