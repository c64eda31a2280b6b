"""The table of all schemes, and the two questions it answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from energyretail.domain.shared.errors import Invalid
from energyretail.domain.shared.identifiers.australia import Nmi
from energyretail.domain.shared.identifiers.banking import CreditorIdentifier, Iban
from energyretail.domain.shared.identifiers.britain import Mpan, Mprn
from energyretail.domain.shared.identifiers.european import Eic, Gsrn
from energyretail.domain.shared.identifiers.france import Pce, Prm
from energyretail.domain.shared.identifiers.germany import Malo, Melo
from energyretail.domain.shared.identifiers.iban_structures import IBAN_REGISTRY
from energyretail.domain.shared.identifiers.italy import Pdr, Pod
from energyretail.domain.shared.identifiers.spain import Cups
from energyretail.domain.shared.identifiers.values import (
    CheckPolicy,
    CheckWarning,
    Identifier,
)

__all__ = ["SCHEMES", "Identification", "IdentifierScheme", "check_identifier", "identify"]


@attrs.frozen
class IdentifierScheme:
    """One kind of identifier: where it is used, what it names, and where its rule is written."""

    code: str
    name: str
    market: str
    names: str
    kind: type[Identifier]
    example: str
    source: str

    @property
    def policy(self) -> CheckPolicy:
        """What happens to a wrong check digit."""
        return self.kind.rules.policy

    @property
    def form(self) -> str:
        """The shape in words."""
        return self.kind.rules.form

    @property
    def finds(self) -> str:
        """Which slips the check digit notices."""
        return self.kind.rules.finds

    def parse(self, text: str) -> Identifier:
        """Return the identifier in `text` as people write it, or raise Invalid."""
        return self.kind.parse(text)


@attrs.frozen
class Identification:
    """An identifier that was taken, under which scheme, and the doubts about it."""

    scheme: str
    identifier: Identifier

    @property
    def value(self) -> str:
        """The identifier in its one spelling."""
        return self.identifier.value

    @property
    def warnings(self) -> tuple[CheckWarning, ...]:
        """The doubts, none for most."""
        return self.identifier.warnings


def check_identifier(scheme: str, text: str) -> Identification:
    """Return what `text` is under `scheme`, a code of `SCHEMES` (``GB-MPAN``).

    Raises Invalid with the scheme's own code (``supply.mpan.check_digit``) when it is refused,
    and ``identifiers.scheme`` when there is no such scheme.
    """
    if scheme not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise Invalid("identifiers.scheme", "no such scheme", scheme=scheme, known=known)
    return Identification(scheme, SCHEMES[scheme].parse(text))


def identify(text: str) -> tuple[Identification, ...]:
    """Return all that `text` could be, in the order of `SCHEMES`; nothing when it is nothing."""
    return tuple(
        Identification(scheme.code, identifier)
        for scheme in SCHEMES.values()
        if (identifier := _taken(scheme, text)) is not None
    )


def _taken(scheme: IdentifierScheme, text: str) -> Identifier | None:
    try:
        return scheme.parse(text)
    except Invalid:
        return None


_ROWS: Final = (
    # code, name, market, what it names, type, a published example, where the rule is written
    ("ES-CUPS", "CUPS", "ES", "supply point, electricity or gas", Cups,
     "ES1234000000000001JN0F", "RD 1110/2007; REE procedure for CUPS"),
    ("GB-MPAN", "MPAN core", "GB", "electricity supply point", Mpan,
     "1312345678907", "PyPI mpan 2.1.0"),
    ("GB-MPRN", "MPRN", "GB", "gas supply point", Mprn,
     "3938424403", "EverybodyWiki, Meter Point Reference Number; no code of the industry found"),
    ("FR-PRM", "PRM (PDL)", "FR", "electricity supply point", Prm,
     "12345678901234", "Enedis samples"),
    ("FR-PCE", "PCE", "FR", "gas supply point", Pce, "GI123456", "GRDF pages"),
    ("GSRN-18", "GSRN (EAN-18)", "NL, BE, DK, SE", "metering point, electricity or gas", Gsrn,
     "571313180000000005", "GS1 General Specifications, check digit; Energinet samples"),
    ("DE-MALO", "MaLo-ID", "DE", "market location, electricity or gas", Malo,
     "41373559241", "BDEW Anwendungshilfe, 28 April 2017"),
    ("DE-MELO", "MeLo-ID", "DE", "metering location, electricity or gas", Melo,
     "DE00056266802AO6G56M11SN51G21M24S", "BDEW, metering point designation"),
    ("IT-POD", "POD", "IT", "electricity supply point", Pod, "IT001E12345678",
     "published bills and guides"),
    ("IT-PDR", "PDR", "IT", "gas supply point", Pdr, "01234567890123",
     "published bills and guides"),
    ("AU-NMI", "NMI", "AU", "electricity supply point", Nmi,
     "20019857328", "AEMO NMI Procedure, checksum table"),
    ("EIC", "EIC", "Europe", "party, area, point, resource or line", Eic,
     "10YES-REE------0", "ENTSO-E EIC Reference Manual"),
    ("IBAN", "IBAN", "any", "bank account", Iban, "DE89370400440532013000", IBAN_REGISTRY),
    ("SEPA-CI", "creditor identifier", "SEPA", "creditor of direct debits", CreditorIdentifier,
     "ES23ZZZ47690558N", "EPC262-08"),
)  # fmt: skip

SCHEMES: Final[Mapping[str, IdentifierScheme]] = MappingProxyType(
    {row[0]: IdentifierScheme(*row) for row in _ROWS}
)
"""Every scheme by its code."""
