"""Files of comma-separated values: their bytes as records, and the folder they lie in."""

from energyretail.adapters.csv_files.folder import CsvFolder
from energyretail.adapters.csv_files.records import CsvRecords

__all__ = ["CsvFolder", "CsvRecords"]
