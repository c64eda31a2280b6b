"""Both registry adapters against the sandbox's server, and the register in memory."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from energyretail.adapters.memory.switching import MemoryRegistry
from energyretail.adapters.registry_central import CentralRegistry
from energyretail.adapters.registry_es import SpanishRegistry, write_claim
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.domain import switching
from energyretail.domain.shared import Fault, Refused
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.entrypoints.sandbox.server import HOST
from energyretail.testing.conformance.registry import (
    START,
    RegistryConformance,
    RegistryUnderTest,
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


class TestMemoryRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self) -> RegistryUnderTest:
        registry = MemoryRegistry(RegistryBehaviour(Chance(1)), batch_size=BATCH_SIZE)
        registry.advance(START)
        return RegistryUnderTest(registry, registry.advance)


class TestCentralRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self, sandbox: SandboxRegistry, url: str) -> Iterator[RegistryUnderTest]:
        registry = CentralRegistry(f"{url}/registry/central", batch_size=BATCH_SIZE)
        yield RegistryUnderTest(registry, sandbox.advance)
        registry.close()

    def test_tells_releases_and_events_once(self, under_test: RegistryUnderTest) -> None:
        claim = claim_of(1)
        release = switching.SupplyRelease(claim.request, claim.cups, START, START, "moved out")
        event = switching.SupplyEvent(
            claim.request, claim.cups, switching.EventKind.MOVED_OUT, START
        )
        for _ in range(2):
            under_test.registry.release(release)
            under_test.registry.notify(event)

        assert under_test.registry.receive() == ()


class TestSpanishRegistry(RegistryConformance):
    @pytest.fixture
    def under_test(self, sandbox: SandboxRegistry, url: str) -> Iterator[RegistryUnderTest]:
        registry = SpanishRegistry(f"{url}/registry/es", market_code="4321", batch_size=BATCH_SIZE)
        yield RegistryUnderTest(registry, sandbox.advance)
        registry.close()

    def test_refuses_what_it_does_not_write(self, under_test: RegistryUnderTest) -> None:
        claim = claim_of(1)
        with pytest.raises(Refused):
            under_test.registry.release(
                switching.SupplyRelease(claim.request, claim.cups, START, START, "moved out")
            )

    def test_is_told_of_a_claim_the_operator_cannot_read(self, url: str) -> None:
        spoiled = write_claim(claim_of(1), issuer="4321").replace(b"C1", b"Z9")
        answer = httpx.post(f"{url}/registry/es/messages", content=spoiled)

        assert (answer.status_code, answer.json()["code"]) == (400, "registry_es.process_unknown")


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
