"""How a portfolio is taken over from files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dependency_injector import providers

from energyretail.adapters.csv_files import CsvRecords
from energyretail.adapters.postgres.imports import PostgresPortfolioStanding
from energyretail.application import imports, metering
from energyretail.application.shared import Clock
from energyretail.domain.metering import ReadingRules
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.container.doors import Doors
from energyretail.entrypoints.container.stores import Stores

__all__ = ["Imports"]

One = providers.Singleton


def _take_readings_by(clock: Clock, rules: ReadingRules) -> Callable[..., metering.TakeReadings]:
    return partial(metering.TakeReadings, clock=clock, rules=rules)


class Imports(Doors):
    """The use cases that take over a portfolio, one for each of its files, and the whole."""

    portfolio_standing = One(PostgresPortfolioStanding, Stores.database)
    csv_records = One(CsvRecords)
    take_customers = One(
        imports.TakeCustomers,
        work=Stores.work,
        numbers=Stores.numbers,
        standing=portfolio_standing,
        customers=Stores.customers,
    )
    take_points = One(
        imports.TakePoints, work=Stores.work, clock=Stores.clock, standing=portfolio_standing
    )
    take_contracts = One(
        imports.TakeContracts,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        events=Doors.events,
        standing=portfolio_standing,
        quotes=Stores.quotes,
        contracts=Stores.contract_rows,
        supplies=Stores.supplies_to_read,
        products=Stores.tariffs,
        retailer=Choices.retailer,
    )
    import_portfolio = One(
        imports.ImportPortfolio,
        work=Stores.work,
        clock=Stores.clock,
        inbox=Stores.inbox,
        reader=csv_records,
        take_customers=take_customers,
        take_points=take_points,
        take_contracts=take_contracts,
        take_readings=Doors.take_readings,
    )
    rehearse_portfolio = One(
        imports.RehearsePortfolio,
        clock=Stores.clock,
        reader=csv_records,
        standing=portfolio_standing,
        contracts=Stores.contract_rows,
        supplies=Stores.supplies_to_read,
        readings=Stores.readings,
        plans=Stores.reading_plans,
        products=Stores.tariffs,
        retailer=Choices.retailer,
        # The rest of it is made anew for each rehearsal.
        take_readings=One(_take_readings_by, Stores.clock, Choices.reading_rules),
    )
