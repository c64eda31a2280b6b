"""Rows of the British cap, the Spanish tolls and the French grid become dated tariffs."""

from __future__ import annotations

from typing import Any

import pytest

from energyretail.adapters.tariff_sources import (
    Document,
    read_france_turpe,
    read_ofgem_cap,
    read_spain_tolls,
)
from energyretail.domain.shared import Invalid

CAP_HEAD = (
    "valid_from,valid_to_exclusive,fuel,unit_rate_p_kWh,standing_charge_p_day,payment,"
    "vat_included,region,source\n"
)
CAP = (
    CAP_HEAD + "2025-01-01,2025-04-01,electricity,24.86,60.97,direct_debit,5%,GB average,page\n"
    "2025-04-01,2025-07-01,electricity,27.03,53.80,direct_debit,5%,GB average,page\n"
    "2025-07-01,2025-10-01,electricity,25.73,,direct_debit,5%,GB average,page\n"
    "2025-10-01,2026-01-01,electricity,26.35,53.68,direct_debit,5%,GB average,page\n"
    "2025-10-01,2026-01-01,gas,6.29,34.03,prepayment,5%,Wales,page\n"
)


def component(tariff: Document, name: str) -> Any:
    (found,) = (each for each in tariff["components"] if each["name"] == name)
    return found


def values(price: Document) -> list[tuple[str, str | None, str]]:
    return [(each["from"], each.get("to"), each["value"]) for each in price["versions"]]


class TestOfgemCap:
    def test_prices_in_pounds_with_vat_through_quarters_that_follow_each_other(self) -> None:
        first = read_ofgem_cap({"ofgem_price_cap.csv": CAP}).tariffs[0]

        assert (first["code"], first["currency"]) == ("GB-CAP-ELECTRICITY-2025-01-01", "GBP")
        assert first["prices"] == "tax_inclusive"
        assert values(component(first, "energy")["price"]) == [
            ("2025-01-01", "2025-04-01", "0.2486"),
            ("2025-04-01", "2025-07-01", "0.2703"),
        ]
        assert values(component(first, "standing")["price"])[1][2] == "0.5380"
        assert values(first["taxes"][0]["rate"])[0][2] == "5"
        source = component(first, "energy")["price"]["versions"][1]["source"]
        assert source == "page (ofgem_price_cap.csv:3)"

    def test_refuses_a_quarter_without_a_standing_charge_and_parts_there(self) -> None:
        found = read_ofgem_cap({"ofgem_price_cap.csv": CAP})

        assert [(each.place, each.code) for each in found.refused] == [
            ("ofgem_price_cap.csv:4", "tariff_source.no_standing_charge")
        ]
        assert [each["code"] for each in found.tariffs] == [
            "GB-CAP-ELECTRICITY-2025-01-01",
            "GB-CAP-ELECTRICITY-2025-10-01",
            "GB-CAP-GAS-PREPAYMENT-WALES-2025-10-01",
        ]

    def test_reads_semicolons_with_decimal_commas_and_days_first(self) -> None:
        text = CAP_HEAD.replace(",", ";") + (
            "01/01/2025;01/04/2025;gas;6,34;31,65;direct_debit;5%;GB average;a, page\n"
        )

        (tariff,) = read_ofgem_cap({"ofgem_price_cap.csv": text}).tariffs

        price = component(tariff, "energy")["price"]
        assert values(price) == [("2025-01-01", "2025-04-01", "0.0634")]

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("24.86", "24,86", "tariff_source.cells"),
            ("24.86", '"24,86"', "tariff_source.decimal"),
            ("24.86", "", "tariff_source.missing"),
            ("2025-01-01", "2025-13-01", "tariff_source.day"),
            ("5%", "5", "tariff_source.percent"),
            ("region", "area", "tariff_source.columns"),
            ("24.86", '"24', "tariff_source.csv"),
            ("2025-04-01,2025-07-01", "2025-03-01,2025-07-01", "tariff_source.versions"),
            ("2025-01-01,2025-04-01", "2025-01-01,2024-04-01", "period.empty"),
        ],
    )
    def test_refuses_a_broken_file(self, old: str, new: str, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            read_ofgem_cap({"ofgem_price_cap.csv": CAP.replace(old, new, 1)})

        assert refused.value.code == code


def spanish(toll: str = "2.0TD", extra: str = "") -> dict[str, str]:
    energy = 3 if toll == "2.0TD" else 6
    power = 2 if toll == "2.0TD" else 6
    rows = [
        f"{component},{charge},{toll},P{n},0.{n},{unit},2026-01-01,2027-01-01,BOE"
        for component in ("peaje", "cargo")
        for charge, unit, count in (("power", "EUR/kW.year", power), ("energy", "EUR/kWh", energy))
        for n in range(1, count + 1)
    ]
    head = "component,charge,toll,period,value,unit,valid_from,valid_to_exclusive,source"
    taxes = """tax,value,unit,valid_from,valid_to_exclusive,source
IEE,5.11269632,%,2024-07-01,2026-03-22,Ley 38/1992
IEE,0.5,%,2026-03-22,,RD-ley
IVA,21,%,2025-01-01,,Ley 37/1992
bono_social_financing,6.979247,EUR/supply point.year,2026-01-01,,Orden
meter_rent_single_phase,0.81,EUR/month,2025-01-01,,Orden
margin_pvpc,3.113,EUR/kW.year,2025-01-01,,RD 216/2014
IEE_minimum,0.001,EUR/kWh,2024-07-01,,Ley 38/1992
"""
    hours = """day_type,from_hour,to_hour_exclusive,energy_period,power_period
working,0,8,P3,P2
working,8,10,P2,P1
working,10,24,P1,P1
weekend_or_national_fixed_holiday_or_6_Jan,0,24,P3,P2
"""
    return {
        "peajes_cargos.csv": "\n".join([head, *rows]) + "\n" + extra,
        "taxes.csv": taxes,
        "periods_2.0TD.csv": hours,
    }


class TestSpainTolls:
    def test_give_each_toll_by_registers_and_by_calendar(self) -> None:
        by_register, by_calendar = read_spain_tolls(spanish()).tariffs

        assert (by_register["code"], by_calendar["code"]) == (
            "ES-2.0TD-REGISTERS", "ES-2.0TD-CALENDAR"
        )  # fmt: skip
        assert "calendars" not in by_register
        assert "calendar" not in component(by_register, "energy toll")
        assert component(by_calendar, "energy toll")["calendar"] == "2.0TD"
        assert [*component(by_register, "power charge")["rates"]] == ["P1", "P2"]
        assert by_register["apportioning"] == "days_in_year"

    def test_tax_tolls_and_charges_and_the_bono_social(self) -> None:
        tariff = read_spain_tolls(spanish()).tariffs[0]
        excise = component(tariff, "excise")

        assert excise["bases"] == [
            "power toll", "power charge", "energy toll", "energy charge", "bono social"
        ]  # fmt: skip
        assert values(excise["rate"]) == [
            ("2024-07-01", "2026-03-22", "5.11269632"),
            ("2026-03-22", None, "0.5"),
        ]
        assert (values(excise["minimum"])[0][2], excise["minimum_per"]) == ("0.001", "kWh")

    def test_rent_a_single_phase_meter_to_the_small_ones_alone(self) -> None:
        small = read_spain_tolls(spanish()).tariffs[0]
        large = read_spain_tolls(spanish("3.0TD")).tariffs[0]

        assert [each["name"] for each in small["components"]][-1] == "meter rent"
        assert [each["name"] for each in large["components"]][-1] == "excise"

    def test_tell_what_is_no_part_of_a_toll(self) -> None:
        remarks = read_spain_tolls(spanish()).remarks

        assert remarks[0].place == "taxes.csv:7"
        assert remarks[0].text.startswith("margin_pvpc is no part of a toll")

    @pytest.mark.parametrize(
        ("file", "old", "new", "code"),
        [
            ("peajes_cargos.csv", "peaje,power", "tasa,power", "tariff_source.component"),
            ("peajes_cargos.csv", "EUR/kWh", "EUR/MWh", "tariff_source.unit"),
            ("taxes.csv", "IVA", "IGIC", "tariff_source.row_missing"),
            ("periods_2.0TD.csv", "working", "lunes", "tariff_source.day_type"),
        ],
    )
    def test_refuse_what_they_do_not_know(self, file: str, old: str, new: str, code: str) -> None:
        texts = spanish()

        with pytest.raises(Invalid) as refused:
            read_spain_tolls({**texts, file: texts[file].replace(old, new, 1)})

        assert refused.value.code == code

    def test_refuse_a_price_that_is_there_twice(self) -> None:
        twice = "peaje,power,2.0TD,P1,0.9,EUR/kW.year,2026-06-01,2027-06-01,BOE\n"

        with pytest.raises(Invalid, match=r"tariff_source\.versions"):
            read_spain_tolls(spanish(extra=twice))

    def test_refuse_a_toll_that_lacks_a_component(self) -> None:
        alone = "peaje,power,9.9TD,P1,0.9,EUR/kW.year,2026-01-01,2027-01-01,BOE\n"

        with pytest.raises(Invalid, match=r"tariff_source\.row_missing"):
            read_spain_tolls(spanish(extra=alone))


TURPE_HEAD = (
    "Formule_Tarifaire_Acheminement,start,end,cg,cc,b,b_hph,b_hch,b_hpb,b_hcb,"
    "c_hph,c_hch,c_hpb,c_hcb,c_hp,c_hc,c_base,cmdps,reference\n"
)
TURPE = (
    TURPE_HEAD
    + "BTINFCUST,2024-11-01,2025-02-01,16.2,20.88,10.44,,,,,0,0,0,0,0,0,4.58,,CRE 2024-122\n"
    "BTINFCUST,2025-02-01,,16.92,22.44,11.28,,,,,0,0,0,0,0,0,4.93,,CRE 2025-08\n"
    "BTSUPCU,2025-08-01,,217.8,283.27,,17.61,15.96,14.56,11.98,6.91,4.21,2.13,1.52,0,0,0,12.41,"
    "CRE 2025-40\n"
)
FRENCH = {
    "turpe_rules.csv": TURPE,
    "accise_rules.csv": "start,taux_accise_eur_mwh,reference\n2025-02-01,33.7,LF\n"
    "2024-01-02,21,Arrêté\n",
    "cta_rules.csv": "start,taux_cta_pct,reference\n2021-08-01,21.93,Arrêté\n",
}


class TestFranceTurpe:
    def test_give_a_formula_its_fixed_part_and_energy_through_time(self) -> None:
        small = read_france_turpe(FRENCH).tariffs[0]

        assert small["code"] == "FR-BTINFCUST"
        assert values(component(small, "energy")["rates"]["BASE"]) == [
            ("2024-11-01", "2025-02-01", "0.0458"),
            ("2025-02-01", None, "0.0493"),
        ]
        power = component(small, "subscribed power")
        assert (power["kind"], power["unit"], [*power["rates"]]) == (
            "subscribed_power", "kVA", ["PS"]
        )  # fmt: skip
        assert {each["group"] for each in small["components"][:3]} == {"fixed"}

    def test_let_levies_hold_until_the_next(self) -> None:
        small = read_france_turpe(FRENCH).tariffs[0]

        assert component(small, "excise")["per"] == "MWh"
        assert values(component(small, "excise")["price"]) == [
            ("2024-01-02", "2025-02-01", "21"),
            ("2025-02-01", None, "33.7"),
        ]
        assert component(small, "CTA")["bases"] == ["management", "metering", "subscribed power"]

    def test_tax_the_fixed_part_less_until_august_2025_up_to_36_kva(self) -> None:
        small, large = (
            {tax["code"]: values(tax["rate"]) for tax in tariff["taxes"]}
            for tariff in read_france_turpe(FRENCH).tariffs
        )

        assert small["TVA-FIXE"] == [
            ("2014-01-01", "2025-08-01", "5.5"), ("2025-08-01", None, "20")
        ]  # fmt: skip
        assert large["TVA-FIXE"] == small["TVA"] == [("2014-01-01", None, "20")]

    def test_step_the_powers_of_the_large_ones_and_leave_room_for_overrun(self) -> None:
        found = read_france_turpe(FRENCH)
        large = found.tariffs[1]

        steps = component(large, "subscribed power")["steps"]
        assert [(each["register"], values(each["price"])[0][2]) for each in steps] == [
            ("HPH", "17.61"), ("HCH", "15.96"), ("HPB", "14.56"), ("HCB", "11.98")
        ]  # fmt: skip
        assert component(large, "overrun")["kind"] == "extra"
        assert [(each.place, "12.41 EUR" in each.text) for each in found.remarks] == [
            ("turpe_rules.csv:4", True)
        ]

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("BTSUPCU", "HTACU", "tariff_source.formula"),
            ("0,0,4.58", "3,4,4.58", "tariff_source.energy_set"),
            ("0,0,4.58", "0,0,0", "tariff_source.energy_set"),
            ("0,0,4.58", "3,4,0", "tariff_source.energy_set"),
            ("2.13,1.52", "0,1.52", "tariff_source.energy_set"),
            ("10.44", "", "tariff_source.missing"),
            ("2025-02-01,,", "2025-03-01,,", "tariff_source.versions"),
        ],
    )
    def test_refuse_a_row_that_makes_no_sense(self, old: str, new: str, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            read_france_turpe({**FRENCH, "turpe_rules.csv": TURPE.replace(old, new, 1)})

        assert refused.value.code == code
