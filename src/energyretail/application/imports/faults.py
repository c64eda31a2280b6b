"""What is wrong with an imported file, where, and what every code means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

__all__ = ["FAULT_CODES", "ImportFault"]


@attrs.frozen(order=True)
class ImportFault:
    """One fault: `line` is the file's, its header being 1, and 0 for the file as a whole.

    `field` is the column, empty when the row or file as a whole is at fault.
    """

    file: str
    line: int
    field: str
    code: str
    reason: str


FAULT_CODES: Final[Mapping[str, str]] = {
    # The file as a whole: nothing of it is taken
    "import.file.unknown_name": "a CSV file of a name we do not know: rename it or take it away",
    "import.file.unreadable": "the file cannot be read from the disk",
    "import.file.not_utf8": "the text is not UTF-8: save it as UTF-8",
    "import.file.nul": "a byte 0: the file is damaged, or no text",
    "import.file.empty": "there is not even a header row",
    "import.file.delimiter": "the header is separated by something else than commas",
    "import.file.column_missing": "the header lacks a column, even one whose cells may be empty",
    "import.file.column_unknown": "the header has a column we do not know",
    "import.file.column_repeated": "the header names a column twice",
    "import.file.quotes": "quotes that do not fit together: a row ends where nobody can tell",
    "import.file.huge_field": "a cell of more than 131,072 characters: most likely a lost quote",
    # A row or a cell of it
    "import.row.cells": "the row has more or fewer cells than the header",
    "import.value.missing": "the cell is empty and must not be",
    "import.value.control_character": "a line break or another control character in the cell",
    "import.value.too_long": "the text is longer than we keep",
    "import.value.not_allowed": "none of the values the column may have",
    "import.value.pattern": "not the shape the column must have",
    "import.value.repeated": "an item stands twice in the list",
    "import.value.not_a_date": "no such day, or not written as 2026-03-01",
    "import.value.not_a_number": "no number with a decimal point and at most three decimals",
    "import.value.not_a_whole_number": "no whole number",
    "import.value.out_of_range": "outside the smallest and largest value of the column",
    "parties.tax_id": "not 8 to 14 capital letters and digits",
    "parties.email": "not an e-mail address",
    "supply.cups.shape": "a CUPS is ES, 16 digits, 2 letters and maybe a point such as 0F",
    "supply.cups.check_letters": "the check letters of the CUPS do not fit its digits",
    "payments.iban.shape": "not the shape of an IBAN",
    "payments.iban.country": "no country of that code has IBANs",
    "payments.iban.length": "not as long as the IBANs of its country",
    "payments.iban.check_digits": "the check digits of the IBAN do not fit",
    "metering.reading.next": "the next reading is not later than this one",
    # A row that goes against what is there
    "import.customer.differs": "the company has a customer of this tax id who is other than here",
    "import.supply_point.differs": "the supply point was imported before and was other than here",
    "import.contract.differs": "the contract was imported before and was other than here",
    "import.customer_unknown": "no file and nobody at the company has a customer of this tax id",
    "import.supply_point_unknown": "no file describes this supply point",
    "import.depends_on_refused": "good in itself, but a row it refers to was refused: mend that",
    "import.contract.not_begun": "the supply begins after the company's day: quote it instead",
    "contracts.take_over.unsigned": "the supply begins before the contract was signed",
    "markets.tariff_unknown": "we have no such product",
    "pricing.version_gap": "the product has no price for the thirty days from the company's day",
    "supply.point_taken": "another contract supplies the point on one of these days",
    # A reading that is not believed; docs/processes/readings.md has the rules
    "metering.reading.not_our_supply": "no contract of ours supplies the point on that day",
    "metering.reading.unknown_register": "the product's tariff has no such register",
    "metering.reading.future": "read after the company's day",
    "metering.reading.too_many_digits": "more whole digits than a register shows",
    "metering.reading.differs": "another actual index of that day and register stands",
    "metering.reading.lower_than_last": "lower than the reading before, and no rollover",
    "metering.reading.too_high": "more energy since the reading before than the point can take",
    "metering.reading.unit_fault": "fits the reading before when divided by 10 or 1000",
    "metering.reading.higher_than_next": "does not go with a later reading that stands",
    "metering.reading.next_implausible": "the next reading is planned too far ahead",
}
"""Every code a fault may have, in the order of the work: what it means."""
