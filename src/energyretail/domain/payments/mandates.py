"""The debtor's permission to collect: its life is the table below."""

from __future__ import annotations

import enum
from datetime import date
from typing import Final

import attrs

from energyretail.domain.payments.references import reference
from energyretail.domain.shared import (
    ContractNumber,
    CreditorIdentifier,
    CustomerNumber,
    Iban,
    Invalid,
    MandateReference,
    Transition,
    TransitionTable,
    add_months,
)

__all__ = [
    "MANDATES",
    "UNUSED_MONTHS_MAX",
    "Mandate",
    "MandateState",
    "MandateTrigger",
    "Party",
    "Sequence",
]


class MandateState(enum.Enum):
    """Whether a mandate may be used."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class MandateTrigger(enum.Enum):
    """What happens to a mandate."""

    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


MANDATES: Final = TransitionTable(
    "payments.mandate",
    MandateState.ACTIVE,
    (
        Transition(
            MandateState.ACTIVE,
            MandateTrigger.SUSPEND,
            MandateState.SUSPENDED,
            "the account is wrong or closed: a new IBAN is needed (AC01, AC04)",
        ),
        Transition(
            MandateState.SUSPENDED,
            MandateTrigger.RESUME,
            MandateState.ACTIVE,
            "the debtor gave what was missing",
        ),
        Transition(
            MandateState.ACTIVE,
            MandateTrigger.END,
            MandateState.ENDED,
            "no mandate says the debtor (MD01), the debtor died (MD07), or it was revoked",
        ),
        Transition(
            MandateState.SUSPENDED, MandateTrigger.END, MandateState.ENDED, "as from active"
        ),
    ),
)

# EPC016-06: a mandate not used for 36 months may not be used again.
UNUSED_MONTHS_MAX: Final = 36


class Sequence(enum.Enum):
    """First or later use of a mandate, as the bank wants to be told."""

    FIRST = "FRST"
    RECURRENT = "RCUR"


@attrs.frozen
class Party:
    """A name and a structured address; `country` has two letters (ISO 3166).

    Unstructured addresses are not accepted since 15 November 2026 (EPC rulebooks 2025);
    `town` and `country` are the least there must be.
    """

    name: str
    town: str
    country: str
    street: str = ""
    postcode: str = ""


@attrs.frozen
class Mandate:
    """A signed permission to debit `iban`; the key towards banks is creditor and `umr`.

    `first_used` and `last_used` are due dates of collections, None before the first.

    Raises Invalid ``payments.mandate.use`` for a first use without a last one, or after it.
    """

    umr: MandateReference = attrs.field(validator=reference)
    contract: ContractNumber
    customer: CustomerNumber
    creditor: CreditorIdentifier
    iban: Iban
    debtor: Party
    signed_on: date
    state: MandateState = MANDATES.initial
    first_used: date | None = None
    last_used: date | None = None

    def __attrs_post_init__(self) -> None:
        first, last = self.first_used, self.last_used
        if (first is None) != (last is None) or (first and last and first > last):
            raise Invalid("payments.mandate.use", "used from a first day to a last", umr=self.umr)

    @property
    def next_sequence(self) -> Sequence:
        """What the next collection is: the first one or a recurrent one."""
        return Sequence.FIRST if self.first_used is None else Sequence.RECURRENT

    def usable(self, due_on: date) -> bool:
        """Tell whether a collection due on `due_on` may use it."""
        expires_on = add_months(self.last_used or self.signed_on, UNUSED_MONTHS_MAX)
        return self.state is MandateState.ACTIVE and due_on <= expires_on

    def used(self, due_on: date) -> Mandate:
        """Return the mandate after a collection due on `due_on` was made with it."""
        return attrs.evolve(
            self,
            first_used=min(self.first_used or due_on, due_on),
            last_used=max(self.last_used or due_on, due_on),
        )

    def after(self, trigger: MandateTrigger) -> Mandate:
        """Return the mandate after `trigger`; raises Refused where the table has no row."""
        return attrs.evolve(self, state=MANDATES.after(self.state, trigger))
