"""A year of a company in a database: read every month, billed by columns, judged by the gate."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import attrs
from sqlalchemy import text

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import HeldBillTrigger
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import Component, DatedPrice, Tariff, TimeOfUse, UnitRate
from energyretail.domain.shared import add_months
from energyretail.testing.billing import POLICY, BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio
from seeded_faults.faults import FAULTS, PRICE_MISSING, WITHOUT_TRACE, Meter
from seeded_faults.homes import REGISTERS, Home, Powers, drawn_home
from seeded_faults.verdict import Verdict

__all__ = ["Plan", "seeded_trial"]

_FIRST: Final = date(2026, 1, 1)
_MONTHS: Final = 12
_KNOWN_MONTHS: Final = 3
_TARIFFS: Final = ("2.0TD-FIJO", "2.0TD-HORAS")
_EMPTY: Final = "-EMPTY"
_POWERS: Final = (
    Powers("3.45", 45, 2000), Powers("4.6", 35, 2600), Powers("5.75", 14, 3400),
    Powers("9.2", 6, 6000),
)  # fmt: skip
_ARRIVING: Final = 0.12
_ESTIMATED: Final = 0.01
_WRONG: Final = {**FAULTS, **WITHOUT_TRACE}


@attrs.frozen
class Plan:
    """So many bills, one in `fault_every` with a fault, of homes that were there or move in."""

    bills: int
    faults: int
    seed: int = 1

    @property
    def homes(self) -> int:
        """How many homes there are to be, those moving in billed for half of the months."""
        return round(self.bills / ((_MONTHS - _KNOWN_MONTHS) * (1 - _ARRIVING / 2)))


class _Prices:
    """The tariffs of Spain, and one whose price of energy was not filled in."""

    def tariff(self, code: str) -> Tariff:
        """Return a tariff by its code."""
        whole = SPAIN.tariff(code.removesuffix(_EMPTY))
        if not code.endswith(_EMPTY):
            return whole
        return attrs.evolve(
            whole,
            code=code,
            components=tuple(
                _unpriced(each) if each.group == "energy" else each for each in whole.components
            ),
        )


def _unpriced(component: Component) -> Component:
    if isinstance(component, UnitRate):
        return attrs.evolve(component, price=tuple(map(_zero, component.price)))
    if isinstance(component, TimeOfUse):
        rates = ((register, tuple(map(_zero, each))) for register, each in component.rates)
        return attrs.evolve(component, rates=tuple(rates))
    return component


def _zero(price: DatedPrice) -> DatedPrice:
    return attrs.evolve(
        price, versions=tuple(attrs.evolve(each, value=0) for each in price.versions)
    )


@attrs.define
class _Supply:
    """A supply under a contract, with its home and the indexes told of it last."""

    contract: str
    cups: str
    tariff: str
    home: Home
    since: date
    index: tuple[float, ...]
    told: tuple[float, ...] = ()
    is_estimated: bool = False
    fault: str = ""


@attrs.define
class _Read:
    """Rows of readings to be kept."""

    rows: list[tuple[Any, ...]] = attrs.field(factory=list)

    def add(
        self, cups: str, day: date, indexes: Iterable[float], quality: str, version: int = 1
    ) -> None:
        """Take the indexes of all registers of a point on a day."""
        for register, index in zip(REGISTERS, indexes, strict=True):
            row = (cups, register, day, version, f"{index:.3f}", quality, "drawn", day)
            self.rows.append(row)


def seeded_trial(url: str, plan: Plan, *, told: Callable[[str], None] = lambda _: None) -> Verdict:
    """Live through a year in a migrated database; return what became of every bill.

    After the first months, which nobody counts, every bill is either good or has one fault. A
    fault that was kept back is put right and billed; one that got out ends its supply's part. A
    good bill that was held is released by two people.
    """
    with closing(Database(url)) as database:
        policy = attrs.evolve(POLICY, plausibility=SPAIN.plausibility)
        desk = postgres_desk(database, policy=policy, tariffs=_Prices())
        trial = _Trial(database, desk, Random(plan.seed), plan)
        trial.begin()
        for place in range(_MONTHS):
            trial.month(place)
            told(f"{add_months(_FIRST, place):%Y-%m} {trial.verdict}")
    return trial.verdict


@attrs.define
class _Trial:
    database: Database
    desk: BillingDesk
    chance: Random
    plan: Plan
    supplies: dict[tuple[str, str], _Supply] = attrs.field(factory=dict)
    verdict: Verdict = attrs.field(factory=Verdict)
    kinds: list[str] = attrs.field(factory=list)

    def begin(self) -> None:
        """Have all homes there, and those read that are supplied from the first day on."""
        homes = self._found()
        read = _Read()
        for (contract, cups, tariff), home in homes:
            index = tuple(self.chance.uniform(0, 90_000) for _ in REGISTERS)
            since = _FIRST
            if self.chance.random() < _ARRIVING:
                since += timedelta(days=self.chance.randrange(31, 330))
            supply = _Supply(contract, cups, tariff, home, since, index, index)
            self.supplies[contract, cups] = supply
            read.add(cups, since, index, "actual")
        self._keep(read)
        with self.database.engine.begin() as connection:
            connection.execute(
                text("UPDATE supply SET started_on = :since WHERE contract = :contract"),
                [attrs.asdict(each, recurse=False, filter=_is_start)
                 for each in self.supplies.values() if each.since > _FIRST]
                or [{"since": _FIRST, "contract": ""}],
            )  # fmt: skip
        faults = self.plan.faults
        self.kinds = [list(FAULTS)[n % len(FAULTS)] for n in range(faults)]
        self.kinds += [*WITHOUT_TRACE] * (faults // len(FAULTS))
        self.chance.shuffle(self.kinds)

    def month(self, place: int) -> None:
        """Read, seed, bill, count, put right."""
        start, until = add_months(_FIRST, place), add_months(_FIRST, place + 1)
        with_meter = [each for each in self.supplies.values() if each.since < until]
        faulty = self._seeded(with_meter, place)
        read = _Read()
        for supply in with_meter:
            self._read(supply, start, until, faulty.get(supply.contract, ""), read)
        self._keep(read)
        self._empty_tariffs(faulty)
        self.desk.open_day(until + timedelta(days=4))
        self._bill()
        held, issued = self._outcome(until)
        if place >= _KNOWN_MONTHS:
            self._count(with_meter, held, issued)
        self._put_right(with_meter, held, issued, until)
        self._bill()

    def _found(self) -> list[tuple[tuple[str, str, str], Home]]:
        parts: list[PortfolioPart] = []
        powers: list[Powers] = []
        for tariff in _TARIFFS:
            for each in _POWERS:
                count = max(1, self.plan.homes * each.percent // 200)
                kw = f'{{"P1": "{each.kw}", "P2": "{each.kw}"}}'
                parts.append(PortfolioPart(tariff, REGISTERS, count, (), _FIRST, powers=kw))
                powers += [each] * count
        with self.database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=self.plan.seed)
            rows = connection.execute(
                text("SELECT contract, cups, tariff FROM supply ORDER BY contract")
            ).all()
        names = [(row.contract, row.cups, row.tariff) for row in rows]
        return [
            (name, drawn_home(self.chance, each)) for name, each in zip(names, powers, strict=True)
        ]

    def _seeded(self, with_meter: list[_Supply], place: int) -> dict[str, str]:
        """Return the faults of a month by contract, as many each month as are left to be."""
        if place < _KNOWN_MONTHS:
            return {}
        count = round(len(self.kinds) / (_MONTHS - place))
        kinds, self.kinds = self.kinds[:count], self.kinds[count:]
        victims = self.chance.sample(with_meter, min(count, len(with_meter)))
        return {each.contract: kind for each, kind in zip(victims, kinds, strict=False)}

    def _read(self, supply: _Supply, start: date, until: date, fault: str, read: _Read) -> None:
        days = (until - max(start, supply.since)).days
        used = supply.home.month_kwh(start.month, days)
        supply.index = tuple((a + b) % 1_000_000 for a, b in zip(supply.index, used, strict=True))
        supply.fault = fault
        quality, indexes = "actual", supply.index
        if fault:
            other = self.chance.choice(list(self.supplies.values())).index
            indexes = _WRONG[fault](Meter(supply.told, supply.index, other), self.chance)
        elif days >= monthrange(start.year, start.month)[1] and (
            self.chance.random() < _ESTIMATED and not supply.is_estimated
        ):
            # Of an estimate no register knows: it is somewhat less, or more, than was used.
            factor = self.chance.uniform(0.75, 1.15)
            quality = "estimated"
            indexes = Meter(supply.told, supply.index, ()).times(factor)
        supply.is_estimated = quality == "estimated"
        supply.told = indexes
        read.add(supply.cups, until, indexes, quality)

    def _keep(self, read: _Read) -> None:
        with self.database.engine.begin() as connection:
            raw = connection.connection.cursor()
            with raw.copy(
                "COPY reading (cups, register, taken_on, version, index_kwh, quality, source,"
                " received_on) FROM STDIN"
            ) as copy:
                for row in read.rows:
                    copy.write_row(row)
            connection.execute(text("ANALYZE reading"))

    def _empty_tariffs(self, faulty: dict[str, str]) -> None:
        victims = [name for name, kind in faulty.items() if kind == PRICE_MISSING]
        with self.database.engine.begin() as connection:
            connection.execute(
                text("UPDATE supply SET tariff = tariff || :empty WHERE contract = ANY(:victims)"),
                {"empty": _EMPTY, "victims": victims},
            )

    def _bill(self) -> None:
        self.desk.bill_in_bulk(PostgresBulkBills(self.database), ColumnarRating(), limit=2000)
        self.desk.events.recorded.clear()

    def _outcome(self, until: date) -> tuple[dict[str, tuple[str, str]], set[str]]:
        """Return what is held, its key and the first finding, and what was issued, by contract."""
        with self.database.engine.connect() as connection:
            held = connection.execute(
                text("""
                SELECT contract, concat_ws('/', contract, cups, first_day, digest) AS key,
                    findings -> 0 ->> 'code' AS code
                FROM held_bill WHERE state = 'held'""")
            ).all()
            issued = connection.execute(
                text("SELECT contract FROM invoice WHERE upper(period) = :until"),
                {"until": until},
            ).all()
        return {row.contract: (row.key, row.code) for row in held}, {row.contract for row in issued}

    def _count(
        self, read: list[_Supply], held: dict[str, tuple[str, str]], issued: set[str]
    ) -> None:
        for supply in read:
            name = supply.contract
            if supply.fault:
                self.verdict.seeded[supply.fault] += 1
                self.verdict.sent[supply.fault] += name in issued
                self.verdict.unmade[supply.fault] += name not in issued and name not in held
            else:
                self.verdict.good += 1
                if name not in issued:
                    code = held[name][1] if name in held else "not made"
                    self.verdict.good_held[code] += 1

    def _put_right(
        self,
        read: list[_Supply],
        held: dict[str, tuple[str, str]],
        issued: set[str],
        until: date,
    ) -> None:
        right = _Read()
        for supply in read:
            name = supply.contract
            if supply.fault and name in issued:
                del self.supplies[name, supply.cups]
            elif supply.fault:
                supply.told = supply.index
                right.add(supply.cups, until, supply.index, "actual", version=2)
            elif name in held:
                for trigger, who in (
                    (HeldBillTrigger.RELEASE, "ana"),
                    (HeldBillTrigger.CONFIRM, "eva"),
                ):
                    self.desk.decide(held[name][0], trigger, by=who)
        self._keep(right)
        with self.database.engine.begin() as connection:
            connection.execute(
                text("""
                    UPDATE supply SET tariff = replace(tariff, :empty, '')
                    WHERE tariff LIKE '%' || :empty"""),
                {"empty": _EMPTY},
            )


def _is_start(attribute: Any, _: object) -> bool:
    return attribute.name in ("since", "contract")
