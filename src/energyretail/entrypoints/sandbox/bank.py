"""The sandbox's bank: takes payment files from a folder and puts notifications in another."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from energyretail.adapters.iso20022 import read_direct_debits, write_notification
from energyretail.adapters.simulated.bank import Debit, SimulatedBank
from energyretail.adapters.simulated.chance import Chance
from energyretail.domain.shared import Invalid

__all__ = ["SandboxBank"]

_TAKEN: Final = re.compile(r"(\d{4}-\d\d-\d\d)_(.+)\.xml")


class SandboxBank:
    """A bank over folders: what it knows is in files, so that it may be stopped at any time.

    `incoming` is where customers put payment files and `outgoing` where they find
    notifications (both folders of the SFTP account); `memory` is the bank's own folder.
    """

    def __init__(self, *, incoming: Path, outgoing: Path, memory: Path, seed: int):
        self._incoming = incoming
        self._outgoing = outgoing
        self._taken = memory / "taken"
        self._told = memory / "told"
        self._refused = memory / "refused"
        self._chance = Chance(seed)
        for folder in (incoming, outgoing, self._taken, self._told, self._refused):
            folder.mkdir(parents=True, exist_ok=True)

    def advance(self, day: date) -> tuple[str, ...]:
        """Open business day `day`: take what came, tell what is booked by now.

        A file is taken once by its MsgId, however often and under whatever name it comes; one
        that cannot be read, or brings other bytes under a known MsgId, is refused and kept.
        Returns the names of the notifications written. Opening a day twice changes nothing.
        """
        self._take_files(day)
        return self._tell(day)

    def refusals(self) -> tuple[tuple[str, str], ...]:
        """Return name and reason of every payment file that was refused, by name."""
        return tuple(
            (note.stem, note.read_text()) for note in sorted(self._refused.glob("*.reason"))
        )

    def _take_files(self, day: date) -> None:
        known = {match[2]: path for path, match in self._taken_files()}
        for path in sorted(self._incoming.iterdir()):
            if path.suffix == ".part" or not path.is_file():
                continue
            raw = path.read_bytes()
            try:
                msg_id = read_direct_debits(raw).msg_id
            except Invalid as error:
                self._refuse(path.name, raw, str(error))
                continue
            name = _file_name(msg_id)
            if name not in known:
                known[name] = self._taken / f"{day.isoformat()}_{name}.xml"
                _write_whole(known[name], raw)
            elif known[name].read_bytes() != raw:
                self._refuse(path.name, raw, f"bank.duplicate: MsgId {msg_id} was used before")

    def _refuse(self, name: str, raw: bytes, reason: str) -> None:
        _write_whole(self._refused / name, raw)
        _write_whole(self._refused / f"{name}.reason", reason.encode())

    def _tell(self, day: date) -> tuple[str, ...]:
        written = []
        debits = tuple(self._debits())
        for iban in sorted({iban for iban, _ in debits}):
            bank = SimulatedBank(self._chance, iban)
            mine = [debit for owner, debit in debits if owner == iban]
            for notification in bank.notifications(mine, until=day):
                name = f"camt054_{notification.created_on}_{iban}_{notification.message_id}.xml"
                mark = self._told / name
                if not mark.exists():
                    _write_whole(self._outgoing / name, write_notification(notification))
                    _write_whole(mark, b"")
                    written.append(name)
        return tuple(written)

    def _debits(self) -> Iterator[tuple[str, Debit]]:
        for path, match in self._taken_files():
            file = read_direct_debits(path.read_bytes())
            bank = SimulatedBank(self._chance, file.creditor_iban)
            taken_on = date.fromisoformat(match[1])
            for one in file.instructions:
                yield (
                    file.creditor_iban,
                    Debit(
                        file.msg_id,
                        one.payment_information_id,
                        one.end_to_end_id,
                        one.amount,
                        bank.settles_on(one.due_on, taken_on=taken_on),
                    ),
                )

    def _taken_files(self) -> Iterator[tuple[Path, re.Match[str]]]:
        for path in sorted(self._taken.iterdir()):
            if match := _TAKEN.fullmatch(path.name):
                yield path, match


def _file_name(msg_id: str) -> str:
    """Spell a MsgId so that it can be a file's name, another for another."""
    return "".join(c if c.isalnum() or c == "-" else f"%{ord(c):02X}" for c in msg_id)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there with all its bytes, or not there."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
