"""The adapter against the suite of its port, and what the suite cannot know of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from reference_registry import ReferenceRegistry
from telegram_registry import TelegramRegistry, make

from energyretail.adapters.shared.partner_settings import PartnerSettings
from energyretail.domain.shared import Invalid
from energyretail.testing.conformance.registry import (
    START,
    RegistryConformance,
    RegistryUnderTest,
    claim_of,
)


class TestTelegramRegistry(RegistryConformance):
    """Every promise of the port."""

    @pytest.fixture
    def under_test(self, adapter: type[TelegramRegistry], tmp_path: Path) -> RegistryUnderTest:
        """The adapter and the registry at the other side of an empty folder."""
        folder = tmp_path / "telegrams"
        registry = ReferenceRegistry(folder)
        registry.advance(START)
        return RegistryUnderTest(
            adapter(folder, batch_size=20),
            registry.advance,
            held=registry.held,
            say=registry.say,
            away=lambda: away(folder),
        )


@contextmanager
def away(folder: Path) -> Iterator[None]:
    """Take the folder away for the length of the block."""
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    try:
        yield
    finally:
        elsewhere.rename(folder)


class TestTelegrams:
    """What the port does not promise and this protocol does."""

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\xff\n",
            b"TELEGRAM      accepted\nREQUEST       202603000001\nEXPECTED      2026-03",
            b"TELEGRAM      accepted\nREQUEST       202603000001\nEXPECTED      soon\n",
            b"TELEGRAM      greeting\nREQUEST       202603000001\n",
        ],
    )
    def test_that_cannot_be_read_are_shown_with_the_reason(
        self, adapter: type[TelegramRegistry], tmp_path: Path, raw: bytes
    ) -> None:
        ReferenceRegistry(tmp_path)
        (tmp_path / "from_registry" / "202603000001.accepted.txt").write_bytes(raw)

        (arrival,) = adapter(tmp_path).receive()

        assert (arrival.answer, arrival.raw) == (None, raw)
        assert arrival.code == "telegram.unreadable"

    def test_that_are_not_whole_yet_are_not_read(self, tmp_path: Path) -> None:
        ReferenceRegistry(tmp_path)
        (tmp_path / "from_registry" / ".202603000001.accepted.txt.part").write_bytes(b"TELE")

        assert TelegramRegistry(tmp_path).receive() == ()

    def test_have_one_line_a_field(self, tmp_path: Path) -> None:
        ReferenceRegistry(tmp_path)
        with pytest.raises(Invalid):
            TelegramRegistry(tmp_path).claim(attrs.evolve(claim_of(1), customer_name="A\nCUPS B"))


class TestMake:
    """What the settings of a company name."""

    def test_takes_the_folder_from_the_options(self, tmp_path: Path) -> None:
        registry = ReferenceRegistry(tmp_path)
        made = make(PartnerSettings("registry", options={"folder": str(tmp_path)}))

        made.claim(claim_of(1))

        assert registry.held() == [claim_of(1)]

    def test_says_what_is_missing(self) -> None:
        with pytest.raises(Invalid, match="give the option"):
            make(PartnerSettings("registry"))
