"""Take over the contracts of a portfolio, in supply as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from energyretail.application.imports.faults import ImportFault
from energyretail.application.imports.outcome import Outcome, Refusals
from energyretail.application.imports.ports import (
    ContractsToKeep,
    PointsSupplied,
    PortfolioStanding,
    Products,
    QuotesToKeep,
)
from energyretail.application.imports.rows import ContractRow, PortfolioPoint
from energyretail.application.imports.tables import CONTRACTS, CUSTOMERS, SUPPLY_POINTS
from energyretail.application.shared import Clock, Events, Numbers, Work
from energyretail.domain.contracts import (
    Contract,
    Quote,
    QuoteState,
    Signature,
    SitePrice,
    contract_text,
    month_priced,
    price_month,
)
from energyretail.domain.parties import Customer
from energyretail.domain.pricing import NO_FIGURES, PublishedFigures, Tariff
from energyretail.domain.shared import (
    Cups,
    DomainError,
    Event,
    Period,
    contract_number,
    quote_number,
)
from energyretail.domain.supply import Site

__all__ = ["TakeContracts"]

_REFERENCE: Final = "import:"


class TakeContracts:
    """Take over contracts that are in supply: signed, active, each point ours from its day.

    - The registry is not asked, for the points are ours; the mandate is registered and the
      ERP is told, as after every signature.
    - Every contract has its quote, under the reference ``import:`` and its own, priced as
      what thirty days from the company's day would cost.
    - A contract taken over before is known, or refused as `import.contract.differs`.
    - It needs its customer and its points, in the files or from before. Is one of them in a
      row that was refused, the contract is told as `import.depends_on_refused`, and only if
      nothing else is wrong with it.
    - No point is supplied under two contracts on one day.

    Numbers are given in order of reference within a chunk.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        numbers: Numbers,
        events: Events,
        standing: PortfolioStanding,
        quotes: QuotesToKeep,
        contracts: ContractsToKeep,
        supplies: PointsSupplied,
        products: Products,
        retailer: str,
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._events = events
        self._standing = standing
        self._quotes = quotes
        self._contracts = contracts
        self._supplies = supplies
        self._products = products
        self._retailer = retailer

    def __call__(self, rows: Sequence[ContractRow], refused: Refusals) -> Outcome:
        """Take over a chunk of rows in one transaction."""
        with self._work() as transaction:
            # Holds the series: of two imports at once the second waits, then knows the rows.
            self._numbers.take("contract", 0)
            judge = self._judge(rows, refused)
            for row in rows:
                judge.hear(row)
            quotes, contracts, events = self._made(judge.new)
            self._quotes.save(quotes)
            self._contracts.save(contracts)
            self._events.record(events)
            transaction.commit()
        return Outcome(len(judge.new), judge.known, tuple(judge.faults))

    def _judge(self, rows: Sequence[ContractRow], refused: Refusals) -> _Judge:
        points = sorted({cups for row in rows for cups in row.points})
        references = sorted({f"{_REFERENCE}{row.reference}" for row in rows})
        quotes = {quote.contract: quote for quote in self._standing.quotes(references)}
        contracts = self._contracts.by_numbers(sorted(number for number in quotes if number))
        supplied: dict[Cups, list[Period]] = {}
        for supply in self._supplies.at(points):
            # One that waits for the registry may begin any day.
            begins = supply.started_on or date.min
            supplied.setdefault(supply.cups, []).append(Period(begins, supply.ended_on))
        found = self._standing.customers(sorted({row.tax_id for row in rows}))
        today, tariffs = self._clock.today(), _tariffs(self._products, rows)
        return _Judge(
            today=today,
            refused=refused,
            customers={customer.person.tax_id: customer for customer in found},
            points={point.cups: point for point in self._standing.points(points)},
            tariffs=tariffs,
            figures=_figures(self._products, tariffs.values(), today),
            taken={
                quotes[contract.number].reference: _terms(quotes[contract.number], contract)
                for contract in contracts
            },
            supplied=supplied,
        )

    def _made(
        self, new: Sequence[_New]
    ) -> tuple[tuple[Quote, ...], tuple[Contract, ...], tuple[Event, ...]]:
        ordered = sorted(new, key=lambda each: each.row.reference)
        quote_counts = self._numbers.take("quote", len(ordered))
        contract_counts = self._numbers.take("contract", len(ordered))
        quotes, contracts = list[Quote](), list[Contract]()
        events: list[Event] = []
        for each, quoted, agreed in zip(ordered, quote_counts, contract_counts, strict=True):
            quote = each.quote(quoted, agreed, today=self._clock.today())
            contract, happened = each.contract(quote, retailer=self._retailer)
            quotes.append(quote)
            contracts.append(contract)
            events += happened
        return tuple(quotes), tuple(contracts), tuple(events)


@attrs.frozen
class _Terms:
    """What a row says of a contract, to compare with another."""

    tax_id: str
    points: frozenset[tuple[Cups, date | None]]
    product: str
    iban: str
    signed_on: date | None


def _terms(quote: Quote, contract: Contract) -> _Terms:
    return _Terms(
        quote.person.tax_id,
        frozenset((each.site.cups, each.started_on) for each in contract.supplies),
        contract.product,
        contract.iban.value,
        contract.signature.signed_on if contract.signature else None,
    )


def _terms_of(row: ContractRow) -> _Terms:
    points = frozenset((cups, row.starts_on) for cups in row.points)
    return _Terms(row.tax_id, points, row.product, row.iban.value, row.signed_on)


def _tariffs(products: Products, rows: Iterable[ContractRow]) -> dict[str, Tariff | DomainError]:
    """Return the tariff of every product named, or why there is none."""
    found: dict[str, Tariff | DomainError] = {}
    for code in sorted({row.product for row in rows}):
        try:
            found[code] = products.tariff(code)
        except DomainError as error:
            found[code] = error
    return found


def _figures(
    products: Products, tariffs: Iterable[Tariff | DomainError], today: date
) -> PublishedFigures:
    """Return the published figures that a month of any of the tariffs is priced by."""
    found = [tariff for tariff in tariffs if isinstance(tariff, Tariff) and tariff.index_names]
    if not found:
        return NO_FIGURES
    names = {name for tariff in found for name in tariff.index_names}
    return products.published(names, month_priced(found[0], today))


@attrs.frozen
class _New:
    """A contract to be taken over, nothing being wrong with it."""

    row: ContractRow
    customer: Customer
    prices: tuple[SitePrice, ...]

    def quote(self, quoted: int, agreed: int, *, today: date) -> Quote:
        return Quote(
            number=quote_number(quoted),
            reference=f"{_REFERENCE}{self.row.reference}",
            person=self.customer.person,
            product=self.row.product,
            sites=self.prices,
            quoted_on=today,
            state=QuoteState.ACCEPTED,
            contract=contract_number(agreed),
        )

    def contract(self, quote: Quote, *, retailer: str) -> tuple[Contract, tuple[Event, ...]]:
        assert quote.contract is not None
        # The paper stayed with whoever had it signed: this is the digest of the same terms.
        text = contract_text(
            quote, number=quote.contract, retailer=retailer, iban=self.row.iban, early=False
        )
        return Contract.take_over(
            quote,
            self.customer,
            iban=self.row.iban,
            signature=Signature(self.row.signed_on, quote.reference),
            document_sha256=hashlib.sha256(text.encode()).hexdigest(),
            starts_on=self.row.starts_on,
            last_collected_on=self.row.last_collected_on,
        )


@attrs.define
class _Judge:
    """Rows of a chunk heard one by one, each judged by what stands and by those before it."""

    today: date
    refused: Refusals
    customers: Mapping[str, Customer]
    points: Mapping[Cups, PortfolioPoint]
    tariffs: Mapping[str, Tariff | DomainError]
    figures: PublishedFigures
    taken: dict[str, _Terms]
    supplied: dict[Cups, list[Period]]
    new: list[_New] = attrs.Factory(list)
    known: int = 0
    faults: list[ImportFault] = attrs.Factory(list)

    def hear(self, row: ContractRow) -> None:
        reference = f"{_REFERENCE}{row.reference}"
        terms = _terms_of(row)
        stands = self.taken.get(reference)
        if stands == terms:
            self.known += 1
        elif stands is not None:
            self._fault(row, "reference", "import.contract.differs", "other than before")
        elif self._is_good(row):
            prices = self._prices(row)
            if prices:
                self.new.append(_New(row, self.customers[row.tax_id], prices))
                self.taken[reference] = terms
                for cups in row.points:
                    self.supplied.setdefault(cups, []).append(Period(row.starts_on))

    def _fault(self, row: ContractRow, field: str, code: str, reason: str) -> None:
        self.faults.append(ImportFault(CONTRACTS.file, row.line, field, code, reason))

    def _is_good(self, row: ContractRow) -> bool:
        """Tell every fault of a row, and only if there is none what it waits for."""
        before = len(self.faults)
        self._check_days(row)
        if isinstance(error := self.tariffs[row.product], DomainError):
            self._fault(row, "product", error.code, error.text)
        self._check_points_free(row)
        waits = [*self._without_customer(row), *self._without_points(row)]
        for field, code, reason in waits:
            if code != "import.depends_on_refused":
                self._fault(row, field, code, reason)
        if waits and len(self.faults) == before:
            self._fault(row, *waits[0])
        return len(self.faults) == before

    def _check_days(self, row: ContractRow) -> None:
        if row.starts_on > self.today:
            text = f"begins after the company's day {self.today}"
            self._fault(row, "starts_on", "import.contract.not_begun", text)
        if row.signed_on > row.starts_on:
            text = f"signed after the supply began on {row.starts_on}"
            self._fault(row, "signed_on", "contracts.take_over.unsigned", text)
        collected_on = row.last_collected_on
        if collected_on is not None and not row.signed_on <= collected_on <= self.today:
            text = f"a day from the signature to the company's day {self.today}"
            self._fault(row, "last_collected_on", "import.value.out_of_range", text)

    def _check_points_free(self, row: ContractRow) -> None:
        wanted = Period(row.starts_on)
        for cups in row.points:
            if any(wanted.meets(period) for period in self.supplied.get(cups, ())):
                text = f"another contract supplies {cups} then"
                self._fault(row, "cups", "supply.point_taken", text)

    def _without_customer(self, row: ContractRow) -> list[tuple[str, str, str]]:
        if self.refused.has(CUSTOMERS.name, row.tax_id):
            return [_waits("tax_id", f"the row of customer {row.tax_id}")]
        if row.tax_id not in self.customers:
            return [("tax_id", "import.customer_unknown", f"nobody has {row.tax_id}")]
        return []

    def _without_points(self, row: ContractRow) -> list[tuple[str, str, str]]:
        found = []
        for cups in row.points:
            if self.refused.has(SUPPLY_POINTS.name, cups.point):
                found.append(_waits("cups", f"the row of supply point {cups}"))
            elif cups not in self.points:
                text = f"nothing describes {cups}"
                found.append(("cups", "import.supply_point_unknown", text))
        return found

    def _prices(self, row: ContractRow) -> tuple[SitePrice, ...]:
        tariff = self.tariffs[row.product]
        assert isinstance(tariff, Tariff)
        try:
            return tuple(
                price_month(
                    Site(cups, tariff.code, self.points[cups].powers),
                    month_kwh=self.points[cups].month_kwh,
                    tariff=tariff,
                    days=month_priced(tariff, self.today),
                    figures=self.figures,
                )
                for cups in row.points
            )
        except DomainError as error:
            self._fault(row, "product", error.code, str(error))
            return ()


def _waits(field: str, what: str) -> tuple[str, str, str]:
    return field, "import.depends_on_refused", f"{what} was refused"
