"""Identifiers with a shape and check digits: supply points, accounts, creditors."""

from __future__ import annotations

import re

import attrs

from energyretail.domain.shared.errors import Invalid

__all__ = ["CreditorIdentifier", "Cups", "Iban"]

_CUPS_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def _compact(value: str) -> str:
    return re.sub(r"[\s.-]", "", value).upper()


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


@attrs.frozen(order=True)
class Cups:
    """A Spanish supply point: ES, 16 digits, two check letters, and an optional point (0F).

    The check letters are n mod 529 over the sixteen digits; a wrong one is refused
    (RD 1110/2007; REE procedure for CUPS).
    """

    value: str = attrs.field(converter=_compact)

    @value.validator
    def _check(self, _: object, value: str) -> None:
        if not re.fullmatch(r"ES[0-9]{16}[A-Z]{2}([0-9][FPCRXYZ])?", value):
            raise Invalid("supply.cups.shape", "CUPS is ES, 16 digits, 2 letters", cups=value)
        first, second = divmod(int(value[2:18]) % 529, 23)
        if value[18:20] != _CUPS_LETTERS[first] + _CUPS_LETTERS[second]:
            raise Invalid("supply.cups.check_letters", "check letters do not fit", cups=value)

    @classmethod
    def of_digits(cls, digits: str, point: str = "0F") -> Cups:
        """Return the CUPS of sixteen `digits` with its check letters worked out."""
        if not re.fullmatch(r"[0-9]{16}", digits):
            raise Invalid("supply.cups.shape", "give sixteen digits", digits=digits)
        first, second = divmod(int(digits) % 529, 23)
        return cls(f"ES{digits}{_CUPS_LETTERS[first]}{_CUPS_LETTERS[second]}{point}")

    def __str__(self) -> str:
        return self.value


@attrs.frozen(order=True)
class Iban:
    """A bank account (ISO 13616): country, two check digits by mod 97, national part."""

    value: str = attrs.field(converter=_compact)

    @value.validator
    def _check(self, _: object, value: str) -> None:
        if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", value):
            raise Invalid("payments.iban.shape", "not the shape of an IBAN", iban=value)
        if value.startswith("ES") and len(value) != 24:
            raise Invalid("payments.iban.length", "a Spanish IBAN has 24 characters", iban=value)
        # 98 less the rest gives 02 to 98; 00, 01 and 99 leave the same rest and are nobody's.
        if _mod97(value[4:] + value[:4]) != 1 or not 2 <= int(value[2:4]) <= 98:
            raise Invalid("payments.iban.check_digits", "check digits do not fit", iban=value)

    @classmethod
    def of_account(cls, country: str, account: str) -> Iban:
        """Return the IBAN of a national `account` with its check digits worked out."""
        rest = _mod97(f"{account}{country}00")
        return cls(f"{country}{98 - rest:02d}{account}")

    def __str__(self) -> str:
        return self.value


@attrs.frozen(order=True)
class CreditorIdentifier:
    """A SEPA creditor (EPC262-08): country, mod 97-10 check, business code, national part.

    The business code (characters 5 to 7) takes no part in the check.
    """

    value: str = attrs.field(converter=_compact)

    @value.validator
    def _check(self, _: object, value: str) -> None:
        if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", value):
            raise Invalid("payments.creditor.shape", "not a creditor identifier", creditor=value)
        if _mod97(value[7:] + value[:4]) != 1:
            raise Invalid(
                "payments.creditor.check_digits", "check digits do not fit", creditor=value
            )

    def __str__(self) -> str:
        return self.value
