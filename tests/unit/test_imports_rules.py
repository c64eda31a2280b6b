"""What becomes of imported rows that lean on others, and of those that go against what stands."""

from __future__ import annotations

from datetime import date

import pytest

from energyretail.application.imports import ImportReport
from energyretail.domain.contracts import (
    Contract,
    ContractSigned,
    ContractState,
    Signature,
    SupplyStarted,
    SupplyWanted,
)
from energyretail.domain.metering import PlannedReading
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Cups, Iban, Invalid, customer_number
from energyretail.testing.conformance.contracts import customer_of, quote_of
from energyretail.testing.imports import ImportOffice

TODAY = date(2026, 6, 2)
ONE, TWO = (Cups.of_digits(f"002100000000000{number}").value for number in (1, 2))
IBAN = "ES9121000418450200051332"
CUSTOMERS = "tax_id,kind,name,email,street,postcode,town,country,language\n"
ANA = "12345678Z,home,Ana Ruiz,ana@example.org,Calle Mayor 1,28013,Madrid,ES,es\n"
POINTS = "cups,power_p1_kw,power_p2_kw,month_kwh\n"
CONTRACTS = "reference,tax_id,cups,product,iban,signed_on,starts_on,last_collected_on\n"
READINGS = "cups,register,taken_on,index_kwh,quality,next_reading_on\n"


def contract(reference: str = "a", **other: str) -> str:
    cells = {
        "tax_id": "12345678Z",
        "cups": ONE,
        "product": "2.0TD-FIJO",
        "iban": IBAN,
        "signed_on": "2026-02-01",
        "starts_on": "2026-03-01",
        "last_collected_on": "",
    }
    return ",".join([reference, *(cells | other).values()]) + "\n"


def readings(*, day: str = "2026-03-01", cups: str = ONE, index: int = 100, more: str = "") -> str:
    return "".join(f"{cups},P{n},{day},{index},actual,{more}\n" for n in (1, 2, 3))


def portfolio(**changed: str | bytes) -> dict[str, bytes]:
    files: dict[str, str | bytes] = {
        "customers": CUSTOMERS + ANA,
        "supply_points": POINTS + f"{ONE},4.6,4.6,250\n{TWO},5.75,5.75,300\n",
        "contracts": CONTRACTS + contract(),
        "readings": READINGS + readings(),
    } | changed
    return {
        f"{name}.csv": text if isinstance(text, bytes) else text.encode()
        for name, text in files.items()
    }


def codes(report: ImportReport) -> list[tuple[str, int, str, str]]:
    return [(f.file.removesuffix(".csv"), f.line, f.field, f.code) for f in report.faults]


def told(**changed: str | bytes) -> list[tuple[str, int, str, str]]:
    return codes(ImportOffice(TODAY).take_over(portfolio(**changed)))


class TestAGoodPortfolio:
    def test_has_no_fault_and_asks_no_registry(self) -> None:
        office = ImportOffice(TODAY)

        assert office.take_over(portfolio()).clean
        happened = [type(event) for event in office.events.events]
        assert happened == [ContractSigned, SupplyStarted]
        assert SupplyWanted not in happened

    def test_plans_the_reading_the_file_names_else_a_month_later(self) -> None:
        office = ImportOffice(TODAY)
        named = readings(more="2026-05-20") + readings(day="2026-04-01", index=150)

        office.take_over(portfolio(readings=READINGS + named))

        plans: list[PlannedReading] = list(office.store.table("planned_reading").values())
        assert max(plan.planned_on for plan in plans if plan.state.value == "open") == date(
            2026, 5, 1
        )


class TestARowThatLeansOnARefusedOne:
    def test_is_told_as_that(self) -> None:
        bad = ANA.replace("ana@example.org", "nobody")

        assert told(customers=CUSTOMERS + bad) == [
            ("customers", 2, "email", "parties.email"),
            ("contracts", 2, "tax_id", "import.depends_on_refused"),
            *(("readings", line, "cups", "import.depends_on_refused") for line in (2, 3, 4)),
        ]

    def test_is_told_its_own_fault_instead(self) -> None:
        bad = ANA.replace("home", "house")

        found = told(
            customers=CUSTOMERS + bad,
            contracts=CONTRACTS + contract(product="3.0TD"),
            readings=READINGS + readings(day="2026-06-03"),
        )

        assert found == [
            ("customers", 2, "kind", "import.value.not_allowed"),
            ("contracts", 2, "product", "markets.tariff_unknown"),
            *(("readings", line, "taken_on", "metering.reading.future") for line in (2, 3, 4)),
        ]

    def test_is_told_as_that_for_a_whole_file_too(self) -> None:
        found = told(supply_points=b"\xff\xfe", readings=READINGS)

        assert found == [
            ("supply_points", 1, "", "import.file.not_utf8"),
            ("contracts", 2, "cups", "import.depends_on_refused"),
        ]

    def test_goes_in_once_the_other_is_mended(self) -> None:
        office = ImportOffice(TODAY)
        office.take_over(portfolio(contracts=CONTRACTS + contract(iban="ES00")))

        assert codes(office.take_over(portfolio())) == []
        assert len(office.store.table("reading")) == 3

    def test_is_known_where_it_stands_already(self) -> None:
        office = ImportOffice(TODAY)
        office.take_over(portfolio())

        report = office.take_over(portfolio(customers=CUSTOMERS + ANA.replace("Ana", "Eva")))

        assert codes(report) == [("customers", 2, "tax_id", "import.customer.differs")]


class TestACustomerOrPoint:
    def test_that_stands_twice_is_judged_by_the_first(self) -> None:
        office = ImportOffice(TODAY)
        other = ANA.replace("Ana", "Eva")
        points = f"{ONE},4.6,4.6,250\n{ONE},4.60,4.6,250\n{ONE},4.6,4.6,251\n"

        report = office.take_over(
            portfolio(customers=CUSTOMERS + ANA + ANA + other, supply_points=POINTS + points)
        )

        assert [(file.taken, file.known, file.refused) for file in report.files[:2]] == [
            (1, 1, 1),
            (1, 1, 1),
        ]
        assert codes(report)[:2] == [
            ("customers", 4, "tax_id", "import.customer.differs"),
            ("supply_points", 4, "cups", "import.supply_point.differs"),
        ]
        assert len(office.store.table("customer")) == len(office.store.table("imported_point")) == 1


class TestAContract:
    @pytest.mark.parametrize(
        ("other", "field", "code"),
        [
            ({"tax_id": "87654321X"}, "tax_id", "import.customer_unknown"),
            (
                {"cups": Cups.of_digits("0021000000000009").value},
                "cups",
                "import.supply_point_unknown",
            ),
            ({"product": "2.0TD"}, "product", "markets.tariff_unknown"),
            ({"starts_on": "2026-06-03"}, "starts_on", "import.contract.not_begun"),
            ({"signed_on": "2026-03-02"}, "signed_on", "contracts.take_over.unsigned"),
            ({"last_collected_on": "2026-01-31"}, "last_collected_on", "import.value.out_of_range"),
            ({"last_collected_on": "2026-06-03"}, "last_collected_on", "import.value.out_of_range"),
            ({"cups": f"{ONE};{ONE.lower()}"}, "cups", "import.value.repeated"),
        ],
    )
    def test_is_refused(self, other: dict[str, str], field: str, code: str) -> None:
        found = told(contracts=CONTRACTS + contract(**other), readings=READINGS)

        assert found == [("contracts", 2, field, code)]

    def test_is_told_every_fault_at_once(self) -> None:
        bad = contract(tax_id="87654321X", product="?", starts_on="2026-07-01")

        found = told(contracts=CONTRACTS + bad, readings=READINGS)

        assert [field for *_, field, _ in found] == ["starts_on", "product", "tax_id"]

    def test_takes_no_point_of_another(self) -> None:
        office = ImportOffice(TODAY)
        both = contract("a") + contract("b", cups=f"{TWO};{ONE}", starts_on="2026-04-01")

        report = office.take_over(portfolio(contracts=CONTRACTS + both))
        again = office.take_over(portfolio(contracts=CONTRACTS + contract("c")))

        assert codes(report) == [("contracts", 3, "cups", "supply.point_taken")]
        assert codes(again) == [("contracts", 2, "cups", "supply.point_taken")]

    def test_knows_a_point_by_the_twenty_characters_of_its_other_spelling(self) -> None:
        office = ImportOffice(TODAY)
        short = contract("a", cups=ONE[:20])

        report = office.take_over(
            portfolio(contracts=CONTRACTS + short + contract("b"), readings=READINGS + readings())
        )

        assert codes(report) == [("contracts", 3, "cups", "supply.point_taken")]

    def test_that_stands_twice_is_judged_by_the_first(self) -> None:
        twice = contract("a") + contract("a") + contract("a", signed_on="2026-02-02")

        assert told(contracts=CONTRACTS + twice) == [
            ("contracts", 4, "reference", "import.contract.differs")
        ]

    def test_is_refused_where_its_product_has_no_price_yet(self) -> None:
        report = ImportOffice(date(2026, 12, 20)).take_over(portfolio(readings=READINGS))

        assert codes(report) == [("contracts", 2, "product", "pricing.version_gap")]


class TestAReading:
    def test_of_an_estimate_goes_before_the_look_at_the_meter(self) -> None:
        office = ImportOffice(TODAY)
        guessed = READINGS + readings().replace("actual", "estimated")
        office.take_over(portfolio(readings=guessed))

        first = office.take_over(portfolio(readings=READINGS + readings(index=90)))
        second = office.take_over(portfolio(readings=guessed))

        assert [file.taken for file in first.files] == [0, 0, 0, 3]
        assert [file.known for file in second.files] == [1, 2, 1, 3]
        assert {reading.version for reading in office.store.table("reading").values()} == {1, 2}

    def test_that_was_shown_to_be_wrong_since_is_known_all_the_same(self) -> None:
        office = ImportOffice(TODAY)
        guess = readings(day="2026-04-01", index=900).replace("actual", "estimated")
        office.take_over(portfolio(readings=READINGS + readings() + guess))
        office.take_over(portfolio(readings=READINGS + readings(day="2026-05-01", index=160)))
        stood = dict(office.store.table("reading"))

        again = office.take_over(portfolio(readings=READINGS + readings() + guess))

        assert {reading.version for reading in stood.values()} == {1, 2}
        assert office.store.table("reading") == stood
        assert again.files[-1].known == again.files[-1].read == 6

    def test_from_before_the_contract_is_not_ours(self) -> None:
        found = told(readings=READINGS + readings(day="2026-02-28"))

        assert {code for *_, code in found} == {"metering.reading.not_our_supply"}


class TestFolders:
    def test_tell_a_file_of_an_unknown_name(self) -> None:
        assert told(customer="x") == [("customer", 0, "", "import.file.unknown_name")]

    def test_may_lack_files(self) -> None:
        office = ImportOffice(TODAY)
        office.take_over(portfolio(readings=READINGS))

        report = office.take_over({"readings.csv": portfolio()["readings.csv"]})

        assert [(file.file, file.taken) for file in report.files] == [("readings.csv", 3)]

    @pytest.mark.parametrize(
        ("header", "code", "field"),
        [
            ("cups;power_p1_kw;power_p2_kw;month_kwh", "import.file.delimiter", ""),
            ("cups,power_p1_kw,power_p2_kw", "import.file.column_missing", "month_kwh"),
            (POINTS.strip() + ",note", "import.file.column_unknown", "note"),
            (POINTS.strip() + ",cups", "import.file.column_repeated", "cups"),
            ("", "import.file.empty", ""),
        ],
    )
    def test_tell_what_is_wrong_with_a_header(self, header: str, code: str, field: str) -> None:
        found = told(supply_points=header + "\n", contracts=CONTRACTS, readings=READINGS)

        assert found == [("supply_points", 1, field, code)]

    @pytest.mark.parametrize(
        ("content", "line", "code"),
        [
            (POINTS.encode() + b"a,b\n\0", 3, "import.file.nul"),
            (POINTS.encode() + b"a,\xe9,c,d\n", 2, "import.file.not_utf8"),
            (POINTS.encode() + b'"a,b\n,c,d\n', 3, "import.file.quotes"),
            (POINTS.encode() + b"a" * 140_000, 2, "import.file.huge_field"),
        ],
    )
    def test_tell_the_line_a_file_is_broken_on(self, content: bytes, line: int, code: str) -> None:
        found = told(supply_points=content, contracts=CONTRACTS, readings=READINGS)

        assert found == [("supply_points", line, "", code)]

    def test_count_lines_of_the_file_not_rows(self) -> None:
        text = POINTS + f'\n{ONE},4.6,4.6,250\r\n\n"a\nb",1,1,1\n{TWO},x,1,1\n'

        found = told(supply_points=text, contracts=CONTRACTS, readings=READINGS)

        assert found == [
            ("supply_points", 5, "cups", "import.value.control_character"),
            ("supply_points", 7, "power_p1_kw", "import.value.not_a_number"),
        ]


class TestTakingOver:
    def test_makes_a_contract_that_is_signed_and_in_supply(self) -> None:
        customer: Customer = customer_of(1)
        quote = quote_of(1, points=(1, 2)).accept("K000007", on=date(2026, 3, 3))

        taken, events = Contract.take_over(
            quote,
            customer,
            iban=Iban(IBAN),
            signature=Signature(date(2026, 3, 3), "paper"),
            document_sha256="ab" * 32,
            starts_on=date(2026, 3, 3),
            last_collected_on=date(2026, 3, 3),
        )

        assert (taken.number, taken.state) == ("K000007", ContractState.ACTIVE)
        assert [supply.started_on for supply in taken.supplies] == [date(2026, 3, 3)] * 2
        assert events == (
            ContractSigned(
                taken.number, customer_number(1), date(2026, 3, 3), IBAN, date(2026, 3, 3)
            ),
            *(
                SupplyStarted(taken.number, supply.site.cups.value, date(2026, 3, 3))
                for supply in taken.supplies
            ),
        )

    @pytest.mark.parametrize(
        ("accepted", "starts_on", "code"),
        [
            (True, date(2026, 3, 2), "contracts.take_over.unsigned"),
            (False, date(2026, 3, 3), "contracts.take_over.quote"),
        ],
    )
    def test_refuses_what_was_never_agreed(
        self, accepted: bool, starts_on: date, code: str
    ) -> None:
        quote = quote_of(1)
        if accepted:
            quote = quote.accept("K000007", on=date(2026, 3, 3))

        with pytest.raises(Invalid) as refused:
            Contract.take_over(
                quote,
                customer_of(1),
                iban=Iban(IBAN),
                signature=Signature(date(2026, 3, 3), "paper"),
                document_sha256="",
                starts_on=starts_on,
            )

        assert refused.value.code == code
