"""The memory twin and the HTTP adapter keep the same promises."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from energyretail.adapters.esign import HttpSignatureService
from energyretail.adapters.memory.esign import MemorySignatureService
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.signature import SignerAnswer, SignerBehaviour
from energyretail.testing.conformance.signature import SignatureServiceConformance
from energyretail.testing.sandbox import RunningSandbox, running_sandbox

FIRST_DAY = date(2026, 3, 2)


class TestMemorySignatureService(SignatureServiceConformance):
    @pytest.fixture
    def service(self) -> MemorySignatureService:
        return MemorySignatureService()

    @pytest.fixture
    def sign_all(self, service: MemorySignatureService) -> Callable[[], None]:
        def sign() -> None:
            for reference in service.envelopes:
                service.sign(reference, on=FIRST_DAY)

        return sign


class TestHttpSignatureService(SignatureServiceConformance):
    @pytest.fixture
    def sandbox(self, tmp_path: Path) -> Iterator[RunningSandbox]:
        with running_sandbox(seed=_seed_with_signers(self.ENVELOPES), root=tmp_path) as running:
            running.advance_to(FIRST_DAY)
            yield running

    @pytest.fixture
    def service(self, sandbox: RunningSandbox) -> Iterator[HttpSignatureService]:
        service = HttpSignatureService(sandbox.ready["signature"]["url"])
        yield service
        service.close()

    @pytest.fixture
    def sign_all(self, sandbox: RunningSandbox) -> Callable[[], None]:
        return lambda: sandbox.advance_to(FIRST_DAY + timedelta(days=4))


def _seed_with_signers(envelopes: tuple[object, ...]) -> int:
    """Return the first seed with which each of the envelopes is signed."""
    for seed in range(100):
        behaviour = SignerBehaviour(Chance(seed))
        references = [f"K{n:06d}" for n in range(1, len(envelopes) + 1)]
        plans = [behaviour.plan(reference, FIRST_DAY) for reference in references]
        if all(plan.answer is SignerAnswer.SIGNED for plan in plans):
            return seed
    raise AssertionError("no such seed")
