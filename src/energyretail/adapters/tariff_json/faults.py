"""What is wrong with a document: every fault at once, each with a pointer to its place."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from energyretail.domain.shared import Invalid

__all__ = ["DocumentFault", "DocumentFaults", "pointer_of"]

Path = tuple[str | int, ...]


@attrs.frozen
class DocumentFault:
    """One fault: a stable code, a JSON pointer (RFC 6901), a text, and the values it is about."""

    code: str
    pointer: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()


class DocumentFaults(Invalid):
    """A document that is not right; `faults` are all of them, in the order of the document.

    Its code and text are those of the first.
    """

    def __init__(self, faults: Iterable[DocumentFault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        first = self.faults[0]
        super().__init__(first.code, first.text, at=first.pointer, faults=len(self.faults))


def pointer_of(path: Path) -> str:
    """Return the JSON pointer of a path of names and places."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)
