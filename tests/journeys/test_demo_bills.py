"""The bills of the demo: every line again from its derivation, every period split rightly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from derivations import amount_cents, energy_kwh, value

from demo_runs import Demo

# What the law says on each side of 22 March and 1 June 2026: RD-ley 7/2026, Orden TED/634/2026.
LOWERED_FROM, LOWERED_UNTIL = "2026-03-22", "2026-06-01"
CLOCK_CHANGE = "2026-03-29"
CUTS = (LOWERED_FROM, LOWERED_UNTIL)
IVA = {"before": "21", "lowered": "10", "after": "21"}
EXCISE = {"before": "5.11269632", "lowered": "0.5", "after": "5.11269632"}
BONO_SOCIAL = {"before": "6.979247", "lowered": "6.979247", "after": "9.011295"}
METER_FULL_KWH = 10**6
# One component may stand in several lines of a piece, by register.
ENERGY = ("energy", "access")

Row = Mapping[str, Any]


def side(day: str) -> str:
    if day < LOWERED_FROM:
        return "before"
    return "lowered" if day < LOWERED_UNTIL else "after"


def pieces(bill: Row) -> list[tuple[str, str]]:
    """The billed period cut at the days on which a tax changes, and nowhere else."""
    days = [bill["from"], *(cut for cut in CUTS if bill["from"] < cut < bill["to"]), bill["to"]]
    return list(pairwise(days))


def over(demo: Demo, day: str) -> list[Row]:
    """The bills with use both before and from `day` on."""
    found = [bill for bill in demo.bills.values() if bill["from"] < day < bill["to"]]
    assert found, f"no bill lies over {day}"
    return found


def priced(demo: Demo, number: str) -> list[Row]:
    return [line for line in demo.lines_of(number) if line["component"] != "rounding"]


class TestEveryLine:
    def test_is_computed_again_from_its_derivation(self, default_demo: Demo) -> None:
        assert len(default_demo.of("invoice_line")) > 5 * len(default_demo.documents)
        for kind in ("invoice_line", "invoice_tax"):
            for key, row in default_demo.of(kind).items():
                assert amount_cents(row["derivation"]) == row["amount_cents"], key

    def test_of_energy_names_the_readings_it_rests_on(self, default_demo: Demo) -> None:
        for number in default_demo.bills:
            for line in priced(default_demo, number):
                if line["component"] in ENERGY:
                    named = energy_kwh(line["derivation"])
                    assert named
                    assert all(len(source.split("; ")) == 2 for _, _, source in named)

    def test_shows_the_quantity_and_price_it_was_computed_from(self, default_demo: Demo) -> None:
        for number in default_demo.bills:
            for line in priced(default_demo, number):
                if line["component"] in ENERGY:
                    shown = Decimal(line["quantity"]) * Decimal(line["price"]) * 100
                    assert abs(shown - line["amount_cents"]) <= Decimal("0.51")


class TestEveryDocument:
    def test_is_the_sum_of_what_it_shows(self, default_demo: Demo) -> None:
        for number, document in default_demo.documents.items():
            net = sum(line["amount_cents"] for line in default_demo.lines_of(number))
            tax = sum(line["amount_cents"] for line in default_demo.taxes_of(number))
            assert (net, tax) == (document["net_cents"], document["tax_cents"]), number
            assert net + tax == document["gross_cents"]

    def test_taxes_what_it_shows_at_each_rate(self, default_demo: Demo) -> None:
        for number in default_demo.documents:
            base: dict[str, int] = defaultdict(int)
            for line in default_demo.lines_of(number):
                base[line["tax_rate"]] += line["amount_cents"]
            taxes = {tax["rate"]: tax for tax in default_demo.taxes_of(number)}
            assert {rate: tax["base_cents"] for rate, tax in taxes.items()} == base, number
            for rate, tax in taxes.items():
                exact = Fraction(rate) * base[rate] / 100
                assert abs(exact - tax["amount_cents"]) < 1, number

    def test_has_no_bill_of_nothing_or_less(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            assert bill["gross_cents"] > 0, number
            assert all(line["amount_cents"] >= 0 for line in priced(default_demo, number)), number

    def test_rounds_by_a_few_cents_at_most(self, default_demo: Demo) -> None:
        for number in default_demo.documents:
            for line in default_demo.lines_of(number):
                if line["component"] == "rounding":
                    assert 0 < abs(line["amount_cents"]) <= 5, number

    def test_has_a_number_of_its_series_without_a_gap(self, default_demo: Demo) -> None:
        by_series: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, document in default_demo.documents.items():
            series, _, serial = number.partition("-")
            by_series[series].append((int(serial), document["issued_on"]))

        assert by_series.keys() == {"F26", "R26"}
        for numbered in by_series.values():
            serials, days = zip(*sorted(numbered), strict=True)
            assert serials == tuple(range(1, len(serials) + 1))
            assert list(days) == sorted(days)


class TestPeriods:
    def test_follow_each_other_from_the_first_day_of_supply(self, default_demo: Demo) -> None:
        billed = in_force(default_demo)

        for key, supply in default_demo.of("supply").items():
            periods = billed.pop(key, [])
            if supply["state"] != "active":
                assert periods == []
            for before, after in zip(
                [(None, supply["started_on"]), *periods], periods, strict=False
            ):
                assert before[1] == after[0], key
        assert not billed

    def test_are_issued_once_read(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            days = (date.fromisoformat(bill["issued_on"]) - date.fromisoformat(bill["to"])).days
            assert days >= 1, number
            if bill["document"] == "invoice":
                assert days <= 5, number

    def test_are_about_a_month_or_a_first_part_of_one(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            days = (date.fromisoformat(bill["to"]) - date.fromisoformat(bill["from"])).days
            assert 7 <= days <= 37, number


def in_force(demo: Demo) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for bill in demo.bills.values():
        if bill["cancelled_by"] is None:
            found[f"{bill['contract']}/{bill['cups']}"].append((bill["from"], bill["to"]))
    return {key: sorted(periods) for key, periods in found.items()}


class TestSplit:
    @pytest.mark.parametrize("day", [*CUTS, CLOCK_CHANGE])
    def test_has_bills_over_each_of_the_three_days(self, default_demo: Demo, day: str) -> None:
        assert len(over(default_demo, day)) >= 20

    def test_cuts_every_line_where_a_tax_changes_and_nowhere_else(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            by_component: dict[str, set[tuple[str, str]]] = defaultdict(set)
            for line in priced(default_demo, number):
                by_component[line["component"]].add((line["from"], line["until"]))
            for component, found in by_component.items():
                assert sorted(found) == pieces(bill), (number, component)

    def test_does_not_cut_at_the_clock_change(self, default_demo: Demo) -> None:
        for bill in over(default_demo, CLOCK_CHANGE):
            for line in default_demo.lines_of(bill["key"]):
                assert CLOCK_CHANGE not in (line["from"], line["until"])

    @pytest.mark.parametrize("day", CUTS)
    def test_has_the_taxes_of_each_side(self, default_demo: Demo, day: str) -> None:
        for bill in over(default_demo, day):
            number = bill["key"]
            for line in priced(default_demo, number):
                when = side(line["from"])
                assert line["tax_rate"] == IVA[when], number
                if line["component"] == "bono_social":
                    assert line["price"] == BONO_SOCIAL[when], number
                if line["component"] == "excise":
                    assert rate_of_excise(line) == EXCISE[when], number
            rates = [tax["rate"] for tax in default_demo.taxes_of(number)]
            assert sorted(rates) == sorted({IVA[side(start)] for start, _ in pieces(bill)})

    def test_adds_up_to_the_days_billed(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            days: dict[str, int] = defaultdict(int)
            for line in priced(default_demo, number):
                if line["component"] in ("power", "bono_social", "meter_rent"):
                    days[line["label"]] += days_of(line["derivation"])
            whole = (date.fromisoformat(bill["to"]) - date.fromisoformat(bill["from"])).days
            assert len(days) == 4
            assert set(days.values()) == {whole}, number

    def test_adds_up_to_the_energy_between_the_readings(self, default_demo: Demo) -> None:
        readings = versions(default_demo)

        for number, bill in default_demo.bills.items():
            for component in ENERGY:
                lines = [ln for ln in priced(default_demo, number) if ln["component"] == component]
                if lines:
                    assert energy_by_register(lines) == between(readings, bill), number

    def test_levies_the_excise_or_its_minimum(self, default_demo: Demo) -> None:
        for number in default_demo.bills:
            lines = priced(default_demo, number)
            for excise in (line for line in lines if line["component"] == "excise"):
                piece = [line for line in lines if line["from"] == excise["from"]]
                taxed = sum(
                    value(without_rounding(line["derivation"]))
                    for line in piece
                    if line["component"] in ("power", "energy", "access", "bono_social")
                )
                kwh = sum(Fraction(ln["quantity"]) for ln in piece if ln["component"] == "energy")
                levied = max(taxed * Fraction(EXCISE[side(excise["from"])]) / 100, kwh / 1000)
                assert abs(levied * 100 - excise["amount_cents"]) <= Fraction(501, 1000), number


def rate_of_excise(line: Row) -> str:
    percentage = line["derivation"]["parts"][0]
    rate: str = percentage["factors"][0]["value"]
    return rate


def days_of(derivation: Row) -> int:
    (days,) = (factor for factor in derivation["factors"] if factor["name"] == "days")
    return int(days["value"])


def without_rounding(derivation: Row) -> Row:
    return {name: part for name, part in derivation.items() if name != "rounding"}


def energy_by_register(lines: Iterable[Row]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        for register, kwh, _ in energy_kwh(line["derivation"]):
            found[register] += kwh
    return found


Versions = Mapping[tuple[str, str, str], list[tuple[str, str, Decimal]]]


def versions(demo: Demo) -> Versions:
    """Readings as (received on, version, kWh) by supply point, register and day."""
    found: dict[tuple[str, str, str], list[tuple[str, str, Decimal]]] = defaultdict(list)
    for key, row in demo.of("reading").items():
        cups, register, taken_on, version = key.split("/")
        found[cups, register, taken_on].append(
            (row["received_on"], version, Decimal(row["index_kwh"]))
        )
    return found


def between(readings: Versions, bill: Row) -> dict[str, Fraction]:
    """The use of each register by the readings known when the bill was issued."""
    used = {}
    for register in ("P1", "P2", "P3"):
        first, last = (
            max(
                (version, kwh)
                for received, version, kwh in readings[bill["cups"], register, bill[end]]
                if received <= bill["issued_on"]
            )[1]
            for end in ("from", "to")
        )
        used[register] = Fraction(last - first) % METER_FULL_KWH
    return used


class TestCorrections:
    def test_take_back_exactly_what_was_billed(self, default_demo: Demo) -> None:
        notes = [d for d in default_demo.documents.values() if d["document"] == "credit_note"]

        assert len(notes) >= 5
        for note in notes:
            original = default_demo.documents[note["original"]]
            assert original["cancelled_by"] == note["key"]
            for name in ("net_cents", "tax_cents", "gross_cents"):
                assert note[name] == -original[name], note["key"]
            for name in ("contract", "customer", "cups", "from", "to"):
                assert note[name] == original[name], note["key"]
            mine, theirs = (
                [line["amount_cents"] for line in default_demo.lines_of(each["key"])]
                for each in (note, original)
            )
            assert mine == [-cents for cents in theirs]

    def test_bill_the_same_period_again_on_real_readings(self, default_demo: Demo) -> None:
        rebills = [d for d in default_demo.documents.values() if d["document"] == "rebill"]
        notes = {
            d["original"]: d
            for d in default_demo.documents.values()
            if d["document"] == "credit_note"
        }

        assert {bill["original"] for bill in rebills} == notes.keys()
        for bill in rebills:
            original = default_demo.documents[bill["original"]]
            assert bill["issued_on"] == notes[bill["original"]]["issued_on"]
            assert (bill["cups"], bill["from"], bill["to"]) == (
                original["cups"],
                original["from"],
                original["to"],
            )
            assert rests_on_an_estimate(default_demo, original["key"])

    def test_leave_no_bill_in_force_on_readings_that_changed(self, default_demo: Demo) -> None:
        readings = versions(default_demo)

        for number, bill in default_demo.bills.items():
            if bill["cancelled_by"] is None:
                at_the_end = {**bill, "issued_on": "9999-12-31"}
                assert between(readings, bill) == between(readings, at_the_end), number


def rests_on_an_estimate(demo: Demo, number: str) -> bool:
    return any(
        "estimated v" in source
        for line in priced(demo, number)
        if line["component"] in ENERGY
        for _, _, source in energy_kwh(line["derivation"])
    )


class TestSupply:
    def test_begins_within_the_lawful_time_of_the_claim(self, default_demo: Demo) -> None:
        for key, switch in default_demo.of("switch").items():
            if switch["state"] == "active":
                claimed, began = (
                    date.fromisoformat(switch[name]) for name in ("requested_on", "activated_on")
                )
                assert timedelta(1) <= began - claimed <= timedelta(10), key

    def test_is_claimed_after_the_signature_and_mostly_after_cooling_off(
        self, default_demo: Demo
    ) -> None:
        contracts = default_demo.of("contract")
        waits = set()
        for switch in default_demo.of("switch").values():
            signed_on = contracts[switch["contract"]]["signed_on"]
            wait = date.fromisoformat(switch["requested_on"]) - date.fromisoformat(signed_on)
            waits.add(wait.days)

        assert waits == {1, 15}, "asked to start early, or fourteen days to change one's mind"
