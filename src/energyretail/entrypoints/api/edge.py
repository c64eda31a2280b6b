"""The shapes of the API: what a client may say and what it is told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

__all__ = [
    "AcceptIn", "AddressIn", "BillIn", "BillOut", "ContractOut", "DerivationOut",
    "ExplanationOut", "FactorOut", "InvoiceOut", "LineExplanationOut", "LineOut", "MoneyOut",
    "PeriodIn", "PeriodOut", "PersonIn", "QuoteIn", "QuoteOut", "ReadingOut", "RoundingOut",
    "SiteIn", "SiteOut", "SupplyOut", "TaxOut", "UseIn",
]  # fmt: skip

Meta = msgspec.Meta
DecimalText = Annotated[
    str,
    Meta(
        pattern=r"^\d{1,12}(\.\d{1,9})?$",
        description="A number of zero or more as text, at most nine places after the point.",
        examples=["250", "4.6"],
    ),
]
Register = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,12}$", examples=["P1"])]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
Line = Annotated[str, Meta(min_length=1, max_length=140)]
CupsText = Annotated[str, Meta(min_length=20, max_length=32, examples=["ES0021000000000001RK0F"])]
IbanText = Annotated[str, Meta(min_length=15, max_length=42, examples=["ES9121000418450200051332"])]


class PeriodIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole days from `start` (included) to `end` (excluded)."""

    start: date
    end: date


class UseIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Energy of a register; without `period` over the whole billed period."""

    register: Register
    kwh: DecimalText
    period: PeriodIn | None = None
    estimated: bool = False


class BillIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to price: `powers` are the subscribed ones by register."""

    tariff: Code
    period: PeriodIn
    powers: dict[Register, DecimalText]
    uses: Annotated[list[UseIn], Meta(max_length=1000)]
    power_unit: Literal["kW", "kVA"] = "kW"


class AddressIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A postal address; `country` as ISO 3166-1 alpha-2."""

    street: Line
    postcode: Annotated[str, Meta(min_length=1, max_length=16)]
    town: Annotated[str, Meta(min_length=1, max_length=35)]
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]


class PersonIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks for a quote."""

    kind: Literal["home", "company"]
    name: Line
    tax_id: Annotated[str, Meta(pattern=r"^[A-Z0-9]{8,14}$")]
    email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    address: AddressIn
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")] = "es"


class SiteIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supply point, its powers in kW by period, and about how much it uses a month."""

    cups: CupsText
    powers: dict[Register, DecimalText]
    month_kwh: Annotated[int, Meta(ge=0, le=10_000_000)]


class QuoteIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for a price; `reference` is the client's own key: the same gives the same."""

    reference: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}$")]
    person: PersonIn
    product: Code
    sites: Annotated[list[SiteIn], Meta(min_length=1, max_length=1000)]


class AcceptIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's yes: the account to collect from, and whether supply may begin at once."""

    iban: IbanText
    early_start: bool = False


class MoneyOut(msgspec.Struct, frozen=True, kw_only=True):
    """An amount with its cents; negative is in the customer's favour."""

    amount: str
    currency: str


class PeriodOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whole days from `start` (included) to `end` (excluded)."""

    start: date
    end: date


class LineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A price line; `formula` is its calculation, one step a line."""

    component: str
    group: str
    label: str
    period: PeriodOut
    quantity: str
    unit: str
    price: str
    price_unit: str
    amount: MoneyOut
    tax_code: str
    tax_rate: str
    estimated: bool
    formula: list[str]


class TaxOut(msgspec.Struct, frozen=True, kw_only=True):
    """Value added tax at one rate in percent."""

    tax: str
    rate: str
    base: MoneyOut
    amount: MoneyOut
    formula: list[str]


class BillOut(msgspec.Struct, frozen=True, kw_only=True):
    """A priced bill: lines, taxes by rate, and totals that hold together to the cent."""

    currency: str
    period: PeriodOut
    lines: list[LineOut]
    taxes: list[TaxOut]
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    prices: str
    rounding: str
    estimated: bool


class SiteOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a supply point would pay for thirty days of `month_kwh`, taxes included."""

    cups: str
    month_kwh: int
    month: MoneyOut


class QuoteOut(msgspec.Struct, frozen=True, kw_only=True):
    """A quote; `valid_until` is the first day it is no longer good."""

    number: str
    reference: str
    product: str
    state: str
    quoted_on: date
    valid_until: date
    sites: list[SiteOut]
    contract: str | None


class SupplyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A supply point under a contract."""

    cups: str
    tariff: str
    state: str
    started_on: date | None
    ended_on: date | None


class ContractOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as it stands."""

    number: str
    quote: str
    customer: str
    product: str
    state: str
    accepted_on: date
    signed_on: date | None
    supplies: list[SupplyOut]


class ReadingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A reading a bill rests on: the index in kWh at the start of `taken_on`."""

    register: str
    taken_on: date
    version: int
    index_kwh: str
    quality: str


class InvoiceOut(msgspec.Struct, frozen=True, kw_only=True):
    """An issued document; `original` is the one a credit note takes back or a rebill replaces."""

    id: str
    number: str
    kind: str
    contract: str
    customer: str
    cups: str
    tariff: str
    issued_on: date
    due_on: date
    original: str | None
    bill: BillOut


class FactorOut(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a calculation and where it is from."""

    name: str
    value: str
    unit: str
    source: str


class RoundingOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a value was rounded, once."""

    mode: str
    decimals: int


class DerivationOut(msgspec.Struct, frozen=True, kw_only=True):
    """(parts combined) x factors / divisors, then rounded; without parts from one."""

    name: str
    combine: str
    factors: list[FactorOut]
    divisors: list[FactorOut]
    parts: list[DerivationOut]
    rounding: RoundingOut | None


class LineExplanationOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line or tax is what it is: for a person (`formula`) and a machine (`derivation`)."""

    position: int
    component: str
    label: str
    period: PeriodOut
    amount: MoneyOut
    readings: list[ReadingOut]
    formula: list[str]
    derivation: DerivationOut


class ExplanationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document explained line by line, then tax by tax."""

    number: str
    kind: str
    contract: str
    cups: str
    tariff: str
    period: PeriodOut
    original: str | None
    readings: list[ReadingOut]
    lines: list[LineExplanationOut]
    taxes: list[LineExplanationOut]
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
