"""Documents of the tariff format on the command line: read from a file, refused fault by fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from energyretail.adapters import tariff_json
from energyretail.domain.shared import NotFound
from energyretail.entrypoints.cli.exit_codes import ExitCode

__all__ = ["document_of", "faults_told", "show"]


def document_of(file: str) -> dict[str, Any]:
    """Return the JSON object in a file, or on standard input for ``-``.

    Raises DocumentFaults for what is no JSON object, NotFound ``cli.file``.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        fault = tariff_json.DocumentFault("document.json", "", "the text is not UTF-8")
        raise tariff_json.DocumentFaults([fault]) from None
    except OSError as error:
        raise NotFound("cli.file", "the file cannot be read", file=file, why=error.strerror) from (
            error
        )
    return tariff_json.load(text)


@contextmanager
def faults_told() -> Iterator[None]:
    """Tell every fault of a document with a pointer to its place, and end with exit code 4."""
    try:
        yield
    except tariff_json.DocumentFaults as error:
        show({"errors": [_fault(fault) for fault in error.faults]})
        raise typer.Exit(ExitCode.BAD_INPUT) from None


def show(document: object) -> None:
    """Print JSON."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # Half a character has no bytes; JSON's own escape of it is what it is replaced by.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _fault(fault: tariff_json.DocumentFault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "pointer": fault.pointer,
        "text": fault.text,
        "facts": dict(fault.facts),
    }
