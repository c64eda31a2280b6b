"""What was found against a draft, as JSON values: figures as text, nothing rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from energyretail.domain.billing import Finding

__all__ = ["findings_json", "findings_of"]


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Write findings in their order."""
    return [
        {
            "code": finding.code,
            "text": finding.text,
            "used": f"{finding.used:f}",
            "unit": finding.unit,
            "expected": _text(finding.expected),
            "factor": _text(finding.factor),
            "register": finding.register,
        }
        for finding in findings
    ]


def findings_of(body: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Read what `findings_json` wrote."""
    return tuple(
        Finding(
            code=each["code"],
            text=each["text"],
            used=Decimal(each["used"]),
            unit=each["unit"],
            expected=_figure(each["expected"]),
            factor=_figure(each["factor"]),
            register=each["register"],
        )
        for each in body
    )


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else f"{figure:f}"


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
