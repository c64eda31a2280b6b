"""The Registry port of energyretail over a folder that we share with the registry."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from energyretail.adapters.shared.partner_settings import PartnerSettings
from energyretail.application.switching import RegistryArrival
from energyretail.domain import switching
from energyretail.domain.shared import Conflict, Fault, Invalid
from telegram_registry import telegrams

__all__ = ["TelegramRegistry", "make"]

BATCH_SIZE: Final = 500


def make(settings: PartnerSettings) -> TelegramRegistry:
    """Return the adapter for ``registry.adapter = "telegram_registry:make"``.

    The option ``folder`` says where the telegrams lie. Opens nothing. Raises Invalid
    ``telegram.folder`` without it.
    """
    if not settings.options.get("folder"):
        raise Invalid("telegram.folder", "give the option: registry.options.folder")
    return TelegramRegistry(Path(settings.options["folder"]))


class TelegramRegistry:
    """Puts telegrams into ``to_registry``, finds the answers in ``from_registry``.

    A file there is whole, and never changes: whoever writes one writes it beside and then gives
    it its name. Its name is its natural key, so that what is told twice lies there once. What
    we hold goes to ``taken``. Fails with Fault ``telegram.folder`` when the folder does.
    """

    def __init__(self, folder: Path, *, batch_size: int = BATCH_SIZE):
        self._out = folder / "to_registry"
        self._in = folder / "from_registry"
        self._taken = folder / "taken"
        self._batch_size = batch_size

    def claim(self, claim: switching.Claim) -> None:
        """Tell that we want to supply a point; raises Conflict for other words under its code."""
        self._tell(f"{claim.request}.claim", telegrams.write_claim(claim))

    def release(self, release: switching.SupplyRelease) -> None:
        """Tell that we stop supplying a point."""
        self._tell(f"{release.request}.release", telegrams.write_release(release))

    def notify(self, event: switching.SupplyEvent) -> None:
        """Tell of something that happened at a point we supply."""
        self._tell(f"{event.request}.event", telegrams.write_event(event))

    def receive(self) -> tuple[RegistryArrival, ...]:
        """Return the next telegrams not acknowledged, ordered by their names."""
        with _faults():
            names = sorted(name for name in os.listdir(self._in) if name.endswith(".txt"))
            found = [(name, (self._in / name).read_bytes()) for name in names[: self._batch_size]]
        return tuple(_arrival(name, raw) for name, raw in found)

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """File these away; one that is filed away already is no error."""
        with _faults():
            waiting = set(os.listdir(self._in))
            # What does not wait is not touched: a receipt from elsewhere names no file of ours.
            for name in waiting.intersection(receipts):
                os.replace(self._in / name, self._taken / name)

    def _tell(self, key: str, telegram: bytes) -> None:
        whole, part = self._out / f"{key}.txt", self._out / f".{key}.part"
        with _faults(outcome_unknown=True):
            part.write_bytes(telegram)
            try:
                os.link(part, whole)  # a rename would write over what lies there
            except FileExistsError:
                held = whole.read_bytes()
            else:
                held = telegram
            part.unlink()
        if held != telegram:
            raise Conflict(
                "registry.key_reused", "another telegram lies under that request", key=key
            )


@contextmanager
def _faults(*, outcome_unknown: bool = False) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fault(
            "telegram.folder",
            "the folder fails",
            outcome_unknown=outcome_unknown,
            error=type(error).__name__,
        ) from error


def _arrival(name: str, raw: bytes) -> RegistryArrival:
    key = name.removesuffix(".txt")
    try:
        answer = telegrams.read_answer(raw)
    except Invalid as error:
        return RegistryArrival(key, name, raw, "", code=error.code, text=str(error))
    return RegistryArrival(key, name, raw, telegrams.SCHEMA, answer)
