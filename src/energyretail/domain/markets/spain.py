"""Spain: the market profile with the reference retailer's products on access tariff 2.0TD."""

from __future__ import annotations

from datetime import date

from energyretail.domain.billing import CorrectionMethod, CorrectionRules
from energyretail.domain.markets.deposits import SPAIN_DEPOSITS
from energyretail.domain.markets.final_bills import SPAIN_FINAL_BILL
from energyretail.domain.markets.plausibility import SPAIN_PLAUSIBILITY
from energyretail.domain.markets.profile import MarketProfile
from energyretail.domain.markets.spain_calendars import (
    HOURS_2_0TD,
    MADRID,
    NATIONAL_WORKING_DAYS,
)
from energyretail.domain.markets.spain_metering import SPAIN_READING
from energyretail.domain.markets.spain_prices import (
    BONO_SOCIAL,
    ELECTRICITY_EXCISE,
    ELECTRICITY_EXCISE_MINIMUM,
    ENERGY_CHARGE,
    ENERGY_TOLL,
    IVA_RATE,
    METER_RENT,
    POWER_CHARGE,
    POWER_MARGIN,
    POWER_TOLL,
)
from energyretail.domain.markets.spain_switching import SPAIN_SWITCHING
from energyretail.domain.pricing import (
    Component,
    DatedPrice,
    Per,
    PercentageTax,
    StandingCharge,
    SubscribedPower,
    Tariff,
    TimeOfUse,
    UnitRate,
    Vat,
    Version,
)
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Period,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["SPAIN"]

_IVA = "IVA"
_OFFER_FROM = Period(date(2025, 1, 1))
_OFFER = "price list of the reference retailer"

# Of the lawful policies this one lets base x rate on the bill be checked with a pocket
# calculator, as EN 16931 (BR-S-08, BR-CO-14) wants of an electronic invoice.
_ROUNDING = RoundingPolicy(RoundingScope.TAX_GROUP, CENTS_HALF_UP)


def _own(name: str, value: str) -> DatedPrice:
    return DatedPrice(name, (Version(_OFFER_FROM, value, _OFFER),))


def _tariff(code: str, name: str, *priced: Component) -> Tariff:
    """Return a product of 2.0TD: its own prices, then what the law adds to every bill."""
    bono_social = StandingCharge(
        name="bono_social",
        label="Financiación del bono social",
        price=(BONO_SOCIAL,),
        per=Per.YEAR,
        tax_code=_IVA,
        group="bono_social",
    )
    excise = PercentageTax(
        name="excise",
        label="Impuesto especial sobre la electricidad",
        bases=(*(component.name for component in priced), bono_social.name),
        rate=ELECTRICITY_EXCISE,
        minimum=ELECTRICITY_EXCISE_MINIMUM,
        tax_code=_IVA,
    )
    meter_rent = StandingCharge(
        name="meter_rent",
        label="Alquiler del equipo de medida",
        price=(METER_RENT,),
        per=Per.MONTH,
        tax_code=_IVA,
        group="meter_rent",
    )
    return Tariff(
        code=code,
        name=name,
        currency="EUR",
        components=(*priced, bono_social, excise, meter_rent),
        taxes=(Vat(_IVA, "IVA", IVA_RATE),),
        rounding=_ROUNDING,
        rounding_label="Redondeo",
    )


_FIXED = _tariff(
    "2.0TD-FIJO",
    "Hogar fijo 2.0TD",
    SubscribedPower(
        name="power",
        label="Potencia contratada",
        rates=(
            ("P1", (POWER_TOLL["P1"], POWER_CHARGE["P1"], POWER_MARGIN)),
            ("P2", (POWER_TOLL["P2"], POWER_CHARGE["P2"])),
        ),
        unit=PowerUnit.KW,
        tax_code=_IVA,
    ),
    UnitRate(
        name="energy",
        label="Energía consumida",
        price=(_own("energía", "0.15"),),
        tax_code=_IVA,
    ),
)

_HOURS = _tariff(
    "2.0TD-HORAS",
    "Empresa por horas 2.0TD",
    SubscribedPower(
        name="power",
        label="Potencia contratada",
        rates=tuple((p, (POWER_TOLL[p], POWER_CHARGE[p])) for p in ("P1", "P2")),
        unit=PowerUnit.KW,
        tax_code=_IVA,
    ),
    TimeOfUse(
        name="energy",
        label="Energía consumida",
        rates=(
            ("P1", (_own("energía P1", "0.118"),)),
            ("P2", (_own("energía P2", "0.102"),)),
            ("P3", (_own("energía P3", "0.089"),)),
        ),
        tax_code=_IVA,
    ),
    TimeOfUse(
        name="access",
        label="Peajes y cargos de energía",
        rates=tuple((p, (ENERGY_TOLL[p], ENERGY_CHARGE[p])) for p in ("P1", "P2", "P3")),
        tax_code=_IVA,
        group="access",
    ),
)

SPAIN = MarketProfile(
    code="ES",
    zone=MADRID,
    currency="EUR",
    working_days=NATIONAL_WORKING_DAYS,
    switching=SPAIN_SWITCHING,
    reading=SPAIN_READING,
    register_calendars=(HOURS_2_0TD,),
    tariffs=(_FIXED, _HOURS),
    final_bill=SPAIN_FINAL_BILL,
    deposits=SPAIN_DEPOSITS,
    # Both methods are lawful (RD 1619/2012 art. 15.5): a customer reads a whole new bill easiest.
    corrections=CorrectionRules(CorrectionMethod.CANCEL_AND_REBILL),
    plausibility=SPAIN_PLAUSIBILITY,
)
