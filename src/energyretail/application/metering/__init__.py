"""Taking in the operator's readings and making up for missing ones."""

from energyretail.application.metering.estimate_missing_readings import EstimateMissingReadings
from energyretail.application.metering.ports import (
    MeterFileReader,
    MeterFilesFolder,
    ReadingPlans,
    Readings,
    SuppliesToRead,
)
from energyretail.application.metering.receive_meter_files import (
    MeterFilesReceived,
    ReceiveMeterFiles,
)

__all__ = [
    "EstimateMissingReadings",
    "MeterFileReader",
    "MeterFilesFolder",
    "MeterFilesReceived",
    "ReadingPlans",
    "Readings",
    "ReceiveMeterFiles",
    "SuppliesToRead",
]
