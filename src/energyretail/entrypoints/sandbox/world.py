"""The partners of one sandbox, and the calendar they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.operator import OperatorBehaviour
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Conflict, Invalid, Period
from energyretail.entrypoints.sandbox.bank import SandboxBank
from energyretail.entrypoints.sandbox.erp import SandboxErp
from energyretail.entrypoints.sandbox.mail import SandboxMail
from energyretail.entrypoints.sandbox.operator import SandboxOperator
from energyretail.entrypoints.sandbox.partner import HttpPartner, Partner
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.entrypoints.sandbox.signature import SandboxSignature

__all__ = ["DAYS_AHEAD_MAX", "World", "build_world"]

DAYS_AHEAD_MAX: Final = 3660
"""No single step of the clock walks further than this: a mistyped year is refused."""


class World:
    """Partners by name, advanced together and in the order they were given."""

    def __init__(
        self,
        *,
        seed: int,
        root: Path,
        partners: Mapping[str, Partner],
        mail: SandboxMail,
        sftp_folders: Mapping[str, Path],
    ):
        """`sftp_folders` are the SFTP accounts, each with the folder it sees as ``/``."""
        self.seed: Final = seed
        self.root: Final = root
        self.partners: Final = dict(partners) | {"mail": mail}
        self.mail: Final = mail
        self.sftp_folders: Final = dict(sftp_folders)
        self.day: date | None = None

    def advance_to(self, day: date) -> int:
        """Walk every day up to `day`, each with every partner in turn; return how many days.

        The first call begins the calendar on `day` itself. The same day again walks nothing.
        Raises Conflict for a day that lies behind, Invalid for one further ahead than
        `DAYS_AHEAD_MAX`.
        """
        start = day if self.day is None else self.day + timedelta(days=1)
        if day == self.day:
            return 0
        if day < start:
            raise Conflict("sandbox.clock.backwards", "that day is over", day=day, now=self.day)
        walk = Period(start, day + timedelta(days=1))
        if walk.days > DAYS_AHEAD_MAX:
            raise Invalid("sandbox.clock.too_far", "too many days at once", days=walk.days)
        for each in walk.each_day():
            for partner in self.partners.values():
                partner.advance(each)
            self.day = each
        return walk.days

    def http_partners(self) -> tuple[HttpPartner, ...]:
        """Return the partners that listen to HTTP."""
        return tuple(each for each in self.partners.values() if isinstance(each, HttpPartner))


def build_world(seed: int, root: Path) -> World:
    """Build every partner, each below `root`, in the order in which they live through a day.

    The order is fixed, for the operator must know what the registry activated that day.
    """
    chance = Chance(seed)
    accounts = {name: root / "sftp" / name for name in ("operator", "bank")}
    bank = accounts["bank"]
    (hours,) = SPAIN.register_calendars
    meters = OperatorBehaviour(chance, hours.band_at, SPAIN.zone)
    operator = SandboxOperator(meters, accounts["operator"])
    return World(
        seed=seed,
        root=root,
        partners={
            "registry": SandboxRegistry(chance, on_activation=operator.activate),
            "operator": operator,
            "bank": SandboxBank(
                incoming=bank / "in", outgoing=bank / "out", memory=root / "bank", seed=seed
            ),
            "erp": SandboxErp(),
            "signature": SandboxSignature(chance),
        },
        mail=SandboxMail(),
        sftp_folders=accounts,
    )
