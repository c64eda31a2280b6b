"""The files of a portfolio: the one table of fields that parser and description are made of."""

from __future__ import annotations

from typing import Final

import attrs

from energyretail.application.imports.fields import Field, Kind
from energyretail.domain.parties import (
    COUNTRY_SHAPE,
    EMAIL_MAX,
    EMAIL_SHAPE,
    LANGUAGE_SHAPE,
    NAME_MAX,
    POSTCODE_MAX,
    POSTCODE_SHAPE,
    STREET_MAX,
    TAX_ID_SHAPE,
    TOWN_MAX,
    email_of,
)
from energyretail.domain.shared import POWER_MAX, Cups, Iban

__all__ = ["CONTRACTS", "CUSTOMERS", "READINGS", "SUPPLY_POINTS", "TABLES", "Reference", "Table"]


@attrs.frozen
class Reference:
    """A column whose value is the key of a row of another table."""

    field: str
    table: str
    target: str


@attrs.frozen
class Table:
    """One file: its name without ``.csv``, its columns, the columns of its natural key."""

    name: str
    text: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names the header must have, in any order."""
        return tuple(field.name for field in self.fields)


def _power(period: str, text: str) -> Field:
    return Field(
        f"power_{period}_kw",
        Kind.DECIMAL,
        text,
        example="4.6",
        minimum=0,
        maximum=int(POWER_MAX),
    )


_TAX_ID: Final = Field(
    "tax_id",
    Kind.TEXT,
    "NIF, NIE or CIF of the customer, capital letters and digits",
    example="12345678Z",
    pattern=TAX_ID_SHAPE,
    pattern_code="parties.tax_id",
    length_max=14,
)
_CUPS: Final = Field(
    "cups",
    Kind.TEXT,
    "CUPS of the supply point, with its check letters",
    example="ES0031405524755001RN0F",
    length_max=30,
    identifier=Cups,
)

CUSTOMERS: Final = Table(
    "customers",
    "Who is supplied: one row a home or company.",
    (
        _TAX_ID,
        Field(
            "kind",
            Kind.TEXT,
            "a home is a consumer, a company is not",
            example="home",
            choices=("home", "company"),
        ),
        Field(
            "name",
            Kind.TEXT,
            "full name, or name of the company",
            example="Ana Ruiz Vega",
            length_max=NAME_MAX,
        ),
        Field(
            "email",
            Kind.TEXT,
            "where invoices are sent",
            example="ana@example.org",
            pattern=EMAIL_SHAPE,
            pattern_code="parties.email",
            length_max=EMAIL_MAX,
            identifier=email_of,
        ),
        Field(
            "street",
            Kind.TEXT,
            "street and number",
            example="Calle Mayor 1",
            length_max=STREET_MAX,
        ),
        Field(
            "postcode",
            Kind.TEXT,
            "postcode",
            example="28013",
            pattern=POSTCODE_SHAPE,
            length_max=POSTCODE_MAX,
        ),
        Field("town", Kind.TEXT, "town", example="Madrid", length_max=TOWN_MAX),
        Field(
            "country",
            Kind.TEXT,
            "country, two capital letters (ISO 3166)",
            example="ES",
            pattern=COUNTRY_SHAPE,
            length_max=2,
        ),
        Field(
            "language",
            Kind.TEXT,
            "language of the invoices, two small letters (ISO 639); `es` when empty",
            example="es",
            required=False,
            pattern=LANGUAGE_SHAPE,
            length_max=2,
        ),
    ),
    key=("tax_id",),
)

SUPPLY_POINTS: Final = Table(
    "supply_points",
    "Where energy is supplied: one row a supply point.",
    (
        _CUPS,
        _power("p1", "power subscribed in period P1, kW"),
        _power("p2", "power subscribed in period P2, kW"),
        Field(
            "month_kwh",
            Kind.WHOLE,
            "about how much it uses in a month, kWh",
            example="250",
            minimum=0,
            maximum=10_000_000,
        ),
    ),
    key=("cups",),
)

CONTRACTS: Final = Table(
    "contracts",
    "What was agreed: one row a contract that is in supply.",
    (
        Field(
            "reference",
            Kind.TEXT,
            "your own key of the contract",
            example="2024-00017",
            length_max=64,
        ),
        _TAX_ID,
        attrs.evolve(
            _CUPS,
            kind=Kind.LIST,
            text="CUPS of its supply points, separated by `;`",
            example="ES0031405524755001RN0F",
        ),
        Field(
            "product", Kind.TEXT, "code of one of our products", example="2.0TD-FIJO", length_max=40
        ),
        Field(
            "iban",
            Kind.TEXT,
            "account to collect from, by the mandate signed with the contract",
            example="ES9121000418450200051332",
            length_max=50,
            identifier=Iban,
        ),
        Field("signed_on", Kind.DAY, "day contract and mandate were signed", example="2026-02-10"),
        Field(
            "starts_on",
            Kind.DAY,
            "first day of supply that is ours to bill: bills go back to it and no further",
            example="2026-03-01",
        ),
        Field(
            "last_collected_on",
            Kind.DAY,
            "due date of the last collection by the mandate; empty when there was none",
            example="2026-02-27",
            required=False,
        ),
    ),
    key=("reference",),
    references=(Reference("tax_id", "customers", "tax_id"),),
)

READINGS: Final = Table(
    "readings",
    "What the meters showed: one row a register and day, from each point's `starts_on` on.",
    (
        _CUPS,
        Field("register", Kind.TEXT, "register: P1, P2 or P3", example="P1", length_max=16),
        Field("taken_on", Kind.DAY, "day whose 00:00 the index belongs to", example="2026-03-01"),
        Field(
            "index_kwh",
            Kind.DECIMAL,
            "what the register shows, kWh",
            example="1234.567",
            minimum=0,
            maximum=999_999_999,
        ),
        Field(
            "quality",
            Kind.TEXT,
            "actual when somebody or something looked at the meter",
            example="actual",
            choices=("actual", "estimated"),
        ),
        Field(
            "next_reading_on",
            Kind.DAY,
            "day the meter is to be read next; a month later when empty",
            example="2026-04-01",
            required=False,
        ),
    ),
    key=("cups", "register", "taken_on"),
    references=(Reference("cups", "supply_points", "cups"),),
)

TABLES: Final = (CUSTOMERS, SUPPLY_POINTS, CONTRACTS, READINGS)
"""Every table, each after those it refers to: the order they are taken in."""
