"""How a market registry behaves: which claims it accepts, why it rejects others, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.adapters.simulated.chance import Chance
from energyretail.domain import switching
from energyretail.domain.markets import SPAIN

__all__ = ["DueAnswer", "RegistryBehaviour"]

REJECTS_PER_THOUSAND: Final = 80
REJECTION_CODES: Final = ("01", "03", "12", "36", "38")
WORKING_DAYS_TO_ANSWER_MAX: Final = 3
DAYS_TO_ACTIVATE: Final = (3, 6)
DAYS_IN_ALL_MAX: Final = 10


@attrs.frozen
class DueAnswer:
    """An answer and the day on which the supplier can first see it."""

    due: date
    answer: switching.Answer


@attrs.frozen
class RegistryBehaviour:
    """Decides from the seed, the supply point and the day of the request alone.

    The request code takes no part: it depends on the order of the supplier's work. `rules`
    are those of the market it serves.
    """

    chance: Chance
    rules: switching.SwitchingRules = SPAIN.switching

    def answers(self, claim: switching.Claim) -> tuple[DueAnswer, ...]:
        """Return the answers to a claim, each due after the day of the request.

        92 in 100 are accepted one to three national working days later and active three to six
        days after that, at most ten days after the request or on a later day that was asked
        for; the activation is told the day after. The others are rejected with one reason.
        """
        point = claim.cups.value[:20]
        waits = self.chance.between(1, WORKING_DAYS_TO_ANSWER_MAX, "registry", "answers", point)
        due = self.rules.working_days.add(claim.requested_on, waits)
        if self.chance.happens(REJECTS_PER_THOUSAND, "registry", "rejects", point):
            return (DueAnswer(due, self._rejection(claim, point)),)
        on = self._activation_day(claim, point, due)
        return (
            DueAnswer(due, switching.ClaimAccepted(claim.request, on)),
            DueAnswer(
                on + timedelta(days=1), switching.SupplyActivated(claim.request, claim.cups, on)
            ),
        )

    def _rejection(self, claim: switching.Claim, point: str) -> switching.ClaimRejected:
        code = self.chance.one_of(REJECTION_CODES, "registry", "reason", point)
        return switching.ClaimRejected(claim.request, ((code, self.rules.reason(code).text),))

    def _activation_day(self, claim: switching.Claim, point: str, accepted: date) -> date:
        days = self.chance.between(*DAYS_TO_ACTIVATE, "registry", "activates", point)
        last = claim.requested_on + timedelta(days=DAYS_IN_ALL_MAX)
        soonest = min(accepted + timedelta(days=days), last)
        return max(soonest, claim.wanted_on or soonest)
