"""gestionatr, which is not ours, validates and reads every message we write as we meant it.

It is GPL and pins lxml below 5: it lives in an environment of its own, named by
GESTIONATR_PYTHON, and runs as a separate process.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from energyretail.adapters import registry_es
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.testing.conformance.registry import claim_of

READER = Path(__file__).with_name("gestionatr_reader.py")
HOME = attrs.evolve(
    claim_of(1), customer_name="Ana María López Sánchez", customer_tax_id="12345678Z"
)
COMPANY = attrs.evolve(
    claim_of(2),
    customer_name="Panadería & Hijos <1990> SL",
    customer_tax_id="B99999990",
    customer_kind=CustomerKind.COMPANY,
    phone="600100200",
    wanted_on=date(2026, 3, 20),
)


@pytest.fixture(scope="module")
def interpreter() -> str:
    python = os.environ.get("GESTIONATR_PYTHON")
    if not python:
        pytest.skip("GESTIONATR_PYTHON names no interpreter that has gestionatr")
    return python


def read_by(interpreter: str, folder: Path, messages: list[bytes]) -> list[dict[str, Any]]:
    paths = []
    for position, raw in enumerate(messages):
        paths.append(folder / f"{position:05d}.xml")
        paths[-1].write_bytes(raw)
    done = subprocess.run(
        [interpreter, str(READER), *map(str, paths)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    fields: list[dict[str, Any]] = json.loads(done.stdout)
    return fields


class TestGestionatr:
    def test_reads_our_claims(self, interpreter: str, tmp_path: Path) -> None:
        written = [registry_es.write_claim(claim, issuer="4321") for claim in (HOME, COMPANY)]

        home, company = read_by(interpreter, tmp_path, written)

        assert home == {
            "issuer": "4321",
            "recipient": "0021",
            "process": "C1",
            "step": "01",
            "request": HOME.request,
            "sequence": "01",
            "sent": "2026-03-02 00:00:00",
            "cups": HOME.cups.value,
            "activation": "A",
            "wanted_on": None,
            "tax_id": "12345678Z",
            "tax_id_kind": "NI",
            "person": "F",
            "company": None,
            "first_name": "Ana",
            "surname": "María",
            "second_surname": "López Sánchez",
            "email": HOME.email,
            "phones": [],
        }
        assert (company["company"], company["person"]) == (COMPANY.customer_name, "J")
        assert (company["activation"], company["wanted_on"]) == ("F", "2026-03-20")
        assert company["phones"] == ["600100200"]

    def test_reads_every_answer_of_the_sandbox(self, interpreter: str, tmp_path: Path) -> None:
        behaviour = RegistryBehaviour(Chance(1))
        written, meant = [], []
        for claim in map(claim_of, range(1, 101)):
            asked, _ = registry_es.read_claim(registry_es.write_claim(claim, issuer="4321"))
            for due in behaviour.answers(claim):
                written.append(registry_es.write_answer(due.answer, asked=asked, on=due.due))
                meant.append((due.answer, due.due))

        seen = read_by(interpreter, tmp_path, written)

        assert len({type(answer) for answer, _ in meant}) == 3
        for fields, (answer, on) in zip(seen, meant, strict=True):
            assert fields["request"] == answer.request
            assert fields["sent"][:10] == on.isoformat()
            assert (fields["issuer"], fields["recipient"]) == ("0021", "4321")
            assert_means(fields, answer)


def assert_means(fields: dict[str, Any], answer: switching.Answer) -> None:
    if isinstance(answer, switching.ClaimAccepted):
        assert (fields["step"], fields["expected_on"]) == ("02", answer.expected_on.isoformat())
    elif isinstance(answer, switching.ClaimRejected):
        assert fields["step"] == "02"
        assert [tuple(reason) for reason in fields["reasons"]] == list(answer.reasons)
    else:
        assert (fields["step"], fields["activated_on"]) == ("05", answer.on.isoformat())
        assert fields["metering_points"] == 1
