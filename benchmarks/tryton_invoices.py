"""Invoices made and posted inside Tryton, a transaction each; run by an interpreter that has it.

``python tryton_invoices.py DATABASE`` fills an empty database of the server that
`TRYTOND_DATABASE_URI` names, and tells its version; then it makes as many invoices as each line it
reads says, and tells the seconds they took. `TRYTONPASSFILE` names a file with a password for it.
Its client library sets up the company; the invoices are made by its own models in this process, as
a program of the server itself would, so that nobody waits for what a screen would show.
Tryton is GPL and is never imported by this library: this program is a process of its own.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import subprocess
import sys
import time
from decimal import Decimal
from functools import partial
from pathlib import Path

from proteus import Model, config
from trytond.modules.account.tests.tools import (
    create_chart,
    create_fiscalyear,
    create_tax,
    get_accounts,
)
from trytond.modules.account_invoice.tests.tools import (
    create_payment_term,
    set_fiscalyear_invoice_sequences,
)
from trytond.modules.company.tests.tools import (
    create_company,
    get_company,
)
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

DAY = datetime.datetime.now(tz=datetime.UTC).date()  # it warns of bills that are due in the past
LINES = (
    ("standing", "31", "0.3177"),
    ("day", "140", "0.1823"),
    ("night", "60", "0.0911"),
    ("levy", "200", "0.0041"),
)


def main() -> None:
    """Fill a database, and make invoices as they are asked for."""
    database = sys.argv[1]
    _filled(database)
    user = config.set_trytond(database).user
    post = partial(_post, database, user, _company(), {})
    _seen_to(database, user, post())
    sys.stdout.write(importlib.metadata.version("trytond") + "\n")
    sys.stdout.flush()
    for asked in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(asked)):
            post()
        sys.stdout.write(f"{time.perf_counter() - began}\n")
        sys.stdout.flush()


def _company() -> dict[str, int]:
    """Make a company that has all it needs; return what an invoice of it names."""
    create_company()
    company = get_company()
    create_chart(company)
    year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, today=DAY))
    year.click("create_period")
    tax = create_tax(Decimal("0.21"))
    party = Model.get("party.party")(name="Customer")
    term = create_payment_term()
    for each in (tax, party, term):
        each.save()
    accounts = get_accounts(company)
    (journal,) = Model.get("account.journal").find([("type", "=", "revenue")], limit=1)
    return {
        "company": company.id,
        "currency": company.currency.id,
        "party": party.id,
        "invoice_address": party.addresses[0].id,
        "account": accounts["receivable"].id,
        "journal": journal.id,
        "payment_term": term.id,
        "revenue": accounts["revenue"].id,
        "tax": tax.id,
    }


def _filled(database: str) -> None:
    """Have Tryton fill its database."""
    admin = Path(sys.executable).with_name("trytond-admin")
    wanted = ["-u", "account_invoice", "--activate-dependencies", "--email", "nobody@example.com"]
    subprocess.run([admin, "-d", database, *wanted], check=True, stdout=sys.stderr)


def _post(database: str, user: int, named: dict[str, int], locks: dict[str, object]) -> int:
    """Make an invoice of four lines under one tax, and post it; return its key."""
    head = {name: key for name, key in named.items() if name not in {"revenue", "tax"}}
    lines = [
        {
            "type": "line",
            "account": named["revenue"],
            "description": text,
            "quantity": float(quantity),
            "unit_price": Decimal(price),
            "taxes": [("add", [named["tax"]])],
        }
        for text, quantity, price in LINES
    ]
    wanted = {**head, "type": "out", "invoice_date": DAY, "lines": [("create", lines)]}
    # What it wants locked before anything else it says by an error, upon which its own server
    # begins anew: the two sequences of numbers. Told once, that is known to the invoices to come.
    while True:
        context = {"company": named["company"]}
        with Transaction().start(database, user, context=context, **locks) as transaction:
            invoices = Pool(database).get("account.invoice")
            try:
                made = invoices.create([wanted])
                invoices.post(made)
            except TransactionError as error:
                transaction.rollback()
                error.fix(locks)
                continue
            transaction.commit()
            # The first of a period makes the period's row, alone; no other has to wait for that.
            locks.pop("_lock_tables", None)
            return int(made[0].id)


def _seen_to(database: str, user: int, number: int) -> None:
    """Look that an invoice is all that is compared."""
    with Transaction().start(database, user, readonly=True):
        (kept,) = Pool(database).get("account.invoice").browse([number])
        assert kept.state == "posted"
        assert kept.number
        assert kept.tax_amount > 0
        assert len(kept.move.lines) > 2


if __name__ == "__main__":
    main()
