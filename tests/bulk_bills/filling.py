"""A random portfolio as rows: customers, contracts, supplies and readings, a COPY a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from psycopg.types.range import Range
from sqlalchemy import Connection

from bulk_bills.portfolios import Portfolio, Service
from energyretail.adapters.postgres.bulk import copy_rows
from energyretail.adapters.shared.figure_rows import rows_of
from energyretail.adapters.shared.usage_facts import days_of, facts_of
from energyretail.domain import pricing
from energyretail.domain.billing import Measured

__all__ = ["fill"]

CUSTOMER = (
    "number", "kind", "name", "tax_id", "email", "street", "postcode", "town", "country",
    "language",
)  # fmt: skip
CONTRACT = {
    "number": "text", "quote": "text", "customer": "text", "product": "text", "state": "text",
    "iban": "text", "accepted_on": "date", "early_start": "bool", "document_sha256": "text",
}  # fmt: skip
SUPPLY = {
    "contract": "text", "cups": "text", "tariff": "text", "powers": "jsonb", "state": "text",
    "started_on": "date", "ended_on": "date",
}  # fmt: skip
READING = {
    "cups": "text", "register": "text", "taken_on": "date", "version": "int4",
    "index_kwh": "numeric", "quality": "text", "source": "text", "received_on": "date",
}  # fmt: skip
FACT = {"point": "text", "sort": "text", "name": "text", "days": "daterange", "body": "text"}
INTERVALS = {
    "point": "text", "channel": "text", "flow": "text", "day": "date", "zone": "text",
    "minutes": "int2", "quality": "text", "source": "text", "wh": "bytea",
}  # fmt: skip
FIGURE = {"sort": "text", "name": "text", "days": "daterange", "body": "text"}
TABLES = (
    "customer",
    "contract",
    "supply",
    "reading",
    "usage_fact",
    "interval_day",
    "market_figure",
)


def fill(connection: Connection, portfolio: Portfolio) -> None:
    """Keep a portfolio in a database that has none."""
    services = portfolio.services
    customers = {service.customer: service for service in services}.values()
    contracts = {service.contract: service for service in services}.values()
    text = dict.fromkeys(CUSTOMER, "text") | dict.fromkeys(("country", "language"), "varchar")
    copy_rows(connection, "customer", text, map(_customer, customers))
    copy_rows(connection, "contract", CONTRACT, map(_contract, contracts))
    copy_rows(connection, "supply", SUPPLY, map(_supply, services))
    copy_rows(connection, "reading", READING, _readings(services))
    copy_rows(connection, "usage_fact", FACT, _facts(services))
    copy_rows(connection, "interval_day", INTERVALS, _intervals(services))
    copy_rows(connection, "market_figure", FIGURE, _figures(portfolio))
    connection.exec_driver_sql(f"ANALYZE {', '.join(TABLES)}")


def _customer(of: Service) -> Sequence[Any]:
    place = "Calle Mayor, 1", "28001", "Madrid", "ES", "es"
    return of.customer, of.kind, of.customer, of.customer, "a@example.org", *place


def _contract(of: Service) -> Sequence[Any]:
    quote = of.contract.replace("K", "Q")
    signed = "active", "ES9121000418450200051332", of.started_on, True, "0" * 64
    return of.contract, quote, of.customer, "drawn", *signed


def _supply(of: Service) -> Sequence[Any]:
    powers, state = dict(of.powers), "ended" if of.ended_on else "active"
    return of.contract, of.cups, of.tariff, powers, state, of.started_on, of.ended_on


def _readings(services: Iterable[Service]) -> Iterable[Sequence[Any]]:
    for of in services:
        for register, day, version, index, estimated in of.read:
            kwh, quality = Decimal(index).scaleb(-3), "estimated" if estimated else "actual"
            yield of.cups, register, day, version, kwh, quality, "drawn", day


def _facts(services: Iterable[Service]) -> Iterable[Sequence[Any]]:
    for of in services:
        for fact in facts_of(of.told):
            days = Range(fact.days.start, fact.days.end)
            yield of.cups[:20], fact.sort, fact.name, days, fact.body


def _intervals(services: Iterable[Service]) -> Iterable[Sequence[Any]]:
    for of in services:
        for use in of.series:
            for each in days_of(Measured(usage=pricing.Usage(uses=(use,)))):
                yield (
                    of.cups[:20], each.channel, each.flow, each.day, each.zone, each.minutes,
                    each.quality, each.source, each.wh,
                )  # fmt: skip


def _figures(portfolio: Portfolio) -> Iterable[Sequence[Any]]:
    for row in rows_of(portfolio.figures):
        yield row.sort, row.name, Range(row.days.start, row.days.end), row.body
