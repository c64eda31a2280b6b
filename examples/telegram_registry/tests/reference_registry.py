"""The registry's own side of the folder, for tests: it reads telegrams and answers them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from telegram_registry import telegrams

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import DueAnswer, RegistryBehaviour
from energyretail.domain import switching

__all__ = ["ReferenceRegistry"]

STEPS = {
    switching.ClaimAccepted: "accepted",
    switching.ClaimRejected: "rejected",
    switching.SupplyActivated: "activated",
}


class ReferenceRegistry:
    """Looks into the folder once a day, and answers each new claim on a later day."""

    def __init__(self, folder: Path, *, seed: int = 1):
        self._out, self._in = folder / "to_registry", folder / "from_registry"
        for each in (self._out, self._in, folder / "taken"):
            each.mkdir(parents=True, exist_ok=True)
        self._behaviour = RegistryBehaviour(Chance(seed))
        self._read: set[str] = set()
        self._due: list[DueAnswer] = []

    def advance(self, day: date) -> None:
        """Live through `day`: read what came since the last one, say what is due."""
        for name in sorted(self._telegrams() - self._read):
            self._read.add(name)
            told = telegrams.read_told(self._bytes_of(name))
            if isinstance(told, switching.Claim):
                self._due += self._behaviour.answers(told)
        for each in self._due:
            if each.due <= day:
                self.say(each.answer)
        self._due = [each for each in self._due if each.due > day]

    def held(self) -> list[telegrams.Told]:
        """Return every claim, release and event that lies here, as often as it does."""
        return [telegrams.read_told(self._bytes_of(name)) for name in sorted(self._telegrams())]

    def say(self, answer: switching.Answer) -> None:
        """Put an answer where the supplier finds it, at once."""
        name = f"{answer.request}.{STEPS[type(answer)]}.txt"
        part = self._in / f".{name}.part"
        part.write_bytes(telegrams.write_answer(answer))
        os.replace(part, self._in / name)

    def _bytes_of(self, name: str) -> bytes:
        return (self._out / name).read_bytes()

    def _telegrams(self) -> set[str]:
        return {name for name in os.listdir(self._out) if name.endswith(".txt")}
