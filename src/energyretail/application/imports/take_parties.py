"""Take over the customers and the supply points of a portfolio."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from energyretail.application.imports.faults import ImportFault
from energyretail.application.imports.outcome import Outcome
from energyretail.application.imports.ports import CustomersToKeep, PortfolioStanding
from energyretail.application.imports.rows import CustomerRow, PointRow
from energyretail.application.imports.tables import CUSTOMERS, SUPPLY_POINTS
from energyretail.application.shared import Clock, Numbers, Work
from energyretail.domain.parties import Customer
from energyretail.domain.shared import customer_number

__all__ = ["TakeCustomers", "TakePoints"]

_SERIES: Final = "customer"


class TakeCustomers:
    """Take over customers, one for each tax id.

    A customer the company has already is known when nothing of him differs, and refused as
    `import.customer.differs` when something does: what is there is never written over.
    Numbers are given in order of tax id within a chunk.
    """

    def __init__(
        self,
        *,
        work: Work,
        numbers: Numbers,
        standing: PortfolioStanding,
        customers: CustomersToKeep,
    ):
        self._work = work
        self._numbers = numbers
        self._standing = standing
        self._customers = customers

    def __call__(self, rows: Sequence[CustomerRow]) -> Outcome:
        """Take over a chunk of rows in one transaction."""
        with self._work() as transaction:
            # Holds the series: of two imports at once the second waits, then knows the rows.
            self._numbers.take(_SERIES, 0)
            found = self._standing.customers(sorted({row.person.tax_id for row in rows}))
            new, outcome = _sorted_out(
                [(row.line, row.person.tax_id, row.person) for row in rows],
                {customer.person.tax_id: customer.person for customer in found},
                lambda line: ImportFault(
                    CUSTOMERS.file, line, "tax_id", "import.customer.differs", "other than before"
                ),
            )
            numbers = self._numbers.take(_SERIES, len(new))
            self._customers.save(
                [
                    Customer(customer_number(number), new[tax_id])
                    for number, tax_id in zip(numbers, sorted(new), strict=True)
                ]
            )
            transaction.commit()
        return outcome


class TakePoints:
    """Keep the supply points of a portfolio for the contracts that name them.

    One that was imported before is known, or refused as `import.supply_point.differs`.
    """

    def __init__(self, *, work: Work, clock: Clock, standing: PortfolioStanding):
        self._work = work
        self._clock = clock
        self._standing = standing

    def __call__(self, rows: Sequence[PointRow]) -> Outcome:
        """Take over a chunk of rows in one transaction."""
        with self._work() as transaction:
            found = self._standing.points(sorted({row.point.cups for row in rows}))
            new, outcome = _sorted_out(
                [(row.line, row.point.cups, row.point) for row in rows],
                {point.cups: point for point in found},
                lambda line: ImportFault(
                    SUPPLY_POINTS.file,
                    line,
                    "cups",
                    "import.supply_point.differs",
                    "other than before",
                ),
            )
            self._standing.save_points([new[cups] for cups in sorted(new)], on=self._clock.today())
            transaction.commit()
        return outcome


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _sorted_out(
    rows: Iterable[tuple[int, K, V]],
    standing: Mapping[K, V],
    differs: Callable[[int], ImportFault],
) -> tuple[dict[K, V], Outcome]:
    """Return what is new by key, and what became of the (line, key, value) of every row.

    Of two rows with one key the first counts; the second is judged by it.
    """
    new: dict[K, V] = {}
    known = 0
    faults: list[ImportFault] = []
    for line, key, value in rows:
        stands = standing.get(key, new.get(key))
        if stands is None:
            new[key] = value
        elif stands == value:
            known += 1
        else:
            faults.append(differs(line))
    return new, Outcome(len(new), known, tuple(faults))
