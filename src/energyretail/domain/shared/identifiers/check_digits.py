"""The arithmetic of check digits: each function works out what a sound identifier ends on."""

from __future__ import annotations

from typing import Final

__all__ = [
    "cups_letters",
    "eic_character",
    "gs1_digit",
    "malo_digit",
    "mod97_rest",
    "mpan_digit",
    "mprn_digits",
    "nmi_digit",
]

_CUPS_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_EIC_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
# The odd primes, but 11: the sum is taken modulo 11.
_MPAN_WEIGHTS: Final = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)


def cups_letters(digits: str) -> str:
    """Return the two letters of a CUPS's sixteen `digits`: n mod 529 in base 23."""
    first, second = divmod(int(digits) % 529, 23)
    return _CUPS_LETTERS[first] + _CUPS_LETTERS[second]


def mpan_digit(digits: str) -> str:
    """Return the digit of an MPAN core's first twelve: weighted by primes, mod 11, mod 10."""
    return str(_weighted(digits, _MPAN_WEIGHTS) % 11 % 10)


def mprn_digits(digits: str) -> str:
    """Return the two digits of an MPRN: weights falling to 1 at the last digit, mod 11."""
    return f"{_weighted(digits, range(len(digits), 0, -1)) % 11:02d}"


def gs1_digit(digits: str) -> str:
    """Return the digit of a GS1 number: 3 and 1 by turns from the right, up to the next ten."""
    return str(-_weighted(digits[::-1], (3, 1) * len(digits)) % 10)


def malo_digit(digits: str) -> str:
    """Return the digit of a market location: odd places once, even ones twice, to the next ten."""
    return str(-_weighted(digits, (1, 2) * len(digits)) % 10)


def nmi_digit(characters: str) -> str:
    """Return the checksum of an NMI's ten `characters`.

    Every second character from the right counts with twice its ASCII code; the digits of all
    codes are summed, up to the next ten.
    """
    codes = (ord(char) * (2 - place % 2) for place, char in enumerate(reversed(characters)))
    return str(-sum(int(digit) for code in codes for digit in str(code)) % 10)


def eic_character(characters: str) -> str:
    """Return the character of an EIC's first fifteen: weights 16 to 2, mod 37.

    The hyphen among the answers says that no code may be made of these fifteen.
    """
    values = (_EIC_CHARACTERS.index(char) for char in characters)
    total = sum(value * (16 - place) for place, value in enumerate(values))
    return _EIC_CHARACTERS[36 - (total - 1) % 37]


def mod97_rest(text: str) -> int:
    """Return the rest by 97 of `text` in capitals and digits, A read as 10 to Z as 35."""
    return int("".join(str(int(char, 36)) for char in text)) % 97


def _weighted(digits: str, weights: tuple[int, ...] | range) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
