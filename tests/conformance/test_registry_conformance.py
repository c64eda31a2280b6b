"""Both registry adapters against the sandbox's server, and the register in memory."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from energyretail.adapters import registry_es
from energyretail.adapters.memory.switching import MemoryRegistry, arrival_of
from energyretail.adapters.registry_central import CentralRegistry
from energyretail.adapters.registry_central.messages import key_of, write_answer
from energyretail.adapters.registry_es import SpanishRegistry, write_claim
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.domain import switching
from energyretail.domain.shared import ContractNumber, Fault, Refused
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.entrypoints.sandbox.server import HOST
from energyretail.testing.conformance.registry import (
    START,
    RegistryConformance,
    RegistryUnderTest,
    Told,
    claim_of,
)
from energyretail.testing.registry_server import serve_registry

BATCH_SIZE = 20


@pytest.fixture
def sandbox() -> SandboxRegistry:
    started = SandboxRegistry(Chance(1))
    started.advance(START)
    return started


@pytest.fixture
def url(sandbox: SandboxRegistry, tmp_path: Path) -> Iterator[str]:
    with serve_registry(sandbox, tmp_path) as address:
        yield address


@contextmanager
def away(sandbox: SandboxRegistry) -> Iterator[None]:
    """Let every request of the registry's fail inside its server for the length of the block."""

    def fail(*_: object) -> Any:
        raise RuntimeError("away")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("take", "inbox", "acknowledge"):
            patch.setattr(sandbox, name, fail)
        yield


def say_in_spanish(sandbox: SandboxRegistry, answer: switching.Answer) -> None:
    """Lay a C1 02 or 05 into the inbox, as the operator of the supply point writes it."""
    (number,) = (n for n in range(1, 1_000) if claim_of(n).request == answer.request)
    asked = registry_es.Header(
        "4321", "0021", "C1", "01", answer.request, claim_of(number).cups, START
    )
    header = registry_es.answer_header(answer, asked=asked, on=START)
    sandbox.put("es", header.key, registry_es.write_answer(answer, asked=asked, on=START))


def carried_in_spanish(told: Told) -> Told:
    """Return what a C1 01 carries: nothing of the contract between the customer and us."""
    if isinstance(told, switching.Claim):
        return attrs.evolve(told, contract=ContractNumber(""))
    return told


class TestMemoryRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self) -> RegistryUnderTest:
        registry = MemoryRegistry(RegistryBehaviour(Chance(1)), batch_size=BATCH_SIZE)
        registry.advance(START)
        return RegistryUnderTest(
            registry,
            registry.advance,
            held=lambda: tuple(registry.told.values()),
            say=lambda answer: registry.lay(arrival_of(answer)),
        )


class TestCentralRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self, sandbox: SandboxRegistry, url: str) -> Iterator[RegistryUnderTest]:
        registry = CentralRegistry(f"{url}/registry/central", batch_size=BATCH_SIZE)
        yield RegistryUnderTest(
            registry,
            sandbox.advance,
            held=lambda: sandbox.told("central"),
            say=lambda answer: sandbox.put("central", key_of(answer), write_answer(answer)),
            away=lambda: away(sandbox),
        )
        registry.close()


class TestSpanishRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self, sandbox: SandboxRegistry, url: str) -> Iterator[RegistryUnderTest]:
        registry = SpanishRegistry(f"{url}/registry/es", market_code="4321", batch_size=BATCH_SIZE)
        yield RegistryUnderTest(
            registry,
            sandbox.advance,
            held=lambda: sandbox.told("es"),
            say=lambda answer: say_in_spanish(sandbox, answer),
            carried=carried_in_spanish,
            away=lambda: away(sandbox),
            refuses=dict.fromkeys(("release", "notify"), "registry_es.not_written"),
        )
        registry.close()

    def test_is_told_of_a_claim_the_operator_cannot_read(self, url: str) -> None:
        spoiled = write_claim(claim_of(1), issuer="4321").replace(b"C1", b"Z9")
        answer = httpx.post(f"{url}/registry/es/messages", content=spoiled)

        assert (answer.status_code, answer.json()["code"]) == (422, "registry_es.process_unknown")


class TestBothProtocols:
    def test_give_a_supply_point_the_same_fate(self, sandbox: SandboxRegistry, url: str) -> None:
        central = CentralRegistry(f"{url}/registry/central")
        spanish = SpanishRegistry(f"{url}/registry/es", market_code="4321")
        for number in range(1, 30):
            central.claim(claim_of(number))
            spanish.claim(claim_of(number))
        sandbox.advance(START.replace(day=20))

        told = [{each.answer for each in registry.receive()} for registry in (central, spanish)]
        assert told[0] == told[1]
        assert len(told[0]) > 40


class TestFailures:
    def test_nobody_answers_and_nothing_was_done(self) -> None:
        listening = socket.create_server((HOST, 0))
        port = listening.getsockname()[1]
        listening.close()
        registry = CentralRegistry(f"http://{HOST}:{port}", timeout_s=1)

        with pytest.raises(Fault) as failed:
            registry.claim(claim_of(1))

        assert (failed.value.code, failed.value.outcome_unknown) == ("registry.unreachable", False)

    def test_an_answer_that_never_comes_leaves_the_outcome_unknown(self) -> None:
        with socket.create_server((HOST, 0)) as listening:
            registry = CentralRegistry(f"http://{HOST}:{listening.getsockname()[1]}", timeout_s=0.2)

            with pytest.raises(Fault) as failed:
                registry.claim(claim_of(1))

        assert (failed.value.code, failed.value.outcome_unknown) == ("registry.timeout", True)

    def test_an_inbox_that_is_none_is_a_fault(self, url: str) -> None:
        registry = CentralRegistry(f"{url}/control")

        with pytest.raises(Fault) as failed:
            registry.receive()

        assert failed.value.code == "registry.status"

    def test_nothing_is_taken_before_the_calendar_begins(self, tmp_path: Path) -> None:
        with serve_registry(SandboxRegistry(Chance(1)), tmp_path) as url:
            registry = CentralRegistry(f"{url}/registry/central")

            with pytest.raises(Refused) as refused:
                registry.claim(claim_of(1))

        assert refused.value.code == "registry.not_taken"
