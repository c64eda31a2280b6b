"""Identifiers of SEPA: accounts and creditors."""

from __future__ import annotations

import re
from typing import ClassVar, Final

import attrs

from energyretail.domain.shared.identifiers.check_digits import mod97_rest
from energyretail.domain.shared.identifiers.iban_structures import (
    IBAN_STRUCTURES,
    bban_length,
    bban_pattern,
)
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules, compact

__all__ = ["CreditorIdentifier", "Iban"]

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NATIONAL: Final = re.compile(r"[0-9A-Z]+")


def _iban_fits(value: str) -> bool:
    # 98 less the rest gives 02 to 98; 00, 01 and 99 leave the same rest and are nobody's.
    return mod97_rest(value[4:] + value[:4]) == 1 and 2 <= int(value[2:4]) <= 98


def _check_digits(country: str, national: str) -> str:
    return f"{98 - mod97_rest(f'{national}{country}00'):02d}"


@attrs.frozen(order=True)
class Iban(Identifier):
    """A bank account (ISO 13616): country, two check digits by mod 97, national part.

    The national part has the length and structure its country registered; check digits inside
    it are the bank's and are not looked at. Raises Invalid ``payments.iban.shape``,
    ``.country``, ``.length``, or ``.check_digits``.
    """

    rules: ClassVar[Rules] = Rules(
        code="payments.iban",
        shape=r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}",
        form="a country, 2 digits, and the account as its country writes it",
        policy=CheckPolicy.REFUSE,
        fits=_iban_fits,
        check="check_digits",
        finds="any wrong digit, any letter for another",
    )

    def _require_shape(self, value: str) -> None:
        Identifier._require_shape(self, value)
        country, national = value[:2], value[4:]
        if country not in IBAN_STRUCTURES:
            raise self.rules.refusal("country", "its country has no IBAN", value)
        if len(national) != (length := bban_length(country)):
            text = f"an IBAN of {country} has {4 + length} characters"
            raise self.rules.refusal("length", text, value)
        if not bban_pattern(country).fullmatch(national):
            text = f"an account of {country} is {IBAN_STRUCTURES[country]}"
            raise self.rules.refusal("shape", text, value)

    @classmethod
    def of_account(cls, country: str, account: str) -> Iban:
        """Return the IBAN of a national `account` with its check digits worked out."""
        country, account = compact(country), compact(account)
        if not (_COUNTRY.fullmatch(country) and _NATIONAL.fullmatch(account)):
            raise cls.rules.wrong_shape(f"{country} {account}")
        return cls(f"{country}{_check_digits(country, account)}{account}")


@attrs.frozen(order=True)
class CreditorIdentifier(Identifier):
    """A SEPA creditor (EPC262-08): country, mod 97-10 check, business code, national part.

    The business code (characters 5 to 7) takes no part in the check.
    """

    rules: ClassVar[Rules] = Rules(
        code="payments.creditor",
        shape=r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}",
        form="a country, 2 digits, 3 characters of a business code, 1 to 28 of the creditor",
        policy=CheckPolicy.REFUSE,
        fits=lambda value: mod97_rest(value[7:] + value[:4]) == 1,
        check="check_digits",
        finds="any wrong digit, any letter for another, but in the business code",
    )

    @classmethod
    def of_national(
        cls, country: str, national: str, *, business: str = "ZZZ"
    ) -> CreditorIdentifier:
        """Return the creditor of a `national` part with its check digits worked out."""
        country, national = compact(country), compact(national)
        if not (_COUNTRY.fullmatch(country) and _NATIONAL.fullmatch(national)):
            raise cls.rules.wrong_shape(f"{country} {national}")
        return cls(f"{country}{_check_digits(country, national)}{business}{national}")
