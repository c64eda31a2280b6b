"""Recompute a demo's money and the ERP's balances: standard library, nothing of ours.

Usage: python independent_check.py OUT
       python independent_check.py PAYMENT_FILES BANK_FILES DAY

From OUT/payment_files (pain.008 control sums) and OUT/bank_files (camt.054 credits and
returns) it recomputes what was collected; from OUT/erp_state.json, which the ERP itself gave,
the balance of every item. It compares both with OUT/figures.json, OUT/open_items.json and
the rows of OUT/state.jsonl, and prints what it found as JSON. The second form prints the cents
collected up to and including DAY (YYYY-MM-DD). It ends with 1 when something differs, each
difference told on stderr.
"""

from __future__ import annotations

import hashlib
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}"
CAMT = "{urn:iso:std:iso:20022:tech:xsd:camt.054.001.08}"
FOREVER = "9999-12-31"

Differences = list[str]


def cents(amount: str) -> int:
    """Return an amount of the files in cents."""
    scaled = Decimal(amount) * 100
    if scaled != int(scaled):
        raise ValueError(f"not whole cents: {amount}")
    return int(scaled)


# What the bank was asked for


def batches(folder: Path, wrong: Differences) -> tuple[dict[str, int], dict[str, int]]:
    """Return the control sum of every batch by PmtInfId, and every debit by EndToEndId.

    The sums of a file are checked against what they add up.
    """
    sums: dict[str, int] = {}
    debits: dict[str, int] = {}
    for path in sorted(folder.glob("*.xml")):
        message = ElementTree.parse(path).getroot()[0]
        total = 0
        for batch in message.findall(f"{PAIN}PmtInf"):
            name = batch.findtext(f"{PAIN}PmtInfId", "")
            asked = {
                one.findtext(f"{PAIN}PmtId/{PAIN}EndToEndId", ""): cents(
                    one.findtext(f"{PAIN}InstdAmt", "")
                )
                for one in batch.findall(f"{PAIN}DrctDbtTxInf")
            }
            told = cents(batch.findtext(f"{PAIN}CtrlSum", ""))
            if told != sum(asked.values()):
                wrong.append(f"{path.name}: {name} says {told}, adds up to {sum(asked.values())}")
            if sums.setdefault(name, told) != told or asked.keys() & debits.keys():
                wrong.append(f"{path.name}: {name} or a debit of it was asked for before")
            debits |= asked
            total += told
        if total != cents(message.findtext(f"{PAIN}GrpHdr/{PAIN}CtrlSum", "")):
            wrong.append(f"{path.name}: the control sum is not the sum of its batches")
    return sums, debits


# What the bank did


def entries(folder: Path, until: str) -> Iterator[ElementTree.Element]:
    """Yield every entry booked up to `until`, each reference once."""
    seen = set()
    for path in sorted(folder.glob("*.xml")):
        for entry in ElementTree.parse(path).getroot().iter(f"{CAMT}Ntry"):
            reference = entry.findtext(f"{CAMT}AcctSvcrRef", "")
            booked = entry.findtext(f"{CAMT}BookgDt/{CAMT}Dt", "")
            if booked <= until and reference not in seen:
                seen.add(reference)
                yield entry


def collected(
    payment_files: Path, bank_files: Path, until: str, wrong: Differences
) -> tuple[dict[str, int], Counter[str]]:
    """Return credited, returned and collected cents, and what was collected of each item.

    `credited` adds up the control sums of the batches the bank says it credited.
    """
    sums, debits = batches(payment_files, wrong)
    credited = returned = 0
    paid: Counter[str] = Counter()
    for entry in entries(bank_files, until):
        reference = entry.findtext(f"{CAMT}AcctSvcrRef", "")
        amount = cents(entry.findtext(f"{CAMT}Amt", ""))
        came_in = entry.findtext(f"{CAMT}CdtDbtInd") == "CRDT"
        if came_in:
            batch = entry.findtext(f"{CAMT}NtryDtls/{CAMT}Btch/{CAMT}PmtInfId", "")
            if sums.get(batch) != amount:
                wrong.append(f"credit {reference}: {amount}, but {batch} is {sums.get(batch)}")
            credited += sums.get(batch, 0)
        else:
            returned += amount
        _count(entry, debits, amount, paid, 1 if came_in else -1, wrong)
    for item, left in sorted(paid.items()):
        if left < 0:
            wrong.append(f"{item}: more came back than was paid, {left}")
    figures = {"credited": credited, "returned": returned, "collected": credited - returned}
    return figures, paid


def _count(
    entry: ElementTree.Element,
    debits: Mapping[str, int],
    amount: int,
    paid: Counter[str],
    sign: int,
    wrong: Differences,
) -> None:
    total = 0
    for one in entry.iter(f"{CAMT}TxDtls"):
        debit = one.findtext(f"{CAMT}Refs/{CAMT}EndToEndId", "")
        part = cents(one.findtext(f"{CAMT}Amt", ""))
        if debits.get(debit) != part:
            wrong.append(f"{debit}: the bank moved {part}, asked were {debits.get(debit)}")
        paid[debit.rpartition("-")[0]] += sign * part
        total += part
    if total != amount:
        wrong.append(f"an entry of {amount} has transactions of {total}")


# What the ERP holds


def erp_balances(out: Path, wrong: Differences) -> Counter[str]:
    """Return the balance of every item from the ERP's own entries, and check its own sums."""
    state = json.loads((out / "erp_state.json").read_text("utf-8"))
    customers = {each["number"] for each in state["customers"]}
    by_owner: Counter[tuple[str, str, str, str]] = Counter()
    by_item: Counter[str] = Counter()
    for entry in state["entries"]:
        if sum(line["cents"] for line in entry["postings"]):
            wrong.append(f"ERP entry {entry['key']} does not sum to zero")
        for line in entry["postings"]:
            customer, item = line["customer"] or "", line["item"] or ""
            by_owner[line["account"], line["currency"], customer, item] += line["cents"]
            if item:
                by_item[item] += line["cents"]
            if customer and customer not in customers:
                wrong.append(f"ERP entry {entry['key']} is of unknown customer {customer}")
    names = ("account", "currency", "customer", "item")
    told = {tuple(each[name] for name in names): each["cents"] for each in state["balances"]}
    wrong += _compared("the ERP's balance of", told, "its entries", by_owner)
    return by_item


# What we say


def rows(out: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of the state and the hash of the file."""
    content = (out / "state.jsonl").read_bytes()
    return [json.loads(line) for line in content.splitlines()], hashlib.sha256(content).hexdigest()


def open_by_postings(state: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return what is left of every item by the postings of our ledger."""
    left: Counter[str] = Counter()
    for row in state:
        if row["kind"] == "posting" and row["item"]:
            left[row["item"]] += row["amount_cents"]
    return left


def open_by_documents(state: Iterable[Mapping[str, Any]], paid: Mapping[str, int]) -> int:
    """Return what all customers owe: every document, less what the bank files say was paid."""
    billed = sum(row["gross_cents"] for row in state if row["kind"] == "invoice")
    return billed - sum(paid.values())


def check(out: Path) -> tuple[dict[str, int], Differences]:
    """Return the recomputed figures and every difference found."""
    wrong: Differences = []
    figures, paid = collected(out / "payment_files", out / "bank_files", FOREVER, wrong)
    in_erp = erp_balances(out, wrong)
    state, sha256 = rows(out)
    ours = open_by_postings(state)
    told = json.loads((out / "figures.json").read_text("utf-8"))
    items = json.loads((out / "open_items.json").read_text("utf-8"))
    still_open = {one["item"]: one["open_cents"] for one in items}
    wrong += _compared("open item", still_open, "ERP", in_erp)
    wrong += _compared("ledger item", ours, "ERP", in_erp)
    figures["open"] = open_by_documents(state, paid)
    figures["invoiced"] = figures["open"] + figures["collected"]
    figures["erp_open"] = sum(in_erp.values())
    printed = {
        "collected": told["collected_cents"],
        "returned": told["returned_cents"],
        "invoiced": told["invoiced_cents"],
        "open": told["open_cents"],
        "erp_open": told["open_cents"],
    }
    wrong += _compared("figure", printed, "recomputed", {name: figures[name] for name in printed})
    wrong += [f"state.jsonl is {sha256}"] * (told["state_sha256"] != sha256)
    return figures, wrong


def _compared(
    what: str, left: Mapping[Any, int], other: str, right: Mapping[Any, int]
) -> Differences:
    """Tell every key whose numbers differ; what is missing counts as nothing."""
    return [
        f"{what} {key}: {left.get(key, 0)}, {other} {right.get(key, 0)}"
        for key in sorted({*left, *right})
        if left.get(key, 0) != right.get(key, 0)
    ]


def main(arguments: list[str]) -> int:
    """Check what the command line names; return the exit code."""
    wrong: Differences = []
    if len(arguments) == 1:
        figures, wrong = check(Path(arguments[0]))
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    elif len(arguments) == 3:
        payment_files, bank_files, until = arguments
        figures, _ = collected(Path(payment_files), Path(bank_files), until, wrong)
        sys.stdout.write(f"{figures['collected']}\n")
    else:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    sys.stderr.write("".join(f"{difference}\n" for difference in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
