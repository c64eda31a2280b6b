"""How what many services measured lies in arrays: an array a use, a place or a row a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from numpy.typing import NDArray

from energyretail.domain.shared import Invalid

__all__ = ["Whole", "refuse_layout"]

Whole = NDArray[Any]
"""Whole numbers: of up to 64 bits, or Python's own, which hold any and take many times as long."""
_WHOLE: Final = "iuO"


def refuse_layout(
    intervals: Sequence[int | None], measures: Sequence[Whole], services: int
) -> None:
    """Refuse `measures` that are not those of so many services.

    `intervals` are those of each use, None where it measured one number a service. Raises Invalid
    ``pricing.measure_count`` (one array a use), ``measure_sort`` (rows for a number, or the
    reverse), ``measure_length`` (other services, or intervals), ``measure_whole``.
    """
    if services < 0:
        raise Invalid("pricing.measure_length", "services are none or more", services=services)
    if len(measures) != len(intervals):
        raise Invalid(
            "pricing.measure_count",
            "there is one array a use",
            uses=len(intervals),
            measures=len(measures),
        )
    for use, (count, measured) in enumerate(zip(intervals, measures, strict=True)):
        if measured.ndim != (1 if count is None else 2):
            raise Invalid(
                "pricing.measure_sort",
                "intervals have a row a service, what else is measured one number",
                use=use,
                dimensions=measured.ndim,
            )
        expected = (services,) if count is None else (services, count)
        if measured.shape != expected:
            raise Invalid(
                "pricing.measure_length",
                "each array has all services, each row all intervals",
                use=use,
                expected=expected,
                given=measured.shape,
            )
        _refuse_parts(use, measured)


def _refuse_parts(use: int, measured: Whole) -> None:
    whole = measured.dtype.kind in _WHOLE
    if measured.dtype.kind == "O":
        # Python's own alone grow: one of 64 bits among them would wrap.
        whole = all(type(each) is int for each in measured.flat)
    if not whole:
        raise Invalid(
            "pricing.measure_whole", "a kernel counts whole numbers", use=use, sort=measured.dtype
        )
