"""Invoices made and posted by Tryton, a transaction each; run by an interpreter that has it.

``python tryton_invoices.py DATABASE COUNT`` fills an empty database of the server that
`TRYTOND_DATABASE_URI` names, and prints, as the last line, JSON: the seconds of each invoice, and
the version. `TRYTONPASSFILE` names a file with a password for it. Tryton is GPL and is never
imported by this library: this program is a process of its own.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

from proteus import Model, config  # type: ignore[import-not-found]
from trytond.modules.account.tests.tools import (  # type: ignore[import-not-found]
    create_chart,
    create_fiscalyear,
    create_tax,
    get_accounts,
)
from trytond.modules.account_invoice.tests.tools import (  # type: ignore[import-not-found]
    create_payment_term,
    set_fiscalyear_invoice_sequences,
)
from trytond.modules.company.tests.tools import (  # type: ignore[import-not-found]
    create_company,
    get_company,
)

DAY = datetime.date.today()  # it warns of bills that are due in the past
LINES = (
    ("standing", "31", "0.3177"),
    ("day", "140", "0.1823"),
    ("night", "60", "0.0911"),
    ("levy", "200", "0.0041"),
)


def main() -> None:
    database, count = sys.argv[1], int(sys.argv[2])
    _filled(database)
    config.set_trytond(database)
    create_company()
    company = get_company()
    create_chart(company)
    accounts = get_accounts(company)
    year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, today=DAY))
    year.click("create_period")
    tax = create_tax(Decimal("0.21"))
    tax.save()
    party = Model.get("party.party")(name="Customer")
    party.save()
    term = create_payment_term()
    term.save()
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        _post(party, accounts["revenue"], term, tax)
        seconds.append(time.perf_counter() - began)
    version = importlib.metadata.version("trytond")
    sys.stdout.write(json.dumps({"seconds": seconds, "version": version}) + "\n")


def _filled(database: str) -> None:
    """Have Tryton fill its database."""
    admin = Path(sys.executable).with_name("trytond-admin")
    wanted = ["-u", "account_invoice", "--activate-dependencies", "--email", "nobody@example.com"]
    subprocess.run([admin, "-d", database, *wanted], check=True)


def _post(party: object, revenue: object, term: object, tax: object) -> None:
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
        line.taxes.append(Model.get("account.tax")(tax.id))
    invoice.click("post")


if __name__ == "__main__":
    main()
