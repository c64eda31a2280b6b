"""Invoices made and posted by Tryton, a transaction each; run by an interpreter that has it.

``python tryton_invoices.py DATABASE`` fills an empty database of the server that
`TRYTOND_DATABASE_URI` names, and tells its version; then it makes as many invoices as each line it
reads says, and tells the seconds they took. `TRYTONPASSFILE` names a file with a password for it.
Tryton is GPL and is never imported by this library: this program is a process of its own.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import subprocess
import sys
import time
from collections.abc import Callable
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

DAY = datetime.datetime.now(tz=datetime.UTC).date()  # it warns of bills that are due in the past
LINES = (
    ("standing", "31", "0.3177"),
    ("day", "140", "0.1823"),
    ("night", "60", "0.0911"),
    ("levy", "200", "0.0041"),
)


def main() -> None:
    """Fill a database, and make invoices as they are asked for."""
    _filled(sys.argv[1])
    config.set_trytond(sys.argv[1])
    post = _company()
    sys.stdout.write(importlib.metadata.version("trytond") + "\n")
    sys.stdout.flush()
    for asked in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(asked)):
            post()
        sys.stdout.write(f"{time.perf_counter() - began}\n")
        sys.stdout.flush()


def _company() -> Callable[[], None]:
    """Return what makes an invoice of a company that has all it needs."""
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
    return partial(_post, party, get_accounts(company)["revenue"], term, tax.id)


def _filled(database: str) -> None:
    """Have Tryton fill its database."""
    admin = Path(sys.executable).with_name("trytond-admin")
    wanted = ["-u", "account_invoice", "--activate-dependencies", "--email", "nobody@example.com"]
    subprocess.run([admin, "-d", database, *wanted], check=True, stdout=sys.stderr)


def _post(party: object, revenue: object, term: object, tax: int) -> None:
    """Make an invoice of four lines under one tax, and post it."""
    invoice = Model.get("account.invoice")(
        type="out", party=party, payment_term=term, invoice_date=DAY
    )
    for text, quantity, price in LINES:
        line = invoice.lines.new()
        line.account = revenue
        line.description = text
        line.quantity = float(quantity)
        line.unit_price = Decimal(price)
        line.taxes.append(Model.get("account.tax")(tax))
    invoice.click("post")


if __name__ == "__main__":
    main()
