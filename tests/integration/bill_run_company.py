"""A company with some supplies, each with a month to bill, for the tests of bill runs."""

from __future__ import annotations

from pydantic import SecretStr

from energyretail.adapters.postgres.database import Database
from energyretail.application.operations import RunShown
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of

__all__ = ["TODAY", "company_with", "shown"]

TODAY = SECOND


def company_with(database: Database, supplies: int, *, parked: int = 0) -> Container:
    """Return a company on the day its supplies are due; `parked` of them have no tariff."""
    desk = postgres_desk(database)
    numbers = range(1, supplies + 1)
    desk.world.sign(
        *(
            contract_of(number, tariff="NO-SUCH" if number <= parked else "2.0TD-HORAS")
            for number in numbers
        )
    )
    desk.world.read(*(readings_of(number, START, 100) for number in numbers))
    desk.world.read(*(readings_of(number, TODAY, 100 + number) for number in numbers))
    desk.open_day(TODAY)
    return container_of(Settings(database_url=SecretStr(database.url)))


def shown(company: Container, number: int) -> RunShown:
    """Return a run and how far it is."""
    found: RunShown = company.bill_run_shelf().by_number(number)
    return found
