"""The operator's files of index readings, version 1: read and written."""

from energyretail.adapters.meter_files.columns import read_meter_file_in_columns
from energyretail.adapters.meter_files.reader import read_meter_file
from energyretail.adapters.meter_files.writer import file_name, write_meter_file

__all__ = ["file_name", "read_meter_file", "read_meter_file_in_columns", "write_meter_file"]
