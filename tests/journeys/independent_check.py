"""Recompute what was collected from bank files alone: standard library, nothing of ours.

Usage: python independent_check.py PAYMENT_FILES_DIR NOTIFICATIONS_DIR DAY
Prints the cents collected up to and including DAY (YYYY-MM-DD).
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}"
CAMT = "{urn:iso:std:iso:20022:tech:xsd:camt.054.001.08}"


def cents(amount: str) -> int:
    """Return an amount of the files in cents."""
    scaled = Decimal(amount) * 100
    if scaled != int(scaled):
        raise SystemExit(f"not whole cents: {amount}")
    return int(scaled)


def control_sums(folder: Path) -> dict[str, int]:
    """Return the control sum of every batch asked for, by PmtInfId, each file's sums checked."""
    sums: dict[str, int] = {}
    for path in sorted(folder.glob("*.xml")):
        message = ElementTree.parse(path).getroot()[0]
        total = 0
        for batch in message.findall(f"{PAIN}PmtInf"):
            name = batch.findtext(f"{PAIN}PmtInfId", "")
            told = cents(batch.findtext(f"{PAIN}CtrlSum", ""))
            added = sum(cents(e.text or "") for e in batch.iter(f"{PAIN}InstdAmt"))
            if told != added:
                raise SystemExit(f"{path.name}: batch {name} says {told}, adds up to {added}")
            if sums.setdefault(name, told) != told:
                raise SystemExit(f"{path.name}: batch {name} was asked for with another sum")
            total += told
        if total != cents(message.findtext(f"{PAIN}GrpHdr/{PAIN}CtrlSum", "")):
            raise SystemExit(f"{path.name}: the control sum is not the sum of its batches")
    return sums


def bank_entries(folder: Path, day: str) -> tuple[dict[str, tuple[str, int]], dict[str, int]]:
    """Return credits (reference → batch, cents) and debits (reference → cents) up to `day`."""
    came_in: dict[str, tuple[str, int]] = {}
    went_out: dict[str, int] = {}
    for path in sorted(folder.glob("*.xml")):
        for entry in ElementTree.parse(path).getroot().iter(f"{CAMT}Ntry"):
            if entry.findtext(f"{CAMT}BookgDt/{CAMT}Dt", "") > day:
                continue
            reference = entry.findtext(f"{CAMT}AcctSvcrRef", "")
            amount = cents(entry.findtext(f"{CAMT}Amt", ""))
            if entry.findtext(f"{CAMT}CdtDbtInd") == "CRDT":
                batch = entry.findtext(f"{CAMT}NtryDtls/{CAMT}Btch/{CAMT}PmtInfId", "")
                came_in[reference] = (batch, amount)
            else:
                went_out[reference] = amount
    return came_in, went_out


def collected_cents(payment_files: Path, notifications: Path, day: str) -> dict[str, int]:
    """Return `collected` (credited less returned), `credited` and `returned`, in cents.

    `credited` adds up the control sums of the batches that the bank says it credited: the
    bank's amount must be the control sum. A reference seen twice counts once.
    """
    sums = control_sums(payment_files)
    came_in, went_out = bank_entries(notifications, day)
    for reference, (batch, amount) in came_in.items():
        if sums.get(batch) != amount:
            raise SystemExit(f"credit {reference} of {amount}: batch {batch} is {sums.get(batch)}")
    credited = sum(sums[batch] for batch, _ in came_in.values())
    returned = sum(went_out.values())
    return {"collected": credited - returned, "credited": credited, "returned": returned}


if __name__ == "__main__":
    payment_files, notifications, until = sys.argv[1:4]
    collected = collected_cents(Path(payment_files), Path(notifications), until)["collected"]
    sys.stdout.write(f"{collected}\n")
