"""Taking in the operator's readings and making up for missing ones."""

from energyretail.application.metering.bulk_ports import (
    BulkReadings,
    MeterFile,
    MeterFileColumns,
    ReadAlike,
    ReadingsInBulk,
    TakenAlike,
)
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
from energyretail.application.metering.shelves import KeptReading, ReadingShelf
from energyretail.application.metering.take_readings import (
    ReadingsDoubted,
    ReadingsTaken,
    TakeReadings,
)

__all__ = [
    "BulkReadings",
    "EstimateMissingReadings",
    "KeptReading",
    "MeterFile",
    "MeterFileColumns",
    "MeterFileReader",
    "MeterFilesFolder",
    "MeterFilesReceived",
    "ReadAlike",
    "ReadingPlans",
    "ReadingShelf",
    "Readings",
    "ReadingsDoubted",
    "ReadingsInBulk",
    "ReadingsTaken",
    "ReceiveMeterFiles",
    "SuppliesToRead",
    "TakeReadings",
    "TakenAlike",
]
