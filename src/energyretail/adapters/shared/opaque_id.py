"""Turn ascending keys into opaque prefixed ids (``inv_…``) and back."""

from __future__ import annotations

import hashlib

from energyretail.domain.shared import NotFound

__all__ = ["opaque_id", "surrogate_key"]

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u
_LENGTH = 13
_HALF = 0xFFFFFFFF


def opaque_id(prefix: str, key: int) -> str:
    """Return the outside name of row `key` (0 to 2**64 - 1) of the table `prefix` stands for.

    A four-round Feistel permutation: one to one, so nothing is stored, and neighbours look
    unrelated. It hides counts and order from a reader, it is no access control.
    """
    left, right = key >> 32, key & _HALF
    for turn in range(4):
        left, right = right, left ^ _mix(prefix, turn, right)
    number = left << 32 | right
    digits = (_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return f"{prefix}_{''.join(digits)}"


def surrogate_key(prefix: str, identifier: str) -> int:
    """Return the key that `opaque_id` named; raises NotFound for anything it never returned."""
    head, _, digits = identifier.partition("_")
    if head != prefix or len(digits) != _LENGTH or any(digit not in _DIGITS for digit in digits):
        raise NotFound("id.unknown", "no such id", id=identifier)
    number = 0
    for digit in digits:
        number = number << 5 | _DIGITS.index(digit)
    if number >> 64:
        raise NotFound("id.unknown", "no such id", id=identifier)
    left, right = number >> 32, number & _HALF
    for turn in reversed(range(4)):
        left, right = right ^ _mix(prefix, turn, left), left
    return left << 32 | right


def _mix(prefix: str, turn: int, half: int) -> int:
    digest = hashlib.sha256(f"{prefix}:{turn}:{half}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
