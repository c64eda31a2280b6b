"""Taking over a portfolio from files: customers, supply points, contracts, readings."""

from energyretail.application.imports.description import data_package
from energyretail.application.imports.faults import FAULT_CODES, ImportFault
from energyretail.application.imports.fields import Field, Kind
from energyretail.application.imports.first_day import first_day_after
from energyretail.application.imports.import_portfolio import CHUNK_ROWS, ImportPortfolio
from energyretail.application.imports.outcome import FileCounts, ImportReport, Outcome, Refusals
from energyretail.application.imports.ports import (
    ContractsToKeep,
    CustomersToKeep,
    DeliveredTaken,
    PointsSupplied,
    PortfolioFolder,
    PortfolioStanding,
    Products,
    QuotesToKeep,
    RecordReader,
    TakeDelivered,
)
from energyretail.application.imports.rehearsal import PlansStanding, ReadingsStanding
from energyretail.application.imports.rehearse_portfolio import RehearsePortfolio
from energyretail.application.imports.rows import (
    ContractRow,
    CustomerRow,
    PointRow,
    PortfolioPoint,
    Record,
    Row,
    RowRefused,
    row_of,
)
from energyretail.application.imports.tables import (
    CONTRACTS,
    CUSTOMERS,
    READINGS,
    SUPPLY_POINTS,
    TABLES,
    Reference,
    Table,
)
from energyretail.application.imports.take_contracts import TakeContracts
from energyretail.application.imports.take_parties import TakeCustomers, TakePoints

__all__ = [
    "CHUNK_ROWS",
    "CONTRACTS",
    "CUSTOMERS",
    "FAULT_CODES",
    "READINGS",
    "SUPPLY_POINTS",
    "TABLES",
    "ContractRow",
    "ContractsToKeep",
    "CustomerRow",
    "CustomersToKeep",
    "DeliveredTaken",
    "Field",
    "FileCounts",
    "ImportFault",
    "ImportPortfolio",
    "ImportReport",
    "Kind",
    "Outcome",
    "PlansStanding",
    "PointRow",
    "PointsSupplied",
    "PortfolioFolder",
    "PortfolioPoint",
    "PortfolioStanding",
    "Products",
    "QuotesToKeep",
    "ReadingsStanding",
    "Record",
    "RecordReader",
    "Reference",
    "Refusals",
    "RehearsePortfolio",
    "Row",
    "RowRefused",
    "Table",
    "TakeContracts",
    "TakeCustomers",
    "TakeDelivered",
    "TakePoints",
    "data_package",
    "first_day_after",
    "row_of",
]
