"""Why a bill differs from the last one, in the customer's words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from energyretail.adapters.html.words import number_text, words_of
from energyretail.domain.billing import Comparison, EffectKind
from energyretail.domain.shared import Money

__all__ = ["reasons"]

_SHOWN = Decimal("0.01")  # a hundredth of a kilowatt-hour a day is less than a cent a month


def reasons(comparison: Comparison, language: str) -> tuple[tuple[str, Money], ...]:
    """Return each cause that is not zero in a sentence, with what it adds; the greatest first."""
    return tuple(
        (_sentence(effect.kind, comparison, language), effect.amount)
        for effect in comparison.causes
    )


def _sentence(kind: EffectKind, comparison: Comparison, language: str) -> str:
    _, words = words_of(language)
    match kind:
        case EffectKind.USAGE | EffectKind.ESTIMATE:
            then, now = comparison.previous.kwh_per_day, comparison.current.kwh_per_day
            figures = (_a_day(then, language), _a_day(now, language))
        case EffectKind.DAYS:
            figures = (str(comparison.previous.days), str(comparison.current.days))
        case _:
            return words[f"because_{kind.value}"]
    if "" in figures and kind is EffectKind.USAGE:
        return words["because_usage_unknown"]
    if figures[0] == figures[1] or "" in figures:
        return words[f"because_{kind.value}_same"]
    return words[f"because_{kind.value}"].format(then=figures[0], now=figures[1])


def _a_day(kwh: Decimal | None, language: str) -> str:
    return "" if kwh is None else number_text(kwh.quantize(_SHOWN, ROUND_HALF_UP), language)
