"""Tell what would become of a portfolio, and do nothing."""

from __future__ import annotations

from collections.abc import Callable

from energyretail.application.imports.import_portfolio import CHUNK_ROWS, ImportPortfolio
from energyretail.application.imports.outcome import ImportReport
from energyretail.application.imports.ports import (
    ContractsToKeep,
    PointsSupplied,
    PortfolioFolder,
    PortfolioStanding,
    Products,
    RecordReader,
    TakeDelivered,
)
from energyretail.application.imports.rehearsal import (
    PlansStanding,
    ReadingsStanding,
    RehearsedContracts,
    RehearsedCustomers,
    RehearsedNumbers,
    RehearsedPlans,
    RehearsedQuotes,
    RehearsedReadings,
    RehearsedStanding,
    RehearsedSupplies,
    Unwritten,
)
from energyretail.application.imports.take_contracts import TakeContracts
from energyretail.application.imports.take_parties import TakeCustomers, TakePoints
from energyretail.application.shared import Clock

__all__ = ["RehearsePortfolio"]


class RehearsePortfolio:
    """Judge the files of a portfolio as `ImportPortfolio` would, over what stands now.

    - Writes nothing, takes no number and opens no transaction: the company's work goes on
      beside it, and waits for nothing.
    - What earlier rows would have made is remembered, so later ones see it: memory holds the
      good rows besides what an import holds.
    - What the company does meanwhile is seen or not, row by row.

    `take_readings` makes the use case that takes readings in, of the ports it is given:
    `work`, `events`, `readings`, `plans`, `supplies`.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        reader: RecordReader,
        standing: PortfolioStanding,
        contracts: ContractsToKeep,
        supplies: PointsSupplied,
        readings: ReadingsStanding,
        plans: PlansStanding,
        products: Products,
        retailer: str,
        take_readings: Callable[..., TakeDelivered],
        chunk_rows: int = CHUNK_ROWS,
    ):
        self._clock = clock
        self._reader = reader
        self._standing = standing
        self._contracts = contracts
        self._supplies = supplies
        self._readings = readings
        self._plans = plans
        self._products = products
        self._retailer = retailer
        self._take_readings = take_readings
        self._chunk_rows = chunk_rows

    def __call__(self, folder: PortfolioFolder) -> ImportReport:
        """Return what an import of `folder` would; raises Invalid ``import.folder.empty``."""
        nothing, numbers = Unwritten(), RehearsedNumbers()
        customers, quotes = RehearsedCustomers(), RehearsedQuotes()
        standing = RehearsedStanding(self._standing, customers, quotes)
        contracts = RehearsedContracts(self._contracts)
        supplies = RehearsedSupplies(self._supplies, contracts)
        take_over = ImportPortfolio(
            work=nothing.work,
            clock=self._clock,
            inbox=nothing,
            reader=self._reader,
            take_customers=TakeCustomers(
                work=nothing.work, numbers=numbers, standing=standing, customers=customers
            ),
            take_points=TakePoints(work=nothing.work, clock=self._clock, standing=standing),
            take_contracts=TakeContracts(
                work=nothing.work,
                clock=self._clock,
                numbers=numbers,
                events=nothing,
                standing=standing,
                quotes=quotes,
                contracts=contracts,
                supplies=supplies,
                products=self._products,
                retailer=self._retailer,
            ),
            take_readings=self._take_readings(
                work=nothing.work,
                events=nothing,
                readings=RehearsedReadings(self._readings),
                plans=RehearsedPlans(self._plans),
                supplies=supplies,
            ),
            chunk_rows=self._chunk_rows,
        )
        return take_over(folder)
