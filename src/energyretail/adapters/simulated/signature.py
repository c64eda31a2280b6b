"""How signers behave: who signs, who declines, who never answers, and when."""

from __future__ import annotations

import enum
import hashlib
from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.adapters.simulated.chance import Chance

__all__ = ["SignerAnswer", "SignerBehaviour", "SignerPlan"]

SIGNS_PER_THOUSAND: Final = 900
DECLINES_PER_THOUSAND: Final = 500
"""Of those who do not sign; the rest never open the mail."""
DAYS_TO_SIGN_MAX: Final = 3


class SignerAnswer(enum.Enum):
    """What a signer does with an envelope."""

    SIGNED = "signed"
    DECLINED = "declined"
    SILENT = "silent"


@attrs.frozen
class SignerPlan:
    """What becomes of one envelope; `due_on` is the day the service tells us, None for never."""

    answer: SignerAnswer
    answered_on: date | None
    due_on: date | None


@attrs.frozen
class SignerBehaviour:
    """Decides from the seed and the envelope's reference alone."""

    chance: Chance

    def plan(self, reference: str, requested_on: date) -> SignerPlan:
        """Return what becomes of the envelope; an answer is due the day after at the earliest."""
        answer = self._answer(reference)
        if answer is SignerAnswer.SILENT:
            return SignerPlan(answer, None, None)
        waits = self.chance.between(0, DAYS_TO_SIGN_MAX, "signature", "days", reference)
        answered_on = requested_on + timedelta(days=waits)
        return SignerPlan(answer, answered_on, max(answered_on, requested_on + timedelta(days=1)))

    def evidence_id(self, reference: str, document_sha256: str) -> str:
        """Return the evidence's identity, the same whenever it is asked for."""
        text = f"{self.chance.seed}\x1f{reference}\x1f{document_sha256}"
        return "EV-" + hashlib.sha256(text.encode()).hexdigest()[:24].upper()

    def _answer(self, reference: str) -> SignerAnswer:
        if self.chance.happens(SIGNS_PER_THOUSAND, "signature", "signs", reference):
            return SignerAnswer.SIGNED
        if self.chance.happens(DECLINES_PER_THOUSAND, "signature", "declines", reference):
            return SignerAnswer.DECLINED
        return SignerAnswer.SILENT
