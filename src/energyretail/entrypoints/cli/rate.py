"""``energyretail rate``: prices a bill by any tariff that is written down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from energyretail.adapters import tariff_json
from energyretail.domain import pricing
from energyretail.entrypoints.cli.documents import document_of, faults_told, show

__all__ = ["run"]


def run(
    file: Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")],
    explain: Annotated[bool, typer.Option("--explain", help="Print the bill for people.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check; the file may be a tariff alone.")
    ] = False,
) -> None:
    """Price a bill: a request of the tariff format in, the priced bill out, both as JSON.

    What is not right is told all at once, with a pointer to each place, and exit code 4.
    """
    with faults_told():
        document = document_of(file)
        if check:
            _check(document)
        elif explain:
            request = tariff_json.read_request(document)
            bill = tariff_json.rate_request(document, request)
            lines = (_printable(line) for line in _told(request.tariff, bill))
            sys.stdout.write("\n".join(lines) + "\n")
        else:
            show(tariff_json.rate_document(document))


def _check(document: dict[str, Any]) -> None:
    if "tariff" in document:
        tariff_json.read_request(document)
        show({"ok": "request"})
    else:
        tariff_json.read_tariff(document)
        show({"ok": "tariff"})


def _printable(line: str) -> str:
    """Return a line without what would command a terminal, or has no bytes."""
    return "".join(each if each.isprintable() else "\ufffd" for each in line)


def _told(tariff: pricing.Tariff, bill: pricing.PricedBill) -> Iterator[str]:
    yield f"{tariff.name} ({tariff.code}), {bill.period}"
    for line in bill.lines:
        mark = " E" if line.estimated else ""
        yield ""
        yield f"{line.label}, {line.period}{mark}: {line.amount}, {_tax_of(line)}"
        yield from (f"  {step}" for step in pricing.explain(line.derivation))
    yield ""
    yield f"Net: {bill.net}"
    for tax in bill.taxes:
        yield f"{tax.tax} {tax.rate:f} % of {tax.base}: {tax.amount}"
    yield f"To pay: {bill.gross}"
    if bill.estimated:
        yield "E: rests on an estimated reading"


def _tax_of(line: pricing.PriceLine) -> str:
    if line.tax_code == pricing.NO_TAX:
        return "outside VAT"
    return f"{line.tax_code} {line.tax_rate:f} %"
