"""The switching rules of Spain, as dated data."""

from __future__ import annotations

from datetime import date

from energyretail.domain.markets.spain_calendars import NATIONAL_WORKING_DAYS
from energyretail.domain.shared import Period
from energyretail.domain.switching import RejectionReason, SwitchingDeadline, SwitchingRules

__all__ = ["SPAIN_SWITCHING"]

SPAIN_SWITCHING = SwitchingRules(
    market="ES",
    working_days=NATIONAL_WORKING_DAYS,
    deadlines=(
        SwitchingDeadline(
            Period(date(2021, 1, 1), date(2026, 2, 12)),
            21,
            "Directive (EU) 2019/944 art. 12(1): three weeks",
        ),
        SwitchingDeadline(
            Period(date(2026, 2, 12)), 10, "RD 88/2026 (BOE-A-2026-3212), in force 12 Feb 2026"
        ),
    ),
    ahead_days_max=30,  # CNMC TABLA_27, code C5
    report_working_days=1,  # CNMC formats: C1 step 05 on the working day after
    reasons_source="CNMC formats (Resolución of 17 December 2019 and updates), TABLA_27",
    reasons=(
        RejectionReason(
            "01",
            "the registry knows no such supply point",
            "check the CUPS on the customer's last bill, then request again",
        ),
        RejectionReason(
            "02",
            "no access contract is in force at the supply point",
            "ask the customer whether it is a new supply: that is another process (A3)",
        ),
        RejectionReason(
            "03",
            "the tax id is not the one of the contract in force",
            "ask the customer who the holder is, correct the tax id or change the holder (C2)",
        ),
        RejectionReason(
            "12",
            "the supply is cut off for unpaid bills",
            "tell the customer to settle with the present supplier, then request again",
        ),
        RejectionReason(
            "36",
            "the tax id is not valid",
            "correct the tax id with the customer, then request again",
        ),
        RejectionReason(
            "38",
            "another supplier's claim (C1) is being processed",
            "ask the customer which contract is meant; request again if it is ours",
        ),
        RejectionReason(
            "39",
            "another supplier's claim with changes (C2) is being processed",
            "ask the customer which contract is meant; request again if it is ours",
        ),
        RejectionReason(
            "46",
            "the wanted day lies in the past",
            "request again for a day to come",
        ),
        RejectionReason(
            "C5",
            "the wanted day is more than 30 days ahead",
            "wait, then request again",
        ),
    ),
)
