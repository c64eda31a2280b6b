"""The shapes several routes share: texts with a pattern, money, periods, people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from energyretail.domain.parties import (
    COUNTRY_SHAPE,
    EMAIL_MAX,
    EMAIL_SHAPE,
    LANGUAGE_SHAPE,
    LINE_SHAPE,
    NAME_MAX,
    POSTCODE_MAX,
    POSTCODE_SHAPE,
    STREET_MAX,
    TAX_ID_SHAPE,
    TOWN_MAX,
    Address,
    CustomerKind,
    Person,
)
from energyretail.domain.shared import (
    POWER_MAX,
    Cups,
    Iban,
    Money,
    Period,
    Power,
    PowerUnit,
)
from energyretail.entrypoints.api.request_faults import parsed_by

__all__ = [
    "AddressShape",
    "Code",
    "ContractFilter",
    "CupsFilter",
    "CupsPath",
    "CupsText",
    "CustomerFilter",
    "DecimalText",
    "Email",
    "IbanText",
    "ItemFilter",
    "Language",
    "Meta",
    "MoneyOut",
    "Name",
    "PeriodIn",
    "PeriodOut",
    "PersonIn",
    "PowerText",
    "Register",
    "Remark",
    "Shape",
    "TaxId",
    "address_of",
    "address_out",
    "money_out",
    "number_out",
    "path_number",
    "period_of",
    "period_out",
    "person_of",
    "powers_of",
    "powers_out",
    "query_text",
]

Meta = msgspec.Meta


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client says: nothing beyond its fields."""


DecimalText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?\Z",
        description="A number of zero or more as text, at most nine places after the point.",
        examples=["250", "4.6"],
    ),
]
Register = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,12}\Z", examples=["P1"])]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}\Z", examples=["2.0TD-FIJO"])]
Remark = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]\Z")
]


def _all(shape: str) -> str:
    """Return the pattern of a text that has a shape from its first to its last character."""
    return rf"^(?:{shape})\Z"


Name = Annotated[str, Meta(min_length=1, max_length=NAME_MAX, pattern=_all(LINE_SHAPE))]
TaxId = Annotated[str, Meta(pattern=_all(TAX_ID_SHAPE), examples=["12345678Z"])]
Email = Annotated[
    str, Meta(pattern=_all(EMAIL_SHAPE), max_length=EMAIL_MAX, examples=["ana@example.org"])
]
Language = Annotated[str, Meta(pattern=_all(LANGUAGE_SHAPE), examples=["es"])]
PowerText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,7}(\.[0-9]{1,9})?\Z",
        description=f"A power as text, {POWER_MAX} at most.",
        examples=["4.6"],
    ),
    parsed_by(Power),
]
CupsText = Annotated[
    str,
    Meta(
        pattern=r"^ES[0-9]{16}[A-Z]{2}([0-9][FPCRXYZ])?\Z",
        description="A Spanish supply point; its two check letters must fit.",
        examples=["ES0021000000000271JS0F"],
        extra_json_schema={"format": "cups"},
    ),
    parsed_by(Cups),
]
IbanText = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z",
        description="An account in any country's form; its check digits must fit.",
        examples=["ES9121000418450200051332"],
        extra_json_schema={"format": "iban"},
    ),
    parsed_by(Iban),
]


def path_number(pattern: str, example: str) -> PathParameter:
    """Return the parameter of a path that names a thing by its number."""
    return PathParameter(pattern=pattern, examples=[Example(value=example)])


def query_text(pattern: str, example: str) -> QueryParameter:
    """Return the parameter of a query that is one text."""
    return QueryParameter(pattern=pattern, examples=[Example(value=example)])


CupsPath = Annotated[
    str, path_number(r"^ES[0-9]{16}[A-Z]{2}([0-9][FPCRXYZ])?\Z", "ES0021000000000271JS0F")
]

CupsFilter = Annotated[
    str | None,
    query_text(r"^ES[0-9]{16}[A-Z]{2}([0-9][FPCRXYZ])?\Z", "ES0021000000000271JS0F"),
]
CustomerFilter = Annotated[str | None, query_text(r"^C[0-9]{6,12}\Z", "C000001")]
ContractFilter = Annotated[str | None, query_text(r"^K[0-9]{6,12}\Z", "K000001")]
ItemFilter = Annotated[str | None, query_text(r"^[A-Z0-9-]{4,24}\Z", "F26-000001")]


class PeriodIn(Shape, frozen=True):
    """Whole days from `start` (included) to `end` (excluded), which is later."""

    start: date
    end: date


class PeriodOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whole days from `start` (included) to `end` (excluded); without `end` it goes on."""

    start: date
    end: date | None


class MoneyOut(msgspec.Struct, frozen=True, kw_only=True):
    """An amount with its cents; negative is in the customer's favour."""

    amount: str
    currency: str


class AddressShape(Shape, frozen=True):
    """A postal address; `country` as ISO 3166-1 alpha-2."""

    street: Annotated[str, Meta(min_length=1, max_length=STREET_MAX, pattern=_all(LINE_SHAPE))]
    postcode: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=POSTCODE_MAX,
            pattern=_all(POSTCODE_SHAPE),
            examples=["28013"],
        ),
    ]
    town: Annotated[str, Meta(min_length=1, max_length=TOWN_MAX, pattern=_all(LINE_SHAPE))]
    country: Annotated[str, Meta(pattern=_all(COUNTRY_SHAPE), examples=["ES"])]


class PersonIn(Shape, frozen=True):
    """A home or company as it introduces itself."""

    kind: Literal["home", "company"]
    name: Name
    tax_id: TaxId
    email: Email
    address: AddressShape
    language: Language = "es"


def period_of(period: PeriodIn) -> Period:
    """Return the days; raises Invalid ``period.empty``."""
    return Period(period.start, period.end)


def person_of(person: PersonIn) -> Person:
    """Return the person; raises Invalid where the domain would not have it."""
    return Person(
        kind=CustomerKind(person.kind),
        name=person.name,
        tax_id=person.tax_id,
        email=person.email,
        address=address_of(person.address),
        language=person.language,
    )


def address_of(address: AddressShape) -> Address:
    """Return the address."""
    return Address(address.street, address.postcode, address.town, address.country)


def address_out(address: Address) -> AddressShape:
    """Tell an address."""
    return AddressShape(
        street=address.street,
        postcode=address.postcode,
        town=address.town,
        country=address.country,
    )


def powers_of(powers: Mapping[str, str], unit: PowerUnit) -> tuple[tuple[str, Power], ...]:
    """Return subscribed powers by register, in order."""
    return tuple((register, Power(value, unit)) for register, value in sorted(powers.items()))


def powers_out(powers: tuple[tuple[str, Power], ...]) -> dict[str, str]:
    """Tell subscribed powers by register, each with its unit."""
    return {register: str(power) for register, power in powers}


def money_out(money: Money) -> MoneyOut:
    """Tell an amount."""
    return MoneyOut(amount=f"{money.amount:.2f}", currency=money.currency)


def number_out(number: Decimal) -> str:
    """Tell a number with a fraction, as text and never in exponents."""
    return f"{number:f}"


def period_out(period: Period) -> PeriodOut:
    """Tell a period."""
    return PeriodOut(start=period.start, end=period.end)
