"""The people and companies of the simulated world, each a pure function of seed and number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.adapters.simulated.chance import Chance
from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Cups, Iban, Power

__all__ = ["Applicant", "Dwelling", "Population"]

_GIVEN = ("Ana", "Luis", "Carmen", "Javier", "Lucía", "Pablo", "Marta", "Iñaki", "Zoé", "Núria")
_FAMILY = ("García", "Martín", "Muñoz", "Peña", "López", "Ibáñez", "Ruiz", "Ortega", "Sáez")
_TRADES = ("Panadería", "Ferretería", "Taller", "Gestoría", "Librería", "Clínica", "Mercado")
_TOWNS = (("28013", "Madrid"), ("08002", "Barcelona"), ("46001", "Valencia"), ("41004", "Sevilla"))
_HOME_POWERS = ("3.45", "4.6", "5.75")
_SITE_POWERS = ("8.05", "9.2", "10.35", "14.49")
_NIF_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


@attrs.frozen
class Dwelling:
    """A supply point somebody wants supplied."""

    cups: Cups
    powers: tuple[tuple[str, Power], ...]
    month_kwh: int


@attrs.frozen
class Applicant:
    """Somebody who asks for a quote on `asks_on` and takes it on `accepts_on`, if ever.

    `withdraws_after` is the number of days after the signature on which a home changes its
    mind, or None.
    """

    reference: str
    person: Person
    iban: Iban
    dwellings: tuple[Dwelling, ...]
    asks_on: date
    accepts_on: date | None
    early_start: bool
    withdraws_after: int | None


@attrs.frozen
class Population:
    """`homes` homes and `companies` companies that come to us from the day `begin` on.

    Two in three ask within the first ten days, the others within two months.
    """

    seed: int
    homes: int
    companies: int
    begin: date

    def applicants(self) -> tuple[Applicant, ...]:
        """Return everybody in the order of their reference."""
        homes = (self._applicant(CustomerKind.HOME, n) for n in range(1, self.homes + 1))
        firms = (self._applicant(CustomerKind.COMPANY, n) for n in range(1, self.companies + 1))
        return (*firms, *homes)

    def _applicant(self, kind: CustomerKind, number: int) -> Applicant:
        chance = Chance(self.seed)
        home = kind is CustomerKind.HOME
        key = ("home" if home else "company", number)
        soon = chance.happens(667, "soon", *key)
        asks_on = self.begin + timedelta(chance.between(0, 9 if soon else 60, "asks", *key))
        accepts = chance.happens(920, "accepts", *key)
        decides_on = asks_on + timedelta(chance.between(0, 3, "decides", *key))
        return Applicant(
            reference=f"{'H' if home else 'F'}-{number:06d}",
            person=_person(chance, kind, number),
            iban=_iban(chance.between(0, 10**10 - 1, "account", *key)),
            dwellings=tuple(self._dwellings(chance, kind, number)),
            asks_on=asks_on,
            accepts_on=decides_on if accepts else None,
            early_start=not home or chance.happens(600, "early", *key),
            withdraws_after=5 if home and chance.happens(30, "withdraws", *key) else None,
        )

    def _dwellings(self, chance: Chance, kind: CustomerKind, number: int) -> Iterable[Dwelling]:
        home = kind is CustomerKind.HOME
        sites = 1 if home else chance.between(2, 5, "sites", number)
        if not home and number == 1:
            sites = 3
        for site in range(sites):
            key = ("dwelling", kind.value, number, site)
            power = Power(chance.one_of(_HOME_POWERS if home else _SITE_POWERS, "power", *key))
            digits = f"0031{1 if home else 2}{number:08d}{site:03d}"
            yield Dwelling(
                cups=Cups.of_digits(digits),
                powers=(("P1", power), ("P2", power)),
                month_kwh=chance.between(150 if home else 500, 420 if home else 2400, "use", *key),
            )


def _person(chance: Chance, kind: CustomerKind, number: int) -> Person:
    key = (kind.value, number)
    postcode, town = chance.one_of(_TOWNS, "town", *key)
    address = Address(f"Calle Mayor {chance.between(1, 199, 'street', *key)}", postcode, town, "ES")
    family = chance.one_of(_FAMILY, "family", *key)
    if kind is CustomerKind.HOME:
        name = f"{chance.one_of(_GIVEN, 'given', *key)} {family}"
        tax_id, email = _nif(40_000_000 + number), f"home{number}@example.com"
    else:
        name = f"{chance.one_of(_TRADES, 'trade', *key)} {family} {number} SL"
        tax_id, email = _cif(6_000_000 + number), f"company{number}@example.com"
    return Person(kind, name, tax_id, email, address)


def _nif(number: int) -> str:
    return f"{number:08d}{_NIF_LETTERS[number % 23]}"


def _cif(number: int) -> str:
    digits = [int(digit) for digit in f"{number:07d}"]
    odd = sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return f"B{number:07d}{-(odd + sum(digits[1::2])) % 10}"


def _iban(account: int) -> Iban:
    bank, rest = "00491500", f"{account:010d}"
    control = f"{_control('00' + bank)}{_control(rest)}"
    return Iban.of_account("ES", f"{bank}{control}{rest}")


def _control(digits: str) -> int:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    rest = 11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return {10: 1, 11: 0}.get(rest, rest)
