"""The memory twin and the ERP behind SOAP keep the same promises, and agree on any walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energyretail.adapters.erp_soap import SoapErp
from energyretail.adapters.memory.erp import MemoryErp
from energyretail.application.erp import Erp, ErpEntry, ErpPosting
from energyretail.domain.shared import DomainError
from energyretail.entrypoints.sandbox.erp import SandboxErp
from energyretail.testing.conformance.erp import ErpConformance, Held, an_entry
from energyretail.testing.erp import listening_erp


class TestMemoryErp(ErpConformance):
    @pytest.fixture
    def erp(self) -> MemoryErp:
        return MemoryErp()

    @pytest.fixture
    def held(self, erp: MemoryErp) -> Callable[[], Held]:
        return lambda: Held(dict(erp.customers), dict(erp.contracts))


class TestSoapErp(ErpConformance):
    @pytest.fixture
    def sandbox(self) -> SandboxErp:
        return SandboxErp()

    @pytest.fixture
    def erp(self, sandbox: SandboxErp) -> Iterator[SoapErp]:
        with listening_erp(sandbox) as url:
            client = SoapErp(url)
            yield client
            client.close()

    @pytest.fixture
    def held(self, sandbox: SandboxErp) -> Callable[[], Held]:
        return lambda: Held(dict(sandbox.erp.customers), dict(sandbox.erp.contracts))


# Fifteen digits at most on both sides, also where one cent is left over.
CENTS = st.integers(min_value=-999_999_999_999_998, max_value=999_999_999_999_998)
TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Z"]),
    min_size=1,
    max_size=40,
)


@st.composite
def entries(draw: st.DrawFn) -> ErpEntry:
    """Draw entries of few keys and accounts, so that keys meet again and balances add up."""
    cents = draw(CENTS)
    rest = draw(st.sampled_from([0, 0, 0, 1]))
    customer = draw(st.sampled_from([None, "C000001", "C000002"]))
    item = draw(st.sampled_from([None, "F26-000001", "F26-000002"]))
    day = draw(st.dates(min_value=date(2000, 1, 1)))
    return ErpEntry(
        key=f"entry:{draw(st.integers(1, 4))}",
        day=day,
        text=draw(TEXTS),
        postings=(
            ErpPosting("430000", cents, "EUR", customer=customer, item=item),
            ErpPosting("700000", rest - cents, "EUR"),
        ),
    )


def walked(erp: Erp, steps: list[ErpEntry]) -> list[object]:
    """Return what every step and a last look gave: an entry, a sum, or the code of an error."""
    seen: list[object] = []
    for entry in steps:
        try:
            erp.post(entry)
        except DomainError as error:
            seen.append((type(error).__name__, error.code))
        seen.append(erp.find(entry.key))
    seen.append(erp.entries(limit=3))
    for item in (None, "F26-000001"):
        seen.append(erp.balance(account="430000", currency="EUR", item=item))
    return seen


class TestAgreement:
    @settings(max_examples=25, deadline=None)
    @given(steps=st.lists(st.one_of(entries(), st.integers(1, 3).map(an_entry)), max_size=8))
    def test_memory_and_soap_agree_on_any_walk(self, steps: list[ErpEntry]) -> None:
        with listening_erp(SandboxErp()) as url:
            over_soap = SoapErp(url)
            seen = walked(over_soap, steps)
            over_soap.close()

        assert seen == walked(MemoryErp(), steps)
