"""What the API is measured against: a bare handler that reads an invoice and tells it as JSON.

It asks the very question our adapter asks, through the driver's own pool, and makes the answer
of the rows without any value in between. Serve it with ``python bare_invoice.py PORT`` and the
database's URL in the environment as DATABASE_URL.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import msgspec
from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar, Response, get
from psycopg_pool import ConnectionPool

from energyretail.adapters.postgres.billing_shelves import TOLD_BY_NUMBER
from energyretail.adapters.shared.opaque_id import opaque_id

__all__ = ["application"]

CONNECTIONS = 8


def application() -> Litestar:
    """Return the application; each server process calls it once."""
    pool = ConnectionPool(
        os.environ["DATABASE_URL"],
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        kwargs={"autocommit": True},
        open=True,
    )

    @get("/v1/invoices/{number:str}", sync_to_thread=True)
    def read_invoice(number: str) -> Response[bytes]:
        with pool.connection() as connection:
            row = connection.execute(TOLD_BY_NUMBER, {"number": number}).fetchone()
        if row is None:
            return Response(b"{}", status_code=404)
        told = _told(msgspec.json.decode(row[0]))
        return Response(msgspec.json.encode(told), media_type="application/json")

    return Litestar([read_invoice], openapi_config=None, logging_config=None)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    currency, taken_off = row["currency"], row["deductions"] or ()

    def money(cents: int) -> dict[str, str]:
        whole, rest = divmod(abs(cents), 100)
        return {"amount": f"{'-' * (cents < 0)}{whole}.{rest:02}", "currency": currency}

    return {
        "id": opaque_id("inv", row["id"]),
        "number": row["number"],
        "kind": row["kind"],
        "stage": row["stage"],
        "contract": row["contract"],
        "customer": row["customer"],
        "cups": row["cups"],
        "tariff": row["tariff"],
        "issued_on": row["issued_on"],
        "due_on": row["due_on"],
        "original": row["original"],
        "bill": {
            "currency": currency,
            "period": {"start": row["starts"], "end": row["ends"]},
            "lines": [
                {
                    "component": line["component"],
                    "group": line["group"],
                    "label": line["label"],
                    "period": {"start": line["from"], "end": line["until"]},
                    "quantity": line["quantity"],
                    "unit": line["unit"],
                    "price": line["price"],
                    "price_unit": line["price_unit"],
                    "amount": money(line["amount_cents"]),
                    "tax_code": line["tax_code"],
                    "tax_rate": line["tax_rate"],
                    "estimated": line["estimated"],
                }
                for line in row["lines"]
            ],
            "taxes": [
                {
                    "tax": tax["tax"],
                    "rate": tax["rate"],
                    "base": money(tax["base_cents"]),
                    "amount": money(tax["amount_cents"]),
                }
                for tax in row["taxes"]
            ],
            "net": money(row["net_cents"]),
            "tax": money(row["tax_cents"]),
            "gross": money(row["gross_cents"]),
            "prices": row["prices"],
            "rounding": row["rounding_scope"],
            "estimated": any(line["estimated"] for line in row["lines"]),
        },
        "taken_off": [
            {
                "kind": each["kind"],
                "document": each["document"],
                "net": money(each["net_cents"]),
                "tax": money(sum(tax["amount_cents"] for tax in each["taxes"])),
                "gross": money(each["gross_cents"]),
            }
            for each in taken_off
        ],
        "payable": money(row["gross_cents"] - sum(each["gross_cents"] for each in taken_off)),
    }


if __name__ == "__main__":
    Granian(
        "bare_invoice:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        workers=1,
        factory=True,
        websockets=False,
        log_access=False,
    ).serve()
