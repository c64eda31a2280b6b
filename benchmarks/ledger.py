"""How fast entries are posted, balanced and added up, beside a bare COPY of the very same rows.

``python benchmarks/ledger.py`` starts a database, posts entries as the use cases do, through the
port Books, and asks what every customer owes; and copies the rows that came of it into empty
tables with the same keys; each in turns. It prints a table and, as the last line, JSON, and fails
when posting is slower than the bar allows.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import copying
import figures
import server

from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money

__all__ = ["main"]

BAR: Final = 0.4
TABLES: Final = ("entry", "posting")
FIRST: Final = date(2026, 3, 1)


@attrs.frozen
class Plan:
    """What to measure: so many entries, so many of them in a transaction, in pairs of turns."""

    entries: int
    chunk: int
    pairs: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if posting is fast enough."""
    asked = _parser().parse_args(arguments)
    plan = Plan(asked.entries, asked.chunk, asked.pairs, asked.seed)
    found = _measured(plan) | {"bar": asked.bar}
    figures.told(found, _table(found), asked.out)
    return figures.judged(found, "ledger")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=40_000, help="how many are posted")
    parser.add_argument("--chunk", type=int, default=10_000, help="entries in one transaction")
    parser.add_argument("--pairs", type=int, default=5, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help="of what is posted")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    entries = _drawn(plan)
    turns: dict[str, list[float]] = {"posting": [], "copying": []}
    balances: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder)) as running,
    ):
        upgrade(copying.other(running.url, "empty"))
        with copying.copied(running.url, "empty") as url:
            _posted(url, entries, plan.chunk)
            rows = copying.copied_out(url, TABLES)
        for turn in range(-1, plan.pairs):
            for name in ("posting", "copying") if turn % 2 else ("copying", "posting"):
                with copying.copied(running.url, "empty") as url:
                    if name == "copying":
                        took = copying.copied_in(url, rows)
                    else:
                        took, adding = _posted(url, entries, plan.chunk)
                        balances += [adding / took] if turn >= 0 else []
                if turn >= 0:  # the first turn warms up
                    turns[name].append(took)
    return {
        "benchmark": "ledger",
        **figures.ratio_of(turns["posting"], turns["copying"]),
        "plan": attrs.asdict(plan),
        "share_of_balances": round(statistics.median(balances), 3),
        "postings": sum(len(entry.postings) for entry in entries),
        "entries_a_second": {
            name: round(plan.entries / statistics.median(took)) for name, took in turns.items()
        },
        "machine": figures.machine(),
    }


def _drawn(plan: Plan) -> list[Entry]:
    """Return bills, and after every fourth of them a payment of it."""
    chance = random.Random(plan.seed)
    return [_payment(n, chance) if n % 5 == 0 else _bill(n, chance) for n in range(plan.entries)]


def _bill(number: int, chance: random.Random) -> Entry:
    net, tax, excise = (chance.randrange(1, most) for most in (20_000, 4_000, 900))
    sides = (
        (Account.RECEIVABLE, net + tax + excise),
        (Account.REVENUE, -net),
        (Account.EXCISE, -excise),
        (Account.VAT, -tax),
    )
    return _entry(f"invoice:F26-{number:08}", _day(chance), number, sides)


def _payment(number: int, chance: random.Random) -> Entry:
    paid = chance.randrange(1, 9_000)
    sides = ((Account.BANK, paid), (Account.RECEIVABLE, -paid))
    return _entry(f"payment:{number:08}", _day(chance), max(number - 1, 0), sides)


def _day(chance: random.Random) -> date:
    return FIRST + timedelta(days=chance.randrange(28))


def _entry(key: str, day: date, bill: int, sides: Sequence[tuple[Account, int]]) -> Entry:
    customer, item = CustomerNumber(f"C{bill:08}"), InvoiceNumber(f"F26-{bill:08}")
    postings = []
    for account, cents in sides:
        owed = (customer, item) if account is Account.RECEIVABLE else (None, None)
        postings.append(Posting(account, Money.of_cents(cents, "EUR"), *owed))
    return Entry(key, day, f"{key} of {day}", tuple(postings))


def _posted(url: str, entries: Sequence[Entry], chunk: int) -> tuple[float, float]:
    """Post entries and add them up by item and by currency; return the seconds, and of adding."""
    with closing(Database(url)) as database:
        work, books = PostgresWork(database), PostgresBooks(database)
        ledger = PostgresLedger(database)
        ledger.open_items("nobody")  # connects
        copying.settled(url)
        began = time.perf_counter()
        for start in range(0, len(entries), chunk):
            with work() as transaction:
                books.post(entries[start : start + chunk])
                transaction.commit()
        posted = time.perf_counter()
        (total,), imbalances = ledger.totals(), ledger.imbalances()
        ended = time.perf_counter()
    owed = sum(p.amount.cents for e in entries for p in e.postings if p.item is not None)
    if (total.receivable.cents, total.open.cents, imbalances) != (owed, owed, ()):
        raise RuntimeError("not what was to be measured")
    return ended - began, ended - posted


def _table(found: dict[str, Any]) -> str:
    rows = [f"{name:8} {rate:8} entries/s" for name, rate in found["entries_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
