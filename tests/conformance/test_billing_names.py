"""Outside names of documents, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from energyretail.adapters.memory.invoice_names import MemoryInvoiceNames
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.invoice_names import PostgresInvoiceNames
from energyretail.adapters.shared.opaque_id import opaque_id
from energyretail.domain.shared import NotFound

_INVOICE = text("""
    INSERT INTO invoice (number, kind, contract, customer, cups, tariff, period, issued_on,
        due_on, net_cents, tax_cents, gross_cents, currency, rounding_scope, rounding_mode,
        rounding_decimals, prices)
    VALUES (:number, 'invoice', :number, 'C1', 'ES', 'T', '[2026-03-01,2026-04-01)',
        '2026-04-01', '2026-04-30', 100, 21, 121, 'EUR', 'end',
        'half_up', 2, 'net')
""")


@pytest.fixture(params=["memory", "postgres"])
def names(request):
    numbers = ["F26-000001", "F26-000002"]
    if request.param == "memory":
        store = MemoryStore()
        with store.transaction() as transaction:
            store.writable("invoice").update({number: number for number in numbers})
            transaction.commit()
        return MemoryInvoiceNames(store)
    database = request.getfixturevalue("database")
    with database.transaction() as connection:
        connection.execute(_INVOICE, [{"number": number} for number in numbers])
        connection.commit()
    return PostgresInvoiceNames(database)


class TestInvoiceNames:
    @pytest.mark.parametrize(
        "unknown", ["inv_0", opaque_id("inv", 77), opaque_id("inv", 2**64 - 1), "inv_!!!!!!!!!!!!!"]
    )
    def test_of_nothing_are_not_found(self, names, unknown):
        with pytest.raises(NotFound):
            names.number_of(unknown)
