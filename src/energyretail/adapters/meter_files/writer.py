"""Writes the operator's file as the operator does."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.meter_files.layout import FORMAT, SEPARATOR, VERSION, checksum
from energyretail.domain.metering import DeliveredReading, Delivery

__all__ = ["file_name", "write_meter_file"]


def file_name(operator: str, delivered_on: date) -> str:
    """Return the name of the file an operator delivers on a day: its natural key."""
    return f"readings_{operator}_{delivered_on:%Y%m%d}.csv"


def write_meter_file(delivery: Delivery) -> bytes:
    """Write a delivery as one file, rows in their order; faulty rows have nothing to write."""
    header = (FORMAT, VERSION, delivery.operator, delivery.delivered_on.isoformat())
    lines = [SEPARATOR.join(header), *(_row(row) for row in delivery.rows)]
    body = "".join(line + "\n" for line in lines).encode("ascii")
    trailer = SEPARATOR.join(("END", str(len(delivery.rows)), checksum(body)))
    return body + trailer.encode("ascii") + b"\n"


def _row(row: DeliveredReading) -> str:
    next_on = row.next_on.isoformat() if row.next_on else ""
    fields = (
        "R",
        row.cups.value,
        row.register,
        row.taken_on.isoformat(),
        f"{row.index_kwh:f}",
        row.origin.value,
        next_on,
    )
    return SEPARATOR.join(fields)
