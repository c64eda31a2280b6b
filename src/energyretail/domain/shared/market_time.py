"""Local market time, where a day has 23, 24 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs

from energyretail.domain.shared.errors import Invalid

__all__ = ["MarketTime"]


@attrs.frozen
class MarketTime:
    """The clock on the wall of a market, by its IANA zone name (``Europe/Madrid``)."""

    zone: str

    def start_of(self, day: date) -> datetime:
        """Return the instant the local day begins, aware, in the market's zone."""
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.zone))

    def day_of(self, instant: datetime) -> date:
        """Return the local day of an aware instant; raises Invalid for a naive one."""
        return self.at_the_wall(instant).date()

    def at_the_wall(self, instant: datetime) -> datetime:
        """Return an aware instant by the market's clock; raises Invalid for a naive one."""
        if instant.tzinfo is None:
            raise Invalid("time.naive", "give an aware datetime", instant=instant)
        return instant.astimezone(ZoneInfo(self.zone))

    def hours_of(self, day: date) -> tuple[datetime, ...]:
        """Return the local starts of the day's real hours: 23, 24 or 25 of them, in order."""
        begin = self.start_of(day).astimezone(UTC)
        end = self.start_of(day + timedelta(days=1)).astimezone(UTC)
        hours = int((end - begin) / timedelta(hours=1))
        zone = ZoneInfo(self.zone)
        return tuple((begin + timedelta(hours=i)).astimezone(zone) for i in range(hours))
