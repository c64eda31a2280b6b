"""``energyretail rate``: prices a bill by any tariff that is written down."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from energyretail.adapters import tariff_json
from energyretail.domain import pricing
from energyretail.domain.shared import NotFound
from energyretail.entrypoints.cli.exit_codes import ExitCode

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
    try:
        document = tariff_json.load(_text(file))
        if check:
            _check(document)
        elif explain:
            request = tariff_json.read_request(document)
            bill = tariff_json.rate_request(document, request)
            lines = (_printable(line) for line in _told(request.tariff, bill))
            sys.stdout.write("\n".join(lines) + "\n")
        else:
            _show(tariff_json.rate_document(document))
    except tariff_json.DocumentFaults as error:
        _show({"errors": [_fault(fault) for fault in error.faults]})
        raise typer.Exit(ExitCode.BAD_INPUT) from None


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        fault = tariff_json.DocumentFault("document.json", "", "the text is not UTF-8")
        raise tariff_json.DocumentFaults([fault]) from None
    except OSError as error:
        raise NotFound("cli.file", "the file cannot be read", file=file, why=error.strerror) from (
            error
        )


def _check(document: dict[str, Any]) -> None:
    if "tariff" in document:
        tariff_json.read_request(document)
        _show({"ok": "request"})
    else:
        tariff_json.read_tariff(document)
        _show({"ok": "tariff"})


def _printable(line: str) -> str:
    """Return a line without what would command a terminal, or has no bytes."""
    return "".join(each if each.isprintable() else "\ufffd" for each in line)


def _show(result: dict[str, Any]) -> None:
    text = json.dumps(result, ensure_ascii=False, indent=1)
    # Half a character has no bytes; JSON's own escape of it is what it is replaced by.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _fault(fault: tariff_json.DocumentFault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "pointer": fault.pointer,
        "text": fault.text,
        "facts": dict(fault.facts),
    }


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
