"""Errors of Postgres tell what was wrong, and nobody's name or account."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from energyretail.adapters.postgres.database import Database

IBAN = "ES9121000418450200051332"
TABLE = "CREATE TEMPORARY TABLE account (iban text PRIMARY KEY CHECK (length(iban) < 30), on_ date)"


@pytest.mark.parametrize(
    ("statement", "values", "said"),
    [
        ("SELECT :iban FROM nowhere", {"iban": IBAN}, "nowhere"),
        ("INSERT INTO account VALUES (:iban)", {"iban": IBAN}, "account_pkey"),
        ("INSERT INTO account VALUES (:iban)", {"iban": IBAN * 2}, "account_iban_check"),
        ("INSERT INTO account VALUES ('', CAST(:iban AS date))", {"iban": IBAN}, "22007"),
        ("INSERT INTO account VALUES (:iban)", [{"iban": "1"}, {"iban": IBAN}], "account_pkey"),
    ],
)
def test_an_error_has_no_value_in_it(
    database: Database, statement: str, values: dict[str, str], said: str
) -> None:
    with database.transaction() as connection:
        connection.execute(text(TABLE))
        connection.execute(text("INSERT INTO account VALUES (:iban)"), {"iban": IBAN})

        with pytest.raises(DBAPIError) as raised:
            connection.execute(text(statement), values)

    whole = "".join(traceback.format_exception(raised.value.with_traceback(None)))
    assert said in str(raised.value)
    for shown in (str(raised.value), repr(raised.value), str(raised.value.orig), whole):
        assert IBAN not in shown
