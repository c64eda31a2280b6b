"""Random scenes of a request: its days, its use, and all that a tariff may refer to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from oracle_bills.dice import Dice, decimal, odds, pick, some, versions

__all__ = ["Scene"]

DAY = timedelta(days=1)
ZONES = ("Europe/Madrid", "Europe/Berlin", "Europe/London", "Atlantic/Canary")
SPECIAL = ("2026-03-28", "2026-10-24", "2024-02-27", "2025-12-30", "2027-12-31", "2026-04-01")
SHAPES = ("none", *("registers",) * 13, *("volumes",) * 3, *("intervals",) * 3)
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


class Scene:
    """The days and uses of one request, drawn once; components are written to fit them."""

    def __init__(
        self,
        dice: Dice,
        *,
        shape: str = "",
        days: tuple[date, date] | None = None,
        kinds: Collection[str] | None = None,
    ) -> None:
        """Draw the uses, and the days and their shape unless given; `kinds` bound the tariff."""
        self.dice = dice
        self.kinds = kinds
        self.request: dict[str, Any] = {}
        self.shape = shape or pick(dice, SHAPES)
        self.zone = pick(dice, ZONES)
        self.first, self.end = days or self._period()
        self.usage: dict[str, Any] = {}
        self.imports: list[str] = []
        self.exports: list[str] = []
        self.powers: list[str] = []
        self.indices: list[dict[str, Any]] = []
        self.calendars: list[dict[str, Any]] = []
        self.since = self.first - dice.randint(0, 700) * DAY
        if self.since.day > 28:
            self.since = self.since.replace(day=1)
        getattr(self, f"_use_{self.shape}")()
        if self.shape in ("registers", "intervals") and odds(dice, 15):
            self._export()
        if odds(dice, 30):
            self._subscribe()
        if self.shape == "registers" and odds(dice, 12):
            self._react()
        if self.shape == "intervals":
            self._draw_calendars()
        self.profiled = self.shape == "registers" and odds(dice, 15)
        if self.profiled:
            self._profile()

    @property
    def days(self) -> int:
        """Return how many days are billed."""
        return (self.end - self.first).days

    def of_kinds(self, kinds: list[str]) -> list[str]:
        """Return those kinds of component that the tariff may have."""
        return [kind for kind in kinds if self.kinds is None or kind in self.kinds]

    def priced(self, **how: Any) -> Any:
        """Return a price: a text, or versions that change in the billed days."""
        if odds(self.dice, 82):
            return decimal(self.dice, **how)
        return versions(self.dice, self.first, self.end, lambda: decimal(self.dice, **how))

    def day(self) -> date:
        """Return a billed day."""
        return self.first + self.dice.randint(0, self.days - 1) * DAY

    def _period(self) -> tuple[date, date]:
        dice = self.dice
        first = date(2026, 1, 1) + dice.randint(0, 500) * DAY
        if odds(dice, 20):
            first = date.fromisoformat(pick(dice, SPECIAL))
        length = dice.randint(1, 35)
        if self.shape == "intervals":
            length = dice.randint(1, 3)
        elif odds(dice, 10):
            length = dice.randint(36, 120) if odds(dice, 85) else dice.randint(121, 400)
        return first, first + length * DAY

    def _spans(self, reads: int = 25, *, reach: bool = False) -> list[dict[str, str]]:
        """Cut the billed days at a few readings; the first or last may lie beside them."""
        inside = {self.day() for _ in range(2) if odds(self.dice, reads)} - {self.first}
        bounds = [self.first, *sorted(inside), self.end]
        if reach and odds(self.dice, 8):
            bounds[0] -= self.dice.randint(0, 3) * DAY
            bounds[-1] += self.dice.randint(0, 3) * DAY
        return [{"from": str(a), "to": str(b)} for a, b in pairwise(bounds)]

    def _use_none(self) -> None:
        """Leave everything unmeasured."""

    def _use_registers(self) -> None:
        self._read_registers(pick(self.dice, (1, 1, 1, 2, 2, 3)))

    def _use_many_registers(self) -> None:
        """Use as many as a company with periods has, and one more; none of `SHAPES`."""
        self._read_registers(self.dice.randint(4, 7))

    def _read_registers(self, count: int) -> None:
        self.imports = [f"R{number}" for number in range(1, count + 1)]
        self.usage["registers"] = [
            {"register": name, **span, "kwh": decimal(self.dice, high=600, places=3, negative=2)}
            for name in self.imports
            for span in self._spans(reach=True)
        ]

    def _use_volumes(self) -> None:
        dice = self.dice
        self.imports = ["G1", "G2"][: pick(dice, (1, 1, 1, 2))]
        self.usage["conversions"] = [self._conversion(name) for name in ("C1", "C2")]
        self.usage["volumes"] = [
            {
                "register": name, **span, "conversion": pick(dice, ("C1", "C2")),
                "volume": decimal(dice, high=300, places=3, negative=2),
            }
            for name in self.imports
            for span in self._spans()
        ]  # fmt: skip

    def _conversion(self, name: str) -> dict[str, Any]:
        dice = self.dice
        unit = pick(dice, ("kWh/m3", "MJ/m3"))
        values = ("11.2", "10.3", "9.78", "12") if unit == "kWh/m3" else ("39.3", "40.1", "38.517")
        told: dict[str, Any] = {"name": name, "unit": unit, "calorific_value": pick(dice, values)}
        if odds(dice, 50):
            told["calorific_value"] = versions(
                dice, self.first, self.end, lambda: pick(dice, values)
            )
        if odds(dice, 30):
            told["m3_per_unit"] = pick(dice, ("2.83", "1", "0.1"))
        if odds(dice, 40):
            told["correction"] = pick(dice, ("1.02264", "0.9674", "0.95"))
        elif odds(dice, 30):
            told["correction"] = versions(
                dice, self.first, self.end, lambda: pick(dice, ("0.9674", "1.02264"))
            )
        return told

    def _use_intervals(self) -> None:
        self.imports = ["L1", "L2"][: pick(self.dice, (1, 1, 1, 2))]
        self.usage["intervals"] = [self._series(name) for name in self.imports]

    def _series(self, register: str, **more: str) -> dict[str, Any]:
        dice, minutes = self.dice, pick(self.dice, (60, 60, 60, 30, 15))
        start, end = self._midnight(self.first), self._midnight(self.end)
        count = int((end - start) / timedelta(minutes=minutes))
        palette = [decimal(dice, high=9, places=3, negative=3) for _ in range(5)]
        turn = dice.randint(0, 4)
        values = [palette[(place * place + turn * place) % 5] for place in range(count)]
        local = start.astimezone(ZoneInfo(self.zone))
        return {
            "register": register, "start": local.isoformat(), "minutes": minutes, "kwh": values,
            **more,
        }  # fmt: skip

    def _midnight(self, day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def _export(self) -> None:
        self.exports = ["X1"]
        if self.shape == "intervals":
            self.usage["intervals"].append(self._series("X1", flow="export"))
            return
        self.usage["registers"] += [
            {"register": "X1", "flow": "export", **span, "kwh": decimal(self.dice, places=2)}
            for span in self._spans()
        ]

    def _subscribe(self) -> None:
        dice = self.dice
        self.powers = ["P1", "P2", "P3"][: dice.randint(1, 3)]
        self.unit = pick(dice, ("kW", "kVA"))
        self.usage["powers"] = []
        value = [0, 0]
        change = str(self.day())
        for name in self.powers:
            value = [one + dice.randint(0, 5000) for one in value]
            before, after = (f"{one // 100}.{one % 100:02}" for one in value)
            if odds(dice, 20):
                self.usage["powers"] += [
                    {"register": name, "to": change, "value": before, "unit": self.unit},
                    {"register": name, "from": change, "value": after, "unit": self.unit},
                ]
                continue
            value = [max(value)] * 2
            both = f"{value[0] // 100}.{value[0] % 100:02}"
            self.usage["powers"].append({"register": name, "value": both, "unit": self.unit})

    def peaks(self) -> None:
        """Tell the peaks of the billed months, and of some before."""
        dice = self.dice
        if "peaks" in self.usage:
            return
        month = self.first.year * 12 + self.first.month - 1 - dice.randint(0, 13)
        last = (self.end - DAY).year * 12 + (self.end - DAY).month - 1
        begin = self.first.year * 12 + self.first.month - 1
        self.usage["peaks"] = [
            {
                "register": name, "month": f"{at // 12}-{at % 12 + 1:02}", "unit": self.unit,
                "value": decimal(dice, high=100, places=2, negative=0, huge=False),
            }
            for name in self.powers
            for at in range(month, last + 1)
            if at >= begin or odds(dice, 60)
        ]  # fmt: skip

    def _react(self) -> None:
        for use in self.usage["registers"]:
            use["kwh"] = use["kwh"].lstrip("-")
        self.usage["reactive"] = [
            {
                "register": name, **span,
                "kvarh": decimal(self.dice, high=400, places=2, negative=0),
            }
            for name in some(self.dice, self.imports)
            for span in self._spans(15, reach=True)
        ]  # fmt: skip

    def _profile(self) -> None:
        lead = self.dice.randint(3, 5)
        weights = [pick(self.dice, ("1", "2", "0.5", "0.037")) for _ in range(7)]
        self.usage["profile"] = {
            "name": "profile", "from": str(self.first - lead * DAY),
            "weights": [weights[place % 7] for place in range(self.days + lead + 3)],
        }  # fmt: skip

    def _draw_calendars(self) -> None:
        dice = self.dice
        told = self._calendar("cal")
        self.calendars = [told]
        if odds(dice, 15):
            change = str(self.day())
            told["valid"] = {"from": "2019-01-01", "to": change}
            later = [
                {**rule, "from": "03:00", "to": "21:00"} if rule["band"] == "peak" else rule
                for rule in told["rules"]
            ]
            self.calendars.append({**told, "rules": later, "valid": {"from": change}})

    def _calendar(self, name: str) -> dict[str, Any]:
        dice = self.dice
        hours = sorted(dice.randint(0, 23) for _ in range(2))
        peak: dict[str, Any] = {
            "band": "peak", "from": f"{hours[0]:02}:00", "to": f"{hours[1] + 1:02}:00",
        }  # fmt: skip
        if odds(dice, 60):
            peak["days"] = pick(dice, (WORKDAYS, ["sat", "sun", "holiday"], [*WORKDAYS, "holiday"]))
        rules = [peak, {"band": "low"}]
        told: dict[str, Any] = {"name": name, "rules": rules}
        if odds(dice, 40):
            told["seasons"] = [pick(dice, (
                {"name": "winter", "from": "11-01", "to": "04-01"},
                {"name": "winter", "from": "03-29", "to": "10-26"},
            ))]  # fmt: skip
            rules.insert(pick(dice, (0, 1)), {"band": "mid", "seasons": ["winter"],
                                              "from": "02:00", "to": "13:00"})  # fmt: skip
        if odds(dice, 50):
            told["holidays"] = [
                {"name": "New Year", "fixed": "01-01"}, {"name": "Good Friday", "easter": -2},
                {"name": "of this day", "date": str(self.day())},
                {"name": "end of the year", "fixed": f"{self.day():%m-%d}"},
            ]  # fmt: skip
        return told
