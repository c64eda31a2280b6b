"""Customers and quotes as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.json_values import (
    person_json,
    person_of,
    powers_json,
    powers_of,
)
from energyretail.domain.contracts import Quote, QuoteState, SitePrice
from energyretail.domain.parties import Customer
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Money,
    NotFound,
    QuoteNumber,
)
from energyretail.domain.supply import Site

__all__ = ["PostgresCustomers", "PostgresQuotes", "customer_of", "quote_of"]

_SAVE_CUSTOMER = text(
    """
    INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town,
        country, language, version)
    VALUES (:number, :kind, :name, :tax_id, :email, :street, :postcode, :town, :country,
        :language, :version)
    ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, name = excluded.name,
        tax_id = excluded.tax_id, email = excluded.email, street = excluded.street,
        postcode = excluded.postcode, town = excluded.town, country = excluded.country,
        language = excluded.language, version = excluded.version
    """
)

_SAVE_QUOTE = text(
    """
    INSERT INTO quote (number, reference, state, body, quoted_on, valid_until, contract)
    VALUES (:number, :reference, :state, CAST(:body AS jsonb), :quoted_on, :valid_until, :contract)
    ON CONFLICT (number) DO UPDATE SET reference = excluded.reference, state = excluded.state,
        body = excluded.body, quoted_on = excluded.quoted_on, valid_until = excluded.valid_until,
        contract = excluded.contract
    """
)

_CLASHES: Final = {
    "customer_tax_id": ("parties.tax_id_taken", "another customer has the tax id"),
    "quote_reference": ("contracts.quote.reference_reused", "another quote has the reference"),
}


class PostgresCustomers:
    """Implements the Customers port."""

    def __init__(self, database: Database):
        self._database = database

    def by_tax_id(self, tax_id: str) -> Customer | None:
        """Return the customer with this tax id."""
        found = self._select("tax_id = :tax_id", {"tax_id": tax_id})
        return found[0] if found else None

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Customer, ...]:
        """Return customers by number, locked when a transaction is open."""
        lock = " FOR UPDATE" if self._database.in_transaction else ""
        return self._select("number = ANY(:numbers)", {"numbers": list(numbers)}, lock=lock)

    def save(self, customers: Sequence[Customer]) -> None:
        """Insert or replace customers."""
        rows = [
            {"number": c.number, "version": c.version, **person_json(c.person)} for c in customers
        ]
        try:
            if rows:
                self._database.connection().execute(_SAVE_CUSTOMER, rows)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def _select(
        self, where: str, parameters: dict[str, Any], *, lock: str = ""
    ) -> tuple[Customer, ...]:
        sql = f'SELECT * FROM customer WHERE {where} ORDER BY number COLLATE "C"{lock}'
        with self._database.reading() as connection:
            rows = connection.execute(text(sql), parameters).mappings()
            return tuple(customer_of(row) for row in rows)


def customer_of(row: Mapping[Any, Any]) -> Customer:
    """Return the customer of a row of its table."""
    return Customer(CustomerNumber(row["number"]), person_of(row), row["version"])


class PostgresQuotes:
    """Implements the Quotes port."""

    def __init__(self, database: Database):
        self._database = database

    def by_reference(self, reference: str) -> Quote | None:
        """Return the quote asked for under a caller's key."""
        found = self._select("reference = :reference", {"reference": reference})
        return found[0] if found else None

    def by_number(self, number: str) -> Quote:
        """Return a quote, locked when a transaction is open."""
        found = self.by_numbers([number])
        if not found:
            raise NotFound("contracts.quote.unknown", "no such quote", quote=number)
        return found[0]

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes by number, locked when a transaction is open."""
        return self._select("number = ANY(:numbers)", {"numbers": list(numbers)})

    def save(self, quotes: Sequence[Quote]) -> None:
        """Insert or replace quotes."""
        rows = [_quote_row(quote) for quote in quotes]
        try:
            if rows:
                self._database.connection().execute(_SAVE_QUOTE, rows)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def _select(self, where: str, parameters: dict[str, Any]) -> tuple[Quote, ...]:
        lock = " FOR UPDATE" if self._database.in_transaction else ""
        sql = f'SELECT * FROM quote WHERE {where} ORDER BY number COLLATE "C"{lock}'
        with self._database.reading() as connection:
            rows = connection.execute(text(sql), parameters).mappings()
            return tuple(quote_of(row) for row in rows)


def _quote_row(quote: Quote) -> dict[str, Any]:
    body = {
        "person": person_json(quote.person),
        "product": quote.product,
        "sites": [_site_json(price) for price in quote.sites],
    }
    return {
        "number": quote.number,
        "reference": quote.reference,
        "state": quote.state.value,
        "body": json.dumps(body),
        "quoted_on": quote.quoted_on,
        "valid_until": quote.valid_until,
        "contract": quote.contract,
    }


def _site_json(price: SitePrice) -> dict[str, Any]:
    return {
        "cups": price.site.cups.value,
        "tariff": price.site.tariff,
        "powers": json.loads(powers_json(price.site.powers)),
        "month_kwh": price.month_kwh,
        "month_cents": price.month.cents,
        "currency": price.month.currency,
    }


def quote_of(row: Mapping[Any, Any]) -> Quote:
    """Return the quote of a row of its table."""
    body = row["body"]
    return Quote(
        number=QuoteNumber(row["number"]),
        reference=row["reference"],
        person=person_of(body["person"]),
        product=body["product"],
        sites=tuple(_site_price(site) for site in body["sites"]),
        quoted_on=row["quoted_on"],
        state=QuoteState(row["state"]),
        contract=ContractNumber(row["contract"]) if row["contract"] else None,
    )


def _site_price(body: Mapping[str, Any]) -> SitePrice:
    site = Site(Cups(body["cups"]), body["tariff"], powers_of(body["powers"]))
    return SitePrice(site, body["month_kwh"], Money.of_cents(body["month_cents"], body["currency"]))
