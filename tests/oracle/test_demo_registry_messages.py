"""Every registry message of the demo before the official schemas and gestionatr."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from demo_runs import Demo

READER = Path(__file__).with_name("gestionatr_reader.py")
AT_ONCE = 200
RETAILER = "1899"


@pytest.fixture(scope="module")
def interpreter() -> str:
    python = os.environ.get("GESTIONATR_PYTHON")
    if not python:
        pytest.skip("GESTIONATR_PYTHON names no interpreter that has gestionatr")
    return python


@pytest.fixture(scope="module")
def schemas(interpreter: str) -> Path:
    """The official schemas, where gestionatr carries them."""
    where = "import gestionatr, pathlib; print(pathlib.Path(gestionatr.__file__).parent / 'data')"
    done = subprocess.run(
        [interpreter, "-W", "ignore", "-c", where], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def read(interpreter: str, default_demo: Demo) -> Mapping[str, Mapping[str, Any]]:
    """What gestionatr reads in every message, by file name."""
    paths = default_demo.files("registry_messages")
    fields: list[Mapping[str, Any]] = []
    for start in range(0, len(paths), AT_ONCE):
        chunk = [str(path) for path in paths[start : start + AT_ONCE]]
        done = subprocess.run(
            [interpreter, str(READER), *chunk],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        fields += json.loads(done.stdout)
    return {path.stem: each for path, each in zip(paths, fields, strict=True)}


def test_every_message_is_valid_by_the_official_schema(default_demo: Demo, schemas: Path) -> None:
    @cache
    def schema(name: str) -> etree.XMLSchema:
        return etree.XMLSchema(file=str(schemas / f"{name}.xsd"))

    seen = set()
    for path in default_demo.files("registry_messages"):
        root = etree.fromstring(path.read_bytes())
        name = etree.QName(root).localname.removeprefix("Mensaje")
        schema(name).assertValid(root)
        seen.add(name)

    change = "CambiodeComercializadorSinCambios"
    assert seen == {change, f"Aceptacion{change}", f"Activacion{change}", "Rechazo"}


class TestGestionatr:
    def test_reads_in_our_claims_what_we_meant(
        self, default_demo: Demo, read: Mapping[str, Mapping[str, Any]]
    ) -> None:
        claims = {name[4:]: fields for name, fields in read.items() if name.startswith("out-")}
        switches = default_demo.of("switch")

        assert claims.keys() == switches.keys()
        for request, switch in switches.items():
            claim = claims[request]
            assert (claim["process"], claim["step"], claim["sequence"]) == ("C1", "01", "01")
            assert claim["request"] == request
            assert claim["cups"] == switch["cups"]
            assert claim["issuer"] == RETAILER
            assert claim["recipient"] == switch["cups"][2:6], "the distributor of the CUPS"
            assert claim["sent"][:10] == switch["requested_on"]
            home = claim["person"] == "F"
            assert bool(claim["first_name"]) == home
            assert bool(claim["company"]) != home

    def test_reads_in_the_answers_what_became_of_each_switch(
        self, default_demo: Demo, read: Mapping[str, Mapping[str, Any]]
    ) -> None:
        answers = [fields for name, fields in read.items() if name.startswith("in-")]
        accepted, rejected, active = {}, {}, {}
        for answer in answers:
            assert (answer["process"], answer["recipient"]) == ("C1", RETAILER)
            if answer["step"] == "05":
                active[answer["request"]] = answer["activated_on"]
            elif "reasons" in answer:
                rejected[answer["request"]] = [code for code, _ in answer["reasons"]]
            else:
                accepted[answer["request"]] = answer["expected_on"]

        for request, switch in default_demo.of("switch").items():
            assert active.pop(request, None) == switch["activated_on"]
            assert accepted.pop(request, None) == switch["expected_on"]
            codes = [code for code, *_ in switch["rejections"]] or None
            assert rejected.pop(request, None) == codes
        assert (accepted, rejected, active) == ({}, {}, {})
